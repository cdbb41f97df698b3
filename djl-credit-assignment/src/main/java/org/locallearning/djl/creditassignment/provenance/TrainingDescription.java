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

import java.util.Map;

/**
 * How a model was trained, as printed by rule, loss and optimizer. Unknown components are null.
 *
 * @param method the program's name for the method, such as {@code kp+decor}
 * @param rule the learning rule with every setting
 * @param loss the loss with every setting
 * @param optimizer the optimizer with every setting and its rates
 * @param decorrelation the settings of decorrelation, by the path of the layer; null without any
 * @param seeds the seeds, by purpose
 * @param batch the number of samples in a batch
 * @param epochs the number of passes over the data done
 * @param batches the number of batches done after those epochs, 0 between epochs
 */
public record TrainingDescription(
        String method,
        String rule,
        String loss,
        String optimizer,
        Map<String, String> decorrelation,
        Map<String, Long> seeds,
        Integer batch,
        Integer epochs,
        Integer batches) {

    /**
     * Checks the numbers.
     *
     * @param method what a program calls the method
     * @param rule the learning rule
     * @param loss the loss
     * @param optimizer the optimizer
     * @param decorrelation the settings of decorrelation
     * @param seeds the seeds
     * @param batch samples in a batch, at least 1
     * @param epochs passes over the data that are done, at least 0
     * @param batches batches that are done after those epochs, at least 0
     */
    public TrainingDescription {
        decorrelation = RecordJson.copy(decorrelation);
        seeds = RecordJson.copy(seeds);
        RecordJson.checkAtLeast("the size of a batch", batch, 1);
        RecordJson.checkAtLeast("the number of epochs", epochs, 0);
        RecordJson.checkAtLeast("the number of batches", batches, 0);
    }
}
