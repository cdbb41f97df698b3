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

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.transformer.BertMaskedLanguageModelBlock;
import ai.djl.nn.transformer.ScaledDotProductAttentionBlock;
import ai.djl.util.Pair;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongFunction;
import org.locallearning.djl.decorrelation.internal.BlockKinds;

/**
 * The multiply-adds of a training step of a model, as far as the shapes of its layers tell them
 * before it is initialized: of backpropagation, and what decorrelation would add.
 *
 * <p>Layers inside blocks that the converter does not know are left out.
 */
final class StepCost {

    private final List<Layer> layers = new ArrayList<>();

    /** Whether something before the first layer learns, such as an embedding. */
    private boolean learnsBelow;

    /**
     * Looks at a model.
     *
     * @param model the model, initialized or not
     * @param inputs the shapes of a batch
     */
    StepCost(Block model, Shape... inputs) {
        walk(model, inputs);
    }

    /**
     * Something that multiplies where it stands.
     *
     * @param block the linear layer, the convolution, or the attention block for what makes keys,
     *     queries and values; null for products of activities
     * @param input the shape of its input
     * @param output the shape of its output
     * @param forward the multiply-adds of a forward pass
     */
    private record Layer(Block block, Shape input, Shape output, long forward) {

        static Layer of(Block block, Shape input, Shape output) {
            return new Layer(block, input, output, output.size() * width(block, input));
        }

        /** The number of inputs of each output, which is the width of the matrix. */
        long width() {
            return width(block, input);
        }

        private static long width(Block block, Shape input) {
            return block instanceof Conv2d convolution
                    ? input.get(1) / convolution.getGroups() * convolution.getKernelShape().size()
                    : input.get(input.dimension() - 1);
        }
    }

    private Shape[] walk(Block block, Shape[] inputs) {
        if (layers.isEmpty() && !BlockKinds.isDenseOrConvolution(block)) {
            learnsBelow |=
                    block.getDirectParameters().values().stream()
                            .anyMatch(Parameter::requiresGradient);
        }
        if (BlockKinds.isSequential(block)) {
            Shape[] current = inputs;
            for (Pair<String, Block> child : block.getChildren()) {
                current = walk(child.getValue(), current);
            }
            return ((SequentialBlock) block).isReturnIntermediate()
                    ? block.getOutputShapes(inputs)
                    : current;
        }
        if (BlockKinds.isParallel(block)) {
            for (Pair<String, Block> branch : block.getChildren()) {
                walk(branch.getValue(), inputs);
            }
        }
        Composites.of(block)
                .ifPresent(
                        form -> {
                            List<Shape[]> each = form.childInputs(block, inputs);
                            for (int i = 0; i < each.size(); ++i) {
                                walk(block.getChildren().get(i).getValue(), each.get(i));
                            }
                        });
        Shape[] outputs = block.getOutputShapes(inputs);
        if (BlockKinds.isDenseOrConvolution(block)) {
            layers.add(Layer.of(block, inputs[0], outputs[0]));
        } else if (block instanceof ScaledDotProductAttentionBlock
                || block instanceof DecorrelatedAttention) {
            addAttention(block, inputs[0]);
        } else if (block instanceof BertMaskedLanguageModelBlock
                || block instanceof DecorrelatedMaskedLanguageModel) {
            // the product with the table of the embedding
            Shape masked = inputs[1].add(inputs[0].get(2));
            layers.add(new Layer(null, masked, outputs[0], inputs[1].size() * inputs[2].size()));
        }
        return outputs;
    }

    private void addAttention(Block attention, Shape tokens) {
        long projection = tokens.size() * tokens.get(2);
        layers.add(new Layer(attention, tokens, tokens, 3 * projection));
        // scores, and the weighted sums of values
        layers.add(new Layer(null, tokens, tokens, 2 * tokens.size() * tokens.get(1)));
        layers.add(Layer.of(attention.getChildren().get(3).getValue(), tokens, tokens));
    }

    /** Returns the width of the matrix of each layer. */
    Map<Block, Long> widths() {
        Map<Block, Long> widths = new IdentityHashMap<>();
        layers.forEach(layer -> widths.put(layer.block, layer.width()));
        return widths;
    }

    /** Returns some of the layers in the order of the model. */
    List<Block> inOrder(Set<Block> some) {
        return layers.stream().map(Layer::block).filter(some::contains).distinct().toList();
    }

    /** Returns the multiply-adds of backpropagation, which takes errors to whatever learns. */
    long backpropagation() {
        long forward = layers.stream().mapToLong(Layer::forward).sum();
        long unused = learnsBelow || layers.isEmpty() ? 0 : layers.get(0).forward();
        return 3 * forward - unused;
    }

    /**
     * Returns the multiply-adds that decorrelation of some layers adds.
     *
     * @param decorrelated the layers
     * @param costs the form of their matrices and how they learn, by the width of the matrix
     */
    long decorrelation(Set<Block> decorrelated, LongFunction<Cost> costs) {
        long sum = 0;
        for (int i = 0; i < layers.size(); ++i) {
            Layer layer = layers.get(i);
            if (decorrelated.contains(layer.block)) {
                Cost cost = costs.apply(layer.width());
                sum +=
                        layer.block instanceof Conv2d convolution
                                ? ofConvolution(convolution, layer, cost)
                                : ofLinear(layer, cost, i > 0 || learnsBelow);
            }
        }
        return sum;
    }

    private static long ofLinear(Layer layer, Cost cost, boolean errorWanted) {
        long width = layer.width();
        long samples = layer.input.get(0);
        long positions = layer.input.size() / samples / width;
        long rows = samples * positions;
        long sampled = cost.updateSampleSize(samples) * positions;
        long rank = cost.getRank();
        boolean low = rank > 0 && rank < width;
        long through = low ? LowRankMatrix.multiplyAdds(rows, width, rank) : rows * width * width;
        long learning =
                low
                        ? LowRankMatrix.learningMultiplyAdds(sampled, width, rank)
                        : DecorrelationRule.multiplyAdds(sampled, width);
        return (errorWanted ? 2 : 1) * through + learning / cost.stepsPerUpdate(samples);
    }

    private static long ofConvolution(Conv2d convolution, Layer layer, Cost cost) {
        ImagePatches patches =
                new ImagePatches(
                        cost,
                        convolution.getKernelShape(),
                        convolution.getStride(),
                        convolution.getPadding(),
                        convolution.getDilation());
        long rows = patches.sampledRows(layer.output);
        long width = layer.width();
        long folding = 2 * convolution.getFilters() * width * width;
        long update = rows * width * width + DecorrelationRule.multiplyAdds(rows, width);
        return folding + convolution.getGroups() * update / cost.stepsPerUpdate(layer.input.get(0));
    }
}
