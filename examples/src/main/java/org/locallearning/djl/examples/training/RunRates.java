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

import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.method.OptimizerKind;

/**
 * The rates of one run.
 *
 * @param learning the learning rate of the optimizer
 * @param decorrelation the rate of decorrelation layers, null for a method without them
 */
public record RunRates(float learning, Double decorrelation) {

    /**
     * Returns the rates that a method starts with.
     *
     * @param method the method
     * @param dataset the data set's name
     * @param model the model's name
     * @param usual the optimizer of methods that have none of their own
     * @return the rates
     */
    public static RunRates preset(
            Method method, String dataset, String model, OptimizerKind usual) {
        return new RunRates(
                method.learningRates().rate(dataset, model, method.optimizer(usual)),
                method.decorrelated() ? method.decorrelationRates().rate(dataset, model) : null);
    }

    /**
     * Returns these rates with those that somebody chose in their place.
     *
     * @param chosenLearning the learning rate, or null for this one
     * @param chosenDecorrelation the rate of decorrelation layers, or null for this one
     * @return the rates
     */
    public RunRates with(Float chosenLearning, Double chosenDecorrelation) {
        return new RunRates(
                chosenLearning == null ? learning : chosenLearning,
                chosenDecorrelation == null ? decorrelation : chosenDecorrelation);
    }
}
