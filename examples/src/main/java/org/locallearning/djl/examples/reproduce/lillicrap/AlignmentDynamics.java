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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.locallearning.djl.examples.report.Diagram;
import org.locallearning.djl.examples.report.Diagram.Layer;
import org.locallearning.djl.examples.reproduce.Reproduction;

/**
 * Figures 11 and 12: {@code tr(Aᵀ B E)}, {@code tr(B W)} and the error of a linear net, where its
 * two layers learn in turn and where they learn together.
 */
final class AlignmentDynamics extends DrawnFigure {

    private static final double RATE = 0.01;
    private static final int STEPS = 1200;
    private static final int INTERVAL = 12;
    private static final int RUNS = 20;
    private static final double BOUND = 0.01;

    private final int in;
    private final int hidden;
    private final int out;
    private final List<Regimen> regimens;
    private final String text;

    private AlignmentDynamics(
            int figure, int in, int hidden, int out, List<Regimen> regimens, String text) {
        super(
                "figure-" + figure,
                String.format(Locale.ROOT, "Alignment in a %d-%d-%d linear net", in, hidden, out),
                "figure " + figure);
        this.in = in;
        this.hidden = hidden;
        this.out = out;
        this.regimens = regimens;
        this.text = text;
    }

    /**
     * Creates figure 11: three regimens of a small net.
     *
     * @return the target
     */
    public static AlignmentDynamics figure11() {
        return new AlignmentDynamics(
                11,
                30,
                20,
                10,
                List.of(Regimen.values()),
                "While A learns, tr(AᵀBE) grows and the error hardly moves; when W learns, tr(BW)"
                        + " grows and the error falls. The two together do the same at once.");
    }

    /**
     * Creates figure 12: a larger net whose layers learn together.
     *
     * @return the target
     */
    public static AlignmentDynamics figure12() {
        return new AlignmentDynamics(
                12,
                100,
                50,
                20,
                List.of(Regimen.TOGETHER),
                "A and W learn together: tr(AᵀBE) grows first, then tr(BW) does and the error"
                        + " falls.");
    }

    /** Which layer learns when. */
    enum Regimen {
        ONCE("A, then W", 2),
        IN_TURN("A and W in turn", 12),
        TOGETHER("A and W together", 0);

        private final String title;
        private final int phases;

        Regimen(String title, int phases) {
            this.title = title;
            this.phases = phases;
        }

        boolean firstLearns(int step) {
            return phases == 0 || step * phases / STEPS % 2 == 0;
        }

        boolean secondLearns(int step) {
            return phases == 0 || !firstLearns(step);
        }
    }

    /**
     * What one regimen came to, over the runs.
     *
     * @param regimen which layers learned when
     * @param leastFeedbackTrace the least {@code tr(B W)} at the end
     * @param leastErrorTrace the least {@code tr(Aᵀ B E)} after the first tenth of the run
     * @param meanError the mean normalized squared error at the end
     * @param spread the standard deviation of {@code tr(B W)} at the end, over its mean
     */
    record Outcome(
            Regimen regimen,
            double leastFeedbackTrace,
            double leastErrorTrace,
            double meanError,
            double spread) {}

    /** {@inheritDoc} */
    @Override
    FigureContent draw(Reproduction reproduction) {
        List<Integer> seeds =
                reproduction.arguments().seeds(IntStream.rangeClosed(1, RUNS).boxed().toList());
        List<Diagram> diagrams = new ArrayList<>();
        List<Outcome> outcomes = new ArrayList<>();
        for (Regimen regimen : regimens) {
            List<List<double[]>> errorTraces = new ArrayList<>();
            List<List<double[]>> feedbackTraces = new ArrayList<>();
            List<List<double[]>> errors = new ArrayList<>();
            for (int seed : seeds) {
                reproduction.engine().setRandomSeed(seed);
                try (NDManager manager = reproduction.engine().newBaseManager()) {
                    run(
                            new LinearNet(manager, in, hidden, out, BOUND),
                            regimen,
                            errorTraces,
                            feedbackTraces,
                            errors);
                }
            }
            diagrams.add(diagram("tr(AᵀBE): " + regimen.title, "tr(AᵀBE)", 0, errorTraces));
            diagrams.add(diagram("tr(BW): " + regimen.title, "tr(BW)", 1, feedbackTraces));
            diagrams.add(diagram("Error: " + regimen.title, "NSE", 2, errors));
            outcomes.add(
                    new Outcome(
                            regimen,
                            least(feedbackTraces, STEPS),
                            least(errorTraces, STEPS / 10),
                            DoubleStream.of(last(errors)).average().orElseThrow(),
                            spread(last(feedbackTraces))));
        }
        List<List<String>> rows = new ArrayList<>();
        for (Outcome outcome : outcomes) {
            rows.add(
                    List.of(
                            outcome.regimen.title,
                            String.format(Locale.ROOT, "%.3f", outcome.leastFeedbackTrace),
                            String.format(Locale.ROOT, "%.2e", outcome.leastErrorTrace),
                            String.format(Locale.ROOT, "%.2e", outcome.meanError),
                            deviation(seeds.size(), outcome.spread)));
        }
        return new FigureContent(
                text
                        + " One line per seed; weights start uniform within ±"
                        + BOUND
                        + ", which the paper does not tell.",
                diagrams,
                List.of(
                        "Regimen",
                        "Least tr(BW) at the end",
                        "Least tr(AᵀBE) after a tenth",
                        "Mean NSE at the end",
                        "Deviation of tr(BW) at the end"),
                rows,
                outcomes,
                seeds);
    }

    private static void run(
            LinearNet net,
            Regimen regimen,
            List<List<double[]>> errorTraces,
            List<List<double[]>> feedbackTraces,
            List<List<double[]>> errors) {
        List<double[]> errorTrace = new ArrayList<>();
        List<double[]> feedbackTrace = new ArrayList<>();
        List<double[]> error = new ArrayList<>();
        for (int step = 0; step <= STEPS; step++) {
            if (step % INTERVAL == 0) {
                errorTrace.add(new double[] {step, net.traceOfWeightsAndFeedbackError()});
                feedbackTrace.add(new double[] {step, net.traceOfFeedbackAndWeights()});
                error.add(new double[] {step, net.normalizedSquaredError()});
            }
            net.step(RATE, regimen.firstLearns(step), regimen.secondLearns(step));
        }
        errorTraces.add(errorTrace);
        feedbackTraces.add(feedbackTrace);
        errors.add(error);
    }

    private static double[] last(List<List<double[]>> lines) {
        return lines.stream().mapToDouble(line -> line.get(line.size() - 1)[1]).toArray();
    }

    /** The standard deviation of values over their mean; 0 for a single one. */
    static double spread(double... values) {
        double mean = DoubleStream.of(values).average().orElseThrow();
        double squares = DoubleStream.of(values).map(v -> (v - mean) * (v - mean)).sum();
        return Math.sqrt(squares / Math.max(1, values.length - 1)) / mean;
    }

    /** Writes a deviation over some runs; a single one has none. */
    static String deviation(int runs, double spread) {
        return runs == 1 ? "–" : String.format(Locale.ROOT, "%.0f %%", 100 * spread);
    }

    private static double least(List<List<double[]>> lines, int from) {
        return lines.stream()
                .flatMap(List::stream)
                .filter(point -> point[0] >= from)
                .mapToDouble(point -> point[1])
                .min()
                .orElseThrow();
    }

    private static Diagram diagram(
            String title, String ordinate, int colour, List<List<double[]>> lines) {
        return new Diagram(title, "step", ordinate, List.of(Layer.lines(null, colour, lines)));
    }
}
