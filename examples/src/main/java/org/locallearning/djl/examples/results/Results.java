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
package org.locallearning.djl.examples.results;

import com.google.gson.JsonParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.locallearning.djl.examples.environment.Build;
import org.locallearning.djl.examples.environment.Machine;
import org.locallearning.djl.examples.output.Counted;
import org.locallearning.djl.examples.output.PrettyJson;
import org.locallearning.djl.zoo.network.Networks;
import org.locallearning.djl.zoo.task.Task;

/**
 * Everything a comparison found and everything needed to repeat it.
 *
 * @param dataset the data set's name on the command line
 * @param model the model's name on the command line
 * @param datasetTitle what a report calls the data set
 * @param provenance where the images came from and how they were scaled
 * @param imagesSha256 the SHA-256 of all images and labels in use, null where it was not noted
 * @param modelSummary the model's layers in one line
 * @param parameters how many numbers the model learns
 * @param settings what was asked for
 * @param commandLine the arguments of the program
 * @param started when the comparison was started for the first time, ISO 8601 in UTC
 * @param build the build of the program
 * @param machine the machine
 * @param runs the runs in the order they were made, finished and diverged
 * @param paper what the paper whose experiment this is reports, null for none
 */
public record Results(
        String dataset,
        String model,
        String datasetTitle,
        String provenance,
        String imagesSha256,
        String modelSummary,
        long parameters,
        Settings settings,
        String commandLine,
        String started,
        Build build,
        Machine machine,
        List<RunResult> runs,
        List<PaperResult> paper) {

    /**
     * Reads results.
     *
     * @param json what {@link #toJson()} wrote
     * @return the results
     * @throws IllegalArgumentException if the text is not such a file
     */
    public static Results fromJson(String json) {
        try {
            Results results = PrettyJson.GSON.fromJson(json, Results.class);
            if (results == null || results.runs == null) {
                throw new JsonParseException("there are no runs");
            }
            return results;
        } catch (RuntimeException e) {
            // Gson wraps what the settings themselves refuse
            Throwable first = e.getCause() == null ? e : e.getCause();
            String reason = first.getMessage() == null ? "no JSON" : first.getMessage();
            throw new IllegalArgumentException(
                    "The results cannot be read: "
                            + reason.lines()
                                    .findFirst()
                                    .orElse("no JSON")
                                    .replaceAll("\\p{Cc}", "?")
                            + ".",
                    e);
        }
    }

    /**
     * Says how every method was trained.
     *
     * @return epochs, batches, loss, optimizer and, where it is known, what became of the learning
     *     rate
     */
    public String training() {
        return Counted.of(settings.epochs(), "epoch")
                + ", batches of "
                + settings.batch()
                + ", "
                + task().lossTitle()
                + ", "
                + settings.optimizerTitle()
                + (settings.rateSchedule() == null
                        ? ""
                        : ", learning rate: " + settings.rateSchedule().title());
    }

    /**
     * Returns what the model learned.
     *
     * @return the task, which decides whether epochs have accuracies
     */
    public Task task() {
        return settings.task() == null ? Networks.named(model).getTask() : settings.task();
    }

    /**
     * Says by which rule, with every setting, a method trained, as its first run noted it. Options
     * of the command line may have changed what the method is described as.
     *
     * @param method the name of the method
     * @return the rule; empty for results of versions that did not note it
     */
    public Optional<String> ruleOf(String method) {
        return runs.stream()
                .filter(run -> run.method().equals(method) && run.settings() != null)
                .map(run -> run.settings().rule())
                .filter(Objects::nonNull)
                .findFirst();
    }

    /**
     * Returns whether images were held out for validation, on which every epoch was measured.
     *
     * @return whether; if not, every epoch was measured on the test images
     */
    public boolean hasValidation() {
        return settings.validation() != null;
    }

    /**
     * Writes the results.
     *
     * @return the text of {@code results.json}
     */
    public String toJson() {
        return PrettyJson.GSON.toJson(this) + System.lineSeparator();
    }

    /**
     * Returns the same results with other runs.
     *
     * @param finished the finished runs
     * @return results with these runs alone
     */
    public Results with(List<RunResult> finished) {
        return with(List.copyOf(finished), paper);
    }

    /**
     * Returns the same results beside those of a paper.
     *
     * @param reported what the paper reports, possibly nothing
     * @return the same otherwise
     */
    public Results beside(List<PaperResult> reported) {
        return with(runs, reported.isEmpty() ? null : List.copyOf(reported));
    }

    private Results with(List<RunResult> otherRuns, List<PaperResult> otherPaper) {
        return new Results(
                dataset,
                model,
                datasetTitle,
                provenance,
                imagesSha256,
                modelSummary,
                parameters,
                settings,
                commandLine,
                started,
                build,
                machine,
                otherRuns,
                otherPaper);
    }

    /**
     * Returns the finished runs of one method.
     *
     * @param method the method's name
     * @return its runs in the order they were made
     */
    public List<RunResult> runsOf(String method) {
        return runs.stream().filter(run -> run.method().equals(method) && !run.diverged()).toList();
    }

    /**
     * Returns the runs of every method that has any, finished or diverged.
     *
     * @return the runs by the name of the method, in the order the methods were asked for
     */
    public Map<String, List<RunResult>> byMethod() {
        Map<String, List<RunResult>> byMethod = new LinkedHashMap<>();
        for (String method : triedMethods()) {
            byMethod.put(method, runs.stream().filter(run -> run.method().equals(method)).toList());
        }
        return byMethod;
    }

    /**
     * Returns whether processor time was measured, as later versions do.
     *
     * @return whether every epoch has it
     */
    public boolean hasCpuSeconds() {
        return runs.stream()
                .flatMap(run -> run.epochs().stream())
                .allMatch(epoch -> epoch.cpuSeconds() != null);
    }

    /**
     * Returns the methods that have at least one finished run.
     *
     * @return the methods' names in the order they were asked for
     */
    public List<String> finishedMethods() {
        return settings.methods().stream().filter(name -> !runsOf(name).isEmpty()).toList();
    }

    /**
     * Returns the methods that have at least one run, finished or diverged.
     *
     * @return the methods' names in the order they were asked for
     */
    public List<String> triedMethods() {
        return settings.methods().stream()
                .filter(name -> !runsOf(name).isEmpty() || !divergedRunsOf(name).isEmpty())
                .toList();
    }

    /**
     * Returns the runs that diverged.
     *
     * @return the runs in the order they were made
     */
    public List<RunResult> divergedRuns() {
        return runs.stream().filter(RunResult::diverged).toList();
    }

    /**
     * Returns the runs of one method that diverged.
     *
     * @param method the method's name
     * @return its runs in the order they were made
     */
    public List<RunResult> divergedRunsOf(String method) {
        return divergedRuns().stream().filter(run -> run.method().equals(method)).toList();
    }
}
