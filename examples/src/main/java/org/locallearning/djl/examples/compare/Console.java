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
package org.locallearning.djl.examples.compare;

import java.io.PrintWriter;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.method.Methods;
import org.locallearning.djl.examples.output.TextTable;
import org.locallearning.djl.examples.report.Percent;
import org.locallearning.djl.examples.results.EpochResult;
import org.locallearning.djl.examples.results.Results;
import org.locallearning.djl.examples.results.RunResult;
import org.locallearning.djl.examples.results.Spread;

/**
 * Shows a comparison on the console: a row per epoch and, where somebody watches at a terminal, a
 * progress bar for the epoch at hand, which disappears when its row is printed.
 */
final class Console {

    private static final int BAR_MILLIS = 200;
    private static final int BAR_WIDTH = 78;

    private final PrintWriter out;
    private final boolean terminal;
    private final TextTable table;
    private ProgressBar bar;

    Console(PrintWriter out, boolean terminal, Collection<Method> methods) {
        this.out = out;
        this.terminal = terminal;
        table =
                new TextTable()
                        .left("method", widest(methods))
                        .right("seed", 4)
                        .right("epoch", 5)
                        .right("train loss", 10)
                        .right("train acc", 9)
                        .right("test acc", 9)
                        .right("seconds", 7);
    }

    void header() {
        out.println(table.header());
        out.flush();
    }

    void epochStarts(Method method, int seed, int epoch, long batches) {
        if (terminal) {
            bar =
                    new ProgressBarBuilder()
                            .setTaskName(method.name() + ", seed " + seed + ", epoch " + epoch)
                            .setInitialMax(batches)
                            .setStyle(ProgressBarStyle.ASCII)
                            .setUpdateIntervalMillis(BAR_MILLIS)
                            .hideEta()
                            .setMaxRenderedLength(BAR_WIDTH)
                            .setConsumer(
                                    new DelegatingProgressBarConsumer(
                                            text -> System.err.print('\r' + text), BAR_WIDTH))
                            .build();
        }
    }

    void batchEnds(double loss, double accuracy) {
        if (bar != null) {
            bar.setExtraMessage(
                    String.format(Locale.ROOT, " loss %.3f, %.1f %%", loss, 100 * accuracy));
            bar.step();
        }
    }

    void epochEnds(Method method, int seed, EpochResult epoch) {
        close();
        out.println(
                table.row(
                        method.name(),
                        seed,
                        epoch.epoch(),
                        loss(epoch.trainLoss()),
                        Percent.of(epoch.trainAccuracy()),
                        Percent.of(epoch.testAccuracy()),
                        seconds(epoch.seconds())));
        out.flush();
    }

    /** Takes the progress bar off the screen. */
    void close() {
        if (bar != null) {
            bar.close();
            bar = null;
            System.err.print('\r' + " ".repeat(BAR_WIDTH) + '\r');
        }
    }

    void summary(Results results) {
        int seeds = results.settings().seeds().size();
        out.println();
        out.println(
                "After epoch "
                        + results.settings().epochs()
                        + (seeds > 1
                                ? ", mean over "
                                        + seeds
                                        + " seeds (lowest to highest test accuracy)"
                                : "")
                        + ":");
        TextTable means =
                new TextTable()
                        .left(
                                "method",
                                results.settings().methods().stream()
                                        .mapToInt(String::length)
                                        .max()
                                        .orElse(0))
                        .right("rate", 8)
                        .right("train loss", 10)
                        .right("train acc", 9)
                        .right("test acc", 9)
                        .right("s/epoch", 7);
        if (seeds > 1) {
            means.left("  test acc, low to high", 1);
        }
        out.println(means.header());
        for (String name : results.finishedMethods()) {
            List<RunResult> runs = results.runsOf(name);
            Spread test = last(runs, EpochResult::testAccuracy);
            String[] cells = {
                name,
                rate(runs.get(0).learningRate()),
                loss(last(runs, EpochResult::trainLoss).mean()),
                Percent.of(last(runs, EpochResult::trainAccuracy).mean()),
                Percent.of(test.mean()),
                seconds(
                        Spread.of(
                                        runs.stream()
                                                .flatMap(run -> run.epochs().stream())
                                                .map(EpochResult::seconds)
                                                .toList())
                                .mean()),
                "  " + Percent.of(test.least()) + " to " + Percent.of(test.greatest())
            };
            Object[] row = new Object[seeds > 1 ? cells.length : cells.length - 1];
            System.arraycopy(cells, 0, row, 0, row.length);
            out.println(means.row(row));
        }
        out.println();
        for (String name : results.finishedMethods()) {
            Method method = Methods.named(name);
            out.println(name + " is " + method.title() + ": " + method.description());
        }
        out.flush();
    }

    private static Spread last(List<RunResult> runs, ToDoubleFunction<EpochResult> quantity) {
        return Spread.of(runs.stream().map(run -> quantity.applyAsDouble(run.last())).toList());
    }

    private static int widest(Collection<Method> methods) {
        return methods.stream().mapToInt(method -> method.name().length()).max().orElse(0);
    }

    private static String rate(float rate) {
        return String.valueOf(rate).replace(".0E", "e").replace("E", "e");
    }

    private static String loss(double loss) {
        return String.format(Locale.ROOT, "%.4f", loss);
    }

    private static String seconds(double seconds) {
        return String.format(Locale.ROOT, "%.1f", seconds);
    }
}
