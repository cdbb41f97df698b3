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
package org.locallearning.djl.creditassignment.loss;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.loss.Loss;
import java.util.Locale;
import org.locallearning.djl.creditassignment.internal.Autograd;
import org.locallearning.djl.decorrelation.internal.HostValues;

/** Any loss, evaluated on one sample after another. */
final class SlicedLoss implements SampleLoss {

    /** Well above what the order of a sum in single precision makes. */
    private static final double TOLERANCE = 1e-3;

    private final Loss loss;

    SlicedLoss(Loss loss) {
        this.loss = loss;
    }

    /** {@inheritDoc} */
    @Override
    public NDArray evaluate(NDList labels, NDList predictions) {
        long samples = predictions.head().getShape().get(0);
        checkBatch("label", labels, samples);
        checkBatch("prediction", predictions, samples);
        NDList losses = new NDList();
        for (long n = 0; n < samples; n++) {
            losses.add(loss.evaluate(slice(labels, n), slice(predictions, n)).sum());
        }
        NDArray all = NDArrays.stack(losses);
        NDArray whole = loss.evaluate(new NDList(labels), new NDList(predictions));
        checkMean(all, whole.sum());
        return all;
    }

    private void checkBatch(String what, NDList arrays, long samples) {
        for (NDArray array : arrays) {
            Shape shape = array.getShape();
            if (shape.dimension() == 0 || shape.get(0) != samples) {
                throw new IllegalArgumentException(
                        String.format(
                                Locale.ROOT,
                                "%s has no loss per sample: a %s of shape %s does not have one row"
                                        + " for each of the %d samples; use a loss whose labels and"
                                        + " predictions have the batch in front.",
                                loss.getName(),
                                what,
                                shape,
                                samples));
            }
        }
    }

    private static NDList slice(NDList arrays, long n) {
        NDList slices = new NDList(arrays.size());
        for (NDArray array : arrays) {
            // a loss may change what it gets in place
            NDArray slice = Autograd.copy(array.get(n + ":" + (n + 1)));
            slice.setName(array.getName());
            slices.add(slice);
        }
        return slices;
    }

    private void checkMean(NDArray losses, NDArray batchLoss) {
        double expected = HostValues.number(batchLoss);
        double mean = HostValues.number(losses.mean());
        double scale = HostValues.number(losses.abs().mean());
        if (Math.abs(mean - expected) > TOLERANCE * (scale + Math.abs(expected))) {
            throw new IllegalArgumentException(
                    String.format(
                            "%s has no loss per sample: the loss of the batch is %s but the mean"
                                    + " over its samples is %s; use a loss that is a mean over the"
                                    + " batch, or give a SampleLoss of your own.",
                            loss.getName(), expected, mean));
        }
    }
}
