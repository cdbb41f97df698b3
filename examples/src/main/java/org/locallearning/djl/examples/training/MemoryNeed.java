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
package org.locallearning.djl.examples.training;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Supplier;
import org.locallearning.djl.examples.environment.Memory;

/**
 * The memory that training needs at the least, told before any of it is taken: weights of dense
 * layers with their gradients, and what every layer puts out for a batch. What needs more than the
 * machine has is refused, with a number that would fit.
 */
public final class MemoryNeed {

    /** A weight and its gradient. */
    private static final double BYTES_OF_A_WEIGHT = 2.0 * Float.BYTES;

    /** What is named takes this part of the memory: optimizers and methods take theirs, too. */
    private static final int LEFT = 4;

    private double weights;
    private double outputs;

    private MemoryNeed(Shape sample) {
        outputs = sample.size();
    }

    /**
     * Checks that hidden layers fit.
     *
     * @param hidden the sizes that were chosen
     * @param sample the shape of one image
     * @param classes the number of classes
     * @param memory the memory of the machine in bytes
     * @throws IllegalArgumentException if their weights alone take more
     */
    static void checkHidden(int[] hidden, Shape sample, int classes, double memory) {
        double weights = 0;
        double below = 1;
        for (int size : hidden) {
            weights += below * size;
            below = size;
        }
        double bytes = BYTES_OF_A_WEIGHT * (weights + below * classes);
        if (bytes > memory) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "The weights of --hidden %s take at least %s of memory and this machine"
                                    + " has %s: %s would fit.",
                            shortened(hidden),
                            Memory.text(bytes),
                            Memory.text(memory),
                            fitting(hidden.length, sample.size(), classes, memory)));
        }
    }

    /** Names the size at which as many layers, all of one size, take a quarter of the memory. */
    private static String fitting(int layers, double inputs, int classes, double memory) {
        double most = memory / LEFT / BYTES_OF_A_WEIGHT;
        double ends = inputs + classes;
        // (layers - 1) n^2 + ends n = most
        double size =
                layers == 1
                        ? most / ends
                        : (Math.sqrt(ends * ends + 4 * (layers - 1) * most) - ends)
                                / (2 * (layers - 1));
        double power = Math.pow(10, Math.max(0, Math.floor(Math.log10(size)) - 1));
        long round = (long) Math.max(1, Math.floor(size / power) * power);
        return layers == 1 ? Long.toString(round) : round + "x" + layers;
    }

    private static String shortened(int[] hidden) {
        boolean alike = hidden.length > 1 && Arrays.stream(hidden).distinct().count() == 1;
        return alike
                ? hidden[0] + "x" + hidden.length
                : String.join(",", Arrays.stream(hidden).mapToObj(String::valueOf).toList());
    }

    /**
     * Checks that a batch fits, beside the weights.
     *
     * @param blocks creates the model, not yet initialized
     * @param sample the shape of one sample
     * @param batch the number of samples in a batch
     * @param memory the memory of the machine in bytes
     * @throws IllegalArgumentException if what the layers put out for it takes more
     */
    public static void checkBatch(Supplier<Block> blocks, Shape sample, int batch, double memory) {
        MemoryNeed need = new MemoryNeed(sample);
        need.add(blocks.get(), new Shape(1).addAll(sample));
        double left = memory - BYTES_OF_A_WEIGHT * need.weights;
        double bytes = Float.BYTES * need.outputs;
        if (left <= 0) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "The weights of the model take at least %s of memory and this machine"
                                    + " has %s: choose a smaller model.",
                            Memory.text(memory - left),
                            Memory.text(memory)));
        }
        if (batch * bytes > left) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "--batch %d takes at least %s of memory and this machine has %s: %d"
                                    + " would fit.",
                            batch,
                            Memory.text(batch * bytes),
                            Memory.text(memory),
                            (long) Math.max(1, left / LEFT / bytes)));
        }
    }

    /** Adds a block, and returns the shape of what it puts out. */
    private Shape add(Block block, Shape input) {
        if (block instanceof SequentialBlock) {
            Shape shape = input;
            for (Block child : block.getChildren().values()) {
                shape = add(child, shape);
            }
            return shape;
        }
        Shape output = block.getOutputShapes(new Shape[] {input})[0];
        if (block instanceof Linear) {
            weights += (double) input.size() * output.size();
        }
        outputs += output.size();
        return output;
    }
}
