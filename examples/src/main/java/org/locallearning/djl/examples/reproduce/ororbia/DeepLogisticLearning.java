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
import org.locallearning.djl.examples.reproduce.LearningCurves;
import org.locallearning.djl.examples.reproduce.ReproduceArguments;
import org.locallearning.djl.examples.reproduce.Reproduction;
import org.locallearning.djl.examples.reproduce.Target;

/**
 * Figure 4, top and middle: eight layers of 256 logistic or tanh units on MNIST and Fashion-MNIST,
 * trained by backpropagation and by rec-LRA from the same initial weights. With logistic units
 * gradients vanish on the way down, and errors that take a shorter way do not.
 *
 * <p>The paper calls initial weights naive Gaussian ones and chooses their deviation from 0.025 to
 * 0.1 by a validation set, for which method it does not say; here both ends and the middle stand
 * next to each other. Below that range, as in {@code 8x256-logistic-0.01}, backpropagation with
 * Adam stays at chance; within it, it sets out after an epoch or two. Error matrices of {@code lra}
 * learn as the paper prints it, those of {@code lra-e-skip} as in the authors' earlier code.
 */
final class DeepLogisticLearning implements Target {

    private static final List<String> DATA_SETS = List.of("mnist", "fashion-mnist");
    private static final List<String> METHODS = List.of("bp", "lra", "lra-e-skip");
    private static final List<String> NETS =
            List.of(
                    "8x256-logistic-0.025",
                    "8x256-logistic",
                    "8x256-logistic-0.1",
                    "8x256-tanh-0.025",
                    "8x256-tanh",
                    "8x256-tanh-0.1");
    private static final int EPOCHS = 100;

    /** {@inheritDoc} */
    @Override
    public String name() {
        return "ororbia-figure-4";
    }

    /** {@inheritDoc} */
    @Override
    public String title() {
        return "Eight layers of logistic units by backpropagation and rec-LRA";
    }

    /** {@inheritDoc} */
    @Override
    public String paper() {
        return Paper.source("figure 4");
    }

    /** {@inheritDoc} */
    @Override
    public Duration expectedTime() {
        return Duration.ofHours(25);
    }

    /** {@inheritDoc} */
    @Override
    public Set<String> options() {
        return Perceptron.OPTIONS;
    }

    /** {@inheritDoc} */
    @Override
    public void run(Reproduction reproduction) throws IOException, TranslateException {
        ReproduceArguments arguments = reproduction.arguments();
        List<LearningCurves.Part> parts = new ArrayList<>();
        for (String dataset : arguments.dataSets(DATA_SETS)) {
            for (String name : arguments.models(NETS)) {
                parts.add(
                        Perceptron.named(name, NETS)
                                .part(
                                        arguments,
                                        dataset,
                                        arguments.methods(METHODS),
                                        EPOCHS,
                                        List.of()));
            }
        }
        LearningCurves curves = new LearningCurves(reproduction);
        for (LearningCurves.Part part : parts) {
            curves.run(part);
        }
    }
}
