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

import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.locallearning.djl.examples.method.AlignmentSettings;
import org.locallearning.djl.examples.method.InferenceSettings;
import org.locallearning.djl.examples.method.LearningRates;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.method.MethodSettings;
import org.locallearning.djl.examples.method.Methods;
import org.locallearning.djl.examples.method.OptimizerKind;
import org.locallearning.djl.examples.reproduce.LearningCurves;
import org.locallearning.djl.examples.reproduce.ReproduceArguments;
import org.locallearning.djl.examples.reproduce.Reproduction;
import org.locallearning.djl.examples.results.PaperResult;
import org.locallearning.djl.examples.training.Experiment;
import org.locallearning.djl.examples.training.TrainingPlan;
import org.locallearning.djl.zoo.data.DataOptions;
import org.locallearning.djl.zoo.network.NetworkOptions;

/**
 * How the paper trains its residual nets on CIFAR-10: batches of 10, Adam, projected gradients,
 * global contrast normalization and ZCA whitening, whose ε, which the paper does not state, is
 * 0.01. The paper does not say which residual net it takes; here it is the ResNet-18 of the authors
 * of the pseudo-convolution, with one noise map a channel, uniform noise, batch normalization,
 * biases and the weights that such nets usually start from, where the paper has 160 maps a layer,
 * Gaussian noise and unit Gaussian weights. That code lets weights decay by 1e-4 and divides the
 * rate by ten at epochs 60, 90 and 120; here, as the paper says nothing of either, they do not and
 * it stays.
 */
final class ResidualTraining {

    static final List<String> DATA_SETS = List.of("cifar10");
    static final List<Integer> SEEDS = List.of(1);
    static final int EPOCHS = 100;
    static final int BATCH = 10;

    private static final float RATE = 1e-4f;

    private ResidualTraining() {}

    /** Returns how images are read. */
    static DataOptions data(ReproduceArguments arguments) {
        return arguments.dataOptions().optContrastNormalized(true).optWhitened(true).build();
    }

    /**
     * Trains models by methods and draws their curves, a part for each data set and model.
     *
     * @param paper what the paper reports of the methods on CIFAR-10, with the models of the target
     */
    static void run(
            Reproduction reproduction,
            List<String> models,
            List<Method> methods,
            List<Integer> seeds,
            Function<String, TrainingPlan> plan,
            List<PaperResult> paper)
            throws IOException, TranslateException {
        ReproduceArguments arguments = reproduction.arguments();
        List<LearningCurves.Part> parts = new ArrayList<>();
        for (String dataset : arguments.dataSets(DATA_SETS)) {
            for (String model : arguments.models(models)) {
                parts.add(
                        new LearningCurves.Part(
                                dataset + " " + model,
                                new Experiment(
                                        dataset,
                                        data(arguments),
                                        model,
                                        NetworkOptions.builder().build(),
                                        methods,
                                        arguments.seeds(seeds),
                                        plan.apply(model)),
                                DATA_SETS.contains(dataset) && models.contains(model)
                                        ? paper
                                        : List.of()));
            }
        }
        LearningCurves curves = new LearningCurves(reproduction);
        for (LearningCurves.Part part : parts) {
            curves.run(part);
        }
    }

    /** Returns the methods, with the paper's rate. */
    static List<Method> methods(List<String> names) {
        return Methods.named(names).stream()
                .map(method -> Paper.withRate(method, LearningRates.of(OptimizerKind.ADAM, RATE)))
                .toList();
    }

    /** Returns the plan, in which the output sends its error to every residual block. */
    static TrainingPlan plan(ReproduceArguments arguments, String model) {
        return plan(
                arguments,
                new MethodSettings(
                        InferenceSettings.preset(model),
                        1,
                        new AlignmentSettings(
                                null,
                                null,
                                AlignmentSettings.Wiring.BLOCKS,
                                null,
                                null,
                                null,
                                null),
                        null));
    }

    /** Returns the plan with other settings of single methods. */
    static TrainingPlan plan(ReproduceArguments arguments, MethodSettings methods) {
        return Paper.plan(arguments, EPOCHS, BATCH, methods);
    }
}
