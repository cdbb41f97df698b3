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
package org.locallearning.djl.examples.sweep;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One run of a sweep.
 *
 * @param subject what is trained with what
 * @param setting the values of the method's axes, empty without a grid
 * @param seed the seed
 */
record Trial(Subject subject, Map<SweptOption, String> setting, int seed) {

    /**
     * What settings are chosen for: a method, which is tuned on each data set and model by itself.
     *
     * @param dataset the data set's name
     * @param model the model's name
     * @param method the method's name
     */
    record Subject(String dataset, String model, String method) {

        @Override
        public String toString() {
            return dataset + " " + model + " " + method;
        }
    }

    Trial {
        setting = Collections.unmodifiableMap(new LinkedHashMap<>(setting));
    }

    /** Returns a setting by the names of its axes. */
    static Map<String, String> names(Map<SweptOption, String> setting) {
        Map<String, String> names = new LinkedHashMap<>();
        setting.forEach((option, value) -> names.put(option.toString(), value));
        return names;
    }

    /** Writes data set, model, method and setting so that they fit the name of a file. */
    String fileName() {
        StringBuilder name = new StringBuilder();
        name.append(subject.toString().replace(' ', '-'));
        setting.forEach(
                (option, value) -> name.append('-').append(option).append('=').append(value));
        return name.append("-seed").append(seed).toString();
    }

    @Override
    public String toString() {
        return subject + ", " + SweepResults.text(names(setting)) + ", seed " + seed;
    }
}
