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
package org.locallearning.djl.examples.doctor;

import com.google.gson.GsonBuilder;
import java.util.List;
import org.locallearning.djl.examples.environment.Build;
import org.locallearning.djl.examples.environment.Machine;

/**
 * What the doctor found.
 *
 * @param machine the machine; null if the engine did not start
 * @param build what of this program ran
 * @param natives where the engine's natives are; null if it did not start
 * @param troubles what keeps the engine from a GPU, a sentence each
 * @param devices the devices with their memory
 * @param product the error of a matrix product of the first device, against float64
 * @param convolution the error of a convolution
 * @param checks one training step of every method
 * @param times how long a step of some methods takes
 * @param healthy whether every number is right
 */
record DoctorReport(
        Machine machine,
        Build build,
        String natives,
        List<String> troubles,
        List<String> devices,
        double product,
        double convolution,
        List<Check> checks,
        List<StepTime> times,
        boolean healthy) {

    /**
     * How long a step takes.
     *
     * @param method the method
     * @param model the model
     * @param milliseconds the median
     */
    record StepTime(String method, String model, double milliseconds) {}

    String toJson() {
        return new GsonBuilder()
                .setPrettyPrinting()
                .serializeSpecialFloatingPointValues()
                .disableHtmlEscaping()
                .create()
                .toJson(this);
    }
}
