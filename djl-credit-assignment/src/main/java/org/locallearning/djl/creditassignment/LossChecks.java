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
package org.locallearning.djl.creditassignment;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.locallearning.djl.creditassignment.tape.Tape;
import org.locallearning.djl.decorrelation.internal.PendingChecks;

/**
 * When a trainer's losses and other values that must be finite are read from the device: in the
 * batch itself, together with the numbers of its rule, or in a later one.
 */
final class LossChecks {

    private final PendingChecks pending;
    private final NDManager manager;
    private final Consumer<RuntimeException> whenFailed;
    private int interval = 1;
    private long batch;
    private long checkedBatch;

    /**
     * Creates the checks of a trainer.
     *
     * @param pending holds what is to be checked
     * @param manager closes what never is
     * @param whenFailed takes what a check threw
     */
    LossChecks(PendingChecks pending, NDManager manager, Consumer<RuntimeException> whenFailed) {
        this.pending = pending;
        this.manager = manager;
        this.whenFailed = whenFailed;
    }

    void setInterval(int steps) {
        if (steps < 0) {
            throw new IllegalArgumentException(
                    "The loss is checked every so many steps, or never (0), but not every "
                            + steps
                            + ".");
        }
        interval = steps;
    }

    void beginBatch() {
        batch++;
    }

    /** Returns the number of the batch that began last, from 1. */
    long getBatch() {
        return batch;
    }

    /** Returns the number of the batch after the last that was checked. */
    long getFirstUncheckedBatch() {
        return Math.min(checkedBatch + 1, batch);
    }

    /** Returns whether the loss of this batch is to be checked in it. */
    boolean isDue() {
        // the first one always: it reads numbers anyway, and finds most mistakes
        return batch == 1 || interval > 0 && batch % interval == 0;
    }

    /** Leaves a loss to be checked later. */
    void putOff(LossCheck check, NDArray loss) {
        pending.put(
                new LossKey(loss.getDevice()),
                loss,
                new NDList(),
                manager,
                (value, none) -> check.accept(value[0]));
    }

    /** Leaves the numbers of a tape to be checked later. */
    void putOff(Tape tape) {
        tape.putOffChecks(pending, manager);
    }

    /** Runs the checks of all devices. */
    void run() {
        orFail(
                () -> {
                    pending.run();
                    return null;
                });
    }

    /** Runs the checks of a device. */
    void run(Device device) {
        orFail(
                () -> {
                    pending.run(device);
                    return null;
                });
    }

    /** Runs the checks of a number's device, and reads the number by the same wait. */
    double runAndRead(NDArray number) {
        return orFail(() -> pending.read(number))[0];
    }

    /** Has the checks of a device run together with those of a tape. */
    void moveTo(Device device, Tape tape) {
        pending.moveTo(
                device,
                (numbers, check) ->
                        tape.expect(
                                numbers,
                                values ->
                                        orFail(
                                                () -> {
                                                    check.accept(values);
                                                    return null;
                                                })));
        checkedBatch = batch;
    }

    private <T> T orFail(Supplier<T> checks) {
        try {
            T result = checks.get();
            checkedBatch = batch;
            return result;
        } catch (RuntimeException e) {
            whenFailed.accept(e);
            throw e;
        }
    }

    private record LossKey(Device device) {}
}
