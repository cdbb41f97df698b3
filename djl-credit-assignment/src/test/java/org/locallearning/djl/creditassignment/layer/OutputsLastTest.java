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
package org.locallearning.djl.creditassignment.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.creditassignment.CreditAssignment;
import org.locallearning.djl.creditassignment.CreditTrainer;
import org.locallearning.djl.creditassignment.NetworkCase;
import org.locallearning.djl.creditassignment.TrainingRun;
import org.locallearning.djl.creditassignment.rule.Backpropagation;
import org.locallearning.djl.creditassignment.rule.FeedbackAlignment;
import org.locallearning.djl.creditassignment.rule.FeedbackDistribution;
import org.locallearning.djl.creditassignment.rule.FeedbackSource;
import org.locallearning.djl.creditassignment.rule.KolenPollack;
import org.locallearning.djl.creditassignment.rule.Pseudobackpropagation;
import org.locallearning.djl.creditassignment.rule.SignSymmetricFeedback;
import org.locallearning.djl.creditassignment.rule.WeightMirror;

/**
 * A layer of a user's own whose weight is (in, out) learns as {@code Linear}, which has (out, in).
 */
class OutputsLastTest {

    private static final int INPUTS = 9;

    private static final LayerTable TABLE =
            LayerTable.standard().withWeighted(OutputsLast.class, new OutputsLastMaths());

    /** h = x W + b. */
    private static final class OutputsLast extends AbstractBlock {

        private final Parameter weight;
        private final Parameter bias;
        private final int units;

        @SuppressWarnings("this-escape")
        OutputsLast(int units) {
            super((byte) 1);
            this.units = units;
            weight =
                    addParameter(
                            Parameter.builder()
                                    .setName("weight")
                                    .setType(Parameter.Type.WEIGHT)
                                    .build());
            bias =
                    addParameter(
                            Parameter.builder()
                                    .setName("bias")
                                    .setType(Parameter.Type.BIAS)
                                    .build());
        }

        @Override
        protected void prepare(Shape[] inputs) {
            weight.setShape(new Shape(inputs[0].get(1), units));
            bias.setShape(new Shape(units));
        }

        @Override
        protected NDList forwardInternal(
                ParameterStore store,
                NDList inputs,
                boolean training,
                PairList<String, Object> params) {
            NDArray x = inputs.singletonOrThrow();
            NDArray w = store.getValue(weight, x.getDevice(), training);
            NDArray b = store.getValue(bias, x.getDevice(), training);
            return new NDList(x.matMul(w).add(b));
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputs) {
            return new Shape[] {new Shape(inputs[0].get(0), units)};
        }
    }

    // shown: begin
    private static class OutputsLastMaths implements LayerMaths<OutputsLast> {

        @Override
        public Parameter getWeight(OutputsLast layer) {
            return layer.getDirectParameters().get("weight");
        }

        @Override
        public NDArray inputError(
                OutputsLast layer, LayerPass pass, NDArray delta, NDArray feedback) {
            return delta.matMul(feedback.transpose());
        }

        @Override
        public NDArray toMatrices(OutputsLast layer, NDArray weight) {
            return weight.transpose().expandDims(0);
        }

        @Override
        public NDArray fromMatrices(OutputsLast layer, NDArray matrices, Shape shape) {
            return matrices.squeeze(0).transpose();
        }
    }

    // shown: end

    private static Supplier<Block> net(IntFunction<Block> layer) {
        return () ->
                new SequentialBlock()
                        .add(layer.apply(7))
                        .add(Activation::tanh)
                        .add(layer.apply(6))
                        .add(Activation::tanh)
                        .add(layer.apply(4));
    }

    private static TrainingRun start(Supplier<Block> net, CreditAssignment rule) {
        NetworkCase network = new NetworkCase("net", net, new Shape(5, INPUTS), 4);
        TrainingRun run = TrainingRun.start(network, rule::newTrainer);
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            for (var parameter : run.model().getBlock().getParameters()) {
                NDArray array = parameter.getValue().getArray();
                if (array.getShape().dimension() == 2) {
                    boolean last = parameter.getKey().contains("OutputsLast");
                    NDArray values = values(manager, parameter.getKey(), array.getShape(), last);
                    NDArray alias = array.stopGradient();
                    alias.attach(manager);
                    alias.muli(0).addi(values);
                }
            }
        }
        return run;
    }

    /** Weights that are a function of the place of the layer, whatever their layout. */
    private static NDArray values(NDManager manager, String path, Shape shape, boolean last) {
        Shape own = last ? new Shape(shape.get(1), shape.get(0)) : shape;
        NDArray values =
                FeedbackDistribution.normal(0.4)
                        .seeded(1)
                        .create(manager, path.substring(0, 2), own, DataType.FLOAT32);
        return last ? values.transpose() : values;
    }

    private static FeedbackSource given(boolean last) {
        return (manager, path, shape, type) -> values(manager, "B" + path, shape, last);
    }

    static Stream<Arguments> rules() {
        return Stream.of(
                Arguments.of(
                        "backpropagation", Backpropagation.builder(), Backpropagation.builder()),
                Arguments.of(
                        "pseudobackprop",
                        Pseudobackpropagation.builder(),
                        Pseudobackpropagation.builder()),
                Arguments.of(
                        "feedback alignment",
                        FeedbackAlignment.builder().optFeedback(given(false)),
                        FeedbackAlignment.builder().optFeedback(given(true))),
                Arguments.of(
                        "Kolen-Pollack",
                        KolenPollack.builder().optFeedback(given(false)),
                        KolenPollack.builder().optFeedback(given(true))),
                Arguments.of(
                        "weight mirror",
                        WeightMirror.builder().optFeedback(given(false)).optInitialPhases(1),
                        WeightMirror.builder().optFeedback(given(true)).optInitialPhases(1)),
                Arguments.of(
                        "uniform signs",
                        SignSymmetricFeedback.builder(),
                        SignSymmetricFeedback.builder()));
    }

    private static CreditAssignment build(CreditAssignment.Builder<?> builder) throws Exception {
        builder.optLayers(TABLE);
        return (CreditAssignment) builder.getClass().getMethod("build").invoke(builder);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rules")
    void learnsAsLinear(
            String name, CreditAssignment.Builder<?> first, CreditAssignment.Builder<?> last)
            throws Exception {
        try (TrainingRun linear = start(net(NetworkCase::linear), build(first));
                TrainingRun own = start(net(OutputsLast::new), build(last))) {
            assertSame(linear.train(0, 3).parameters(), own.train(0, 3).parameters());
            assertEquals(
                    ((CreditTrainer) linear.trainer()).getMatrixProducts(),
                    ((CreditTrainer) own.trainer()).getMatrixProducts());
            assertEquals(
                    5L * (INPUTS * 7 + 7 * 6 + 6 * 4) * 3 - 5L * INPUTS * 7,
                    ((CreditTrainer) own.trainer()).getMatrixProducts().multiplyAdds());
        }
    }

    private static void assertSame(Map<String, double[]> linear, Map<String, double[]> own) {
        List<double[]> expected = List.copyOf(linear.values());
        List<double[]> found = List.copyOf(own.values());
        List<String> paths = List.copyOf(own.keySet());
        int[] rows = {7, 6, 4};
        assertEquals(expected.size(), found.size());
        for (int i = 0; i < expected.size(); i++) {
            double[] values = expected.get(i);
            if (paths.get(i).endsWith("_weight")) {
                values = transpose(values, rows[i / 2]);
            }
            assertArrayEquals(values, found.get(i), 1e-5, paths.get(i));
        }
    }

    private static double[] transpose(double[] matrix, int rows) {
        int columns = matrix.length / rows;
        double[] transposed = new double[matrix.length];
        for (int i = 0; i < matrix.length; i++) {
            transposed[i % columns * rows + i / columns] = matrix[i];
        }
        return transposed;
    }

    @Test
    void randomFeedbackFollowsTheFanIn() {
        CreditAssignment rule = FeedbackAlignment.builder().optLayers(TABLE).build();
        NetworkCase wide =
                new NetworkCase(
                        "wide",
                        () ->
                                new SequentialBlock()
                                        .add(new OutputsLast(300))
                                        .add(new OutputsLast(3)),
                        new Shape(5, INPUTS),
                        3);
        try (TrainingRun run = TrainingRun.start(wide, rule::newTrainer)) {
            run.assign(0);
            Map<String, NDArray> feedback =
                    new LinkedHashMap<>(((CreditTrainer) run.trainer()).getRuleParameters());
            NDArray drawn = feedback.get("02OutputsLast_weight");
            assertEquals(new Shape(300, 3), drawn.getShape());
            float bound = (float) Math.sqrt(6.0 / 300);
            try (NDArray greatest = drawn.abs().max()) {
                // of 900 uniform numbers one is in the outermost twentieth for certain
                assertTrue(greatest.getFloat() <= bound && greatest.getFloat() > 0.95f * bound);
            }
        }
    }

    @Test
    void matricesThatAreNoneAreRefused() {
        LayerMaths<OutputsLast> wrong =
                new OutputsLastMaths() {
                    @Override
                    public NDArray toMatrices(OutputsLast layer, NDArray weight) {
                        return weight.transpose();
                    }
                };
        CreditAssignment rule =
                Backpropagation.builder()
                        .optLayers(LayerTable.standard().withWeighted(OutputsLast.class, wrong))
                        .build();
        try (TrainingRun run = start(net(OutputsLast::new), rule)) {
            String message =
                    assertThrows(IllegalArgumentException.class, () -> run.assign(0)).getMessage();
            assertTrue(message.contains("(maps, outputs, inputs)"), message);
        }
    }
}
