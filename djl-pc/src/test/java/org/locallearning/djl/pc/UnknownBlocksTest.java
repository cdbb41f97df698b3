/*
 * Copyright 2026 the DJL Local Learning authors
 *
 * Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file
 * except in compliance with the License. You may obtain a copy of the License at
 *
 *     http://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software distributed under the
 * License is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND,
 * either express or implied. See the License for the specific language governing permissions
 * and limitations under the License.
 */
package org.locallearning.djl.pc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.norm.Dropout;
import java.util.Iterator;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.locallearning.djl.creditassignment.Gradients;
import org.locallearning.djl.creditassignment.HandWritten;
import org.locallearning.djl.creditassignment.NetworkCase;
import org.locallearning.djl.creditassignment.TrainingRun;
import org.locallearning.djl.creditassignment.layer.LayerTable;
import org.locallearning.djl.creditassignment.tape.UnknownBlocks;

/** Inference in networks with blocks that run as one piece. */
class UnknownBlocksTest {

    private static NetworkCase network(Supplier<Block> block) {
        return new NetworkCase("network", block, new Shape(6, 9), 4);
    }

    private static Block[] layers() {
        return new Block[] {NetworkCase.linear(8), Activation.tanhBlock(), NetworkCase.linear(4)};
    }

    @ParameterizedTest
    @EnumSource
    void onePieceAloneIsRefused(InferenceSchedule schedule) {
        NetworkCase piece = network(() -> new HandWritten(layers()));
        InferenceLearning.Builder rule = InferenceLearning.builder().optSchedule(schedule);
        InferenceLearning strict = rule.build();
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> TrainingRun.start(piece, strict::newTrainer))
                        .getMessage();
        assertTrue(message.contains("backpropagation by another name"), message);
        InferenceLearning accepting = rule.optUnknownBlocks(UnknownBlocks.ACCEPT).build();
        TrainingRun.start(piece, accepting::newTrainer).assign(0).close();
    }

    @Test
    void twoPiecesHaveValuesBetweenThem() {
        NetworkCase pieces =
                network(
                        () ->
                                new SequentialBlock()
                                        .add(new HandWritten(layers()))
                                        .add(new HandWritten(layers())));
        TrainingRun.start(pieces, InferenceLearning.builder().build()::newTrainer)
                .assign(0)
                .close();
    }

    @Test
    void aDeclaredSequenceIsInferredLikeASequence() {
        InferenceLearning rule =
                InferenceLearning.builder()
                        .optLayers(
                                LayerTable.standard()
                                        .withSequence(HandWritten.class, HandWritten::calls))
                        .build();
        Gradients declared =
                Gradients.of(
                        network(() -> new HandWritten(layers())),
                        DataType.FLOAT64,
                        rule::newTrainer);
        Gradients sequence =
                Gradients.of(
                        network(
                                () -> {
                                    SequentialBlock block = new SequentialBlock();
                                    for (Block layer : layers()) {
                                        block.add(layer);
                                    }
                                    return block;
                                }),
                        DataType.FLOAT64,
                        rule::newTrainer);
        Iterator<double[]> expected = sequence.byPath().values().iterator();
        declared.byPath()
                .values()
                .forEach(
                        found -> {
                            double[] other = expected.next();
                            for (int i = 0; i < found.length; i++) {
                                assertEquals(other[i], found[i], 1e-12);
                            }
                        });
    }

    @Test
    void aDropoutInsideIsRefused() {
        NetworkCase dropping =
                network(
                        () ->
                                new SequentialBlock()
                                        .add(NetworkCase.linear(9))
                                        .add(
                                                new HandWritten(
                                                        NetworkCase.linear(30),
                                                        Dropout.builder().optRate(0.5f).build()))
                                        .add(NetworkCase.linear(4)));
        try (TrainingRun run =
                TrainingRun.start(dropping, InferenceLearning.builder().build()::newTrainer)) {
            String message =
                    assertThrows(IllegalArgumentException.class, () -> run.assign(0)).getMessage();
            assertTrue(message.startsWith("InferenceLearning runs blocks"), message);
            assertTrue(message.contains("02HandWritten"), message);
        }
    }
}
