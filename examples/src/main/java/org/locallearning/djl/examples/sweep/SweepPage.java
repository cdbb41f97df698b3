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
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.locallearning.djl.examples.environment.Machine;
import org.locallearning.djl.examples.method.Methods;
import org.locallearning.djl.examples.output.Counted;
import org.locallearning.djl.examples.report.Curve;
import org.locallearning.djl.examples.report.Diagram;
import org.locallearning.djl.examples.report.Figure;
import org.locallearning.djl.examples.report.FigurePage;
import org.locallearning.djl.examples.report.LossValue;
import org.locallearning.djl.examples.report.Percent;
import org.locallearning.djl.examples.results.Interval;
import org.locallearning.djl.examples.results.Moment;
import org.locallearning.djl.examples.results.Provenance;
import org.locallearning.djl.examples.results.Results;
import org.locallearning.djl.examples.results.RunResult;
import org.locallearning.djl.examples.results.TimeToBest;

/**
 * The page of a sweep: for every data set and model the best setting of each method, its curves
 * over epochs and over seconds, and the whole grid.
 */
final class SweepPage {

    private final SweepPlan plan;
    private final Sweep sweep;
    private final SweepResults results;
    private final FigurePage page = new FigurePage();

    private SweepPage(SweepPlan plan, Sweep sweep, SweepResults results) {
        this.plan = plan;
        this.sweep = sweep;
        this.results = results;
    }

    /** Writes the page of results with at least one trial that has come somewhere. */
    static String html(SweepPlan plan, Sweep sweep, SweepResults results) {
        return new SweepPage(plan, sweep, results).html();
    }

    private String html() {
        Set<List<String>> pairs = new LinkedHashSet<>();
        plan.settings()
                .keySet()
                .forEach(subject -> pairs.add(List.of(subject.dataset(), subject.model())));
        for (List<String> pair : pairs) {
            List<Trial.Subject> subjects =
                    plan.settings().keySet().stream()
                            .filter(
                                    subject ->
                                            pair.equals(
                                                    List.of(subject.dataset(), subject.model())))
                            .toList();
            part(subjects);
        }
        failures();
        List<SweepResults.Entry> trained =
                results.trials().stream().filter(entry -> entry.machine() != null).toList();
        Set<Machine> machines = new LinkedHashSet<>();
        trained.forEach(entry -> machines.add(entry.machine()));
        page.setting("Trials", trials());
        page.setting("Compared after epochs", list(plan.rungs()));
        if (machines.size() > 1) {
            page.setting(
                    "Machines",
                    String.join("; ", machines.stream().map(Machine::summary).toList()));
        }
        trained.stream()
                .map(SweepResults.Entry::provenance)
                .distinct()
                .forEach(provenance -> page.setting("Data", provenance));
        return page.html(
                title(pairs),
                new Provenance(
                        "sweep",
                        subtitle(),
                        results.commandLine(),
                        results.started(),
                        plan.seeds(),
                        results.build(),
                        machines.iterator().next(),
                        origins(trained)));
    }

    /** Says what trained the trials that an earlier start of another build had stored. */
    private List<Provenance.Origin> origins(List<SweepResults.Entry> trained) {
        return Provenance.origins(
                trained.stream()
                        .filter(entry -> !entry.build().equals(results.build()))
                        .map(entry -> new Provenance.Maker(entry.build(), entry.machine()))
                        .toList());
    }

    private static String title(Collection<List<String>> pairs) {
        return "Sweep: "
                + String.join(
                        "; ", pairs.stream().map(pair -> String.join(" with ", pair)).toList());
    }

    private String subtitle() {
        return String.format(
                Locale.ROOT,
                "%s, %s %s. %s",
                Counted.of(plan.epochs(), "epoch"),
                plan.seeds().size() == 1 ? "seed" : "seeds",
                list(plan.seeds()),
                choosing());
    }

    private String choosing() {
        if (!plan.validated()) {
            return "One setting of each method, measured on the test images.";
        }
        return "Settings are chosen by images held out of training; the test images "
                + (results.chosen().size() == plan.settings().size()
                        ? "were used once, with the chosen setting."
                        : "are used once, with the chosen setting, which not every method has come"
                                + " to.");
    }

    private String trials() {
        long failed = results.trials().stream().filter(each -> each.failure() != null).count();
        double seconds = results.trials().stream().mapToDouble(SweepResults.Entry::seconds).sum();
        return String.format(
                Locale.ROOT,
                "%d of %d were trained, %d of them failed; their processes took %.0f s together",
                results.trials().size(),
                plan.trials().size(),
                failed,
                seconds);
    }

    private static String list(List<Integer> numbers) {
        return String.join(", ", numbers.stream().map(String::valueOf).toList());
    }

    private void part(List<Trial.Subject> subjects) {
        Results any = anyResults(subjects);
        if (any == null) {
            return;
        }
        boolean accuracy = any.task().hasAccuracy();
        page.section(any.datasetTitle() + ", " + any.modelSummary(), "");
        best(subjects, accuracy);
        Map<Trial.Subject, List<RunResult>> runs = new LinkedHashMap<>();
        for (Trial.Subject subject : subjects) {
            List<RunResult> best = runs(subject);
            if (!best.isEmpty()) {
                runs.put(subject, best);
            }
        }
        if (!runs.isEmpty()) {
            page.section("Learning curves", aboutCurves(runs));
            curves(runs, accuracy);
            times(runs, accuracy);
        }
        grids(subjects, accuracy);
    }

    private String aboutCurves(Map<Trial.Subject, List<RunResult>> runs) {
        Set<Trial.Subject> chosen = new HashSet<>();
        results.chosen().forEach(choice -> chosen.add(choice.subject()));
        return (plan.validated() ? "Of the best setting of each method" : "Of each method")
                + (!plan.validated() || chosen.containsAll(runs.keySet())
                        ? ""
                        : " so far, by the last epoch that settings were compared after")
                + (runs.values().stream().anyMatch(each -> each.size() > 1)
                        ? "; lines are means over the seeds, the band reaches from the lowest to"
                                + " the highest seed."
                        : ".")
                + " Seconds are those of training alone, as the machine ran it.";
    }

    private Results anyResults(List<Trial.Subject> subjects) {
        return sweep.reached().entrySet().stream()
                .filter(each -> subjects.contains(each.getKey().subject()))
                .map(each -> each.getValue().results())
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private void best(List<Trial.Subject> subjects, boolean accuracy) {
        List<String> titles = new ArrayList<>(List.of("Method", "Best setting"));
        String measure = accuracy ? "accuracy" : "loss";
        if (plan.validated()) {
            titles.add("Validation " + measure);
        }
        titles.add("Test " + measure);
        titles.add("s / epoch");
        titles.add("Settings tried");
        List<List<String>> rows = new ArrayList<>();
        for (SweepResults.Choice choice : results.chosen()) {
            if (!subjects.contains(choice.subject())) {
                continue;
            }
            List<String> row = new ArrayList<>();
            row.add(title(choice.subject()));
            row.add(choice.settingText());
            if (plan.validated()) {
                row.add(
                        accuracy
                                ? text(choice.validationAccuracy(), Percent::of)
                                : text(choice.validationLoss(), LossValue::of));
            }
            row.add(
                    accuracy
                            ? text(choice.testAccuracy(), Percent::of)
                            : text(choice.testLoss(), LossValue::of));
            row.add(
                    text(
                            choice.secondsPerEpoch(),
                            value -> String.format(Locale.ROOT, "%.1f", value)));
            row.add(
                    choice.tried()
                            + (choice.failed() == 0 ? "" : ", " + choice.failed() + " failed"));
            rows.add(row);
        }
        if (!rows.isEmpty()) {
            page.section(
                    "Best setting of each method",
                    plan.seeds().size() > 1
                            ? "Mean over "
                                    + plan.seeds().size()
                                    + " seeds after the last epoch ± half of its 95 % confidence"
                                    + " interval (Student's t)."
                            : "One seed, after the last epoch.");
            page.table(titles, rows);
        }
    }

    private static String text(Interval interval, DoubleFunction<String> format) {
        return interval == null ? SweepGrids.NONE : interval.text(format);
    }

    private static String title(Trial.Subject subject) {
        return Methods.named(subject.method()).title();
    }

    private static String percent(double value) {
        return String.format(Locale.ROOT, "%.2f %%", value);
    }

    private void curves(Map<Trial.Subject, List<RunResult>> runs, boolean accuracy) {
        String title = held() + (accuracy ? " accuracy" : " loss");
        String unit = accuracy ? "in %" : "loss";
        DoubleFunction<String> format = accuracy ? SweepPage::percent : LossValue::of;
        Function<Moment, Double> quantity =
                accuracy ? moment -> 100 * moment.accuracy() : Moment::loss;
        List<Curve> overEpochs = new ArrayList<>();
        List<Curve> overSeconds = new ArrayList<>();
        runs.forEach(
                (subject, each) -> {
                    overEpochs.add(Curve.overEpochs(title(subject), each, quantity));
                    overSeconds.add(Curve.overSeconds(title(subject), each, quantity));
                });
        page.figures(
                2,
                List.of(
                        Diagram.curves(title + " over epochs", "epoch", unit, overEpochs, format),
                        Diagram.curvesOverSeconds(
                                title + " over seconds", unit, overSeconds, format)));
    }

    private String held() {
        return plan.validated() ? "Validation" : "Test";
    }

    private void times(Map<Trial.Subject, List<RunResult>> runs, boolean accuracy) {
        Map<String, List<RunResult>> byMethod = new LinkedHashMap<>();
        runs.forEach((subject, each) -> byMethod.put(subject.method(), each));
        TimeToBest.all(byMethod, accuracy).forEach(times -> page.timeToBest(times, held()));
    }

    /**
     * Returns the runs of the chosen setting, or of the setting that is the best so far, as far as
     * all of them have come; none where nothing can be chosen yet.
     */
    private List<RunResult> runs(Trial.Subject subject) {
        return best(subject)
                .map(
                        setting ->
                                trials(subject, setting)
                                        .map(StoredTrial::run)
                                        .filter(Objects::nonNull)
                                        .toList())
                .map(RunResult::asFarAsAll)
                .orElse(List.of());
    }

    private Stream<StoredTrial> trials(Trial.Subject subject, Map<SweptOption, String> setting) {
        return plan.seeds().stream()
                .map(seed -> sweep.reached().get(new Trial(subject, setting, seed)))
                .filter(Objects::nonNull);
    }

    private Optional<Map<SweptOption, String>> best(Trial.Subject subject) {
        List<Map<SweptOption, String>> all = plan.settings().get(subject);
        SettingScore last = sweep.scores(subject, all, plan.epochs()).get(0);
        if (!last.failed()) {
            return Optional.of(last.setting());
        }
        List<Map<SweptOption, String>> going =
                all.stream()
                        .filter(setting -> trials(subject, setting).noneMatch(StoredTrial::failed))
                        .toList();
        if (all.size() == 1 || going.isEmpty()) {
            return going.stream().findFirst();
        }
        for (int i = plan.rungs().size() - 1; i >= 0; i--) {
            SettingScore best = sweep.scores(subject, going, plan.rungs().get(i)).get(0);
            if (!best.failed()) {
                return Optional.of(best.setting());
            }
        }
        return Optional.empty();
    }

    private void grids(List<Trial.Subject> subjects, boolean accuracy) {
        List<Figure> figures = new SweepGrids(plan, sweep, accuracy).figures(subjects);
        if (figures.isEmpty()) {
            return;
        }
        page.section(
                "The whole grid",
                (accuracy ? "Validation accuracy in %" : "Validation loss")
                        + ", mean over the seeds"
                        + (plan.rungs().size() > 1
                                ? ", after the last epoch that a setting has trained for."
                                : ".")
                        + " "
                        + SweepGrids.NONE
                        + " is a setting that failed or has not come so far, or a value that the"
                        + " method was not tried with."
                        + (accuracy
                                ? ""
                                : " An arrow marks a loss so far beyond the others that it is left"
                                        + " out of the colours."));
        page.figures(figures);
    }

    private void failures() {
        List<List<String>> rows = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (SweepResults.Entry entry : results.trials()) {
            if (entry.failure() != null) {
                String[] lines = entry.failure().split("\n");
                String name = entry.subject() + ", " + entry.settingText();
                if (seen.add(name)) {
                    rows.add(List.of(name, String.valueOf(entry.seed()), lines[lines.length - 1]));
                }
            }
        }
        if (!rows.isEmpty()) {
            page.section(
                    "Failed",
                    "The first seed of every setting that goes no further; results.json has the"
                            + " last lines of each trial.");
            page.table(List.of("Setting", "Seed", "Last line"), rows);
        }
    }
}
