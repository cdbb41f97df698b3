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

import java.util.ArrayList;
import java.util.List;

/**
 * The rates at which decorrelation layers learn under a method: one in general, and others for the
 * models and data sets that want them.
 */
public final class DecorrelationRates {

    /** The rate that the paper's grid search found best for most nets (its table 2). */
    public static final double USUAL = 1e-5;

    private final List<Preset> presets;

    private DecorrelationRates(List<Preset> presets) {
        this.presets = presets;
    }

    /**
     * Creates a preset that holds for every model and data set.
     *
     * @param rate the rate
     * @return the presets
     */
    public static DecorrelationRates of(double rate) {
        return new DecorrelationRates(
                List.of(new Preset(LearningRates.ANY, LearningRates.ANY, rate)));
    }

    /**
     * Returns presets with another rate for one model, before which the rates so far step back.
     *
     * @param dataset the data set's name, or {@link LearningRates#ANY}
     * @param model the model's name, or {@link LearningRates#ANY}
     * @param rate the rate
     * @return these presets and the new one
     */
    public DecorrelationRates with(String dataset, String model, double rate) {
        List<Preset> more = new ArrayList<>(presets);
        more.add(new Preset(dataset, model, rate));
        return new DecorrelationRates(List.copyOf(more));
    }

    /**
     * Returns the rate for a data set and a model.
     *
     * @param dataset the data set's name
     * @param model the model's name
     * @return the rate that was set last of those that hold for both
     */
    public double rate(String dataset, String model) {
        double rate = Double.NaN;
        for (Preset preset : presets) {
            if (preset.holds(dataset, model)) {
                rate = preset.rate;
            }
        }
        return rate;
    }

    private record Preset(String dataset, String model, double rate) {

        boolean holds(String otherDataset, String otherModel) {
            return (dataset.equals(LearningRates.ANY) || dataset.equals(otherDataset))
                    && (model.equals(LearningRates.ANY) || model.equals(otherModel));
        }
    }
}
