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

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.locallearning.djl.examples.environment.Build;
import org.locallearning.djl.examples.method.MethodSetting;
import org.locallearning.djl.examples.method.Methods;
import org.locallearning.djl.examples.sweep.trial.TrialJob;
import org.locallearning.djl.examples.sweep.trial.TrialOutcome;
import org.locallearning.djl.examples.sweep.trial.TrialRunner;

/**
 * Brings trials as far as they are to come, and chooses by what the images held out say.
 *
 * <p>All settings train up to the first rung, the best of them to the next, and so on; without
 * halving the one rung is the last epoch. The best setting of each subject then goes to its end,
 * and its runs look at the test images, once. Every outcome is stored before the next is waited
 * for.
 */
final class Sweep {

    /** So many trials in a row from the start that die have a reason that the others have too. */
    private static final int DEAD_FROM_THE_START = 3;

    private final SweepPlan plan;
    private final TrialCommandLine commandLine;
    private final TrialStore store;
    private final TrialRunner runner;
    private final Progress progress;
    private final Map<Trial, StoredTrial> reached = new LinkedHashMap<>();
    private int dead;
    private boolean alive;

    /**
     * Creates a sweep.
     *
     * @param progress is told about every outcome
     */
    Sweep(
            SweepPlan plan,
            TrialCommandLine commandLine,
            TrialStore store,
            TrialRunner runner,
            Progress progress) {
        this.plan = plan;
        this.commandLine = commandLine;
        this.store = store;
        this.runner = runner;
        this.progress = progress;
    }

    /** What is told about outcomes. */
    interface Progress {

        /**
         * Called before trials are run.
         *
         * @param missing how many have to run
         * @param stored how many have come so far before
         * @param upTo up to which epoch
         * @param toTest whether they go to their end
         * @param epochsToTrain how many epochs are to be trained together
         */
        void starts(int missing, int stored, int upTo, boolean toTest, long epochsToTrain);

        /** Called when an outcome is stored. */
        void ended(Trial trial, StoredTrial before, StoredTrial after) throws IOException;
    }

    /**
     * Runs everything that is not stored.
     *
     * @return the chosen setting of every subject that has one that came to its end, with its test
     */
    Map<Trial.Subject, SettingScore> run() throws IOException, InterruptedException {
        for (Trial trial : plan.trials()) {
            stored(trial).ifPresent(each -> reached.put(trial, each));
        }
        Map<Trial.Subject, List<Map<SweptOption, String>>> left = plan.settings();
        List<Integer> rungs = plan.rungs();
        if (plan.validated()) {
            for (int rung = 0; rung < rungs.size(); rung++) {
                int epoch = rungs.get(rung);
                reach(plan.trials(left), epoch, false);
                if (rung + 1 < rungs.size()) {
                    left = best(left, epoch, rung + 1);
                }
            }
        }
        Map<Trial.Subject, SettingScore> chosen = new LinkedHashMap<>();
        left.forEach(
                (subject, settings) -> {
                    SettingScore best = scores(subject, settings, plan.epochs()).get(0);
                    if (!best.failed() || !plan.validated()) {
                        chosen.put(subject, best);
                    }
                });
        Map<Trial.Subject, List<Map<SweptOption, String>>> last = new LinkedHashMap<>();
        chosen.forEach((subject, score) -> last.put(subject, List.of(score.setting())));
        reach(plan.trials(last), plan.epochs(), true);
        if (!plan.validated()) {
            chosen.replaceAll(
                    (subject, score) ->
                            scores(subject, List.of(score.setting()), plan.epochs()).get(0));
        }
        chosen.entrySet().removeIf(each -> !isTested(each.getKey(), each.getValue().setting()));
        return chosen;
    }

    private boolean isTested(Trial.Subject subject, Map<SweptOption, String> setting) {
        return plan.trials(Map.of(subject, List.of(setting))).stream()
                .map(reached::get)
                .allMatch(trial -> !trial.failed() && trial.isTested());
    }

    /** Runs one trial for one epoch, to know how long the others will take. */
    StoredTrial probe() throws IOException, InterruptedException {
        Trial first = plan.trials().get(0);
        stored(first).ifPresent(each -> reached.put(first, each));
        reach(List.of(first), 1, false);
        return reached.get(first);
    }

    /** Returns the iterations of inference that a setting trained with; empty for none. */
    Optional<Integer> iterations(Trial.Subject subject, Map<SweptOption, String> setting) {
        if (!Methods.named(subject.method()).uses(MethodSetting.INFERENCE)) {
            return Optional.empty();
        }
        Trial first = plan.trials(Map.of(subject, List.of(setting))).get(0);
        return Optional.of(
                reached.get(first).results().settings().methodSettings().inference().iterations());
    }

    /** Returns how far every trial has come that has come anywhere. */
    Map<Trial, StoredTrial> reached() {
        return reached;
    }

    /** Scores settings after an epoch, the best first. */
    List<SettingScore> scores(
            Trial.Subject subject, List<Map<SweptOption, String>> settings, int epoch) {
        List<SettingScore> scores = new ArrayList<>();
        for (Map<SweptOption, String> setting : settings) {
            List<StoredTrial> trials = new ArrayList<>();
            for (int seed : plan.seeds()) {
                trials.add(reached.get(new Trial(subject, setting, seed)));
            }
            scores.add(SettingScore.of(setting, trials, epoch));
        }
        scores.sort(SettingScore.BEST_FIRST);
        return scores;
    }

    private Map<Trial.Subject, List<Map<SweptOption, String>>> best(
            Map<Trial.Subject, List<Map<SweptOption, String>>> settings, int epoch, int rung) {
        Map<Trial.Subject, List<Map<SweptOption, String>>> left = new LinkedHashMap<>();
        settings.forEach(
                (subject, all) -> {
                    List<Map<SweptOption, String>> best =
                            scores(subject, all, epoch).stream()
                                    .limit(plan.settings(subject, rung))
                                    .map(SettingScore::setting)
                                    .toList();
                    left.put(subject, all.stream().filter(best::contains).toList());
                });
        return left;
    }

    private void reach(List<Trial> trials, int epoch, boolean test)
            throws IOException, InterruptedException {
        List<Trial> missing = new ArrayList<>();
        for (Trial trial : trials) {
            if (!reached.containsKey(trial) || !reached.get(trial).hasReached(epoch, test)) {
                missing.add(trial);
            }
        }
        long epochsToTrain = 0;
        for (Trial trial : missing) {
            epochsToTrain += epoch - (reached.containsKey(trial) ? reached.get(trial).epochs() : 0);
        }
        progress.starts(missing.size(), trials.size() - missing.size(), epoch, test, epochsToTrain);
        if (missing.isEmpty()) {
            return;
        }
        List<TrialJob> jobs = new ArrayList<>();
        Map<String, Trial> byName = new HashMap<>();
        for (Trial trial : missing) {
            List<String> arguments = commandLine.of(trial);
            String name = TrialStore.name(trial, arguments);
            List<String> line = new ArrayList<>(arguments);
            if (!test) {
                line.add(TrialCommand.STOP_AFTER);
                line.add(String.valueOf(epoch));
            }
            jobs.add(new TrialJob(name, line));
            byName.put(name, trial);
        }
        runner.run(jobs, (job, outcome) -> ended(byName.get(job.name()), job.name(), outcome));
    }

    private void ended(Trial trial, String name, TrialOutcome outcome) throws IOException {
        if (outcome.kind() == TrialOutcome.Kind.IMPOSSIBLE) {
            throw new IOException(
                    "The trial "
                            + trial
                            + " cannot run, nor can others: "
                            + sentence(outcome.lines()));
        }
        StoredTrial before = reached.getOrDefault(trial, StoredTrial.begin(commandLine.of(trial)));
        StoredTrial after = before.after(outcome);
        checkImages(trial, after);
        store.keep(name, after);
        reached.put(trial, after);
        progress.ended(trial, before, after);
        alive |= outcome.kind() != TrialOutcome.Kind.DIED;
        if (!alive && ++dead == DEAD_FROM_THE_START) {
            throw new IOException(
                    String.format(
                            Locale.ROOT,
                            "The first %d trials died, the last with: %s Nothing more is started.",
                            dead,
                            sentence(outcome.lines())));
        }
    }

    /** Refuses to compare trials on images that were exchanged between them. */
    private void checkImages(Trial trial, StoredTrial after) throws IOException {
        for (Map.Entry<Trial, StoredTrial> other : reached.entrySet()) {
            if (other.getKey().subject().dataset().equals(trial.subject().dataset())
                    && after.isOfOtherImages(other.getValue())) {
                throw new IOException(
                        String.format(
                                "The trial %s saw other images of %s than %s, which is stored: put"
                                        + " those images back, or start over with --fresh.",
                                trial, trial.subject().dataset(), other.getKey()));
            }
        }
    }

    /** Returns the sentence of a program that ended with one, or its last line as a sentence. */
    private static String sentence(String lines) {
        String last = "";
        for (String line : lines.lines().toList()) {
            if (line.startsWith("Error: ")) {
                return line.substring("Error: ".length());
            }
            last = line;
        }
        return last.endsWith(".") ? last : last + ".";
    }

    private Optional<StoredTrial> stored(Trial trial) throws IOException {
        List<String> arguments = commandLine.of(trial);
        return store.find(TrialStore.name(trial, arguments), arguments);
    }

    /** Returns how many of the stored trials were trained by another build of the program. */
    long ofOtherBuilds() throws IOException {
        long count = 0;
        for (Trial trial : plan.trials()) {
            Optional<StoredTrial> stored = stored(trial);
            if (stored.isPresent()
                    && stored.get().results() != null
                    && !stored.get().results().build().equals(Build.current())) {
                count++;
            }
        }
        return count;
    }

    /** Forgets all trials of the plan. */
    void forget() throws IOException {
        for (Trial trial : plan.trials()) {
            String name = TrialStore.name(trial, commandLine.of(trial));
            runner.forget(name);
            store.delete(name);
        }
    }

    /** Deletes the checkpoints of all trials but those that died, which alone are tried again. */
    void deleteCheckpoints() throws IOException {
        for (Map.Entry<Trial, StoredTrial> each : reached.entrySet()) {
            if (!each.getValue().died()) {
                String name = TrialStore.name(each.getKey(), commandLine.of(each.getKey()));
                runner.forget(name);
                store.deleteCheckpoints(name);
            }
        }
    }
}
