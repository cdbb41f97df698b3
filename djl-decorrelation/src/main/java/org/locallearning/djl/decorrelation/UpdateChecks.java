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

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.training.ParameterStore;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.locallearning.djl.decorrelation.internal.CheckingStore;
import org.locallearning.djl.decorrelation.internal.HostValues;
import org.locallearning.djl.decorrelation.internal.PendingChecks;

/**
 * When the updates of a layer are checked. On the host each is checked before the matrix learns. On
 * a GPU, where a check would wait, the checks of all layers run together, by default before the
 * next step, or with the loss if the trainer checks that, and always before the matrix is saved or
 * folded. By then a failing update has been learned, so the layer is unusable.
 */
final class UpdateChecks {

    /** The block of the matrix of which the mean is checked, which is of all. */
    private static final int MEAN = -1;

    private final Decorrelating layer;
    private final DivergenceGuard guard;
    private final PendingChecks own;
    private final Set<Key> keys = ConcurrentHashMap.newKeySet();
    private volatile PendingChecks present;
    private volatile double lastGain = Double.NaN;
    private volatile RuntimeException failure;

    /**
     * Creates checks.
     *
     * @param layer the layer
     * @param own what runs the checks of the layer and of others under a trainer that does not
     */
    UpdateChecks(Decorrelating layer, PendingChecks own) {
        this.layer = layer;
        this.own = own;
        guard = new DivergenceGuard(layer);
        present = own;
    }

    /** Tells a layer's checks on one device, of one block of its matrix. */
    private record Key(UpdateChecks layer, Device device, int block) {}

    /** Called before a training forward that learns, on one device. */
    void begin(ParameterStore store, Device device) {
        refuseAfterFailure();
        if (HostValues.isReadingFree(device)) {
            return;
        }
        boolean isTrainers = store instanceof CheckingStore;
        PendingChecks next = isTrainers ? ((CheckingStore) store).getPendingChecks() : own;
        if (next != present) {
            present.run();
            present = next;
        }
        int interval = layer.getOptions().getCost().getCheckInterval();
        if (!isTrainers && keys.stream().anyMatch(key -> isDue(key, device, interval))) {
            own.run(device);
        }
    }

    private boolean isDue(Key key, Device device, int interval) {
        return interval > 0 && key.device.equals(device) && own.steps(key) >= interval;
    }

    /** Checks a sample before a block of the matrix learns from it, on the host. */
    void before(ActivitySample sample, double rate) {
        if (sample.energies() instanceof SampleEnergies.OfHost host) {
            guard.checkUpdate(sample.inputs(), sample.outputs(), host.input(), host.output(), rate);
        }
    }

    /** Takes the gain, and on a GPU the sample that a block of the matrix has learned from. */
    void after(int block, ActivitySample sample, double rate, SampleGain gain) {
        if (sample.energies() instanceof SampleEnergies.OfDevice device) {
            NDArray applied = gain.toArray(sample.outputs()).mean();
            NDArray numbers =
                    NDArrays.concat(
                            new NDList(
                                    device.totals(),
                                    applied.toType(DataType.FLOAT64, false).reshape(1)));
            NDList rows = new NDList(sample.inputs(), sample.outputs());
            put(
                    block,
                    numbers,
                    rows,
                    (values, kept) -> {
                        guard.checkUpdate(kept.get(0), kept.get(1), values[0], values[1], rate);
                        setGain(values[2]);
                    });
        } else {
            setGain(gain.mean());
        }
    }

    private void setGain(double gain) {
        lastGain = gain;
        if (layer.getOptions().getGain().isLimit(gain)) {
            guard.gainAtLimit(gain);
        }
    }

    /** Checks that the mean of a batch is finite. */
    void mean(NDArray batchMean) {
        if (HostValues.isReadingFree(batchMean.getDevice())) {
            guard.checkFinite(batchMean);
        } else {
            NDArray sum = batchMean.sum().reshape(1);
            put(MEAN, sum, new NDList(), (values, none) -> guard.checkFinite(values[0]));
        }
    }

    /** Checks a first batch, which directions are found from: that takes numbers anyway. */
    void firstBatch(NDArray batch) {
        guard.checkFinite(batch.square());
    }

    private void put(int block, NDArray numbers, NDList kept, BiConsumer<double[], NDList> check) {
        Key key = new Key(this, numbers.getDevice(), block);
        keys.add(key);
        NDManager owner = layer.getMatrix().getArray().getManager();
        present.put(
                key, numbers, kept, owner, (values, own) -> tell(() -> check.accept(values, own)));
    }

    private void tell(Runnable check) {
        try {
            check.run();
        } catch (RuntimeException e) {
            failure = e;
            throw e;
        }
    }

    /** Waits for what has not been checked; called before what was learned is put to use. */
    void finish() {
        present.run();
        refuseAfterFailure();
    }

    private void refuseAfterFailure() {
        if (failure != null) {
            throw new IllegalStateException(
                    "The matrix of decorrelation layer '"
                            + layer.getName()
                            + "' learned from a batch that it was not to learn from; load the"
                            + " model of an earlier checkpoint.",
                    failure);
        }
    }

    /** Called when the arrays of the layer are replaced by others. */
    void forget() {
        keys.forEach(present::drop);
        keys.clear();
        failure = null;
    }

    /** Returns the gain of the latest update. */
    double getLastGain() {
        present.run();
        return lastGain;
    }

    /** Sets the gain of the latest update, that of a run that goes on. */
    void restoreGain(double gain) {
        lastGain = gain;
    }
}
