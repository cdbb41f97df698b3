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

import org.locallearning.djl.pc.InferenceLearning;

/**
 * How a predictive coding network finds its activities before weights move.
 *
 * @param iterations the number of inference iterations, T
 * @param stepSize the step of an activity, ε
 */
public record InferenceSettings(int iterations, double stepSize) {

    /**
     * Creates the settings.
     *
     * @param iterations the number of inference iterations, T, at least 1
     * @param stepSize the step of an activity, ε, above 0 and at most 2
     * @throws IllegalArgumentException if a value is out of its range
     */
    public InferenceSettings {
        InferenceLearning.builder().optIterations(iterations).optStepSize(stepSize);
    }

    /**
     * Returns the settings of the authors' code for the networks of the paper, and what suits
     * others.
     *
     * @param model the model's name
     * @return the settings
     */
    public static InferenceSettings preset(String model) {
        return switch (model) {
            // an error takes an iteration a layer when all activities move at once
            case "dense" -> new InferenceSettings(4, 0.05);
            case "alonso-conv" -> new InferenceSettings(3, 0.04);
            case "alonso-conv-tiny" -> new InferenceSettings(4, 0.05);
            case "autoencoder" -> new InferenceSettings(6, 0.035);
            default -> new InferenceSettings(3, 0.05);
        };
    }
}
