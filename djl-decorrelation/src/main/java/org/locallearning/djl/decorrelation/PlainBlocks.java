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
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.util.Pair;
import java.util.List;
import org.locallearning.djl.decorrelation.internal.DeviceArrays;
import org.locallearning.djl.decorrelation.internal.HostValues;
import org.locallearning.djl.decorrelation.internal.LayerInitializer;

/** Blocks of DJL's own with the function that decorrelation layers have in evaluation. */
final class PlainBlocks {

    private PlainBlocks() {}

    /** {@code y = M x − M μ}. */
    static Linear linear(FeatureDecorrelation layer) {
        checkFinite(layer);
        NDArray matrix = layer.decorrelator().fullMatrix();
        long width = matrix.getShape().get(0);
        boolean centred = hasMean(layer);
        NDArray bias =
                centred ? ArrayScope.returning(() -> matrix.matMul(mean(layer)).neg()) : null;
        Linear plain = Linear.builder().setUnits(width).optBias(centred).build();
        initialize(plain, layer.getMatrix(), matrix, bias, layer.getInputShapes()[0]);
        plain.freezeParameters(layer.decorrelator().isFrozen());
        return plain;
    }

    /** {@code y = (W M) x + (b − W M μ)}: a decorrelation layer and the linear layer after it. */
    static Linear linear(FeatureDecorrelation layer, Linear following) {
        checkFinite(layer);
        Parameter weight = following.getDirectParameters().get("weight");
        Parameter bias = following.getDirectParameters().get("bias");
        boolean centred = hasMean(layer);
        NDArray folded =
                ArrayScope.returning(
                        () ->
                                weight.getArray()
                                        .stopGradient()
                                        .matMul(layer.decorrelator().fullMatrix()));
        NDArray offset = bias == null ? null : bias.getArray().stopGradient().duplicate();
        if (centred) {
            NDArray given = offset;
            offset =
                    ArrayScope.returning(
                            () -> {
                                NDArray shift = folded.matMul(mean(layer)).neg();
                                return given == null ? shift : shift.add(given);
                            });
        }
        Linear plain =
                Linear.builder().setUnits(weight.getShape().get(0)).optBias(offset != null).build();
        initialize(plain, weight, folded, offset, layer.getInputShapes()[0]);
        return frozenLike(plain, weight, bias);
    }

    /**
     * {@code y = (W M) p + (b − W M μ)} for each patch p. If the image is padded with zeros instead
     * of the mean, no bias can replace the mean: a 1 × 1 convolution of each channel removes it
     * before the padding.
     */
    static Block convolution(DecorrelatedConv2d layer) {
        checkFinite(layer);
        Parameter weight = layer.getWeight();
        NDArray folded =
                ArrayScope.returning(
                        () ->
                                DecorrelatedConv2d.foldedKernel(
                                        weight.getArray().stopGradient(),
                                        layer.getMatrix().getArray()));
        NDArray given =
                layer.getBias() == null
                        ? null
                        : layer.getBias().getArray().stopGradient().duplicate();
        Shape input = layer.getInputShapes()[0];
        if (!hasMean(layer)) {
            return convolution(layer, folded, given, input);
        }
        boolean padded = layer.getPadding().get(0) > 0 || layer.getPadding().get(1) > 0;
        if (padded) {
            return new SequentialBlock()
                    .add(shift(layer, input))
                    .add(convolution(layer, folded, given, input));
        }
        NDArray offset =
                ArrayScope.returning(
                        () -> {
                            NDArray shift = response(layer, folded).neg();
                            return given == null ? shift : shift.add(given);
                        });
        return convolution(layer, folded, offset, input);
    }

    /** The response of a folded kernel to patches that equal the mean, (filters). */
    private static NDArray response(DecorrelatedConv2d layer, NDArray folded) {
        long groups = layer.getGroups();
        NDArray byChannel = folded.sum(new int[] {2, 3});
        long channels = byChannel.getShape().get(1);
        return byChannel
                .reshape(groups, -1, channels)
                .batchMatMul(mean(layer).reshape(groups, channels, 1))
                .reshape(-1);
    }

    private static Conv2d shift(DecorrelatedConv2d layer, Shape input) {
        int channels = (int) input.get(1);
        Parameter like = layer.getWeight();
        NDManager manager = like.getArray().getManager();
        NDArray ones = manager.ones(new Shape(channels, 1, 1, 1), like.getArray().getDataType());
        NDArray negative = ArrayScope.returning(() -> mean(layer).neg());
        Conv2d plain =
                Conv2d.builder()
                        .setKernelShape(new Shape(1, 1))
                        .setFilters(channels)
                        .optGroups(channels)
                        .build();
        initialize(plain, like, ones, negative, input);
        return frozenLike(plain, like, null);
    }

    private static Conv2d convolution(
            DecorrelatedConv2d layer, NDArray kernel, NDArray bias, Shape input) {
        Conv2d plain =
                Conv2d.builder()
                        .setKernelShape(layer.getKernelShape())
                        .setFilters(layer.getFilters())
                        .optStride(layer.getStride())
                        .optPadding(layer.getPadding())
                        .optDilation(layer.getDilation())
                        .optGroups(layer.getGroups())
                        .optBias(bias != null)
                        .build();
        Parameter weight = layer.getWeight();
        initialize(plain, weight, kernel, bias, input);
        return frozenLike(plain, weight, layer.getBias());
    }

    /**
     * Gives a block the arrays and initializers of another that has the same parameters and
     * children or fewer, and freezes what is frozen there.
     */
    static void share(Block from, Block to) {
        for (Pair<String, Parameter> entry : from.getDirectParameters()) {
            Parameter taking = to.getDirectParameters().get(entry.getKey());
            share(entry.getValue(), taking);
            if (taking.getInitializer() instanceof LayerInitializer initializer) {
                taking.setInitializer(initializer.forLayer(to));
            }
        }
        shareChildren(from.getChildren().values(), to);
    }

    /**
     * Completes a block of DJL's that was built with the sizes of another form of it.
     *
     * @param plain the block
     * @param parts what its children take their arrays from
     * @param like an array of the manager and type that the block is to have
     * @param inputShapes the shapes of its inputs
     * @return the block, initialized
     */
    static <B extends Block> B over(
            B plain, List<Block> parts, NDArray like, Shape... inputShapes) {
        shareChildren(parts, plain);
        plain.initialize(like.getManager(), like.getDataType(), inputShapes);
        return plain;
    }

    private static void shareChildren(List<Block> from, Block to) {
        for (int i = 0; i < from.size(); ++i) {
            share(from.get(i), to.getChildren().get(i).getValue());
        }
    }

    /** Gives a parameter the array and initializer of another, and freezes it if that is frozen. */
    static void share(Parameter from, Parameter to) {
        to.freeze(!from.requiresGradient());
        if (from.isInitialized()) {
            NDArray array = from.getArray();
            if (to.getShape() == null) {
                to.setArray(array);
            } else {
                // DJL refuses the array of a parameter that was made with a shape
                to.setInitializer((manager, shape, type) -> array);
                to.initialize(array.getManager(), array.getDataType());
            }
        }
        to.setInitializer(from.getInitializer());
    }

    /** Gives a block its arrays, which join the manager of another parameter. */
    private static void initialize(
            Block block, Parameter like, NDArray weight, NDArray bias, Shape input) {
        NDManager manager = like.getArray().getManager();
        DeviceArrays.kept(weight).attach(manager);
        block.getDirectParameters().get("weight").setArray(weight);
        if (bias != null) {
            DeviceArrays.kept(bias).attach(manager);
            block.getDirectParameters().get("bias").setArray(bias);
        }
        block.initialize(manager, like.getArray().getDataType(), input);
    }

    /** Freezes weight and bias as those of another are; a new bias goes with the weight. */
    private static <B extends Block> B frozenLike(B block, Parameter weight, Parameter bias) {
        block.freezeParameters(!weight.requiresGradient());
        if (bias != null) {
            block.getDirectParameters().get("bias").freeze(!bias.requiresGradient());
        }
        return block;
    }

    /** Refuses a layer that has diverged: its plain form would be as useless, without a word. */
    private static void checkFinite(Decorrelating layer) {
        if (!layer.isInitialized()) {
            throw new IllegalStateException(
                    "Decorrelation layer '" + layer.getName() + "' is not initialized yet.");
        }
        NDArray total =
                ArrayScope.returning(
                        () ->
                                layer.getMatrix()
                                        .getArray()
                                        .stopGradient()
                                        .abs()
                                        .sum()
                                        .toType(DataType.FLOAT64, true));
        try (total) {
            if (!Double.isFinite(HostValues.number(total))) {
                throw new IllegalStateException(
                        "Decorrelation layer '"
                                + layer.getName()
                                + "' cannot be folded: its matrix has NaN or infinite entries; load"
                                + " an earlier state and train it at a lower rate.");
            }
        }
    }

    /** Returns whether the running mean of a layer is anything but 0. */
    static boolean hasMean(Decorrelating layer) {
        try (NDArray mean = mean(layer);
                NDArray different = mean.neq(0);
                NDArray any = different.any()) {
            return HostValues.isTrue(any);
        }
    }

    private static NDArray mean(Decorrelating layer) {
        return layer.getRunningMean().getArray().stopGradient();
    }
}
