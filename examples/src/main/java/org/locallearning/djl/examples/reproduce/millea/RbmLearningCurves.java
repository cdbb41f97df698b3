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
package org.locallearning.djl.examples.reproduce.millea;

import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.locallearning.djl.examples.report.Bitmap;
import org.locallearning.djl.examples.report.Curve;
import org.locallearning.djl.examples.report.Diagram;
import org.locallearning.djl.examples.report.FigurePage;
import org.locallearning.djl.examples.report.Percent;
import org.locallearning.djl.examples.reproduce.LearningCurves;
import org.locallearning.djl.examples.reproduce.ReproduceArguments;
import org.locallearning.djl.examples.reproduce.Reproduction;
import org.locallearning.djl.examples.reproduce.Target;
import org.locallearning.djl.examples.results.PaperResult;
import org.locallearning.djl.examples.results.SeedSummary;
import org.locallearning.djl.zoo.data.DataOptions;

/**
 * What the report does not show: log-likelihood and classification error over the epochs, for its
 * covariance penalty, for whitening and for the baselines, on machines of several sizes.
 *
 * <ul>
 *   <li>{@code small}: 7 x 7 visible and 8 hidden units, log Z and the Fisher matrix exact
 *   <li>{@code reduced}: 28 x 28 visible and 10 hidden units, the report's machine on its 10,000
 *       training and 2,000 test images, log Z exact
 *   <li>{@code hidden-100} and {@code hidden-500}: 28 x 28 visible units and all images, log Z by
 *       annealed importance sampling
 * </ul>
 */
final class RbmLearningCurves implements Target {

    private static final String MNIST = "mnist";
    private static final List<Integer> SEEDS = List.of(1, 2, 3, 4, 5);
    private static final int SAMPLES_PER_ROW = 5;
    private static final int ENOUGH_CHAINS = 10;

    /**
     * A size of machine.
     *
     * @param name its name on the command line
     * @param pooling the side of the squares of pixels that one visible unit stands for
     * @param hiddenUnits the number of hidden units
     * @param images the number of training images, 0 for all
     * @param testImages the number of test images, 0 for all
     * @param epochs the epochs unless others are asked for
     * @param rateFactor what the methods' learning rates are multiplied by
     * @param methods the methods unless others are asked for
     * @param paper what the paper reports of them, on MNIST
     */
    private record Size(
            String name,
            int pooling,
            int hiddenUnits,
            int images,
            int testImages,
            int epochs,
            float rateFactor,
            List<String> methods,
            List<PaperResult> paper) {

        List<PaperResult> paper(String dataSet) {
            return dataSet.equals(MNIST) ? paper : List.of();
        }
    }

    private static final List<Size> SIZES =
            List.of(
                    new Size(
                            "small",
                            4,
                            8,
                            10_000,
                            2_000,
                            20,
                            1,
                            List.of(
                                    "cd",
                                    "pcd",
                                    "centred",
                                    "penalty",
                                    "exact-penalty",
                                    "whitening",
                                    "periodic",
                                    "exact",
                                    "natural"),
                            List.of()),
                    new Size(
                            "reduced",
                            1,
                            10,
                            10_000,
                            2_000,
                            100,
                            1,
                            List.of("cd", "pcd", "centred", "penalty", "whitening", "periodic"),
                            List.of(PaperResult.error("cd", 55))),
                    new Size(
                            "hidden-100",
                            1,
                            100,
                            0,
                            0,
                            10,
                            0.25f,
                            List.of("cd", "pcd", "centred", "penalty", "whitening"),
                            List.of()),
                    new Size(
                            "hidden-500",
                            1,
                            500,
                            0,
                            0,
                            5,
                            0.25f,
                            List.of("cd", "pcd", "centred", "penalty", "whitening"),
                            List.of()));

    /**
     * One size's numbers.
     *
     * @param size the name of the size
     * @param visibleUnits the number of visible units
     * @param hiddenUnits the number of hidden units
     * @param data where the images are from
     * @param runs the runs
     * @param paper what the paper reports of its methods
     */
    record Part(
            String size,
            int visibleUnits,
            int hiddenUnits,
            String data,
            List<RbmResult> runs,
            List<PaperResult> paper) {}

    /** {@inheritDoc} */
    @Override
    public String name() {
        return "millea-learning";
    }

    /** {@inheritDoc} */
    @Override
    public String title() {
        return "Boltzmann machines: log-likelihood and error with penalty and whitening";
    }

    /** {@inheritDoc} */
    @Override
    public String paper() {
        return "Millea, \"Natural Boltzmann Machines\", the experiments of section 5";
    }

    /** {@inheritDoc} */
    @Override
    public Duration expectedTime() {
        return Duration.ofHours(4);
    }

    /** {@inheritDoc} */
    @Override
    public Set<String> options() {
        return LearningCurves.OPTIONS;
    }

    /** {@inheritDoc} */
    @Override
    public void run(Reproduction reproduction) throws IOException, TranslateException {
        ReproduceArguments arguments = reproduction.arguments();
        List<Integer> seeds = arguments.seeds(SEEDS);
        List<Size> sizes = new ArrayList<>();
        for (String name : arguments.models(List.of("small", "reduced"))) {
            sizes.add(size(name));
        }
        RbmRuns runs = new RbmRuns(reproduction);
        List<Part> parts = new ArrayList<>();
        for (Size size : sizes) {
            List<RbmMethod> methods =
                    arguments.methods(size.methods).stream().map(RbmMethod::named).toList();
            DataOptions options = RbmData.options(arguments, size.images, size.testImages);
            String dataSet = arguments.dataSet(MNIST);
            try (RbmData data =
                    RbmData.load(reproduction.engine(), dataSet, options, size.pooling)) {
                run(reproduction, runs, size, methods, seeds, data, size.paper(dataSet), parts);
            }
        }
        reproduction.out().println();
        for (Part part : parts) {
            reproduction.out().println(part.size + ": " + text(part));
        }
        reproduction.out().flush();
    }

    private static Size size(String name) {
        return SIZES.stream()
                .filter(size -> size.name.equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "Unknown model '"
                                                + name
                                                + "': choose from "
                                                + String.join(
                                                        ", ",
                                                        SIZES.stream().map(Size::name).toList())
                                                + "."));
    }

    private static void run(
            Reproduction reproduction,
            RbmRuns runs,
            Size size,
            List<RbmMethod> methods,
            List<Integer> seeds,
            RbmData data,
            List<PaperResult> paper,
            List<Part> parts)
            throws IOException, TranslateException {
        int epochs = reproduction.arguments().epochs(size.epochs);
        boolean small = size.images > 0;
        runs.header(data, size.hiddenUnits);
        List<RbmResult> results = new ArrayList<>();
        List<Part> finished = List.copyOf(parts);
        for (int seed : seeds) {
            for (RbmMethod method : methods) {
                results.add(
                        runs.run(
                                data,
                                size.hiddenUnits,
                                method,
                                (size.pooling > 1 ? method.smallRate() : method.rate())
                                        * size.rateFactor,
                                seed,
                                epochs,
                                small));
                parts.clear();
                parts.addAll(finished);
                parts.add(
                        new Part(
                                size.name,
                                data.units(),
                                size.hiddenUnits,
                                data.description(),
                                List.copyOf(results),
                                paper));
                write(reproduction, seeds, parts);
            }
        }
    }

    private static void write(Reproduction reproduction, List<Integer> seeds, List<Part> parts)
            throws IOException {
        FigurePage page = new FigurePage();
        for (Part part : parts) {
            String heading =
                    part.visibleUnits + " visible and " + part.hiddenUnits + " hidden units";
            List<Curve> likely = curves(part, RbmEpoch::testLogLikelihood);
            List<Diagram> figures = new ArrayList<>();
            figures.add(
                    Diagram.curves(
                            "Log-likelihood of the test images",
                            "epoch",
                            "mean, in nats",
                            likely,
                            RbmRuns::nats));
            if (part.runs.get(0).epochs().get(0).testError() != null) {
                List<Curve> errors = curves(part, epoch -> 100 * epoch.testError());
                figures.add(
                        Diagram.curves(
                                        "Test error",
                                        "epoch",
                                        "percent, softmax on the hidden probabilities",
                                        errors,
                                        RbmRuns::nats)
                                .with(paper(part)));
            }
            page.section(heading, text(part))
                    .table(tableTitles(part), rows(part))
                    .figures(figures)
                    .section(
                            "Samples, " + heading,
                            "Means of the visible units after 1,000 Gibbs steps.")
                    .figures(samples(part))
                    .setting("Images, " + part.size, part.data);
        }
        page.setting(
                "Training",
                "stochastic gradient without momentum, batches of "
                        + RbmTraining.BATCH
                        + "; visible biases start at the training images' means");
        reproduction.write(seeds, parts, page);
    }

    /** The paper has its error in words: around 55 percent. */
    private static List<Diagram.Guide> paper(Part part) {
        List<String> methods = List.copyOf(byMethod(part).keySet());
        return part.paper.stream()
                .filter(result -> methods.contains(result.method()))
                .map(
                        result -> {
                            double error = 100 * (1 - result.value());
                            return Diagram.Guide.paper(
                                    error,
                                    methods.size() == 1 ? "" : result.method(),
                                    String.format(Locale.ROOT, "about %.0f %%", error),
                                    methods.indexOf(result.method()));
                        })
                .toList();
    }

    private static Map<String, List<RbmResult>> byMethod(Part part) {
        Map<String, List<RbmResult>> methods = new LinkedHashMap<>();
        part.runs.forEach(
                run -> methods.computeIfAbsent(run.method(), m -> new ArrayList<>()).add(run));
        return methods;
    }

    private static List<Curve> curves(Part part, ToDoubleFunction<RbmEpoch> quantity) {
        List<Curve> curves = new ArrayList<>();
        byMethod(part)
                .forEach(
                        (method, runs) -> {
                            Map<Double, List<Double>> values = new TreeMap<>();
                            for (RbmResult run : runs) {
                                for (RbmEpoch epoch : run.epochs()) {
                                    values.computeIfAbsent(
                                                    (double) epoch.epoch(), x -> new ArrayList<>())
                                            .add(quantity.applyAsDouble(epoch));
                                }
                            }
                            curves.add(Curve.of(method, values));
                        });
        return curves;
    }

    private static List<String> tableTitles(Part part) {
        List<String> titles =
                new ArrayList<>(
                        List.of(
                                "method",
                                "rate",
                                "seeds",
                                "train log p",
                                "test log p",
                                "test error, %",
                                "least test error, %",
                                "sparseness",
                                "s/epoch"));
        if (part.runs.get(0).fisher() != null) {
            titles.addAll(
                    List.of(
                            "off-diagonal Fisher norm",
                            "over the diagonal's",
                            "in learned coordinates"));
        }
        RbmResult.Annealing annealing = part.runs.get(0).annealing();
        if (annealing != null) {
            titles.add("error of log Z");
            titles.add("chains of " + annealing.chains());
        }
        return titles;
    }

    private static List<List<String>> rows(Part part) {
        List<List<String>> rows = new ArrayList<>();
        byMethod(part)
                .forEach(
                        (method, runs) -> {
                            List<String> row = new ArrayList<>();
                            row.add(method);
                            row.add(String.valueOf(runs.get(0).rate()));
                            row.add(String.valueOf(runs.size()));
                            row.add(range(runs, run -> run.last().trainLogLikelihood()));
                            row.add(range(runs, run -> run.last().testLogLikelihood()));
                            row.add(range(runs, run -> 100 * run.last().testError()));
                            row.add(range(runs, run -> 100 * run.leastTestError()));
                            row.add(range(runs, run -> run.last().sparseness()));
                            row.add(range(runs, RbmLearningCurves::secondsAnEpoch));
                            if (runs.get(0).fisher() != null) {
                                row.add(range(runs, run -> run.fisher().offDiagonal()));
                                row.add(range(runs, run -> run.fisher().ratio()));
                                row.add(
                                        runs.get(0).fisher().whitenedRatio() == null
                                                ? "-"
                                                : range(runs, run -> run.fisher().whitenedRatio()));
                            }
                            if (runs.get(0).annealing() != null) {
                                row.add(range(runs, run -> run.annealing().standardError()));
                                row.add(range(runs, run -> run.annealing().effectiveChains()));
                            }
                            rows.add(row);
                        });
        return rows;
    }

    private static double secondsAnEpoch(RbmResult run) {
        return run.epochs().stream().mapToDouble(RbmEpoch::seconds).average().orElse(0);
    }

    private static String range(List<RbmResult> runs, ToDoubleFunction<RbmResult> value) {
        SeedSummary spread = SeedSummary.of(runs.stream().map(value::applyAsDouble).toList());
        String mean = RbmRuns.nats(spread.mean());
        return runs.size() == 1 ? mean : mean + " (" + spread.text(RbmRuns::nats) + ")";
    }

    private static List<Bitmap> samples(Part part) {
        List<Bitmap> figures = new ArrayList<>();
        byMethod(part)
                .forEach(
                        (method, runs) ->
                                figures.add(
                                        Bitmap.greyTiles(
                                                        method,
                                                        runs.get(0).samples().rows(),
                                                        SAMPLES_PER_ROW)
                                                .withRemark(RbmMethod.named(method).title())));
        return figures;
    }

    /** Whether so few chains carry the estimate of log Z that it has to be taken as too low. */
    private static boolean isLow(RbmResult run) {
        return run.annealing() != null && run.annealing().effectiveChains() < ENOUGH_CHAINS;
    }

    private static String text(Part part) {
        StringBuilder text = new StringBuilder();
        byMethod(part)
                .forEach(
                        (method, runs) ->
                                text.append(
                                        String.format(
                                                Locale.ROOT,
                                                "%s reaches %s%s nats and %s error. ",
                                                method,
                                                runs.stream().anyMatch(RbmLearningCurves::isLow)
                                                        ? "at most "
                                                        : "",
                                                RbmRuns.nats(
                                                        mean(
                                                                runs,
                                                                r -> r.last().testLogLikelihood())),
                                                Percent.of(
                                                        mean(runs, r -> r.last().testError())))));
        if (part.runs.stream().anyMatch(RbmLearningCurves::isLow)) {
            text.append("At most: fewer than ")
                    .append(ENOUGH_CHAINS)
                    .append(" chains carry the estimate of log Z, which is then too low.");
        }
        return text.toString().stripTrailing();
    }

    private static double mean(List<RbmResult> runs, ToDoubleFunction<RbmResult> value) {
        return runs.stream().mapToDouble(value).average().orElseThrow();
    }
}
