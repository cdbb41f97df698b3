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
package org.locallearning.djl.examples.training;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.locallearning.djl.creditassignment.checkpoint.TrainingPosition;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.method.MethodSettings;
import org.locallearning.djl.examples.method.Methods;
import org.locallearning.djl.examples.output.TerminalBar;
import org.locallearning.djl.examples.output.TextTable;
import org.locallearning.djl.examples.report.LossValue;
import org.locallearning.djl.examples.report.Percent;
import org.locallearning.djl.examples.report.TimeTable;
import org.locallearning.djl.examples.results.EpochResult;
import org.locallearning.djl.examples.results.Results;
import org.locallearning.djl.examples.results.RunResult;
import org.locallearning.djl.examples.results.SeedSummary;
import org.locallearning.djl.examples.results.TimeToBest;
import org.locallearning.djl.zoo.task.Task;

/**
 * Shows a comparison on the console: a row per epoch and, where somebody watches at a terminal, a
 * progress bar for the epoch at hand, which disappears when its row is printed.
 */
public final class Console {

    private final PrintWriter out;
    private final Task task;
    private final boolean validated;
    private final TextTable table;
    private final TerminalBar bar;

    /**
     * Creates a console.
     *
     * @param out where the rows go
     * @param terminal whether somebody watches at a terminal, who gets a progress bar
     * @param methods the methods that will be shown
     * @param task what the model learns
     */
    public Console(PrintWriter out, boolean terminal, Collection<Method> methods, Task task) {
        this(out, terminal, methods, task, false);
    }

    /**
     * Creates a console for runs of which images may be held out.
     *
     * @param out where the rows go
     * @param terminal whether somebody watches at a terminal, who gets a progress bar
     * @param methods the methods that will be shown
     * @param task what the model learns
     * @param validated whether every epoch is measured on images held out for validation
     */
    public Console(
            PrintWriter out,
            boolean terminal,
            Collection<Method> methods,
            Task task,
            boolean validated) {
        this.out = out;
        bar = new TerminalBar(terminal);
        this.task = task;
        this.validated = validated;
        table =
                merits(
                                new TextTable()
                                        .left("method", widest(methods))
                                        .right("seed", 4)
                                        .right("epoch", 5))
                        .right("seconds", 7);
    }

    /** Adds the columns of {@link #merits(double, Double, double, Double)}. */
    private TextTable merits(TextTable columns) {
        columns.right("train loss", 10);
        return task.hasAccuracy()
                ? columns.right("train acc", 9).right(figureOfMerit(), 9)
                : columns.right(figureOfMerit(), 10);
    }

    /** Writes the training loss and what says how good the model is. */
    private List<String> merits(
            double trainLoss, Double trainAccuracy, double heldOutLoss, Double heldOutAccuracy) {
        return task.hasAccuracy()
                ? List.of(loss(trainLoss), Percent.of(trainAccuracy), Percent.of(heldOutAccuracy))
                : List.of(loss(trainLoss), loss(heldOutLoss));
    }

    /** Prints the titles of the columns. */
    public void header() {
        out.println(table.header());
        out.flush();
    }

    void epochStarts(Method method, int seed, int epoch, long batches, int done) {
        bar.start(method.name() + ", seed " + seed + ", epoch " + epoch, batches, done);
    }

    /** Says from where a run goes on. */
    void goesOn(Method method, int seed, TrainingPosition position) {
        out.printf(
                Locale.ROOT,
                "%s, seed %d goes on after epoch %d, batch %d%n",
                method.name(),
                seed,
                position.epoch(),
                position.batch());
        out.flush();
    }

    void batchEnds(double loss, Optional<Float> accuracy) {
        bar.step(
                String.format(Locale.ROOT, " loss %.3f", loss)
                        + accuracy.map(a -> String.format(Locale.ROOT, ", %.1f %%", 100 * a))
                                .orElse(""));
    }

    void epochEnds(Method method, int seed, EpochResult result) {
        close();
        row(method.name(), seed, result, "");
    }

    void tested(Method method, int seed, EpochResult result) {
        out.printf(
                Locale.ROOT,
                "%s, seed %d, on the test images after epoch %d: %s%n",
                method.name(),
                seed,
                result.epoch(),
                test(result));
        out.flush();
    }

    private String test(EpochResult result) {
        return task.hasAccuracy()
                ? Percent.of(result.testAccuracy())
                : "loss " + loss(result.testLoss());
    }

    private void row(String method, int seed, EpochResult epoch, String remark) {
        List<Object> cells = new ArrayList<>(List.of(method, seed, epoch.epoch()));
        cells.addAll(
                merits(
                        epoch.trainLoss(),
                        epoch.trainAccuracy(),
                        epoch.heldOutLoss(),
                        epoch.heldOutAccuracy()));
        cells.add(seconds(epoch.seconds()));
        out.println(table.row(cells.toArray()) + remark);
        out.flush();
    }

    /**
     * Prints the last row of a run that was made before.
     *
     * @param run the run
     */
    public void stored(RunResult run) {
        if (run.diverged()) {
            diverged(run);
        } else {
            row(run.method(), run.seed(), run.last(), "  stored");
        }
    }

    /**
     * Says where a run diverged.
     *
     * @param run the run
     */
    public void diverged(RunResult run) {
        close();
        out.printf(
                Locale.ROOT,
                "%s, seed %d diverged in %s: %s%n",
                run.method(),
                run.seed(),
                run.divergence().place(),
                run.divergence().reason());
        out.flush();
    }

    /** Takes the progress bar off the screen. */
    public void close() {
        bar.close();
    }

    /**
     * Prints the state of every method after the last epoch, and which runs diverged.
     *
     * @param results results with at least one run
     */
    public void summary(Results results) {
        if (!results.finishedMethods().isEmpty()) {
            means(results);
            times(results);
        }
        List<RunResult> diverged = results.divergedRuns();
        if (!diverged.isEmpty()) {
            out.println();
            out.printf(
                    Locale.ROOT,
                    "Diverged: %d of %d runs:%n",
                    diverged.size(),
                    results.runs().size());
            for (RunResult run : diverged) {
                out.printf(
                        Locale.ROOT,
                        "  %s, seed %d, rate %s, in %s%n",
                        run.method(),
                        run.seed(),
                        rate(run.learningRate()),
                        run.divergence().place());
            }
        }
        out.println();
        for (String name : results.triedMethods()) {
            Method method = Methods.named(name);
            out.println(name + " is " + method.title() + ": " + method.description());
            MethodSettings chosen = results.settings().methodSettings();
            if (chosen != null && chosen.changes(method)) {
                results.ruleOf(name).ifPresent(rule -> out.println("  As chosen here: " + rule));
            }
        }
        out.flush();
    }

    private void means(Results results) {
        int seeds = results.settings().seeds().size();
        out.println();
        out.println(
                "After epoch "
                        + results.settings().epochs()
                        + (seeds > 1
                                ? ", mean over "
                                        + seeds
                                        + " seeds (lowest to highest "
                                        + figureOfMerit()
                                        + ")"
                                : "")
                        + ":");
        TextTable means = meansTable(results);
        out.println(means.header());
        for (String name : results.finishedMethods()) {
            out.println(means.row(meansOf(name, results.runsOf(name), seeds).toArray()));
        }
    }

    private TextTable meansTable(Results results) {
        int widest = results.settings().methods().stream().mapToInt(String::length).max().orElse(0);
        TextTable means =
                merits(new TextTable().left("method", widest).right("rate", 8).right("decor", 8))
                        .right("s/epoch", 7);
        if (validated) {
            means.right(task.hasAccuracy() ? "test acc" : "test loss", 9);
        }
        if (results.settings().seeds().size() > 1) {
            means.left("  " + figureOfMerit() + ", low to high", 1);
        }
        return means;
    }

    private List<Object> meansOf(String method, List<RunResult> runs, int seeds) {
        boolean accurate = task.hasAccuracy();
        List<Object> cells = new ArrayList<>();
        cells.add(method);
        cells.add(rate(runs.get(0).learningRate()));
        cells.add(decorrelationRate(runs.get(0)));
        cells.addAll(
                merits(
                        last(runs, EpochResult::trainLoss).mean(),
                        accurate ? last(runs, EpochResult::trainAccuracy).mean() : null,
                        last(runs, EpochResult::heldOutLoss).mean(),
                        accurate ? last(runs, EpochResult::heldOutAccuracy).mean() : null));
        List<Double> times =
                runs.stream()
                        .flatMap(run -> run.epochs().stream())
                        .map(EpochResult::seconds)
                        .toList();
        cells.add(seconds(SeedSummary.of(times).mean()));
        if (validated) {
            cells.add(
                    accurate
                            ? Percent.of(last(runs, EpochResult::testAccuracy).mean())
                            : loss(last(runs, EpochResult::testLoss).mean()));
        }
        if (seeds > 1) {
            cells.add("  " + range(runs));
        }
        return cells;
    }

    /** Prints how soon each method was as good as backpropagation, or as its plain twin. */
    private void times(Results results) {
        for (TimeToBest times : TimeToBest.all(results.byMethod(), task.hasAccuracy())) {
            TimeTable table = new TimeTable(times);
            List<List<String>> rows = table.rows(false);
            TextTable text = new TextTable();
            for (int i = 0; i < table.titles().size(); i++) {
                int column = i;
                int width = rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
                String title = table.titles().get(i).toLowerCase(Locale.ROOT);
                if (i == 0) {
                    text.left(title, width);
                } else {
                    text.right(title, width);
                }
            }
            out.println();
            out.println(table.heading(validated ? "validation" : "test") + ":");
            out.println(text.header());
            rows.forEach(row -> out.println(text.row(row.toArray())));
        }
    }

    private String figureOfMerit() {
        return (validated ? "valid " : "test ") + (task.hasAccuracy() ? "acc" : "loss");
    }

    private String range(List<RunResult> runs) {
        SeedSummary test =
                last(
                        runs,
                        task.hasAccuracy()
                                ? EpochResult::heldOutAccuracy
                                : EpochResult::heldOutLoss);
        return task.hasAccuracy()
                ? Percent.of(test.least()) + " to " + Percent.of(test.greatest())
                : loss(test.least()) + " to " + loss(test.greatest());
    }

    private static SeedSummary last(List<RunResult> runs, ToDoubleFunction<EpochResult> quantity) {
        return SeedSummary.of(
                runs.stream().map(run -> quantity.applyAsDouble(run.last())).toList());
    }

    private static int widest(Collection<Method> methods) {
        return methods.stream().mapToInt(method -> method.name().length()).max().orElse(0);
    }

    private static String rate(float rate) {
        return String.valueOf(rate).replace(".0E", "e").replace("E", "e");
    }

    private static String decorrelationRate(RunResult run) {
        return run.decorrelationRate() == null ? "-" : rate(run.decorrelationRate().floatValue());
    }

    private static String loss(double loss) {
        return LossValue.of(loss);
    }

    private static String seconds(double seconds) {
        return String.format(Locale.ROOT, "%.1f", seconds);
    }
}
