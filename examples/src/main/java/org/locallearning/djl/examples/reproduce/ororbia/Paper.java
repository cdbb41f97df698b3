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

import org.locallearning.djl.examples.method.LearningRates;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.method.MethodSettings;
import org.locallearning.djl.examples.method.OptimizerKind;
import org.locallearning.djl.examples.reproduce.ReproduceArguments;
import org.locallearning.djl.examples.training.TrainingPlan;

/** What the experiments of the paper share. */
final class Paper {

    /** The paper projects every update and never states the radius; this is the optimizer's own. */
    private static final double RADIUS = 1;

    private Paper() {}

    /** Returns where the paper prints a figure or a table. */
    static String source(String place) {
        return "Ororbia et al., \"Reducing the Computational Burden of Deep Learning with"
                + " Recursive Local Representation Alignment\", 2020, "
                + place;
    }

    /** Returns a method with other rates, if it steps by the paper's optimizer. */
    static Method withRate(Method method, LearningRates rates) {
        Method.Builder builder = method.toBuilder();
        if (method.optimizer(OptimizerKind.ADAM) == OptimizerKind.ADAM) {
            builder.setLearningRates(rates).optDecorrelatedLearningRates(rates);
        }
        return builder.build();
    }

    /**
     * Returns the plan of the paper's optimizer that projects gradients, as the paper does in all
     * of its experiments.
     */
    static TrainingPlan plan(
            ReproduceArguments arguments, int epochs, int batch, MethodSettings methods) {
        return TrainingPlan.builder()
                .setEpochs(arguments.epochs(epochs))
                .setBatch(batch)
                .setOptimizer(OptimizerKind.ADAM)
                .setMethods(methods)
                .optProjection(arguments.projectionRadius(RADIUS))
                .build();
    }
}
