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

import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.locallearning.djl.examples.report.Curve;
import org.locallearning.djl.examples.report.Diagram;
import org.locallearning.djl.examples.report.FigurePage;
import org.locallearning.djl.examples.report.LossValue;
import org.locallearning.djl.examples.reproduce.LearningCurves;
import org.locallearning.djl.examples.reproduce.Reproduction;
import org.locallearning.djl.examples.reproduce.Target;
import org.locallearning.djl.examples.results.Divergence;
import org.locallearning.djl.examples.results.EpochResult;
import org.locallearning.djl.examples.results.Results;
import org.locallearning.djl.examples.results.RunResult;
import org.locallearning.djl.examples.results.SeedSummary;

/**
 * Figure 10: the test loss over the seconds of training, for the three networks on CIFAR-10.
 *
 * <p>A point per epoch; its seconds are those spent on training, tests left out, the mean over the
 * seeds. The perceptron takes the 60 epochs that figure 6 shows (the authors' code: 110).
 */
final class LearningTime implements Target {

    private static final Map<String, Integer> EPOCHS = new LinkedHashMap<>();

    static {
        EPOCHS.put("mlp3", 60);
        EPOCHS.put("alonso-conv", 45);
        EPOCHS.put("autoencoder", 100);
    }

    /**
     * The loss of one network.
     *
     * @param dataset the name of the data set that it learned
     * @param model the model's name
     * @param unit what the numbers are
     * @param losses per method: the test loss over seconds; a name says how many runs diverged
     */
    record Figure(String dataset, String model, String unit, List<Curve> losses) {}

    /** {@inheritDoc} */
    @Override
    public String name() {
        return "alonso-figure-10";
    }

    /** {@inheritDoc} */
    @Override
    public String title() {
        return "Test loss over the seconds of training";
    }

    /** {@inheritDoc} */
    @Override
    public String paper() {
        return Paper.source("figure 10");
    }

    /** {@inheritDoc} */
    @Override
    public Duration expectedTime() {
        return Duration.ofHours(79);
    }

    /** {@inheritDoc} */
    @Override
    public Set<String> options() {
        return LearningCurves.OPTIONS;
    }

    /** {@inheritDoc} */
    @Override
    public void run(Reproduction reproduction) throws IOException, TranslateException {
        List<LearningCurves.Part> parts =
                PredictiveLearning.parts(reproduction.arguments(), EPOCHS);
        LearningCurves curves = new LearningCurves(reproduction);
        List<Figure> figures = new ArrayList<>();
        for (LearningCurves.Part part : parts) {
            figures.add(figure(curves.run(part)));
        }
        write(reproduction, figures);
    }

    static Figure figure(Results results) {
        List<Curve> losses = new ArrayList<>();
        for (Map.Entry<String, List<RunResult>> each : results.byMethod().entrySet()) {
            List<RunResult> runs = results.runsOf(each.getKey());
            List<Curve.Point> points = new ArrayList<>();
            double seconds = 0;
            int length = runs.isEmpty() ? 0 : runs.get(0).epochs().size();
            for (int epoch = 0; epoch < length; ++epoch) {
                int number = epoch;
                List<EpochResult> epochs =
                        runs.stream().map(run -> run.epochs().get(number)).toList();
                seconds +=
                        SeedSummary.of(epochs.stream().map(EpochResult::seconds).toList()).mean();
                points.add(
                        new Curve.Point(
                                seconds,
                                SeedSummary.of(
                                        epochs.stream().map(EpochResult::testLoss).toList())));
            }
            losses.add(new Curve(each.getKey() + Divergence.note(each.getValue()), points));
        }
        return new Figure(results.dataset(), results.model(), results.task().lossUnit(), losses);
    }

    private static void write(Reproduction reproduction, List<Figure> figures) throws IOException {
        String abscissa = "seconds of training";
        FigurePage page =
                new FigurePage()
                        .section("", divergences(figures))
                        .figures(
                                figures.stream()
                                        .map(
                                                figure ->
                                                        Diagram.curves(
                                                                "Test loss of "
                                                                        + figure.model
                                                                        + " on "
                                                                        + figure.dataset,
                                                                abscissa,
                                                                figure.unit,
                                                                figure.losses,
                                                                LossValue::of))
                                        .toList());
        reproduction.write(reproduction.arguments().seeds(Paper.SEEDS), figures, page);
    }

    /** Says which runs are in no curve; nothing where none diverged. */
    static String divergences(List<Figure> figures) {
        StringBuilder text = new StringBuilder();
        for (Figure figure : figures) {
            String names =
                    figure.losses.stream()
                            .map(Curve::name)
                            .filter(name -> name.endsWith("diverged)"))
                            .collect(Collectors.joining(", "));
            if (!names.isEmpty()) {
                text.append(text.length() == 0 ? "Curves leave out runs that diverged: " : "; ")
                        .append(figure.model)
                        .append(" on ")
                        .append(figure.dataset)
                        .append(", ")
                        .append(names);
            }
        }
        return text.length() == 0 ? "" : text.append('.').toString();
    }
}
