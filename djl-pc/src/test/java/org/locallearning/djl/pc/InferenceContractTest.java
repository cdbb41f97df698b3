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
package org.locallearning.djl.pc;

import java.util.List;
import org.locallearning.djl.creditassignment.RuleCase;
import org.locallearning.djl.creditassignment.RuleContract;

/**
 * Inference learning keeps to the contract of the rules.
 *
 * <p>What the rules that send errors keep to besides is left to them: here the output's weights
 * learn from activities that have moved, so that their gradient is not that of backpropagation, and
 * labels are needed to find out that there is no error. The incremental form steps within the batch
 * and so leaves no gradients to be added up.
 */
class InferenceContractTest extends RuleContract {

    @Override
    protected List<RuleCase> rules() {
        // large steps, so that the lowest weights move by more than their rounding
        return all(0.5);
    }

    static List<RuleCase> all(double stepSize) {
        return List.of(
                rule("sequential", stepSize, InferenceLearning.builder()),
                rule(
                        "simultaneous",
                        stepSize,
                        InferenceLearning.builder()
                                .optSchedule(InferenceSchedule.SIMULTANEOUS)
                                .optIterations(6)),
                rule(
                        "with fixed predictions",
                        stepSize,
                        InferenceLearning.builder().optFixedPredictions(true)));
    }

    private static RuleCase rule(String name, double stepSize, InferenceLearning.Builder builder) {
        return new RuleCase(name, builder.optStepSize(stepSize).optStepDecay(false).build());
    }
}
