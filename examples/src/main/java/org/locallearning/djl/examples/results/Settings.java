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

import java.util.List;
import org.locallearning.djl.examples.method.DecorrelationSettings;
import org.locallearning.djl.examples.method.MethodSettings;
import org.locallearning.djl.examples.method.OptimizerKind;
import org.locallearning.djl.examples.method.RateSchedule;
import org.locallearning.djl.zoo.task.Task;

/**
 * What a comparison was asked to do; what is not set for the model or data is null. Task and
 * schedule are null in files of versions that knew one of each.
 *
 * @param dataRepository the folder the data came from, or null for the data set's own source
 * @param hidden the sizes of the hidden layers, or null for a model that fixes them
 * @param activation the activation of the hidden layers, or null for a model that fixes it
 * @param slope the slope of the leaky activation below zero, or null without one
 * @param methods the names of the methods
 * @param epochs passes over the training images
 * @param seeds the seeds
 * @param limit the greatest number of training images, 0 for all
 * @param validation how many of them were held out for validation, null for none
 * @param testLimit the greatest number of test images, 0 for all
 * @param task what the model learned, and the loss
 * @param batch images per training step
 * @param optimizer the name of the optimizer of methods that have none of their own
 * @param rateSchedule how learning rates went on from where they started
 * @param methodSettings what was chosen for single methods
 * @param standardise whether every channel was given mean 0 and variance 1
 * @param augment whether training images were varied at random
 * @param threads threads per operation
 * @param alignmentsPerEpoch how often the alignment was measured in an epoch
 * @param decorrelation what was chosen for decorrelation layers
 * @param correlationsPerEpoch how often the correlations were measured in an epoch
 * @param evaluationsPerEpoch how often the model was measured on the images held out, or on the
 *     test images, in an epoch, the last time at its end; null in files of versions that did it
 *     once
 * @param projectionRadius the radius of the ball that gradients were projected onto, or null for
 *     none
 * @param preparation what else was done to images; null in files of versions that said it in the
 *     text of the data alone
 */
public record Settings(
        String dataRepository,
        List<Integer> hidden,
        String activation,
        Float slope,
        List<String> methods,
        int epochs,
        List<Integer> seeds,
        int limit,
        Integer validation,
        int testLimit,
        Task task,
        int batch,
        String optimizer,
        RateSchedule rateSchedule,
        MethodSettings methodSettings,
        boolean standardise,
        boolean augment,
        int threads,
        int alignmentsPerEpoch,
        DecorrelationSettings decorrelation,
        int correlationsPerEpoch,
        Integer evaluationsPerEpoch,
        Double projectionRadius,
        ImagePreparation preparation) {

    /**
     * Returns what stepped along the gradients, where a method named no optimizer of its own.
     *
     * @return the optimizer's title, and the projection in front of it
     */
    public String optimizerTitle() {
        return OptimizerKind.named(optimizer).orElseThrow().title()
                + projectionTitle(projectionRadius);
    }

    /**
     * Returns what a report calls projection of gradients.
     *
     * @param radius the radius of the ball, or null for none
     * @return a phrase to follow the optimizer's title, empty without projection
     */
    public static String projectionTitle(Double radius) {
        return radius == null
                ? ""
                : ", gradients of each parameter projected onto a ball of radius " + radius;
    }
}
