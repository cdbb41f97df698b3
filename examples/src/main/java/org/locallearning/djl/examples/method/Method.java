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
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import org.locallearning.djl.decorrelation.DecorrelationOptions;

/**
 * A way to train a model, as the command line names it: a trainer, an optimizer of its own or the
 * one that the whole comparison has, and decorrelation layers before the weighted layers or not.
 */
public final class Method {

    /** What stands after the name of a method whose model gets decorrelation layers. */
    public static final String DECORRELATED = InputLayers.DECORRELATION.suffix();

    /** What stands between the name of a method and that of its optimizer. */
    public static final String WITH_OPTIMIZER = "-";

    private final String name;
    private final String plainName;
    private final String title;
    private final String description;
    private final TrainerFactory trainer;
    private final ErrorPath errorPath;
    private final LearningRates learningRates;
    private final LearningRates decorrelatedLearningRates;
    private final DecorrelationRates decorrelationRates;
    private final OptimizerKind ownOptimizer;
    private final InputLayers inputLayers;
    private final String variantOf;
    private final Set<MethodSetting> settings;
    private final IntUnaryOperator leastIterations;

    private Method(Builder builder) {
        name = builder.name;
        plainName = builder.plainName;
        title = Objects.requireNonNull(builder.title, "title");
        description = Objects.requireNonNull(builder.description, "description");
        trainer = Objects.requireNonNull(builder.trainer, "trainer");
        errorPath = builder.errorPath;
        learningRates = Objects.requireNonNull(builder.learningRates, "learningRates");
        decorrelatedLearningRates =
                builder.decorrelatedLearningRates == null
                        ? learningRates
                        : builder.decorrelatedLearningRates;
        decorrelationRates = builder.decorrelationRates;
        ownOptimizer = builder.ownOptimizer;
        inputLayers = builder.inputLayers;
        variantOf = builder.variantOf;
        settings = Set.copyOf(builder.settings);
        leastIterations = builder.leastIterations;
    }

    /**
     * Starts a method that leaves the model as it is.
     *
     * @param name the name on the command line
     * @return a builder
     */
    public static Builder builder(String name) {
        return new Builder(name);
    }

    /**
     * Starts a copy of this method, under its name.
     *
     * @return a builder with everything that this method has
     */
    public Builder toBuilder() {
        return new Builder(this, name);
    }

    /**
     * Returns the name on the command line.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    /**
     * Returns the name of the method without an optimizer of its own and without decorrelation.
     *
     * @return the name that this one began with
     */
    public String plainName() {
        return plainName;
    }

    /**
     * Returns the method that it is with other settings of the rule, and that therefore trains and
     * refuses the same programs.
     *
     * @return the other method's name, or empty
     */
    public Optional<String> variantOf() {
        return Optional.ofNullable(variantOf);
    }

    /**
     * Returns what a table or a report calls it.
     *
     * @return the title
     */
    public String title() {
        return title;
    }

    /**
     * Returns what it does, for a reader who does not know it, with the paper.
     *
     * @return one or two sentences
     */
    public String description() {
        return description;
    }

    /**
     * Returns what creates its trainer.
     *
     * @return the factory
     */
    public TrainerFactory trainer() {
        return trainer;
    }

    /**
     * Returns whether a setting of single methods changes anything about it.
     *
     * @param setting the setting
     * @return whether it has a use for it
     */
    public boolean uses(MethodSetting setting) {
        return settings.contains(setting);
    }

    /**
     * Returns with how many iterations of inference its errors reach every layer.
     *
     * @param layers the number of the model's layers with weights, a container of branches being
     *     one
     * @return the number, 1 where it has no use for iterations
     */
    public int leastIterations(int layers) {
        return Math.max(1, leastIterations.applyAsInt(layers));
    }

    /**
     * Returns whether it trains with the optimizer that is chosen for all.
     *
     * @return false if its name says which optimizer it has
     */
    public boolean usesAnyOptimizer() {
        return ownOptimizer == null;
    }

    /**
     * Returns how it carries the error to the layers below.
     *
     * @return the path
     */
    public ErrorPath errorPath() {
        return errorPath;
    }

    /**
     * Returns the learning rates it starts with.
     *
     * @return the rates
     */
    public LearningRates learningRates() {
        return decorrelated() ? decorrelatedLearningRates : learningRates;
    }

    /**
     * Returns the rates at which decorrelation layers learn under it.
     *
     * @return the rates
     */
    public DecorrelationRates decorrelationRates() {
        return decorrelationRates;
    }

    /**
     * Returns whether the model gets no layers for the method.
     *
     * @return whether it is trained as it is
     */
    public boolean trainsPlainModel() {
        return inputLayers == InputLayers.NONE;
    }

    /**
     * Returns whether the model gets decorrelation layers, of either form.
     *
     * @return whether it does
     */
    public boolean decorrelated() {
        return inputLayers.isDecorrelating();
    }

    /**
     * Returns the optimizer.
     *
     * @param usual what methods train with that have none of their own
     * @return its own optimizer, or the usual one
     */
    public OptimizerKind optimizer(OptimizerKind usual) {
        return ownOptimizer == null ? usual : ownOptimizer;
    }

    /**
     * Returns this method with an optimizer of its own.
     *
     * @param optimizer the optimizer
     * @return the method, its name followed by {@link #WITH_OPTIMIZER} and the optimizer's
     */
    public Method withOptimizer(OptimizerKind optimizer) {
        Builder builder = new Builder(this, name + WITH_OPTIMIZER + optimizer);
        builder.title = title + ", " + optimizer.title();
        builder.ownOptimizer = optimizer;
        return builder.build();
    }

    /**
     * Returns this method for a model with decorrelation layers.
     *
     * @return the method, its name followed by {@link #DECORRELATED}
     */
    public Method withDecorrelation() {
        return with(InputLayers.DECORRELATION);
    }

    /**
     * Returns this method for a model with layers before each of its weighted ones.
     *
     * @param layers which layers
     * @return the method, its name followed by {@link InputLayers#suffix}
     */
    public Method with(InputLayers layers) {
        Builder builder = new Builder(this, name + layers.suffix());
        builder.title = title + layers.title();
        builder.description = description + layers.description();
        builder.inputLayers = layers;
        return builder.build();
    }

    /**
     * Prepares a model for this method.
     *
     * @param plain the model, not yet initialized
     * @param options how decorrelation layers learn, where this method has them
     * @return the model with the layers that this method puts in, or as it is
     */
    public Block prepare(Block plain, DecorrelationOptions options) {
        return inputLayers.prepare(plain, options);
    }

    /** Returns the name. */
    @Override
    public String toString() {
        return name;
    }

    /** Builds a {@link Method}. */
    public static final class Builder {

        private final String name;
        private final String plainName;
        private String title;
        private String description;
        private TrainerFactory trainer;
        private ErrorPath errorPath = ErrorPath.LAYER_BY_LAYER;
        private LearningRates learningRates;
        private LearningRates decorrelatedLearningRates;
        private DecorrelationRates decorrelationRates =
                DecorrelationRates.of(DecorrelationRates.USUAL);
        private OptimizerKind ownOptimizer;
        private InputLayers inputLayers = InputLayers.NONE;
        private String variantOf;
        private final Set<MethodSetting> settings = EnumSet.noneOf(MethodSetting.class);
        private IntUnaryOperator leastIterations = layers -> 1;

        private Builder(String name) {
            this.name = Objects.requireNonNull(name, "name");
            plainName = name;
        }

        private Builder(Method method, String name) {
            this.name = name;
            plainName = method.plainName;
            title = method.title;
            description = method.description;
            trainer = method.trainer;
            errorPath = method.errorPath;
            learningRates = method.learningRates;
            decorrelatedLearningRates = method.decorrelatedLearningRates;
            decorrelationRates = method.decorrelationRates;
            ownOptimizer = method.ownOptimizer;
            inputLayers = method.inputLayers;
            variantOf = method.variantOf;
            settings.addAll(method.settings);
            leastIterations = method.leastIterations;
        }

        /**
         * Sets what a table or a report calls it.
         *
         * @param title the title
         * @return this builder
         */
        public Builder setTitle(String title) {
            this.title = title;
            return this;
        }

        /**
         * Sets what it does, for a reader who does not know it, with the paper.
         *
         * @param description one sentence
         * @return this builder
         */
        public Builder setDescription(String description) {
            this.description = description;
            return this;
        }

        /**
         * Sets what creates its trainer.
         *
         * @param trainer the factory
         * @return this builder
         */
        public Builder setTrainer(TrainerFactory trainer) {
            this.trainer = trainer;
            return this;
        }

        /**
         * Says that it has a use for a setting of single methods.
         *
         * @param setting the setting; it has none by default
         * @return this builder
         */
        public Builder addSetting(MethodSetting setting) {
            settings.add(setting);
            return this;
        }

        /**
         * Sets with how many iterations of inference its errors reach every layer.
         *
         * @param iterations the number, of that of the model's layers; 1 by default
         * @return this builder
         */
        public Builder optLeastIterations(IntUnaryOperator iterations) {
            leastIterations = iterations;
            return this;
        }

        /**
         * Sets the rule whose trainer it trains with.
         *
         * @param rule creates the rule
         * @return this builder
         */
        public Builder setRule(RuleFactory rule) {
            return setTrainer(
                    (model, config, seed, settings) ->
                            rule.newRule(seed, settings).newTrainer(model, config));
        }

        /**
         * Sets the learning rates it starts with.
         *
         * @param rates the rates
         * @return this builder
         */
        public Builder setLearningRates(LearningRates rates) {
            learningRates = rates;
            return this;
        }

        /**
         * Sets the learning rates it starts with where the model has decorrelation layers.
         *
         * @param rates the rates; those of the plain model by default
         * @return this builder
         */
        public Builder optDecorrelatedLearningRates(LearningRates rates) {
            decorrelatedLearningRates = rates;
            return this;
        }

        /**
         * Sets the rates at which decorrelation layers learn under it.
         *
         * @param rates the rates; {@link DecorrelationRates#USUAL} by default
         * @return this builder
         */
        public Builder optDecorrelationRates(DecorrelationRates rates) {
            decorrelationRates = rates;
            return this;
        }

        /**
         * Sets how it carries the error to the layers below.
         *
         * @param path the path; {@link ErrorPath#LAYER_BY_LAYER} by default
         * @return this builder
         */
        public Builder optErrorPath(ErrorPath path) {
            errorPath = path;
            return this;
        }

        /**
         * Gives it an optimizer of its own, whatever the others train with.
         *
         * @param optimizer the optimizer; none by default
         * @return this builder
         */
        public Builder optOptimizer(OptimizerKind optimizer) {
            ownOptimizer = optimizer;
            return this;
        }

        /**
         * Says that it differs from another method in settings of its rule alone.
         *
         * @param name the other method's name; none by default
         * @return this builder
         */
        public Builder optVariantOf(String name) {
            variantOf = name;
            return this;
        }

        /**
         * Builds the method.
         *
         * @return the method
         */
        public Method build() {
            return new Method(this);
        }
    }
}
