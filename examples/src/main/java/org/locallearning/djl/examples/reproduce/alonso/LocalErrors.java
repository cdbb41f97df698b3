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
import ai.djl.nn.Block;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.dataset.Batch;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.locallearning.djl.creditassignment.CreditTrainer;
import org.locallearning.djl.examples.commandline.ResumeArguments;
import org.locallearning.djl.examples.report.Curve;
import org.locallearning.djl.examples.report.Diagram;
import org.locallearning.djl.examples.report.FigurePage;
import org.locallearning.djl.examples.reproduce.Pieces;
import org.locallearning.djl.examples.reproduce.Reproduction;
import org.locallearning.djl.examples.reproduce.Target;
import org.locallearning.djl.pc.FreeEnergy;
import org.locallearning.djl.pc.InferenceLearning;
import org.locallearning.djl.pc.InferenceSchedule;
import org.locallearning.djl.zoo.data.ImageData;
import org.locallearning.djl.zoo.network.NetworkOptions;
import org.locallearning.djl.zoo.network.Networks;

/**
 * Figures 3 and 7: the free energy of every layer in the course of inference, simultaneous and
 * sequential, in a network that has learned nothing yet.
 *
 * <p>Four hidden layers of 1024, as the caption of figure 3 says (appendix A.5: three); and as in
 * that appendix test images of CIFAR-10, 10 seeds, steps of 0.02 that stay as they are, full clamp.
 * A hidden layer's part is {@code ½‖e‖²}, from which the mean of squared errors that the paper
 * draws differs by a factor; the output's is its loss. Figure 7 of the paper is a drawing of which
 * layers have an error after the first two iterations; here they are measured.
 */
final class LocalErrors implements Target {

    private static final String MODEL = "mlp3";
    private static final List<Integer> SEEDS = List.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    private static final int[] HIDDEN = {1024, 1024, 1024, 1024};
    private static final double STEP = 0.02;

    private final String figure;
    private final String title;
    private final int iterations;
    private final int[] hidden;

    private LocalErrors(String figure, String title, int iterations, int... hidden) {
        this.figure = figure;
        this.title = title;
        this.iterations = iterations;
        this.hidden = hidden;
    }

    /**
     * Creates figure 3.
     *
     * @return the target of 20 iterations
     */
    public static LocalErrors figure3() {
        return new LocalErrors("3", "Local errors over the iterations of inference", 20, HIDDEN);
    }

    /**
     * Creates figure 7.
     *
     * @return the target of the first two iterations, in three hidden layers
     */
    public static LocalErrors figure7() {
        return new LocalErrors(
                "7", "How far errors get in two iterations of inference", 2, 1024, 1024, 1024);
    }

    /**
     * The numbers behind the figure.
     *
     * @param iterations the iterations
     * @param simultaneous per layer from the input: log10 of its free energy over the iterations,
     *     from the first iteration that gave it an error
     * @param sequential the same by sequential inference
     */
    record Figure(int iterations, List<Curve> simultaneous, List<Curve> sequential) {}

    /** Everything that the means of a seed depend on. */
    private record Settings(
            String data, int[] hidden, InferenceSchedule schedule, int iterations, int seed) {}

    /** The free energy, a mean over images, after 0, 1, … iterations in every layer. */
    private record Means(double[][] energies) {}

    /** {@inheritDoc} */
    @Override
    public String name() {
        return "alonso-figure-" + figure;
    }

    /** {@inheritDoc} */
    @Override
    public String title() {
        return title;
    }

    /** {@inheritDoc} */
    @Override
    public String paper() {
        return Paper.source("figure " + figure);
    }

    /** {@inheritDoc} */
    @Override
    public Duration expectedTime() {
        return iterations > hidden.length ? Duration.ofHours(2) : Duration.ofMinutes(10);
    }

    /** {@inheritDoc} */
    @Override
    public Set<String> options() {
        return Set.of(
                "--seeds", "--dataset", "--data-repository", "--test-limit", ResumeArguments.FRESH);
    }

    /** {@inheritDoc} */
    @Override
    public void run(Reproduction reproduction) throws IOException, TranslateException {
        List<Integer> seeds = reproduction.arguments().seeds(SEEDS);
        try (ImageData images = Paper.images(reproduction.arguments(), MODEL)) {
            Pieces pieces = new Pieces(reproduction, 2 * seeds.size());
            List<Curve> simultaneous =
                    curves(
                            energies(
                                    reproduction,
                                    pieces,
                                    images,
                                    InferenceSchedule.SIMULTANEOUS,
                                    seeds));
            List<Curve> sequential =
                    curves(
                            energies(
                                    reproduction,
                                    pieces,
                                    images,
                                    InferenceSchedule.SEQUENTIAL,
                                    seeds));
            write(reproduction, seeds, images, new Figure(iterations, simultaneous, sequential));
        }
    }

    /** Returns the means of every seed. */
    private List<Means> energies(
            Reproduction reproduction,
            Pieces pieces,
            ImageData images,
            InferenceSchedule schedule,
            List<Integer> seeds)
            throws IOException, TranslateException {
        int batches = (images.getTestSize() + Paper.BATCH - 1) / Paper.BATCH;
        String inference = schedule.name().toLowerCase(Locale.ROOT);
        List<Means> means = new ArrayList<>();
        for (int seed : seeds) {
            means.add(
                    pieces.get(
                            String.format(Locale.ROOT, "%s inference, seed %d", inference, seed),
                            new Settings(
                                    images.getDescription(), hidden, schedule, iterations, seed),
                            Means.class,
                            batches,
                            step -> measure(reproduction.engine(), images, schedule, seed, step)));
        }
        return means;
    }

    /** Returns a curve for every layer that an error got to, over iterations. */
    private List<Curve> curves(List<Means> seeds) {
        List<Curve> curves = new ArrayList<>();
        for (int l = 0; l <= hidden.length; ++l) {
            Map<Double, List<Double>> values = new TreeMap<>();
            for (Means means : seeds) {
                for (int t = 0; t < means.energies.length; ++t) {
                    double energy = means.energies[t][l];
                    if (energy > 0) {
                        values.computeIfAbsent((double) t, x -> new ArrayList<>())
                                .add(Paper.log10(energy));
                    }
                }
            }
            if (!values.isEmpty()) {
                curves.add(Curve.of(layerName(l), values));
            }
        }
        return curves;
    }

    private Means measure(
            Engine engine,
            ImageData images,
            InferenceSchedule schedule,
            int seed,
            Runnable batchDone)
            throws IOException, TranslateException {
        engine.setRandomSeed(seed);
        Block block =
                Networks.named(MODEL)
                        .create(
                                NetworkOptions.builder().optHidden(hidden).build(),
                                images.getSampleShape(),
                                images.getClasses().size());
        double[][] sums = new double[iterations + 1][hidden.length + 1];
        try (Model model = Model.newInstance(name(), engine.getEngineName())) {
            model.setBlock(block);
            DefaultTrainingConfig config = new DefaultTrainingConfig(images.getTask().newLoss());
            try (CreditTrainer trainer = rule(schedule).newTrainer(model, config)) {
                trainer.initialize(Paper.batchShape(images));
                for (Batch batch : trainer.iterateDataset(images.test(Paper.BATCH))) {
                    try (batch) {
                        infer(trainer, batch);
                        add(sums, trainer, batch.getSize());
                    }
                    batchDone.run();
                }
            }
        }
        for (double[] sum : sums) {
            for (int l = 0; l < sum.length; ++l) {
                sum[l] /= images.getTestSize();
            }
        }
        return new Means(sums);
    }

    private InferenceLearning rule(InferenceSchedule schedule) {
        return InferenceLearning.builder()
                .optSchedule(schedule)
                .optIterations(iterations)
                .optStepSize(STEP)
                .optStepDecay(false)
                .optFullClamp()
                .optBacktracking(false)
                .build();
    }

    private static void add(double[][] sums, CreditTrainer trainer, int images) {
        FreeEnergy energy = InferenceLearning.getFreeEnergy(trainer).orElseThrow();
        for (int t = 0; t < sums.length; ++t) {
            for (int l = 0; l < sums[t].length; ++l) {
                sums[t][l] += energy.get(t, l) * images;
            }
        }
    }

    private static void infer(CreditTrainer trainer, Batch batch) {
        try (GradientCollector collector = trainer.newGradientCollector()) {
            NDList predictions = trainer.forward(batch.getData(), batch.getLabels());
            NDArray loss = trainer.getLoss().evaluate(batch.getLabels(), predictions);
            collector.backward(loss);
        }
    }

    private void write(
            Reproduction reproduction, List<Integer> seeds, ImageData images, Figure figure)
            throws IOException {
        String ordinate = "log10 of the free energy of a layer";
        FigurePage page =
                new FigurePage()
                        .section("Result", text(figure))
                        .table(titles(), table(figure))
                        .figures(
                                List.of(
                                        Diagram.curves(
                                                "Simultaneous inference",
                                                "iterations done",
                                                ordinate,
                                                drawn(figure.simultaneous),
                                                Paper::power),
                                        Diagram.curves(
                                                "Sequential inference",
                                                "iterations done",
                                                ordinate,
                                                drawn(figure.sequential),
                                                Paper::power)))
                        .setting("Data", images.getDescription())
                        .setting(
                                "Inference",
                                String.format(
                                        Locale.ROOT,
                                        "%d hidden layers of %d, untrained; steps of %s, full clamp",
                                        hidden.length,
                                        hidden[0],
                                        STEP));
        reproduction.write(seeds, figure, page);
        reproduction.out().println(text(figure));
    }

    private String text(Figure figure) {
        StringBuilder text = new StringBuilder();
        for (int l = 1; l <= hidden.length; ++l) {
            String layer = "hidden layer " + l;
            text.append(l == 1 ? "" : " ")
                    .append(
                            String.format(
                                    Locale.ROOT,
                                    "The error of %s is first there after %s of simultaneous"
                                            + " inference and after %s of sequential.",
                                    layer,
                                    first(figure.simultaneous, layer),
                                    first(figure.sequential, layer)));
        }
        return text.toString();
    }

    private static String first(List<Curve> curves, String layer) {
        return curves.stream()
                .filter(curve -> curve.name().equals(layer))
                .findFirst()
                .map(curve -> (int) curve.points().get(0).x())
                .map(t -> t + (t == 1 ? " iteration" : " iterations"))
                .orElse("more iterations");
    }

    private String layerName(int index) {
        return index == hidden.length ? "output" : "hidden layer " + (index + 1);
    }

    /** A layer has its colour in both diagrams, although its error may never be there in one. */
    private List<Curve> drawn(List<Curve> curves) {
        return IntStream.rangeClosed(0, hidden.length)
                .mapToObj(this::layerName)
                .map(
                        name ->
                                curves.stream()
                                        .filter(curve -> curve.name().equals(name))
                                        .findFirst()
                                        .orElse(new Curve(name, List.of())))
                .toList();
    }

    private List<String> titles() {
        List<String> titles = new ArrayList<>(List.of("Free energy"));
        for (int t = 0; t <= Math.min(iterations, hidden.length + 1); ++t) {
            titles.add("t = " + t);
        }
        return titles;
    }

    private List<List<String>> table(Figure figure) {
        List<List<String>> rows = new ArrayList<>();
        rows("simultaneous", figure.simultaneous, rows);
        rows("sequential", figure.sequential, rows);
        return rows;
    }

    private void rows(String schedule, List<Curve> curves, List<List<String>> rows) {
        for (int l = 1; l <= hidden.length + 1; ++l) {
            String layer = layerName(l - 1);
            List<String> row = new ArrayList<>(List.of(layer + ", " + schedule));
            for (int t = 0; t <= Math.min(iterations, hidden.length + 1); ++t) {
                int state = t;
                row.add(
                        curves.stream()
                                .filter(curve -> curve.name().equals(layer))
                                .flatMap(curve -> curve.points().stream())
                                .filter(point -> point.x() == state)
                                .findFirst()
                                .map(point -> Paper.power(point.y().mean()))
                                .orElse("0"));
            }
            rows.add(row);
        }
    }
}
