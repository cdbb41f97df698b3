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
package org.locallearning.djl.decorrelation.internal;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Checks of numbers that a device has yet to compute. Reading a number waits for everything queued
 * on the device, so the numbers of many checks are read together.
 *
 * <p>There is one pending check of each kind. A check that replaces an earlier one also sees
 * non-finite numbers from the earlier one: a failure in one of many steps is found in the last of
 * them. Thread-safe.
 */
public final class PendingChecks {

    private final Map<Object, Check> checks = new LinkedHashMap<>();

    /**
     * A check that has not run.
     *
     * @param numbers what is to be read
     * @param kept other arrays that the check needs
     * @param check takes the numbers and the arrays, and throws if they are not as they have to be
     * @param steps how many checks of its kind it stands for
     */
    private record Check(
            NDArray numbers, NDList kept, BiConsumer<double[], NDList> check, int steps)
            implements AutoCloseable {

        boolean isOn(Device device) {
            return numbers.getDevice().equals(device);
        }

        boolean isReleased() {
            return numbers.isReleased() || kept.stream().anyMatch(NDArray::isReleased);
        }

        /** Runs, once. */
        void run(double[] values) {
            try (this) {
                check.accept(values, kept);
            }
        }

        @Override
        public void close() {
            numbers.close();
            kept.close();
        }
    }

    /**
     * Adds a check, in the place of an earlier one of the same key.
     *
     * @param key tells kinds of checks apart, also those of one kind on two devices
     * @param numbers what is to be read
     * @param kept other arrays that the check needs; they are copied
     * @param owner the manager that closes the arrays if the check never runs
     * @param check takes the numbers and the copies, and throws if they are not as they have to be
     */
    public synchronized void put(
            Object key,
            NDArray numbers,
            NDList kept,
            NDManager owner,
            BiConsumer<double[], NDList> check) {
        Check earlier = checks.remove(key);
        boolean open = earlier != null && !earlier.isReleased();
        NDList own = new NDList(kept.size());
        NDArray sum;
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray wide = wide(numbers).duplicate();
            // what is not finite stays so when it is multiplied by zero, and all else adds nothing
            sum = open ? wide.add(HostNumber.mul(earlier.numbers, 0)) : wide;
            kept.forEach(array -> own.add(array.stopGradient().duplicate()));
            NDScope.unregister(sum);
            NDScope.unregister(own);
        }
        sum.attach(owner);
        own.attach(owner);
        checks.put(key, new Check(sum, own, check, open ? earlier.steps + 1 : 1));
        if (open) {
            earlier.close();
        }
    }

    /**
     * Returns for how many steps a kind of check has not run.
     *
     * @param key the kind
     * @return the number of times that it was put since it ran last
     */
    public synchronized int steps(Object key) {
        Check check = checks.get(key);
        return check == null ? 0 : check.steps;
    }

    /**
     * Drops a check.
     *
     * @param key its kind
     */
    public synchronized void drop(Object key) {
        Check dropped = checks.remove(key);
        if (dropped != null && !dropped.isReleased()) {
            dropped.close();
        }
    }

    /** Runs the checks of all devices. */
    public void run() {
        List<Device> devices;
        synchronized (this) {
            removeReleased();
            devices = checks.values().stream().map(c -> c.numbers.getDevice()).distinct().toList();
        }
        devices.forEach(this::run);
    }

    /**
     * Runs the checks of a device, after one wait for it, or none where there are no checks. If
     * several fail, the first tells, and has the others with it.
     *
     * @param device the device
     */
    public void run(Device device) {
        run(device, new NDList());
    }

    /**
     * Runs the checks of a device, and reads more numbers by the same wait.
     *
     * @param numbers other numbers
     * @return their values
     */
    public double[] read(NDArray numbers) {
        return run(numbers.getDevice(), new NDList(numbers));
    }

    private double[] run(Device device, NDList more) {
        List<Check> due = take(device);
        if (due.isEmpty() && more.isEmpty()) {
            return new double[0];
        }
        double[] values;
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDList all = new NDList(due.stream().map(Check::numbers).toList());
            for (NDArray each : more) {
                all.add(wide(each));
            }
            values = HostValues.numbers(all.size() == 1 ? all.head() : NDArrays.concat(all));
        }
        RuntimeException failure = null;
        int at = 0;
        for (Check each : due) {
            int size = (int) each.numbers.size();
            try {
                each.run(Arrays.copyOfRange(values, at, at + size));
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
            at += size;
        }
        if (failure != null) {
            throw failure;
        }
        return Arrays.copyOfRange(values, at, values.length);
    }

    private static NDArray wide(NDArray numbers) {
        return numbers.stopGradient().toType(DataType.FLOAT64, false).reshape(-1);
    }

    /**
     * Hands the checks of a device over to what is going to wait for it anyway.
     *
     * @param device the device
     * @param other takes the numbers of each check, of which it has to keep an alias, and the check
     */
    public void moveTo(Device device, BiConsumer<NDArray, Consumer<double[]>> other) {
        take(device).forEach(each -> other.accept(each.numbers, each::run));
    }

    private synchronized List<Check> take(Device device) {
        removeReleased();
        List<Check> taken = new ArrayList<>();
        Iterator<Check> each = checks.values().iterator();
        while (each.hasNext()) {
            Check check = each.next();
            if (check.isOn(device)) {
                taken.add(check);
                each.remove();
            }
        }
        return taken;
    }

    /** The numbers of a model that was closed are of no interest. */
    private void removeReleased() {
        checks.values().removeIf(Check::isReleased);
    }
}
