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

import ai.djl.training.tracker.Tracker;
import ai.djl.util.Preconditions;
import org.locallearning.djl.decorrelation.internal.Descriptions;

/**
 * The settings of the decorrelation rule; immutable.
 *
 * <p>The defaults are those that the author of "Correlations Are Ruining Your Gradient Descent"
 * ran: a gain that is the mean ratio of norms, the batch mean in training, and the covariance with
 * its diagonal, estimated from the first tenth of the batch. Three differ: the gain compares with
 * the demeaned input, not the raw one; if a tenth of the batch is few samples, one update replaces
 * several ({@link Cost#withSamplesPerUpdate}); and a convolution learns from some of the patches of
 * an image ({@link Cost#withMaxPatches}), not from all.
 *
 * @see DecorrelationRule
 */
public final class DecorrelationOptions {

    private static final MeanOptions DEFAULT_MEAN = new MeanOptions(MeanRemoval.BATCH);

    private final Tracker schedule;
    private final double rate;
    private final GainOptions gain;
    private final MeanOptions mean; // null where none was chosen
    private final Cost cost;
    private final boolean diagonal;
    private final double unitVariance;
    private final VarianceTerm varianceTerm;
    private final boolean triangular;

    private DecorrelationOptions(Builder builder) {
        schedule = builder.schedule;
        rate = builder.rate;
        gain = builder.gain;
        mean = builder.mean;
        cost = builder.cost;
        diagonal = builder.diagonal;
        unitVariance = builder.unitVariance;
        varianceTerm = builder.varianceTerm;
        triangular = builder.triangular;
    }

    /**
     * Returns the decorrelation rate η at a step.
     *
     * @param step the number of training forwards that the layer has learned from
     * @return the rate, at least 0
     * @throws IllegalArgumentException if the schedule gives another number
     */
    public double getRate(long step) {
        if (schedule == null) {
            return rate;
        }
        double scheduled = schedule.getNewValue(Math.toIntExact(step));
        Preconditions.checkArgument(
                scheduled >= 0 && Double.isFinite(scheduled),
                "The decorrelation rate must be finite and not negative, but its schedule gave "
                        + scheduled
                        + " at step "
                        + step);
        return scheduled;
    }

    /**
     * Returns how M is rescaled at every update.
     *
     * @return the gain
     */
    public GainOptions getGain() {
        return gain;
    }

    /**
     * Returns which mean is removed from the input, and how fast the running mean follows.
     *
     * @return the mean
     */
    public MeanOptions getMean() {
        return mean == null ? DEFAULT_MEAN : mean;
    }

    /**
     * Returns the form of M, and how much of a batch it learns from, and how often.
     *
     * @return the cost
     */
    public Cost getCost() {
        return cost;
    }

    /**
     * Returns whether the covariance enters the update with its diagonal.
     *
     * @return whether the covariance enters the update with its diagonal
     */
    public boolean isDiagonal() {
        return diagonal;
    }

    /**
     * Returns the weight κ of the unit-variance term.
     *
     * @return the weight, in [0, 1]
     */
    public double getUnitVariance() {
        return unitVariance;
    }

    /**
     * Returns what the unit-variance term scales.
     *
     * @return rows or columns of M
     */
    public VarianceTerm getVarianceTerm() {
        return varianceTerm;
    }

    /**
     * Returns whether M is lower triangular.
     *
     * @return whether each output is decorrelated from those before it alone
     */
    public boolean isTriangular() {
        return triangular;
    }

    /**
     * Creates a builder with the default settings.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Creates a builder with these settings, to vary some of them.
     *
     * @return a new builder
     */
    public Builder toBuilder() {
        return new Builder().set(this);
    }

    /** {@inheritDoc} */
    @Override
    public String toString() {
        return "DecorrelationOptions(rate="
                + (schedule == null ? rate : Descriptions.of(schedule))
                + ", gain="
                + gain
                + ", mean="
                + getMean()
                + ", cost="
                + cost
                + ", diagonal="
                + diagonal
                + ", unitVariance="
                + unitVariance
                + (varianceTerm == VarianceTerm.ROWS ? "" : " on columns")
                + (triangular ? ", triangular" : "")
                + ')';
    }

    /** The builder of {@link DecorrelationOptions}. */
    public static final class Builder {

        private Tracker schedule;
        private double rate = 1e-5;
        private GainOptions gain = new GainOptions(Gain.MEAN_OF_RATIOS);
        private MeanOptions mean;
        private Cost cost = Cost.full();
        private boolean diagonal = true;
        private double unitVariance;
        private VarianceTerm varianceTerm = VarianceTerm.ROWS;
        private boolean triangular;

        private Builder() {}

        /** Takes over other settings. */
        Builder set(DecorrelationOptions options) {
            schedule = options.schedule;
            rate = options.rate;
            gain = options.gain;
            mean = options.mean;
            cost = options.cost;
            diagonal = options.diagonal;
            unitVariance = options.unitVariance;
            varianceTerm = options.varianceTerm;
            triangular = options.triangular;
            return this;
        }

        /**
         * Sets the decorrelation rate η; 1e-5 by default.
         *
         * <p>Stable where η times the largest eigenvalue of the layer's output covariance is below
         * 1; for standardized images that eigenvalue is of the order of 100 to 1000. With rate 0
         * nothing is learned and M stays as it is.
         *
         * @param rate the rate, at least 0
         * @return this builder
         */
        public Builder optRate(double rate) {
            Preconditions.checkArgument(
                    rate >= 0 && Double.isFinite(rate),
                    "The decorrelation rate must be finite and not negative, but is " + rate);
            this.rate = rate;
            schedule = null;
            return this;
        }

        /**
         * Sets a schedule for the decorrelation rate, over the training forwards of each layer.
         *
         * @param schedule the schedule, which gives finite numbers of at least 0; called with the
         *     number of training forwards that the layer has learned from
         * @return this builder
         */
        public Builder optRate(Tracker schedule) {
            this.schedule = schedule;
            return this;
        }

        /**
         * Sets the kind of gain; {@link Gain#MEAN_OF_RATIOS} by default.
         *
         * @param gain the kind of gain
         * @return this builder
         */
        public Builder optGain(Gain gain) {
            return optGain(new GainOptions(gain));
        }

        /**
         * Sets the gain with its limits and what it compares with.
         *
         * @param gain the gain, such as {@code Gain.SCALAR.within(0.5, 2)}
         * @return this builder
         */
        public Builder optGain(GainOptions gain) {
            this.gain = gain;
            return this;
        }

        /**
         * Sets which mean is removed from the input; {@link MeanRemoval#BATCH} by default.
         *
         * @param removal which mean is removed
         * @return this builder
         */
        public Builder optMean(MeanRemoval removal) {
            return optMean(new MeanOptions(removal));
        }

        /**
         * Sets which mean is removed from the input, and how fast the running mean follows.
         *
         * @param mean the mean, such as {@code MeanRemoval.RUNNING.withMomentum(0.01)}
         * @return this builder
         */
        public Builder optMean(MeanOptions mean) {
            this.mean = mean;
            return this;
        }

        /**
         * Sets the form of M, and how much of a batch it learns from, and how often; {@link
         * Cost#full} by default.
         *
         * @param cost the cost, such as {@code Cost.rank(64)}
         * @return this builder
         */
        public Builder optCost(Cost cost) {
            this.cost = cost;
            return this;
        }

        /**
         * Sets whether the covariance enters the update with its diagonal, as in the paper; true by
         * default.
         *
         * @param diagonal false to push on the off-diagonal correlations alone
         * @return this builder
         */
        public Builder optDiagonal(boolean diagonal) {
            this.diagonal = diagonal;
            return this;
        }

        /**
         * Sets the weight κ of a term that drives each output to unit variance; 0, no such term, by
         * default.
         *
         * @param unitVariance the weight, in [0, 1]
         * @return this builder
         */
        public Builder optUnitVariance(double unitVariance) {
            Preconditions.checkArgument(
                    unitVariance >= 0 && unitVariance <= 1,
                    "The weight of the unit-variance term must be in [0, 1], but is "
                            + unitVariance);
            this.unitVariance = unitVariance;
            return this;
        }

        /**
         * Sets the weight κ of the unit-variance term, and what it scales.
         *
         * <p>{@code optUnitVariance(κ, VarianceTerm.COLUMNS)} with {@code optDiagonal(false)},
         * {@code optGain(Gain.NONE)} and {@code optMean(MeanRemoval.NONE)} is the update of the
         * decorbp library: {@code M ← M − η [(1 − κ) (C − diag C) M + κ M diag(v)]}.
         *
         * @param unitVariance the weight, in [0, 1]
         * @param term whether rows or columns of M are scaled; rows by default
         * @return this builder
         */
        public Builder optUnitVariance(double unitVariance, VarianceTerm term) {
            varianceTerm = term;
            return optUnitVariance(unitVariance);
        }

        /**
         * Sets whether M is lower triangular; false by default.
         *
         * <p>Each output is then decorrelated from those before it alone, {@code M ← g (M − η
         * tril(C) M)}, which has the same fixed points: a covariance without entries off its
         * diagonal. Half of the connections serve, and none is mutual. The update forms C, at
         * {@code K n² + n³} multiply-adds for K sampled rows however few they are.
         *
         * @param triangular true for a lower triangular matrix
         * @return this builder
         */
        public Builder optTriangular(boolean triangular) {
            this.triangular = triangular;
            return this;
        }

        /** Returns whether a mean was chosen. */
        boolean hasMean() {
            return mean != null;
        }

        /**
         * Builds the settings.
         *
         * @return the settings
         * @throws IllegalArgumentException if settings exclude each other
         */
        public DecorrelationOptions build() {
            boolean byFeature =
                    gain.kind() == Gain.UNITWISE || unitVariance != 0 || !diagonal || triangular;
            Preconditions.checkArgument(
                    cost.getRank() == 0 || !byFeature,
                    "A matrix of low rank goes with neither a unit-wise gain, a unit-variance"
                            + " term, a covariance without diagonal nor a triangular form; leave"
                            + " out Cost.rank or those");
            return new DecorrelationOptions(this);
        }
    }
}
