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

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Estimates of log Z against the exact value. */
class AnnealedImportanceSamplingTest {

    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager();
        Engine.getInstance().setRandomSeed(9);
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @ParameterizedTest
    @EnumSource(VisibleUnits.class)
    void estimateIsCloseToTheExactValue(VisibleUnits units) {
        BoltzmannParameters parameters = random(20, 8, 0.6, units);
        double exact;
        try (ExactDistribution enumeration = ExactDistribution.of(parameters)) {
            exact = enumeration.logPartition();
        }
        double unconnected =
                units.logNormalizer(parameters.visibleBias().reshape(1, -1)).toDoubleArray()[0]
                        + 8 * Math.log(2);
        assertTrue(Math.abs(exact - unconnected) > 1, "too easy: " + exact + ", " + unconnected);
        AnnealedImportanceSampling.Estimate estimate =
                AnnealedImportanceSampling.builder()
                        .optChains(200)
                        .optTemperatures(500)
                        .build()
                        .logPartition(parameters);
        assertTrue(
                estimate.low() < exact && exact < estimate.high(),
                exact + " exactly, but " + estimate);
        assertEquals(exact, estimate.logPartition(), 0.2);
        assertTrue(estimate.effectiveChains() > 50, estimate.toString());
    }

    @ParameterizedTest
    @EnumSource(VisibleUnits.class)
    void machineWithoutConnectionsIsExactFromAnyStart(VisibleUnits units) {
        BoltzmannParameters some = random(6, 4, 1, units);
        BoltzmannParameters parameters =
                new BoltzmannParameters(
                        some.weight().zerosLike(), some.visibleBias(), some.hiddenBias(), units);
        double exact;
        try (ExactDistribution enumeration = ExactDistribution.of(parameters)) {
            exact = enumeration.logPartition();
        }
        AnnealedImportanceSampling.Estimate own =
                AnnealedImportanceSampling.builder()
                        .optTemperatures(3)
                        .build()
                        .logPartition(parameters);
        // only the hidden biases are annealed, and no state has a say in them
        assertEquals(exact, own.logPartition(), 1e-12);
        assertEquals(100, own.effectiveChains(), 1e-9);
        AnnealedImportanceSampling.Estimate other =
                AnnealedImportanceSampling.builder()
                        .optStartMeans(manager.create(new double[] {.1, .2, .3, .4, .5, .6}))
                        .optTemperatures(200)
                        .optChains(500)
                        .build()
                        .logPartition(parameters);
        assertEquals(exact, other.logPartition(), 0.1);
    }

    @Test
    void standardErrorIsTheSpreadOfEstimates() {
        BoltzmannParameters parameters = random(20, 8, 0.6, VisibleUnits.BINARY);
        AnnealedImportanceSampling sampling =
                AnnealedImportanceSampling.builder().optChains(100).optTemperatures(100).build();
        double sum = 0;
        double squares = 0;
        double reported = 0;
        int repeats = 60;
        for (int i = 0; i < repeats; ++i) {
            AnnealedImportanceSampling.Estimate estimate = sampling.logPartition(parameters);
            sum += estimate.logPartition();
            squares += estimate.logPartition() * estimate.logPartition();
            reported += estimate.standardError() / repeats;
        }
        double deviation = Math.sqrt((squares - sum * sum / repeats) / (repeats - 1));
        // the deviation of 60 numbers is known to about a tenth
        assertEquals(1, reported / deviation, 0.4);
    }

    @Test
    void intervalIsThreeStandardErrorsToEachSide() {
        // Z (1 ± 3 s), in logarithms; a few chains and temperatures give a wide one
        BoltzmannParameters parameters = random(20, 8, 0.6, VisibleUnits.BINARY);
        AnnealedImportanceSampling.Estimate narrow =
                AnnealedImportanceSampling.builder()
                        .optChains(200)
                        .optTemperatures(100)
                        .build()
                        .logPartition(parameters);
        double error = narrow.standardError();
        assertTrue(error > 0.01 && error < 0.2, narrow.toString());
        assertEquals(Math.log(1 + 3 * error), narrow.high() - narrow.logPartition(), 1e-9);
        assertEquals(Math.log(1 - 3 * error), narrow.low() - narrow.logPartition(), 1e-9);
        AnnealedImportanceSampling.Estimate wide =
                AnnealedImportanceSampling.builder()
                        .optChains(3)
                        .optTemperatures(2)
                        .build()
                        .logPartition(parameters);
        assertTrue(wide.standardError() > 1 / 3.0, wide.toString());
        assertEquals(Double.NEGATIVE_INFINITY, wide.low());
        // of n weights with the sums S and Q of squares: n / (n − 1) (Q/n − S²/n²) / n, over (S/n)²
        assertEquals(
                Math.sqrt((3 / wide.effectiveChains() - 1) / (3 - 1)), wide.standardError(), 1e-9);
        assertEquals(
                Math.log(1 + 3 * wide.standardError()), wide.high() - wide.logPartition(), 1e-9);
    }

    @Test
    void badInputIsNamed() {
        assertThrows(
                IllegalArgumentException.class,
                () -> AnnealedImportanceSampling.builder().optChains(1));
        AnnealedImportanceSampling sampling =
                AnnealedImportanceSampling.builder()
                        .optStartMeans(manager.create(new double[] {.5, .5}))
                        .build();
        BoltzmannParameters parameters = random(6, 4, 1, VisibleUnits.BINARY);
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> sampling.logPartition(parameters))
                        .getMessage();
        assertTrue(message.contains("2 units") && message.contains("6 visible"), message);
        BoltzmannParameters broken =
                new BoltzmannParameters(
                        parameters.weight().mul(Double.NaN),
                        parameters.visibleBias(),
                        parameters.hiddenBias(),
                        VisibleUnits.BINARY);
        AnnealedImportanceSampling plain = AnnealedImportanceSampling.builder().build();
        assertThrows(IllegalStateException.class, () -> plain.logPartition(broken));
    }

    private BoltzmannParameters random(int visible, int hidden, double scale, VisibleUnits units) {
        return new BoltzmannParameters(
                manager.randomNormal(
                        0, (float) scale, new Shape(visible, hidden), DataType.FLOAT64),
                manager.randomNormal(0, 0.5f, new Shape(visible), DataType.FLOAT64),
                manager.randomNormal(0, 0.5f, new Shape(hidden), DataType.FLOAT64),
                units);
    }
}
