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
package org.locallearning.djl.examples.commandline;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.locallearning.djl.examples.environment.EngineThreads;
import org.locallearning.djl.examples.method.DecorrelationSettings;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.method.MethodNames;
import org.locallearning.djl.examples.method.MethodSettings;
import org.locallearning.djl.examples.method.Methods;
import org.locallearning.djl.examples.method.OptimizerKind;
import org.locallearning.djl.examples.method.OptimizerNames;
import org.locallearning.djl.examples.training.TrainingPlan;
import picocli.CommandLine.Option;

/** How to train, on the command line of what trains side by side. */
public final class TrainingArguments {

    @Option(
            names = "--methods",
            split = ",",
            paramLabel = "NAME",
            defaultValue = "bp,fa,dfa",
            completionCandidates = MethodNames.class,
            description =
                    "Methods to compare, out of those listed below, each also as"
                            + " METHOD-OPTIMIZER, such as seqil-mq or bp-sgd, and followed by"
                            + " +decor, for decorrelation layers, or by +recurrent (the same by"
                            + " lateral dynamics), +whitening, +batchnorm or +ghostnorm, for"
                            + " other layers in their place"
                            + " (default: ${DEFAULT-VALUE}).")
    private List<String> methods;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            defaultValue = "10",
            description = "Passes over the training images (default: ${DEFAULT-VALUE}).")
    private int epochs;

    @Option(
            names = "--seeds",
            paramLabel = "N",
            defaultValue = "1,2,3",
            converter = Seeds.Converter.class,
            description =
                    "One run per method and seed; 1..5 is 1,2,3,4,5 (default: ${DEFAULT-VALUE}).")
    private Seeds seeds;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "64",
            description = "Images per training step (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Serves(Purpose.OPTIMIZER)
    @Option(
            names = "--optimizer",
            paramLabel = "NAME",
            defaultValue = "adam",
            completionCandidates = OptimizerNames.class,
            converter = OptimizerNames.Converter.class,
            description =
                    "Optimizer of methods that do not name their own, out of"
                            + " ${COMPLETION-CANDIDATES}; il, seqil and ipc take sgd unless"
                            + " named otherwise (default: ${DEFAULT-VALUE}).")
    private OptimizerKind optimizer;

    @Option(
            names = "--projection-radius",
            paramLabel = "X",
            defaultValue = "0",
            description =
                    "Project the gradient of every parameter onto a ball of this radius before the"
                            + " optimizer sees it; 0 for no projection (default:"
                            + " ${DEFAULT-VALUE}).")
    private double projectionRadius;

    @Option(
            names = "--learning-rate",
            split = ",",
            paramLabel = "METHOD=RATE",
            description =
                    "Learning rate of a method (default: presets per method, data set,"
                            + " model and optimizer, which the last table names).")
    private Map<String, Float> learningRates = new LinkedHashMap<>();

    @Serves(Purpose.DECORRELATION)
    @Option(
            names = "--decor-rate",
            split = ",",
            paramLabel = "METHOD=RATE",
            description =
                    "Rate of the decorrelation layers of a method, such as fa+decor=1e-5"
                            + " (default: presets per method, data set and model).")
    private Map<String, Double> decorrelationRates = new LinkedHashMap<>();

    @Serves(Purpose.ALIGNMENT)
    @Option(
            names = "--alignments",
            paramLabel = "N",
            defaultValue = "4",
            description =
                    "Measure the angle to backpropagation about N times per epoch; each time"
                            + " costs one backward pass more (default: ${DEFAULT-VALUE}).")
    private int alignments;

    @Serves(Purpose.DECORRELATION)
    @Option(
            names = "--correlations",
            paramLabel = "N",
            defaultValue = "4",
            description =
                    "Measure the correlations before and after every decorrelation layer about"
                            + " N times per epoch (default: ${DEFAULT-VALUE}).")
    private int correlations;

    @Option(
            names = "--evaluations",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "Measure on the test images, or on those of --validation, N times per epoch,"
                            + " the last time at its end, so that a time to an accuracy is known"
                            + " to 1/N epoch (default: ${DEFAULT-VALUE}).")
    private int evaluations;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description =
                    "Threads of one operation (default: half of the processors,"
                            + " ${DEFAULT-VALUE} here).")
    private int threads = EngineThreads.byDefault();

    /** Creates the options; picocli fills them in. */
    public TrainingArguments() {}

    /**
     * Returns the methods.
     *
     * @return the methods in the order of their names
     * @throws IllegalArgumentException if a name is unknown or given twice
     */
    public List<Method> methods() {
        return Methods.named(methods);
    }

    /**
     * Returns the seeds.
     *
     * @return the seeds
     */
    public List<Integer> seeds() {
        return seeds.values();
    }

    /**
     * Returns how every run trains.
     *
     * @param settings what was chosen for single methods
     * @param decorrelation what was chosen for decorrelation layers
     * @return the plan
     * @throws IllegalArgumentException if a value is out of its range
     */
    public TrainingPlan plan(MethodSettings settings, DecorrelationSettings decorrelation) {
        return TrainingPlan.builder()
                .setEpochs(epochs)
                .setBatch(batch)
                .setOptimizer(optimizer)
                .setMethods(settings)
                .optDecorrelation(decorrelation)
                .optAlignments(alignments)
                .optCorrelations(correlations)
                .optEvaluations(evaluations)
                .optProjection(projectionRadius)
                .build();
    }

    /**
     * Returns the learning rates that were chosen.
     *
     * @return the rates by the name of the method
     */
    public Map<String, Float> learningRates() {
        return learningRates;
    }

    /**
     * Returns the rates of decorrelation layers that were chosen.
     *
     * @return the rates by the name of the method
     * @throws IllegalArgumentException if a method has no decorrelation layers
     */
    public Map<String, Double> decorrelationRates() {
        for (String method : decorrelationRates.keySet()) {
            if (!Methods.named(method).decorrelated()) {
                throw new IllegalArgumentException(
                        String.format(
                                "--decor-rate names the method '%s', which has no decorrelation"
                                        + " layers: name '%s'.",
                                method, method + Method.DECORRELATED));
            }
        }
        return decorrelationRates;
    }

    /**
     * Returns the threads of one operation.
     *
     * @return the number
     */
    public int threads() {
        return threads;
    }

    /**
     * Checks what was chosen.
     *
     * @throws IllegalArgumentException if a number is too small
     */
    public void check() {
        checkAtLeast("--epochs", epochs, 1);
        checkAtLeast("--batch", batch, 1);
        EngineThreads.check(threads);
        checkAtLeast("--alignments", alignments, 0);
        checkAtLeast("--correlations", correlations, 0);
        checkAtLeast("--evaluations", evaluations, 1);
    }

    private static void checkAtLeast(String option, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(
                    option + " is at least " + least + ", not " + value + ".");
        }
    }
}
