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
import java.util.Set;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.locallearning.djl.examples.environment.Build;
import org.locallearning.djl.examples.environment.Machine;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.method.Methods;
import org.locallearning.djl.examples.output.Counted;
import org.locallearning.djl.examples.results.Divergence;
import org.locallearning.djl.examples.results.EpochResult;
import org.locallearning.djl.examples.results.Results;
import org.locallearning.djl.examples.results.RunResult;
import org.locallearning.djl.examples.results.SeedSummary;
import org.locallearning.djl.examples.results.Settings;
import org.locallearning.djl.examples.results.TimeToBest;
import org.locallearning.djl.zoo.task.Task;

/** The page {@code report.html} and the pictures of a comparison. */
public final class ReportPage {

    private final Results results;
    private final List<String> methods;
    private final Task task;
    private final LearningCharts charts;

    ReportPage(Results results) {
        this.results = results;
        task = results.task();
        methods = results.finishedMethods();
        charts = LearningCharts.of(results);
    }

    /**
     * Writes the page.
     *
     * @param results results with at least one run, finished or diverged
     * @return the page
     */
    public static String html(Results results) {
        ReportPage page = new ReportPage(results);
        List<Section> sections = new ArrayList<>(page.comparison(Section::new));
        sections.add(page.origin());
        sections.add(page.epochs());
        return new Page(page.title(), page.subtitle(), sections).html();
    }

    /**
     * Draws the picture {@code curves.png}: test accuracy, or test loss where there is none, and
     * training loss over the epochs.
     *
     * @param experiments results with at least one finished run each, drawn one below the other
     * @return the content of a PNG file
     * @throws FontsMissingException if this Java has no fonts to write with
     */
    public static byte[] curves(List<Results> experiments) throws FontsMissingException {
        return Picture.png(experiments.stream().map(LearningCharts::picture).toList());
    }

    /**
     * Draws a picture for a document, light or dark: test accuracy, or test loss where there is
     * none, beside the angles to backpropagation where they were measured.
     *
     * @param results the results
     * @param methods the names of methods with at least one finished run each
     * @return the content of an SVG file
     */
    public static String overview(Results results, List<String> methods) {
        return Picture.svg(List.of(new LearningCharts(results, methods).overview()));
    }

    /**
     * Returns table, curves and measurements.
     *
     * @param newSection makes a section with a heading
     */
    List<Section> comparison(Function<String, Section> newSection) {
        List<Section> sections = new ArrayList<>();
        sections.add(newSection.apply("Result").text(verdict()).text(progress()).table(summary()));
        if (!results.divergedRuns().isEmpty()) {
            sections.add(
                    newSection
                            .apply("Diverged runs")
                            .explanation(
                                    "They stopped where a loss or a layer was no longer finite, and"
                                            + " are in no mean; what happened in each is in"
                                            + " results.json. A lower rate may keep them finite.")
                            .table(divergences()));
        }
        sections.add(
                newSection
                        .apply("Learning curves")
                        .explanation(bandNote())
                        .figures(new Panels("", 0, charts.learning())));
        sections.addAll(timesToBest(newSection));
        ClassificationSection.of(results, methods, newSection).ifPresent(sections::add);
        List<Figure> angles = charts.angles();
        if (!angles.isEmpty()) {
            sections.add(
                    newSection
                            .apply("Alignment with backpropagation")
                            .explanation(
                                    "Angles per layer, measured while training. Below 90° (dashed)"
                                            + " a step goes downhill on the loss; 0° is"
                                            + " backpropagation's own direction.")
                            .figures(new Panels("", 0, angles)));
        }
        List<Figure> correlations = charts.correlations();
        if (!correlations.isEmpty()) {
            sections.add(decorrelation(newSection.apply("Decorrelation"), correlations));
        }
        return sections;
    }

    private List<Section> timesToBest(Function<String, Section> newSection) {
        List<Section> sections = new ArrayList<>();
        for (TimeToBest times : TimeToBest.all(results.byMethod(), task.hasAccuracy())) {
            TimeTable table = new TimeTable(times);
            Section section = newSection.apply(table.heading(heldOut(results)));
            if (results.settings().alignmentsPerEpoch() > 0 && !results.hasCpuSeconds()) {
                section.text(
                        "These results are of an earlier version, whose seconds hold the measuring"
                                + " of the alignment, which plain backpropagation is spared.");
            }
            sections.add(section.explanation(table.explanation()).table(table.table()));
        }
        return sections;
    }

    private Section decorrelation(Section section, List<Figure> correlations) {
        section.explanation(
                        "How correlated the features of every decorrelation layer are, over"
                                + " different pairs of features. Features that are not"
                                + " correlated at all show 1 / (rows - 1), here "
                                + chanceLevels()
                                + ", since a correlation is measured on few rows.")
                .figures(new Panels("", 3, correlations));
        List<Figure> maps = charts.correlationMaps();
        if (!maps.isEmpty()) {
            section.figures(new Panels("", 0, maps));
        }
        return section.explanation(
                        "The latest measurements of the first run. The condition number is the"
                                + " covariance's greatest eigenvalue over its least, among those"
                                + " that the rows can show.")
                .table(CorrelationTable.of(results, methods));
    }

    private String chanceLevels() {
        return SeedSummary.of(
                        results.runs().stream()
                                .flatMap(run -> run.correlations().stream())
                                .map(measured -> 1.0 / (measured.rows() - 1))
                                .toList())
                .text(ShortNumber::of);
    }

    private String title() {
        return results.datasetTitle()
                + " with "
                + results.model()
                + ": "
                + String.join(", ", results.triedMethods());
    }

    private String subtitle() {
        Settings settings = results.settings();
        return results.modelSummary()
                + ". "
                + Counted.of(settings.epochs(), "epoch")
                + ", "
                + Counted.of(seeds(results).size(), "seed")
                + ", batches of "
                + settings.batch()
                + ".";
    }

    /** Says how many runs there are, where some are missing. */
    private String progress() {
        int wanted = results.settings().methods().size() * results.settings().seeds().size();
        return results.runs().size() >= wanted
                ? ""
                : "Finished so far: "
                        + results.runs().size()
                        + " of "
                        + Counted.of(wanted, "run")
                        + ".";
    }

    /** Returns the seeds that there is a run with, in the order of the runs. */
    static Set<Integer> seeds(Results results) {
        return results.runs().stream()
                .map(RunResult::seed)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** Names the seeds that were asked for, and those that have come so far where not all have. */
    static String seeds(List<Integer> asked, Set<Integer> begun) {
        List<Integer> found = asked.stream().filter(begun::contains).toList();
        return list(asked) + (found.size() == asked.size() ? "" : ", so far " + list(found));
    }

    private String verdict() {
        if (methods.isEmpty()) {
            return "No run was finished.";
        }
        StringBuilder text = new StringBuilder();
        boolean alike = haveAsManySeeds();
        for (String method : methods) {
            text.append(text.length() == 0 ? "" : ", ")
                    .append(Methods.named(method).title())
                    .append(' ')
                    .append(
                            task.hasAccuracy()
                                    ? Percent.of(last(method, EpochResult::heldOutAccuracy).mean())
                                    : loss(last(method, EpochResult::heldOutLoss).mean()))
                    .append(alike ? "" : " (" + finishedSeeds(method) + ")");
        }
        return heldOut(results)
                + (task.hasAccuracy() ? " accuracy after " : " loss after ")
                + epochsReached()
                + whatOverSeeds(alike)
                + ": "
                + text
                + ".";
    }

    /** The results of a run that goes on have fewer epochs than were asked for. */
    private String epochsReached() {
        int wanted = results.settings().epochs();
        int reached =
                methods.stream()
                        .flatMap(method -> results.runsOf(method).stream())
                        .mapToInt(run -> run.last().epoch())
                        .min()
                        .orElse(wanted);
        return (reached < wanted ? reached + " of " : "") + Counted.of(wanted, "epoch");
    }

    private String whatOverSeeds(boolean alike) {
        if (!alike) {
            return ", mean over seeds";
        }
        int seeds = results.runsOf(methods.get(0)).size();
        if (seeds > 1) {
            return ", mean over " + seeds + " seeds";
        }
        return results.settings().seeds().size() > 1 ? ", one seed" : "";
    }

    private boolean haveAsManySeeds() {
        return methods.stream().map(method -> results.runsOf(method).size()).distinct().count()
                == 1;
    }

    private String finishedSeeds(String method) {
        return Counted.of(results.runsOf(method).size(), "seed");
    }

    private Table divergences() {
        List<Table.Row> rows = new ArrayList<>();
        for (RunResult run : results.divergedRuns()) {
            Divergence where = run.divergence();
            rows.add(
                    Table.row(
                            Methods.named(run.method()).title(),
                            run.method(),
                            List.of(
                                    String.valueOf(run.seed()),
                                    String.valueOf(where.epoch()),
                                    where.batch() == null
                                            ? "held-out images"
                                            : where.batch().toString(),
                                    where.layer() == null ? "–" : where.layer(),
                                    ShortNumber.of(run.learningRate()))));
        }
        return new Table(
                "Diverged runs",
                List.of("Method", "Seed", "Epoch", "Batch", "Layer", "Learning rate"),
                rows);
    }

    private String bandNote() {
        boolean several =
                results.triedMethods().stream()
                        .map(
                                method ->
                                        methods.contains(method)
                                                ? results.runsOf(method)
                                                : results.divergedRunsOf(method))
                        .anyMatch(drawn -> drawn.size() > 1);
        return several
                ? "Lines are means over the seeds; the band reaches from the lowest to the highest"
                        + " seed. Point at a mark to read its value."
                : "One seed. Point at a mark to read its value.";
    }

    private Table summary() {
        List<String> titles = new ArrayList<>(List.of("Method"));
        String held = heldOut(results);
        titles.addAll(
                task.hasAccuracy()
                        ? List.of(held + " accuracy", "Best epoch", "Train accuracy")
                        : List.of(held + " loss", "Best epoch"));
        titles.addAll(List.of("Train loss", "s / epoch", "Learning rate"));
        if (results.hasValidation()) {
            titles.add(1, task.hasAccuracy() ? "Test accuracy" : "Test loss");
        }
        List<Table.Row> rows = new ArrayList<>();
        for (String method : results.triedMethods()) {
            List<RunResult> diverged = results.divergedRunsOf(method);
            if (!methods.contains(method)) {
                rows.add(divergedRow(method, diverged.get(0), titles.size() - 1));
                continue;
            }
            List<Table.Cell> cells = new ArrayList<>();
            if (results.hasValidation()) {
                cells.add(test(method));
            }
            if (task.hasAccuracy()) {
                cells.add(cell(last(method, EpochResult::heldOutAccuracy), Percent::of));
                cells.add(cell(best(method), Percent::of));
                cells.add(cell(last(method, EpochResult::trainAccuracy), Percent::of));
            } else {
                cells.add(cell(last(method, EpochResult::heldOutLoss), ReportPage::loss));
                cells.add(cell(best(method), ReportPage::loss));
            }
            cells.add(cell(last(method, EpochResult::trainLoss), ReportPage::loss));
            cells.add(cell(secondsPerEpoch(method), ReportPage::seconds));
            cells.add(rates(results.runsOf(method).get(0)));
            Table.Cell merit = cells.get(0);
            List<String> details = new ArrayList<>();
            details.add(merit.detail());
            if (!haveAsManySeeds()) {
                details.add(finishedSeeds(method));
            }
            if (!diverged.isEmpty()) {
                int runs = diverged.size() + results.runsOf(method).size();
                details.add(diverged.size() + " of " + runs + " diverged");
            }
            details.removeIf(String::isEmpty);
            cells.set(0, new Table.Cell(merit.text(), String.join("; ", details)));
            rows.add(new Table.Row(Methods.named(method).title(), method, cells));
        }
        return new Table("Result", titles, rows);
    }

    /** The row of a method of which no run was finished. */
    private static Table.Row divergedRow(String method, RunResult run, int columns) {
        List<Table.Cell> cells = new ArrayList<>();
        Divergence where = run.divergence();
        cells.add(
                new Table.Cell(
                        "diverged",
                        "epoch "
                                + where.epoch()
                                + (where.batch() == null
                                        ? ", held-out images"
                                        : ", batch " + where.batch())));
        while (cells.size() < columns - 1) {
            cells.add(new Table.Cell("–", ""));
        }
        cells.add(rates(run));
        return new Table.Row(Methods.named(method).title(), method, cells);
    }

    /** Tells what came of the test images after the last epoch. */
    private Table.Cell test(String method) {
        if (results.runsOf(method).stream().anyMatch(run -> run.last().testLoss() == null)) {
            return new Table.Cell("–", "not yet measured");
        }
        return task.hasAccuracy()
                ? cell(last(method, EpochResult::testAccuracy), Percent::of)
                : cell(last(method, EpochResult::testLoss), ReportPage::loss);
    }

    private static Table.Cell rates(RunResult run) {
        return new Table.Cell(
                ShortNumber.of(run.learningRate()),
                run.decorrelationRate() == null
                        ? ""
                        : "decor " + ShortNumber.of(run.decorrelationRate()));
    }

    private static Table.Cell cell(SeedSummary spread, DoubleFunction<String> format) {
        return new Table.Cell(
                format.apply(spread.mean()),
                spread.least() < spread.greatest()
                        ? format.apply(spread.least()) + " – " + format.apply(spread.greatest())
                        : "");
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
                                                        .mapToDouble(EpochResult::heldOutAccuracy)
                                                        .max()
                                                        .orElseThrow()
                                                : run.epochs().stream()
                                                        .mapToDouble(EpochResult::heldOutLoss)
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

    private Section origin() {
        Settings settings = results.settings();
        List<Section.Entry> entries = new ArrayList<>();
        entries.add(
                new Section.Entry("Data", results.datasetTitle() + ": " + results.provenance()));
        entries.add(new Section.Entry("Model", results.modelSummary()));
        entries.add(new Section.Entry("Training", results.training()));
        entries.add(
                new Section.Entry(
                        "Seeds",
                        seeds(settings.seeds(), seeds(results))
                                + "; a seed sets initial weights, order of the images and"
                                + " feedback, the same for every method"));
        for (String name : results.triedMethods()) {
            Method method = Methods.named(name);
            entries.add(
                    new Section.Entry(
                            method.title(),
                            method.description()
                                    + results.ruleOf(name)
                                            .map(rule -> " Rule of the first run: " + rule + ".")
                                            .orElse("")));
        }
        entries.addAll(origin(results.machine(), results.build(), results.started()));
        return new Section("How it was made").command(results.commandLine()).entries(entries);
    }

    /** Says which machine and which build made results, and when. */
    static List<Section.Entry> origin(Machine machine, Build build, String started) {
        return List.of(
                new Section.Entry("Machine", machine.summary()),
                new Section.Entry("Program", program(build)),
                new Section.Entry("Started", started));
    }

    /** Names a build. */
    static String program(Build build) {
        return "DJL Local Learning "
                + build.version()
                + ", commit "
                + build.commit()
                + ", DJL "
                + build.djl();
    }

    private Section epochs() {
        List<String> titles = new ArrayList<>(List.of("Method", "Seed", "Epoch", "Train loss"));
        if (task.hasAccuracy()) {
            titles.add("Train accuracy");
        }
        titles.add(heldOut(results) + " loss");
        if (task.hasAccuracy()) {
            titles.add(heldOut(results) + " accuracy");
        }
        titles.add("Seconds");
        List<Table.Row> rows = new ArrayList<>();
        for (RunResult run : results.runs()) {
            for (EpochResult epoch : run.epochs()) {
                List<String> cells = new ArrayList<>();
                cells.add(String.valueOf(run.seed()));
                cells.add(String.valueOf(epoch.epoch()));
                cells.add(loss(epoch.trainLoss()));
                if (task.hasAccuracy()) {
                    cells.add(Percent.of(epoch.trainAccuracy()));
                }
                cells.add(loss(epoch.heldOutLoss()));
                if (task.hasAccuracy()) {
                    cells.add(Percent.of(epoch.heldOutAccuracy()));
                }
                cells.add(seconds(epoch.seconds()));
                rows.add(Table.row("", run.method(), cells));
            }
        }
        return new Section("Every epoch")
                .folded(
                        "Show all " + rows.size() + " rows",
                        new Table("Every epoch", titles, rows));
    }

    /** Names the images that every epoch was measured on, as a title begins with them. */
    static String heldOut(Results results) {
        return results.hasValidation() ? "Validation" : "Test";
    }

    static String list(List<Integer> numbers) {
        return String.join(", ", numbers.stream().map(String::valueOf).toList());
    }

    static String loss(double value) {
        return LossValue.of(value);
    }

    private static String seconds(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
