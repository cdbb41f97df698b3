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

import static org.locallearning.djl.examples.results.PaperResult.loss;

import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.locallearning.djl.examples.method.Methods;
import org.locallearning.djl.examples.reproduce.LearningCurves;
import org.locallearning.djl.examples.reproduce.ReproduceArguments;
import org.locallearning.djl.examples.reproduce.Reproduction;
import org.locallearning.djl.examples.reproduce.Target;
import org.locallearning.djl.examples.results.PaperResult;
import org.locallearning.djl.examples.training.Experiment;
import org.locallearning.djl.zoo.network.NetworkOptions;
import org.locallearning.djl.zoo.task.Task;

/**
 * Note 9: autoencoders of MNIST, 784-1000-500-10-500-1000-784 and 784-1000×5-784. A bottleneck
 * leaves feedback alignment too few ways to align, and it stays far behind there.
 *
 * <p>Pixels from −0.9 to 0.9 and the squared error per image, as in the paper, whose numbers are
 * 8.6 by backpropagation and 30.2 by feedback alignment with the bottleneck, 1.5 and 0.72 without;
 * it does not say whether they are sums over the pixels. Hidden units are tanh as there, outputs
 * linear. The optimizer is Adam with a rate that goes down by tens when progress slows. {@code
 * --model} chooses among the nets by name.
 */
final class Autoencoders implements Target {

    /** What the lines across the curves may not be. */
    static final String PAPER_UNIT =
            "The paper does not say what its numbers are: lines across take them for squared errors"
                    + " per image, sums over the pixels, as the curves are.";

    private static final String MODEL = "autoencoder";
    private static final List<Net> NETS =
            List.of(
                    new Net(
                            "bottleneck",
                            loss("bp", 8.6),
                            loss("fa", 30.2),
                            1000,
                            500,
                            10,
                            500,
                            1000),
                    new Net(
                            "wide",
                            loss("bp", 1.5),
                            loss("fa", 0.72),
                            1000,
                            1000,
                            1000,
                            1000,
                            1000));
    private static final List<String> METHODS = List.of("bp", "fa");
    private static final List<Integer> SEEDS = List.of(1);
    private static final int EPOCHS = 50;

    private record Net(String name, PaperResult exact, PaperResult random, int... hidden) {}

    /** {@inheritDoc} */
    @Override
    public String name() {
        return "lillicrap-note-9";
    }

    /** {@inheritDoc} */
    @Override
    public String title() {
        return "Autoencoders with and without a bottleneck";
    }

    /** {@inheritDoc} */
    @Override
    public String paper() {
        return Paper.source("note 9");
    }

    /** {@inheritDoc} */
    @Override
    public Duration expectedTime() {
        return Duration.ofHours(3);
    }

    /** {@inheritDoc} */
    @Override
    public Set<String> options() {
        return Paper.OPTIONS;
    }

    /** {@inheritDoc} */
    @Override
    public void run(Reproduction reproduction) throws IOException, TranslateException {
        LearningCurves curves = new LearningCurves(reproduction);
        curves.note(PAPER_UNIT);
        ReproduceArguments arguments = reproduction.arguments();
        for (Net net : arguments.modelsOf(NETS, Net::name)) {
            curves.run(part(arguments, net));
        }
    }

    private static LearningCurves.Part part(ReproduceArguments arguments, Net net) {
        return new LearningCurves.Part(
                "mnist " + net.name,
                new Experiment(
                        "mnist",
                        arguments
                                .dataOptions()
                                .optTask(Task.SIGNED_RECONSTRUCTION)
                                .optStandardize(false)
                                .build(),
                        MODEL,
                        NetworkOptions.builder()
                                .optHidden(net.hidden)
                                .optActivation("tanh")
                                .build(),
                        Methods.named(arguments.methods(METHODS)),
                        arguments.seeds(SEEDS),
                        Paper.plan(arguments.epochs(EPOCHS), MODEL)),
                List.of(net.exact, net.random));
    }
}
