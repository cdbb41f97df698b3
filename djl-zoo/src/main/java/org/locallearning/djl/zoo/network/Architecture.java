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
package org.locallearning.djl.zoo.network;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.norm.Dropout;
import ai.djl.training.initializer.NormalInitializer;
import java.util.Locale;
import org.locallearning.djl.zoo.task.Task;

/**
 * A network that can be built for images of any shape and any number of classes.
 *
 * <pre>{@code
 * Block block = AhmadNetworks.CONVOLUTIONAL.create(new Shape(3, 32, 32), 10);
 * }</pre>
 *
 * <p>A classifier ends in one logit per class, without softmax; an autoencoder in one per pixel and
 * channel, without sigmoid.
 */
public final class Architecture {

    private final String name;
    private final String description;
    private final Task task;
    private final int smallestSide;
    private final Choices choices;
    private final Factory factory;

    private Architecture(
            String name,
            String description,
            Task task,
            int smallestSide,
            Choices choices,
            Factory factory) {
        this.name = name;
        this.description = description;
        this.task = task;
        this.smallestSide = smallestSide;
        this.choices = choices;
        this.factory = factory;
    }

    /** What can be chosen about a network. */
    enum Choices {
        /** Hidden dense layers and the activation. */
        LAYERS,
        /** Those, and the gap between residual connections. */
        LAYERS_AND_GAP,
        /** Nothing. */
        NONE
    }

    /** Makes a block. */
    @FunctionalInterface
    interface Factory {

        /**
         * Makes a block, not yet initialized.
         *
         * @param options what was chosen, known to be of use
         * @param imageShape the shape of one image, (channels, height, width)
         * @param outputs the number of classes
         * @return the block
         */
        Block create(NetworkOptions options, Shape imageShape, int outputs);
    }

    /** A classifier of images of any size. */
    static Architecture dense(String name, String description, Choices choices, Factory factory) {
        return new Architecture(name, description, Task.CLASSIFICATION, 1, choices, factory);
    }

    /** A classifier of images of some size and more. */
    static Architecture convolutional(
            String name, String description, int smallestSide, Choices choices, Factory factory) {
        return new Architecture(
                name, description, Task.CLASSIFICATION, smallestSide, choices, factory);
    }

    /** A network that puts out the image that it gets, through dense hidden layers. */
    static Architecture autoencoder(String name, String description, Factory factory) {
        return new Architecture(
                name,
                description,
                Task.RECONSTRUCTION,
                1,
                Choices.LAYERS,
                (options, imageShape, classes) ->
                        factory.create(options, imageShape, Math.toIntExact(imageShape.size())));
    }

    /**
     * Returns the name.
     *
     * @return the name that {@link Networks#named} takes, such as {@code ahmad-conv}
     */
    public String getName() {
        return name;
    }

    /**
     * Returns what the network is.
     *
     * @return layers, sizes and paper in one line
     */
    public String getDescription() {
        return description;
    }

    /**
     * Returns what the network learns.
     *
     * @return the task, which gives the loss
     */
    public Task getTask() {
        return task;
    }

    /**
     * Creates a block with the network's own sizes and activation.
     *
     * @param imageShape the shape of one image, (channels, height, width)
     * @param classes the number of classes, which is the number of outputs of a classifier
     * @return a block from (N, channels, height, width) to (N, classes), or for an autoencoder to
     *     (N, channels · height · width), not yet initialized
     * @throws IllegalArgumentException if the image or the number of classes is too small
     */
    public Block create(Shape imageShape, int classes) {
        return create(NetworkOptions.builder().build(), imageShape, classes);
    }

    /**
     * Creates a block.
     *
     * @param options what was chosen in place of the network's own
     * @param imageShape the shape of one image, (channels, height, width)
     * @param classes the number of classes, which is the number of outputs of a classifier
     * @return a block from (N, channels, height, width) to (N, classes), or for an autoencoder to
     *     (N, channels · height · width), not yet initialized
     * @throws IllegalArgumentException if the network has no use for a chosen option, or the image
     *     or the number of classes is too small for it
     */
    public Block create(NetworkOptions options, Shape imageShape, int classes) {
        if (imageShape.dimension() != 3) {
            throw new IllegalArgumentException(
                    "A model takes images of shape (channels, height, width), not "
                            + imageShape
                            + ".");
        }
        if (classes < 2) {
            throw new IllegalArgumentException(
                    "A classifier has at least 2 classes, not " + classes + ".");
        }
        checkOptions(options);
        if (imageShape.get(1) < smallestSide || imageShape.get(2) < smallestSide) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "The model %s takes images of at least %dx%d pixels, not %dx%d.",
                            name,
                            smallestSide,
                            smallestSide,
                            imageShape.get(1),
                            imageShape.get(2)));
        }
        Block block = factory.create(options, imageShape, classes);
        if (options.getDropout() > 0 && !hasDropout(block)) {
            throw new IllegalArgumentException(
                    "The model " + name + " has no place for dropout: leave it out.");
        }
        switch (options.getInitialization()) {
            case FAN_IN_UNIFORM -> FanInUniformInitializer.setOn(block);
            case NORMAL ->
                    block.setInitializer(
                            new NormalInitializer(options.getDeviation()), Parameter.Type.WEIGHT);
            case DJL -> {
                // what blocks start with
            }
        }
        return block;
    }

    private void checkOptions(NetworkOptions options) {
        if (choices == Choices.NONE
                && (options.getHidden().isPresent()
                        || options.getActivation().isPresent()
                        || options.getSlope().isPresent())) {
            throw new IllegalArgumentException(
                    "The model "
                            + name
                            + " has no choice of hidden sizes or activation: leave them out.");
        }
        if (choices != Choices.LAYERS_AND_GAP && options.getGap().isPresent()) {
            throw new IllegalArgumentException(
                    "The model " + name + " has no choice of a gap: leave it out.");
        }
    }

    private static boolean hasDropout(Block block) {
        return block.getChildren().values().stream().anyMatch(Dropout.class::isInstance);
    }

    /** Returns the name. */
    @Override
    public String toString() {
        return name;
    }
}
