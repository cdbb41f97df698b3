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
package org.locallearning.djl.examples.reproduce.lillicrap;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.locallearning.djl.examples.commandline.ResumeArguments;
import org.locallearning.djl.examples.method.MethodSettings;
import org.locallearning.djl.examples.method.OptimizerKind;
import org.locallearning.djl.examples.method.RateSchedule;
import org.locallearning.djl.examples.training.TrainingPlan;

/** What the experiments of the paper share. */
final class Paper {

    /** The options of targets that train several nets on the digits. */
    static final Set<String> OPTIONS =
            Set.of(
                    "--epochs",
                    "--seeds",
                    "--methods",
                    "--model",
                    "--data-repository",
                    "--limit",
                    "--test-limit",
                    ResumeArguments.FRESH,
                    ResumeArguments.SAVE_EVERY);

    /** The same for a target whose data set can be another. */
    static final Set<String> OPTIONS_AND_DATA =
            Stream.concat(OPTIONS.stream(), Stream.of("--dataset"))
                    .collect(Collectors.toUnmodifiableSet());

    static final int BATCH = 100;

    private Paper() {}

    /** Returns where the supplement prints a figure or a note. */
    static String source(String place) {
        return "Lillicrap et al., \"Random synaptic feedback weights support error backpropagation"
                + " for deep learning\", 2016, supplementary "
                + place;
    }

    /**
     * Returns how nets learn the digits: the paper's batches and a rate that goes down by tens when
     * progress slows, as there, but of Adam.
     */
    static TrainingPlan plan(int epochs, String model) {
        return plan(epochs, MethodSettings.preset(model));
    }

    /** Returns the same with other settings of single methods. */
    static TrainingPlan plan(int epochs, MethodSettings methods) {
        return plan(epochs, methods, OptimizerKind.ADAM);
    }

    /** Returns the same with another optimizer. */
    static TrainingPlan plan(int epochs, MethodSettings methods, OptimizerKind optimizer) {
        return TrainingPlan.builder()
                .setEpochs(epochs)
                .setBatch(BATCH)
                .setOptimizer(optimizer)
                .setMethods(methods)
                .optSchedule(RateSchedule.PLATEAU)
                .build();
    }
}
