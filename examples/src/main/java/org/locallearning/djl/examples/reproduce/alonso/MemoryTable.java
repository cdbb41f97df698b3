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

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Set;
import org.locallearning.djl.examples.benchmark.PeakMemory;
import org.locallearning.djl.examples.method.Methods;
import org.locallearning.djl.examples.report.Bars;
import org.locallearning.djl.examples.report.FigurePage;
import org.locallearning.djl.examples.reproduce.Reproduction;
import org.locallearning.djl.examples.reproduce.Target;

/**
 * Table 3: the memory of a training step, measured, beside the orders that the paper gives for many
 * parameters M.
 *
 * <p>What is measured is the greatest size of a process that takes three steps with 64 images on
 * 3072-4x1024-10, above that of the empty program: weights, gradients, the state of the optimizer
 * and what a step needs in between.
 */
final class MemoryTable implements Target {

    private static final String WORKLOAD = "alonso-dense";

    /** A row of the table: a method and the order of its memory in the paper. */
    private record Case(String method, String order) {}

    private static final List<Case> CASES =
            List.of(
                    new Case("bp-sgd", "O(M)"),
                    new Case("bp-adam", "O(3M)"),
                    new Case("il-mq", "O(M)"),
                    new Case("seqil-mq", "O(M)"),
                    new Case("il-adam", "O(3M)"),
                    new Case("seqil-adam", "O(3M)"));

    /**
     * One measurement.
     *
     * @param method the method's name
     * @param order the order of its memory in the paper
     * @param peakMiB the memory in MiB
     * @param ratio the same over that of backpropagation with plain descent
     */
    record Measured(String method, String order, double peakMiB, double ratio) {}

    /** {@inheritDoc} */
    @Override
    public String name() {
        return "alonso-table-3";
    }

    /** {@inheritDoc} */
    @Override
    public String title() {
        return "Memory of a training step, by method and optimizer";
    }

    /** {@inheritDoc} */
    @Override
    public String paper() {
        return Paper.source("table 3");
    }

    /** {@inheritDoc} */
    @Override
    public Duration expectedTime() {
        return Duration.ofMinutes(2);
    }

    /** {@inheritDoc} */
    @Override
    public Set<String> options() {
        return Set.of();
    }

    /** {@inheritDoc} */
    @Override
    public void run(Reproduction reproduction) throws IOException {
        List<Measured> measured = new ArrayList<>();
        for (Case each : CASES) {
            double peak = measure(reproduction, each.method);
            double baseline = measured.isEmpty() ? peak : measured.get(0).peakMiB;
            measured.add(new Measured(each.method, each.order, peak, peak / baseline));
            reproduction
                    .out()
                    .printf(
                            Locale.ROOT,
                            "%d of %d: %s, %.0f MiB%n",
                            measured.size(),
                            CASES.size(),
                            each.method,
                            peak);
            reproduction.out().flush();
        }
        List<List<String>> rows = new ArrayList<>();
        StringBuilder text = new StringBuilder("Over backpropagation with plain descent:");
        for (Measured each : measured) {
            rows.add(
                    List.of(
                            Methods.named(each.method).title(),
                            each.order,
                            String.format(Locale.ROOT, "%.0f", each.peakMiB),
                            String.format(Locale.ROOT, "%.2f", each.ratio)));
            text.append(String.format(Locale.ROOT, " %s %.2f", each.method, each.ratio))
                    .append(rows.size() < CASES.size() ? "," : ".");
        }
        FigurePage page =
                new FigurePage()
                        .section("Result", text.toString())
                        .table(List.of("Method", "paper", "MiB", "x bp-sgd"), rows)
                        .figures(
                                List.of(
                                        new Bars(
                                                "Peak memory",
                                                "MiB above the empty program",
                                                measured.stream().map(Measured::method).toList(),
                                                measured.stream().map(Measured::peakMiB).toList(),
                                                v -> String.format(Locale.ROOT, "%.0f", v))));
        reproduction.write(List.of(), measured, page);
        reproduction.out().println(text);
    }

    private static double measure(Reproduction reproduction, String method) throws IOException {
        try {
            OptionalDouble peak =
                    PeakMemory.measure(
                            WORKLOAD,
                            Methods.named(method),
                            Paper.BATCH,
                            reproduction.arguments().threads());
            return peak.orElseThrow(
                    () ->
                            new IOException(
                                    "The memory of "
                                            + method
                                            + " could not be measured: only Linux tells the"
                                            + " greatest size of a process."));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Measuring the memory of " + method + " was interrupted.", e);
        }
    }
}
