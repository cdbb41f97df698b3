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

import static org.locallearning.djl.examples.method.ErrorPath.DIRECT;
import static org.locallearning.djl.examples.method.ErrorPath.INCREMENTAL_INFERENCE;
import static org.locallearning.djl.examples.method.ErrorPath.INFERENCE;
import static org.locallearning.djl.examples.method.ErrorPath.LAYER_BY_LAYER;
import static org.locallearning.djl.examples.method.OptimizerKind.MQ;
import static org.locallearning.djl.examples.method.OptimizerKind.SGD;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.locallearning.djl.creditassignment.lra.ErrorDifference;
import org.locallearning.djl.creditassignment.lra.ErrorMatrixUpdate;
import org.locallearning.djl.creditassignment.lra.ErrorWiring;
import org.locallearning.djl.creditassignment.lra.LocalRepresentationAlignment;
import org.locallearning.djl.creditassignment.rule.Backpropagation;
import org.locallearning.djl.creditassignment.rule.DirectFeedbackAlignment;
import org.locallearning.djl.creditassignment.rule.FeedbackAlignment;
import org.locallearning.djl.creditassignment.rule.FeedbackDistribution;
import org.locallearning.djl.creditassignment.rule.KolenPollack;
import org.locallearning.djl.creditassignment.rule.NodePerturbation;
import org.locallearning.djl.creditassignment.rule.Pseudobackpropagation;
import org.locallearning.djl.creditassignment.rule.SignSymmetricFeedback;
import org.locallearning.djl.creditassignment.rule.WeightMirror;
import org.locallearning.djl.pc.InferenceLearning;
import org.locallearning.djl.pc.InferenceSchedule;

/**
 * The table of methods: a new one is one entry here.
 *
 * <p>Every method is also there with an optimizer of its own, under its name followed by {@link
 * Method#WITH_OPTIMIZER} and the optimizer's, and with decorrelation layers, {@link
 * Method#DECORRELATED} after that.
 */
public final class Methods {

    /** The stock trainer of DJL, to which every other method is compared. */
    public static final String BASELINE = "bp";

    /** Enough for mirrors to find the initial weights at their rate of 0.01. */
    private static final int MIRROR_PHASES = 300;

    /** Sign units change on the whole, where others move a little: their targets are far away. */
    private static final double SIGN_BETA = 0.5;

    private static final double SIGN_DEVIATION = 1;

    private static final List<Method> ALL =
            List.of(
                    Method.builder(BASELINE)
                            .setTitle("Backpropagation")
                            .setDescription("DJL's own trainer, the baseline.")
                            .setTrainer((model, config, seed, settings) -> model.newTrainer(config))
                            .setLearningRates(PresetRates.EXACT)
                            .build(),
                    Method.builder("bp-tape")
                            .setTitle("Backpropagation on the tape")
                            .setDescription(
                                    "Backpropagation through this project's own machinery, the"
                                            + " check on it.")
                            .setRule((seed, settings) -> Backpropagation.builder().build())
                            .setLearningRates(PresetRates.EXACT)
                            .build(),
                    Method.builder("fa")
                            .setTitle("Feedback alignment")
                            .setDescription(
                                    "The error goes back through fixed random weights in place of"
                                            + " the layer's own (Lillicrap et al. 2016).")
                            .setRule(
                                    (seed, settings) ->
                                            FeedbackAlignment.builder()
                                                    .optFeedback(settings.feedback().seeded(seed))
                                                    .build())
                            .addSetting(MethodSetting.FEEDBACK_DENSITY)
                            .setLearningRates(PresetRates.RANDOM)
                            .optDecorrelationRates(PresetRates.RANDOM_DECORRELATION)
                            .build(),
                    Method.builder("kp")
                            .setTitle("Kolen-Pollack learning")
                            .setDescription(
                                    "Feedback alignment whose feedback weights get the updates of"
                                            + " the weights and decay as those do, until the two"
                                            + " are the same (Kolen and Pollack 1994).")
                            .setRule(
                                    (seed, settings) ->
                                            KolenPollack.builder().optSeed(seed).build())
                            .setLearningRates(PresetRates.LEARNED)
                            .optDecorrelationRates(PresetRates.RANDOM_DECORRELATION)
                            .build(),
                    Method.builder("wm")
                            .setTitle("Weight mirrors")
                            .setDescription(
                                    "Feedback alignment whose feedback weights learn from noise"
                                            + " that drives each layer between batches (Akrout et"
                                            + " al. 2019).")
                            .setRule(
                                    (seed, settings) ->
                                            WeightMirror.builder()
                                                    .optSeed(seed)
                                                    .optInitialPhases(MIRROR_PHASES)
                                                    .build())
                            .setLearningRates(PresetRates.LEARNED)
                            .optDecorrelationRates(PresetRates.RANDOM_DECORRELATION)
                            .build(),
                    Method.builder("pbp")
                            .setTitle("Pseudobackprop")
                            .setDescription(
                                    "The error goes back through the pseudoinverse of the weights"
                                            + " in place of their transpose (Lillicrap et al."
                                            + " 2016, supplement).")
                            .setRule((seed, settings) -> Pseudobackpropagation.builder().build())
                            .setLearningRates(PresetRates.RANDOM)
                            .optDecorrelationRates(PresetRates.RANDOM_DECORRELATION)
                            .build(),
                    Method.builder("dfa")
                            .setTitle("Direct feedback alignment")
                            .setDescription(
                                    "The output's error goes straight to every hidden layer"
                                            + " through a fixed random matrix (Nøkland 2016).")
                            .setRule(
                                    (seed, settings) ->
                                            DirectFeedbackAlignment.builder()
                                                    .optFeedback(settings.feedback().seeded(seed))
                                                    .build())
                            .addSetting(MethodSetting.FEEDBACK_DENSITY)
                            .setLearningRates(PresetRates.RANDOM)
                            .optDecorrelationRates(PresetRates.RANDOM_DECORRELATION)
                            .optErrorPath(DIRECT)
                            .build(),
                    signSymmetric(
                            "usf",
                            "Uniform sign-symmetric feedback",
                            "The error goes back through the signs of the weights, all of one"
                                    + " magnitude (Liao et al. 2016).",
                            SignSymmetricFeedback.Mode.UNIFORM),
                    signSymmetric(
                            "brsf",
                            "Batchwise random sign-symmetric feedback",
                            "The error goes back through the signs of the weights, with"
                                    + " magnitudes drawn anew for every batch (Liao et al. 2016).",
                            SignSymmetricFeedback.Mode.BATCHWISE_RANDOM),
                    signSymmetric(
                            "frsf",
                            "Fixed random sign-symmetric feedback",
                            "The error goes back through the signs of the weights, with"
                                    + " magnitudes drawn once (Liao et al. 2016).",
                            SignSymmetricFeedback.Mode.FIXED_MAGNITUDE),
                    nodePerturbation(
                            "np",
                            "Node perturbation",
                            "Noise on every layer's output is correlated with what it does to the"
                                    + " loss; no error goes back (Dalm et al. 2023).",
                            NodePerturbation.Mode.NP),
                    nodePerturbation(
                            "anp",
                            "Activity-based node perturbation",
                            "Node perturbation from the measured differences of activity in place"
                                    + " of the noise put in (Dalm et al. 2023).",
                            NodePerturbation.Mode.ANP),
                    alignment(
                                    "lra",
                                    "Recursive local representation alignment",
                                    "Error matrices give every layer a target of its own, and no"
                                            + " derivative of an activation is taken (Ororbia et"
                                            + " al. 2020, as printed).",
                                    settings ->
                                            LocalRepresentationAlignment.builder()
                                                    .optWiring(
                                                            ErrorWiring.skip(settings.errorGap())))
                            .addSetting(MethodSetting.ERROR_GAP)
                            .build(),
                    alignment(
                                    "lra-e",
                                    "Local representation alignment with learned errors",
                                    "Every layer sends its error to the one below through a matrix"
                                            + " that learns as the weights do (Ororbia and Mali"
                                            + " 2019).",
                                    settings ->
                                            LocalRepresentationAlignment.builder()
                                                    .optWiring(ErrorWiring.chain())
                                                    .optErrorMatrixUpdate(ErrorMatrixUpdate.LRA_E))
                            .optErrorPath(LAYER_BY_LAYER)
                            .build(),
                    alignment(
                                    "lra-e-skip",
                                    "Recursive local representation alignment, error matrices that"
                                            + " learn as in LRA-E",
                                    "Recursive local representation alignment whose error matrices"
                                            + " learn as the weights do, so that they do not grow"
                                            + " (Ororbia et al. 2020, with the update of the"
                                            + " authors' earlier code).",
                                    settings ->
                                            LocalRepresentationAlignment.builder()
                                                    .optWiring(
                                                            ErrorWiring.skip(settings.errorGap()))
                                                    .optErrorMatrixUpdate(ErrorMatrixUpdate.LRA_E))
                            .addSetting(MethodSetting.ERROR_GAP)
                            .optVariantOf("lra")
                            .build(),
                    alignment(
                                    "lra-sign",
                                    "Recursive local representation alignment of sign units",
                                    "Recursive local representation alignment for units that are"
                                            + " -1 or 1: error neurons compare both sides of the"
                                            + " activation, β is 0.5 and error matrices start with"
                                            + " variance 1 (Ororbia et al. 2020, changed).",
                                    settings ->
                                            LocalRepresentationAlignment.builder()
                                                    .optErrorDifference(ErrorDifference.CENTRAL)
                                                    .optBeta(SIGN_BETA)
                                                    .optFeedback(
                                                            FeedbackDistribution.normal(
                                                                            SIGN_DEVIATION)
                                                                    .seeded(0)))
                            .optVariantOf("lra")
                            .build(),
                    predictiveCoding(
                            "il",
                            "Inference learning",
                            "A predictive coding network finds activities that fit the target,"
                                    + " all layers at once, then every weight learns from its"
                                    + " layer's error (Whittington and Bogacz 2017).",
                            InferenceSchedule.SIMULTANEOUS,
                            PresetRates.PREDICTIVE),
                    predictiveCoding(
                            "seqil",
                            "Sequential inference learning",
                            "A predictive coding network finds activities that fit the target,"
                                    + " layer by layer from the output, then every weight learns"
                                    + " from its layer's error (Alonso et al. 2023).",
                            InferenceSchedule.SEQUENTIAL,
                            PresetRates.PREDICTIVE),
                    predictiveCoding(
                            "ipc",
                            "Incremental predictive coding",
                            "Inference learning whose weights move at every iteration (Salvatori"
                                    + " et al. 2022).",
                            InferenceSchedule.INCREMENTAL,
                            PresetRates.INCREMENTAL));

    private Methods() {}

    /** Methods of local representation alignment differ in their rule's settings alone. */
    private static Method.Builder alignment(
            String name,
            String title,
            String description,
            Function<MethodSettings, LocalRepresentationAlignment.Builder> rule) {
        return Method.builder(name)
                .setTitle(title)
                .setDescription(description)
                .setRule(
                        (seed, settings) ->
                                settings.applyTo(rule.apply(settings)).optSeed(seed).build())
                .addSetting(MethodSetting.ALIGNMENT)
                .setLearningRates(PresetRates.REPRESENTATION)
                .optDecorrelationRates(PresetRates.RANDOM_DECORRELATION)
                .optErrorPath(DIRECT);
    }

    private static Method nodePerturbation(
            String name, String title, String description, NodePerturbation.Mode mode) {
        return Method.builder(name)
                .setTitle(title)
                .setDescription(description)
                .setRule((seed, settings) -> NodePerturbation.builder().optMode(mode).build())
                .setLearningRates(PresetRates.PERTURBED)
                .optDecorrelatedLearningRates(PresetRates.PERTURBED_DECORRELATED)
                .optDecorrelationRates(PresetRates.RANDOM_DECORRELATION)
                // the noisy pass takes as many products as a backward pass of the error
                .optErrorPath(LAYER_BY_LAYER)
                .build();
    }

    private static Method signSymmetric(
            String name, String title, String description, SignSymmetricFeedback.Mode mode) {
        return Method.builder(name)
                .setTitle(title)
                .setDescription(description)
                .setRule(
                        (seed, settings) ->
                                SignSymmetricFeedback.builder().optMode(mode).optSeed(seed).build())
                .setLearningRates(PresetRates.EXACT)
                .build();
    }

    /** Without a name after it, predictive coding trains with the paper's plain SGD. */
    private static Method predictiveCoding(
            String name,
            String title,
            String description,
            InferenceSchedule schedule,
            LearningRates learningRates) {
        return Method.builder(name)
                .setTitle(title)
                .setDescription(description)
                .setRule(
                        (seed, settings) ->
                                settings.inference()
                                        .applyTo(InferenceLearning.builder())
                                        .optSchedule(schedule)
                                        .optBacktracking(false)
                                        .build())
                .addSetting(MethodSetting.INFERENCE)
                .optLeastIterations(layers -> leastIterations(schedule, layers))
                .setLearningRates(learningRates)
                .optErrorPath(
                        schedule == InferenceSchedule.INCREMENTAL
                                ? INCREMENTAL_INFERENCE
                                : INFERENCE)
                .optOptimizer(SGD)
                .build();
    }

    /** An error goes down by one layer in every iteration, unless they take turns. */
    private static int leastIterations(InferenceSchedule schedule, int layers) {
        return switch (schedule) {
            case SIMULTANEOUS -> layers - 1;
            case INCREMENTAL -> layers;
            case SEQUENTIAL -> 1;
        };
    }

    /**
     * Returns every method, without decorrelation.
     *
     * @return the methods, in the order of the table
     */
    public static List<Method> all() {
        return ALL;
    }

    /**
     * Returns the names of every method, without decorrelation.
     *
     * @return the names, in the order of the table
     */
    public static List<String> names() {
        return ALL.stream().map(Method::name).toList();
    }

    /**
     * Returns what a table or a report calls every method.
     *
     * @return a title of each name, in the order of the table
     */
    public static Map<String, String> titles() {
        Map<String, String> titles = new LinkedHashMap<>();
        ALL.forEach(method -> titles.put(method.name(), method.title()));
        return titles;
    }

    /**
     * Finds a method by its name.
     *
     * @param name the name, followed by {@link Method#WITH_OPTIMIZER} and an optimizer's for an
     *     optimizer of its own, and by {@link Method#DECORRELATED} for decorrelation layers
     * @return the method
     * @throws IllegalArgumentException if there is none of that name; the message lists the names
     */
    public static Method named(String name) {
        InputLayers layers = InputLayers.of(name);
        String plain = name.substring(0, name.length() - layers.suffix().length());
        Method method = find(plain).orElseThrow(() -> unknown(name));
        return layers == InputLayers.NONE ? method : method.with(layers);
    }

    private static Optional<Method> find(String name) {
        for (Method method : ALL) {
            if (method.name().equals(name)) {
                return Optional.of(method);
            }
            String prefix = method.name() + Method.WITH_OPTIMIZER;
            if (name.startsWith(prefix)) {
                Optional<OptimizerKind> optimizer =
                        OptimizerKind.named(name.substring(prefix.length()));
                if (optimizer.isPresent()) {
                    return optimizer.map(method::withOptimizer);
                }
            }
        }
        return Optional.empty();
    }

    private static IllegalArgumentException unknown(String name) {
        return new IllegalArgumentException("Unknown method '" + name + "': " + choices());
    }

    /**
     * Checks that an option which says something of a method names one that is trained.
     *
     * @param option the option
     * @param name the name that it was given
     * @param methods the methods that are trained
     * @throws IllegalArgumentException if the method is unknown, or none of these
     */
    public static void checkTrained(String option, String name, List<Method> methods) {
        List<String> trained = methods.stream().map(Method::name).toList();
        if (!trained.contains(name)) {
            named(name);
            throw new IllegalArgumentException(
                    String.format(
                            "%s names the method '%s', which --methods %s does not train.",
                            option, name, String.join(",", trained)));
        }
    }

    /**
     * Finds methods by their names.
     *
     * @param names the names
     * @return the methods, in the order of the names
     * @throws IllegalArgumentException if a name is unknown, or given twice, or if there is none
     */
    public static List<Method> named(Collection<String> names) {
        Set<String> seen = new LinkedHashSet<>();
        List<Method> methods = new ArrayList<>();
        for (String name : names) {
            if (!seen.add(name)) {
                throw new IllegalArgumentException(
                        "The method '" + name + "' is given twice: name each method once.");
            }
            methods.add(named(name));
        }
        if (methods.isEmpty()) {
            throw new IllegalArgumentException("No method is given: " + choices());
        }
        return methods;
    }

    private static String choices() {
        return String.format(
                "choose from %s, each also with an optimizer of its own, such as %s%s, and with %s"
                        + " for decorrelation layers, or with one of %s.",
                String.join(", ", names()),
                Method.WITH_OPTIMIZER,
                MQ,
                Method.DECORRELATED,
                InputLayers.others());
    }
}
