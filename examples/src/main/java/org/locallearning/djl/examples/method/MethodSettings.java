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

/**
 * What is chosen for single methods.
 *
 * @param inference how predictive coding finds activities
 * @param errorGap the gap of rec-LRA: the output sends its error to every layer whose number, from
 *     1, is a multiple of it, the others get theirs from the layer above
 */
public record MethodSettings(InferenceSettings inference, int errorGap) {

    /**
     * Creates the settings.
     *
     * @param inference how predictive coding finds activities
     * @param errorGap the gap of rec-LRA, at least 1
     * @throws IllegalArgumentException if the gap is not at least 1
     */
    public MethodSettings {
        if (errorGap < 1) {
            throw new IllegalArgumentException(
                    "The gap of rec-LRA is at least 1 layer, not " + errorGap + ".");
        }
    }

    /**
     * Returns what suits a model.
     *
     * @param model the model's name
     * @return the settings
     */
    public static MethodSettings preset(String model) {
        return new MethodSettings(InferenceSettings.preset(model), 1);
    }
}
