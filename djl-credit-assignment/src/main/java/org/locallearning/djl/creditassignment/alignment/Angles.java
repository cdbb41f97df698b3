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
package org.locallearning.djl.creditassignment.alignment;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import org.locallearning.djl.decorrelation.internal.HostValues;

/** Angles between arrays taken as vectors. */
public final class Angles {

    private Angles() {}

    /**
     * Returns the angle between two arrays, {@code arccos(⟨a, b⟩ / (‖a‖ ‖b‖))}.
     *
     * @param a an array
     * @param b an array of the same shape
     * @return the angle in degrees, from 0 to 180; not a number if one of them is zero
     */
    public static double degrees(NDArray a, NDArray b) {
        double cosine = inner(a, b) / (norm(a) * norm(b));
        return Math.toDegrees(Math.acos(Math.max(-1, Math.min(1, cosine))));
    }

    /**
     * Returns the Euclidean norm of an array.
     *
     * @param a the array
     * @return the norm
     */
    public static double norm(NDArray a) {
        return Math.sqrt(inner(a, a));
    }

    private static double inner(NDArray a, NDArray b) {
        try (NDManager temporary = a.getManager().newSubManager()) {
            NDArray left = a.toType(DataType.FLOAT64, true);
            left.attach(temporary);
            NDArray right = b.toType(DataType.FLOAT64, true);
            right.attach(temporary);
            return HostValues.number(left.mul(right).sum());
        }
    }
}
