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
import java.util.Objects;

/**
 * One training run, finished or diverged: one method with one seed.
 *
 * @param method the method's name
 * @param seed the seed of initial weights, data order and feedback
 * @param optimizer the optimizer's name; null in results of before methods had one of their own
 * @param learningRate the learning rate that was used
 * @param decorrelationRate the rate of decorrelation layers, null for a method without them
 * @param settings every setting of the run; null in results of before it was kept
 * @param epochs the epochs in order; of a run that diverged, those before
 * @param classification how images that were not trained on were classified after the last epoch:
 *     test images, or, of a run that did not look at them, those held out for validation; null for
 *     other tasks
 * @param alignment measurements of alignment with backpropagation, empty for backpropagation itself
 * @param correlations measurements at decorrelation layers, empty without them
 * @param correlationMaps the latest correlations at every decorrelation layer, empty without them
 * @param divergence where the run diverged, null for one that was finished
 */
public record RunResult(
        String method,
        int seed,
        String optimizer,
        float learningRate,
        Double decorrelationRate,
        TrainingSettings settings,
        List<EpochResult> epochs,
        ClassificationResult classification,
        List<AlignmentResult> alignment,
        List<CorrelationResult> correlations,
        List<CorrelationMap> correlationMaps,
        Divergence divergence) {

    /**
     * Creates a result; measurements that files of older versions lack are empty.
     *
     * @param method the method's name
     * @param seed the seed
     * @param optimizer the optimizer's name
     * @param learningRate the learning rate
     * @param decorrelationRate the rate of decorrelation layers
     * @param settings every setting of the run
     * @param epochs the epochs in order
     * @param classification how test images were classified
     * @param alignment measurements of alignment
     * @param correlations measurements at decorrelation layers
     * @param correlationMaps correlations at decorrelation layers
     * @param divergence where the run diverged
     * @throws IllegalArgumentException if there is no method or no epoch, as in a damaged file
     */
    public RunResult {
        if (method == null
                || epochs == null
                || epochs.stream().anyMatch(Objects::isNull)
                || epochs.isEmpty() && divergence == null) {
            throw new IllegalArgumentException("A run has a method and the results of its epochs.");
        }
        alignment = alignment == null ? List.of() : alignment;
        correlations = correlations == null ? List.of() : correlations;
        correlationMaps = correlationMaps == null ? List.of() : correlationMaps;
    }

    /**
     * Creates the result of a run that was finished.
     *
     * @param method the method's name
     * @param seed the seed
     * @param optimizer the optimizer's name
     * @param learningRate the learning rate
     * @param decorrelationRate the rate of decorrelation layers
     * @param settings every setting of the run
     * @param epochs the epochs in order
     * @param classification how test images were classified
     * @param alignment measurements of alignment
     * @param correlations measurements at decorrelation layers
     * @param correlationMaps correlations at decorrelation layers
     */
    public RunResult(
            String method,
            int seed,
            String optimizer,
            float learningRate,
            Double decorrelationRate,
            TrainingSettings settings,
            List<EpochResult> epochs,
            ClassificationResult classification,
            List<AlignmentResult> alignment,
            List<CorrelationResult> correlations,
            List<CorrelationMap> correlationMaps) {
        this(
                method,
                seed,
                optimizer,
                learningRate,
                decorrelationRate,
                settings,
                epochs,
                classification,
                alignment,
                correlations,
                correlationMaps,
                null);
    }

    /**
     * Returns whether the run diverged.
     *
     * @return whether it was not finished
     */
    public boolean diverged() {
        return divergence != null;
    }

    /**
     * Returns this run without the times that it took, which no two runs share.
     *
     * @return the same, with 0 seconds for every epoch
     */
    public RunResult withoutTimes() {
        return withEpochs(epochs.stream().map(EpochResult::withoutTime).toList());
    }

    /**
     * Returns runs as far as all of them have come, so that a mean over them is of the same runs
     * from its first epoch to its last. Runs without an epoch are left out.
     *
     * @param runs the runs
     * @return those that have an epoch, all with as many
     */
    public static List<RunResult> asFarAsAll(List<RunResult> runs) {
        List<RunResult> begun = runs.stream().filter(run -> !run.epochs.isEmpty()).toList();
        int common = begun.stream().mapToInt(run -> run.epochs.size()).min().orElse(0);
        return begun.stream().map(run -> run.withEpochs(run.epochs.subList(0, common))).toList();
    }

    private RunResult withEpochs(List<EpochResult> others) {
        return new RunResult(
                method,
                seed,
                optimizer,
                learningRate,
                decorrelationRate,
                settings,
                others,
                classification,
                alignment,
                correlations,
                correlationMaps,
                divergence);
    }

    /**
     * Returns the last epoch.
     *
     * @return the result of the last epoch, of a run that was finished
     */
    public EpochResult last() {
        return epochs.get(epochs.size() - 1);
    }
}
