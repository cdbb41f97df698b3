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
package org.locallearning.djl.examples.reproduce.ororbia;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.locallearning.djl.examples.method.LearningRates;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.method.MethodSettings;
import org.locallearning.djl.examples.method.Methods;
import org.locallearning.djl.examples.method.OptimizerKind;
import org.locallearning.djl.examples.reproduce.LearningCurves;
import org.locallearning.djl.examples.reproduce.ReproduceArguments;
import org.locallearning.djl.examples.results.PaperResult;
import org.locallearning.djl.examples.training.Experiment;
import org.locallearning.djl.zoo.network.NetworkOptions;

/**
 * A multilayer perceptron of the paper, named by its sizes, its activation and, where one is asked
 * for, the standard deviation of its initial weights, such as {@code 3x1024-tanh} and {@code
 * 8x256-logistic-0.05}; and how the paper trains it: Adam with a rate of 2e-4 for every method,
 * batches of 32, normal initial weights, gradients projected onto a ball.
 *
 * <p>The paper divides pixels by 255, as {@code --no-standardise} does, and states neither β, nor
 * the initial error matrices, nor the radius of the ball. Here pixels have mean 0 and variance 1,
 * the radius is 1, and the output sends its error to every second layer. How the error matrices of
 * {@code lra}, {@code lra-e-skip} and {@code lra-sign} differ is said by the table of methods.
 *
 * @param layers the number of hidden layers
 * @param units the number of units of each
 * @param activation the activation
 * @param deviation the standard deviation of initial weights
 */
record Perceptron(int layers, int units, String activation, float deviation) {

    /** In the middle of the paper's range, 0.025 to 0.1. */
    static final float USUAL_DEVIATION = 0.05f;

    /** What can be chosen about targets of perceptrons. */
    static final Set<String> OPTIONS =
            LearningCurves.optionsWith(
                    ReproduceArguments.PROJECTION, ReproduceArguments.STANDARDISE);

    private static final String SIGN = "sign";
    private static final List<Integer> SEEDS = List.of(1);
    private static final float RATE = 2e-4f;
    private static final int BATCH = 32;
    private static final int GAP = 2;
    private static final Pattern NAME =
            Pattern.compile("([1-9]\\d?)x([1-9]\\d{0,4})-([a-z]+(?:-[a-z]+)*)(?:-(0\\.\\d{1,4}))?");

    /**
     * Reads a name.
     *
     * @throws IllegalArgumentException if the name is of another form
     */
    static Perceptron named(String name, List<String> known) {
        Matcher parts = NAME.matcher(name);
        if (!parts.matches() || !NetworkOptions.activations().contains(parts.group(3))) {
            throw new IllegalArgumentException(
                    String.format(
                            "Unknown model '%s': name layers, units, activation and, if it is to be"
                                    + " another than %s, the deviation of initial weights, as in"
                                    + " %s.",
                            name, USUAL_DEVIATION, String.join(", ", known)));
        }
        float deviation =
                parts.group(4) == null ? USUAL_DEVIATION : Float.parseFloat(parts.group(4));
        if (deviation == 0) {
            throw new IllegalArgumentException(
                    String.format(
                            "Unknown model '%s': the deviation of initial weights is above 0.",
                            name));
        }
        return new Perceptron(
                Integer.parseInt(parts.group(1)),
                Integer.parseInt(parts.group(2)),
                parts.group(3),
                deviation);
    }

    /** Returns whether only methods with targets can train it. */
    boolean hasNoDerivative() {
        return activation.equals(SIGN);
    }

    /**
     * Returns how methods train it on a data set.
     *
     * @param epochs the number of epochs, where none was chosen
     * @param paper what the paper reports of it
     */
    LearningCurves.Part part(
            ReproduceArguments arguments,
            String dataset,
            List<String> methods,
            int epochs,
            List<PaperResult> paper) {
        int[] hidden = new int[layers];
        Arrays.fill(hidden, units);
        return new LearningCurves.Part(
                dataset + " " + this,
                new Experiment(
                        dataset,
                        arguments.dataOptions().optStandardize(arguments.standardise(true)).build(),
                        "mlp",
                        NetworkOptions.builder()
                                .optHidden(hidden)
                                .optActivation(activation)
                                .optNormalWeights(deviation)
                                .build(),
                        Methods.named(methods).stream()
                                .map(Perceptron::trained)
                                .collect(Collectors.toList()),
                        arguments.seeds(SEEDS),
                        Paper.plan(
                                arguments,
                                epochs,
                                BATCH,
                                new MethodSettings(MethodSettings.preset("mlp").inference(), GAP))),
                paper);
    }

    /** The method with the paper's rate. */
    static Method trained(Method method) {
        return Paper.withRate(method, LearningRates.of(OptimizerKind.ADAM, RATE));
    }

    /** Returns the name. */
    @Override
    public String toString() {
        String name = String.format(Locale.ROOT, "%dx%d-%s", layers, units, activation);
        return deviation == USUAL_DEVIATION ? name : name + "-" + deviation;
    }
}
