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
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import org.locallearning.djl.decorrelation.internal.HostNumber;

/** Precisions of equation 1: one for each layer, the same for all samples. */
final class FixedPrecisions implements Precisions {

    private final double activityDecay;

    FixedPrecisions(double activityDecay) {
        this.activityDecay = activityDecay;
    }

    /** {@inheritDoc} */
    @Override
    public NDList outputErrors(ValueNode output, NDList pulls) {
        return pulls;
    }

    /** {@inheritDoc} */
    @Override
    public NDArray weigh(NDArray rows, ValueNode node, NDManager scope) {
        return HostNumber.mul(rows, node.precision());
    }

    /** {@inheritDoc} */
    @Override
    public boolean hasDecay(ValueNode above) {
        return activityDecay > 0;
    }

    /** {@inheritDoc} */
    @Override
    public NDArray decay(NDArray rows, ValueNode above, NDManager scope) {
        return HostNumber.mul(rows, activityDecay);
    }

    /** {@inheritDoc} */
    @Override
    public double ofLearning(ValueNode node) {
        return node.precision();
    }

    /** {@inheritDoc} */
    @Override
    public NDArray energy(ValueNode node, NDArray error) {
        try (NDArray square = error.square()) {
            return HostNumber.muli(square.sum(), node.precision() / 2 / error.getShape().get(0));
        }
    }
}
