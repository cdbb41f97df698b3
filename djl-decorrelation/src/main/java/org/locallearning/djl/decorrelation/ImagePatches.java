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
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;

/**
 * The patches that a convolution sees, as rows.
 *
 * @param cost how many images and patches serve
 * @param kernel the kernel's height and width
 * @param stride the stride of the convolution
 * @param padding the padding of the convolution
 * @param dilation the dilation of the convolution
 */
record ImagePatches(Cost cost, Shape kernel, Shape stride, Shape padding, Shape dilation)
        implements InputRows {

    private static final int[] ALL_BUT_CHANNELS = {0, 2, 3};

    @Override
    public String describe(long features) {
        return "images of shape (batch, " + features + ", height, width)";
    }

    @Override
    public boolean fits(Shape input, long features) {
        return input.dimension() == 4 && input.get(1) == features;
    }

    @Override
    public long meanCount(Shape batch) {
        return batch.size() / batch.get(1);
    }

    /** The mean of each channel, (1, C, 1, 1). */
    @Override
    public NDArray mean(NDArray batch) {
        return BatchMean.of(batch, ALL_BUT_CHANNELS, true);
    }

    @Override
    public NDArray alongFeatures(NDArray means) {
        return means.reshape(1, -1, 1, 1);
    }

    @Override
    public long sampleSize(long batchSize) {
        return Math.min(cost.getMaxPatches(), cost.updateSampleSize(batchSize));
    }

    @Override
    public NDArray rows(NDArray samples) {
        int limit = (int) (cost.getMaxPatches() / samples.getShape().get(0));
        return extract(samples, kernel, stride, padding, dilation, limit);
    }

    /** The output holds filtered patches, not decorrelated ones. */
    @Override
    public NDArray decorrelated(NDArray output, NDArray rows, DecorrelationMatrix matrix) {
        return matrix.multiply(rows);
    }

    /**
     * Returns the number of rows of a batch's sample.
     *
     * @param output the shape of the convolution's output, (N, filters, H', W')
     */
    long sampledRows(Shape output) {
        long samples = sampleSize(output.get(0));
        return samples
                * positions(output.get(2), output.get(3), (int) (cost.getMaxPatches() / samples));
    }

    /**
     * Cuts the zero-padded images into the patches at evenly strided output positions.
     *
     * @param images the images, (N, C, H, W)
     * @param kernel the kernel's height and width
     * @param stride the stride of the convolution
     * @param padding the padding of the convolution
     * @param dilation the dilation of the convolution
     * @param limit the largest number of patches of one image; at least 1 is taken
     * @return the patches, (N · positions, C · kH · kW), channel first as in a kernel
     */
    static NDArray extract(
            NDArray images, Shape kernel, Shape stride, Shape padding, Shape dilation, int limit) {
        return ArrayScope.returning(
                () -> {
                    Shape shape = images.getShape();
                    long height = outputs(shape.get(2), kernel, stride, padding, dilation, 0);
                    long width = outputs(shape.get(3), kernel, stride, padding, dilation, 1);
                    long[] steps = steps(height, width, limit);
                    NDArray padded = pad(images, padding);
                    NDList slices = new NDList();
                    for (long i = 0; i < kernel.get(0); ++i) {
                        for (long j = 0; j < kernel.get(1); ++j) {
                            NDIndex index = new NDIndex().addAllDim().addAllDim();
                            addPositions(
                                    index, i * dilation.get(0), height, stride.get(0), steps[0]);
                            addPositions(
                                    index, j * dilation.get(1), width, stride.get(1), steps[1]);
                            slices.add(padded.get(index));
                        }
                    }
                    // (N, C, k, h, w) -> (N, h, w, C, k)
                    NDArray stacked = NDArrays.stack(slices, 2).transpose(0, 3, 4, 1, 2);
                    Shape rows = stacked.getShape();
                    return stacked.reshape(
                            rows.get(0) * rows.get(1) * rows.get(2), rows.get(3) * rows.get(4));
                });
    }

    /** The number of patches taken from an image with the given number of output positions. */
    static long positions(long height, long width, int limit) {
        long[] steps = steps(height, width, limit);
        return taken(height, steps[0]) * taken(width, steps[1]);
    }

    private static long outputs(
            long size, Shape kernel, Shape stride, Shape padding, Shape dilation, int axis) {
        long reach = dilation.get(axis) * (kernel.get(axis) - 1) + 1;
        return (size + 2 * padding.get(axis) - reach) / stride.get(axis) + 1;
    }

    /** The smallest steps, as equal as they can be, that leave no more positions than the limit. */
    private static long[] steps(long height, long width, int limit) {
        long[] steps = {1, 1};
        while (taken(height, steps[0]) * taken(width, steps[1]) > Math.max(1, limit)) {
            int axis = taken(height, steps[0]) >= taken(width, steps[1]) ? 0 : 1;
            ++steps[axis];
        }
        return steps;
    }

    private static long taken(long size, long step) {
        return (size + step - 1) / step;
    }

    private static void addPositions(
            NDIndex index, long offset, long size, long stride, long step) {
        long taken = taken(size, step);
        // what the last step leaves over is shared between both ends
        long first = (size - 1 - (taken - 1) * step) / 2;
        long begin = offset + first * stride;
        long pace = stride * step;
        index.addSliceDim(begin, begin + (taken - 1) * pace + 1, pace);
    }

    private static NDArray pad(NDArray images, Shape padding) {
        long high = padding.get(0);
        long wide = padding.get(1);
        return high == 0 && wide == 0 ? images : images.pad(new Shape(wide, wide, high, high), 0);
    }
}
