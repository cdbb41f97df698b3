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

import ai.djl.nn.Block;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import org.locallearning.djl.creditassignment.optimizer.ProjectedOptimizer;
import org.locallearning.djl.examples.method.DecorrelationRates;
import org.locallearning.djl.examples.method.DecorrelationSettings;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.method.MethodSettings;
import org.locallearning.djl.examples.method.OptimizerKind;
import org.locallearning.djl.examples.method.RateSchedule;
import org.locallearning.djl.examples.results.Settings;

/**
 * How every run of an experiment trains.
 *
 * @param epochs passes over the training images
 * @param batch images per training step
 * @param optimizer the optimizer of methods that have none of their own
 * @param schedule how learning rates go on from where they start
 * @param methods what is chosen for single methods
 * @param decorrelation what is chosen for decorrelation layers, where a method has them
 * @param alignmentsPerEpoch how often to measure the alignment with backpropagation, 0 for never
 * @param correlationsPerEpoch how often to measure the correlations at decorrelation layers, 0 for
 *     never
 * @param evaluationsPerEpoch how often to measure the model on images that it is not trained on, at
 *     least 1, for the end of every epoch
 * @param projectionRadius the radius of the ball that the gradient of every parameter is projected
 *     onto, null for none
 */
public record TrainingPlan(
        int epochs,
        int batch,
        OptimizerKind optimizer,
        RateSchedule schedule,
        MethodSettings methods,
        DecorrelationSettings decorrelation,
        int alignmentsPerEpoch,
        int correlationsPerEpoch,
        int evaluationsPerEpoch,
        Double projectionRadius) {

    /**
     * Creates a builder.
     *
     * @return the builder of a plan with constant learning rates that measures the model after
     *     every epoch
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns what a method makes of this plan, by which its runs are found again.
     *
     * @param method the method
     * @return the plan without settings of layers that the method does not have
     */
    public TrainingPlan of(Method method) {
        return new TrainingPlan(
                epochs,
                batch,
                optimizer,
                schedule,
                methods,
                method.decorrelated() ? decorrelation : DecorrelationSettings.DEFAULT,
                alignmentsPerEpoch,
                correlationsPerEpoch,
                evaluationsPerEpoch,
                projectionRadius);
    }

    /**
     * Returns this plan with other settings of single methods.
     *
     * @param others what is chosen for single methods
     * @return the same otherwise
     */
    TrainingPlan with(MethodSettings others) {
        return new TrainingPlan(
                epochs,
                batch,
                optimizer,
                schedule,
                others,
                decorrelation,
                alignmentsPerEpoch,
                correlationsPerEpoch,
                evaluationsPerEpoch,
                projectionRadius);
    }

    /**
     * Makes a model ready for a method.
     *
     * @param method the method
     * @param plain the model, not yet initialized
     * @param rates the rates of the method
     * @return the model with the layers that the method puts in, or as it is
     */
    Block prepare(Method method, Block plain, RunRates rates) {
        return method.prepare(
                plain, method.decorrelated() ? decorrelation.at(rates.decorrelation()) : null);
    }

    /**
     * Returns what steps along the gradients, where a method names no optimizer of its own.
     *
     * @return the optimizer's title, and the projection in front of it
     */
    public String optimizerTitle() {
        return optimizer.title() + Settings.projectionTitle(projectionRadius);
    }

    /**
     * Creates the optimizer of a run.
     *
     * @param kind the optimizer of the method
     * @param learningRate the learning rate of each step
     * @param block the block whose parameters it is for
     * @return the optimizer, with projection in front where this plan has it
     */
    Optimizer createOptimizer(OptimizerKind kind, Tracker learningRate, Block block) {
        Optimizer plain = kind.create(learningRate, block);
        return projectionRadius == null
                ? plain
                : ProjectedOptimizer.builder()
                        .setOptimizer(plain)
                        .optRadius(projectionRadius)
                        .build();
    }

    /** A builder of {@link TrainingPlan}. */
    public static final class Builder {

        private int epochs;
        private int batch;
        private OptimizerKind optimizer;
        private RateSchedule schedule = RateSchedule.CONSTANT;
        private MethodSettings methods;
        private DecorrelationSettings decorrelation = DecorrelationSettings.DEFAULT;
        private int alignments;
        private int correlations;
        private int evaluations = 1;
        private Double projectionRadius;

        private Builder() {}

        /**
         * Sets how long to train.
         *
         * @param epochs passes over the training images
         * @return this builder
         */
        public Builder setEpochs(int epochs) {
            this.epochs = epochs;
            return this;
        }

        /**
         * Sets the size of batches.
         *
         * @param batch images per training step
         * @return this builder
         */
        public Builder setBatch(int batch) {
            this.batch = batch;
            return this;
        }

        /**
         * Sets the optimizer of methods that have none of their own.
         *
         * @param optimizer the optimizer
         * @return this builder
         */
        public Builder setOptimizer(OptimizerKind optimizer) {
            this.optimizer = optimizer;
            return this;
        }

        /**
         * Sets what is chosen for single methods.
         *
         * @param methods their settings
         * @return this builder
         */
        public Builder setMethods(MethodSettings methods) {
            this.methods = methods;
            return this;
        }

        /**
         * Sets how learning rates go on from where they start.
         *
         * @param schedule the schedule
         * @return this builder
         */
        public Builder optSchedule(RateSchedule schedule) {
            this.schedule = schedule;
            return this;
        }

        /**
         * Sets what is chosen for decorrelation layers.
         *
         * @param decorrelation their settings
         * @return this builder
         * @throws IllegalArgumentException if one is out of its range, which a run would find when
         *     others have trained for long
         */
        public Builder optDecorrelation(DecorrelationSettings decorrelation) {
            decorrelation.at(DecorrelationRates.USUAL);
            this.decorrelation = decorrelation;
            return this;
        }

        /**
         * Sets how often to measure the alignment with backpropagation.
         *
         * @param perEpoch measurements in an epoch, 0 for none
         * @return this builder
         */
        public Builder optAlignments(int perEpoch) {
            this.alignments = perEpoch;
            return this;
        }

        /**
         * Sets how often to measure the correlations at decorrelation layers.
         *
         * @param perEpoch measurements in an epoch, 0 for none
         * @return this builder
         */
        public Builder optCorrelations(int perEpoch) {
            this.correlations = perEpoch;
            return this;
        }

        /**
         * Sets how often to measure the model on images that it is not trained on.
         *
         * @param perEpoch measurements in an epoch, the last at its end
         * @return this builder
         */
        public Builder optEvaluations(int perEpoch) {
            this.evaluations = perEpoch;
            return this;
        }

        /**
         * Projects the gradient of every parameter onto a ball before the optimizer sees it, see
         * {@link ProjectedOptimizer}.
         *
         * @param radius the radius of the ball, 0 for none
         * @return this builder
         * @throws IllegalArgumentException if the radius is negative or not finite
         */
        public Builder optProjection(double radius) {
            if (!(radius >= 0 && radius < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "The radius that gradients are projected to is above 0 and finite, or 0 for"
                                + " no projection, not "
                                + radius
                                + ".");
            }
            this.projectionRadius = radius == 0 ? null : (Double) radius;
            return this;
        }

        /**
         * Builds the plan.
         *
         * @return the plan
         */
        public TrainingPlan build() {
            return new TrainingPlan(
                    epochs,
                    batch,
                    optimizer,
                    schedule,
                    methods,
                    decorrelation,
                    alignments,
                    correlations,
                    evaluations,
                    projectionRadius);
        }
    }
}
