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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.locallearning.djl.examples.method.DecorrelationSettings;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.method.MethodSettings;
import org.locallearning.djl.examples.method.Methods;
import org.locallearning.djl.examples.method.OptimizerKind;
import org.locallearning.djl.examples.reproduce.LearningCurves;
import org.locallearning.djl.examples.reproduce.ReproduceArguments;
import org.locallearning.djl.examples.reproduce.Reproduction;
import org.locallearning.djl.examples.reproduce.Target;
import org.locallearning.djl.examples.training.Experiment;
import org.locallearning.djl.examples.training.TrainingPlan;
import org.locallearning.djl.zoo.network.NetworkOptions;

/**
 * What noise maps are worth: the residual net of pseudo-convolutions on CIFAR-10 against the same
 * net without noise, and against an ordinary residual net with as many parameters. Accuracy,
 * parameters and time stand side by side.
 *
 * <p>Batches of 10 and Adam, as the paper trains its nets on CIFAR-10, but with the rate that
 * methods have here without being told one, 1e-3 for backpropagation in the place of 1e-4: what a
 * few epochs can show, they show then. The paper does not say which residual net it takes; here it
 * is the ResNet-18 of the authors of the layer. Images get the paper's global contrast
 * normalization and ZCA whitening, whose ε, which the paper does not state, is 0.01.
 */
final class NoiseMapsAgainstControls implements Target {

    private static final List<String> DATA_SETS = List.of("cifar10");
    private static final List<String> METHODS = List.of("bp");
    private static final List<String> MODELS =
            List.of("pnn-resnet", "pnn-resnet-1x1", "pnn-resnet-plain");
    private static final List<Integer> SEEDS = List.of(1, 2);
    private static final int EPOCHS = 100;
    private static final int BATCH = 10;

    /** {@inheritDoc} */
    @Override
    public String name() {
        return "ororbia-pnn";
    }

    /** {@inheritDoc} */
    @Override
    public String title() {
        return "A net of fixed noise maps against the same without noise, and against kernels";
    }

    /** {@inheritDoc} */
    @Override
    public String paper() {
        return "Ororbia et al., \"Reducing the Computational Burden of Deep Learning with"
                + " Recursive Local Representation Alignment\", 2020, section 3.3; the controls are"
                + " not in the paper";
    }

    /** {@inheritDoc} */
    @Override
    public Duration expectedTime() {
        return Duration.ofDays(7);
    }

    /** {@inheritDoc} */
    @Override
    public Set<String> options() {
        return LearningCurves.OPTIONS;
    }

    /** {@inheritDoc} */
    @Override
    public void run(Reproduction reproduction) throws IOException, TranslateException {
        ReproduceArguments arguments = reproduction.arguments();
        List<Method> methods = Methods.named(arguments.methods(METHODS));
        List<LearningCurves.Part> parts = new ArrayList<>();
        for (String dataset : arguments.dataSets(DATA_SETS)) {
            for (String model : arguments.models(MODELS)) {
                parts.add(part(arguments, dataset, model, methods));
            }
        }
        LearningCurves curves = new LearningCurves(reproduction);
        for (LearningCurves.Part part : parts) {
            curves.run(part);
        }
    }

    private static LearningCurves.Part part(
            ReproduceArguments arguments, String dataset, String model, List<Method> methods) {
        return new LearningCurves.Part(
                dataset + " " + model,
                new Experiment(
                        dataset,
                        arguments
                                .dataOptions()
                                .optContrastNormalized(true)
                                .optWhitened(true)
                                .build(),
                        model,
                        NetworkOptions.builder().build(),
                        methods,
                        arguments.seeds(SEEDS),
                        new TrainingPlan(
                                arguments.epochs(EPOCHS),
                                BATCH,
                                OptimizerKind.ADAM,
                                MethodSettings.preset(model),
                                DecorrelationSettings.DEFAULT,
                                0,
                                0)));
    }
}
