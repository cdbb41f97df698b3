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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.method.Methods;
import org.locallearning.djl.examples.method.OptimizerKind;
import org.locallearning.djl.examples.results.AlignmentResult;
import org.locallearning.djl.examples.results.CorrelationMap;
import org.locallearning.djl.examples.results.CorrelationResult;
import org.locallearning.djl.examples.results.EpochResult;
import org.locallearning.djl.examples.results.Results;
import org.locallearning.djl.examples.results.RunResult;
import org.locallearning.djl.examples.results.SeedSummary;
import org.locallearning.djl.examples.results.Settings;
import org.locallearning.djl.zoo.task.Task;

/** The page {@code report.html}: one file that needs no other, for screens of any width. */
public final class ReportPage {

    private static final double RIGHT_ANGLE = 90;
    private static final int MOST_NAMED_LAYERS = 8;

    private final Results results;
    private final List<String> methods;
    private final Task task;

    private ReportPage(Results results) {
        this.results = results;
        task = results.task();
        methods = results.finishedMethods();
    }

    /**
     * Writes the page.
     *
     * @param results results with at least one finished run
     * @return the page
     */
    public static String html(Results results) {
        return new ReportPage(results).html();
    }

    private String html() {
        Map<String, String> parts =
                Map.ofEntries(
                        Map.entry("title", Html.escape(title())),
                        Map.entry("subtitle", Html.escape(subtitle())),
                        Map.entry("verdict", Html.escape(verdict())),
                        Map.entry("summary", summary()),
                        Map.entry("bandNote", Html.escape(bandNote())),
                        Map.entry("legend", legend()),
                        Map.entry("curves", curves()),
                        Map.entry("alignment", alignment()),
                        Map.entry("correlations", correlations()),
                        Map.entry("classification", ClassificationSection.of(results, methods)),
                        Map.entry(
                                "commandLine",
                                Html.escape(
                                        "java -jar examples/target/local-learning.jar "
                                                + results.commandLine())),
                        Map.entry("settings", settings()),
                        Map.entry(
                                "epochSummary",
                                "Show all "
                                        + results.runs().stream()
                                                .mapToInt(run -> run.epochs().size())
                                                .sum()
                                        + " rows"),
                        Map.entry("epochs", epochs()));
        return PageTemplate.fill("report.html", parts);
    }

    /** Returns table, curves and measurements, to stand below a heading on another page. */
    static String parts(Results results) {
        ReportPage page = new ReportPage(results);
        return "<p>"
                + Html.escape(page.verdict())
                + "</p>\n<div class=\"scroll\">"
                + page.summary()
                + "</div>\n<p class=\"quiet\">"
                + Html.escape(page.bandNote())
                + "</p>\n"
                + page.legend()
                + "<div class=\"charts\">\n"
                + page.curves()
                + "</div>\n"
                + page.alignment()
                + page.correlations()
                + ClassificationSection.of(results, page.methods);
    }

    private String title() {
        return results.datasetTitle()
                + " with "
                + results.model()
                + ": "
                + String.join(", ", methods);
    }

    private String subtitle() {
        Settings settings = results.settings();
        int wanted = settings.methods().size() * settings.seeds().size();
        return results.modelSummary()
                + ". "
                + count(settings.epochs(), "epoch")
                + ", "
                + count(settings.seeds().size(), "seed")
                + ", batches of "
                + settings.batch()
                + "."
                + (results.runs().size() == wanted
                        ? ""
                        : " Finished so far: "
                                + results.runs().size()
                                + " of "
                                + count(wanted, "run")
                                + ".");
    }

    private String verdict() {
        StringBuilder text = new StringBuilder();
        for (String method : methods) {
            text.append(text.length() == 0 ? "" : ", ")
                    .append(Methods.named(method).title())
                    .append(' ')
                    .append(
                            task.hasAccuracy()
                                    ? Percent.of(last(method, EpochResult::testAccuracy).mean())
                                    : loss(last(method, EpochResult::testLoss).mean()));
        }
        return (task.hasAccuracy() ? "Test accuracy after " : "Test loss after ")
                + count(results.settings().epochs(), "epoch")
                + (results.settings().seeds().size() > 1 ? ", mean over seeds: " : ": ")
                + text
                + ".";
    }

    private String bandNote() {
        return results.settings().seeds().size() > 1
                ? "Lines are means over the seeds; the band reaches from the lowest to the highest"
                        + " seed. Point at a mark to read its value."
                : "One seed. Point at a mark to read its value.";
    }

    private String summary() {
        StringBuilder table =
                new StringBuilder("<table><thead><tr><th>Method</th>")
                        .append(
                                task.hasAccuracy()
                                        ? "<th>Test accuracy</th><th>Best epoch</th>"
                                                + "<th>Train accuracy</th>"
                                        : "<th>Test loss</th><th>Best epoch</th>")
                        .append("<th>Train loss</th><th>s / epoch</th><th>Learning rate</th></tr>")
                        .append("</thead><tbody>\n");
        for (String method : methods) {
            table.append("<tr><td>")
                    .append(Html.escape(Methods.named(method).title()))
                    .append("<br><code class=\"quiet\">")
                    .append(Html.escape(method))
                    .append("</code></td>");
            if (task.hasAccuracy()) {
                cell(table, last(method, EpochResult::testAccuracy), Percent::of);
                cell(table, best(method), Percent::of);
                cell(table, last(method, EpochResult::trainAccuracy), Percent::of);
            } else {
                cell(table, last(method, EpochResult::testLoss), ReportPage::loss);
                cell(table, best(method), ReportPage::loss);
            }
            cell(table, last(method, EpochResult::trainLoss), ReportPage::loss);
            cell(table, secondsPerEpoch(method), ReportPage::seconds);
            table.append("<td>")
                    .append(Html.number(results.runsOf(method).get(0).learningRate()))
                    .append(decorrelationRate(results.runsOf(method).get(0)))
                    .append("</td></tr>\n");
        }
        return table.append("</tbody></table>").toString();
    }

    private static String decorrelationRate(RunResult run) {
        return run.decorrelationRate() == null
                ? ""
                : "<span class=\"range\">decor " + Html.number(run.decorrelationRate()) + "</span>";
    }

    private static void cell(
            StringBuilder table, SeedSummary spread, Function<Double, String> format) {
        table.append("<td>").append(format.apply(spread.mean()));
        if (spread.least() < spread.greatest()) {
            table.append("<span class=\"range\">")
                    .append(format.apply(spread.least()))
                    .append(" – ")
                    .append(format.apply(spread.greatest()))
                    .append("</span>");
        }
        table.append("</td>");
    }

    private SeedSummary last(String method, ToDoubleFunction<EpochResult> quantity) {
        return SeedSummary.of(
                results.runsOf(method).stream()
                        .map(run -> quantity.applyAsDouble(run.last()))
                        .toList());
    }

    private SeedSummary best(String method) {
        return SeedSummary.of(
                results.runsOf(method).stream()
                        .map(
                                run ->
                                        task.hasAccuracy()
                                                ? run.epochs().stream()
                                                        .mapToDouble(EpochResult::testAccuracy)
                                                        .max()
                                                        .orElseThrow()
                                                : run.epochs().stream()
                                                        .mapToDouble(EpochResult::testLoss)
                                                        .min()
                                                        .orElseThrow())
                        .toList());
    }

    private SeedSummary secondsPerEpoch(String method) {
        return SeedSummary.of(
                results.runsOf(method).stream()
                        .flatMap(run -> run.epochs().stream())
                        .map(EpochResult::seconds)
                        .toList());
    }

    private String legend() {
        StringBuilder list = new StringBuilder("<ul class=\"legend\">");
        for (int i = 0; i < methods.size(); ++i) {
            Method method = Methods.named(methods.get(i));
            list.append("<li title=\"")
                    .append(Html.escape(method.description()))
                    .append("\">")
                    .append(swatch(colour(methods.get(i)), i))
                    .append(Html.escape(method.title()))
                    .append(" <code>")
                    .append(Html.escape(method.name()))
                    .append("</code></li>\n");
        }
        return list.append("</ul>").toString();
    }

    static String swatch(String colour, int index) {
        return "<svg viewBox=\"-13 -6 26 12\" aria-hidden=\"true\" style=\"--c:"
                + colour
                + "\"><line class=\"line\" x1=\"-12\" x2=\"12\" y1=\"0\" y2=\"0\"/>"
                + "<g class=\"mark\">"
                + LineChart.shape(index)
                + "</g></svg>";
    }

    private String colour(String method) {
        return Palette.methodColour(results.settings().methods().indexOf(method));
    }

    private String curves() {
        String unit = task.lossUnit();
        String training = chart("Training loss", unit, EpochResult::trainLoss, ReportPage::loss);
        String test = chart("Test loss", unit, EpochResult::testLoss, ReportPage::loss);
        return task.hasAccuracy()
                ? accuracyChart("Test accuracy", EpochResult::testAccuracy)
                        + training
                        + accuracyChart("Training accuracy", EpochResult::trainAccuracy)
                        + test
                : test + training;
    }

    private String accuracyChart(String title, ToDoubleFunction<EpochResult> share) {
        return chart(
                title, "in %", epoch -> 100 * share.applyAsDouble(epoch), v -> fixed(v) + " %");
    }

    private String chart(
            String title,
            String unit,
            ToDoubleFunction<EpochResult> quantity,
            Function<Double, String> format) {
        List<Curve> curves = new ArrayList<>();
        List<String> colours = new ArrayList<>();
        for (String method : methods) {
            curves.add(Curve.overEpochs(results, method, Methods.named(method).title(), quantity));
            colours.add(colour(method));
        }
        return "<figure><figcaption>"
                + title
                + " <span>"
                + unit
                + "</span></figcaption>\n"
                + LineChart.draw(title + " over epochs", curves, colours, Double.NaN, format::apply)
                + "</figure>\n";
    }

    private String alignment() {
        StringBuilder figures = new StringBuilder();
        for (String method : methods) {
            String title = Methods.named(method).title();
            figures.append(
                    angles(
                            method,
                            title + ": gradient",
                            "degrees between its weight gradient and backpropagation's",
                            AlignmentResult::gradientAngle));
            figures.append(
                    angles(
                            method,
                            title + ": weights",
                            "degrees between the weights and the feedback weights",
                            AlignmentResult::feedbackAngle));
        }
        if (figures.length() == 0) {
            return "";
        }
        return "<section>\n<h2>Alignment with backpropagation</h2>\n"
                + "<p class=\"quiet\">Angles per layer, measured while training. Below 90° (dashed)"
                + " a step goes downhill on the loss; 0° is backpropagation's own direction.</p>\n"
                + "<div class=\"charts\">\n"
                + figures
                + "</div>\n</section>";
    }

    private String angles(
            String method, String title, String unit, Function<AlignmentResult, Double> quantity) {
        Set<String> layers = new LinkedHashSet<>();
        for (RunResult run : results.runsOf(method)) {
            for (AlignmentResult alignment : run.alignment()) {
                if (quantity.apply(alignment) != null) {
                    layers.add(alignment.layer());
                }
            }
        }
        if (layers.isEmpty()) {
            return "";
        }
        List<Curve> curves = new ArrayList<>();
        List<String> colours = new ArrayList<>();
        for (String layer : layers) {
            colours.add(Palette.layerColour(curves.size(), layers.size()));
            curves.add(Curve.overAlignment(results, method, layer, quantity));
        }
        return "<figure><figcaption>"
                + Html.escape(title)
                + " <span>"
                + unit
                + "</span></figcaption>\n"
                + LineChart.draw(
                        title + " angle per layer over epochs",
                        curves,
                        colours,
                        RIGHT_ANGLE,
                        v -> String.format(Locale.ROOT, "%.1f°", v))
                + layerLegend(List.copyOf(layers), colours)
                + "</figure>\n";
    }

    private String correlations() {
        StringBuilder figures = new StringBuilder();
        for (String method : methods) {
            String title = Methods.named(method).title();
            figures.append(
                            correlationCurves(
                                    method,
                                    title + ": before the matrix",
                                    "mean squared correlation of the layer's inputs",
                                    CorrelationResult::lossBefore))
                    .append(
                            correlationCurves(
                                    method,
                                    title + ": behind the matrix",
                                    "mean squared correlation of its outputs",
                                    CorrelationResult::lossAfter))
                    .append(
                            correlationCurves(
                                    method,
                                    title + ": gain",
                                    "that the latest update was scaled by",
                                    CorrelationResult::gain))
                    .append(heatMaps(method, title));
        }
        if (figures.length() == 0) {
            return "";
        }
        return "<section>\n<h2>Decorrelation</h2>\n"
                + "<p class=\"quiet\">How correlated the features of every decorrelation layer are,"
                + " over different pairs of features. Features that are not correlated at all show"
                + " 1 / (rows - 1), here "
                + chanceLevels()
                + ", since a correlation is measured on few rows.</p>\n<div class=\"charts\">\n"
                + figures
                + "</div>\n<p class=\"quiet\">The latest measurements of the first run. The condition"
                + " number is the covariance's greatest eigenvalue over its least, among those that"
                + " the rows can show.</p>\n"
                + "<div class=\"scroll\">"
                + CorrelationTable.of(results, methods)
                + "</div>\n</section>";
    }

    private String chanceLevels() {
        return SeedSummary.of(
                        results.runs().stream()
                                .flatMap(run -> run.correlations().stream())
                                .map(measured -> 1.0 / (measured.rows() - 1))
                                .toList())
                .text(Html::number);
    }

    private String correlationCurves(
            String method, String title, String unit, ToDoubleFunction<CorrelationResult> value) {
        List<String> layers =
                results.runsOf(method).stream()
                        .flatMap(run -> run.correlations().stream())
                        .map(CorrelationResult::layer)
                        .distinct()
                        .toList();
        if (layers.isEmpty()) {
            return "";
        }
        List<Curve> curves = new ArrayList<>();
        List<String> colours = new ArrayList<>();
        for (String layer : layers) {
            colours.add(Palette.layerColour(curves.size(), layers.size()));
            curves.add(Curve.overCorrelations(results, method, layer, value));
        }
        return "<figure><figcaption>"
                + Html.escape(title)
                + " <span>"
                + unit
                + "</span></figcaption>\n"
                + LineChart.draw(
                        title + ", per layer over epochs",
                        curves,
                        colours,
                        Double.NaN,
                        Html::number)
                + layerLegend(layers, colours)
                + "</figure>\n";
    }

    /** Shows the first and the last layer of the first run. */
    private String heatMaps(String method, String title) {
        List<CorrelationMap> maps = results.runsOf(method).get(0).correlationMaps();
        StringBuilder figures = new StringBuilder();
        for (int i = 0; i < maps.size(); ++i) {
            if (i == 0 || i == maps.size() - 1) {
                CorrelationMap map = maps.get(i);
                figures.append(
                        HeatMap.figure(
                                map,
                                String.format(
                                        Locale.ROOT,
                                        "%s: %s, epoch %s",
                                        title,
                                        map.layer(),
                                        Html.number(map.epoch()))));
            }
        }
        return figures.toString();
    }

    /** Names the layers, or of many only the ends of the ramp of colours. */
    private static String layerLegend(List<String> layers, List<String> colours) {
        StringBuilder legend = new StringBuilder("<ul class=\"legend\">");
        for (int i = 0; i < layers.size(); ++i) {
            boolean named = layers.size() <= MOST_NAMED_LAYERS || i == 0 || i == layers.size() - 1;
            if (named) {
                legend.append("<li>")
                        .append(swatch(colours.get(i), i))
                        .append(Html.escape(layers.get(i)))
                        .append("</li>");
            } else if (i == 1) {
                legend.append("<li>… " + (layers.size() - 2) + " layers between …</li>");
            }
        }
        return legend.append("</ul>").toString();
    }

    private String settings() {
        Settings settings = results.settings();
        StringBuilder list = new StringBuilder();
        entry(list, "Data", results.datasetTitle() + ": " + results.provenance());
        entry(list, "Model", results.modelSummary());
        entry(
                list,
                "Training",
                settings.epochs()
                        + " epochs, batches of "
                        + settings.batch()
                        + ", "
                        + task.lossTitle()
                        + ", "
                        + OptimizerKind.named(settings.optimizer()).orElseThrow().title()
                        + (settings.rateSchedule() == null
                                ? ""
                                : ", learning rate: " + settings.rateSchedule().title()));
        entry(
                list,
                "Seeds",
                String.join(", ", settings.seeds().stream().map(String::valueOf).toList())
                        + "; a seed sets initial weights, order of the images and feedback, the"
                        + " same for every method");
        for (String name : methods) {
            Method method = Methods.named(name);
            entry(list, method.title(), method.description());
        }
        entry(list, "Machine", results.machine().summary());
        entry(
                list,
                "Program",
                "DJL Local Learning "
                        + results.build().version()
                        + ", commit "
                        + results.build().commit()
                        + ", DJL "
                        + results.build().djl());
        entry(list, "Started", results.started());
        return list.toString();
    }

    static void entry(StringBuilder list, String name, String value) {
        list.append("<dt>")
                .append(Html.escape(name))
                .append("</dt><dd>")
                .append(Html.escape(value))
                .append("</dd>\n");
    }

    private String epochs() {
        StringBuilder table =
                new StringBuilder(
                        "<table><thead><tr><th>Method</th><th>Seed</th><th>Epoch</th>"
                                + "<th>Train loss</th>"
                                + (task.hasAccuracy() ? "<th>Train accuracy</th>" : "")
                                + "<th>Test loss</th>"
                                + (task.hasAccuracy() ? "<th>Test accuracy</th>" : "")
                                + "<th>Seconds</th></tr></thead><tbody>\n");
        for (RunResult run : results.runs()) {
            for (EpochResult epoch : run.epochs()) {
                table.append(
                        String.format(
                                Locale.ROOT,
                                "<tr><td><code>%s</code></td><td>%d</td><td>%d</td><td>%s</td>"
                                        + "%s<td>%s</td>%s<td>%s</td></tr>%n",
                                Html.escape(run.method()),
                                run.seed(),
                                epoch.epoch(),
                                loss(epoch.trainLoss()),
                                accuracyCell(epoch.trainAccuracy()),
                                loss(epoch.testLoss()),
                                accuracyCell(epoch.testAccuracy()),
                                seconds(epoch.seconds())));
            }
        }
        return table.append("</tbody></table>").toString();
    }

    private String accuracyCell(Double accuracy) {
        return task.hasAccuracy() ? "<td>" + Percent.of(accuracy) + "</td>" : "";
    }

    private static String loss(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }

    private static String seconds(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    private static String fixed(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    private static String count(int number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
