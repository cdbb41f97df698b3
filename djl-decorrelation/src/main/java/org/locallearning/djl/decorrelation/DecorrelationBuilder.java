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
import java.util.function.Consumer;

/**
 * What every builder of decorrelation layers has: the settings of the rule, all together or the
 * usual ones by themselves.
 *
 * <pre>{@code
 * Decorrelation.builder().optRate(1e-4).optGain(Gain.UNITWISE).build();
 * Decorrelate.builder().optCost(Cost.rank(64).withSampleFraction(0.2)).build();
 * }</pre>
 *
 * @param <B> the type of the builder
 */
public interface DecorrelationBuilder<B> {

    /**
     * Changes some of the settings.
     *
     * @param change what to change, such as {@code options -> options.optDiagonal(false)}
     * @return this builder
     */
    B optOptions(Consumer<DecorrelationOptions.Builder> change);

    /**
     * Sets all the settings, for several layers that share them.
     *
     * @param options the settings
     * @return this builder
     */
    default B optOptions(DecorrelationOptions options) {
        return optOptions(builder -> builder.set(options));
    }

    /**
     * Sets the decorrelation rate η; 1e-5 by default.
     *
     * @param rate the rate, at least 0
     * @return this builder
     * @see DecorrelationOptions.Builder#optRate(double)
     */
    default B optRate(double rate) {
        return optOptions(builder -> builder.optRate(rate));
    }

    /**
     * Sets a schedule for the decorrelation rate, over the training forwards of each layer.
     *
     * @param schedule the schedule
     * @return this builder
     */
    default B optRate(Tracker schedule) {
        return optOptions(builder -> builder.optRate(schedule));
    }

    /**
     * Sets the kind of gain; {@link Gain#MEAN_OF_RATIOS} by default.
     *
     * @param gain the kind of gain
     * @return this builder
     */
    default B optGain(Gain gain) {
        return optOptions(builder -> builder.optGain(gain));
    }

    /**
     * Sets the gain with its limits and what it compares with.
     *
     * @param gain the gain, such as {@code Gain.SCALAR.within(0.5, 2)}
     * @return this builder
     */
    default B optGain(GainOptions gain) {
        return optOptions(builder -> builder.optGain(gain));
    }

    /**
     * Sets which mean is removed from the input; {@link MeanRemoval#BATCH} by default.
     *
     * @param removal which mean is removed
     * @return this builder
     */
    default B optMean(MeanRemoval removal) {
        return optOptions(builder -> builder.optMean(removal));
    }

    /**
     * Sets which mean is removed from the input, and how fast the running mean follows.
     *
     * @param mean the mean, such as {@code MeanRemoval.RUNNING.withMomentum(0.01)}
     * @return this builder
     */
    default B optMean(MeanOptions mean) {
        return optOptions(builder -> builder.optMean(mean));
    }

    /**
     * Sets the form of M, and how much of a batch it learns from, and how often; {@link Cost#full}
     * by default.
     *
     * @param cost the cost, such as {@code Cost.rank(64)}
     * @return this builder
     */
    default B optCost(Cost cost) {
        return optOptions(builder -> builder.optCost(cost));
    }
}
