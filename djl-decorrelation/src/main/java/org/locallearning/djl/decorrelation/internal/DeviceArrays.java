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

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import java.util.function.Function;

/**
 * New arrays on the device of another. A manager makes arrays on its own device, and the copies of
 * parameters that DJL's trainer keeps for several devices all belong to the manager of the first.
 */
public final class DeviceArrays {

    private DeviceArrays() {}

    /**
     * Makes an array on the device of another.
     *
     * @param like the other array
     * @param making makes the array by a manager of that device
     * @return the array, attached to the manager of the other
     */
    public static NDArray like(NDArray like, Function<NDManager, NDArray> making) {
        NDManager manager = like.getManager();
        if (like.getDevice().equals(manager.getDevice())) {
            return making.apply(manager);
        }
        try (NDManager there = manager.newSubManager(like.getDevice())) {
            NDArray made = making.apply(there);
            made.attach(manager);
            return made;
        }
    }

    /**
     * Copies an array. The engine's {@code toType} gives an array of the same memory where the type
     * stays as it is, whatever it is told about copies.
     *
     * @param array the array
     * @param type the type of the copy
     * @return an array with memory of its own, attached to the manager of the other
     */
    public static NDArray copy(NDArray array, DataType type) {
        return array.getDataType() == type ? array.duplicate() : array.toType(type, false);
    }

    /**
     * Lets an array live as long as its manager, whatever scope is open where it is made.
     *
     * @param array the array
     * @return the same
     */
    public static NDArray kept(NDArray array) {
        NDScope.unregister(array);
        return array;
    }

    /**
     * Makes an identity matrix.
     *
     * @param like an array of the wanted device and type
     * @param size the number of rows and of columns
     * @return the matrix, attached to the manager of the other array
     */
    public static NDArray identity(NDArray like, long size) {
        int n = Math.toIntExact(size);
        return like(like, manager -> manager.eye(n, n, 0, like.getDataType()));
    }
}
