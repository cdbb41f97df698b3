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
import org.locallearning.djl.creditassignment.rule.Backpropagation;
import org.locallearning.djl.creditassignment.rule.FeedbackAlignment;
import org.locallearning.djl.examples.report.Diagram;
import org.locallearning.djl.examples.report.Diagram.Layer;
import org.locallearning.djl.examples.reproduce.Pieces;
import org.locallearning.djl.examples.reproduce.Reproduction;

/**
 * Figure 14: where backpropagation has come to rest, feedback alignment goes away from it, and down
 * again.
 */
final class SwitchToFeedback extends DrawnFigure {

    private static final int BEFORE = 4000;
    private static final int AFTER = 8000;
    private static final int INTERVAL = 100;
    private static final float RATE = 0.02f;
    private static final float MOMENTUM = 0.9f;

    /** Creates the target. */
    SwitchToFeedback() {
        super("figure-14", "From backpropagation to feedback alignment", "figure 14");
    }

    /**
     * One run.
     *
     * @param seed the seed
     * @param before the normalized squared error at the switch
     * @param highest the highest after it
     * @param end the last
     */
    record Run(int seed, double before, double highest, double end) {}

    /** {@inheritDoc} */
    @Override
    public Duration expectedTime() {
        return Duration.ofMinutes(1);
    }

    /** Everything that a run depends on. */
    private record Settings(int seed, int before, int after, float rate) {}

    private record Course(Run run, List<double[]> before, List<double[]> after) {}

    /** {@inheritDoc} */
    @Override
    public Set<String> options() {
        return Pieces.OPTIONS;
    }

    /** {@inheritDoc} */
    @Override
    FigureContent draw(Reproduction reproduction) throws IOException, TranslateException {
        List<Integer> seeds = reproduction.arguments().seeds(List.of(1, 2, 3));
        List<List<double[]>> before = new ArrayList<>();
        List<List<double[]>> after = new ArrayList<>();
        List<Run> runs = new ArrayList<>();
        List<List<String>> rows = new ArrayList<>();
        Pieces pieces = new Pieces(reproduction, seeds.size());
        for (int seed : seeds) {
            Course course =
                    pieces.get(
                            "seed " + seed,
                            new Settings(seed, BEFORE, AFTER, RATE),
                            Course.class,
                            BEFORE / INTERVAL + AFTER / INTERVAL,
                            step -> run(reproduction, seed, step));
            before.add(course.before);
            after.add(course.after);
            Run run = course.run;
            runs.add(run);
            rows.add(
                    List.of(
                            String.valueOf(seed),
                            String.format(Locale.ROOT, "%.4f", run.before),
                            String.format(Locale.ROOT, "%.4f", run.highest),
                            String.format(Locale.ROOT, "%.4f", run.end)));
        }
        return new FigureContent(
                "A 10-100-10 tanh net learns a random quadratic function, first by backpropagation,"
                        + " then by feedback alignment: the error rises at the switch, and falls"
                        + " again. The supplement names neither sizes nor rates for it, and 20-1000-20"
                        + " for the quadratic function of figure 9; momentum, here "
                        + MOMENTUM
                        + " in both, it does not mention.",
                List.of(
                        new Diagram(
                                "Error",
                                "step",
                                "log10 of NSE",
                                List.of(
                                        Layer.lines("backpropagation", 7, before),
                                        Layer.lines("feedback alignment", 2, after)))),
                List.of("Seed", "NSE at the switch", "Highest after it", "At the end"),
                rows,
                runs,
                seeds);
    }

    private static Course run(Reproduction reproduction, int seed, Runnable step) {
        reproduction.engine().setRandomSeed(seed);
        try (NDManager manager = reproduction.engine().newBaseManager();
                RegressionTrial trial =
                        new RegressionTrial(
                                reproduction.engine(),
                                seed,
                                Teachers.learner(100, 10),
                                10,
                                0.3f,
                                Teachers.quadratic(manager, 10, 10))) {
            trial.use(Backpropagation.builder().build(), RATE, MOMENTUM);
            List<double[]> before = Curves.follow(trial, 0, BEFORE, INTERVAL, step);
            double atSwitch = trial.normalizedSquaredError();
            trial.use(FeedbackAlignment.builder().optSeed(seed).build(), RATE, MOMENTUM);
            List<double[]> curve = new ArrayList<>();
            for (int done = 0; done < INTERVAL; done += 10) {
                curve.addAll(Curves.follow(trial, BEFORE + done, 10, 10).subList(0, 1));
            }
            curve.addAll(Curves.follow(trial, BEFORE + INTERVAL, AFTER - INTERVAL, INTERVAL, step));
            double highest =
                    Math.pow(10, curve.stream().mapToDouble(point -> point[1]).max().orElseThrow());
            Run run = new Run(seed, atSwitch, highest, Curves.last(curve));
            return new Course(run, before, curve);
        }
    }
}
