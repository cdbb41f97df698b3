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
package org.locallearning.djl.creditassignment.provenance;

/**
 * The measured accuracy of a model.
 *
 * @param value the share of samples classified correctly, 0 to 1
 * @param samples the number of samples it was measured on, none of them used in training
 */
public record MeasuredAccuracy(double value, int samples) {

    /**
     * Checks the numbers.
     *
     * @param value the share of samples whose class was found, 0 to 1
     * @param samples how many samples it was measured on, at least 1
     */
    public MeasuredAccuracy {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException("An accuracy is 0 to 1, not " + value + ".");
        }
        RecordJson.checkAtLeast("the number of test samples", samples, 1);
    }
}
