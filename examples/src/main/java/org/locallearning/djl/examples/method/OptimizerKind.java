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
import ai.djl.nn.convolutional.Convolution;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.locallearning.djl.pc.Mq;

/** An optimizer with the settings that the papers' experiments share. */
public enum OptimizerKind {

    /** Plain stochastic gradient descent. */
    SGD("plain SGD") {
        @Override
        public Optimizer create(Tracker learningRate, Block block) {
            return Optimizer.sgd().setLearningRateTracker(learningRate).build();
        }
    },

    /** Stochastic gradient descent with momentum 0.9. */
    MOMENTUM("SGD, momentum 0.9") {
        @Override
        public Optimizer create(Tracker learningRate, Block block) {
            return Optimizer.sgd().setLearningRateTracker(learningRate).optMomentum(0.9f).build();
        }
    },

    /** Adam with decay rates 0.9 and 0.999. */
    ADAM("Adam, decay 0.9 and 0.999") {
        @Override
        public Optimizer create(Tracker learningRate, Block block) {
            return adam(learningRate, 0.999f);
        }
    },

    /** Adam with decay rates 0.9 and 0.9999, as in the code of the decorrelation paper. */
    ADAM_9999("Adam, decay 0.9 and 0.9999") {
        @Override
        public Optimizer create(Tracker learningRate, Block block) {
            return adam(learningRate, 0.9999f);
        }
    },

    /**
     * Matrix update equalization: one adaptive rate per weight matrix, see {@link Mq}. Networks
     * with convolutions keep less of the past, as in the code of the paper.
     */
    MQ("MQ") {
        @Override
        public Optimizer create(Tracker learningRate, Block block) {
            return Mq.builder()
                    .setBlock(block)
                    .setLearningRateTracker(learningRate)
                    .optKeep(hasConvolutions(block) ? 0.999 : 0.9999)
                    .build();
        }
    };

    private final String title;

    OptimizerKind(String title) {
        this.title = title;
    }

    private static boolean hasConvolutions(Block block) {
        return block instanceof Convolution
                || block.getChildren().values().stream().anyMatch(OptimizerKind::hasConvolutions);
    }

    private static Optimizer adam(Tracker learningRate, float secondDecay) {
        return Optimizer.adam()
                .optLearningRateTracker(learningRate)
                .optBeta1(0.9f)
                .optBeta2(secondDecay)
                .build();
    }

    /**
     * Returns the names on the command line.
     *
     * @return the names
     */
    public static List<String> names() {
        return Arrays.stream(values()).map(OptimizerKind::toString).toList();
    }

    /**
     * Finds an optimizer by its name on the command line.
     *
     * @param name the name
     * @return the optimizer, or empty if there is none of that name
     */
    public static Optional<OptimizerKind> named(String name) {
        return Arrays.stream(values()).filter(kind -> kind.toString().equals(name)).findFirst();
    }

    /**
     * Returns a new optimizer without weight decay and without clipping.
     *
     * @param learningRate the learning rate of each step
     * @param block the block whose parameters it is for
     * @return the optimizer
     */
    public abstract Optimizer create(Tracker learningRate, Block block);

    /**
     * Returns a new optimizer without weight decay and without clipping.
     *
     * @param learningRate the learning rate, the same at every step
     * @param block the block whose parameters it is for
     * @return the optimizer
     */
    public Optimizer create(float learningRate, Block block) {
        return create(Tracker.fixed(learningRate), block);
    }

    /**
     * Returns what a report calls the optimizer.
     *
     * @return name and settings
     */
    public String title() {
        return title;
    }

    /** Returns the name on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
