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
 * The learning rates a method starts with: one per optimizer, and others for the models and data
 * sets that want them.
 */
public final class LearningRates {

    /** Stands for every data set. */
    public static final String ANY = "";

    private final List<Preset> presets;

    private LearningRates(List<Preset> presets) {
        this.presets = presets;
    }

    /**
     * Creates presets with one optimizer's rate, which holds for every model and data set.
     *
     * @param optimizer the optimizer
     * @param rate the rate
     * @return the presets
     */
    public static LearningRates of(OptimizerKind optimizer, float rate) {
        return new LearningRates(List.of(new Preset(ANY, ANY, optimizer, rate)));
    }

    /**
     * Returns presets with another optimizer's rate, which holds for every model and data set.
     *
     * @param optimizer the optimizer
     * @param rate the rate
     * @return these presets and the new one
     */
    public LearningRates and(OptimizerKind optimizer, float rate) {
        return with(ANY, ANY, optimizer, rate);
    }

    /**
     * Returns presets with another rate for one model, before which the rates so far step back.
     *
     * @param dataset the data set's name, or {@link #ANY}
     * @param model the model's name
     * @param optimizer the optimizer
     * @param rate the rate
     * @return these presets and the new one
     */
    public LearningRates with(String dataset, String model, OptimizerKind optimizer, float rate) {
        List<Preset> more = new ArrayList<>(presets);
        more.add(new Preset(dataset, model, optimizer, rate));
        return new LearningRates(List.copyOf(more));
    }

    /**
     * Returns the rate for a data set, a model and an optimizer.
     *
     * @param dataset the data set's name
     * @param model the model's name
     * @param optimizer the optimizer
     * @return the rate that was set last of those that hold for all three; both kinds of Adam share
     *     theirs
     */
    public float rate(String dataset, String model, OptimizerKind optimizer) {
        if (optimizer == OptimizerKind.ADAM_9999) {
            return rate(dataset, model, OptimizerKind.ADAM);
        }
        float rate = Float.NaN;
        for (Preset preset : presets) {
            if (preset.optimizer == optimizer
                    && (preset.dataset.equals(ANY) || preset.dataset.equals(dataset))
                    && (preset.model.equals(ANY) || preset.model.equals(model))) {
                rate = preset.rate;
            }
        }
        return rate;
    }

    private record Preset(String dataset, String model, OptimizerKind optimizer, float rate) {}
}
