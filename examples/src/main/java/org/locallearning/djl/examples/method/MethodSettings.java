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
import org.locallearning.djl.creditassignment.lra.LocalRepresentationAlignment;
import org.locallearning.djl.creditassignment.rule.FeedbackDistribution;
import org.locallearning.djl.examples.output.Counted;

/**
 * What is chosen for single methods.
 *
 * @param inference how predictive coding finds activities
 * @param errorGap the gap of rec-LRA: the output sends its error to every layer whose number, from
 *     1, is a multiple of it, the others get theirs from the layer above
 * @param alignment what replaces the own settings of local representation alignment, null for
 *     nothing
 * @param feedbackDensity the share of random feedback weights that are not zero, null for all
 */
public record MethodSettings(
        InferenceSettings inference,
        int errorGap,
        AlignmentSettings alignment,
        Double feedbackDensity) {

    /**
     * Creates the settings.
     *
     * @param inference how predictive coding finds activities
     * @param errorGap the gap of rec-LRA, at least 1
     * @param alignment what replaces the own settings of local representation alignment, null or
     *     {@link AlignmentSettings#NONE} for nothing
     * @param feedbackDensity the share of random feedback weights that are not zero, null for all
     * @throws IllegalArgumentException if the gap is not at least 1, or the share not above 0 and
     *     at most 1
     */
    public MethodSettings {
        if (errorGap < 1) {
            throw new IllegalArgumentException(
                    "The gap of rec-LRA is at least 1 layer, not " + errorGap + ".");
        }
        if (feedbackDensity != null) {
            FeedbackDistribution.kaimingUniform().withDensity(feedbackDensity);
        }
        // what was written before there were such settings is what is written without them
        alignment = AlignmentSettings.NONE.equals(alignment) ? null : alignment;
    }

    /**
     * Creates the settings of predictive coding and the gap.
     *
     * @param inference how predictive coding finds activities
     * @param errorGap the gap of rec-LRA, at least 1
     */
    public MethodSettings(InferenceSettings inference, int errorGap) {
        this(inference, errorGap, null, null);
    }

    /**
     * Returns whether a method is another than its description says.
     *
     * @param method the method
     * @return whether settings take the place of its own
     */
    public boolean changes(Method method) {
        return alignment != null && method.uses(MethodSetting.ALIGNMENT);
    }

    /**
     * Checks what is chosen layer by layer against a model.
     *
     * @param layers the number of the model's layers with weights, a container of branches being
     *     one
     * @throws IllegalArgumentException if another number of weights is chosen
     */
    public void checkLayers(int layers) {
        checkOneEach("--inference-precisions", inference.precisions(), layers);
        checkOneEach("--error-weights", alignment == null ? null : alignment.weights(), layers);
    }

    /**
     * Returns these settings for a model, with as many iterations of inference as it takes where
     * none were chosen.
     *
     * @param model the model's name
     * @param iterations with how many iterations errors reach every layer of the model
     * @return the settings
     */
    public MethodSettings on(String model, int iterations) {
        return new MethodSettings(
                inference.on(model, iterations), errorGap, alignment, feedbackDensity);
    }

    private static void checkOneEach(String option, List<Double> weights, int layers) {
        if (weights != null && weights.size() != layers) {
            throw new IllegalArgumentException(
                    String.format(
                            "%s gives %s, but the model has %s, branches that are joined being one:"
                                    + " give a weight for each, from the input to the output.",
                            option,
                            Counted.of(weights.size(), "weight"),
                            Counted.of(layers, "layer")));
        }
    }

    /** Puts what was chosen into a rule of local representation alignment. */
    LocalRepresentationAlignment.Builder applyTo(LocalRepresentationAlignment.Builder rule) {
        return alignment == null ? rule : alignment.applyTo(rule);
    }

    /** Returns the distribution of random feedback weights. */
    FeedbackDistribution feedback() {
        FeedbackDistribution dense = FeedbackDistribution.kaimingUniform();
        return feedbackDensity == null ? dense : dense.withDensity(feedbackDensity);
    }

    /**
     * Returns what suits a model.
     *
     * @param model the model's name
     * @return the settings
     */
    public static MethodSettings preset(String model) {
        return new MethodSettings(InferenceSettings.preset(model), 1);
    }
}
