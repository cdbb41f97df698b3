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

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import org.locallearning.djl.decorrelation.internal.HostNumber;
import org.locallearning.djl.decorrelation.internal.HostValues;

/** Rows of a layer's activity before and after its matrix, and their energies. */
final class ActivitySample {

    private static final int[] ALONG_ROW = {1};

    private final NDArray inputs;
    private final NDArray outputs;
    private final NDArray outputPower;
    private final SampleEnergies energies;

    /**
     * Takes a sample.
     *
     * @param inputs the rows before the matrix, (K, n)
     * @param outputs the rows after it, (K, n)
     */
    ActivitySample(NDArray inputs, NDArray outputs) {
        this.inputs = inputs;
        this.outputs = outputs;
        NDArray outputSquares = outputs.square();
        outputPower = outputSquares.mean(new int[] {0});
        NDArray before = inputs.square().sum(ALONG_ROW);
        NDArray after = outputSquares.sum(ALONG_ROW);
        energies =
                HostValues.isReadingFree(outputs.getDevice())
                        ? SampleEnergies.OfHost.read(before, after, outputPower, outputs.size())
                        : SampleEnergies.OfDevice.of(before, after, outputs.size());
    }

    NDArray inputs() {
        return inputs;
    }

    NDArray outputs() {
        return outputs;
    }

    long rows() {
        return outputs.getShape().get(0);
    }

    SampleEnergies energies() {
        return energies;
    }

    /** The mean square of each input, (n). */
    NDArray inputPower() {
        return inputs.square().mean(new int[] {0});
    }

    /** The mean square of each output, (n). */
    NDArray outputPower() {
        return outputPower;
    }

    /** Whether every output is known to vary. */
    boolean isAllAlive() {
        return energies.isAllAlive();
    }

    /** 1 for each output that varies and 0 for one that is dead or constant, (n). */
    NDArray alive() {
        return energies.alive(outputPower);
    }

    /**
     * The rate of one update that replaces several: their sum, unless that takes away more than
     * half of a direction, as it can if its product with the largest eigenvalue of {@code <s sᵀ>}
     * is above 0.5.
     *
     * @param updates the number of updates
     * @param rate the rate of each
     */
    UpdateRate rateOf(long updates, double rate) {
        double sum = updates * rate;
        // the trace and the Frobenius norm are no less than the largest eigenvalue
        if (updates == 1 || energies.isBelowMost(sum, rows())) {
            return new UpdateRate.Known(sum);
        }
        return energies.limitedRate(rate, sum, outputMomentsNorm());
    }

    /** The Frobenius norm of {@code <s sᵀ>}, from the smaller of two products, shape (). */
    private NDArray outputMomentsNorm() {
        NDArray columns = outputs.transpose();
        NDArray products =
                rows() < outputs.getShape().get(1)
                        ? outputs.matMul(columns)
                        : columns.matMul(outputs);
        NDArray energy = products.square().sum().toType(DataType.FLOAT64, false);
        return HostNumber.divi(energy.sqrt(), rows());
    }
}
