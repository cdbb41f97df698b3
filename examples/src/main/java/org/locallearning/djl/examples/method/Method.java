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
package org.locallearning.djl.examples.method;

import ai.djl.nn.Block;
import org.locallearning.djl.decorrelation.Decorrelate;
import org.locallearning.djl.decorrelation.DecorrelationOptions;
import org.locallearning.djl.examples.models.FanInUniformInitializer;

/**
 * A way to train a model, as the command line names it: a trainer, and decorrelation layers before
 * every weighted layer or not.
 *
 * @param name the name on the command line
 * @param title what a table or a report calls it
 * @param description one sentence for a reader who does not know it, with the paper
 * @param trainer creates its trainer
 * @param errorPath how it carries the error to the layers below
 * @param learningRates the learning rates it starts with
 * @param decorrelationRates the rates at which decorrelation layers learn under it
 * @param decorrelated whether the model gets decorrelation layers
 */
public record Method(
        String name,
        String title,
        String description,
        TrainerFactory trainer,
        ErrorPath errorPath,
        LearningRates learningRates,
        DecorrelationRates decorrelationRates,
        boolean decorrelated) {

    /** What stands behind the name of a method whose model gets decorrelation layers. */
    public static final String DECORRELATED = "+decor";

    /**
     * Creates a method that leaves the model as it is, and whose decorrelation layers, if it gets
     * any, learn at {@link DecorrelationRates#USUAL}.
     *
     * @param name the name on the command line
     * @param title what a table or a report calls it
     * @param description one sentence for a reader who does not know it, with the paper
     * @param trainer creates its trainer
     * @param errorPath how it carries the error to the layers below
     * @param learningRates the learning rates it starts with
     */
    public Method(
            String name,
            String title,
            String description,
            TrainerFactory trainer,
            ErrorPath errorPath,
            LearningRates learningRates) {
        this(
                name,
                title,
                description,
                trainer,
                errorPath,
                learningRates,
                DecorrelationRates.of(DecorrelationRates.USUAL),
                false);
    }

    /**
     * Returns this method with other rates of its decorrelation layers.
     *
     * @param rates the rates
     * @return the same method otherwise
     */
    public Method withDecorrelationRates(DecorrelationRates rates) {
        return new Method(
                name, title, description, trainer, errorPath, learningRates, rates, decorrelated);
    }

    /**
     * Returns this method for a model with decorrelation layers.
     *
     * @return the method, its name followed by {@link #DECORRELATED}
     */
    public Method withDecorrelation() {
        return new Method(
                name + DECORRELATED,
                title + " with decorrelation",
                description
                        + " Before every weighted layer, a decorrelation layer learns to remove the"
                        + " correlations of its inputs (Ahmad 2024).",
                trainer,
                errorPath,
                learningRates,
                decorrelationRates,
                true);
    }

    /**
     * Prepares a model for this method.
     *
     * @param plain the model, not yet initialized
     * @param options how decorrelation layers learn, where this method has them
     * @return the model with decorrelation layers, or as it is
     */
    public Block prepare(Block plain, DecorrelationOptions options) {
        if (!decorrelated) {
            return plain;
        }
        Block decorrelated =
                Decorrelate.builder().optOptions(options).build().convert(plain).block();
        FanInUniformInitializer.followReplacedLayers(decorrelated);
        return decorrelated;
    }
}
