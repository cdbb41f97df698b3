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
package org.locallearning.djl.examples.reproduce;

import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.locallearning.djl.examples.commandline.ResumeArguments;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.report.FigurePage;
import org.locallearning.djl.examples.results.Divergence;
import org.locallearning.djl.examples.results.PaperResult;
import org.locallearning.djl.examples.results.Results;
import org.locallearning.djl.examples.results.RunResult;
import org.locallearning.djl.examples.training.Console;
import org.locallearning.djl.examples.training.Experiment;
import org.locallearning.djl.examples.training.FinishedRuns;
import org.locallearning.djl.examples.training.RunCheckpoints;
import org.locallearning.djl.examples.training.RunRates;
import org.locallearning.djl.examples.training.Session;
import org.locallearning.djl.examples.training.TrainingPlan;

/**
 * What every figure or table of learning curves does: trains its methods part by part and seed by
 * seed, keeps each finished run, takes those of an earlier start as they are, and writes page,
 * numbers and picture anew after every run.
 */
public final class LearningCurves {

    /** The options that targets of learning curves have a use for. */
    public static final Set<String> OPTIONS =
            Set.of(
                    "--epochs",
                    "--seeds",
                    "--methods",
                    "--dataset",
                    "--model",
                    "--data-repository",
                    "--limit",
                    "--test-limit",
                    ResumeArguments.FRESH,
                    ResumeArguments.SAVE_EVERY);

    /**
     * Returns the options of targets that choose something themselves.
     *
     * @param chosen the options of what they choose
     * @return the others of {@link #OPTIONS}
     */
    public static Set<String> optionsWithout(String... chosen) {
        Set<String> options = new HashSet<>(OPTIONS);
        options.removeAll(Set.of(chosen));
        return Set.copyOf(options);
    }

    /**
     * Returns the options of targets that have more of them.
     *
     * @param more the options that others have no use for
     * @return {@link #OPTIONS} and these
     */
    public static Set<String> optionsWith(String... more) {
        Set<String> options = new HashSet<>(OPTIONS);
        options.addAll(Set.of(more));
        return Set.copyOf(options);
    }

    private final Reproduction reproduction;
    private final RunStore store;
    private final Map<String, Results> finished = new LinkedHashMap<>();
    private String note = "";

    /**
     * Opens the runs of a target.
     *
     * @param reproduction the start of the target
     * @throws IOException if the folder of finished runs cannot be made or written
     */
    public LearningCurves(Reproduction reproduction) throws IOException {
        this.reproduction = reproduction;
        store = RunStore.open(reproduction);
    }

    /**
     * Says something above the curves.
     *
     * @param text what a reader of all parts has to know
     */
    public void note(String text) {
        note = text;
    }

    /**
     * Names a method of a figure that has a curve of its own.
     *
     * @param method the name of the method
     * @return the name, and how many of its runs diverged in the parts so far
     */
    public String named(String method) {
        return method
                + Divergence.note(
                        finished.values().stream()
                                .flatMap(part -> part.runs().stream())
                                .filter(run -> run.method().equals(method))
                                .toList());
    }

    /**
     * One part of a figure.
     *
     * @param name what tells it from the other parts, in words that fit a heading and a file's name
     * @param experiment what is trained; repository and limits of the images are those of the
     *     command line
     * @param paper what the paper reports of its methods, drawn beside them
     */
    public record Part(String name, Experiment experiment, List<PaperResult> paper) {

        /**
         * Creates a part of which the paper has no numbers.
         *
         * @param name what tells it from the other parts
         * @param experiment what is trained
         */
        public Part(String name, Experiment experiment) {
            this(name, experiment, List.of());
        }
    }

    /** Everything that a run depends on. */
    private record RunSettings(
            String dataset,
            String data,
            String imagesSha256,
            String model,
            String options,
            String method,
            int seed,
            RunRates rates,
            TrainingPlan plan) {}

    /**
     * Trains the methods of a part with every seed.
     *
     * @param part the part
     * @return its results
     * @throws IOException if images cannot be read or a file cannot be written
     * @throws TranslateException if a batch cannot be put together
     */
    public Results run(Part part) throws IOException, TranslateException {
        Experiment experiment = part.experiment;
        try (Session session =
                Session.open(experiment, reproduction.engine(), reproduction.machine())) {
            PrintWriter out = reproduction.out();
            out.println(session.description());
            Console console =
                    new Console(
                            out, reproduction.isTerminal(), experiment.methods(), session.task());
            Results start =
                    session.results(reproduction.commandLine(), reproduction.started())
                            .beside(part.paper);
            Results whole =
                    session.run(
                            start,
                            new StoredRuns(part, start),
                            console,
                            soFar -> write(soFar, part));
            finished.put(part.name, whole);
            reproduction.ended(whole.runs());
            console.summary(whole);
            out.println();
            return whole;
        }
    }

    /** The runs of a part in the store of the target. */
    private final class StoredRuns implements FinishedRuns {

        private final Part part;
        private final Results start;

        StoredRuns(Part part, Results start) {
            this.part = part;
            this.start = start;
        }

        /** {@inheritDoc} */
        @Override
        public Optional<RunResult> find(Method method, int seed) throws IOException {
            return store.find(file(method, seed), settings(method, seed));
        }

        /** {@inheritDoc} */
        @Override
        public RunCheckpoints checkpoints(Method method, int seed) throws IOException {
            return store.checkpoints(file(method, seed), settings(method, seed));
        }

        /** {@inheritDoc} */
        @Override
        public void keep(Method method, RunResult run) throws IOException {
            store.keep(file(method, run.seed()), settings(method, run.seed()), run);
        }

        private RunSettings settings(Method method, int seed) {
            Experiment experiment = part.experiment;
            return new RunSettings(
                    start.datasetTitle(),
                    start.provenance(),
                    start.imagesSha256(),
                    start.modelSummary(),
                    experiment.network().toString(),
                    method.name(),
                    seed,
                    experiment.rates(method),
                    experiment.plan().of(method));
        }

        private String file(Method method, int seed) {
            return String.format(
                    Locale.ROOT,
                    "%s-%s-seed%d",
                    part.name.replaceAll("[^A-Za-z0-9.]+", "-"),
                    method.name(),
                    seed);
        }
    }

    private void write(Results results, Part part) throws IOException {
        Map<String, Results> parts = new LinkedHashMap<>(finished);
        parts.put(part.name, results);
        FigurePage page = new FigurePage();
        if (!note.isEmpty()) {
            page.section("", note);
        }
        parts.values().forEach(page::comparison);
        page.training(parts);
        reproduction.write(part.experiment.seeds(), List.copyOf(parts.values()), page);
    }
}
