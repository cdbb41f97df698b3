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
import ai.djl.ndarray.types.DataType;
import java.util.Arrays;
import org.locallearning.djl.decorrelation.internal.HostNumber;
import org.locallearning.djl.decorrelation.internal.HostValues;

/**
 * The energies of a sample, which are sums of squares, and what is computed from them. The host
 * reads its own; those of a GPU stay there, so that no update waits for it.
 */
sealed interface SampleEnergies {

    /** The share of the mean power below which a unit counts as dead: rounding of a constant. */
    double DEAD = 1e-12;

    /** Keeps rows without output from a division by zero, as in the authors' code. */
    double LEAST_ROW = 1e-8;

    /**
     * The most that the rate of a summed update may be, times the largest eigenvalue: it leaves at
     * least half of each direction, where 1 would take it away, and with it what was learned.
     */
    double MOST = 0.5;

    /** {@code sqrt(Σ‖u‖² / Σ‖s‖²)}; 1 where no row has any energy. */
    SampleGain energyRatio();

    /** The mean of {@code ‖u‖ / sqrt(‖s‖² + 1e-8)} over the rows with energy; 1 without any. */
    SampleGain meanOfRatios();

    /** Returns whether every output is known to vary. */
    boolean isAllAlive();

    /** Returns whether a rate times the trace is known to be below {@link #MOST}. */
    boolean isBelowMost(double rate, long rows);

    /**
     * Returns a rate that leaves half of each direction, though none below that of a single update.
     *
     * @param least the rate of a single update
     * @param most the highest rate
     * @param norm what is no less than the largest eigenvalue, in double precision, shape ()
     * @return {@code max(least, min(most, 0.5 / norm))}
     */
    UpdateRate limitedRate(double least, double most, NDArray norm);

    /**
     * Returns which outputs vary.
     *
     * @param outputPower the mean square of each output, (n)
     * @return 1 for each that varies and 0 for one that is dead or constant, (n)
     */
    NDArray alive(NDArray outputPower);

    /**
     * Energies that the host has read: all at once, since each reading is a call of the engine.
     *
     * @param inputs the energy of each row before the matrix
     * @param outputs the energy of each row after it
     * @param leastOutputPower the smallest mean square of an output
     * @param entries the number of entries of the rows
     */
    record OfHost(double[] inputs, double[] outputs, double leastOutputPower, long entries)
            implements SampleEnergies {

        static OfHost read(NDArray inputs, NDArray outputs, NDArray outputPower, long entries) {
            double[] all =
                    HostValues.numbers(
                            NDArrays.concat(
                                    new NDList(inputs, outputs, outputPower.min().reshape(1))));
            int rows = (all.length - 1) / 2;
            return new OfHost(
                    Arrays.copyOf(all, rows),
                    Arrays.copyOfRange(all, rows, 2 * rows),
                    all[2 * rows],
                    entries);
        }

        double input() {
            return sum(inputs);
        }

        double output() {
            return sum(outputs);
        }

        private static double sum(double[] rows) {
            double sum = 0;
            for (double row : rows) {
                sum += row;
            }
            return sum;
        }

        @Override
        public SampleGain energyRatio() {
            double input = input();
            // rows that are dead or constant have no energy on either side: 1, not 0/0
            return new SampleGain.Common(input == 0 ? 1 : Math.sqrt(input / output()));
        }

        @Override
        public SampleGain meanOfRatios() {
            double sum = 0;
            int counted = 0;
            for (int row = 0; row < inputs.length; ++row) {
                if (inputs[row] != 0) {
                    sum += Math.sqrt(inputs[row] / (outputs[row] + LEAST_ROW));
                    ++counted;
                }
            }
            return new SampleGain.Common(counted == 0 ? 1 : sum / counted);
        }

        @Override
        public boolean isAllAlive() {
            return leastOutputPower > deadPower();
        }

        @Override
        public boolean isBelowMost(double rate, long rows) {
            return rate * output() < MOST * rows;
        }

        @Override
        public UpdateRate limitedRate(double least, double most, NDArray norm) {
            double limit = MOST / HostValues.number(norm);
            return new UpdateRate.Known(Math.max(least, Math.min(most, limit)));
        }

        @Override
        public NDArray alive(NDArray outputPower) {
            return HostNumber.with(outputPower, deadPower(), NDArray::gt)
                    .toType(outputPower.getDataType(), false);
        }

        private double deadPower() {
            return DEAD * output() / entries;
        }
    }

    /**
     * Energies that stay on their device, in double precision.
     *
     * @param inputs the energy of each row before the matrix, (K)
     * @param outputs the energy of each row after it, (K)
     * @param entries the number of entries of the rows
     * @param type the type of the rows
     */
    record OfDevice(NDArray inputs, NDArray outputs, long entries, DataType type)
            implements SampleEnergies {

        static OfDevice of(NDArray inputs, NDArray outputs, long entries) {
            return new OfDevice(
                    inputs.toType(DataType.FLOAT64, false),
                    outputs.toType(DataType.FLOAT64, false),
                    entries,
                    inputs.getDataType());
        }

        /** The energy of all inputs and of all outputs, (2). */
        NDArray totals() {
            return NDArrays.stack(new NDList(inputs.sum(), outputs.sum()));
        }

        @Override
        public SampleGain energyRatio() {
            NDArray input = inputs.sum();
            NDArray ratio = input.div(outputs.sum()).sqrt();
            return gain(NDArrays.where(isZero(input), ratio.onesLike(), ratio));
        }

        @Override
        public SampleGain meanOfRatios() {
            NDArray ratios = inputs.div(HostNumber.add(outputs, LEAST_ROW)).sqrt();
            NDArray counted = isZero(inputs).logicalNot().toType(DataType.FLOAT64, false).sum();
            NDArray mean = ratios.sum().div(HostNumber.maximum(counted, 1));
            return gain(NDArrays.where(isZero(counted), mean.onesLike(), mean));
        }

        private static NDArray isZero(NDArray array) {
            return HostNumber.with(array, 0, NDArray::eq);
        }

        private SampleGain gain(NDArray number) {
            return new SampleGain.Computed(number.toType(type, false).reshape(1));
        }

        /** To know it, the host would have to wait. */
        @Override
        public boolean isAllAlive() {
            return false;
        }

        @Override
        public boolean isBelowMost(double rate, long rows) {
            return false;
        }

        @Override
        public UpdateRate limitedRate(double least, double most, NDArray norm) {
            NDArray limit = HostNumber.mul(norm.onesLike(), MOST).div(norm);
            NDArray limited = HostNumber.with(limit, most, NDArray::minimum);
            return new UpdateRate.Computed(HostNumber.maximum(limited, least));
        }

        @Override
        public NDArray alive(NDArray outputPower) {
            NDArray dead = HostNumber.mul(outputs.sum(), DEAD / entries).toType(type, false);
            return outputPower.gt(dead).toType(type, false);
        }
    }
}
