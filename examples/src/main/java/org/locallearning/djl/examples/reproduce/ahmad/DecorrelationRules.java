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
package org.locallearning.djl.examples.reproduce.ahmad;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.locallearning.djl.examples.output.Counted;
import org.locallearning.djl.examples.report.Curve;
import org.locallearning.djl.examples.report.Diagram;
import org.locallearning.djl.examples.report.FigurePage;
import org.locallearning.djl.examples.report.ShortNumber;
import org.locallearning.djl.examples.reproduce.Reproduction;
import org.locallearning.djl.examples.reproduce.Target;

/** Figure 3: the paper's rule of decorrelation against Földiák's. */
final class DecorrelationRules implements Target {

    private static final List<Integer> SEEDS = List.of(1, 2, 3, 4, 5);
    private static final int STEPS = 100;
    private static final int SCALES = 9;
    private static final double LEAST_EXPONENT = -1;
    private static final double GREATEST_EXPONENT = 0.6;
    private static final double NEAR = 0.1;
    private static final int DIGITS = 3;

    /**
     * The numbers behind the figure.
     *
     * @param steps the steps of every trial
     * @param overScale per rule: the mean squared correlation that is left, over log10 of the scale
     *     of M; and what it was before
     * @param overSteps per rule: the activity that is left, over the steps, from M = I
     * @param endedEarly by the title of a rule, how many of its trials stopped being finite before
     *     the last step, of which nothing but what was before is in the curves; null where none did
     */
    record Figure(
            int steps,
            List<Curve> overScale,
            List<Curve> overSteps,
            Map<String, Integer> endedEarly) {}

    /** Runs trials with the inputs of one seed. */
    @FunctionalInterface
    interface Trials {

        /** Runs a rule from a scale of M, and returns the state after 0, 1, 2 ... steps. */
        List<DecorrelationTrial.State> run(DecorrelationTrial.Rule rule, double scale, int steps);
    }

    /** {@inheritDoc} */
    @Override
    public String name() {
        return "ahmad-figure-3";
    }

    /** {@inheritDoc} */
    @Override
    public String title() {
        return "The paper's rule of decorrelation and Földiák's, over scale and activity";
    }

    /** {@inheritDoc} */
    @Override
    public String paper() {
        return "Ahmad, \"Correlations Are Ruining Your Gradient Descent\", 2024, figure 3";
    }

    /** {@inheritDoc} */
    @Override
    public Duration expectedTime() {
        return Duration.ofSeconds(20);
    }

    /** {@inheritDoc} */
    @Override
    public Set<String> options() {
        return Set.of("--seeds");
    }

    /** {@inheritDoc} */
    @Override
    public void run(Reproduction reproduction) throws IOException {
        List<Integer> seeds = reproduction.arguments().seeds(SEEDS);
        Figure figure;
        try (NDManager manager = reproduction.engine().newBaseManager()) {
            figure = measure(seeds, seed -> new DecorrelationTrial(manager, seed)::run);
        }
        FigurePage page =
                new FigurePage()
                        .section("Result", text(figure))
                        .figures(
                                List.of(
                                        Diagram.curves(
                                                "Correlation left after " + STEPS + " steps",
                                                "scale of M at the start, log10",
                                                "mean squared correlation of two outputs",
                                                figure.overScale,
                                                DecorrelationRules::number),
                                        Diagram.curves(
                                                "Activity",
                                                "step",
                                                "mean square of the outputs, as a share of the"
                                                        + " inputs'",
                                                figure.overSteps,
                                                DecorrelationRules::number)))
                        .setting(
                                "Data",
                                String.format(
                                        Locale.ROOT,
                                        "%d features mixed at random, %d samples, drawn by this"
                                                + " program for every seed; rate %s over the"
                                                + " greatest eigenvalue of their covariance, for"
                                                + " both rules",
                                        DecorrelationTrial.FEATURES,
                                        DecorrelationTrial.SAMPLES,
                                        number(DecorrelationTrial.RATE_SHARE)));
        reproduction.write(seeds, figure, page);
        reproduction.out().println(text(figure));
    }

    static Figure measure(List<Integer> seeds, IntFunction<Trials> inputs) {
        List<Curve> overScale = new ArrayList<>();
        List<Curve> overSteps = new ArrayList<>();
        Map<String, Integer> endedEarly = new LinkedHashMap<>();
        Map<Double, List<Double>> before = Map.of();
        for (DecorrelationTrial.Rule rule : DecorrelationTrial.Rule.values()) {
            Map<Double, List<Double>> left = new TreeMap<>();
            before = new TreeMap<>();
            Map<Double, List<Double>> activity = new TreeMap<>();
            for (int seed : seeds) {
                Trials trials = inputs.apply(seed);
                for (int i = 0; i < SCALES; ++i) {
                    double exponent =
                            LEAST_EXPONENT
                                    + i * (GREATEST_EXPONENT - LEAST_EXPONENT) / (SCALES - 1);
                    List<DecorrelationTrial.State> states =
                            trials.run(rule, Math.pow(10, exponent), STEPS);
                    if (!states.isEmpty()) {
                        before.computeIfAbsent(exponent, x -> new ArrayList<>())
                                .add(states.get(0).loss());
                    }
                    if (states.size() > STEPS) {
                        left.computeIfAbsent(exponent, x -> new ArrayList<>())
                                .add(states.get(STEPS).loss());
                    } else {
                        endedEarly.merge(rule.title(), 1, Integer::sum);
                    }
                }
                List<DecorrelationTrial.State> states = trials.run(rule, 1, STEPS);
                if (states.size() <= STEPS) {
                    endedEarly.merge(rule.title(), 1, Integer::sum);
                    continue;
                }
                for (int step = 0; step <= STEPS; ++step) {
                    activity.computeIfAbsent((double) step, x -> new ArrayList<>())
                            .add(states.get(step).activity());
                }
            }
            overScale.add(Curve.of(rule.title(), left));
            overSteps.add(Curve.of(rule.title(), activity));
        }
        // the same for both rules
        overScale.add(Curve.of("Before", before));
        return new Figure(
                STEPS,
                List.copyOf(overScale),
                List.copyOf(overSteps),
                endedEarly.isEmpty() ? null : endedEarly);
    }

    static String text(Figure figure) {
        StringBuilder text =
                new StringBuilder(
                        String.format(
                                Locale.ROOT,
                                "The mean squared correlation is %s before.",
                                mean(figure.overScale.get(2).points(), LEAST_EXPONENT)));
        for (int i = 0; i < figure.overSteps.size(); ++i) {
            List<Curve.Point> scales = figure.overScale.get(i).points();
            List<Curve.Point> steps = figure.overSteps.get(i).points();
            String rule = figure.overScale.get(i).name();
            text.append(
                    String.format(
                            Locale.ROOT,
                            " %s leaves %s from M = 0.1 I, %s from M = I and %s from M = 4 I; of the"
                                    + " activity it leaves %s.",
                            rule,
                            mean(scales, LEAST_EXPONENT),
                            mean(scales, 0),
                            mean(scales, GREATEST_EXPONENT),
                            mean(steps, STEPS)));
            if (figure.endedEarly != null && figure.endedEarly.containsKey(rule)) {
                text.append(
                        String.format(
                                Locale.ROOT,
                                " %s of it stopped being finite before step %d and are left out.",
                                Counted.of(figure.endedEarly.get(rule), "trial"),
                                STEPS));
            }
        }
        return text.toString();
    }

    /** Writes the mean at the point of a curve that is nearest to a place, if there is one near. */
    private static String mean(List<Curve.Point> points, double x) {
        return points.stream()
                .filter(point -> Math.abs(point.x() - x) < NEAR)
                .min(Comparator.comparingDouble(point -> Math.abs(point.x() - x)))
                .map(point -> number(point.y().mean()))
                .orElse("–");
    }

    static String number(double value) {
        return ShortNumber.of(value, DIGITS);
    }
}
