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

/** The rate η of one update: known to the host, or computed by the device of its sample. */
sealed interface UpdateRate {

    /**
     * Multiplies by the rate.
     *
     * @param array the array
     * @param factor a further factor
     * @return {@code factor · η · array}, of the array's type
     */
    NDArray times(NDArray array, double factor);

    /**
     * A rate that the host knows.
     *
     * @param value η
     */
    record Known(double value) implements UpdateRate {

        @Override
        public NDArray times(NDArray array, double factor) {
            return HostNumber.mul(array, factor * value);
        }
    }

    /**
     * A rate that stays on its device, so that no update waits for it.
     *
     * @param value η, in double precision, shape ()
     */
    record Computed(NDArray value) implements UpdateRate {

        @Override
        public NDArray times(NDArray array, double factor) {
            NDArray product = HostNumber.mul(value, factor);
            return array.mul(product.toType(array.getDataType(), false));
        }
    }
}
