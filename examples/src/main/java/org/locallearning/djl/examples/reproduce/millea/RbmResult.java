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
package org.locallearning.djl.examples.reproduce.millea;

import java.util.List;
import java.util.Objects;
import org.locallearning.djl.examples.results.TileSheet;

/**
 * One finished run: one method with one seed.
 *
 * @param method the method's name
 * @param seed the seed of initial weights, order of the images and all draws
 * @param rate the learning rate
 * @param epochs the epochs in order
 * @param fisher the exact Fisher matrix after the last epoch; null where it is too large
 * @param annealing the last estimate of log Z; null where log Z is exact
 * @param weights the weights of the first hidden units, a row for each
 * @param samples the means of visible units at the end of Gibbs chains, a row for each
 */
record RbmResult(
        String method,
        int seed,
        float rate,
        List<RbmEpoch> epochs,
        Fisher fisher,
        Annealing annealing,
        TileSheet weights,
        TileSheet samples) {

    /**
     * How far a Fisher matrix is from a diagonal one.
     *
     * @param diagonal the Frobenius norm of its diagonal
     * @param offDiagonal the Frobenius norm of the rest
     * @param whitenedRatio the rest over the diagonal in the coordinates that the method learns in;
     *     null where it has none
     */
    record Fisher(double diagonal, double offDiagonal, Double whitenedRatio) {

        double ratio() {
            return offDiagonal / diagonal;
        }
    }

    /**
     * An estimate of log Z by annealed importance sampling.
     *
     * @param chains the number of chains
     * @param temperatures the number of temperatures
     * @param logPartition log Z, in nats
     * @param standardError its standard error, in nats
     * @param effectiveChains how many chains of equal weight it is worth
     */
    record Annealing(
            int chains,
            int temperatures,
            double logPartition,
            double standardError,
            double effectiveChains) {}

    RbmEpoch last() {
        return epochs.get(epochs.size() - 1);
    }

    double leastTestError() {
        return epochs.stream()
                .map(RbmEpoch::testError)
                .filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue)
                .min()
                .orElseThrow();
    }
}
