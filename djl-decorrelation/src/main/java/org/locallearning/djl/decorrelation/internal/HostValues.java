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
import java.util.function.Function;

/**
 * Reads the values of an array as Java numbers, which waits until the device has computed them.
 *
 * <p>DJL first copies an array of a GPU to the host and leaves the copy to the array's manager,
 * which may live as long as the model; here it is closed at once. The libraries read all numbers
 * through this class.
 */
public final class HostValues {

    private HostValues() {}

    /**
     * Returns whether reading an array waits for nothing.
     *
     * @param device the device of the array
     * @return whether it is the host's own
     */
    public static boolean isReadingFree(Device device) {
        return Device.Type.CPU.equals(device.getDeviceType());
    }

    /**
     * Reads an array of one number.
     *
     * @param array the array, of any numeric type
     * @return the number
     * @throws IllegalArgumentException if it has more or fewer
     */
    public static double number(NDArray array) {
        double[] numbers = numbers(array);
        if (numbers.length != 1) {
            throw new IllegalArgumentException(
                    "One number was to be read from an array of shape " + array.getShape() + ".");
        }
        return numbers[0];
    }

    /**
     * Reads numbers.
     *
     * @param array the array, of any numeric type
     * @return the numbers, in the order of the array's axes
     */
    public static double[] numbers(NDArray array) {
        return read(array, host -> host.toType(DataType.FLOAT64, false).toDoubleArray());
    }

    /**
     * Reads numbers in single precision.
     *
     * @param array the array, of any numeric type
     * @return the numbers, in the order of the array's axes
     */
    public static float[] floats(NDArray array) {
        return read(array, host -> host.toType(DataType.FLOAT32, false).toFloatArray());
    }

    /**
     * Reads whole numbers.
     *
     * @param array the array, of any numeric type; what comes after the point is cut off
     * @return the numbers, in the order of the array's axes
     */
    public static long[] longs(NDArray array) {
        return read(array, host -> host.toType(DataType.INT64, false).toLongArray());
    }

    /**
     * Reads an array as it lies in memory.
     *
     * @param array the array, of any type
     * @return its bytes, in the machine's order
     */
    public static byte[] bytes(NDArray array) {
        return read(array, NDArray::toByteArray);
    }

    /**
     * Reads an array of one truth value.
     *
     * @param array the array, boolean
     * @return the value
     */
    public static boolean isTrue(NDArray array) {
        return read(array, NDArray::getBoolean);
    }

    private static <T> T read(NDArray array, Function<NDArray, T> reading) {
        try (NDManager scope = array.getManager().newSubManager(Device.cpu())) {
            NDArray alias = array.stopGradient();
            alias.attach(scope);
            return reading.apply(alias.toDevice(Device.cpu(), false));
        }
    }
}
