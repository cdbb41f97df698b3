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
import org.locallearning.djl.decorrelation.internal.HostNumber;

/**
 * The mean over a batch and its removal, in the form whose backward pass costs least.
 *
 * <p>Backward of {@code mean} and of a subtracted operand fill arrays as large as the batch; those
 * of {@code sum} and of an added operand do not.
 */
final class BatchMean {

    private BatchMean() {}

    /**
     * Returns the mean over some axes.
     *
     * @param input the batch
     * @param axes the axes to average over
     * @param keepAxes whether they stay, with length 1
     * @return the mean, through which gradients flow
     */
    static NDArray of(NDArray input, int[] axes, boolean keepAxes) {
        NDArray sum = input.sum(axes, keepAxes);
        double share = (double) sum.size() / input.size();
        return HostNumber.mul(sum, share);
    }

    /**
     * Removes the mean.
     *
     * @param input the batch
     * @param mean its mean, of a shape that broadcasts to that of the batch
     * @return the batch less its mean
     */
    static NDArray remove(NDArray input, NDArray mean) {
        return input.add(mean.neg());
    }

    /**
     * Moves a running average towards the value of a batch, outside the gradient's graph.
     *
     * @param average the running average; changed in place
     * @param value the value of the batch, of as many entries
     * @param momentum the share of the batch in the new average
     */
    static void blend(NDArray average, NDArray value, double momentum) {
        NDArray target = average.stopGradient();
        NDArray detached = value.stopGradient().reshape(average.getShape());
        target.addi(HostNumber.mul(detached.sub(target), momentum));
    }
}
