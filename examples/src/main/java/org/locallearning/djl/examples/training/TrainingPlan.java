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
package org.locallearning.djl.examples.training;

import org.locallearning.djl.examples.method.DecorrelationSettings;
import org.locallearning.djl.examples.method.MethodSettings;
import org.locallearning.djl.examples.method.OptimizerKind;
import org.locallearning.djl.examples.method.RateSchedule;

/**
 * How every run of an experiment trains.
 *
 * @param epochs passes over the training images
 * @param batch images per training step
 * @param optimizer the optimizer of methods that have none of their own
 * @param schedule how learning rates go on from where they start
 * @param methods what is chosen for single methods
 * @param decorrelation what is chosen for decorrelation layers, where a method has them
 * @param alignmentsPerEpoch how often to measure the alignment with backpropagation, 0 for never
 * @param correlationsPerEpoch how often to measure the correlations at decorrelation layers, 0 for
 *     never
 * @param evaluationsPerEpoch how often to measure the model on images that it is not trained on, at
 *     least 1, for the end of every epoch
 */
public record TrainingPlan(
        int epochs,
        int batch,
        OptimizerKind optimizer,
        RateSchedule schedule,
        MethodSettings methods,
        DecorrelationSettings decorrelation,
        int alignmentsPerEpoch,
        int correlationsPerEpoch,
        int evaluationsPerEpoch) {

    /**
     * Plans to train at constant learning rates, and to measure the model after every epoch.
     *
     * @param epochs passes over the training images
     * @param batch images per training step
     * @param optimizer the optimizer of methods that have none of their own
     * @param methods what is chosen for single methods
     * @param decorrelation what is chosen for decorrelation layers, where a method has them
     * @param alignmentsPerEpoch how often to measure the alignment with backpropagation
     * @param correlationsPerEpoch how often to measure the correlations at decorrelation layers
     */
    public TrainingPlan(
            int epochs,
            int batch,
            OptimizerKind optimizer,
            MethodSettings methods,
            DecorrelationSettings decorrelation,
            int alignmentsPerEpoch,
            int correlationsPerEpoch) {
        this(
                epochs,
                batch,
                optimizer,
                RateSchedule.CONSTANT,
                methods,
                decorrelation,
                alignmentsPerEpoch,
                correlationsPerEpoch,
                1);
    }
}
