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
package org.locallearning.djl.creditassignment.rule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.norm.Dropout;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.util.PairList;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.locallearning.djl.creditassignment.Gradients;
import org.locallearning.djl.creditassignment.NetworkCase;
import org.locallearning.djl.creditassignment.NonFiniteLossException;
import org.locallearning.djl.creditassignment.tape.UnknownBlocks;

/** Bad input meets one sentence that says what to do, before any gradient changes. */
class NodePerturbationErrorsTest {

    @ParameterizedTest
    @ValueSource(doubles = {0, -1e-3, 1e-16, Double.NaN, Double.POSITIVE_INFINITY})
    void noiseScaleOutOfRange(double scale) {
        NodePerturbation.Builder builder = NodePerturbation.builder();
        String message =
                assertThrows(IllegalArgumentException.class, () -> builder.optNoiseScale(scale))
                        .getMessage();
        assertTrue(message.contains("noise scale") && message.contains("" + scale), message);
    }

    @Test
    void noNullSettings() {
        NodePerturbation.Builder builder = NodePerturbation.builder();
        assertThrows(NullPointerException.class, () -> builder.optMode(null));
        assertThrows(NullPointerException.class, () -> builder.optSampleLoss(null));
    }

    @Test
    void settingsAreInTheName() {
        assertEquals(
                "NodePerturbation(NP, noise scale 0.001)",
                NodePerturbation.builder().build().toString());
        assertEquals(
                "NodePerturbation(ANP, noise scale 0.01, antithetic)",
                NodePerturbation.builder()
                        .optMode(NodePerturbation.Mode.ANP)
                        .optNoiseScale(0.01)
                        .optAntithetic(true)
                        .build()
                        .toString());
    }

    @Test
    void lossThatIsNoMeanOverSamples() {
        Loss sum =
                new Loss("Sum") {
                    @Override
                    public NDArray evaluate(NDList labels, NDList predictions) {
                        return predictions.head().square().sum();
                    }
                };
        assertFails(NetworkCase.mlp(3, 5), sum, 1e-3, "Sum has no loss per sample");
    }

    @Test
    void samplesThatAreFoldedIntoOtherAxes() {
        Block block =
                new SequentialBlock()
                        .add(list -> new NDList(list.head().reshape(-1, 2)))
                        .add(NetworkCase.linear(2))
                        .add(list -> new NDList(list.head().reshape(-1, 4)))
                        .add(NetworkCase.linear(3));
        assertFails(block, Loss.l2Loss(), 1e-3, "cannot tell the samples of 02Linear apart");
    }

    @Test
    void randomNumbersWithinAnUnknownBlock() {
        Block block =
                new SequentialBlock()
                        .add(NetworkCase.linear(30))
                        .add(Activation::tanh)
                        .add(new Wrapper(Dropout.builder().optRate(0.5f).build()))
                        .add(NetworkCase.linear(3));
        assertFails(block, Loss.l2Loss(), 1e-3, "03Wrapper");
    }

    @Test
    void sampleLossOfAnotherShape() {
        NodePerturbation rule =
                NodePerturbation.builder()
                        .optSampleLoss((labels, predictions) -> predictions.head().square())
                        .build();
        assertFails(
                IllegalArgumentException.class,
                NetworkCase.mlp(3, 5),
                Loss.l2Loss(),
                rule,
                "one number per sample");
    }

    @Test
    void noiseThatTheNetworkDoesNotSurvive() {
        assertFails(
                NonFiniteLossException.class,
                NetworkCase.mlp(3, 5),
                Loss.l2Loss(),
                NodePerturbation.builder().optNoiseScale(1e30).build(),
                "noise scale of 1.0E30 is too large");
    }

    private static void assertFails(Block block, Loss loss, double scale, String part) {
        NodePerturbation rule =
                NodePerturbation.builder()
                        .optNoiseScale(scale)
                        .optUnknownBlocks(UnknownBlocks.ACCEPT)
                        .build();
        assertFails(IllegalArgumentException.class, block, loss, rule, part);
    }

    private static void assertFails(
            Class<? extends Exception> type,
            Block block,
            Loss loss,
            NodePerturbation rule,
            String part) {
        Engine.getEngine("PyTorch").setRandomSeed(1);
        try (Model model = Model.newInstance("bad", "PyTorch")) {
            model.setBlock(block);
            try (Trainer trainer = rule.newTrainer(model, new DefaultTrainingConfig(loss));
                    NDManager manager = trainer.getManager().newSubManager()) {
                trainer.initialize(new Shape(6, 4));
                NDArray data = manager.randomNormal(new Shape(6, 4));
                NDList labels = new NDList(manager.zeros(new Shape(6, 3), DataType.FLOAT32));
                try (GradientCollector collector = trainer.newGradientCollector()) {
                    NDList predictions = trainer.forward(new NDList(data), labels);
                    NDArray value = loss.evaluate(labels, predictions);
                    String message =
                            assertThrows(type, () -> collector.backward(value)).getMessage();
                    assertTrue(message.contains(part), message);
                }
                for (Map.Entry<String, double[]> gradient :
                        Gradients.read(model).byPath().entrySet()) {
                    for (double component : gradient.getValue()) {
                        assertEquals(0, component, gradient.getKey());
                    }
                }
            }
        }
    }

    @Test
    void learnsWithoutLabelsWhereTheLossNeedsNone() {
        try (Model model = Model.newInstance("labels", "PyTorch")) {
            model.setBlock(NetworkCase.mlp(3, 4));
            DefaultTrainingConfig config =
                    new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss());
            NodePerturbation needsLabels = NodePerturbation.builder().build();
            NodePerturbation needsNone =
                    NodePerturbation.builder()
                            .optSampleLoss(
                                    (labels, predictions) ->
                                            predictions.head().square().sum(new int[] {1}))
                            .build();
            String message =
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> assignWithoutLabels(model, config, needsLabels))
                            .getMessage();
            assertTrue(message.contains("call forward(data, labels)"), message);
            assignWithoutLabels(model, config, needsNone);
            double[] weight = Gradients.read(model).byPath().get("01Linear_weight");
            assertTrue(Arrays.stream(weight).anyMatch(value -> value != 0));
        }
    }

    private static void assignWithoutLabels(
            Model model, DefaultTrainingConfig config, NodePerturbation rule) {
        try (Trainer trainer = rule.newTrainer(model, config);
                NDManager manager = trainer.getManager().newSubManager()) {
            trainer.initialize(new Shape(6, 4));
            NDList data = new NDList(manager.randomNormal(new Shape(6, 4)));
            try (GradientCollector collector = trainer.newGradientCollector()) {
                NDArray predictions = trainer.forward(data).head();
                collector.backward(predictions.square().sum(new int[] {1}).mean());
            }
        }
    }

    /** A block that no table knows. */
    private static final class Wrapper extends AbstractBlock {

        private final Block inner;

        Wrapper(Block inner) {
            this.inner = addChildBlock("inner", inner);
        }

        @Override
        protected NDList forwardInternal(
                ParameterStore store,
                NDList inputs,
                boolean training,
                PairList<String, Object> params) {
            return inner.forward(store, inputs, training, params);
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputShapes) {
            return inner.getOutputShapes(inputShapes);
        }

        @Override
        public void initializeChildBlocks(NDManager manager, DataType type, Shape... shapes) {
            inner.initialize(manager, type, shapes);
        }
    }
}
