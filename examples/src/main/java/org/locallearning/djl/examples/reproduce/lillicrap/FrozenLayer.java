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
import org.locallearning.djl.creditassignment.CreditAssignment;
import org.locallearning.djl.creditassignment.rule.Backpropagation;
import org.locallearning.djl.creditassignment.rule.FeedbackAlignment;
import org.locallearning.djl.examples.report.Diagram;
import org.locallearning.djl.examples.report.Diagram.Layer;
import org.locallearning.djl.examples.reproduce.Pieces;
import org.locallearning.djl.examples.reproduce.Reproduction;

/**
 * Figure 6 and note 3: a frozen first layer costs feedback alignment as much as backpropagation, so
 * what arrives there was of use.
 */
final class FrozenLayer extends DrawnFigure {

    private static final int STEPS = 6000;
    private static final int INTERVAL = 200;
    private static final float RATE = 0.05f;
    private static final float BOUND = 0.1f;

    /** Creates the target. */
    FrozenLayer() {
        super("figure-6", "A frozen first layer, the control of note 3", "note 3 and figure 6");
    }

    /**
     * One run.
     *
     * @param name the net and the rule
     * @param seed the seed
     * @param error the normalized squared error at the end
     */
    record Run(String name, int seed, double error) {}

    /** Everything that a run depends on. */
    private record Settings(String variant, int seed, int steps, float rate) {}

    private record Variant(String name, boolean random, boolean frozen, int... hidden) {}

    /** {@inheritDoc} */
    @Override
    public Duration expectedTime() {
        return Duration.ofMinutes(3);
    }

    /** {@inheritDoc} */
    @Override
    public Set<String> options() {
        return Pieces.OPTIONS;
    }

    /** {@inheritDoc} */
    @Override
    FigureContent draw(Reproduction reproduction) throws IOException, TranslateException {
        List<Integer> seeds = reproduction.arguments().seeds(List.of(1, 2, 3));
        List<Variant> variants = new ArrayList<>();
        for (boolean random : new boolean[] {false, true}) {
            String name = random ? "feedback alignment" : "backpropagation";
            variants.add(new Variant(name + ", 30-40-10", random, false, 40, 10));
            variants.add(new Variant(name + ", 30-40-20-10", random, false, 40, 20, 10));
            variants.add(
                    new Variant(
                            name + ", 30-40-20-10, first layer frozen", random, true, 40, 20, 10));
        }
        List<Layer> layers = new ArrayList<>();
        List<Run> runs = new ArrayList<>();
        List<List<String>> rows = new ArrayList<>();
        Pieces pieces = new Pieces(reproduction, variants.size() * seeds.size());
        for (int i = 0; i < variants.size(); i++) {
            Variant variant = variants.get(i);
            List<List<double[]>> curves = new ArrayList<>();
            for (int seed : seeds) {
                curves.add(
                        pieces.get(
                                        variant.name + ", seed " + seed,
                                        new Settings(variant.name, seed, STEPS, RATE),
                                        Curves.Kept.class,
                                        STEPS / INTERVAL,
                                        step ->
                                                new Curves.Kept(
                                                        run(reproduction, variant, seed, step)))
                                .points());
                runs.add(new Run(variant.name, seed, Curves.last(curves.get(curves.size() - 1))));
            }
            layers.add(Layer.lines(variant.name, i, curves));
            rows.add(
                    List.of(
                            variant.name,
                            String.format(
                                    Locale.ROOT,
                                    "%.4f",
                                    curves.stream()
                                            .mapToDouble(Curves::last)
                                            .average()
                                            .orElseThrow())));
        }
        return new FigureContent(
                "Targets are those of a 30-20-10-10 tanh net with a linear output, without biases"
                        + " and with pre-activations doubled, inputs normal, batches of 100, rate "
                        + RATE
                        + ". Weights start uniform within ±"
                        + BOUND
                        + ".",
                List.of(new Diagram("Error", "step", "log10 of NSE", layers)),
                List.of("Net and rule", "NSE after " + STEPS + " steps, mean over seeds"),
                rows,
                runs,
                seeds);
    }

    private static List<double[]> run(
            Reproduction reproduction, Variant variant, int seed, Runnable step) {
        reproduction.engine().setRandomSeed(seed);
        try (NDManager manager = reproduction.engine().newBaseManager();
                RegressionTrial trial =
                        new RegressionTrial(
                                reproduction.engine(),
                                seed,
                                Teachers.learner(variant.hidden),
                                30,
                                BOUND,
                                Teachers.network(manager, 30, 20, 10, 10))) {
            if (variant.frozen) {
                trial.freeze("01Linear_weight");
                trial.freeze("01Linear_bias");
            }
            trial.use(rule(variant, seed), RATE, 0);
            return Curves.follow(trial, 0, STEPS, INTERVAL, step);
        }
    }

    private static CreditAssignment rule(Variant variant, int seed) {
        return variant.random
                ? FeedbackAlignment.builder().optSeed(seed).build()
                : Backpropagation.builder().build();
    }
}
