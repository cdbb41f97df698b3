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
package org.locallearning.djl.decorrelation.boltzmann;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.decorrelation.BatchWhitening;

/** Directions against what they are by definition, in float64. */
class GradientDirectionTest {

    private static final int VISIBLE = 4;
    private static final int HIDDEN = 3;

    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager();
        Engine.getInstance().setRandomSeed(15);
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void directionIsTheGradientThroughTheCoordinatesAndBack() {
        // the chain rule, with the derivative of the coordinates by finite differences
        WhitenedCoordinates coordinates =
                new WhitenedCoordinates(
                        random(VISIBLE, VISIBLE),
                        random(HIDDEN, HIDDEN),
                        random(VISIBLE),
                        random(HIDDEN));
        int size = VISIBLE + HIDDEN + VISIBLE * HIDDEN;
        NDArray identity = manager.eye(size, size, 0, DataType.FLOAT64);
        // J Jᵀ for G = I; its trace is that of Jᵀ J
        double trace = coordinates.fisher(identity).mul(identity).sum().getDouble();
        double sum = 0;
        double[][] metric = new double[size][];
        for (int t = 0; t < size; ++t) {
            SufficientStatistics unit =
                    SufficientStatistics.fromVector(identity.get(t), VISIBLE, HIDDEN);
            metric[t] = coordinates.direction(unit).toVector().toDoubleArray();
            sum += metric[t][t];
        }
        assertEquals(trace, sum, 1e-10);
        for (int s = 0; s < size; ++s) {
            for (int t = 0; t < size; ++t) {
                assertEquals(metric[s][t], metric[t][s], 1e-12);
            }
        }
        // whitened statistics of some states have the covariance J cov(g) Jᵀ
        int rows = 50;
        NDArray visible = random(rows, VISIBLE);
        NDArray hidden = random(rows, HIDDEN);
        NDArray whiteVisible =
                visible.sub(coordinates.visibleMean())
                        .matMul(coordinates.visibleWhitening().transpose());
        NDArray whiteHidden =
                hidden.sub(coordinates.hiddenMean())
                        .matMul(coordinates.hiddenWhitening().transpose());
        NDArray plain = covariance(visible, hidden);
        NDArray white = covariance(whiteVisible, whiteHidden);
        NDArray difference = coordinates.fisher(plain).sub(white);
        assertEquals(0, difference.abs().max().getDouble(), 1e-10);
    }

    @Test
    void whitenedDirectionIsTheNaturalOneWhereUnitsAreNotConnected() {
        SlowMachine connected = SlowMachine.random(VISIBLE, HIDDEN, 1, 3);
        SlowMachine machine =
                new SlowMachine(
                        new double[VISIBLE][HIDDEN], connected.visibleBias, connected.hiddenBias);
        BoltzmannParameters parameters = machine.parameters(manager);
        SufficientStatistics gradient =
                new SufficientStatistics(random(VISIBLE), random(HIDDEN), random(VISIBLE, HIDDEN));
        SufficientStatistics natural =
                new NaturalGradient(0, 1)
                        .start(manager)
                        .direction(parameters, null, null, gradient);
        try (ExactDistribution exact = ExactDistribution.of(parameters)) {
            NDArray fisher = exact.fisher();
            WhitenedCoordinates coordinates =
                    new WhitenedCoordinates(
                            BatchWhitening.inverseSquareRoot(fisher.get("0:4, 0:4"), 40),
                            BatchWhitening.inverseSquareRoot(fisher.get("4:7, 4:7"), 40),
                            exact.means().visible(),
                            exact.means().hidden());
            assertArrayEquals(
                    natural.toVector().toDoubleArray(),
                    coordinates.direction(gradient).toVector().toDoubleArray(),
                    1e-9);
            // whatever learns
            everyPart()
                    .forEach(
                            learning ->
                                    assertArrayEquals(
                                            vector(
                                                    new NaturalGradient(0, 1)
                                                            .start(manager)
                                                            .direction(
                                                                    parameters,
                                                                    null,
                                                                    null,
                                                                    gradient,
                                                                    learning)),
                                            vector(coordinates.direction(gradient, learning)),
                                            1e-9));
            NDArray white = coordinates.fisher(fisher);
            int size = (int) white.getShape().get(0);
            NDArray eye = manager.eye(size, size, 0, DataType.FLOAT64);
            assertEquals(0, white.sub(eye).abs().max().getDouble(), 1e-9);
        }
    }

    @Test
    void naturalGradientSolvesTheDampedFisherMatrix() {
        BoltzmannParameters parameters =
                SlowMachine.random(VISIBLE, HIDDEN, 1, 5).parameters(manager);
        SufficientStatistics gradient =
                new SufficientStatistics(random(VISIBLE), random(HIDDEN), random(VISIBLE, HIDDEN));
        NDArray direction =
                new NaturalGradient(0.02, 1)
                        .start(manager)
                        .direction(parameters, null, null, gradient)
                        .toVector();
        try (ExactDistribution exact = ExactDistribution.of(parameters)) {
            NDArray back = exact.fisher().matMul(direction).add(direction.mul(0.02));
            assertArrayEquals(gradient.toVector().toDoubleArray(), back.toDoubleArray(), 1e-12);
        }
    }

    static Stream<LearningParts> everyPart() {
        return IntStream.range(0, 8)
                .mapToObj(
                        bits -> new LearningParts((bits & 1) > 0, (bits & 2) > 0, (bits & 4) > 0));
    }

    /** The places of what learns, in the order of (a, b, W). */
    private static int[] places(LearningParts learning) {
        return IntStream.range(0, VISIBLE + HIDDEN + VISIBLE * HIDDEN)
                .filter(
                        t ->
                                t < VISIBLE
                                        ? learning.visibleBias()
                                        : t < VISIBLE + HIDDEN
                                                ? learning.hiddenBias()
                                                : learning.weight())
                .toArray();
    }

    /** Solves the rows and columns of what learns alone, by elimination. */
    private static double[] steepest(double[][] metric, double[] gradient, LearningParts learning) {
        int[] places = places(learning);
        int size = places.length;
        double[][] rows = new double[size][size + 1];
        for (int s = 0; s < size; ++s) {
            for (int t = 0; t < size; ++t) {
                rows[s][t] = metric[places[s]][places[t]];
            }
            rows[s][size] = gradient[places[s]];
        }
        // positive definite, so that no pivot has to be looked for
        for (int p = 0; p < size; ++p) {
            for (int s = 0; s < size; ++s) {
                double factor = rows[s][p] / rows[p][p];
                for (int t = 0; s != p && t <= size; ++t) {
                    rows[s][t] -= factor * rows[p][t];
                }
            }
        }
        double[] step = new double[gradient.length];
        for (int s = 0; s < size; ++s) {
            step[places[s]] = rows[s][size] / rows[s][s];
        }
        return step;
    }

    @ParameterizedTest
    @MethodSource("everyPart")
    void naturalGradientSolvesTheFisherMatrixOfWhatLearns(LearningParts learning) {
        SlowMachine machine = SlowMachine.random(VISIBLE, HIDDEN, 1, 5);
        SufficientStatistics gradient =
                new SufficientStatistics(random(VISIBLE), random(HIDDEN), random(VISIBLE, HIDDEN));
        double[][] fisher = machine.fisher();
        for (int t = 0; t < fisher.length; ++t) {
            fisher[t][t] += 0.02;
        }
        SufficientStatistics direction =
                new NaturalGradient(0.02, 1)
                        .start(manager)
                        .direction(machine.parameters(manager), null, null, gradient, learning);
        assertArrayEquals(steepest(fisher, vector(gradient), learning), vector(direction), 1e-10);
    }

    /**
     * The squared length of a step in the coordinates, as a matrix. In them the energy is minus the
     * sum of η s(g), so that a step of η moves the parameters by J η, where J has the parts of (a,
     * b, W) that each coordinate brings.
     */
    private double[][] squaredLength(WhitenedCoordinates coordinates) {
        int size = VISIBLE + HIDDEN + VISIBLE * HIDDEN;
        double[] mu = coordinates.visibleMean().toDoubleArray();
        double[] lambda = coordinates.hiddenMean().toDoubleArray();
        double[] steps = new double[size * size];
        for (int i = 0; i < VISIBLE; ++i) {
            for (int k = 0; k < VISIBLE; ++k) {
                steps[k * size + i] = entry(coordinates.visibleWhitening(), i, k);
            }
        }
        for (int j = 0; j < HIDDEN; ++j) {
            for (int l = 0; l < HIDDEN; ++l) {
                steps[(VISIBLE + l) * size + VISIBLE + j] =
                        entry(coordinates.hiddenWhitening(), j, l);
            }
        }
        for (int i = 0; i < VISIBLE; ++i) {
            for (int j = 0; j < HIDDEN; ++j) {
                int column = VISIBLE + HIDDEN + i * HIDDEN + j;
                for (int k = 0; k < VISIBLE; ++k) {
                    for (int l = 0; l < HIDDEN; ++l) {
                        // U_ik V_jl (v_k − μ_k) (h_l − λ_l)
                        double factor =
                                entry(coordinates.visibleWhitening(), i, k)
                                        * entry(coordinates.hiddenWhitening(), j, l);
                        steps[(VISIBLE + HIDDEN + k * HIDDEN + l) * size + column] = factor;
                        steps[k * size + column] -= factor * lambda[l];
                        steps[(VISIBLE + l) * size + column] -= factor * mu[k];
                    }
                }
            }
        }
        NDArray j = manager.create(steps, new Shape(size, size));
        double[] flat = j.matMul(j.transpose()).inverse().toDoubleArray();
        double[][] metric = new double[size][];
        for (int t = 0; t < size; ++t) {
            metric[t] = Arrays.copyOfRange(flat, t * size, (t + 1) * size);
        }
        return metric;
    }

    private static double entry(NDArray matrix, int row, int column) {
        if (matrix == null) {
            return row == column ? 1 : 0;
        }
        return matrix.getDouble(row, column);
    }

    /** A matrix whose inverse is not much larger than it is. */
    private NDArray invertible(int size) {
        return random(size, size).mul(0.3).add(manager.eye(size, size, 0, DataType.FLOAT64));
    }

    private List<WhitenedCoordinates> centredAndWhitened() {
        return List.of(
                new WhitenedCoordinates(null, null, random(VISIBLE), random(HIDDEN)),
                new WhitenedCoordinates(
                        invertible(VISIBLE), invertible(HIDDEN), random(VISIBLE), random(HIDDEN)));
    }

    @ParameterizedTest
    @MethodSource("everyPart")
    void directionIsTheSteepestOfWhatLearns(LearningParts learning) {
        for (WhitenedCoordinates coordinates : centredAndWhitened()) {
            SufficientStatistics gradient =
                    new SufficientStatistics(
                            random(VISIBLE), random(HIDDEN), random(VISIBLE, HIDDEN));
            double[] expected = steepest(squaredLength(coordinates), vector(gradient), learning);
            double[] actual = vector(coordinates.direction(gradient, learning));
            assertArrayEquals(expected, actual, 1e-9);
        }
    }

    /** Nothing can make up for what the biases do to a centred unit, so nothing has to. */
    @Test
    void biasesBesideFrozenWeightsFollowTheirOwnGradient() {
        LearningParts biases = new LearningParts(true, true, false);
        for (WhitenedCoordinates coordinates : centredAndWhitened()) {
            SufficientStatistics gradient =
                    new SufficientStatistics(
                            random(VISIBLE), random(HIDDEN), random(VISIBLE, HIDDEN));
            NDArray u = coordinates.visibleWhitening();
            NDArray v = coordinates.hiddenWhitening();
            SufficientStatistics direction = coordinates.direction(gradient, biases);
            NDArray visible = gradient.visible();
            NDArray hidden = gradient.hidden();
            assertArrayEquals(
                    (u == null ? visible : u.transpose().matMul(u).matMul(visible)).toDoubleArray(),
                    direction.visible().toDoubleArray(),
                    1e-12);
            assertArrayEquals(
                    (v == null ? hidden : v.transpose().matMul(v).matMul(hidden)).toDoubleArray(),
                    direction.hidden().toDoubleArray(),
                    1e-12);
            assertEquals(0, direction.product().abs().max().getDouble());
        }
    }

    /** What a direction of somebody else's does not know of is left out before and after. */
    @ParameterizedTest
    @MethodSource("everyPart")
    void aDirectionThatDoesNotKnowOfPartsLeavesThemOut(LearningParts learning) {
        SufficientStatistics gradient =
                new SufficientStatistics(random(VISIBLE), random(HIDDEN), random(VISIBLE, HIDDEN));
        double[] plain = vector(gradient);
        double[] expected = new double[plain.length];
        for (int place : places(learning)) {
            expected[place] = plain[place];
        }
        assertArrayEquals(
                expected,
                vector(
                        new PlainGradient()
                                .start(manager)
                                .direction(null, null, null, gradient, learning)));
    }

    @Test
    void inverseIsRenewedWhenOtherPartsLearn() {
        SufficientStatistics gradient =
                new SufficientStatistics(random(VISIBLE), random(HIDDEN), random(VISIBLE, HIDDEN));
        BoltzmannParameters parameters =
                SlowMachine.random(VISIBLE, HIDDEN, 1, 5).parameters(manager);
        NaturalGradient natural = new NaturalGradient(0.02, 100);
        GradientDirection.Preconditioner preconditioner = natural.start(manager);
        for (int round = 0; round < 2; ++round) {
            everyPart()
                    .forEach(
                            learning ->
                                    assertArrayEquals(
                                            vector(
                                                    natural.start(manager)
                                                            .direction(
                                                                    parameters,
                                                                    null,
                                                                    null,
                                                                    gradient,
                                                                    learning)),
                                            vector(
                                                    preconditioner.direction(
                                                            parameters,
                                                            null,
                                                            null,
                                                            gradient,
                                                            learning))));
        }
    }

    @Test
    void inverseServesForItsInterval() {
        SufficientStatistics gradient =
                new SufficientStatistics(random(VISIBLE), random(HIDDEN), random(VISIBLE, HIDDEN));
        BoltzmannParameters first = SlowMachine.random(VISIBLE, HIDDEN, 1, 5).parameters(manager);
        BoltzmannParameters second = SlowMachine.random(VISIBLE, HIDDEN, 1, 6).parameters(manager);
        GradientDirection.Preconditioner preconditioner =
                new NaturalGradient(0.02, 2).start(manager);
        double[] one = vector(preconditioner.direction(first, null, null, gradient));
        double[] two = vector(preconditioner.direction(second, null, null, gradient));
        double[] three = vector(preconditioner.direction(second, null, null, gradient));
        assertArrayEquals(one, two);
        double[] fresh =
                vector(
                        new NaturalGradient(0.02, 2)
                                .start(manager)
                                .direction(second, null, null, gradient));
        assertArrayEquals(fresh, three);
        assertTrue(Math.abs(two[0] - three[0]) > 1e-6);
    }

    @Test
    void centredGradientDoesNotCareWhichStateIsCalledOne() {
        // the machine whose first visible and last hidden unit are turned round has a = −a, w = −w
        // there, and a shift of the biases on the other side
        SlowMachine machine = SlowMachine.random(VISIBLE, HIDDEN, 1, 8);
        SlowMachine turned = turned(machine);
        NDArray data =
                manager.create(
                        new double[][] {{0, 1, 1, 0}, {1, 1, 0, 0}, {1, 0, 0, 1}, {1, 1, 1, 1}});
        NDArray turnedData = data.duplicate();
        turnedData.set(new ai.djl.ndarray.index.NDIndex(":, 0"), data.get(":, 0").neg().add(1));
        double rate = 1e-3;
        double[] moved = moved(machine, data, rate).marginal();
        double[] turnedMoved = moved(turned, turnedData, rate).marginal();
        for (int v = 0; v < moved.length; ++v) {
            assertEquals(moved[v], turnedMoved[v ^ 1], 1e-14);
        }
        // the plain gradient does care
        double[] plain = movedPlain(machine, data, rate).marginal();
        double[] turnedPlain = movedPlain(turned, turnedData, rate).marginal();
        double difference = 0;
        for (int v = 0; v < plain.length; ++v) {
            difference = Math.max(difference, Math.abs(plain[v] - turnedPlain[v ^ 1]));
        }
        assertTrue(difference > 1e-6, "difference " + difference);
    }

    @Test
    void incrementalStepIsTheRelativeGradient() {
        for (int rows : new int[] {3, 30}) {
            NDArray centred = random(rows, 5);
            NDArray matrix = random(5, 5);
            NDArray outputs = centred.matMul(matrix.transpose());
            NDArray eye = manager.eye(5, 5, 0, DataType.FLOAT64);
            NDArray drive = outputs.transpose().matMul(outputs).div(rows).sub(eye);
            NDArray expected = matrix.sub(drive.matMul(matrix).mul(0.03));
            IncrementalWhitening.learn(matrix, centred, 0.03);
            assertEquals(0, expected.sub(matrix).abs().max().getDouble(), 1e-13);
        }
    }

    @Test
    void incrementalStepIsEquivariant() {
        // W = U A learns from x as U learns from A x: only the outputs matter
        NDArray mixing = random(5, 5);
        NDArray sources = random(40, 5);
        NDArray onSources = random(5, 5);
        NDArray onMixture = onSources.matMul(mixing.inverse());
        NDArray mixture = sources.matMul(mixing.transpose());
        for (int step = 0; step < 20; ++step) {
            IncrementalWhitening.learn(onSources, sources, 0.01);
            IncrementalWhitening.learn(onMixture, mixture, 0.01);
        }
        NDArray difference = onMixture.matMul(mixing).sub(onSources);
        assertEquals(0, difference.abs().max().getDouble(), 1e-9);
    }

    @Test
    void incrementalWhiteningEndsWhite() {
        NDArray data = random(200, 5).matMul(random(5, 5)).div(3);
        NDArray centred = data.sub(data.mean(new int[] {0}));
        NDArray matrix = manager.eye(5, 5, 0, DataType.FLOAT64);
        for (int step = 0; step < 2000; ++step) {
            try (NDManager scope = manager.newSubManager()) {
                scope.tempAttachAll(centred);
                IncrementalWhitening.learn(matrix, centred, 0.05);
            }
        }
        NDArray outputs = centred.matMul(matrix.transpose());
        NDArray covariance = outputs.transpose().matMul(outputs).div(200);
        NDArray eye = manager.eye(5, 5, 0, DataType.FLOAT64);
        assertEquals(0, covariance.sub(eye).abs().max().getDouble(), 1e-9);
    }

    @Test
    void bothWhiteningsEndAtTheDampedInverseCovariance() {
        SlowMachine machine = SlowMachine.random(VISIBLE, HIDDEN, 1, 12);
        BoltzmannParameters parameters = machine.parameters(manager);
        double damping = 0.2;
        NDArray eye = manager.eye(VISIBLE, VISIBLE, 0, DataType.FLOAT64);
        NDArray inverse;
        try (ExactDistribution exact = ExactDistribution.of(parameters)) {
            NDArray covariance = exact.fisher().get("0:4, 0:4");
            inverse = covariance.add(eye.mul(damping)).inverse();
            inverse.attach(manager);
        }
        NDArray periodic =
                metric(
                        PeriodicWhitening.builder()
                                .optDamping(damping)
                                .optInterval(50)
                                .optMomentum(0.02)
                                .build(),
                        parameters,
                        301);
        assertEquals(0, periodic.sub(inverse).abs().max().getDouble(), 0.1);
        NDArray incremental =
                metric(
                        IncrementalWhitening.builder()
                                .optDamping(damping)
                                .optRate(0.02)
                                .optMomentum(0.02)
                                .build(),
                        parameters,
                        600);
        assertEquals(0, incremental.sub(inverse).abs().max().getDouble(), 0.2);
        assertTrue(inverse.sub(eye).abs().max().getDouble() > 1);
    }

    /** UᵀU after some batches of exact states of the model. */
    private NDArray metric(
            GradientDirection direction, BoltzmannParameters parameters, int batches) {
        GradientDirection.Preconditioner preconditioner = direction.start(manager);
        NegativePhase.Sampler sampler = new ExactExpectation().start(manager);
        for (int batch = 0; batch < batches; ++batch) {
            try (NDManager scope = manager.newSubManager()) {
                NDArray rows = scope.zeros(new Shape(1000, VISIBLE), DataType.FLOAT64);
                Phase data = Phase.of(parameters, rows, rows);
                Phase model = sampler.sample(parameters, data);
                preconditioner.direction(parameters, data, model, model.mean());
            }
        }
        NDArray u = preconditioner.getCoordinates().orElseThrow().visibleWhitening();
        return u.transpose().matMul(u);
    }

    private static SlowMachine turned(SlowMachine machine) {
        double[][] w = new double[VISIBLE][];
        double[] a = machine.visibleBias.clone();
        double[] b = machine.hiddenBias.clone();
        for (int i = 0; i < VISIBLE; ++i) {
            w[i] = machine.weight[i].clone();
        }
        a[0] = -a[0];
        for (int j = 0; j < HIDDEN; ++j) {
            b[j] += w[0][j];
            w[0][j] = -w[0][j];
        }
        int last = HIDDEN - 1;
        b[last] = -b[last];
        for (int i = 0; i < VISIBLE; ++i) {
            a[i] += w[i][last];
            w[i][last] = -w[i][last];
        }
        return new SlowMachine(w, a, b);
    }

    private SlowMachine moved(SlowMachine machine, NDArray data, double rate) {
        return moved(machine, data, rate, new CentredGradient());
    }

    private SlowMachine movedPlain(SlowMachine machine, NDArray data, double rate) {
        return moved(machine, data, rate, new PlainGradient());
    }

    private SlowMachine moved(
            SlowMachine machine, NDArray data, double rate, GradientDirection direction) {
        BoltzmannParameters parameters = machine.parameters(manager);
        Phase positive = Phase.of(parameters, data, data);
        try (ExactDistribution exact = ExactDistribution.of(parameters)) {
            double[] step =
                    vector(
                            direction
                                    .start(manager)
                                    .direction(parameters, positive, null, exact.gradient(data)));
            double[] theta = machine.theta();
            for (int t = 0; t < theta.length; ++t) {
                theta[t] += rate * step[t];
            }
            return machine.with(theta);
        }
    }

    private static double[] vector(SufficientStatistics statistics) {
        return statistics.toVector().toDoubleArray();
    }

    /** The covariance of (v, h, v hᵀ) over rows. */
    private static NDArray covariance(NDArray visible, NDArray hidden) {
        long rows = visible.getShape().get(0);
        NDArray product =
                visible.reshape(rows, VISIBLE, 1)
                        .mul(hidden.reshape(rows, 1, HIDDEN))
                        .reshape(rows, -1);
        NDArray g = visible.concat(hidden, 1).concat(product, 1);
        NDArray centred = g.sub(g.mean(new int[] {0}));
        return centred.transpose().matMul(centred).div(rows);
    }

    private NDArray random(int... shape) {
        long[] sizes = new long[shape.length];
        for (int i = 0; i < shape.length; ++i) {
            sizes[i] = shape[i];
        }
        return manager.randomNormal(0, 1, new Shape(sizes), DataType.FLOAT64);
    }
}
