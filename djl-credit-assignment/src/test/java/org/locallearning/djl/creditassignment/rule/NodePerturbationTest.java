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
import static org.locallearning.djl.creditassignment.rule.DoublePrecisionTraining.distance;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.training.loss.Loss;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.creditassignment.Gradients;
import org.locallearning.djl.creditassignment.NetworkCase;
import org.locallearning.djl.creditassignment.TrainingRun;
import org.locallearning.djl.decorrelation.Decorrelate;
import org.locallearning.djl.decorrelation.DecorrelationOptions;
import org.locallearning.djl.decorrelation.MeanRemoval;

class NodePerturbationTest {

    /** Networks in which no sample's loss depends on another sample. */
    static List<NetworkCase> networks() {
        return List.of(
                new NetworkCase("mlp", () -> NetworkCase.mlp(4, 7, 6), new Shape(5, 9), 4),
                new NetworkCase(
                        "convolutions", NodePerturbationTest::conv, new Shape(2, 2, 5, 4), 3),
                new NetworkCase(
                        "residual convolutions",
                        NodePerturbationTest::residual,
                        new Shape(2, 2, 4, 4),
                        3),
                new NetworkCase(
                        "layer normalization",
                        NodePerturbationTest::sequence,
                        new Shape(3, 4, 5),
                        3),
                new NetworkCase(
                        "decorrelated", () -> decorrelated(conv()), new Shape(2, 2, 5, 4), 3),
                new NetworkCase("dropout", NodePerturbationTest::dropout, new Shape(6, 5), 3),
                new NetworkCase(
                        "all outputs", NodePerturbationTest::allOutputs, new Shape(4, 5), 3));
    }

    private static Block conv() {
        return new SequentialBlock()
                .add(conv(4, 2, 1))
                .add(Activation::tanh)
                .add(conv(2, 2, 2))
                .add(Activation::tanh)
                .add(Blocks.batchFlattenBlock())
                .add(NetworkCase.linear(3));
    }

    private static Block conv(int filters, int groups, int stride) {
        return Conv2d.builder()
                .setFilters(filters)
                .setKernelShape(new Shape(3, 3))
                .optPadding(new Shape(1, 1))
                .optStride(new Shape(stride, stride))
                .optGroups(groups)
                .build();
    }

    /** Without the mean of the batch, through which samples depend on each other. */
    private static Block decorrelated(Block block) {
        DecorrelationOptions options =
                DecorrelationOptions.builder().optMean(MeanRemoval.NONE).optRate(0).build();
        return Decorrelate.builder().optOptions(options).build().convert(block).block();
    }

    private static Block residual() {
        Block main = new SequentialBlock().add(conv(2, 1, 1)).add(Activation::tanh);
        return new SequentialBlock()
                .add(sum(main, Blocks.identityBlock()))
                .add(sum(conv(2, 1, 1), conv(2, 1, 1)))
                .add(Activation::tanh)
                .add(Blocks.batchFlattenBlock())
                .add(NetworkCase.linear(3));
    }

    private static Block sum(Block main, Block shortcut) {
        return new ParallelBlock(
                list -> new NDList(list.get(0).head().add(list.get(1).head())),
                List.of(main, shortcut));
    }

    private static Block sequence() {
        return new SequentialBlock()
                .add(NetworkCase.linear(6))
                .add(LayerNorm.builder().build())
                .add(Activation::tanh)
                .add(NetworkCase.linear(3))
                .add(Activation::tanh)
                .add(Blocks.batchFlattenBlock())
                .add(NetworkCase.linear(3));
    }

    private static Block dropout() {
        return new SequentialBlock()
                .add(Dropout.builder().optRate(0.2f).build())
                .add(NetworkCase.linear(12))
                .add(Activation::relu)
                .add(Dropout.builder().optRate(0.5f).build())
                .add(NetworkCase.linear(8))
                .add(Activation::tanh)
                .add(Dropout.builder().optRate(0.3f).build())
                .add(NetworkCase.linear(3));
    }

    private static Block allOutputs() {
        SequentialBlock inner =
                new SequentialBlock()
                        .add(NetworkCase.linear(4))
                        .add(Activation::tanh)
                        .add(NetworkCase.linear(4))
                        .setReturnIntermediate(true);
        return new SequentialBlock()
                .add(NetworkCase.linear(4))
                .add(inner)
                .add(list -> new NDList(list.get(0).add(list.get(1)).add(list.get(2))))
                .add(NetworkCase.linear(3));
    }

    @ParameterizedTest
    @MethodSource("networks")
    void noiseOnEveryUnitGivesTheGradient(NetworkCase network) {
        DoublePrecisionTraining training = new DoublePrecisionTraining(network);
        List<double[]> gradient = training.once(Model::newTrainer);
        List<double[]> estimate =
                training.everyUnit(NodePerturbation.builder().optNoiseScale(1e-7));
        assertTrue(distance(estimate, gradient) < 1e-4, "" + distance(estimate, gradient));
    }

    @ParameterizedTest
    @MethodSource("networks")
    void antitheticNoiseOnEveryUnitGivesTheGradient(NetworkCase network) {
        DoublePrecisionTraining training = new DoublePrecisionTraining(network);
        List<double[]> gradient = training.once(Model::newTrainer);
        List<double[]> estimate =
                training.everyUnit(
                        NodePerturbation.builder().optNoiseScale(1e-6).optAntithetic(true));
        assertTrue(distance(estimate, gradient) < 1e-7, "" + distance(estimate, gradient));
    }

    static List<Shape> batchNormInputs() {
        return List.of(new Shape(6, 5), new Shape(3, 2, 4, 3));
    }

    @ParameterizedTest
    @MethodSource("batchNormInputs")
    void batchNormLearnsWithItsStatisticsHeldFixed(Shape input) {
        DoublePrecisionTraining fixed =
                new DoublePrecisionTraining(
                        new NetworkCase(
                                "fixed",
                                () -> normalized(input, DetachedBatchNorm::new),
                                input,
                                3));
        DoublePrecisionTraining training =
                new DoublePrecisionTraining(
                        new NetworkCase(
                                "normalized",
                                () -> normalized(input, () -> BatchNorm.builder().build()),
                                input,
                                3));
        List<double[]> gradient = fixed.once(Model::newTrainer);
        List<double[]> estimate =
                training.everyUnit(
                        NodePerturbation.builder().optNoiseScale(1e-6).optAntithetic(true));
        assertEquals(gradient.size(), estimate.size());
        assertTrue(distance(estimate, gradient) < 1e-7, "" + distance(estimate, gradient));
    }

    private static Block normalized(Shape input, Supplier<Block> norm) {
        boolean images = input.dimension() == 4;
        return new SequentialBlock()
                .add(images ? conv(2, 1, 1) : NetworkCase.linear(4))
                .add(norm.get())
                .add(Activation::tanh)
                .add(images ? conv(2, 1, 2) : NetworkCase.linear(5))
                .add(norm.get())
                .add(Activation::tanh)
                .add(Blocks.batchFlattenBlock())
                .add(NetworkCase.linear(3));
    }

    @Test
    void linearNetworksAndLossesAreExactAtAnyScale() {
        NetworkCase network =
                new NetworkCase(
                        "linear",
                        () ->
                                new SequentialBlock()
                                        .add(NetworkCase.linear(4))
                                        .add(NetworkCase.linear(3)),
                        new Shape(5, 6),
                        3);
        DoublePrecisionTraining training = new DoublePrecisionTraining(network, new SumOfOutputs());
        List<double[]> gradient = training.once(Model::newTrainer);
        List<double[]> estimate =
                training.everyUnit(NodePerturbation.builder().optNoiseScale(1000));
        assertTrue(distance(estimate, gradient) < 1e-9, "" + distance(estimate, gradient));
    }

    /**
     * A loss that is linear in the predictions: the mean over samples of {@code Σ_c (c + 1) h_c}.
     */
    private static final class SumOfOutputs extends Loss {

        SumOfOutputs() {
            super("SumOfOutputs");
        }

        @Override
        public NDArray evaluate(NDList labels, NDList predictions) {
            NDArray prediction = predictions.head();
            NDArray coefficients =
                    prediction
                            .getManager()
                            .arange(1, prediction.getShape().get(1) + 1, 1, DataType.FLOAT64);
            return prediction.mul(coefficients).sum(new int[] {1}).mean();
        }
    }

    static List<NodePerturbation.Mode> modes() {
        return List.of(NodePerturbation.Mode.values());
    }

    @ParameterizedTest
    @MethodSource("modes")
    void noNoiseGivesNoUpdate(NodePerturbation.Mode mode) {
        for (double[] gradient : estimate(mode, 1e-3, 0, false)) {
            for (double value : gradient) {
                assertEquals(0, value);
            }
        }
    }

    private static final NetworkCase MLP = networks().get(0);

    private static List<double[]> estimate(
            NodePerturbation.Mode mode, double scale, double factor, boolean antithetic) {
        return new DoublePrecisionTraining(MLP)
                .once(
                        NodePerturbation.builder()
                                        .optMode(mode)
                                        .optNoiseScale(scale)
                                        .optAntithetic(antithetic)
                                        .optNoise(new FixedNoise(factor))
                                        .build()
                                ::newTrainer);
    }

    @Test
    void antitheticIsTheMeanOverBothSigns() {
        NodePerturbation.Mode mode = NodePerturbation.Mode.NP;
        List<double[]> plus = estimate(mode, 1e-2, 1, false);
        List<double[]> minus = estimate(mode, 1e-2, -1, false);
        List<double[]> both = estimate(mode, 1e-2, 1, true);
        for (int i = 0; i < both.size(); i++) {
            for (int j = 0; j < both.get(i).length; j++) {
                double mean = (plus.get(i)[j] + minus.get(i)[j]) / 2;
                assertEquals(mean, both.get(i)[j], 1e-10 * Math.max(1, Math.abs(mean)));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("modes")
    void biasIsOfFirstOrderAndOfSecondOrderWhereAntithetic(NodePerturbation.Mode mode) {
        List<double[]> limit = estimate(mode, 1e-6, 1, true);
        double once = distance(estimate(mode, 1e-3, 1, false), limit);
        double twice = distance(estimate(mode, 2e-3, 1, false), limit);
        assertEquals(2, twice / once, 0.1);
        double pairOnce = distance(estimate(mode, 1e-2, 1, true), limit);
        double pairTwice = distance(estimate(mode, 2e-2, 1, true), limit);
        assertEquals(4, pairTwice / pairOnce, 0.2);
    }

    @ParameterizedTest
    @MethodSource("modes")
    void noiseThatIsGivenStaysAsItIs(NodePerturbation.Mode mode) {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            Map<String, NDArray> given = new HashMap<>();
            NodePerturbation.Builder rule = NodePerturbation.builder().optMode(mode);
            rule.optNoise(
                    (block, output, scale, scope) ->
                            given.computeIfAbsent(
                                    block.getPath(),
                                    path ->
                                            manager.randomNormal(
                                                    0,
                                                    (float) scale,
                                                    output.getShape(),
                                                    output.getDataType())));
            assertTrue(rule.build().toString().contains("noise given"));
            NetworkCase network = NetworkCase.twoHiddenLayers();
            Gradients first;
            try (TrainingRun run = TrainingRun.start(network, rule.build()::newTrainer)) {
                first = run.assign(0).gradients();
            }
            assertEquals(3, given.size());
            assertEquals(0, Gradients.of(network, rule.build()::newTrainer).distanceTo(first));
        }
    }

    @Test
    void noiseOfAnotherShapeOrTypeIsRefused() {
        List<NoiseSource> wrong =
                List.of(
                        (block, output, scale, manager) -> manager.zeros(new Shape(1)),
                        (block, output, scale, manager) ->
                                manager.zeros(output.getShape(), DataType.FLOAT64));
        for (NoiseSource noise : wrong) {
            NodePerturbation rule = NodePerturbation.builder().optNoise(noise).build();
            try (TrainingRun run =
                    TrainingRun.start(NetworkCase.twoHiddenLayers(), rule::newTrainer)) {
                String message =
                        assertThrows(IllegalArgumentException.class, () -> run.assign(0))
                                .getMessage();
                assertTrue(message.contains("noise given for 01Linear"), message);
            }
        }
    }
}
