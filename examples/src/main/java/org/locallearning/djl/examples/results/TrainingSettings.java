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
package org.locallearning.djl.examples.results;

import java.util.Map;
import org.locallearning.djl.creditassignment.provenance.TrainingRecord;

/**
 * Every setting of a run, as rule, loss and optimizer print theirs, and what it was trained on.
 *
 * @param rule the learning rule
 * @param loss the loss
 * @param optimizer the optimizer with its rates
 * @param decorrelation the settings of decorrelation layers by path, null without any
 * @param dataSha256 the SHA-256 of the images and labels that were trained on
 */
public record TrainingSettings(
        String rule,
        String loss,
        String optimizer,
        Map<String, String> decorrelation,
        String dataSha256) {

    /**
     * Takes the settings out of a record of training.
     *
     * @param made the record
     * @return the settings
     */
    public static TrainingSettings of(TrainingRecord made) {
        return new TrainingSettings(
                made.training().rule(),
                made.training().loss(),
                made.training().optimizer(),
                made.training().decorrelation(),
                made.data().sha256());
    }
}
