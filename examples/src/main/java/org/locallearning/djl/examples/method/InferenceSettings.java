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

import java.util.List;
import org.locallearning.djl.pc.InferenceLearning;

/**
 * How a predictive coding network finds its activities before weights move. What is null is the
 * rule's own: a clamp of 100, steps that get smaller, precisions of 1, no decay of activities.
 *
 * @param iterations the number of inference iterations, T, null before it is known for which model
 * @param stepSize the step of an activity, ε
 * @param clamp how hard the output is clamped, β
 * @param stepDecay whether steps get smaller from iteration to iteration
 * @param activityDecay the weight of what keeps activities small, γ_decay
 * @param precisions the weights of the errors of layers from the input to the output, γ
 */
public record InferenceSettings(
        Integer iterations,
        double stepSize,
        Double clamp,
        Boolean stepDecay,
        Double activityDecay,
        List<Double> precisions) {

    /**
     * Creates the settings.
     *
     * @param iterations the number of inference iterations, T, at least 1, or null for what {@link
     *     #on} finds
     * @param stepSize the step of an activity, ε, above 0 and at most 2
     * @param clamp how hard the output is clamped, above 0 and finite, since results hold it, or
     *     null
     * @param stepDecay whether steps get smaller from iteration to iteration, or null
     * @param activityDecay the weight of what keeps activities small, at least 0, or null
     * @param precisions the weights of the errors of layers, each at least 0, or null
     * @throws IllegalArgumentException if a value is out of its range
     */
    public InferenceSettings {
        precisions = precisions == null ? null : List.copyOf(precisions);
        InferenceLearning.Builder rule = InferenceLearning.builder().optStepSize(stepSize);
        if (iterations != null) {
            rule.optIterations(iterations);
        }
        applyChosen(rule, clamp, stepDecay, activityDecay, precisions);
    }

    /**
     * Creates settings with the rest as it is the rule's own.
     *
     * @param iterations the number of inference iterations, T, at least 1
     * @param stepSize the step of an activity, ε, above 0 and at most 2
     * @throws IllegalArgumentException if a value is out of its range
     */
    public InferenceSettings(int iterations, double stepSize) {
        this(iterations, stepSize, null, null, null, null);
    }

    /**
     * Returns these settings with a number of iterations: the chosen one, or else the model's,
     * raised so that errors reach every layer.
     *
     * @param model the model's name
     * @param least with how many iterations errors reach every layer
     * @return the settings
     */
    InferenceSettings on(String model, int least) {
        return iterations != null
                ? this
                : new InferenceSettings(
                        Math.max(preset(model).iterations, least),
                        stepSize,
                        clamp,
                        stepDecay,
                        activityDecay,
                        precisions);
    }

    /** Puts the settings into a rule. */
    InferenceLearning.Builder applyTo(InferenceLearning.Builder rule) {
        rule.optIterations(iterations).optStepSize(stepSize);
        return applyChosen(rule, clamp, stepDecay, activityDecay, precisions);
    }

    private static InferenceLearning.Builder applyChosen(
            InferenceLearning.Builder rule,
            Double clamp,
            Boolean stepDecay,
            Double activityDecay,
            List<Double> precisions) {
        if (clamp != null) {
            if (clamp.isInfinite()) {
                throw new IllegalArgumentException(
                        "The clamp of the output is finite; 1e9 is as good as fully.");
            }
            rule.optClamp(clamp);
        }
        if (stepDecay != null) {
            rule.optStepDecay(stepDecay);
        }
        if (activityDecay != null) {
            rule.optActivityDecay(activityDecay);
        }
        if (precisions != null) {
            rule.optPrecisions(precisions.stream().mapToDouble(each -> each).toArray());
        }
        return rule;
    }

    /**
     * Returns the settings of the authors' code for the networks of the paper, and what suits
     * others.
     *
     * @param model the model's name
     * @return the settings
     */
    public static InferenceSettings preset(String model) {
        return switch (model) {
            // an error takes an iteration a layer when all activities move at once
            case "dense" -> new InferenceSettings(4, 0.05);
            case "alonso-conv" -> new InferenceSettings(3, 0.04);
            case "alonso-conv-tiny" -> new InferenceSettings(4, 0.05);
            case "autoencoder" -> new InferenceSettings(6, 0.035);
            default -> new InferenceSettings(3, 0.05);
        };
    }
}
