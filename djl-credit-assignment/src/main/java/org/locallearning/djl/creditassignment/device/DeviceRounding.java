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
package org.locallearning.djl.creditassignment.device;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv2d;
import java.util.Locale;
import java.util.Random;
import java.util.function.BinaryOperator;
import org.locallearning.djl.decorrelation.internal.HostValues;

/**
 * The measured rounding of a device: one matrix product and one convolution against float64.
 *
 * <p>By default cuDNN computes float32 convolutions in TF32, with factors of 10 bits instead of 23,
 * and a driver may do the same with products. DJL has no switch for it; the environment variable
 * {@code NVIDIA_TF32_OVERRIDE=0} turns it off. Rules that compare two nearly equal losses, or sum
 * over many iterations, are affected first.
 *
 * @param device the device
 * @param type the type of the numbers
 * @param product the error of a matrix product of random numbers, inner dimension 128, relative to
 *     its root mean square
 * @param convolution the same of a 3x3 convolution of 32 channels
 */
public record DeviceRounding(Device device, DataType type, double product, double convolution) {

    /** Errors above this exceed those of the type, whatever the algorithm. */
    private static final double FACTOR = 64;

    /** Two factors rounded at random: their error is √(2/3) units, by the mean of a mantissa. */
    private static final double UNITS_PER_ERROR = 1.7;

    private static final int SEED = 1;

    /**
     * Measures a device. It takes milliseconds, waits for the device, and leaves the engine's
     * random numbers alone.
     *
     * @param device the device
     * @param type the type of the numbers, a floating one
     * @return how it rounds
     */
    public static DeviceRounding measure(Device device, DataType type) {
        Engine engine = Engine.getEngine("PyTorch");
        try (NDManager host = engine.newBaseManager(Device.cpu());
                NDManager onDevice = engine.newBaseManager(device)) {
            Random random = new Random(SEED);
            double product =
                    error(
                            normal(host, type, random, 64, 128),
                            normal(host, type, random, 128, 64),
                            onDevice,
                            NDArray::matMul);
            double convolution =
                    error(
                            normal(host, type, random, 4, 32, 16, 16),
                            normal(host, type, random, 32, 32, 3, 3),
                            onDevice,
                            (images, kernel) -> Conv2d.conv2d(images, kernel).singletonOrThrow());
            return new DeviceRounding(device, type, product, convolution);
        }
    }

    private static NDArray normal(NDManager host, DataType type, Random random, long... sizes) {
        Shape shape = new Shape(sizes);
        double[] values = new double[(int) shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextGaussian();
        }
        return host.create(values, shape).toType(type, false);
    }

    private static double error(
            NDArray left, NDArray right, NDManager onDevice, BinaryOperator<NDArray> operation) {
        double[] exact =
                HostValues.numbers(
                        operation.apply(
                                left.toType(DataType.FLOAT64, true),
                                right.toType(DataType.FLOAT64, true)));
        Device device = onDevice.getDevice();
        NDArray there = left.toDevice(device, true);
        there.attach(onDevice);
        NDArray other = right.toDevice(device, true);
        other.attach(onDevice);
        double[] found = HostValues.numbers(operation.apply(there, other));
        double errors = 0;
        double squares = 0;
        for (int i = 0; i < exact.length; i++) {
            errors += (found[i] - exact[i]) * (found[i] - exact[i]);
            squares += exact[i] * exact[i];
        }
        return Math.sqrt(errors / squares);
    }

    /**
     * Returns the unit of rounding of a type: half of what lies between 1 and the next number.
     *
     * @param type a floating type
     * @return the unit, such as 2⁻²⁴ for float32
     */
    public static double unit(DataType type) {
        switch (type) {
            case FLOAT64:
                return 0x1p-53;
            case FLOAT16:
                return 0x1p-11;
            case BFLOAT16:
                return 0x1p-8;
            default:
                return 0x1p-24;
        }
    }

    /**
     * Returns the unit of rounding at work in a network.
     *
     * @param convolves whether it has convolutions
     * @return that of the type, or the measured one if it is much larger
     */
    public double unit(boolean convolves) {
        double error = convolves ? Math.max(product, convolution) : product;
        return isReduced(error) ? UNITS_PER_ERROR * error : unit(type);
    }

    /**
     * Returns whether products round more than their type does.
     *
     * @return true if a product of this device is in reduced precision
     */
    public boolean isProductReduced() {
        return isReduced(product);
    }

    /**
     * Returns whether convolutions round more than their type does.
     *
     * @return true if a convolution of this device is in reduced precision, such as TF32
     */
    public boolean isConvolutionReduced() {
        return isReduced(convolution);
    }

    private boolean isReduced(double error) {
        return error > FACTOR * unit(type);
    }

    /**
     * Describes the precision at work.
     *
     * @return such as {@code float32, convolutions in reduced precision (2.9e-04)}
     */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(type.name().toLowerCase(Locale.ROOT));
        if (isProductReduced()) {
            text.append(describe("products", product));
        }
        if (isConvolutionReduced()) {
            text.append(describe("convolutions", convolution));
        }
        return text.toString();
    }

    private static String describe(String what, double error) {
        return String.format(Locale.ROOT, ", %s in reduced precision (%.1e)", what, error);
    }
}
