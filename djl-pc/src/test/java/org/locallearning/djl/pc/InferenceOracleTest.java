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
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.ndarray.types.DataType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.creditassignment.CreditTrainer;

/** Inference learning against the authors' loops and against what follows from its equations. */
class InferenceOracleTest {

    private static final double FULL = Double.POSITIVE_INFINITY;
    private static final int[] SIZES = {7, 9, 8, 6, 4};
    private static final int SAMPLES = 5;

    private Random random;
    private double[][] x;
    private double[][] y;

    @BeforeEach
    void draw() {
        random = new Random(11);
        x = new double[SAMPLES][SIZES[0]];
        y = new double[SAMPLES][SIZES[SIZES.length - 1]];
        for (int n = 0; n < SAMPLES; n++) {
            Arrays.setAll(x[n], i -> random.nextGaussian());
            // a distribution serves as a target for every kind of output
            Arrays.setAll(y[n], i -> random.nextDouble());
            double sum = Arrays.stream(y[n]).sum();
            double[] row = y[n];
            Arrays.setAll(row, i -> row[i] / sum);
        }
    }

    record Case(PlainNet.Output output, boolean relu, PlainNet.Settings settings) {}

    static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        double[] ones = {0, 1, 1, 1, 1};
        double[] precisions = {0, 0.7, 1.3, 0.9, 1.1};
        for (InferenceSchedule schedule : InferenceSchedule.values()) {
            for (int t : new int[] {1, 2, 3, 6}) {
                PlainNet.Output output = PlainNet.Output.values()[t % 3];
                cases.add(
                        new Case(
                                output,
                                t % 2 == 0,
                                settings(schedule, t, 0.05, true, 100, ones, 0)));
                cases.add(
                        new Case(
                                PlainNet.Output.SOFTMAX,
                                true,
                                settings(schedule, t, 0.1, false, FULL, ones, 0)));
                cases.add(
                        new Case(
                                PlainNet.Output.IDENTITY,
                                false,
                                settings(schedule, t, 0.2, true, 3, precisions, 0)));
                cases.add(
                        new Case(
                                PlainNet.Output.SIGMOID,
                                false,
                                settings(schedule, t, 0.3, false, 10, precisions, 0.2)));
            }
        }
        return cases;
    }

    private static PlainNet.Settings settings(
            InferenceSchedule schedule,
            int t,
            double epsilon,
            boolean decay,
            double beta,
            double[] gamma,
            double gammaDecay) {
        return new PlainNet.Settings(schedule, t, epsilon, decay, beta, gamma, gammaDecay, 0.25);
    }

    private static InferenceLearning rule(PlainNet.Settings s) {
        return InferenceLearning.builder()
                .optSchedule(s.schedule())
                .optIterations(s.t())
                .optStepSize(s.epsilon())
                .optStepDecay(s.decay())
                .optClamp(s.beta())
                .optPrecisions(Arrays.copyOfRange(s.gamma(), 1, s.gamma().length))
                .optActivityDecay(s.gammaDecay())
                .build();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void equalsTheAuthorsLoops(Case oneCase) {
        PlainNet plain = new PlainNet(random, oneCase.relu, oneCase.output, SIZES);
        try (DenseNet net =
                new DenseNet(plain, DataType.FLOAT64, 0.25f, rule(oneCase.settings)::newTrainer)) {
            net.assign(x, y);
            PlainNet.Gradients expected = plain.run(oneCase.settings, x, y);
            double distance = DenseNet.distance(net.gradients(), DenseNet.flatten(expected));
            assertTrue(distance < 1e-9, "gradients: " + distance);
            // the incremental form has moved weights by now, the others have not
            double moved =
                    DenseNet.distance(net.values(), DenseNet.flatten(plain.weights, plain.biases));
            assertTrue(moved < 1e-12, "weights: " + moved);
        }
    }

    @Test
    void oneSequentialIterationIsBackpropagationScaledByPowersOfTheStep() {
        // I-1: ĥ_l − h_l = ε^(L−l) δ_l for any ε, so that the lowest gradient is exact
        for (double epsilon : new double[] {0.5, 0.1, 0.001}) {
            PlainNet plain = new PlainNet(random, false, PlainNet.Output.SOFTMAX, SIZES);
            List<double[]> backpropagation;
            try (DenseNet net = new DenseNet(plain, DataType.FLOAT64, 1, Model::newTrainer)) {
                net.assign(x, y);
                backpropagation = net.gradients();
            }
            InferenceLearning rule =
                    InferenceLearning.builder().optIterations(1).optStepSize(epsilon).build();
            try (DenseNet net = new DenseNet(plain, DataType.FLOAT64, 1, rule::newTrainer)) {
                net.assign(x, y);
                List<double[]> gradients = net.gradients();
                int layers = SIZES.length - 1;
                for (int l = 0; l < layers; l++) {
                    double scale = 100.0 / 101 * Math.pow(epsilon, layers - 1 - l);
                    double distance =
                            DenseNet.distance(
                                    gradients.subList(2 * l, 2 * l + 1),
                                    scaled(backpropagation.subList(2 * l, 2 * l + 1), scale));
                    // elsewhere up to O(ε)
                    double bound = l == 0 ? 1e-9 : 2 * epsilon;
                    assertTrue(distance < bound, l + " at " + epsilon + ": " + distance);
                }
            }
        }
    }

    @Test
    void simultaneousErrorsTakeOneIterationPerLayer() {
        // I-2
        int layers = SIZES.length - 1;
        for (int t = 1; t <= layers; t++) {
            PlainNet plain = new PlainNet(random, false, PlainNet.Output.SOFTMAX, SIZES);
            for (InferenceSchedule schedule : InferenceSchedule.values()) {
                InferenceLearning rule =
                        InferenceLearning.builder().optSchedule(schedule).optIterations(t).build();
                try (DenseNet net = new DenseNet(plain, DataType.FLOAT64, 0, rule::newTrainer)) {
                    net.assign(x, y);
                    int reached = layers;
                    if (schedule == InferenceSchedule.SIMULTANEOUS) {
                        reached = Math.min(layers, t + 1);
                    } else if (schedule == InferenceSchedule.INCREMENTAL) {
                        reached = t;
                    }
                    for (int l = 0; l < layers; l++) {
                        double size =
                                Arrays.stream(net.gradients().get(2 * l)).map(Math::abs).sum();
                        assertEquals(l >= layers - reached, size > 0, schedule + " " + t + " " + l);
                    }
                }
            }
        }
    }

    @Test
    void freeEnergyFallsAndIsWhatItSays() {
        // I-4, with a full clamp
        for (InferenceSchedule schedule :
                List.of(InferenceSchedule.SEQUENTIAL, InferenceSchedule.SIMULTANEOUS)) {
            for (double epsilon : new double[] {0.05, 0.25}) {
                PlainNet plain = new PlainNet(random, true, PlainNet.Output.SOFTMAX, SIZES);
                InferenceLearning rule =
                        InferenceLearning.builder()
                                .optSchedule(schedule)
                                .optIterations(8)
                                .optStepSize(epsilon)
                                .optStepDecay(false)
                                .optFullClamp()
                                .build();
                try (DenseNet net = new DenseNet(plain, DataType.FLOAT64, 1, rule::newTrainer)) {
                    double loss = net.assign(x, y);
                    FreeEnergy energy =
                            InferenceLearning.getFreeEnergy((CreditTrainer) net.trainer)
                                    .orElseThrow();
                    assertEquals(9, energy.getStates());
                    assertEquals(loss, energy.getTotal(0), 1e-12);
                    for (int t = 1; t < 9; t++) {
                        assertTrue(energy.getTotal(t) < energy.getTotal(t - 1), schedule + " " + t);
                    }
                    double[] ones = {0, 1, 1, 1, 1};
                    PlainNet.Gradients last =
                            plain.run(settings(schedule, 8, epsilon, false, FULL, ones, 0), x, y);
                    for (int l = 1; l < SIZES.length - 1; l++) {
                        double sum = 0;
                        for (double[] sample : last.errors()[l]) {
                            sum += Arrays.stream(sample).map(e -> e * e / 2).sum();
                        }
                        assertEquals(sum / SAMPLES, energy.get(8, l - 1), 1e-12);
                    }
                }
            }
        }
    }

    @Test
    void nothingMovesWhereTheLabelIsThePrediction() {
        // I-5
        PlainNet plain = new PlainNet(random, true, PlainNet.Output.SOFTMAX, SIZES);
        for (int n = 0; n < SAMPLES; n++) {
            double[] h = x[n];
            for (int l = 1; l < SIZES.length; l++) {
                h = plain.predict(l, h);
            }
            y[n] = plain.squash(h);
        }
        try (DenseNet net =
                new DenseNet(
                        plain,
                        DataType.FLOAT64,
                        1,
                        InferenceLearning.builder().build()::newTrainer)) {
            net.assign(x, y);
            for (double[] gradient : net.gradients()) {
                assertArrayEquals(new double[gradient.length], gradient, 1e-15);
            }
        }
    }

    @Test
    void withoutHiddenLayersIsBackpropagation() {
        // I-6
        PlainNet plain = new PlainNet(random, true, PlainNet.Output.SOFTMAX, 7, 4);
        List<double[]> expected;
        try (DenseNet net = new DenseNet(plain, DataType.FLOAT64, 1, Model::newTrainer)) {
            net.assign(x, y);
            expected = scaled(net.gradients(), 100.0 / 101);
        }
        try (DenseNet net =
                new DenseNet(
                        plain,
                        DataType.FLOAT64,
                        1,
                        InferenceLearning.builder().build()::newTrainer)) {
            net.assign(x, y);
            assertTrue(DenseNet.distance(net.gradients(), expected) < 1e-12);
        }
    }

    @Test
    void isAMeanOverSamples() {
        // I-7: twice the batch, in another order
        double[][] x2 = new double[2 * SAMPLES][];
        double[][] y2 = new double[2 * SAMPLES][];
        for (int n = 0; n < 2 * SAMPLES; n++) {
            x2[n] = x[(3 * n + 1) % SAMPLES];
            y2[n] = y[(3 * n + 1) % SAMPLES];
        }
        for (PlainNet.Output output : PlainNet.Output.values()) {
            PlainNet plain = new PlainNet(random, true, output, SIZES);
            try (DenseNet once = inferred(plain);
                    DenseNet twice = inferred(plain)) {
                once.assign(x, y);
                twice.assign(x2, y2);
                assertTrue(DenseNet.distance(twice.gradients(), once.gradients()) < 1e-10);
            }
        }
    }

    @Test
    void singlePrecisionKeepsDeepErrors() {
        // 4.C: with eight hidden layers displacements are far below the last digit of activities,
        // so that activities alone would leave no error at all
        int[] four = {7, 8, 8, 8, 8, 4};
        int[] eight = {7, 8, 8, 8, 8, 8, 8, 8, 8, 4};
        assertTrue(distanceOfSinglePrecision(four, 1e-5) < 0.01);
        assertTrue(distanceOfSinglePrecision(eight, 1e-9) < 0.1);
    }

    private double distanceOfSinglePrecision(int[] sizes, double largest) {
        PlainNet plain = new PlainNet(random, false, PlainNet.Output.SOFTMAX, sizes);
        try (DenseNet narrow =
                        new DenseNet(
                                plain,
                                DataType.FLOAT32,
                                1,
                                InferenceLearning.builder().build()::newTrainer);
                DenseNet wide = inferred(plain)) {
            narrow.assign(x, y);
            wide.assign(x, y);
            double[] expected = wide.gradients().get(0);
            double size = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
            assertTrue(size < largest, "the errors are not small: " + size);
            return DenseNet.distance(
                    narrow.gradients().subList(0, 2), wide.gradients().subList(0, 2));
        }
    }

    private static DenseNet inferred(PlainNet plain) {
        return new DenseNet(
                plain, DataType.FLOAT64, 1, InferenceLearning.builder().build()::newTrainer);
    }

    private static List<double[]> scaled(List<double[]> arrays, double factor) {
        List<double[]> scaled = new ArrayList<>();
        for (double[] array : arrays) {
            scaled.add(Arrays.stream(array).map(value -> factor * value).toArray());
        }
        return scaled;
    }
}
