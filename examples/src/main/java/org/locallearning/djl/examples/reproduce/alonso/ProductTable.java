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

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.locallearning.djl.creditassignment.CreditTrainer;
import org.locallearning.djl.examples.benchmark.ProductFormulas;
import org.locallearning.djl.examples.method.InferenceSettings;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.method.MethodSettings;
import org.locallearning.djl.examples.method.Methods;
import org.locallearning.djl.examples.method.OptimizerKind;
import org.locallearning.djl.examples.report.Curve;
import org.locallearning.djl.examples.report.Diagram;
import org.locallearning.djl.examples.report.FigurePage;
import org.locallearning.djl.examples.reproduce.Reproduction;
import org.locallearning.djl.examples.reproduce.Target;
import org.locallearning.djl.examples.results.SeedSummary;
import org.locallearning.djl.zoo.network.NetworkOptions;
import org.locallearning.djl.zoo.network.Networks;
import org.locallearning.djl.zoo.task.Task;

/**
 * Tables 4 and 5: products with weights per training step, counted while a step runs, beside the
 * formulas of the paper and what its authors' code takes.
 *
 * <p>All counts include the forward pass, which the paper's tables leave out for inference
 * learning. Table 4 has 3, 6 and 15 iterations of inference as the paper does; table 5 compares
 * with incremental predictive coding.
 */
final class ProductTable implements Target {

    private static final int SMALLEST = 2;
    private static final int LARGEST = 8;
    private static final int WIDTH = 8;

    private final String table;
    private final String title;
    private final List<Case> cases;

    private ProductTable(String table, String title, Case... cases) {
        this.table = table;
        this.title = title;
        this.cases = List.of(cases);
    }

    /**
     * Creates table 4.
     *
     * @return the target that compares with backpropagation
     */
    public static ProductTable table4() {
        return new ProductTable(
                "4",
                "Products with weights per step: backpropagation and inference learning",
                new Case("bp-tape", 1),
                new Case("seqil", 3),
                new Case("seqil", 6),
                new Case("il", 15));
    }

    /**
     * Creates table 5.
     *
     * @return the target that compares with incremental predictive coding
     */
    public static ProductTable table5() {
        return new ProductTable(
                "5",
                "Products with weights per step: inference learning and incremental coding",
                new Case("il", 3),
                new Case("seqil", 3),
                new Case("ipc", 3),
                new Case("seqil", 6),
                new Case("ipc", 6));
    }

    /** A method with a number of iterations. */
    private record Case(String method, int iterations) {

        boolean infers() {
            return !method.equals("bp-tape");
        }

        /** Says in few letters which one it is, since a picture's legend is narrow. */
        String title() {
            return infers() ? method + ", T = " + iterations : Methods.BASELINE;
        }
    }

    /**
     * One count.
     *
     * @param method the method's name
     * @param iterations T
     * @param layers L
     * @param counted the products of a step as it ran
     * @param paper the products by the paper's formula, with the forward pass
     * @param code the products of the authors' code, null where they are not known
     */
    record Count(String method, int iterations, int layers, long counted, long paper, Long code) {}

    /** {@inheritDoc} */
    @Override
    public String name() {
        return "alonso-table-" + table;
    }

    /** {@inheritDoc} */
    @Override
    public String title() {
        return title;
    }

    /** {@inheritDoc} */
    @Override
    public String paper() {
        return Paper.source("table " + table);
    }

    /** {@inheritDoc} */
    @Override
    public Duration expectedTime() {
        return Duration.ofMinutes(1);
    }

    /** {@inheritDoc} */
    @Override
    public Set<String> options() {
        return Set.of();
    }

    /** {@inheritDoc} */
    @Override
    public void run(Reproduction reproduction) throws IOException {
        List<Count> counts = new ArrayList<>();
        List<Curve> curves = new ArrayList<>();
        List<List<String>> rows = new ArrayList<>();
        for (Case each : cases) {
            List<Curve.Point> points = new ArrayList<>();
            for (int layers = SMALLEST; layers <= LARGEST; ++layers) {
                Count count = count(reproduction.engine(), each, layers);
                counts.add(count);
                points.add(
                        new Curve.Point(
                                layers,
                                new SeedSummary(count.counted, count.counted, count.counted)));
                rows.add(
                        List.of(
                                each.title(),
                                String.valueOf(layers),
                                String.valueOf(count.counted),
                                String.valueOf(count.paper),
                                count.code == null ? "-" : String.valueOf(count.code)));
            }
            curves.add(new Curve(each.title(), points));
        }
        FigurePage page =
                new FigurePage()
                        .section("Result", text(counts))
                        .figures(
                                List.of(
                                        Diagram.curves(
                                                "Products with weights per step",
                                                "weight matrices",
                                                "counted, forward pass and gradients included",
                                                curves,
                                                value -> String.valueOf(Math.round(value)))))
                        .table(
                                List.of(
                                        "Method",
                                        "Matrices",
                                        "counted",
                                        "paper, with the forward pass",
                                        "authors' code"),
                                rows);
        reproduction.write(List.of(), counts, page);
        reproduction.out().println(text(counts));
    }

    private static Count count(Engine engine, Case each, int layers) {
        Method method = Methods.named(each.method);
        int[] hidden = new int[layers - 1];
        Arrays.fill(hidden, WIDTH);
        Shape sample = new Shape(1, 2, 2);
        MethodSettings settings =
                new MethodSettings(
                        new InferenceSettings(
                                each.iterations, MethodSettings.preset("").inference().stepSize()),
                        1);
        try (Model model = Model.newInstance(each.method, engine.getEngineName())) {
            model.setBlock(
                    Networks.named("mlp3")
                            .create(
                                    NetworkOptions.builder().optHidden(hidden).build(),
                                    sample,
                                    WIDTH));
            DefaultTrainingConfig config =
                    new DefaultTrainingConfig(Task.CLASSIFICATION.newLoss())
                            .optOptimizer(
                                    method.optimizer(OptimizerKind.SGD)
                                            .create(1e-3f, model.getBlock()));
            try (Trainer trainer = method.trainer().newTrainer(model, config, 1, settings);
                    NDManager scope = trainer.getManager().newSubManager()) {
                trainer.initialize(new Shape(2).addAll(sample));
                NDArray labels = scope.arange(2);
                try (GradientCollector collector = trainer.newGradientCollector()) {
                    NDList predictions =
                            trainer.forward(
                                    new NDList(scope.ones(new Shape(2).addAll(sample))),
                                    new NDList(labels));
                    collector.backward(trainer.getLoss().evaluate(new NDList(labels), predictions));
                }
                OptionalLong code =
                        ProductFormulas.code(method.errorPath(), layers, each.iterations);
                return new Count(
                        each.method,
                        each.iterations,
                        layers,
                        ((CreditTrainer) trainer).getMatrixProducts().total(),
                        ProductFormulas.paper(method.errorPath(), layers, each.iterations)
                                .orElseThrow(),
                        code.isPresent() ? code.getAsLong() : null);
            }
        }
    }

    private static String text(List<Count> counts) {
        StringBuilder text = new StringBuilder("With 5 weight matrices:");
        for (Count count : counts) {
            if (count.layers == 5) {
                text.append(' ')
                        .append(new Case(count.method, count.iterations).title())
                        .append(" takes ")
                        .append(count.counted)
                        .append(" products, ")
                        .append(count.paper)
                        .append(" by the paper with the forward pass")
                        .append(count.code == null ? "." : " and " + count.code + " in its code.");
            }
        }
        return text.toString();
    }
}
