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
package org.locallearning.djl.examples.report;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.locallearning.djl.examples.method.Methods;
import org.locallearning.djl.examples.results.AlignmentResult;
import org.locallearning.djl.examples.results.CorrelationMap;
import org.locallearning.djl.examples.results.CorrelationResult;
import org.locallearning.djl.examples.results.Divergence;
import org.locallearning.djl.examples.results.EpochResult;
import org.locallearning.djl.examples.results.Moment;
import org.locallearning.djl.examples.results.PaperResult;
import org.locallearning.djl.examples.results.Results;
import org.locallearning.djl.examples.results.RunResult;

/** The figures that results make: learning curves, angles, and correlations. */
final class LearningCharts {

    private static final List<Diagram.Guide> RIGHT_ANGLE = List.of(Diagram.Guide.at(90));

    private final Results results;
    private final List<String> methods;
    private final List<String> drawn;

    /**
     * Creates the charts of some methods.
     *
     * @param results the results
     * @param methods methods with at least one finished run each
     */
    LearningCharts(Results results, List<String> methods) {
        this(results, methods, methods);
    }

    private LearningCharts(Results results, List<String> methods, List<String> drawn) {
        this.results = results;
        this.methods = methods;
        this.drawn = drawn;
    }

    /**
     * Creates the charts of all methods: those of which every run diverged have learning curves, as
     * far as they came.
     */
    static LearningCharts of(Results results) {
        return new LearningCharts(results, results.finishedMethods(), results.triedMethods());
    }

    /** Returns what a picture of results shows: accuracy, where there is one, and losses. */
    static Panels picture(Results results) {
        LearningCharts charts = of(results);
        List<Figure> figures = List.of(charts.heldOut(false), charts.trainingLoss());
        return new Panels(heading(results), 2, figures);
    }

    /**
     * Returns a summary in two figures: accuracy, or test loss where there is none, and how far the
     * weight gradients are from backpropagation's; the second is left out if nothing was measured.
     */
    Panels overview() {
        List<Figure> figures = new ArrayList<>(List.of(heldOut(false)));
        List<Diagram.Layer> layers = new ArrayList<>();
        for (String method : methods) {
            Curve angles = meanAngle(method);
            if (!angles.points().isEmpty()) {
                layers.add(layer(method, angles, "epoch", LearningCharts::degrees));
            }
        }
        if (!layers.isEmpty()) {
            figures.add(
                    Diagram.overEpochs(
                            "Angle to backpropagation",
                            "degrees, mean over the hidden layers",
                            layers,
                            RIGHT_ANGLE));
        }
        return new Panels(heading(results), 2, figures);
    }

    /** The output layer, whose gradient is backpropagation's own, is left out of the mean. */
    private Curve meanAngle(String method) {
        List<Map.Entry<Double, Double>> means = new ArrayList<>();
        for (RunResult run : results.runsOf(method)) {
            List<AlignmentResult> angles = run.alignment();
            run.alignment().stream()
                    .filter(
                            angle ->
                                    angle.gradientAngle() != null
                                            && !angle.layer()
                                                    .equals(angles.get(angles.size() - 1).layer()))
                    .collect(
                            Collectors.groupingBy(
                                    AlignmentResult::epoch,
                                    Collectors.averagingDouble(AlignmentResult::gradientAngle)))
                    .forEach((epoch, mean) -> means.add(Map.entry(epoch, mean)));
        }
        return Curve.over(title(method), means.stream(), Map.Entry::getKey, Map.Entry::getValue);
    }

    /** The data, and the model with what was chosen about it, which tells it from others. */
    private static String heading(Results results) {
        StringBuilder text = new StringBuilder(results.datasetTitle());
        text.append(", ").append(results.model());
        if (results.settings().hidden() != null) {
            text.append(' ')
                    .append(
                            results.settings().hidden().stream()
                                    .map(String::valueOf)
                                    .collect(Collectors.joining("-")));
        }
        if (results.settings().activation() != null) {
            text.append(' ').append(results.settings().activation());
        }
        return text.toString();
    }

    /**
     * Returns accuracies and losses over the epochs, that of images not trained on first, and
     * beside it over the seconds of training.
     */
    List<Figure> learning() {
        List<Figure> figures = new ArrayList<>(List.of(heldOut(false), heldOut(true)));
        figures.add(trainingLoss());
        if (results.task().hasAccuracy()) {
            figures.add(
                    accuracyChart(
                            "Training accuracy",
                            false,
                            (name, runs) ->
                                    Curve.over(
                                            name,
                                            epochs(runs),
                                            EpochResult::epoch,
                                            epoch -> 100 * epoch.trainAccuracy()),
                            List.of()));
            figures.add(
                    lossChart(
                            ReportPage.heldOut(results) + " loss",
                            false,
                            (name, runs) -> Curve.overEpochs(name, runs, Moment::loss),
                            List.of()));
        }
        return figures;
    }

    /** Returns the accuracy on images not trained on, or the loss where there is none. */
    private Figure heldOut(boolean overSeconds) {
        boolean accuracy = results.task().hasAccuracy();
        Function<Moment, Double> quantity =
                accuracy ? moment -> 100 * moment.accuracy() : Moment::loss;
        String title =
                ReportPage.heldOut(results)
                        + (accuracy ? " accuracy" : " loss")
                        + (overSeconds ? " over seconds" : "");
        BiFunction<String, List<RunResult>, Curve> curve =
                (name, runs) ->
                        overSeconds
                                ? Curve.overSeconds(name, runs, quantity)
                                : Curve.overEpochs(name, runs, quantity);
        return accuracy
                ? accuracyChart(title, overSeconds, curve, paper())
                : lossChart(title, overSeconds, curve, paper());
    }

    /**
     * Returns a line for what the paper reports of the methods here, one for those it has alike.
     */
    private List<Diagram.Guide> paper() {
        if (results.paper() == null) {
            return List.of();
        }
        boolean accuracy = results.task().hasAccuracy();
        Map<Double, List<String>> reported =
                results.paper().stream()
                        .filter(result -> drawn.contains(result.method()))
                        .collect(
                                Collectors.groupingBy(
                                        PaperResult::value,
                                        LinkedHashMap::new,
                                        Collectors.mapping(
                                                PaperResult::method, Collectors.toList())));
        List<Diagram.Guide> guides = new ArrayList<>();
        reported.forEach(
                (value, whose) ->
                        guides.add(
                                Diagram.Guide.paper(
                                        accuracy ? 100 * value : value,
                                        drawn.size() == 1 ? "" : String.join(", ", whose),
                                        accuracy
                                                ? ShortNumber.of(100 * value) + " %"
                                                : ShortNumber.of(value),
                                        place(whose.get(0)))));
        return guides;
    }

    private Figure trainingLoss() {
        return lossChart(
                "Training loss",
                false,
                (name, runs) ->
                        Curve.over(name, epochs(runs), EpochResult::epoch, EpochResult::trainLoss),
                List.of());
    }

    private static Stream<EpochResult> epochs(List<RunResult> runs) {
        return runs.stream().flatMap(run -> run.epochs().stream());
    }

    private static String percent(double value) {
        return String.format(Locale.ROOT, "%.2f %%", value);
    }

    private Diagram accuracyChart(
            String title,
            boolean overSeconds,
            BiFunction<String, List<RunResult>, Curve> curve,
            List<Diagram.Guide> guides) {
        Map<String, Diagram.Layer> layers = layers(overSeconds, curve, LearningCharts::percent);
        return chart(title, "in %", overSeconds, layers.values(), guides);
    }

    /** Losses of methods that diverged may be beyond all others before they are infinite. */
    private Diagram lossChart(
            String title,
            boolean overSeconds,
            BiFunction<String, List<RunResult>, Curve> curve,
            List<Diagram.Guide> guides) {
        Map<String, Diagram.Layer> layers = layers(overSeconds, curve, ReportPage::loss);
        Diagram all = chart(title, results.task().lossUnit(), overSeconds, layers.values(), guides);
        layers.keySet().retainAll(methods);
        return all.notAbove(List.copyOf(layers.values()));
    }

    private static Diagram chart(
            String title,
            String unit,
            boolean overSeconds,
            Collection<Diagram.Layer> layers,
            List<Diagram.Guide> guides) {
        return overSeconds
                ? Diagram.overSeconds(title, unit, List.copyOf(layers), guides)
                : Diagram.overEpochs(title, unit, List.copyOf(layers), guides);
    }

    /** Methods that diverged are drawn as far as they came, and named in the legend. */
    private Map<String, Diagram.Layer> layers(
            boolean overSeconds,
            BiFunction<String, List<RunResult>, Curve> drawing,
            DoubleFunction<String> format) {
        Map<String, Diagram.Layer> layers = new LinkedHashMap<>();
        String abscissa = overSeconds ? Diagram.SECONDS : "epoch";
        for (String method : results.settings().methods()) {
            if (drawn.contains(method)) {
                List<RunResult> runs = results.byMethod().get(method);
                List<RunResult> finished = results.runsOf(method);
                String name = title(method) + Divergence.note(runs);
                Curve curve =
                        drawing.apply(
                                name, finished.isEmpty() ? RunResult.asFarAsAll(runs) : finished);
                layers.put(
                        method,
                        curve.points().isEmpty()
                                ? Diagram.Layer.remark(name)
                                : layer(method, curve, abscissa, format));
            }
        }
        return layers;
    }

    private Diagram.Layer layer(
            String method, Curve curve, String abscissa, DoubleFunction<String> format) {
        int place = place(method);
        return curve.layer(Palette.series(place), Diagram.Shape.of(place), abscissa, format);
    }

    private int place(String method) {
        return results.settings().methods().indexOf(method);
    }

    /** Returns the angles of every method that differs from backpropagation, layer by layer. */
    List<Figure> angles() {
        List<Figure> figures = new ArrayList<>();
        for (String method : methods) {
            addAngles(
                    figures,
                    method,
                    "gradient",
                    "degrees between its weight gradient and backpropagation's",
                    AlignmentResult::gradientAngle);
            addAngles(
                    figures,
                    method,
                    "weights",
                    "degrees between the weights and the feedback weights",
                    AlignmentResult::feedbackAngle);
        }
        return figures;
    }

    private void addAngles(
            List<Figure> figures,
            String method,
            String what,
            String ordinate,
            Function<AlignmentResult, Double> quantity) {
        List<AlignmentResult> measured =
                results.runsOf(method).stream().flatMap(run -> run.alignment().stream()).toList();
        List<Curve> curves =
                layerByLayer(measured, AlignmentResult::layer, AlignmentResult::epoch, quantity);
        if (!curves.stream().allMatch(curve -> curve.points().isEmpty())) {
            figures.add(
                    Diagram.overNetwork(
                            title(method) + ": " + what,
                            ordinate,
                            curves,
                            RIGHT_ANGLE,
                            LearningCharts::degrees));
        }
    }

    /** Returns what was measured at the decorrelation layers of every method that has them. */
    List<Figure> correlations() {
        List<Figure> figures = new ArrayList<>();
        for (String method : methods) {
            List<CorrelationResult> measured =
                    results.runsOf(method).stream()
                            .flatMap(run -> run.correlations().stream())
                            .toList();
            if (!measured.isEmpty()) {
                figures.add(
                        correlations(
                                title(method) + ": before the matrix",
                                "mean squared correlation of the layer's inputs",
                                measured,
                                CorrelationResult::lossBefore));
                figures.add(
                        correlations(
                                title(method) + ": after the matrix",
                                "mean squared correlation of its outputs",
                                measured,
                                CorrelationResult::lossAfter));
                figures.add(
                        correlations(
                                title(method) + ": gain",
                                "factor of the latest update",
                                measured,
                                CorrelationResult::gain));
            }
        }
        return figures;
    }

    private static Figure correlations(
            String title,
            String ordinate,
            List<CorrelationResult> measured,
            Function<CorrelationResult, Double> value) {
        List<Curve> curves =
                layerByLayer(measured, CorrelationResult::layer, CorrelationResult::epoch, value);
        return Diagram.overNetwork(title, ordinate, curves, List.of(), ShortNumber::of);
    }

    /** Returns a curve for each layer, an empty one where the quantity was not measured. */
    private static <T> List<Curve> layerByLayer(
            List<T> measured,
            Function<T, String> layer,
            ToDoubleFunction<T> epoch,
            Function<T, Double> quantity) {
        Map<String, List<T>> layers =
                measured.stream()
                        .collect(
                                Collectors.groupingBy(
                                        layer, LinkedHashMap::new, Collectors.toList()));
        return layers.entrySet().stream()
                .map(each -> Curve.over(each.getKey(), each.getValue().stream(), epoch, quantity))
                .toList();
    }

    /** Returns the correlations in the first and in the last layer of each method's first run. */
    List<Figure> correlationMaps() {
        List<Figure> figures = new ArrayList<>();
        for (String method : methods) {
            List<CorrelationMap> maps = results.runsOf(method).get(0).correlationMaps();
            for (int i = 0; i < maps.size(); ++i) {
                if (i == 0 || i == maps.size() - 1) {
                    CorrelationMap map = maps.get(i);
                    String name = title(method) + ": " + map.layer();
                    String time =
                            " the matrix, epoch "
                                    + ShortNumber.of(map.epoch())
                                    + "; correlations of "
                                    + map.features()
                                    + " of its ";
                    figures.add(
                            Bitmap.correlations(
                                    name, "before" + time + "inputs", map, map.before()));
                    figures.add(
                            Bitmap.correlations(
                                    name, "after" + time + "outputs", map, map.after()));
                }
            }
        }
        return figures;
    }

    private static String title(String method) {
        return Methods.named(method).title();
    }

    private static String degrees(double angle) {
        return String.format(Locale.ROOT, "%.1f°", angle);
    }
}
