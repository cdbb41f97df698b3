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
package org.locallearning.djl.examples;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.locallearning.djl.examples.report.TimeTable;
import org.locallearning.djl.examples.results.Results;
import org.locallearning.djl.examples.results.TimeToBest;

/** Stored results as tables of a document. */
final class StoredTables {

    private StoredTables() {}

    /**
     * Makes a table.
     *
     * @param kind what the stored results are: run, figure, machines, sweep or benchmark
     * @param stored the results
     * @param epochs the epochs to show, if there are any
     * @return the lines of the table
     */
    static List<String> of(String kind, JsonObject stored, String... epochs) {
        return switch (kind) {
            case "run" -> runTable(stored, epochs);
            case "figure" -> figureTable(stored, epochs);
            case "machines" -> machinesTable(stored, Integer.parseInt(epochs[0]));
            case "sweep" -> sweepTable(stored);
            case "benchmark" -> benchmarkTable(stored);
            default -> throw new IllegalArgumentException("There is no table of kind " + kind);
        };
    }

    /**
     * Makes the table of how soon the methods of a comparison were as good as one of them.
     *
     * @param stored the results
     * @param reference the name of the method that the others are compared with
     * @return the lines of the table
     */
    static List<String> timeTo(JsonObject stored, String reference) {
        Results results = Results.fromJson(stored.toString());
        TimeTable table =
                TimeToBest.of(
                                reference,
                                results.runsOf(reference),
                                results.byMethod(),
                                results.task().hasAccuracy())
                        .map(TimeTable::new)
                        .orElseThrow();
        List<String> lines = new ArrayList<>();
        lines.add("| " + String.join(" | ", table.titles()) + " |");
        lines.add("| --- |" + " --- |".repeat(table.titles().size() - 1));
        table.rows(true).forEach(row -> lines.add("| " + String.join(" | ", row) + " |"));
        return lines;
    }

    /** The tables of every part of a reproduced figure, one below the other. */
    private static List<String> figureTable(JsonObject stored, String... epochs) {
        List<String> table = new ArrayList<>();
        for (JsonElement part : stored.getAsJsonArray("figure")) {
            String model = part.getAsJsonObject().get("modelSummary").getAsString();
            String name =
                    part.getAsJsonObject().get("datasetTitle").getAsString()
                            + ", "
                            + model.replaceAll(", [\\d,]+ parameters$", "");
            for (String row : runTable(part.getAsJsonObject(), epochs)) {
                String cell = row.startsWith("| --- ") ? "---" : name;
                String whole =
                        "| " + (row.startsWith("| method ") ? "data and model" : cell) + " " + row;
                if (!table.contains(whole)) {
                    table.add(whole);
                }
            }
        }
        return table;
    }

    private static List<String> runTable(JsonObject stored, String... epochs) {
        Map<String, List<JsonObject>> byMethod = new LinkedHashMap<>();
        for (JsonElement run : stored.getAsJsonArray("runs")) {
            String method = run.getAsJsonObject().get("method").getAsString();
            byMethod.computeIfAbsent(method, m -> new ArrayList<>()).add(run.getAsJsonObject());
        }
        List<String> table = new ArrayList<>();
        table.add("| method | seeds | epoch " + String.join(" | epoch ", epochs) + " |");
        table.add("| --- |" + " --- |".repeat(epochs.length + 1));
        byMethod.forEach(
                (method, runs) -> {
                    StringBuilder row = new StringBuilder();
                    row.append("| ").append(method).append(" | ").append(runs.size());
                    for (String epoch : epochs) {
                        row.append(" | ").append(tested(runs, Integer.parseInt(epoch)));
                    }
                    table.add(row.append(" |").toString());
                });
        return table;
    }

    /** Boltzmann machines after an epoch: mean and, of several seeds, standard deviation. */
    private static List<String> machinesTable(JsonObject stored, int epoch) {
        Map<String, List<JsonObject>> byMethod = new LinkedHashMap<>();
        for (JsonElement part : stored.getAsJsonArray("figure")) {
            for (JsonElement run : part.getAsJsonObject().getAsJsonArray("runs")) {
                JsonArray epochs = run.getAsJsonObject().getAsJsonArray("epochs");
                byMethod.computeIfAbsent(
                                run.getAsJsonObject().get("method").getAsString(),
                                m -> new ArrayList<>())
                        .add(epochs.get(epoch - 1).getAsJsonObject());
            }
        }
        List<String> table = new ArrayList<>();
        table.add("| method | seeds | log-likelihood, nats | error, % |");
        table.add("| --- | --- | --- | --- |");
        byMethod.forEach(
                (method, epochs) ->
                        table.add(
                                String.format(
                                        "| %s | %d | %s | %s |",
                                        method,
                                        epochs.size(),
                                        spread(epochs, "testLogLikelihood", 1),
                                        spread(epochs, "testError", 100))));
        return table;
    }

    private static String spread(List<JsonObject> epochs, String name, double unit) {
        double[] values =
                epochs.stream().mapToDouble(e -> unit * e.get(name).getAsDouble()).toArray();
        double mean = DoubleStream.of(values).average().orElseThrow();
        if (values.length == 1) {
            return String.format(Locale.ROOT, "%.1f", mean);
        }
        double squares = DoubleStream.of(values).map(v -> (v - mean) * (v - mean)).sum();
        double deviation = Math.sqrt(squares / (values.length - 1));
        return String.format(Locale.ROOT, "%.1f ± %.1f", mean, deviation);
    }

    /** The mean accuracy after an epoch in percent; of what has none, the mean loss. */
    private static String tested(List<JsonObject> runs, int epoch) {
        List<JsonObject> epochs =
                runs.stream()
                        .map(run -> run.getAsJsonArray("epochs").get(epoch - 1).getAsJsonObject())
                        .toList();
        return epochs.get(0).has("testAccuracy")
                ? String.format(Locale.ROOT, "%.2f", 100 * mean(epochs, "testAccuracy"))
                : String.format(Locale.ROOT, "%.4f", mean(epochs, "testLoss"));
    }

    private static double mean(List<JsonObject> epochs, String name) {
        return epochs.stream().mapToDouble(e -> e.get(name).getAsDouble()).average().orElseThrow();
    }

    /** What a sweep chose, with its accuracy on the images that chose and on the test images. */
    private static List<String> sweepTable(JsonObject stored) {
        List<String> table = new ArrayList<>();
        table.add("| method | settings tried | chosen | held out, % | test, % |");
        table.add("| --- | --- | --- | --- | --- |");
        for (JsonElement element : stored.getAsJsonArray("chosen")) {
            JsonObject choice = element.getAsJsonObject();
            List<String> setting = new ArrayList<>();
            choice.getAsJsonObject("setting")
                    .entrySet()
                    .forEach(e -> setting.add(e.getKey() + " " + e.getValue().getAsString()));
            table.add(
                    String.format(
                            "| %s | %d | %s | %s | %s |",
                            choice.getAsJsonObject("subject").get("method").getAsString(),
                            choice.get("tried").getAsInt(),
                            String.join(", ", setting),
                            interval(choice.getAsJsonObject("validationAccuracy")),
                            interval(choice.getAsJsonObject("testAccuracy"))));
        }
        return table;
    }

    /** The mean, and how far it is certain, which one seed does not tell. */
    private static String interval(JsonObject accuracy) {
        String mean = String.format(Locale.ROOT, "%.2f", 100 * accuracy.get("mean").getAsDouble());
        JsonElement halfWidth = accuracy.get("halfWidth");
        return halfWidth == null
                ? mean
                : String.format(Locale.ROOT, "%s ± %.2f", mean, 100 * halfWidth.getAsDouble());
    }

    private static List<String> benchmarkTable(JsonObject stored) {
        Map<String, Map<String, JsonObject>> byMethod = new LinkedHashMap<>();
        List<String> models = new ArrayList<>();
        for (JsonElement element : stored.getAsJsonArray("rows")) {
            JsonObject row = element.getAsJsonObject();
            String model = row.get("model").getAsString();
            if (!models.contains(model)) {
                models.add(model);
            }
            byMethod.computeIfAbsent(row.get("method").getAsString(), m -> new LinkedHashMap<>())
                    .put(model, row);
        }
        List<String> table = new ArrayList<>();
        table.add("| method | " + String.join(" | ", models) + " |");
        table.add("| --- |" + " --- |".repeat(models.size()));
        byMethod.forEach(
                (method, rows) -> {
                    StringBuilder line = new StringBuilder("| ").append(method);
                    for (String model : models) {
                        JsonObject row = rows.get(model);
                        line.append(row == null ? " | " : " | " + costs(row));
                    }
                    table.add(line.append(" |").toString());
                });
        return table;
    }

    /** The ratio of time, that of the processor where it is known, and of multiply-adds. */
    private static String costs(JsonObject row) {
        String time = row.has("processorRatioToBp") ? "processorRatioToBp" : "ratioToBp";
        return String.format(
                Locale.ROOT,
                "%.2f (%.2f)",
                row.get(time).getAsDouble(),
                row.get("multiplyAddRatio").getAsDouble());
    }
}
