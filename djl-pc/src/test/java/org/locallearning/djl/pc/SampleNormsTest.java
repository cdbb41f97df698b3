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

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.creditassignment.CreditAssignment;
import org.locallearning.djl.creditassignment.layer.LayerTable;
import org.locallearning.djl.creditassignment.rule.Backpropagation;
import org.locallearning.djl.creditassignment.tape.Network;

/** Steps that follow from the norms of samples: theorem 1's proximal step, and normalized steps. */
class SampleNormsTest {

    private static final int[] SIZES = {5, 7, 6, 3};

    private final Random random = new Random(4);

    @ParameterizedTest
    @CsvSource({"0.5, 0.3", "0.5, 1.7", "20, 0.3", "0.01, 1"})
    void withoutHiddenLayersTheStepIsTheProximalOne(double beta, double rate) {
        PlainNet net = new PlainNet(random, false, PlainNet.Output.IDENTITY, 5, 3);
        double[] x = draw(5);
        double[] y = draw(3);
        List<double[]> gradients = gradients(net, proximal(beta, rate, 1), x, y);
        // implicit descent: W' = W − β ∂L/∂W at W'
        for (int i = 0; i < 3; i++) {
            double bias = net.biases[0][i] - rate * gradients.get(1)[i];
            double prediction = bias;
            for (int j = 0; j < 5; j++) {
                prediction += (net.weights[0][i][j] - rate * gradients.get(0)[5 * i + j]) * x[j];
            }
            double pull = beta * (y[i] - prediction);
            assertEquals(net.biases[0][i] + pull, bias, 1e-12);
            for (int j = 0; j < 5; j++) {
                assertEquals(pull * x[j], -rate * gradients.get(0)[5 * i + j], 1e-12, i + ", " + j);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = InferenceSchedule.class,
            names = {"SEQUENTIAL", "SIMULTANEOUS"})
    void hiddenActivitiesSettleWhereTheStepIsShortest(InferenceSchedule schedule) {
        double beta = 0.8;
        double rate = 0.4;
        PlainNet net = new PlainNet(random, false, PlainNet.Output.IDENTITY, SIZES);
        double[] x = draw(5);
        double[] y = draw(3);
        InferenceLearning rule =
                InferenceLearning.builder()
                        .optSchedule(schedule)
                        .optIterations(600)
                        .optStepSize(0.5)
                        .optStepDecay(false)
                        .optProximalPrecisions(beta, rate)
                        .build();
        List<double[]> gradients = gradients(net, rule, x, y);
        double[][] activities = activities(net, gradients, x);
        double[] settled = slopes(net, activities, x, rate);
        double[][] start = activities(net, zeros(gradients), x);
        start[2] = activities[2];
        double[] before = slopes(net, start, x, rate);
        assertTrue(norm(before) > 1e-3, "nothing to settle: " + norm(before));
        assertEquals(0, norm(settled) / norm(before), 1e-5);
        // the output: e (1 + γ) = y − p
        double whole = rate * (1 / beta + 1 + square(tanh(activities[1])));
        double[] predicted = predict(net, 2, tanh(activities[1]));
        for (int i = 0; i < 3; i++) {
            assertEquals(y[i] - predicted[i], -gradients.get(5)[i] * whole, 1e-9);
        }
    }

    @Test
    void aSmallNormalizedProximalStepIsThatOfGradientDescent() {
        double beta = 1e-6;
        PlainNet net = new PlainNet(random, false, PlainNet.Output.IDENTITY, SIZES);
        double[] x = draw(5);
        double[] y = draw(3);
        InferenceLearning rule =
                InferenceLearning.builder()
                        .optIterations(300)
                        .optStepSize(1)
                        .optStepDecay(false)
                        .optProximalPrecisions(beta, 1)
                        .optNormalizedStep(true)
                        .build();
        List<double[]> steps = gradients(net, rule, x, y);
        List<double[]> slopes = gradients(net, Backpropagation.builder().build(), x, y);
        for (int p = 0; p < steps.size(); p++) {
            // L2Loss is a mean over three units
            double[] expected = Arrays.stream(slopes.get(p)).map(each -> 3 * beta * each).toArray();
            assertArrayEquals(expected, steps.get(p), 1e-5 * norm(expected), "parameter " + p);
        }
    }

    static Stream<Arguments> proximalSteps() {
        // weights have even numbers, and biases odd ones
        return Stream.of(
                Arguments.of(0.01, List.of()),
                Arguments.of(0.3, List.of()),
                Arguments.of(2, List.of()),
                Arguments.of(0.3, List.of(3)),
                Arguments.of(0.3, List.of(2)),
                Arguments.of(2, List.of(1, 4)),
                Arguments.of(0.3, List.of(0, 1)));
    }

    /** Equation 6: {@code θ − θ_b = −β ∇L(θ)}, of what learns. */
    @ParameterizedTest
    @MethodSource("proximalSteps")
    void withHiddenLayersTheStepIsTheProximalOne(double beta, List<Integer> frozen) {
        PlainNet net = new PlainNet(random, false, PlainNet.Output.IDENTITY, SIZES);
        double[][] x = {draw(5)};
        double[][] y = {draw(3)};
        InferenceLearning rule =
                InferenceLearning.builder()
                        .optIterations(900)
                        .optStepSize(0.5)
                        .optStepDecay(false)
                        .optProximalStep(beta)
                        .build();
        List<double[]> steps = gradients(net, rule, x, y, frozen);
        for (int l = 0; l < 3; l++) {
            for (int i = 0; i < net.biases[l].length; i++) {
                int columns = net.weights[l][i].length;
                for (int j = 0; j < columns; j++) {
                    net.weights[l][i][j] -= steps.get(2 * l)[i * columns + j];
                }
                net.biases[l][i] -= steps.get(2 * l + 1)[i];
            }
        }
        List<double[]> slopes = gradients(net, Backpropagation.builder().build(), x, y, frozen);
        for (int p = 0; p < steps.size(); p++) {
            // L2Loss is a mean over three units
            double[] expected = Arrays.stream(slopes.get(p)).map(each -> 3 * beta * each).toArray();
            if (!frozen.contains(p)) {
                assertTrue(norm(expected) > 1e-6, "nothing to step: " + norm(expected));
            }
            assertArrayEquals(expected, steps.get(p), 1e-7 * norm(expected), "parameter " + p);
        }
    }

    @Test
    void aFrozenLayerWithLearningBelowHasNoShareOfTheStep() {
        PlainNet net = new PlainNet(random, false, PlainNet.Output.IDENTITY, SIZES);
        double[][] x = {draw(5)};
        double[][] y = {draw(3)};
        for (List<Integer> frozen : List.of(List.of(2, 3), List.of(4, 5))) {
            String sentence =
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> gradients(net, proximal(1, 1, 3), x, y, frozen))
                            .getMessage();
            assertTrue(sentence.contains("is frozen; unfreeze it"), sentence);
        }
    }

    @Test
    void samplesOfSeveralRowsAreRefused() {
        PlainNet net = new PlainNet(random, false, PlainNet.Output.IDENTITY, SIZES);
        for (InferenceLearning rule : List.of(proximal(1, 1, 3), normalized(true))) {
            try (DenseNet dense = new DenseNet(net, DataType.FLOAT64, 1, rule::newTrainer)) {
                NDManager manager = dense.trainer.getManager();
                NDList data = new NDList(manager.ones(new Shape(2, 2, 5), DataType.FLOAT64));
                NDList labels = new NDList(manager.ones(new Shape(2, 2, 3), DataType.FLOAT64));
                String sentence =
                        assertThrows(
                                        IllegalArgumentException.class,
                                        () -> dense.assign(data, labels))
                                .getMessage();
                assertTrue(sentence.contains("got (2, 2, "), sentence);
            }
        }
    }

    /** The slopes of ½ ‖Δθ‖² with respect to hidden activities, by differences. */
    private static double[] slopes(PlainNet net, double[][] activities, double[] x, double rate) {
        double step = 1e-6;
        double[] slopes = new double[SIZES[1] + SIZES[2]];
        for (int l = 0; l < 2; l++) {
            for (int i = 0; i < activities[l].length; i++) {
                activities[l][i] += step;
                double more = stepNorm(net, activities, x, rate);
                activities[l][i] -= 2 * step;
                double less = stepNorm(net, activities, x, rate);
                activities[l][i] += step;
                slopes[l * SIZES[1] + i] = (more - less) / (2 * step);
            }
        }
        return slopes;
    }

    private static double stepNorm(PlainNet net, double[][] activities, double[] x, double rate) {
        double sum = 0;
        for (int l = 0; l < 3; l++) {
            double[] input = l == 0 ? x : tanh(activities[l - 1]);
            double[] predicted = predict(net, l, input);
            double error = 0;
            for (int i = 0; i < predicted.length; i++) {
                error += Math.pow(activities[l][i] - predicted[i], 2);
            }
            sum += rate * rate / 2 * error * (square(input) + 1);
        }
        return sum;
    }

    @Test
    void aNormalizedStepOfWhatLearnsMakesTheLayerPredictTheActivity() {
        for (List<Integer> frozen : List.of(List.of(1, 5), List.of(2))) {
            PlainNet net = new PlainNet(random, false, PlainNet.Output.IDENTITY, SIZES);
            double[][] x = {draw(5)};
            double[][] y = {draw(3)};
            // the activities do not depend on what becomes of the errors
            double[][] activities = activities(net, gradients(net, normalized(false), x, y), x[0]);
            assertPredicted(net, activities, gradients(net, normalized(true), x, y, frozen), x[0]);
        }
    }

    @Test
    void aNormalizedStepOfOneMakesTheLayerPredictTheActivity() {
        PlainNet net = new PlainNet(random, false, PlainNet.Output.IDENTITY, SIZES);
        double[] x = draw(5);
        double[] y = draw(3);
        List<double[]> plain = gradients(net, normalized(false), x, y);
        List<double[]> steps = gradients(net, normalized(true), x, y);
        assertPredicted(net, activities(net, plain, x), steps, x);
    }

    private static void assertPredicted(
            PlainNet net, double[][] activities, List<double[]> steps, double[] x) {
        for (int l = 0; l < 3; l++) {
            double[] input = l == 0 ? x : tanh(activities[l - 1]);
            for (int i = 0; i < activities[l].length; i++) {
                double predicted = net.biases[l][i] - steps.get(2 * l + 1)[i];
                for (int j = 0; j < input.length; j++) {
                    predicted +=
                            (net.weights[l][i][j] - steps.get(2 * l)[i * input.length + j])
                                    * input[j];
                }
                assertEquals(activities[l][i], predicted, 1e-10, l + ", " + i);
            }
        }
    }

    @Test
    void aBatchHasTheMeanOfItsSamplesSteps() {
        PlainNet net = new PlainNet(random, true, PlainNet.Output.IDENTITY, SIZES);
        double[][] x = {draw(5), draw(5)};
        double[][] y = {draw(3), draw(3)};
        for (InferenceLearning rule :
                List.of(
                        proximal(0.7, 0.5, 20),
                        InferenceLearning.builder()
                                .optProximalPrecisions(0.7, 1)
                                .optNormalizedStep(true)
                                .build(),
                        normalized(true))) {
            List<double[]> both = gradients(net, rule, x, y);
            List<double[]> first = gradients(net, rule, x[0], y[0]);
            List<double[]> second = gradients(net, rule, x[1], y[1]);
            for (int p = 0; p < both.size(); p++) {
                double[] a = first.get(p);
                double[] b = second.get(p);
                double[] mean = new double[a.length];
                Arrays.setAll(mean, i -> (a[i] + b[i]) / 2);
                assertArrayEquals(mean, both.get(p), 1e-12, rule.toString());
            }
        }
    }

    /** A layer that the table of layers does not know. */
    private static final class OwnLinear extends Linear {
        OwnLinear(Linear.Builder builder) {
            super(builder);
        }
    }

    @Test
    void otherLayersAndOtherSettingsAreRefused() {
        Block images =
                new SequentialBlock()
                        .add(Conv2d.builder().setKernelShape(new Shape(2, 2)).setFilters(2).build())
                        .add(Blocks.batchFlattenBlock())
                        .add(Linear.builder().setUnits(2).build());
        Block own =
                new SequentialBlock()
                        .add(new OwnLinear(Linear.builder().setUnits(2)))
                        .add(Linear.builder().setUnits(2).build());
        for (Block block : List.of(images, own)) {
            Network network = Network.of(block, LayerTable.standard());
            String sentence =
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> SampleNorms.of(network, "The normalized step"))
                            .getMessage();
            assertTrue(sentence.contains("The normalized step is for dense networks"), sentence);
            String type = block == own ? "OwnLinear" : "Conv2d";
            assertTrue(sentence.contains("is a " + type), sentence);
        }
        InferenceLearning.Builder proximal =
                InferenceLearning.builder().optProximalPrecisions(1, 1);
        assertThrows(IllegalArgumentException.class, () -> proximal.optProximalPrecisions(0, 1));
        assertThrows(IllegalArgumentException.class, () -> proximal.optProximalStep(-1));
        assertThrows(
                IllegalArgumentException.class,
                () -> proximal.optProximalPrecisions(1, Double.POSITIVE_INFINITY));
        assertThrows(IllegalArgumentException.class, () -> proximal.optPrecisions(1, 2).build());
        InferenceLearning.Builder clamped = InferenceLearning.builder().optClamp(10);
        assertThrows(IllegalArgumentException.class, () -> clamped.optProximalStep(1).build());
        InferenceLearning.Builder incremental =
                InferenceLearning.builder()
                        .optSchedule(InferenceSchedule.INCREMENTAL)
                        .optProximalStep(1);
        assertThrows(IllegalArgumentException.class, incremental::build);
    }

    private static InferenceLearning proximal(double beta, double rate, int iterations) {
        return InferenceLearning.builder()
                .optIterations(iterations)
                .optStepSize(0.2)
                .optProximalPrecisions(beta, rate)
                .build();
    }

    private static InferenceLearning normalized(boolean normalized) {
        return InferenceLearning.builder()
                .optIterations(4)
                .optStepSize(0.3)
                .optNormalizedStep(normalized)
                .build();
    }

    private static List<double[]> gradients(
            PlainNet net, CreditAssignment rule, double[] x, double[] y) {
        return gradients(net, rule, new double[][] {x}, new double[][] {y});
    }

    private static List<double[]> gradients(
            PlainNet net, CreditAssignment rule, double[][] x, double[][] y) {
        return gradients(net, rule, x, y, List.of());
    }

    private static List<double[]> gradients(
            PlainNet net, CreditAssignment rule, double[][] x, double[][] y, List<Integer> frozen) {
        try (DenseNet dense = new DenseNet(net, DataType.FLOAT64, 1, rule::newTrainer)) {
            dense.freeze(frozen);
            dense.assign(x, y);
            return dense.gradients();
        }
    }

    /** Activities from the errors, which are what biases learn by. */
    private static double[][] activities(PlainNet net, List<double[]> gradients, double[] x) {
        double[][] activities = new double[3][];
        for (int l = 0; l < 3; l++) {
            activities[l] = predict(net, l, l == 0 ? x : tanh(activities[l - 1]));
            for (int i = 0; i < activities[l].length; i++) {
                activities[l][i] -= gradients.get(2 * l + 1)[i];
            }
        }
        return activities;
    }

    private static List<double[]> zeros(List<double[]> like) {
        return like.stream().map(each -> new double[each.length]).toList();
    }

    private static double[] predict(PlainNet net, int l, double[] input) {
        double[] predicted = net.biases[l].clone();
        for (int i = 0; i < predicted.length; i++) {
            for (int j = 0; j < input.length; j++) {
                predicted[i] += net.weights[l][i][j] * input[j];
            }
        }
        return predicted;
    }

    private static double[] tanh(double[] values) {
        return Arrays.stream(values).map(Math::tanh).toArray();
    }

    private static double square(double[] values) {
        return Arrays.stream(values).map(each -> each * each).sum();
    }

    private static double norm(double[] values) {
        return Math.sqrt(square(values));
    }

    private double[] draw(int size) {
        return random.doubles(size, -1, 1).toArray();
    }
}
