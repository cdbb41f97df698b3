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
import java.util.List;
import java.util.Set;
import org.locallearning.djl.examples.method.MethodSettings;
import org.locallearning.djl.examples.method.Methods;
import org.locallearning.djl.examples.reproduce.LearningCurves;
import org.locallearning.djl.examples.reproduce.ReproduceArguments;
import org.locallearning.djl.examples.reproduce.Reproduction;
import org.locallearning.djl.examples.reproduce.Target;

/**
 * What noise maps are worth: the residual net of pseudo-convolutions on CIFAR-10 against the same
 * net without noise, and against ordinary residual nets with as many parameters and with as many
 * filters. Accuracy, parameters and time stand side by side. The same four at a size for small
 * machines are {@code pnn-resnet-small} and {@code pnn-resnet-small-1x1, -plain, -wide}.
 *
 * <p>Trained as {@link ResidualTraining} says, but with the rate that methods have here without
 * being told one, 1e-3 for backpropagation in the place of 1e-4: what a few epochs can show, they
 * show then.
 */
final class NoiseMapsAgainstControls implements Target {

    private static final List<String> METHODS = List.of("bp");
    private static final List<String> MODELS =
            List.of("pnn-resnet", "pnn-resnet-1x1", "pnn-resnet-plain", "pnn-resnet-wide");
    private static final List<Integer> SEEDS = List.of(1, 2);

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
        return Paper.source("section 3.3; the controls are not in the paper");
    }

    /** {@inheritDoc} */
    @Override
    public Duration expectedTime() {
        return Duration.ofDays(7);
    }

    /** {@inheritDoc} */
    @Override
    public Set<String> options() {
        return LearningCurves.optionsWith(ReproduceArguments.PROJECTION);
    }

    /** {@inheritDoc} */
    @Override
    public void run(Reproduction reproduction) throws IOException, TranslateException {
        ReproduceArguments arguments = reproduction.arguments();
        ResidualTraining.run(
                reproduction,
                MODELS,
                Methods.named(arguments.methods(METHODS)),
                SEEDS,
                model -> ResidualTraining.plan(arguments, MethodSettings.preset(model)),
                List.of());
    }
}
