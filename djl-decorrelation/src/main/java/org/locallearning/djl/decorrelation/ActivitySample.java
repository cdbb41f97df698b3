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
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import java.util.Arrays;
import org.locallearning.djl.decorrelation.internal.HostNumber;
import org.locallearning.djl.decorrelation.internal.HostValues;

/**
 * Rows of a layer's activity before and after its matrix, and their energies: sums of squares.
 *
 * <p>The energies of the rows are read once, as reading is what an engine has to wait for.
 */
final class ActivitySample {

    /** The share of the mean power below which a unit counts as dead: rounding of a constant. */
    private static final double DEAD = 1e-12;

    private final NDArray inputs;
    private final NDArray outputs;
    private final NDArray outputPower;
    private final double[] energies;
    private final double leastOutputPower;

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
        int[] alongRow = {1};
        // one list, since each waits for the device
        NDArray numbers =
                NDArrays.concat(
                        new NDList(
                                inputs.square().sum(alongRow),
                                outputSquares.sum(alongRow),
                                outputPower.min().reshape(1)));
        double[] values = HostValues.numbers(numbers);
        energies = Arrays.copyOf(values, values.length - 1);
        leastOutputPower = values[values.length - 1];
    }

    NDArray inputs() {
        return inputs;
    }

    NDArray outputs() {
        return outputs;
    }

    int rows() {
        return energies.length / 2;
    }

    double inputEnergy(int row) {
        return energies[row];
    }

    double outputEnergy(int row) {
        return energies[rows() + row];
    }

    /** The energy of all inputs. */
    double inputEnergy() {
        double sum = 0;
        for (int row = 0; row < rows(); ++row) {
            sum += inputEnergy(row);
        }
        return sum;
    }

    /** The energy of all outputs. */
    double outputEnergy() {
        double sum = 0;
        for (int row = 0; row < rows(); ++row) {
            sum += outputEnergy(row);
        }
        return sum;
    }

    /** The mean square of each input, (n). */
    NDArray inputPower() {
        return inputs.square().mean(new int[] {0});
    }

    /** The mean square of each output, (n). */
    NDArray outputPower() {
        return outputPower;
    }

    /** Whether every output varies. */
    boolean isAllAlive() {
        return leastOutputPower > deadPower();
    }

    /** 1 for each output that varies and 0 for one that is dead or constant, (n). */
    NDArray alive() {
        return HostNumber.with(outputPower, deadPower(), NDArray::gt)
                .toType(outputs.getDataType(), false);
    }

    /**
     * The rate of one update in the place of several: their sum, unless that overshoots, as it can
     * where it times the largest eigenvalue of {@code <s sᵀ>} is above 1.
     *
     * @param updates the number of updates
     * @param rate the rate of each
     */
    double rateOf(long updates, double rate) {
        double sum = updates * rate;
        // the trace and the Frobenius norm are no less than the largest eigenvalue
        if (updates == 1 || sum * outputEnergy() < rows()) {
            return sum;
        }
        return Math.max(rate, Math.min(sum, 1 / outputMomentsNorm()));
    }

    /** The Frobenius norm of {@code <s sᵀ>}, from the smaller of two products. */
    private double outputMomentsNorm() {
        NDArray columns = outputs.transpose();
        NDArray products =
                rows() < outputs.getShape().get(1)
                        ? outputs.matMul(columns)
                        : columns.matMul(outputs);
        return Math.sqrt(HostValues.number(products.square().sum())) / rows();
    }

    private double deadPower() {
        return DEAD * outputEnergy() / outputs.size();
    }
}
