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

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.method.Methods;

/**
 * How soon methods are as good as a reference, such as backpropagation, ever was in its own run.
 *
 * <p>Runs are compared seed by seed. The target is the greatest accuracy on held-out images that
 * the reference's run with that seed was measured at (the least loss, where a network does not
 * classify). A run reaches it at the first moment it is measured at that is as good; nothing is
 * interpolated between moments, so that a time is known to the distance of two of them.
 *
 * @param reference the name of the method that is the reference
 * @param accuracy whether accuracies are compared, or losses
 * @param best the target, over the seeds
 * @param length the seconds that the reference's runs took, over the seeds
 * @param rows a row for each method, the reference first
 */
public record TimeToBest(
        String reference, boolean accuracy, SeedSummary best, SeedSummary length, List<Row> rows) {

    /**
     * One method.
     *
     * @param method its name
     * @param seeds the number of seeds with which both it and the reference were run
     * @param reached how many of its runs reached the target
     * @param epochs the epochs until then, of the runs that reached it; null if none did
     * @param seconds the seconds of training until then, likewise
     * @param ratios the seconds over those of the reference's run with the same seed, of the runs
     *     that reached it
     * @param cpuRatios the same of processor time; null where that is not known
     * @param atEnd its accuracy, or loss, when it was measured last within the seconds that the
     *     reference's whole run took; null where a run was not measured by then
     * @param endedBefore how many of its runs had ended by then
     */
    public record Row(
            String method,
            int seeds,
            int reached,
            SeedSummary epochs,
            SeedSummary seconds,
            List<Double> ratios,
            List<Double> cpuRatios,
            SeedSummary atEnd,
            int endedBefore) {

        /**
         * Returns whether every run reached the target.
         *
         * @return whether
         */
        public boolean allReached() {
            return reached == seeds;
        }
    }

    /**
     * Compares what was run in one comparison: all methods with backpropagation, and every method
     * with decorrelation layers with its plain twin.
     *
     * @param runs the runs by the name of the method, finished or diverged
     * @param accuracy whether accuracies are compared, or losses
     * @return a comparison for each reference that there is, possibly none
     */
    public static List<TimeToBest> all(Map<String, List<RunResult>> runs, boolean accuracy) {
        Map<String, Set<String>> compared = new LinkedHashMap<>();
        runs.keySet().stream()
                .filter(TimeToBest::isBaseline)
                .findFirst()
                .ifPresent(baseline -> compared.put(baseline, runs.keySet()));
        for (String name : runs.keySet()) {
            String twin = name + Method.DECORRELATED;
            if (runs.containsKey(twin)) {
                compared.putIfAbsent(name, Set.of(twin));
            }
        }
        List<TimeToBest> all = new ArrayList<>();
        compared.forEach(
                (reference, methods) -> {
                    Map<String, List<RunResult>> others = new LinkedHashMap<>(runs);
                    others.keySet().retainAll(methods);
                    of(reference, runs.get(reference), others, accuracy).ifPresent(all::add);
                });
        return all;
    }

    private static boolean isBaseline(String name) {
        Method method = Methods.named(name);
        return method.plainName().equals(Methods.BASELINE) && method.trainsPlainModel();
    }

    /**
     * Compares methods with one reference.
     *
     * @param reference the name of the method that is the reference
     * @param targets its runs
     * @param methods the runs of methods by their names; the reference may be among them
     * @param accuracy whether accuracies are compared, or losses
     * @return the comparison; nothing where no run of the reference was finished, or no other
     *     method was run with one of its seeds
     */
    public static Optional<TimeToBest> of(
            String reference,
            List<RunResult> targets,
            Map<String, List<RunResult>> methods,
            boolean accuracy) {
        Map<Integer, Target> bySeed = new LinkedHashMap<>();
        for (RunResult run : targets) {
            if (!run.diverged()) {
                bySeed.put(run.seed(), Target.of(Moment.of(run), accuracy));
            }
        }
        List<Row> rows = new ArrayList<>();
        methods.forEach(
                (method, runs) -> {
                    if (!method.equals(reference)) {
                        row(method, runs, bySeed, accuracy).ifPresent(rows::add);
                    }
                });
        if (bySeed.isEmpty() || rows.isEmpty()) {
            return Optional.empty();
        }
        row(reference, targets, bySeed, accuracy).ifPresent(row -> rows.add(0, row));
        Collection<Target> all = bySeed.values();
        return Optional.of(
                new TimeToBest(
                        reference,
                        accuracy,
                        SeedSummary.of(
                                all.stream().map(each -> merit(each.best, accuracy)).toList()),
                        SeedSummary.of(all.stream().map(each -> each.end.seconds()).toList()),
                        rows));
    }

    private static double merit(Moment moment, boolean accuracy) {
        return accuracy ? moment.accuracy() : moment.loss();
    }

    private static boolean isAsGood(Moment moment, Moment target, boolean accuracy) {
        return accuracy ? moment.accuracy() >= target.accuracy() : moment.loss() <= target.loss();
    }

    /** The first moment at which a run of the reference was at its best, and its last. */
    private record Target(Moment best, Moment end) {

        static Target of(List<Moment> moments, boolean accuracy) {
            Moment best = moments.get(0);
            for (Moment moment : moments) {
                if (!isAsGood(best, moment, accuracy)) {
                    best = moment;
                }
            }
            return new Target(best, moments.get(moments.size() - 1));
        }
    }

    private static Optional<Row> row(
            String method, List<RunResult> runs, Map<Integer, Target> targets, boolean accuracy) {
        int seeds = 0;
        int endedBefore = 0;
        List<Moment> reached = new ArrayList<>();
        List<Double> ratios = new ArrayList<>();
        List<Double> cpuRatios = new ArrayList<>();
        List<Double> atEnd = new ArrayList<>();
        for (RunResult run : runs) {
            Target target = targets.get(run.seed());
            if (target == null) {
                continue;
            }
            seeds++;
            if (run.diverged()) {
                continue;
            }
            List<Moment> moments = Moment.of(run);
            for (Moment moment : moments) {
                if (isAsGood(moment, target.best, accuracy)) {
                    reached.add(moment);
                    ratios.add(moment.seconds() / target.best.seconds());
                    if (moment.cpuSeconds() != null && target.best.cpuSeconds() != null) {
                        cpuRatios.add(moment.cpuSeconds() / target.best.cpuSeconds());
                    }
                    break;
                }
            }
            Moment latest = null;
            for (Moment moment : moments) {
                latest = moment.seconds() <= target.end.seconds() ? moment : latest;
            }
            if (latest != null) {
                atEnd.add(merit(latest, accuracy));
                boolean last = latest == moments.get(moments.size() - 1);
                endedBefore += last && latest.seconds() < target.end.seconds() ? 1 : 0;
            }
        }
        if (seeds == 0) {
            return Optional.empty();
        }
        boolean none = reached.isEmpty();
        return Optional.of(
                new Row(
                        method,
                        seeds,
                        reached.size(),
                        none ? null : SeedSummary.of(reached.stream().map(Moment::epoch).toList()),
                        none
                                ? null
                                : SeedSummary.of(reached.stream().map(Moment::seconds).toList()),
                        ratios,
                        cpuRatios.size() == ratios.size() ? cpuRatios : null,
                        atEnd.size() == seeds ? SeedSummary.of(atEnd) : null,
                        endedBefore));
    }
}
