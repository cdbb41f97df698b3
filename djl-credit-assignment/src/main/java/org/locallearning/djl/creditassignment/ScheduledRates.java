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
package org.locallearning.djl.creditassignment;

import ai.djl.nn.Parameter;
import java.util.OptionalDouble;

/**
 * The progress of the optimizer's learning rate schedule, for rules that change weights outside its
 * steps. The store that a {@link CreditTrainer} passes to {@link CreditAssigner#beforeStep} and
 * {@link CreditAssigner#afterStep} implements it.
 */
public interface ScheduledRates {

    /**
     * Returns the learning rate of the optimizer's last step relative to the largest of the
     * schedule so far, its first included: 1 for a constant rate, 0 for a step at the rate 0.
     *
     * @param parameter a parameter that was updated
     * @return the share, or empty if the optimizer does not show its rate
     */
    OptionalDouble getRateShare(Parameter parameter);

    /**
     * Returns whether the optimizer moves two parameters at the same learning rate.
     *
     * @param one a parameter
     * @param other another
     * @return true as well if the optimizer does not show its rate
     */
    boolean haveSameRate(Parameter one, Parameter other);
}
