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
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.Batch;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.translate.TranslateException;
import ai.djl.util.Pair;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.locallearning.djl.examples.commandline.ResumeArguments;
import org.locallearning.djl.examples.method.InferenceSettings;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.method.MethodSettings;
import org.locallearning.djl.examples.method.Methods;
import org.locallearning.djl.examples.method.OptimizerKind;
import org.locallearning.djl.examples.report.Curve;
import org.locallearning.djl.examples.report.Diagram;
import org.locallearning.djl.examples.report.FigurePage;
import org.locallearning.djl.examples.reproduce.Pieces;
import org.locallearning.djl.examples.reproduce.Reproduction;
import org.locallearning.djl.examples.reproduce.Target;
import org.locallearning.djl.examples.results.SeedSummary;
import org.locallearning.djl.examples.training.RunRates;
import org.locallearning.djl.pc.InferenceLearning;
import org.locallearning.djl.pc.InferenceSchedule;
import org.locallearning.djl.pc.Mq;
import org.locallearning.djl.zoo.data.ImageData;
import org.locallearning.djl.zoo.network.NetworkOptions;
import org.locallearning.djl.zoo.network.Networks;

/**
 * Figures 1 and 8: the proximal objective {@code L(θ + Δθ) + ‖Δθ‖² / 2β} in the course of
 * inference.
 *
 * <p>As in appendix A.5: a network with three hidden layers is trained for 1000 steps of 64 images;
 * then the weights learn from what activities are after 0, 1, 2, … iterations, the objective is
 * measured on the batch, and the weights are put back. Full clamp. Figure 1 has β = 100 by its
 * caption (appendix A.5: 1, but for MQ in simultaneous inference); figure 8 all β, every curve
 * shifted to start at 2. Which steps the paper took is not printed; here, as in its code, they are
 * 0.01 in 20 simultaneous iterations and {@code 0.04 / (1 + t)} in 5 sequential ones. Rates are the
 * presets of {@code mlp3}; those of MQ are equation 7 with the running magnitudes that training
 * left, which therefore has all of these iterations, too.
 */
final class ProximalObjective implements Target {

    private static final double[] BETAS = {0.01, 0.1, 1, 10, 100};
    private static final double LARGEST_BETA = 100;
    private static final String MODEL = "mlp3";
    private static final int STEPS = 1000;
    private static final double SHIFTED_START = 2;

    /** Clamps the output to the target but for what rounding hides. */
    private static final double FULLY = 1e9;

    /** Moves activities by less than their rounding. */
    private static final double NO_STEP = 1e-12;

    private static final List<Variant> VARIANTS =
            List.of(
                    new Variant("il", InferenceSchedule.SIMULTANEOUS, 20, 0.01),
                    new Variant("seqil", InferenceSchedule.SEQUENTIAL, 5, 0.04),
                    new Variant("il-mq", InferenceSchedule.SIMULTANEOUS, 20, 0.01),
                    new Variant("seqil-mq", InferenceSchedule.SEQUENTIAL, 5, 0.04));

    private final String figure;
    private final boolean everyBeta;

    private ProximalObjective(String figure, boolean everyBeta) {
        this.figure = figure;
        this.everyBeta = everyBeta;
    }

    /**
     * Creates figure 1.
     *
     * @return the target of the largest β
     */
    public static ProximalObjective figure1() {
        return new ProximalObjective("1", false);
    }

    /**
     * Creates figure 8.
     *
     * @return the target of all β
     */
    public static ProximalObjective figure8() {
        return new ProximalObjective("8", true);
    }

    /** One line of the figure: a method and how its activities are found. */
    private record Variant(String method, InferenceSchedule schedule, int iterations, double step) {

        String title() {
            return Methods.named(method).title();
        }

        boolean stepDecay() {
            return schedule == InferenceSchedule.SEQUENTIAL;
        }

        /** What training before the measurement has. */
        MethodSettings training() {
            return new MethodSettings(
                    new InferenceSettings(iterations, step, FULLY, stepDecay(), null, null), 1);
        }

        InferenceLearning rule(int t) {
            return InferenceLearning.builder()
                    .optSchedule(schedule)
                    .optIterations(Math.max(t, 1))
                    .optStepSize(t == 0 ? NO_STEP : step)
                    .optStepDecay(stepDecay())
                    .optFullClamp()
                    .optBacktracking(false)
                    .build();
        }
    }

    /** Everything that the terms of a seed depend on. */
    private record Settings(
            String data, Variant variant, MethodSettings training, int seed, int steps) {}

    /** The loss after the update and the update's squared norm, after 0, 1, … iterations. */
    private record Terms(double[][] values) {}

    /**
     * The objective of one method.
     *
     * @param method what it is called
     * @param beta β
     * @param objective the objective over the iterations done, as it was measured
     */
    record Measured(String method, double beta, Curve objective) {}

    /**
     * The numbers behind the figure.
     *
     * @param steps the steps of training before
     * @param images the images that the objective was measured on
     * @param measured the objectives
     */
    record Figure(int steps, int images, List<Measured> measured) {}

    /** {@inheritDoc} */
    @Override
    public String name() {
        return "alonso-figure-" + figure;
    }

    /** {@inheritDoc} */
    @Override
    public String title() {
        return everyBeta
                ? "The proximal objective during inference, for β from 0.01 to 100"
                : "The proximal objective during inference";
    }

    /** {@inheritDoc} */
    @Override
    public String paper() {
        return Paper.source("figure " + figure);
    }

    /** {@inheritDoc} */
    @Override
    public Duration expectedTime() {
        return Duration.ofHours(8);
    }

    /** {@inheritDoc} */
    @Override
    public Set<String> options() {
        return Set.of(
                "--seeds",
                "--dataset",
                "--data-repository",
                "--limit",
                "--test-limit",
                ResumeArguments.FRESH);
    }

    /** {@inheritDoc} */
    @Override
    public void run(Reproduction reproduction) throws IOException, TranslateException {
        List<Integer> seeds = reproduction.arguments().seeds(Paper.SEEDS);
        List<Double> betas = new ArrayList<>();
        for (double beta : BETAS) {
            if (everyBeta || beta == LARGEST_BETA) {
                betas.add(beta);
            }
        }
        try (ImageData images = Paper.images(reproduction.arguments(), MODEL)) {
            // with fewer images than the paper's, no more than a pass over them
            int steps = (int) Math.min(STEPS, images.getTrainingBatches(Paper.BATCH));
            if (reproduction.arguments().limit() == 0) {
                steps = STEPS;
            }
            List<Measured> measured = new ArrayList<>();
            Pieces pieces = new Pieces(reproduction, VARIANTS.size() * seeds.size());
            for (Variant variant : VARIANTS) {
                Map<Double, Map<Double, List<Double>>> values = new LinkedHashMap<>();
                betas.forEach(beta -> values.put(beta, new TreeMap<>()));
                for (int seed : seeds) {
                    int trained = steps;
                    double[][] terms =
                            pieces.get(
                                            variant.method + ", seed " + seed,
                                            new Settings(
                                                    images.getDescription(),
                                                    variant,
                                                    variant.training(),
                                                    seed,
                                                    steps),
                                            Terms.class,
                                            steps + variant.iterations + 1L,
                                            step ->
                                                    measure(
                                                            reproduction,
                                                            images,
                                                            variant,
                                                            seed,
                                                            trained,
                                                            step))
                                    .values();
                    for (int t = 0; t < terms.length; ++t) {
                        double[] each = terms[t];
                        double time = t;
                        values.forEach(
                                (beta, objective) ->
                                        objective
                                                .computeIfAbsent(time, x -> new ArrayList<>())
                                                .add(each[0] + each[1] / (2 * beta)));
                    }
                }
                values.forEach(
                        (beta, objective) ->
                                measured.add(
                                        new Measured(
                                                variant.title(),
                                                beta,
                                                Curve.of(variant.title(), objective))));
            }
            write(reproduction, seeds, images, new Figure(steps, images.getTestSize(), measured));
        }
    }

    private static Terms measure(
            Reproduction reproduction,
            ImageData images,
            Variant variant,
            int seed,
            int steps,
            Runnable stepDone)
            throws IOException, TranslateException {
        Method method = Methods.named(variant.method);
        Block block =
                Networks.named(MODEL)
                        .create(
                                NetworkOptions.builder().build(),
                                images.getSampleShape(),
                                images.getClasses().size());
        OptimizerKind kind = method.optimizer(OptimizerKind.SGD);
        float rate = RunRates.preset(method, images.getName(), MODEL, kind).learning();
        Optimizer optimizer = kind.create(rate, block);
        try (StepwiseTraining training =
                new StepwiseTraining(
                        reproduction.engine(),
                        images,
                        block,
                        method,
                        variant.training(),
                        optimizer,
                        seed)) {
            training.train(steps, step -> stepDone.run());
            Map<String, Double> rates = rates(block, optimizer, rate);
            double[][] terms = new double[variant.iterations + 1][];
            for (int t = 0; t <= variant.iterations; ++t) {
                terms[t] = terms(training.model(), images, variant.rule(t), rates);
                stepDone.run();
            }
            return new Terms(terms);
        }
    }

    /** Returns the learning rate of every parameter, by its path. */
    private static Map<String, Double> rates(Block block, Optimizer optimizer, float rate) {
        Map<String, Double> rates = new LinkedHashMap<>();
        Map<String, Double> averages = optimizer instanceof Mq mq ? mq.getAverages() : Map.of();
        for (Pair<String, Parameter> parameter : block.getParameters()) {
            String path = parameter.getKey();
            Double average = averages.get(path.substring(0, path.lastIndexOf('_')));
            rates.put(path, average == null ? rate : rate / (average + 1e-6) + 1e-3);
        }
        return rates;
    }

    /** Returns the loss after the update and the squared norm of the update, means over batches. */
    private static double[] terms(
            Model model, ImageData images, InferenceLearning rule, Map<String, Double> rates)
            throws IOException, TranslateException {
        double loss = 0;
        double norm = 0;
        int batches = 0;
        DefaultTrainingConfig config = new DefaultTrainingConfig(images.getTask().newLoss());
        try (Trainer trainer = rule.newTrainer(model, config)) {
            trainer.initialize(Paper.batchShape(images));
            for (Batch batch : trainer.iterateDataset(images.test(Paper.BATCH))) {
                try (batch;
                        NDManager scope = trainer.getManager().newSubManager()) {
                    try (GradientCollector collector = trainer.newGradientCollector()) {
                        collector.zeroGradients();
                        NDList predictions = trainer.forward(batch.getData(), batch.getLabels());
                        collector.backward(
                                trainer.getLoss().evaluate(batch.getLabels(), predictions));
                    }
                    Map<Parameter, NDArray> before = new LinkedHashMap<>();
                    for (Pair<String, Parameter> entry : model.getBlock().getParameters()) {
                        NDArray weight = entry.getValue().getArray();
                        NDArray old = weight.duplicate();
                        old.attach(scope);
                        before.put(entry.getValue(), old);
                        NDArray gradient = weight.getGradient();
                        gradient.attach(scope);
                        NDArray update = gradient.mul(rates.get(entry.getKey()));
                        norm += update.square().sum().getFloat();
                        weight.subi(update);
                    }
                    NDList predictions = trainer.evaluate(batch.getData());
                    loss += trainer.getLoss().evaluate(batch.getLabels(), predictions).getFloat();
                    before.forEach((parameter, old) -> old.copyTo(parameter.getArray()));
                }
                ++batches;
            }
        }
        return new double[] {loss / batches, norm / batches};
    }

    private void write(
            Reproduction reproduction, List<Integer> seeds, ImageData images, Figure figure)
            throws IOException {
        String ordinate = everyBeta ? "objective, shifted to start at 2" : "objective";
        List<Diagram> diagrams = new ArrayList<>();
        for (Variant variant : VARIANTS) {
            List<Curve> curves = new ArrayList<>();
            for (Measured measured : figure.measured) {
                if (measured.method.equals(variant.title())) {
                    curves.add(
                            everyBeta
                                    ? shifted("β = " + Paper.number(measured.beta), measured)
                                    : measured.objective);
                }
            }
            diagrams.add(
                    Diagram.curves(
                            variant.title(),
                            "iterations done",
                            ordinate,
                            curves,
                            value -> String.format(Locale.ROOT, "%.4f", value)));
        }
        FigurePage page =
                new FigurePage()
                        .section("Result", text(figure))
                        .table(
                                List.of("Method", "β", "before", "after", "change"),
                                figure.measured.stream().map(ProximalObjective::row).toList())
                        .figures(diagrams)
                        .setting("Data", images.getDescription())
                        .setting(
                                "Training",
                                String.format(
                                        Locale.ROOT,
                                        "%s, %d steps of %d images before; the objective on %d test"
                                                + " images, batch by batch",
                                        MODEL,
                                        figure.steps,
                                        Paper.BATCH,
                                        figure.images));
        reproduction.write(seeds, figure, page);
        reproduction.out().println(text(figure));
    }

    private static Curve shifted(String name, Measured measured) {
        double shift = SHIFTED_START - measured.objective.points().get(0).y().mean();
        return new Curve(
                name,
                measured.objective.points().stream()
                        .map(
                                point ->
                                        new Curve.Point(
                                                point.x(),
                                                new SeedSummary(
                                                        point.y().mean() + shift,
                                                        point.y().least() + shift,
                                                        point.y().greatest() + shift)))
                        .toList());
    }

    private static double before(Measured measured) {
        return measured.objective.points().get(0).y().mean();
    }

    private static double after(Measured measured) {
        List<Curve.Point> points = measured.objective.points();
        return points.get(points.size() - 1).y().mean();
    }

    private static List<String> row(Measured measured) {
        return List.of(
                measured.method,
                Paper.number(measured.beta),
                String.format(Locale.ROOT, "%.4f", before(measured)),
                String.format(Locale.ROOT, "%.4f", after(measured)),
                String.format(Locale.ROOT, "%+.4f", after(measured) - before(measured)));
    }

    private static String text(Figure figure) {
        StringBuilder text = new StringBuilder("Inference");
        String separator = " ";
        for (Variant variant : VARIANTS) {
            List<String> lowered = new ArrayList<>();
            List<String> raised = new ArrayList<>();
            for (Measured measured : figure.measured) {
                if (measured.method.equals(variant.title())) {
                    (after(measured) < before(measured) ? lowered : raised)
                            .add(Paper.number(measured.beta));
                }
            }
            text.append(separator)
                    .append("lowers the objective of ")
                    .append(variant.title())
                    .append(lowered.isEmpty() ? " for no β" : " for β = ")
                    .append(String.join(", ", lowered))
                    .append(raised.isEmpty() ? "" : " and raises it for β = ")
                    .append(String.join(", ", raised));
            separator = "; it ";
        }
        return text.append('.').toString();
    }
}
