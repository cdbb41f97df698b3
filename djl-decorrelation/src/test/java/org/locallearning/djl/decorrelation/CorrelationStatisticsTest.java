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
package org.locallearning.djl.decorrelation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.ndarray.NDArray;
import org.junit.jupiter.api.Test;

/** Statistics of rows small enough to be worked out by hand. */
class CorrelationStatisticsTest extends ArrayTest {

    CorrelationStatisticsTest() {
        super(0);
    }

    @Test
    void correlationsOfThreeFeatures() {
        // the first two run together, the third is constant
        NDArray rows = manager.create(new double[][] {{0, 1, 5}, {1, 3, 5}, {2, 5, 5}, {3, 7, 5}});
        double[][] correlation = rows(CorrelationStatistics.correlation(rows));
        assertClose(new double[][] {{1, 1, 0}, {1, 1, 0}, {0, 0, 0}}, correlation, 1e-14);
        // two of six ordered pairs are correlated
        assertEquals(1.0 / 3, CorrelationStatistics.decorrelationLoss(rows), 1e-14);
        double[][] covariance = rows(CorrelationStatistics.covariance(rows));
        assertClose(new double[][] {{1.25, 2.5, 0}, {2.5, 5, 0}, {0, 0, 0}}, covariance, 1e-14);
        assertEquals(
                Double.POSITIVE_INFINITY, CorrelationStatistics.conditionNumber(rows), "singular");
    }

    @Test
    void eigenvaluesOfATiltedCross() {
        // standard deviations 3 and 1 along the diagonals
        double s = Math.sqrt(0.5);
        NDArray rows =
                manager.create(new double[][] {{3 * s, 3 * s}, {-3 * s, -3 * s}, {s, -s}, {-s, s}});
        assertEquals(4.5, CorrelationStatistics.largestSecondMoment(rows), 1e-9);
        assertEquals(9, CorrelationStatistics.conditionNumber(rows), 1e-8);
        // correlation (9 - 1) / (9 + 1)
        assertEquals(0.64, CorrelationStatistics.decorrelationLoss(rows), 1e-12);
        assertEquals(4.5, CorrelationStatistics.largestSecondMoment(rows.get("0:4")), 1e-9);
    }

    /** Squares of small correlations are lost beside the ones of the diagonal. */
    @Test
    void smallCorrelationsCountInSinglePrecision() {
        float r = 1e-4f;
        float[][] rows = {{1, 1 + r}, {-1, -1 - r}, {1, r - 1}, {-1, 1 - r}};
        assertEquals(1e-8, CorrelationStatistics.decorrelationLoss(manager.create(rows)), 1e-11);
    }

    @Test
    void oneFeatureHasNothingToCorrelateWith() {
        NDArray rows = manager.create(new double[][] {{1}, {2}, {4}});
        assertEquals(0, CorrelationStatistics.decorrelationLoss(rows));
        assertEquals(1, CorrelationStatistics.conditionNumber(rows), 1e-12);
    }

    @Test
    void fewRowsShowTheConditionOfWhatTheySpan() {
        // three orthonormal patterns over four rows, each of mean 0
        double[][] patterns = {
            {Math.sqrt(0.5), -Math.sqrt(0.5), 0, 0},
            {Math.sqrt(1 / 6.0), Math.sqrt(1 / 6.0), -2 * Math.sqrt(1 / 6.0), 0},
            {Math.sqrt(1 / 12.0), Math.sqrt(1 / 12.0), Math.sqrt(1 / 12.0), -Math.sqrt(0.75)}
        };
        double[] deviations = {4, 2, 1};
        double[][] rows = new double[4][6];
        for (int i = 0; i < 4; ++i) {
            for (int k = 0; k < 3; ++k) {
                rows[i][2 * k] = deviations[k] * patterns[k][i];
            }
        }
        NDArray few = manager.create(rows).add(3);
        assertEquals(16, CorrelationStatistics.sampleConditionNumber(few), 1e-6);
        assertEquals(Double.POSITIVE_INFINITY, CorrelationStatistics.conditionNumber(few));
        // the same row twice leaves a direction out
        NDArray repeated = manager.create(new double[][] {rows[0], rows[1], rows[1]});
        assertEquals(
                Double.POSITIVE_INFINITY, CorrelationStatistics.sampleConditionNumber(repeated));
    }

    @Test
    void enoughRowsShowTheConditionOfTheCovariance() {
        NDArray rows = manager.create(new double[][] {{3, 0}, {-3, 0}, {0, 1}, {0, -1}});
        assertEquals(9, CorrelationStatistics.sampleConditionNumber(rows), 1e-8);
    }
}
