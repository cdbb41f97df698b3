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

import java.util.List;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.training.Experiment;
import org.locallearning.djl.examples.training.TrainingPlan;
import picocli.CommandLine.ArgGroup;

/** Everything that says what is trained, as options; a command mixes them in. */
public final class ExperimentArguments {

    @ArgGroup(validate = false, heading = "%nData:%n")
    private final ImageArguments images = new ImageArguments();

    @ArgGroup(validate = false, heading = "%nModel:%n")
    private final ModelArguments model = new ModelArguments();

    @ArgGroup(validate = false, heading = "%nTraining:%n")
    private final TrainingArguments training = new TrainingArguments();

    @ArgGroup(validate = false, heading = "%nSettings of single methods:%n")
    private final MethodArguments methodChoices = new MethodArguments();

    @ArgGroup(validate = false, heading = "%nDecorrelation layers, of methods with +decor:%n")
    private final DecorrelationArguments decorrelation = new DecorrelationArguments();

    /** Creates the options; picocli fills them in. */
    public ExperimentArguments() {}

    /**
     * Returns what was chosen; {@link UselessOptions} refuses what has no use for it.
     *
     * @return the experiment
     * @throws IllegalArgumentException if something does not exist, is out of its range or does not
     *     go with something else, in one sentence
     */
    public Experiment experiment() {
        Experiment.checkNames(images.dataset(), model.name());
        training.check();
        List<Method> methods = training.methods();
        TrainingPlan plan =
                training.plan(methodChoices.settings(model.name()), decorrelation.settings());
        return new Experiment(
                images.dataset(),
                images.options(model.name()),
                model.name(),
                model.options(),
                methods,
                training.seeds(),
                plan,
                training.learningRates(),
                training.decorrelationRates());
    }

    /**
     * Returns the threads of one operation.
     *
     * @return the number
     */
    public int threads() {
        return training.threads();
    }
}
