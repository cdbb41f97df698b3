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
package org.locallearning.djl.zoo.data;

import ai.djl.Device;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.Record;
import ai.djl.translate.Batchifier;

/**
 * An {@code ArrayDataset} whose arrays may be on another device than the trainer. A batch is cut
 * where the arrays are and sent to the device of its manager; the transforms run there.
 *
 * <p>DJL's own puts the index on the device of the batch's manager, and fails if the arrays are on
 * another.
 */
public class AnyDeviceDataset extends ArrayDataset {

    /**
     * Creates a data set.
     *
     * @param builder the arrays and what else is set; without arrays, {@code prepare} has to make
     *     them
     */
    public AnyDeviceDataset(BaseBuilder<?> builder) {
        super(builder);
    }

    private Device home() {
        return data[0].getDevice();
    }

    /** {@inheritDoc} */
    @Override
    public Record get(NDManager manager, long index) {
        try (NDManager home = manager.newSubManager(home())) {
            Record record = super.get(home, index);
            return new Record(send(record.getData(), manager), send(record.getLabels(), manager));
        }
    }

    /** {@inheritDoc} */
    @Override
    public Batch getByIndices(NDManager manager, long... indices) {
        try (NDManager home = manager.newSubManager(home())) {
            return send(super.getByIndices(home, indices), manager);
        }
    }

    /** {@inheritDoc} */
    @Override
    public Batch getByRange(NDManager manager, long fromIndex, long toIndex) {
        try (NDManager home = manager.newSubManager(home())) {
            return send(super.getByRange(home, fromIndex, toIndex), manager);
        }
    }

    private static Batch send(Batch batch, NDManager manager) {
        return new Batch(
                manager,
                send(batch.getData(), manager),
                send(batch.getLabels(), manager),
                batch.getSize(),
                Batchifier.STACK,
                Batchifier.STACK,
                -1,
                -1);
    }

    private static NDList send(NDList arrays, NDManager manager) {
        NDList sent = arrays.toDevice(manager.getDevice(), false);
        sent.attach(manager);
        return sent;
    }
}
