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

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.creditassignment.loss.SampleLoss;
import org.locallearning.djl.decorrelation.BatchWhitening;
import org.locallearning.djl.decorrelation.RecurrentDecorrelation;

/** This library's layers and losses put no Java number into a graph, whoever trains them. */
class StockTrainerCollectionTest {

    static Stream<NetworkCase> networks() {
        return Stream.of(
                        NetworkCase.small().stream(),
                        NetworkCase.decorrelated().stream(),
                        Stream.of(
                                dense("whitening", () -> BatchWhitening.builder().build()),
                                dense("recurrent", () -> RecurrentDecorrelation.builder().build())))
                .flatMap(stream -> stream);
    }

    private static NetworkCase dense(String name, Supplier<Block> layer) {
        return new NetworkCase(
                name,
                () ->
                        new SequentialBlock()
                                .add(NetworkCase.linear(4))
                                .add(layer.get())
                                .add(NetworkCase.linear(4))
                                .add(Activation::tanh)
                                .add(layer.get())
                                .add(NetworkCase.linear(3)),
                new Shape(12, 5),
                3);
    }

    @ParameterizedTest
    @MethodSource("networks")
    void layers(NetworkCase network) {
        Gradients expected = ForcedCollection.without(() -> gradients(network, false));
        for (int i = 0; i < 3; i++) {
            assertEquals(0, gradients(network, true).distanceTo(expected), 1e-5);
        }
    }

    private static Gradients gradients(NetworkCase network, boolean collections) {
        Engine.getEngine("PyTorch").setRandomSeed(3);
        try (Model model = Model.newInstance(network.name(), "PyTorch")) {
            model.setBlock(network.block().get());
            Loss loss = Loss.softmaxCrossEntropyLoss();
            try (Trainer trainer = model.newTrainer(new DefaultTrainingConfig(loss));
                    NDManager manager = trainer.getManager().newSubManager()) {
                trainer.initialize(network.input());
                NDList labels = new NDList(manager.zeros(new Shape(network.input().get(0))));
                NDList data =
                        new NDList(manager.randomNormal(0, 1, network.input(), DataType.FLOAT32));
                try (GradientCollector collector = trainer.newGradientCollector()) {
                    NDArray value = loss.evaluate(labels, trainer.forward(data, labels));
                    if (collections) {
                        ForcedCollection.run();
                    }
                    collector.backward(value);
                }
                return Gradients.read(model);
            }
        }
    }

    @Test
    void sampleLosses() {
        Map<Loss, Double> factors =
                Map.of(
                        Loss.l2Loss("L2", 0.7f),
                        2 * 0.7,
                        Loss.softmaxCrossEntropyLoss("softmax", 0.7f, -1, false, true),
                        0.7);
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray labels = manager.create(new float[] {1, 0, 0, 0, 0, 1}, new Shape(2, 3));
            for (Loss loss : factors.keySet()) {
                NDArray outputs = manager.create(new float[] {3, 1, -1, 0, 2, 5}, new Shape(2, 3));
                outputs.setRequiresGradient(true);
                try (GradientCollector collector =
                        Engine.getEngine("PyTorch").newGradientCollector()) {
                    NDArray losses =
                            SampleLoss.of(loss).evaluate(new NDList(labels), new NDList(outputs));
                    ForcedCollection.run();
                    collector.backward(losses);
                }
                double factor = factors.get(loss);
                NDArray expected =
                        "L2".equals(loss.getName())
                                ? outputs.stopGradient().sub(labels).mul(factor / 3)
                                : outputs.stopGradient().softmax(1).sub(labels).mul(factor);
                float[] wanted = expected.toFloatArray();
                float[] found = outputs.getGradient().toFloatArray();
                for (int i = 0; i < wanted.length; i++) {
                    assertEquals(wanted[i], found[i], 1e-6f, loss.getName());
                }
            }
        }
    }
}
