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

    static List<Case> largeSteps() {
        List<Case> cases = new ArrayList<>();
        double[] ones = {0, 1, 1, 1, 1};
        double[] precisions = {0, 0.7, 1.3, 0.9, 1.1};
        for (InferenceSchedule schedule :
                List.of(InferenceSchedule.SEQUENTIAL, InferenceSchedule.SIMULTANEOUS)) {
            for (PlainNet.Output output : PlainNet.Output.values()) {
                boolean relu = output != PlainNet.Output.SOFTMAX;
                for (int t : new int[] {2, 3, 5}) {
                    cases.add(
                            new Case(output, relu, settings(schedule, t, 2, false, FULL, ones, 0)));
                    cases.add(
                            new Case(
                                    output,
                                    relu,
                                    settings(schedule, t, 2, true, 3, precisions, 0.3)));
                }
            }
        }
        return cases;
    }

    @ParameterizedTest
    @MethodSource("largeSteps")
    void neverLeavesABatchWithMoreFreeEnergy(Case oneCase) {
        PlainNet plain = new PlainNet(random, oneCase.relu, oneCase.output, SIZES);
        for (double[][] layer : plain.weights) {
            for (double[] row : layer) {
                Arrays.setAll(row, i -> 3 * row[i]);
            }
        }
        PlainNet.Settings s = oneCase.settings;
        List<Integer> rises = new ArrayList<>();
        PlainNet.Settings smaller = s;
        for (int rise = rise(plain, s); rise > 0; rise = rise(plain, smaller)) {
            rises.add(rise);
            smaller = withStep(s, s.epsilon() / Math.pow(2, rises.size()));
        }
        assertTrue(rises.size() > 1, "no step is too large");
        try (DenseNet net = new DenseNet(plain, DataType.FLOAT64, 1, rule(s)::newTrainer)) {
            net.assign(x, y);
            List<double[]> expected = DenseNet.flatten(plain.run(smaller, x, y));
            double distance = DenseNet.distance(net.gradients(), expected);
            assertTrue(distance < 1e-9, rises + " gradients: " + distance);

            CreditTrainer trainer = (CreditTrainer) net.trainer;
            FreeEnergy energy = InferenceLearning.getFreeEnergy(trainer).orElseThrow();
            double[] plainEnergies = energies(plain, withoutDecay(smaller));
            assertEquals(s.t() + 1, energy.getStates());
            if (s.gammaDecay() == 0) {
                for (int t = 0; t <= s.t(); t++) {
                    assertEquals(plainEnergies[t], energy.getTotal(t), 1e-9);
                    assertTrue(t == 0 || energy.getTotal(t) <= energy.getTotal(t - 1));
                }
            }

            // 2t + 1 passes over the L − 1 layers more for each halving
            long layers = SIZES.length - 1;
            long more = rises.stream().mapToLong(t -> (2 * t + 1) * (layers - 1)).sum();
            long products = trainer.getMatrixProducts().total();
            long most = 2 * layers + 2 * s.t() * (layers - 1) + more;
            if (s.schedule() == InferenceSchedule.SEQUENTIAL) {
                assertEquals(most, products);
            } else {
                assertTrue(products <= most, products + " products");
            }
        }
    }

    /** Returns the first iteration that raises what inference descends, or 0. */
    private int rise(PlainNet plain, PlainNet.Settings s) {
        double[] energies = energies(plain, s);
        for (int t = 1; t < energies.length; t++) {
            if (energies[t] > energies[t - 1]) {
                return t;
            }
        }
        return 0;
    }

    private double[] energies(PlainNet plain, PlainNet.Settings s) {
        double[] energies = new double[s.t() + 1];
        for (int t = 0; t <= s.t(); t++) {
            energies[t] = plain.energy(s, plain.infer(withIterations(s, t), x, y), y);
        }
        return energies;
    }

    private static PlainNet.Settings withStep(PlainNet.Settings s, double epsilon) {
        return new PlainNet.Settings(
                s.schedule(),
                s.t(),
                epsilon,
                s.decay(),
                s.beta(),
                s.gamma(),
                s.gammaDecay(),
                s.rate());
    }

    private static PlainNet.Settings withIterations(PlainNet.Settings s, int t) {
        return new PlainNet.Settings(
                s.schedule(),
                t,
                s.epsilon(),
                s.decay(),
                s.beta(),
                s.gamma(),
                s.gammaDecay(),
                s.rate());
    }

    private static PlainNet.Settings withoutDecay(PlainNet.Settings s) {
        return new PlainNet.Settings(
                s.schedule(), s.t(), s.epsilon(), s.decay(), s.beta(), s.gamma(), 0, s.rate());
    }

    @Test
    void stepsStayWithoutBacktracking() {
        PlainNet.Settings s = largeSteps().get(2).settings;
        PlainNet plain = new PlainNet(random, false, PlainNet.Output.SOFTMAX, SIZES);
        for (double[][] layer : plain.weights) {
            for (double[] row : layer) {
                Arrays.setAll(row, i -> 3 * row[i]);
            }
        }
        InferenceLearning rule =
                InferenceLearning.builder()
                        .optIterations(s.t())
                        .optStepSize(s.epsilon())
                        .optStepDecay(false)
                        .optFullClamp()
                        .optBacktracking(false)
                        .build();
        try (DenseNet net = new DenseNet(plain, DataType.FLOAT64, 1, rule::newTrainer)) {
            net.assign(x, y);
            List<double[]> expected = DenseNet.flatten(plain.run(s, x, y));
            assertTrue(DenseNet.distance(net.gradients(), expected) < 1e-9);
            FreeEnergy energy =
                    InferenceLearning.getFreeEnergy((CreditTrainer) net.trainer).orElseThrow();
            assertTrue(energy.getTotal(s.t()) > energy.getTotal(0), "nothing rose");
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
