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
import static org.locallearning.djl.examples.method.ErrorPath.LAYER_BY_LAYER;
import static org.locallearning.djl.examples.method.LearningRates.ANY;
import static org.locallearning.djl.examples.method.OptimizerKind.ADAM;
import static org.locallearning.djl.examples.method.OptimizerKind.SGD;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.locallearning.djl.creditassignment.rule.Backpropagation;
import org.locallearning.djl.creditassignment.rule.DirectFeedbackAlignment;
import org.locallearning.djl.creditassignment.rule.FeedbackAlignment;
import org.locallearning.djl.creditassignment.rule.NodePerturbation;
import org.locallearning.djl.creditassignment.rule.SignSymmetricFeedback;

/**
 * The table of methods: a new one is one entry here.
 *
 * <p>Every method is also there with decorrelation layers, under its name followed by {@link
 * Method#DECORRELATED}.
 */
public final class Methods {

    /** The stock trainer of DJL, to which every other method is compared. */
    public static final String BASELINE = "bp";

    /** Rates of exact gradients and of those with the right signs. */
    private static final LearningRates EXACT =
            LearningRates.of(1e-3f, 0.1f)
                    .with(ANY, "mlp", SGD, 0.03f)
                    .with(ANY, "dense", ADAM, 1e-4f);

    /** Rates of random feedback: most nets want smaller steps than with exact gradients. */
    private static final LearningRates RANDOM =
            LearningRates.of(1e-4f, 1e-3f)
                    .with(ANY, "mlp", ADAM, 1e-3f)
                    .with(ANY, "mlp", SGD, 3e-3f)
                    .with("glyphs", "conv", ADAM, 1e-3f)
                    .with("tiny-imagenet", "ahmad-conv", ADAM, 1e-5f)
                    .with("tiny-imagenet", "ahmad-conv-padded", ADAM, 1e-5f);

    /** Rates of node perturbation, from table 2 of the decorrelation paper and, for mlp, a scan. */
    private static final LearningRates PERTURBED =
            LearningRates.of(1e-4f, 1e-3f)
                    .with(ANY, "dense", ADAM, 1e-5f)
                    .with(ANY, "mlp", ADAM, 1e-3f);

    /**
     * Table 2 of the decorrelation paper: slower in dense nets, where the rule is random feedback.
     */
    private static final DecorrelationRates RANDOM_DECORRELATION =
            DecorrelationRates.of(DecorrelationRates.USUAL).with(ANY, "dense", 1e-6);

    private static final List<Method> ALL =
            List.of(
                    new Method(
                            BASELINE,
                            "Backpropagation",
                            "DJL's own trainer, the baseline.",
                            (model, config, seed) -> model.newTrainer(config),
                            LAYER_BY_LAYER,
                            EXACT),
                    new Method(
                            "bp-tape",
                            "Backpropagation on the tape",
                            "Backpropagation through this project's own machinery, the check on"
                                    + " it.",
                            (model, config, seed) ->
                                    Backpropagation.builder().build().newTrainer(model, config),
                            LAYER_BY_LAYER,
                            EXACT),
                    new Method(
                                    "fa",
                                    "Feedback alignment",
                                    "The error goes back through fixed random weights in place of the"
                                            + " layer's own (Lillicrap et al. 2016).",
                                    (model, config, seed) ->
                                            FeedbackAlignment.builder()
                                                    .optSeed(seed)
                                                    .build()
                                                    .newTrainer(model, config),
                                    LAYER_BY_LAYER,
                                    RANDOM)
                            .withDecorrelationRates(RANDOM_DECORRELATION),
                    new Method(
                                    "dfa",
                                    "Direct feedback alignment",
                                    "The output's error goes straight to every hidden layer through a"
                                            + " fixed random matrix (Nøkland 2016).",
                                    (model, config, seed) ->
                                            DirectFeedbackAlignment.builder()
                                                    .optSeed(seed)
                                                    .build()
                                                    .newTrainer(model, config),
                                    DIRECT,
                                    RANDOM)
                            .withDecorrelationRates(RANDOM_DECORRELATION),
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
                            NodePerturbation.Mode.ANP));

    private Methods() {}

    private static Method nodePerturbation(
            String name, String title, String description, NodePerturbation.Mode mode) {
        return new Method(
                name,
                title,
                description,
                (model, config, seed) ->
                        NodePerturbation.builder().optMode(mode).build().newTrainer(model, config),
                // the noisy pass takes as many products as the error's way back
                LAYER_BY_LAYER,
                PERTURBED);
    }

    private static Method signSymmetric(
            String name, String title, String description, SignSymmetricFeedback.Mode mode) {
        return new Method(
                name,
                title,
                description,
                (model, config, seed) ->
                        SignSymmetricFeedback.builder()
                                .optMode(mode)
                                .optSeed(seed)
                                .build()
                                .newTrainer(model, config),
                LAYER_BY_LAYER,
                EXACT);
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
     * Finds a method by its name.
     *
     * @param name the name, followed by {@link Method#DECORRELATED} for decorrelation layers
     * @return the method
     * @throws IllegalArgumentException if there is none of that name; the message lists the names
     */
    public static Method named(String name) {
        for (Method method : ALL) {
            if (method.name().equals(name)) {
                return method;
            }
            if (name.equals(method.name() + Method.DECORRELATED)) {
                return method.withDecorrelation();
            }
        }
        throw new IllegalArgumentException("Unknown method '" + name + "': " + choices());
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
                "choose from %s, each with %s behind it for decorrelation layers.",
                String.join(", ", names()), Method.DECORRELATED);
    }
}
