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

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.training.GradientCollector;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The folded convolution against the same layer with its decorrelated patches formed. */
class DecorrelatedConv2dTest extends ArrayTest {

    DecorrelatedConv2dTest() {
        super(8);
    }

    @ParameterizedTest
    @CsvSource({"0, 1, 1", "1, 1, 1", "1, 2, 1", "2, 1, 2"})
    void foldedFormIsTheUnfoldedForm(int padding, int stride, int dilation) {
        Shape pad = new Shape(padding, padding);
        Shape by = new Shape(stride, stride);
        Shape spread = new Shape(dilation, dilation);
        DecorrelationOptions options =
                DecorrelationOptions.builder()
                        .optRate(0.02)
                        .optCost(Cost.full().withSampleFraction(1).withMaxPatches(1000))
                        .build();
        DecorrelatedConv2d layer =
                DecorrelatedConv2d.builder()
                        .setKernelShape(new Shape(3, 3))
                        .setFilters(5)
                        .optPadding(pad)
                        .optStride(by)
                        .optDilation(spread)
                        .optOptions(options)
                        .build();
        layer.initialize(manager, DataType.FLOAT64, new Shape(6, 2, 8, 7));
        for (int step = 0; step < 4; ++step) {
            NDArray input = images(6, 2, 8, 7);
            NDArray error = random(layer.getOutputShapes(new Shape[] {input.getShape()})[0]);
            NDArray matrix = layer.getMatrix().getArray().duplicate();
            NDArray weight = layer.getWeight().getArray();

            NDArray other = input.duplicate();
            NDArray copy = weight.stopGradient().duplicate();
            NDArray decorrelated;
            try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
                other.setRequiresGradient(true);
                copy.setRequiresGradient(true);
                NDArray mean =
                        other.mean(new int[] {0}, true)
                                .mean(new int[] {2}, true)
                                .mean(new int[] {3}, true);
                // as the authors' code has it: M as a convolution, then W as a 1 x 1 convolution
                NDArray kernel = matrix.reshape(18, 2, 3, 3);
                NDArray patches =
                        Conv2d.conv2d(other.sub(mean), kernel, null, by, pad, spread)
                                .singletonOrThrow();
                decorrelated = patches.stopGradient();
                NDArray output =
                        Conv2d.conv2d(patches, copy.reshape(5, 18, 1, 1)).singletonOrThrow();
                collector.backward(output.mul(error).sum());
            }
            input.setRequiresGradient(true);
            NDArray before = null;
            if (step > 0) {
                before = weight.getGradient().duplicate();
            }
            try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
                NDArray output = forward(layer, input, true);
                collector.backward(output.mul(error).sum());
            }
            NDArray weightGradient = weight.getGradient();
            if (before != null) {
                weightGradient = weightGradient.sub(before);
            }
            assertClose(copy.getGradient(), weightGradient, 1e-10);
            assertClose(other.getGradient(), input.getGradient(), 1e-10);
            NDArray perChannel = input.getGradient().sum(new int[] {0, 2, 3});
            assertEquals(0, perChannel.abs().max().getDouble(), 1e-11);

            NDArray rows = decorrelated.transpose(0, 2, 3, 1).reshape(-1, 18);
            NDArray inverse = matrix.inverse();
            NDArray inputs = rows.matMul(inverse.transpose());
            double[][] expected =
                    SlowRule.update(rows(matrix), rows(inputs), rows(rows), 0.02, options);
            assertClose(expected, rows(layer.getMatrix().getArray()), 1e-10);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void theRunningMeanMovesOnBeforeTheBackwardPass(int padding) {
        Shape pad = new Shape(padding, padding);
        DecorrelatedConv2d layer =
                DecorrelatedConv2d.builder()
                        .setFilters(5)
                        .setKernelShape(new Shape(3, 3))
                        .optPadding(pad)
                        .optRate(0.02)
                        .optMean(MeanRemoval.RUNNING)
                        .build();
        layer.initialize(manager, DataType.FLOAT64, new Shape(6, 2, 8, 7));
        forward(layer, images(6, 2, 8, 7), true);
        NDArray input = images(6, 2, 8, 7);
        NDArray error = random(layer.getOutputShapes(new Shape[] {input.getShape()})[0]);
        NDArray matrix = layer.getMatrix().getArray().duplicate();
        NDArray mean = layer.getRunningMean().getArray().duplicate();
        NDArray copy = layer.getWeight().getArray().stopGradient().duplicate();
        Shape one = new Shape(1, 1);
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            copy.setRequiresGradient(true);
            NDArray centred = input.sub(mean.reshape(1, 2, 1, 1));
            NDArray kernel = DecorrelatedConv2d.foldedKernel(copy, matrix);
            NDArray output = Conv2d.conv2d(centred, kernel, null, one, pad, one).singletonOrThrow();
            collector.backward(output.mul(error).sum());
        }
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            collector.backward(forward(layer, input, true).mul(error).sum());
        }
        assertClose(copy.getGradient(), layer.getWeight().getArray().getGradient(), 1e-10);
    }

    @Test
    void kernelOfOnePixelIsTheDenseLayerOverPositions() {
        DecorrelationOptions options =
                DecorrelationOptions.builder()
                        .optRate(0.03)
                        .optCost(Cost.full().withSampleFraction(0.3).withMaxPatches(1000))
                        .build();
        DecorrelatedConv2d convolution =
                DecorrelatedConv2d.builder()
                        .setKernelShape(new Shape(1, 1))
                        .setFilters(4)
                        .optBias(false)
                        .optOptions(options)
                        .build();
        convolution.initialize(manager, DataType.FLOAT64, new Shape(7, 4, 3, 5));
        NDArray identity = eye(4).reshape(4, 4, 1, 1);
        convolution.getWeight().getArray().stopGradient().set(new NDIndex("..."), identity);
        Decorrelation dense = Decorrelation.builder().optOptions(options).build();
        dense.initialize(manager, DataType.FLOAT64, new Shape(7, 15, 4));
        for (int step = 0; step < 5; ++step) {
            NDArray input = images(7, 4, 3, 5);
            NDArray rows = input.transpose(0, 2, 3, 1).reshape(7, 15, 4);
            NDArray expected = dense.forward(store, new NDList(rows), true).singletonOrThrow();
            NDArray actual =
                    forward(convolution, input, true).transpose(0, 2, 3, 1).reshape(7, 15, 4);
            assertClose(expected, actual, 1e-12);
        }
        assertClose(dense.getMatrix().getArray(), convolution.getMatrix().getArray(), 1e-12);
        assertClose(
                dense.getRunningMean().getArray(), convolution.getRunningMean().getArray(), 1e-12);
    }

    /** Two groups, depthwise, and depthwise with two filters to each channel. */
    @ParameterizedTest
    @CsvSource({"4, 2", "6, 6", "12, 6"})
    void groupsAreConvolutionsSideBySide(int filters, int groups) {
        DecorrelationOptions options =
                DecorrelationOptions.builder()
                        .optRate(0.02)
                        .optCost(Cost.full().withSampleFraction(1))
                        .build();
        int channels = 6 / groups;
        int own = filters / groups;
        DecorrelatedConv2d grouped = convolution(filters, groups, options, new Shape(5, 6, 6, 6));
        List<DecorrelatedConv2d> alone = new ArrayList<>();
        for (int group = 0; group < groups; ++group) {
            DecorrelatedConv2d layer = convolution(own, 1, options, new Shape(5, channels, 6, 6));
            NDArray weight = grouped.getWeight().getArray().stopGradient();
            NDArray part = weight.get(new NDIndex().addSliceDim(group * own, (group + 1) * own));
            layer.getWeight().getArray().stopGradient().set(new NDIndex("..."), part);
            alone.add(layer);
        }
        for (int step = 0; step < 3; ++step) {
            NDArray input = images(5, 6, 6, 6);
            NDArray cotangent = random(new Shape(5, filters, 5, 5));
            NDList outputs = new NDList();
            NDList errors = new NDList();
            for (int group = 0; group < groups; ++group) {
                NDArray part = slice(input, group, channels).duplicate();
                outputs.add(forwardAndBack(alone.get(group), part, slice(cotangent, group, own)));
                errors.add(part.getGradient());
            }
            NDArray output = forwardAndBack(grouped, input, cotangent);
            assertClose(NDArrays.concat(outputs, 1), output, 1e-12);
            assertClose(NDArrays.concat(errors, 1), input.getGradient(), 1e-12);
        }
        Block folded = grouped.fold();
        NDArray input = images(5, 6, 6, 6);
        for (int group = 0; group < groups; ++group) {
            NDArray matrix = grouped.getMatrix().getArray().get(group);
            assertClose(alone.get(group).getMatrix().getArray(), matrix, 1e-12);
            NDArray expected = forward(alone.get(group), slice(input, group, channels), false);
            NDArray all = folded.forward(store, new NDList(input), false).singletonOrThrow();
            assertClose(expected, slice(all, group, own), 1e-12);
        }
    }

    private static NDArray slice(NDArray images, int group, int channels) {
        return images.get(
                new NDIndex().addAllDim().addSliceDim(group * channels, (group + 1) * channels));
    }

    private NDArray forwardAndBack(DecorrelatedConv2d layer, NDArray input, NDArray cotangent) {
        input.setRequiresGradient(true);
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            NDArray output = forward(layer, input, true);
            collector.backward(output.mul(cotangent).sum());
            return output.stopGradient();
        }
    }

    @Test
    void fewPatchesAreTakenAtEvenlyStridedPositions() {
        // one channel whose value tells the position
        NDArray image = manager.arange(0, 100, 1, DataType.FLOAT64).reshape(1, 1, 10, 10);
        Shape one = new Shape(1, 1);
        NDArray patches = ImagePatches.extract(image, one, one, new Shape(0, 0), one, 9);
        double[] taken = patches.toDoubleArray();
        assertEquals(9, taken.length);
        assertEquals(9, ImagePatches.positions(10, 10, 9));
        for (int i = 0; i < 3; ++i) {
            for (int j = 0; j < 3; ++j) {
                assertEquals(taken[0] + 40 * i + 4 * j, taken[3 * i + j]);
            }
        }
        NDArray all = ImagePatches.extract(image, one, one, new Shape(0, 0), one, 100);
        assertEquals(new Shape(100, 1), all.getShape());
    }

    @Test
    void patchesAreWhatAConvolutionSees() {
        NDArray input = images(3, 2, 7, 8);
        Shape kernel = new Shape(3, 2);
        Shape stride = new Shape(2, 1);
        Shape padding = new Shape(1, 2);
        Shape dilation = new Shape(1, 2);
        NDArray weight = random(new Shape(4, 2, 3, 2));
        NDArray expected =
                Conv2d.conv2d(input, weight, null, stride, padding, dilation)
                        .singletonOrThrow()
                        .transpose(0, 2, 3, 1)
                        .reshape(-1, 4);
        NDArray patches = ImagePatches.extract(input, kernel, stride, padding, dilation, 1000);
        assertClose(expected, patches.matMul(weight.reshape(4, 12).transpose()), 1e-12);
    }

    @Test
    void channelsMustDivideIntoGroups() {
        DecorrelatedConv2d layer =
                DecorrelatedConv2d.builder()
                        .setKernelShape(new Shape(1, 1))
                        .setFilters(4)
                        .optGroups(2)
                        .build();
        Exception e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> layer.initialize(manager, DataType.FLOAT32, new Shape(1, 3, 4, 4)));
        assertTrue(e.getMessage().contains("groups"), e.getMessage());
    }

    @Test
    void trainingBatchOfOnePixelIsRefused() {
        DecorrelatedConv2d layer =
                DecorrelatedConv2d.builder().setKernelShape(new Shape(1, 1)).setFilters(2).build();
        layer.initialize(manager, DataType.FLOAT64, new Shape(1, 3, 1, 1));
        assertThrows(
                IllegalArgumentException.class, () -> forward(layer, images(1, 3, 1, 1), true));
    }

    private DecorrelatedConv2d convolution(
            int filters, int groups, DecorrelationOptions options, Shape input) {
        DecorrelatedConv2d layer =
                DecorrelatedConv2d.builder()
                        .setKernelShape(new Shape(2, 2))
                        .setFilters(filters)
                        .optGroups(groups)
                        .optBias(false)
                        .optOptions(options)
                        .build();
        layer.initialize(manager, DataType.FLOAT64, input);
        return layer;
    }

    private NDArray forward(DecorrelatedConv2d layer, NDArray input, boolean training) {
        return layer.forward(store, new NDList(input), training).singletonOrThrow();
    }

    private NDArray images(long... shape) {
        return random(new Shape(shape)).add(0.6);
    }
}
