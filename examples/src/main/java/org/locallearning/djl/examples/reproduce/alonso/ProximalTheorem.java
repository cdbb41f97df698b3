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
package org.locallearning.djl.examples.reproduce.alonso;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.locallearning.djl.examples.report.Curve;
import org.locallearning.djl.examples.report.Diagram;
import org.locallearning.djl.examples.report.FigurePage;
import org.locallearning.djl.examples.reproduce.Reproduction;
import org.locallearning.djl.examples.reproduce.Target;
import org.locallearning.djl.pc.InferenceLearning;

/**
 * Theorem 1: with its γ the step of inference learning is the proximal one, in the limit where the
 * step brings a net to the activities that were inferred.
 *
 * <p>Small nets with one sample each take a step, and {@link OneSampleNet#distance} tells how far
 * it is from implicit descent. The theorem's α does not change with activities; with one α for all
 * layers, the limit it speaks of is not reached. It is reached where {@code α ‖f(ĥ)‖²} = 1 in every
 * layer, which is what inference comes to with {@code α / ‖f(ĥ)‖²} in the place of α: at its end
 * every α is a number, and all assumptions hold.
 */
final class ProximalTheorem implements Target {

    private static final int[][] NETS = {{5, 3}, {5, 4, 3}, {5, 6, 4, 3}};
    private static final double[] BETAS = {0.001, 0.01, 0.1, 1};
    private static final List<Integer> SEEDS = List.of(1, 2, 3);
    private static final int ITERATIONS = 400;
    private static final double STEP = 1;

    /** A way to take a step. */
    private enum Way {
        DESCENT("gradient descent") {
            @Override
            List<double[]> step(OneSampleNet net, double beta) {
                return OneSampleNet.scaled(net.slope(), -beta);
            }
        },
        STATIC("theorem 1, one α") {
            @Override
            List<double[]> step(OneSampleNet net, double beta) {
                double rate = net.meanReciprocalNorm();
                return OneSampleNet.scaled(
                        net.gradients(inference().optProximalPrecisions(beta, rate).build()),
                        -rate);
            }
        },
        LIMIT("theorem 1 in its limit") {
            @Override
            List<double[]> step(OneSampleNet net, double beta) {
                return OneSampleNet.scaled(
                        net.gradients(
                                inference()
                                        .optProximalPrecisions(beta, 1)
                                        .optNormalizedStep(true)
                                        .build()),
                        -1);
            }
        },
        TURNED("decay of the other sign") {
            @Override
            List<double[]> step(OneSampleNet net, double beta) {
                return OneSampleNet.scaled(
                        net.gradients(inference().optProximalStep(beta).build()), -1);
            }
        };

        private final String title;

        Way(String title) {
            this.title = title;
        }

        abstract List<double[]> step(OneSampleNet net, double beta);

        private static InferenceLearning.Builder inference() {
            return InferenceLearning.builder()
                    .optIterations(ITERATIONS)
                    .optStepSize(STEP)
                    .optStepDecay(false);
        }
    }

    /**
     * One step.
     *
     * @param net the sizes of the layers, such as 5-4-3
     * @param hidden the number of hidden layers
     * @param way how the step was taken
     * @param beta β
     * @param seed the seed of the net and its sample
     * @param distance how far the step is from the proximal one, as a share of its length
     */
    record Step(String net, int hidden, String way, double beta, int seed, double distance) {}

    /** {@inheritDoc} */
    @Override
    public String name() {
        return "alonso-theorem-1";
    }

    /** {@inheritDoc} */
    @Override
    public String title() {
        return "How far steps of inference learning are from the proximal step";
    }

    /** {@inheritDoc} */
    @Override
    public String paper() {
        return Paper.source("theorem 1");
    }

    /** {@inheritDoc} */
    @Override
    public Duration expectedTime() {
        return Duration.ofMinutes(2);
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
        List<Step> steps = new ArrayList<>();
        for (int[] sizes : NETS) {
            for (int seed : seeds) {
                OneSampleNet net = new OneSampleNet(reproduction.engine(), seed, sizes);
                for (double beta : BETAS) {
                    for (Way way : Way.values()) {
                        steps.add(
                                new Step(
                                        name(sizes),
                                        sizes.length - 2,
                                        way.title,
                                        beta,
                                        seed,
                                        net.distance(way.step(net, beta), beta)));
                    }
                }
                reproduction.out().printf(Locale.ROOT, "%s, seed %d%n", name(sizes), seed);
                reproduction.out().flush();
            }
        }
        List<Diagram> diagrams = new ArrayList<>();
        List<List<String>> rows = new ArrayList<>();
        for (int[] sizes : NETS) {
            String net = name(sizes);
            diagrams.add(diagram(net, steps));
            for (Way way : Way.values()) {
                List<String> row = new ArrayList<>(List.of(net + ", " + way.title));
                for (double beta : BETAS) {
                    row.add(String.format(Locale.ROOT, "%.1e", greatest(steps, net, way, beta)));
                }
                rows.add(row);
            }
        }
        List<String> titles = new ArrayList<>(List.of("Net and step"));
        Arrays.stream(BETAS).forEach(beta -> titles.add("β = " + Paper.number(beta)));
        FigurePage page =
                new FigurePage()
                        .section(
                                "Result",
                                "The distance is ‖Δθ + β ∇L(θ + Δθ)‖ / ‖Δθ‖, 0 for implicit"
                                        + " descent. Without hidden layers theorem 1 is exact."
                                        + " With them the distance of its step, in the limit it"
                                        + " speaks of, is of the order of β, as that of gradient"
                                        + " descent is. The step is the proximal one if the decay"
                                        + " γ_decay has the other sign.")
                        .figures(NETS.length, diagrams)
                        .section("Greatest distance of the seeds", "")
                        .table(titles, rows);
        reproduction.write(seeds, steps, page);
        reproduction.out().println(String.join(" | ", titles));
        rows.forEach(row -> reproduction.out().println(String.join(" | ", row)));
    }

    private static Diagram diagram(String net, List<Step> steps) {
        List<Curve> curves = new ArrayList<>();
        for (Way way : Way.values()) {
            Map<Double, List<Double>> values = new TreeMap<>();
            for (Step step : steps) {
                // rounding leaves nothing of some distances, which have no logarithm
                if (of(step, net, way) && step.distance > 0) {
                    values.computeIfAbsent(Paper.log10(step.beta), x -> new ArrayList<>())
                            .add(Paper.log10(step.distance));
                }
            }
            curves.add(Curve.of(way.title, values));
        }
        return Diagram.curves(net, "log10 of β", "log10 of the distance", curves, Paper::power);
    }

    private static double greatest(List<Step> steps, String net, Way way, double beta) {
        return steps.stream()
                .filter(step -> of(step, net, way) && step.beta == beta)
                .mapToDouble(Step::distance)
                .max()
                .orElseThrow();
    }

    private static boolean of(Step step, String net, Way way) {
        return step.net.equals(net) && step.way.equals(way.title);
    }

    private static String name(int[] sizes) {
        return Arrays.stream(sizes).mapToObj(String::valueOf).collect(Collectors.joining("-"));
    }
}
