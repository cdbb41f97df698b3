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
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.function.BiFunction;

/**
 * Operations of an array with a Java number that neither wait for a GPU nor fail if the array is on
 * another device than its manager.
 *
 * <p>DJL makes an array of the number on the manager's device, and sending it there waits for
 * everything queued on the device. A single number on the host combines with arrays of any device,
 * so nothing is sent here.
 */
public final class HostNumber {

    private HostNumber() {}

    /**
     * Multiplies: {@code array · number}.
     *
     * @param array the array
     * @param number the number
     * @return the product, of the array's type
     */
    public static NDArray mul(NDArray array, double number) {
        return with(array, number, NDArray::mul);
    }

    /**
     * Adds: {@code array + number}.
     *
     * @param array the array
     * @param number the number
     * @return the sum, of the array's type
     */
    public static NDArray add(NDArray array, double number) {
        return with(array, number, NDArray::add);
    }

    /**
     * Multiplies in place.
     *
     * @param array the array, which is changed
     * @param number the number
     * @return the array
     */
    public static NDArray muli(NDArray array, double number) {
        return with(array, number, NDArray::muli);
    }

    /**
     * Adds in place.
     *
     * @param array the array, which is changed
     * @param number the number
     * @return the array
     */
    public static NDArray addi(NDArray array, double number) {
        return with(array, number, NDArray::addi);
    }

    /**
     * Divides in place.
     *
     * @param array the array, which is changed
     * @param number the number
     * @return the array
     */
    public static NDArray divi(NDArray array, double number) {
        return with(array, number, NDArray::divi);
    }

    /**
     * Takes the larger of each entry and a number.
     *
     * @param array the array
     * @param number the number
     * @return the larger, of the array's type
     */
    public static NDArray maximum(NDArray array, double number) {
        return with(array, number, NDArray::maximum);
    }

    /**
     * Does any operation with a number.
     *
     * @param array the array, of a floating type
     * @param number the number
     * @param operation the operation, of the array and the number as an array of the host, shape ()
     * @return what it returns
     */
    public static NDArray with(
            NDArray array, double number, BiFunction<NDArray, NDArray, NDArray> operation) {
        try (NDManager host = hostManager(array)) {
            NDArray made =
                    array.getDataType() == DataType.FLOAT64
                            ? host.create(number)
                            : host.create((float) number).toType(array.getDataType(), false);
            // in the engine's own memory: a graph may keep it for longer than Java keeps a buffer
            return operation.apply(array, made.duplicate());
        }
    }

    /**
     * Does any operation with a number in double precision. With an array of shape () the operation
     * is then done in double precision, too, and rounded to the array's type where it is in place.
     *
     * @param array the array, of a floating type
     * @param number the number
     * @param operation the operation, of the array and the number as an array of the host, shape ()
     * @return what it returns
     */
    public static NDArray withDouble(
            NDArray array, double number, BiFunction<NDArray, NDArray, NDArray> operation) {
        try (NDManager host = hostManager(array)) {
            return operation.apply(array, host.create(number).duplicate());
        }
    }

    private static NDManager hostManager(NDArray array) {
        return array.getManager().newSubManager(Device.cpu());
    }
}
