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
import java.util.Locale;
import org.locallearning.djl.zoo.task.Task;

/**
 * A network of the experiments.
 *
 * @param name its name
 * @param description what it is, for the help text
 * @param task what it learns
 * @param smallestSide the least height and width of its images, in pixels
 * @param choices what can be chosen about it
 * @param factory makes it
 */
record Architecture(
        String name,
        String description,
        Task task,
        int smallestSide,
        Choices choices,
        Factory factory) {

    /** What can be chosen about a network. */
    enum Choices {
        /** Hidden dense layers and the activation. */
        LAYERS,
        /** Those, and the gap between residual connections. */
        LAYERS_AND_GAP,
        /** Nothing. */
        NONE
    }

    /** Makes a network. */
    @FunctionalInterface
    interface Factory {

        /**
         * Makes a network, not yet initialized.
         *
         * @param options what was chosen, known to be of use
         * @param sampleShape the shape of one image, (channels, height, width)
         * @param classes the number of classes
         * @return the network
         */
        Block create(ModelOptions options, Shape sampleShape, int classes);
    }

    /** A classifier of images of any size. */
    static Architecture dense(String name, String description, Factory factory) {
        return new Architecture(name, description, Task.CLASSIFICATION, 1, Choices.LAYERS, factory);
    }

    /** A classifier of images of some size and more. */
    static Architecture convolutional(
            String name, String description, int smallestSide, Choices choices, Factory factory) {
        return new Architecture(
                name, description, Task.CLASSIFICATION, smallestSide, choices, factory);
    }

    Block create(ModelOptions options, Shape sampleShape, int classes) {
        checkOptions(options);
        if (sampleShape.get(1) < smallestSide || sampleShape.get(2) < smallestSide) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "The model %s takes images of at least %dx%d pixels, not %dx%d.",
                            name,
                            smallestSide,
                            smallestSide,
                            sampleShape.get(1),
                            sampleShape.get(2)));
        }
        return factory.create(options, sampleShape, classes);
    }

    private void checkOptions(ModelOptions options) {
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
}
