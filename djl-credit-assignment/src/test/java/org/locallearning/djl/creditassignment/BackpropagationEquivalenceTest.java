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
package org.locallearning.djl.creditassignment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.creditassignment.rule.Backpropagation;
import org.locallearning.djl.creditassignment.rule.FeedbackAlignment;
import org.locallearning.djl.creditassignment.tape.UnknownBlocks;

/** With the layers' own weights as feedback, a rule's gradients are those of the stock trainer. */
class BackpropagationEquivalenceTest {

    static Stream<NetworkCase> networks() {
        return Stream.of(NetworkCase.small(), NetworkCase.decorrelated(), NetworkCase.zoo())
                .flatMap(List::stream);
    }

    static Stream<NetworkCase> smallAndDecorrelated() {
        return Stream.of(NetworkCase.small(), NetworkCase.decorrelated()).flatMap(List::stream);
    }

    static List<NetworkCase> small() {
        return NetworkCase.small();
    }

    @ParameterizedTest
    @MethodSource("networks")
    void equalsStockWithOwnWeights(NetworkCase network) {
        Gradients stock = Gradients.of(network, Model::newTrainer);
        Gradients tape =
                Gradients.of(
                        network,
                        Backpropagation.builder().optUnknownBlocks(UnknownBlocks.FAIL).build()
                                ::newTrainer);
        assertEquals(0, tape.distanceTo(stock), 1e-5, "backpropagation through the tape");
        Gradients aligned =
                Gradients.of(
                        network, (model, config) -> ownWeights(model).newTrainer(model, config));
        assertEquals(0, aligned.distanceTo(stock), 1e-5, "feedback alignment with B = W");
    }

    @ParameterizedTest
    @MethodSource("small")
    void randomFeedbackDiffersBelowTheOutputLayer(NetworkCase network) {
        Gradients stock = Gradients.of(network, Model::newTrainer);
        Gradients random = Gradients.of(network, FeedbackAlignment.builder().build()::newTrainer);
        assertTrue(random.distanceTo(stock) > 0.1, network.toString());
    }

    @ParameterizedTest
    @MethodSource("smallAndDecorrelated")
    void equalsStockInDoublePrecision(NetworkCase network) {
        Gradients stock = Gradients.of(network, DataType.FLOAT64, Model::newTrainer);
        Gradients tape =
                Gradients.of(
                        network, DataType.FLOAT64, Backpropagation.builder().build()::newTrainer);
        double distance = tape.distanceTo(stock);
        assertTrue(distance < 1e-12, network + ": " + distance);
    }

    private static FeedbackAlignment ownWeights(Model model) {
        Block block = model.getBlock();
        return FeedbackAlignment.builder()
                .optFeedback(
                        (manager, path, shape, type) -> block.getParameters().get(path).getArray())
                .build();
    }
}
