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

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Collection;
import java.util.HashSet;
import java.util.OptionalDouble;
import java.util.Set;
import org.locallearning.djl.decorrelation.internal.DeviceArrays;
import org.locallearning.djl.decorrelation.internal.HostNumber;
import org.locallearning.djl.decorrelation.internal.HostValues;

/**
 * The running mean {@code v} of the size of one matrix's gradient on one device: one number, of
 * shape ().
 *
 * <p>Gradients of the matrix and its bias arrive one by one, in any order, and are folded in
 * together after the last.
 */
final class RunningMagnitude {

    private static final int[] ROW = {1};

    private final NDArray average;
    private final double keep;
    private final Set<String> arrived = new HashSet<>();
    private boolean hasValue;
    private NDArray sum;
    private long entries;
    private long updates;

    /**
     * Creates a running mean.
     *
     * @param weight an array on the device; the mean is closed with its manager
     * @param initial the initial value; empty to begin with the mean size of the first gradient
     * @param keep the largest part of the mean that an update keeps
     */
    RunningMagnitude(NDArray weight, OptionalDouble initial, double keep) {
        // made by the engine: an array of a Java number would live in a Java buffer
        average = DeviceArrays.kept(weight.getManager().zeros(new Shape(), stateType(weight)));
        average.addi(initial.orElse(0));
        hasValue = initial.isPresent();
        this.keep = keep;
    }

    /**
     * Creates a running mean that continues a saved one.
     *
     * @param weight an array on the device; the mean is closed with its manager
     * @param saved what was saved
     * @param keep the largest part of the mean that an update keeps
     * @return the running mean
     */
    static RunningMagnitude restored(NDArray weight, SavedMagnitude saved, double keep) {
        RunningMagnitude magnitude = new RunningMagnitude(weight, saved.average(), keep);
        magnitude.updates = saved.updates();
        magnitude.entries = saved.entries();
        magnitude.arrived.addAll(saved.arrived());
        if (!saved.arrived().isEmpty()) {
            magnitude.sum = DeviceArrays.kept(magnitude.average.zerosLike());
            magnitude.sum.addi(saved.sum());
        }
        return magnitude;
    }

    /** Returns the state to save. */
    SavedMagnitude save() {
        return new SavedMagnitude(
                hasValue ? OptionalDouble.of(value()) : OptionalDouble.empty(),
                updates,
                sum == null ? 0 : value(sum),
                entries,
                Set.copyOf(arrived));
    }

    private static DataType stateType(NDArray weight) {
        return weight.getDataType() == DataType.FLOAT64 ? DataType.FLOAT64 : DataType.FLOAT32;
    }

    /** Returns whether the manager of the mean has been closed. */
    boolean isReleased() {
        return average.isReleased();
    }

    /** Returns whether no gradient has been folded in so far. */
    boolean isFirst() {
        return updates == 0;
    }

    double value() {
        return value(average);
    }

    private static double value(NDArray number) {
        return HostValues.number(number);
    }

    /**
     * Returns {@code Σ|G|} of a gradient.
     *
     * @param gradient the gradient of one parameter
     * @return the sum, of shape (), in the type of the mean
     */
    NDArray size(NDArray gradient) {
        NDArray wide = gradient.toType(average.getDataType(), false);
        // row by row, since the engine loses digits in one long norm
        Shape shape = wide.getShape();
        NDArray rows = wide.reshape(shape.dimension() == 0 ? 1 : shape.get(0), -1);
        return rows.norm(1, ROW, false).sum();
    }

    /**
     * Returns the mean used in a parameter's step: the one before this step or, if there is none
     * yet, that of the parameter's own gradient.
     *
     * @param parameterId the parameter that is to be updated
     * @param size {@code Σ|G|} of its gradient
     * @param count the number of its entries
     * @param scope the manager that closes the result
     * @return a copy of the mean, of shape ()
     */
    NDArray before(String parameterId, NDArray size, long count, NDManager scope) {
        if (arrived.contains(parameterId)) {
            // another parameter of the matrix got no gradient in the last step
            fold();
        }
        NDArray own = hasValue ? average.duplicate() : HostNumber.with(size, count, NDArray::div);
        own.attach(scope);
        return own;
    }

    /**
     * Takes the gradient of one parameter of the matrix.
     *
     * @param parameterId the parameter
     * @param size {@code Σ|G|} of its gradient
     * @param count the number of its entries
     * @param all the parameters of the matrix that learn
     */
    void add(String parameterId, NDArray size, long count, Collection<String> all) {
        if (sum == null) {
            sum = DeviceArrays.kept(size.duplicate());
            sum.attach(average.getManager());
        } else {
            sum.addi(size);
        }
        entries += count;
        arrived.add(parameterId);
        if (arrived.containsAll(all)) {
            fold();
        }
    }

    private void fold() {
        updates++;
        double kept = hasValue ? Math.min(updates / (updates + 1.0), keep) : 0;
        HostNumber.withDouble(average, kept, NDArray::muli)
                .addi(HostNumber.withDouble(sum, (1 - kept) / entries, NDArray::muli));
        hasValue = true;
        sum.close();
        sum = null;
        entries = 0;
        arrived.clear();
    }
}
