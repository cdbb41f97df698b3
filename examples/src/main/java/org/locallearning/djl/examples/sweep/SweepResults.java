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
package org.locallearning.djl.examples.sweep;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.locallearning.djl.examples.environment.Build;
import org.locallearning.djl.examples.environment.Machine;
import org.locallearning.djl.examples.output.PrettyJson;
import org.locallearning.djl.examples.results.EpochResult;
import org.locallearning.djl.examples.results.Interval;
import org.locallearning.djl.examples.results.Results;
import org.locallearning.djl.examples.results.RunResult;

/**
 * Everything that a sweep found and what is needed to repeat it: the {@code results.json}.
 *
 * @param commandLine the arguments of the program
 * @param started when it was started last, ISO 8601 in UTC
 * @param build the build of the program
 * @param epochs the epochs of a trial that was not left behind
 * @param rungs after which epochs settings were compared
 * @param seeds the seeds
 * @param chosen the best setting of every data set, model and method
 * @param trials how far every trial has come
 */
record SweepResults(
        String commandLine,
        String started,
        Build build,
        int epochs,
        List<Integer> rungs,
        List<Integer> seeds,
        List<Choice> chosen,
        List<Entry> trials) {

    /**
     * The best setting of a data set, model and method: the one with the greatest mean accuracy on
     * the images held out, or the least loss where there is no accuracy.
     *
     * @param subject data set, model and method
     * @param setting its values
     * @param tried how many settings there were
     * @param failed how many of them failed with some seed
     * @param validationAccuracy mean and 95 % interval over the seeds, null without validation
     * @param validationLoss likewise
     * @param testAccuracy likewise, null before the test
     * @param testLoss likewise
     * @param secondsPerEpoch likewise
     */
    record Choice(
            Trial.Subject subject,
            Map<String, String> setting,
            int tried,
            long failed,
            Interval validationAccuracy,
            Interval validationLoss,
            Interval testAccuracy,
            Interval testLoss,
            Interval secondsPerEpoch) {

        /** Writes the setting for a reader. */
        String settingText() {
            return text(setting);
        }
    }

    /** Writes a setting for a reader. */
    static String text(Map<String, String> setting) {
        return setting.isEmpty()
                ? "presets"
                : setting.entrySet().stream()
                        .map(each -> each.getKey() + " " + each.getValue())
                        .collect(Collectors.joining(", "));
    }

    /**
     * A trial.
     *
     * @param subject data set, model and method
     * @param setting its values
     * @param seed the seed
     * @param arguments its command line to its end
     * @param attempts how many processes were started for it
     * @param seconds how long those ran together
     * @param failure why it goes no further, or null
     * @param datasetTitle what a report calls the data set
     * @param provenance where the images came from and how they were scaled
     * @param modelSummary the model's layers in one line
     * @param build the build of the program that trained it last
     * @param machine the machine that trained it last
     * @param run its epochs, null if it has come nowhere
     */
    record Entry(
            Trial.Subject subject,
            Map<String, String> setting,
            int seed,
            List<String> arguments,
            int attempts,
            double seconds,
            String failure,
            String datasetTitle,
            String provenance,
            String modelSummary,
            Build build,
            Machine machine,
            RunResult run) {

        /** Writes the setting for a reader. */
        String settingText() {
            return text(setting);
        }
    }

    static SweepResults of(
            SweepPlan plan,
            Sweep sweep,
            Map<Trial.Subject, SettingScore> chosen,
            String commandLine,
            String started) {
        List<Choice> choices = new ArrayList<>();
        chosen.forEach((subject, score) -> choices.add(choice(plan, sweep, subject, score)));
        List<Entry> entries = new ArrayList<>();
        for (Trial trial : plan.trials()) {
            StoredTrial stored = sweep.reached().get(trial);
            if (stored != null) {
                entries.add(entry(trial, stored));
            }
        }
        return new SweepResults(
                commandLine,
                started,
                Build.current(),
                plan.epochs(),
                plan.rungs(),
                plan.seeds(),
                choices,
                entries);
    }

    private static Entry entry(Trial trial, StoredTrial stored) {
        Results results = stored.results();
        return new Entry(
                trial.subject(),
                Trial.names(trial.setting()),
                trial.seed(),
                stored.arguments(),
                stored.attempts(),
                stored.seconds(),
                stored.failure(),
                results == null ? null : results.datasetTitle(),
                results == null ? null : results.provenance(),
                results == null ? null : results.modelSummary(),
                results == null ? null : results.build(),
                results == null ? null : results.machine(),
                stored.run());
    }

    private static Choice choice(
            SweepPlan plan, Sweep sweep, Trial.Subject subject, SettingScore score) {
        List<EpochResult> last = new ArrayList<>();
        List<Double> seconds = new ArrayList<>();
        for (int seed : plan.seeds()) {
            StoredTrial trial = sweep.reached().get(new Trial(subject, score.setting(), seed));
            if (trial != null && trial.epoch(plan.epochs()) != null) {
                last.add(trial.epoch(plan.epochs()));
                seconds.add(
                        trial.run().epochs().stream()
                                .mapToDouble(EpochResult::seconds)
                                .average()
                                .orElseThrow());
            }
        }
        List<Map<SweptOption, String>> settings = plan.settings().get(subject);
        long failed =
                settings.stream()
                        .filter(
                                setting ->
                                        plan.seeds().stream()
                                                .map(
                                                        seed ->
                                                                sweep.reached()
                                                                        .get(
                                                                                new Trial(
                                                                                        subject,
                                                                                        setting,
                                                                                        seed)))
                                                .anyMatch(trial -> trial != null && trial.failed()))
                        .count();
        return new Choice(
                subject,
                Trial.names(score.setting()),
                settings.size(),
                failed,
                plan.validated() ? score.accuracy() : null,
                plan.validated() ? score.loss() : null,
                interval(last.stream().map(EpochResult::testAccuracy).toList()),
                interval(last.stream().map(EpochResult::testLoss).toList()),
                interval(seconds));
    }

    private static Interval interval(List<Double> values) {
        return values.isEmpty() || values.stream().anyMatch(Objects::isNull)
                ? null
                : Interval.of(values);
    }

    String toJson() {
        return PrettyJson.GSON.toJson(this) + System.lineSeparator();
    }
}
