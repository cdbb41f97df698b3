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

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.creditassignment.Gradients;
import org.locallearning.djl.creditassignment.NetworkCase;
import org.locallearning.djl.creditassignment.layer.Fan;

/** Random feedback weights against the formulas of their distributions. */
class FeedbackDistributionTest {

    /** Fan-in 40 × 9 = 360, fan-out 50 × 9 = 450, 18,000 weights. */
    private static final Shape KERNELS = new Shape(50, 40, 3, 3);

    /** Fan-in 120, fan-out 100, 12,000 weights. */
    private static final Shape MATRIX = new Shape(100, 120);

    /**
     * A distribution and what it is meant to be.
     *
     * @param distribution the distribution
     * @param shape the shape to draw
     * @param deviation the standard deviation
     * @param bound the largest magnitude; infinite for a normal distribution
     */
    record Case(FeedbackDistribution distribution, Shape shape, double deviation, double bound) {

        static Case uniform(FeedbackDistribution distribution, Shape shape, double bound) {
            return new Case(distribution, shape, bound / Math.sqrt(3), bound);
        }

        @Override
        public String toString() {
            return distribution + " " + shape;
        }
    }

    static List<Case> cases() {
        FeedbackDistribution kaiming = FeedbackDistribution.kaimingUniform();
        FeedbackDistribution xavier = FeedbackDistribution.xavierUniform();
        FeedbackDistribution fanIn = FeedbackDistribution.fanInUniform();
        return List.of(
                Case.uniform(kaiming, MATRIX, Math.sqrt(6.0 / 120)),
                Case.uniform(kaiming, KERNELS, Math.sqrt(6.0 / 360)),
                Case.uniform(xavier, MATRIX, Math.sqrt(6.0 / (120 + 100))),
                Case.uniform(xavier, KERNELS, Math.sqrt(6.0 / (360 + 450))),
                Case.uniform(fanIn, MATRIX, 1 / Math.sqrt(120)),
                Case.uniform(fanIn, KERNELS, 1 / Math.sqrt(360)),
                Case.uniform(FeedbackDistribution.uniform(0.3), KERNELS, 0.3),
                Case.uniform(kaiming.withGain(2.5), MATRIX, 2.5 * Math.sqrt(6.0 / 120)),
                Case.uniform(kaiming.withGain(2).withGain(3), MATRIX, 6 * Math.sqrt(6.0 / 120)),
                new Case(FeedbackDistribution.normal(0.2), MATRIX, 0.2, Double.POSITIVE_INFINITY));
    }

    static Stream<Arguments> draws() {
        return cases().stream()
                .flatMap(c -> Stream.of(true, false).map(seeded -> Arguments.of(c, seeded)));
    }

    @ParameterizedTest(name = "{0}, by seed: {1}")
    @MethodSource("draws")
    void boundsAndMomentsAreThoseOfTheFormula(Case expected, boolean bySeed) {
        double deviation = expected.deviation();
        assertEquals(
                deviation,
                expected.distribution().standardDeviation(expected.shape()),
                1e-12 * deviation);
        double[] values = draw(expected.distribution(), expected.shape(), bySeed);
        int n = values.length;
        double largest = Arrays.stream(values).map(Math::abs).max().orElseThrow();
        assertTrue(largest <= expected.bound() * (1 + 1e-6), "largest " + largest);
        if (expected.bound() < Double.POSITIVE_INFINITY) {
            assertTrue(largest > 0.99 * expected.bound(), "largest " + largest);
        }
        // five standard errors; a variance estimate's is at most √(2/n) of it
        double mean = Arrays.stream(values).average().orElseThrow();
        assertEquals(0, mean, 5 * deviation / Math.sqrt(n));
        double variance = Arrays.stream(values).map(v -> v * v).average().orElseThrow();
        assertEquals(
                deviation * deviation, variance, 5 * Math.sqrt(2.0 / n) * deviation * deviation);
    }

    @ParameterizedTest(name = "by seed: {0}")
    @MethodSource("bySeed")
    void densityIsTheShareThatIsKept(boolean bySeed) {
        FeedbackDistribution whole = FeedbackDistribution.uniform(1);
        double[] values = draw(whole.withDensity(0.25), KERNELS, bySeed);
        double[] kept = Arrays.stream(values).filter(v -> v != 0).toArray();
        double n = values.length;
        assertEquals(0.25, kept.length / n, 5 * Math.sqrt(0.25 * 0.75 / n));
        // those that are kept keep their size
        double variance = DoubleStream.of(kept).map(v -> v * v).average().orElseThrow();
        assertEquals(1.0 / 3, variance, 5 * Math.sqrt(2.0 / kept.length) / 3);
    }

    static Stream<Boolean> bySeed() {
        return Stream.of(true, false);
    }

    @Test
    void dependsOnSeedPathAndShapeAndNothingElse() {
        double[] reference = seeded(7, "01Linear_weight", MATRIX);
        assertArrayEquals(reference, seeded(7, "01Linear_weight", MATRIX));
        assertUnrelated(reference, seeded(8, "01Linear_weight", MATRIX));
        assertUnrelated(reference, seeded(7, "02Linear_weight", MATRIX));
        assertUnrelated(reference, seeded(7, "01Linear_weight", new Shape(120, 100)));
    }

    @Test
    void doesNotTouchTheEnginesRandomNumbers() {
        Engine.getEngine("PyTorch").setRandomSeed(1);
        double expected = next();
        Engine.getEngine("PyTorch").setRandomSeed(1);
        seeded(7, "01Linear_weight", MATRIX);
        assertEquals(expected, next());
    }

    private static double next() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            return manager.randomNormal(new Shape(1)).getFloat();
        }
    }

    private static void assertUnrelated(double[] some, double[] others) {
        double product = 0;
        double squares = 0;
        for (int i = 0; i < some.length; i++) {
            product += some[i] * others[i];
            squares += some[i] * some[i];
        }
        assertTrue(Math.abs(product / squares) < 5 / Math.sqrt(some.length));
    }

    @Test
    void doublePrecisionIsTheSameNumbersUnrounded() {
        FeedbackDistribution distribution = FeedbackDistribution.normal(0.1);
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            FeedbackSource source = distribution.seeded(1);
            NDArray wide = source.create(manager, "w", MATRIX, DataType.FLOAT64);
            NDArray narrow = source.create(manager, "w", MATRIX, DataType.FLOAT32);
            assertEquals(DataType.FLOAT64, wide.getDataType());
            assertEquals(DataType.FLOAT32, narrow.getDataType());
            double[] values = wide.toDoubleArray();
            float[] rounded = narrow.toFloatArray();
            boolean anyRounded = false;
            for (int i = 0; i < values.length; i++) {
                assertEquals((float) values[i], rounded[i]);
                anyRounded |= values[i] != rounded[i];
            }
            assertTrue(anyRounded);
        }
    }

    @Test
    void equalSettingsAreEqual() {
        FeedbackDistribution one = FeedbackDistribution.uniform(0.5).withGain(2).withDensity(0.5);
        FeedbackDistribution same = FeedbackDistribution.uniform(0.5).withDensity(0.5).withGain(2);
        assertEquals(one, same);
        assertEquals(one.hashCode(), same.hashCode());
        for (FeedbackDistribution other :
                List.of(
                        FeedbackDistribution.uniform(0.6).withGain(2).withDensity(0.5),
                        FeedbackDistribution.normal(0.5).withGain(2).withDensity(0.5),
                        FeedbackDistribution.uniform(0.5).withDensity(0.5),
                        FeedbackDistribution.uniform(0.5).withGain(2))) {
            assertNotEquals(one, other);
            assertFalse(one.toString().equals(other.toString()), other.toString());
        }
    }

    static Stream<Executable> wrongArguments() {
        FeedbackDistribution fine = FeedbackDistribution.kaimingUniform();
        return Stream.of(
                () -> FeedbackDistribution.uniform(0),
                () -> FeedbackDistribution.uniform(-1),
                () -> FeedbackDistribution.uniform(Double.NaN),
                () -> FeedbackDistribution.normal(0),
                () -> FeedbackDistribution.normal(Double.POSITIVE_INFINITY),
                () -> fine.withGain(0),
                () -> fine.withGain(Double.NaN),
                () -> fine.withDensity(0),
                () -> fine.withDensity(1.01),
                () -> fine.withDensity(Double.NaN));
    }

    @ParameterizedTest
    @MethodSource("wrongArguments")
    void wrongArgumentsAreRefused(Executable call) {
        String message = assertThrows(IllegalArgumentException.class, call).getMessage();
        assertTrue(message.contains("of feedback weights is above 0"), message);
    }

    @Test
    void givenWeightsOfAnotherShapeAreRefused() {
        NetworkCase network = NetworkCase.twoHiddenLayers();
        FeedbackAlignment rule =
                FeedbackAlignment.builder()
                        .optFeedback((manager, path, shape, type) -> manager.zeros(new Shape(2, 3)))
                        .build();
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> Gradients.of(network, rule::newTrainer))
                        .getMessage();
        assertTrue(message.contains("05Linear_weight"), message);
        assertTrue(message.contains("(2, 3)") && message.contains("(4, 11)"), message);
    }

    private static double[] draw(FeedbackDistribution distribution, Shape shape, boolean bySeed) {
        Engine.getEngine("PyTorch").setRandomSeed(9);
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray drawn =
                    bySeed
                            ? distribution.seeded(9).create(manager, "w", shape, DataType.FLOAT64)
                            : distribution.draw(
                                    RandomSource.ENGINE,
                                    manager,
                                    shape,
                                    DataType.FLOAT64,
                                    Fan.of(shape));
            assertEquals(shape, drawn.getShape());
            return drawn.toDoubleArray();
        }
    }

    private static double[] seeded(long seed, String path, Shape shape) {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            return FeedbackDistribution.kaimingUniform()
                    .seeded(seed)
                    .create(manager, path, shape, DataType.FLOAT64)
                    .toDoubleArray();
        }
    }
}
