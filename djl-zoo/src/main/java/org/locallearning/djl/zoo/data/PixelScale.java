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
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.Transform;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.locallearning.djl.creditassignment.provenance.Preprocessing;
import org.locallearning.djl.decorrelation.internal.DeviceArrays;

/**
 * Turns pixels 0..255 into the network's input, {@code (pixel / 255 - mean) / deviation} with a
 * mean and a standard deviation for each channel.
 */
public final class PixelScale {

    /** The greatest value of a pixel. */
    private static final double WHITE = 255;

    private final double white;
    private final double[] means;
    private final double[] deviations;

    private PixelScale(double white, double[] means, double[] deviations) {
        this.white = white;
        this.means = means;
        this.deviations = deviations;
    }

    /**
     * Returns the scale with some constants.
     *
     * @param white the number that pixels are divided by, in the place of 255
     * @param means the mean of each channel
     * @param deviations the standard deviation of each channel, above 0
     * @return the scale
     */
    public static PixelScale of(double white, List<Double> means, List<Double> deviations) {
        return new PixelScale(
                white,
                means.stream().mapToDouble(Double::doubleValue).toArray(),
                deviations.stream().mapToDouble(Double::doubleValue).toArray());
    }

    /** Leaves values between two numbers: {@code low + (high - low) pixel / 255}. */
    static PixelScale between(double low, double high, int channels) {
        double[] deviations = new double[channels];
        double[] means = new double[channels];
        Arrays.fill(deviations, 1 / (high - low));
        Arrays.fill(means, -low / (high - low));
        return new PixelScale(WHITE, means, deviations);
    }

    /**
     * Gives each channel of these images mean 0 and variance 1.
     *
     * <p>A channel in which all pixels are equal is only shifted.
     */
    static PixelScale standardising(LabelledImages images) {
        int channels = (int) images.shape().get(0);
        int plane = (int) (images.shape().size() / channels);
        // counts are exact, so the result does not depend on the order of the images
        long[][] histogram = new long[channels][256];
        byte[] pixels = images.pixels();
        for (int at = 0; at < pixels.length; ) {
            for (int channel = 0; channel < channels; channel++) {
                long[] counts = histogram[channel];
                for (int end = at + plane; at < end; at++) {
                    counts[pixels[at] & 0xff]++;
                }
            }
        }
        double[] means = new double[channels];
        double[] deviations = new double[channels];
        double count = (double) images.size() * plane;
        for (int channel = 0; channel < channels; channel++) {
            double sum = 0;
            for (int value = 0; value < 256; value++) {
                sum += histogram[channel][value] * (value / 255.0);
            }
            means[channel] = sum / count;
            double squares = 0;
            for (int value = 0; value < 256; value++) {
                double distance = value / 255.0 - means[channel];
                squares += histogram[channel][value] * distance * distance;
            }
            double deviation = Math.sqrt(squares / count);
            deviations[channel] = deviation < 1e-6 ? 1 : deviation;
        }
        return new PixelScale(WHITE, means, deviations);
    }

    /**
     * Describes the scale in a record of training.
     *
     * @param wholeSide the side of the images of which the centres are taken, or null
     * @param description anything else, or null
     */
    Preprocessing describe(Integer wholeSide, String description) {
        return new Preprocessing(
                white,
                Arrays.stream(means).boxed().toList(),
                Arrays.stream(deviations).boxed().toList(),
                wholeSide,
                description);
    }

    /**
     * Returns the scale as a transform of uint8 pixels, one image (C, H, W) or a batch (N, C, H,
     * W), to float32.
     *
     * @param manager the manager that holds the constants, once for every device that pixels come
     *     on; it must outlive the transform's use
     * @return the transform
     */
    public Transform asTransform(NDManager manager) {
        float[] shift = new float[means.length];
        float[] factor = new float[means.length];
        for (int channel = 0; channel < shift.length; channel++) {
            shift[channel] = (float) (-means[channel] / deviations[channel]);
            factor[channel] = (float) (1 / (white * deviations[channel]));
        }
        Shape perChannel = new Shape(means.length, 1, 1);
        Map<Device, NDList> constants = new ConcurrentHashMap<>();
        return pixels -> {
            NDList there =
                    constants.computeIfAbsent(
                            pixels.getDevice(),
                            device -> {
                                NDManager onDevice = manager.newSubManager(device);
                                return new NDList(
                                        DeviceArrays.kept(onDevice.create(factor, perChannel)),
                                        DeviceArrays.kept(onDevice.create(shift, perChannel)));
                            });
            return DeviceArrays.copy(pixels, DataType.FLOAT32)
                    .muli(there.get(0))
                    .addi(there.get(1));
        };
    }

    /** Returns the constants for a reader, such as {@code mean 0.1307 and deviation 0.3081}. */
    @Override
    public String toString() {
        return "mean " + list(means) + " and deviation " + list(deviations);
    }

    private static String list(double[] values) {
        StringBuilder text = new StringBuilder();
        for (double value : values) {
            text.append(text.isEmpty() ? "" : ", ")
                    .append(String.format(Locale.ROOT, "%.4f", value));
        }
        return text.toString();
    }
}
