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
package org.locallearning.djl.creditassignment.optimizer;

import ai.djl.MalformedModelException;
import ai.djl.training.Trainer;
import ai.djl.training.TrainingResult;
import ai.djl.training.listener.TrainingListenerAdapter;
import ai.djl.training.tracker.Tracker;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import org.locallearning.djl.state.StateReader;
import org.locallearning.djl.state.StateWriter;
import org.locallearning.djl.state.Stateful;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A learning rate that drops by a factor when the training loss stops falling.
 *
 * <p>It is both the optimizer's tracker and a listener, and looks at the mean training loss of each
 * epoch. Progress is a loss below the lowest so far by more than the relative threshold; after
 * {@code patience} epochs without progress the rate is multiplied by the factor and the count
 * restarts. The last rate stays, also for a later trainer: make one tracker per training, or it
 * warns.
 *
 * <pre>{@code
 * PlateauTracker rate = PlateauTracker.builder().setBaseValue(0.01f).build();
 * config.optOptimizer(Optimizer.sgd().setLearningRateTracker(rate).build())
 *         .addTrainingListeners(TrainingListener.Defaults.logging())
 *         .addTrainingListeners(rate); // after the evaluators' listener
 * }</pre>
 *
 * <p>Lillicrap, Cownden, Tweed and Akerman, "Random synaptic feedback weights support error
 * backpropagation for deep learning", Nature Communications 7 (2016), supplementary note 5.
 */
public final class PlateauTracker extends TrainingListenerAdapter implements Tracker, Stateful {

    private static final Logger logger = LoggerFactory.getLogger(PlateauTracker.class);

    private static final String RATE = "rate";
    private static final String LEAST = "least loss";
    private static final String WAITED = "epochs without progress";
    private static final String REDUCED = "reductions";

    private final float baseValue;
    private final float factor;
    private final int reductions;
    private final int patience;
    private final double threshold;
    private volatile float value;
    private volatile boolean isListening;
    private double least = Double.POSITIVE_INFINITY;
    private int epochsWithoutProgress;
    private int reduced;

    private PlateauTracker(Builder builder) {
        baseValue = builder.baseValue;
        value = baseValue;
        factor = builder.factor;
        reductions = builder.reductions;
        patience = builder.patience;
        threshold = builder.threshold;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException in the first update, if no trainer has had it among its
     *     listeners, so that the rate would never fall
     */
    @Override
    public float getNewValue(int numUpdate) {
        // trackers around it ask for its first value when they are made
        if (numUpdate > 0 && !isListening) {
            throw new IllegalStateException(
                    "A PlateauTracker sees no epochs unless it listens; add it to the configuration"
                            + " by addTrainingListeners, after the evaluators' listener.");
        }
        return value;
    }

    /** Warns where another training has left the rate below the first. */
    @Override
    public void onTrainingBegin(Trainer trainer) {
        isListening = true;
        if (reduced > 0) {
            logger.warn(
                    "A PlateauTracker that has reduced the rate {} times begins another training at"
                            + " {} in the place of {}; make a new one for each training that is to"
                            + " begin at its first rate.",
                    reduced,
                    value,
                    baseValue);
        }
    }

    /**
     * Looks at the training loss of the epoch that has ended.
     *
     * @throws IllegalStateException if the trainer knows no training loss
     */
    @Override
    public void onEpoch(Trainer trainer) {
        TrainingResult result = trainer.getTrainingResult();
        Float loss = result == null ? null : result.getTrainLoss();
        if (loss == null) {
            throw new IllegalStateException(
                    "The trainer knows no training loss; add an EvaluatorTrainingListener to its"
                            + " listeners before the PlateauTracker.");
        }
        observe(loss);
    }

    void observe(double loss) {
        double progress = Double.isInfinite(least) ? least : least - threshold * Math.abs(least);
        if (loss < progress) {
            least = loss;
            epochsWithoutProgress = 0;
        } else if (reduced < reductions && ++epochsWithoutProgress >= patience) {
            value *= factor;
            reduced++;
            epochsWithoutProgress = 0;
        }
    }

    /** {@inheritDoc} */
    @Override
    public void saveState(StateWriter out) throws IOException {
        out.putDouble(RATE, value);
        out.putDouble(LEAST, least);
        out.putLong(WAITED, epochsWithoutProgress);
        out.putLong(REDUCED, reduced);
    }

    /** {@inheritDoc} */
    @Override
    public Runnable loadState(StateReader in) throws MalformedModelException {
        in.checkNames(Set.of(RATE, LEAST, WAITED, REDUCED));
        float rate = (float) in.getDouble(RATE);
        double loss = in.getDouble(LEAST);
        long waited = in.getLong(WAITED);
        long times = in.getLong(REDUCED);
        // files of earlier versions count on after the last reduction
        boolean waits = times < reductions;
        if (!(rate >= 0)
                || waited < 0
                || waits && waited >= patience
                || times < 0
                || times > reductions) {
            throw new MalformedModelException(
                    String.format(
                            Locale.ROOT,
                            "it holds a rate of %s after %d reductions and %d epochs without"
                                    + " progress, which cannot be of %s.",
                            rate,
                            times,
                            waited,
                            this));
        }
        return () -> {
            value = rate;
            least = loss;
            epochsWithoutProgress = waits ? (int) waited : 0;
            reduced = (int) times;
        };
    }

    /** Returns the tracker, the current rate and every setting. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "PlateauTracker(%s, times %s up to %d times, patience %d, threshold %s)",
                baseValue,
                factor,
                reductions,
                patience,
                threshold);
    }

    /**
     * Creates a builder.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link PlateauTracker}. */
    public static final class Builder {

        private float baseValue;
        private float factor = 0.1f;
        private int reductions = 2;
        private int patience = 1;
        private double threshold = 0.01;

        private Builder() {}

        /**
         * Sets the first rate.
         *
         * @param baseValue the rate, above 0
         * @return this builder
         */
        public Builder setBaseValue(float baseValue) {
            this.baseValue = baseValue;
            return this;
        }

        /**
         * Sets what a rate is multiplied by to give the next.
         *
         * @param factor the factor, above 0 and below 1; 0.1 by default
         * @return this builder
         */
        public Builder optFactor(float factor) {
            if (!(factor > 0 && factor < 1)) {
                throw new IllegalArgumentException(
                        "The factor of a reduction is above 0 and below 1, not " + factor + ".");
            }
            this.factor = factor;
            return this;
        }

        /**
         * Sets how often the rate goes down.
         *
         * @param reductions the number, at least 0; 2 by default
         * @return this builder
         */
        public Builder optReductions(int reductions) {
            if (reductions < 0) {
                throw new IllegalArgumentException(
                        "A rate goes down at least 0 times, not " + reductions + ".");
            }
            this.reductions = reductions;
            return this;
        }

        /**
         * Sets after how many epochs without progress the rate goes down.
         *
         * @param patience the number, at least 1; 1 by default
         * @return this builder
         */
        public Builder optPatience(int patience) {
            if (patience < 1) {
                throw new IllegalArgumentException(
                        "The patience is at least 1 epoch, not " + patience + ".");
            }
            this.patience = patience;
            return this;
        }

        /**
         * Sets the relative decrease of the loss that counts as progress.
         *
         * @param threshold the share, at least 0 and below 1; 0.01 by default
         * @return this builder
         */
        public Builder optThreshold(double threshold) {
            if (!(threshold >= 0 && threshold < 1)) {
                throw new IllegalArgumentException(
                        "The threshold of progress is at least 0 and below 1, not "
                                + threshold
                                + ".");
            }
            this.threshold = threshold;
            return this;
        }

        /**
         * Builds the tracker.
         *
         * @return the tracker
         * @throws IllegalArgumentException if the first rate is not above 0
         */
        public PlateauTracker build() {
            if (!(baseValue > 0 && baseValue < Float.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "The first rate is above 0, not " + baseValue + "; call setBaseValue.");
            }
            return new PlateauTracker(this);
        }
    }
}
