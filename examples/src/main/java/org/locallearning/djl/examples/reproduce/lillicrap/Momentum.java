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

import ai.djl.ndarray.NDManager;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.locallearning.djl.creditassignment.rule.FeedbackAlignment;
import org.locallearning.djl.examples.report.Diagram;
import org.locallearning.djl.examples.report.Diagram.Layer;
import org.locallearning.djl.examples.reproduce.Pieces;
import org.locallearning.djl.examples.reproduce.Reproduction;

/** Figure 8 and note 8: momentum makes feedback alignment faster. */
final class Momentum extends DrawnFigure {

    private static final float[] MOMENTA = {0, 0.5f, 0.9f};
    private static final int STEPS = 4000;
    private static final int INTERVAL = 100;
    private static final float RATE = 0.02f;
    private static final double REACHED = 0.2;

    /** Creates the target. */
    Momentum() {
        super("figure-8", "Feedback alignment with momentum", "note 8 and figure 8");
    }

    /**
     * One run.
     *
     * @param momentum the momentum α
     * @param stepsToReach the steps until the normalized squared error is 0.2, null if never
     * @param error the normalized squared error at the end
     */
    record Run(float momentum, Integer stepsToReach, double error) {}

    /** Everything that a run depends on. */
    private record Settings(float momentum, int seed, int steps, float rate) {}

    /** {@inheritDoc} */
    @Override
    public Duration expectedTime() {
        return Duration.ofMinutes(1);
    }

    /** {@inheritDoc} */
    @Override
    public Set<String> options() {
        return Pieces.OPTIONS;
    }

    /** {@inheritDoc} */
    @Override
    FigureContent draw(Reproduction reproduction) throws IOException, TranslateException {
        int seed = reproduction.arguments().seed(1);
        List<Layer> layers = new ArrayList<>();
        List<Run> runs = new ArrayList<>();
        List<List<String>> rows = new ArrayList<>();
        Pieces pieces = new Pieces(reproduction, MOMENTA.length);
        for (int i = 0; i < MOMENTA.length; i++) {
            float momentum = MOMENTA[i];
            List<double[]> curve =
                    pieces.get(
                                    "momentum " + momentum,
                                    new Settings(momentum, seed, STEPS, RATE),
                                    Curves.Kept.class,
                                    STEPS / INTERVAL,
                                    step ->
                                            new Curves.Kept(
                                                    run(reproduction, momentum, seed, step)))
                            .points();
            Integer reached = null;
            for (double[] point : curve) {
                if (reached == null && point[1] <= Math.log10(REACHED)) {
                    reached = (int) point[0];
                }
            }
            Run run = new Run(momentum, reached, Curves.last(curve));
            runs.add(run);
            layers.add(Layer.lines("α = " + momentum, i, List.of(curve)));
            rows.add(
                    List.of(
                            String.valueOf(run.momentum),
                            reached == null ? "more than " + STEPS : reached.toString(),
                            String.format(Locale.ROOT, "%.4f", run.error)));
        }
        return new FigureContent(
                "The 30-40-20-10 net and the targets of note 3, with the same initial weights and"
                        + " batches for every momentum, v ← α v + Δ, rate "
                        + RATE
                        + ".",
                List.of(new Diagram("Error", "step", "log10 of NSE", layers)),
                List.of("Momentum", "Steps to an NSE of " + REACHED, "NSE after " + STEPS),
                rows,
                runs,
                List.of(seed));
    }

    private static List<double[]> run(
            Reproduction reproduction, float momentum, int seed, Runnable step) {
        reproduction.engine().setRandomSeed(seed);
        try (NDManager manager = reproduction.engine().newBaseManager();
                RegressionTrial trial =
                        new RegressionTrial(
                                reproduction.engine(),
                                seed,
                                Teachers.learner(40, 20, 10),
                                30,
                                0.1f,
                                Teachers.network(manager, 30, 20, 10, 10))) {
            trial.use(FeedbackAlignment.builder().optSeed(seed).build(), RATE, momentum);
            return Curves.follow(trial, 0, STEPS, INTERVAL, step);
        }
    }
}
