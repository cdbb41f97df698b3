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
package org.locallearning.djl.creditassignment.loop;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.util.PairList;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.creditassignment.Gradients;
import org.locallearning.djl.creditassignment.NetworkCase;
import org.locallearning.djl.creditassignment.rule.FeedbackAlignment;

/** What would leave a network untrained without a word is refused. */
class UntrainedNetworksTest {

    private static final Shape INPUT = new Shape(6, 4);

    private static Loop start() {
        return start(FeedbackAlignment.builder().build()::newTrainer);
    }

    private static Loop start(Gradients.TrainerFactory factory) {
        return Loop.start(() -> NetworkCase.mlp(4, 7), INPUT, factory);
    }

    private static void trainBatch(Loop loop, GradientCollector collector) {
        NDArray labels = loop.noise(2, INPUT);
        collector.backward(loop.loss(labels, loop.forward(loop.noise(1, INPUT), labels)));
    }

    private static void trainBatch(Loop loop) {
        try (GradientCollector collector = loop.collector()) {
            trainBatch(loop, collector);
        }
        loop.trainer().step();
    }

    @Test
    void theEnginesOwnCollectorKnowsNoRule() {
        try (Loop loop = start()) {
            trainBatch(loop);
            try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
                trainBatch(loop, collector);
            }
            String message =
                    assertThrows(IllegalStateException.class, loop.trainer()::step).getMessage();
            assertTrue(message.contains("trainer.newGradientCollector()"), message);
            // nothing was left over from it
            trainBatch(loop);
        }
    }

    @Test
    void theEnginesOwnCollectorLeavesNoGradientOfAnInput() {
        try (Loop loop = start();
                GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            NDArray data = loop.noise(1, INPUT);
            data.setRequiresGradient(true);
            String message =
                    assertThrows(
                                    IllegalStateException.class,
                                    () -> loop.trainer().forward(new NDList(data)))
                            .getMessage();
            assertTrue(message.contains("trainer.newGradientCollector()"), message);
            collector.zeroGradients();
        }
    }

    @Test
    void anotherThreadMayLookAtTheNetwork() {
        try (Loop loop = start()) {
            NDArray data = loop.noise(1, INPUT);
            float[] expected = loop.trainer().evaluate(new NDList(data)).head().toFloatArray();
            // new threads record for differentiation, collector or not
            float[] found =
                    CompletableFuture.supplyAsync(
                                    () ->
                                            loop.trainer()
                                                    .forward(new NDList(data))
                                                    .head()
                                                    .muli(1)
                                                    .toFloatArray(),
                                    task -> new Thread(task).start())
                            .join();
            assertArrayEquals(expected, found, 1e-6f);
            trainBatch(loop);
        }
    }

    @Test
    void anotherThreadMayTrain() {
        Gradients expected;
        try (Loop loop = start()) {
            try (GradientCollector collector = loop.collector()) {
                trainBatch(loop, collector);
            }
            expected = loop.gradients();
        }
        try (Loop loop = start()) {
            try (GradientCollector collector = loop.collector()) {
                CompletableFuture.runAsync(
                                () -> trainBatch(loop, collector), task -> new Thread(task).start())
                        .join();
            }
            assertEquals(0, loop.gradients().distanceTo(expected), 1e-6);
        }
    }

    static Stream<Consumer<Model>> changes() {
        return Stream.of(
                model -> model.setBlock(NetworkCase.mlp(4, 7)),
                model -> ((SequentialBlock) model.getBlock()).add(Activation::tanh),
                model -> ((SequentialBlock) model.getBlock()).removeLastBlock());
    }

    @ParameterizedTest
    @MethodSource("changes")
    void blocksThatTheRuleHasNotSeen(Consumer<Model> change) {
        try (Loop loop = start()) {
            trainBatch(loop);
            change.accept(loop.model());
            String message =
                    assertThrows(IllegalStateException.class, () -> trainBatch(loop)).getMessage();
            assertTrue(message.contains("changed after this trainer was made"), message);
            assertThrows(IllegalStateException.class, () -> loop.trainer().initialize(INPUT));
        }
    }

    /** Scales its input by numbers that it learns, whose shape it knows once it is initialized. */
    private static final class LateScale extends AbstractBlock {

        private Parameter scale;

        @Override
        protected void beforeInitialize(Shape... inputShapes) {
            super.beforeInitialize(inputShapes);
            if (scale == null) {
                scale =
                        addParameter(
                                Parameter.builder()
                                        .setName("scale")
                                        .setType(Parameter.Type.GAMMA)
                                        .build());
                scale.setShape(inputShapes[0].slice(1));
            }
        }

        @Override
        protected NDList forwardInternal(
                ParameterStore store,
                NDList inputs,
                boolean training,
                PairList<String, Object> parameters) {
            NDArray input = inputs.head();
            return new NDList(input.mul(store.getValue(scale, input.getDevice(), training)));
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputShapes) {
            return inputShapes;
        }
    }

    @Test
    void aParameterThatTheRuleHasNotSeen() {
        Supplier<Block> block =
                () -> new SequentialBlock().add(new LateScale()).add(NetworkCase.linear(3));
        try (Loop loop =
                Loop.start(block, INPUT, FeedbackAlignment.builder().build()::newTrainer)) {
            String message =
                    assertThrows(IllegalStateException.class, () -> trainBatch(loop)).getMessage();
            assertTrue(message.contains("01LateScale_scale was added after"), message);
            DefaultTrainingConfig config = new DefaultTrainingConfig(Loss.l2Loss());
            try (Trainer later =
                    FeedbackAlignment.builder().build().newTrainer(loop.model(), config)) {
                later.initialize(INPUT);
                try (GradientCollector collector = later.newGradientCollector()) {
                    NDList data = new NDList(loop.noise(1, INPUT));
                    collector.backward(later.forward(data).head().square().sum());
                }
                Parameter scale = loop.model().getBlock().getParameters().get("01LateScale_scale");
                assertTrue(scale.getArray().getGradient().abs().sum().getFloat() > 0);
            }
        }
    }

    @Test
    void aStepWithoutAnErrorAfterAForward() {
        try (Loop loop = start()) {
            trainBatch(loop);
            // no forward, no error: as under the stock trainer
            loop.trainer().step();
            try (GradientCollector collector = loop.collector()) {
                loop.trainer().forward(new NDList(loop.noise(1, INPUT)));
                collector.zeroGradients();
            }
            String message =
                    assertThrows(IllegalStateException.class, loop.trainer()::step).getMessage();
            assertTrue(message.contains("no error has reached a forward"), message);
        }
    }
}
