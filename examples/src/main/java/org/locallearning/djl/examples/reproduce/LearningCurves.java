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

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.locallearning.djl.examples.commandline.ResumeArguments;
import org.locallearning.djl.examples.environment.Build;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.report.FigurePage;
import org.locallearning.djl.examples.results.Results;
import org.locallearning.djl.examples.results.RunResult;
import org.locallearning.djl.examples.results.Settings;
import org.locallearning.djl.examples.training.Console;
import org.locallearning.djl.examples.training.ModelSummary;
import org.locallearning.djl.examples.training.RunCheckpoints;
import org.locallearning.djl.examples.training.RunRates;
import org.locallearning.djl.examples.training.TrainingPlan;
import org.locallearning.djl.examples.training.TrainingRun;
import org.locallearning.djl.zoo.data.DataOptions;
import org.locallearning.djl.zoo.data.DataSets;
import org.locallearning.djl.zoo.data.ImageData;
import org.locallearning.djl.zoo.network.NetworkOptions;
import org.locallearning.djl.zoo.network.Networks;

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

    private final Reproduction reproduction;
    private final List<Integer> seeds;
    private final RunStore store;
    private final List<Results> finished = new ArrayList<>();

    /**
     * Opens the runs of a target.
     *
     * @param reproduction the start of the target
     * @param seeds the target's own seeds, where none were chosen
     * @throws IOException if the folder of finished runs cannot be made or written
     */
    public LearningCurves(Reproduction reproduction, List<Integer> seeds) throws IOException {
        this.reproduction = reproduction;
        this.seeds = reproduction.arguments().seeds(seeds);
        store = RunStore.open(reproduction);
    }

    /**
     * One part of a figure: a data set, a model, and the methods that train it.
     *
     * @param name what tells it from the other parts, in words that fit a heading and a file's name
     * @param dataset the data set's name
     * @param data how its images are read; its repository and limits are those of the command line
     * @param model the model's name
     * @param options what was chosen about the model
     * @param methods the methods
     * @param plan how to train
     * @param learningRate the learning rate of every method, null for those of the presets
     */
    public record Part(
            String name,
            String dataset,
            DataOptions data,
            String model,
            NetworkOptions options,
            List<Method> methods,
            TrainingPlan plan,
            Float learningRate) {

        /**
         * Creates a part.
         *
         * @param name what tells it from the other parts
         * @param dataset the data set's name
         * @param data how its images are read
         * @param model the model's name
         * @param options what was chosen about the model
         * @param methods the methods
         * @param plan how to train
         * @param learningRate the learning rate of every method, null for those of the presets
         * @throws IllegalArgumentException if there is no such data set or model
         */
        public Part {
            check("data set", dataset, DataSets.names());
            check("model", model, Networks.names());
        }

        /**
         * Creates a part with the learning rates of the presets.
         *
         * @param name what tells it from the other parts
         * @param dataset the data set's name
         * @param data how its images are read
         * @param model the model's name
         * @param options what was chosen about the model
         * @param methods the methods
         * @param plan how to train
         * @throws IllegalArgumentException if there is no such data set or model
         */
        public Part(
                String name,
                String dataset,
                DataOptions data,
                String model,
                NetworkOptions options,
                List<Method> methods,
                TrainingPlan plan) {
            this(name, dataset, data, model, options, methods, plan, null);
        }

        /**
         * Returns this part with another learning rate.
         *
         * @param rate the learning rate of every method
         * @return the same part otherwise
         */
        public Part withLearningRate(float rate) {
            return new Part(name, dataset, data, model, options, methods, plan, rate);
        }

        private static void check(String kind, String name, List<String> names) {
            if (!names.contains(name)) {
                throw new IllegalArgumentException(
                        String.format(
                                "Unknown %s '%s': choose one of %s.",
                                kind, name, String.join(", ", names)));
            }
        }
    }

    /** Everything that a run depends on. */
    private record RunSettings(
            String dataset,
            String data,
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
        try (ImageData images = DataSets.load(part.dataset, part.data)) {
            return run(part, images);
        }
    }

    private Results run(Part part, ImageData images) throws IOException, TranslateException {
        TrainingPlan plan = part.plan;
        Supplier<Block> blocks =
                () ->
                        Networks.named(part.model)
                                .create(
                                        part.options,
                                        images.getSampleShape(),
                                        images.getClasses().size());
        ModelSummary summary =
                ModelSummary.of(
                        reproduction.engine(),
                        part.model,
                        ModelSummary.chosen(part.options),
                        blocks.get(),
                        new Shape(plan.batch()).addAll(images.getSampleShape()));
        TrainingRun training = new TrainingRun(reproduction.engine(), images, blocks, plan);
        Console console =
                new Console(
                        reproduction.out(),
                        reproduction.isTerminal(),
                        part.methods,
                        images.getTask());
        reproduction.out().println(images.getTitle() + ": " + images.getProvenance());
        reproduction.out().println(summary.text());
        console.header();

        Results results = results(part, images, summary);
        List<RunResult> runs = new ArrayList<>();
        for (int seed : seeds) {
            for (Method method : part.methods) {
                RunRates rates =
                        RunRates.preset(method, part.dataset, part.model, plan.optimizer())
                                .with(part.learningRate, null);
                RunSettings settings =
                        new RunSettings(
                                images.getTitle(),
                                images.getProvenance(),
                                summary.text(),
                                part.options.toString(),
                                method.name(),
                                seed,
                                rates,
                                plan);
                String file =
                        String.format(
                                Locale.ROOT,
                                "%s-%s-seed%d",
                                part.name.replaceAll("[^A-Za-z0-9.]+", "-"),
                                method.name(),
                                seed);
                Optional<RunResult> stored = store.find(file, settings);
                if (stored.isPresent()) {
                    console.stored(stored.get());
                    runs.add(stored.get());
                } else {
                    RunResult run =
                            train(
                                    training,
                                    method,
                                    seed,
                                    rates,
                                    console,
                                    store.checkpoints(file, settings));
                    store.keep(file, settings, run);
                    runs.add(run);
                }
                List<Results> soFar = new ArrayList<>(finished);
                soFar.add(results.with(runs));
                write(soFar, plan);
            }
        }
        Results whole = results.with(runs);
        finished.add(whole);
        console.summary(whole);
        reproduction.out().println();
        return whole;
    }

    private static RunResult train(
            TrainingRun training,
            Method method,
            int seed,
            RunRates rates,
            Console console,
            RunCheckpoints checkpoints)
            throws IOException, TranslateException {
        try {
            return training.run(method, seed, rates, console, checkpoints);
        } catch (IllegalStateException e) {
            throw new IllegalStateException(
                    String.format(
                            "The run of %s with seed %d stopped: %s",
                            method.name(), seed, e.getMessage()),
                    e);
        } finally {
            console.close();
        }
    }

    private void write(List<Results> experiments, TrainingPlan plan) throws IOException {
        FigurePage page = new FigurePage();
        experiments.forEach(page::comparison);
        page.setting(
                "Training",
                String.format(
                        Locale.ROOT,
                        "%d epochs, batches of %d, %s, %s, learning rate: %s",
                        plan.epochs(),
                        plan.batch(),
                        experiments.get(0).task().lossTitle(),
                        plan.optimizer().title(),
                        plan.schedule().title()));
        reproduction.write(seeds, experiments, page);
    }

    private Results results(Part part, ImageData images, ModelSummary summary) {
        ReproduceArguments arguments = reproduction.arguments();
        TrainingPlan plan = part.plan;
        Settings settings =
                new Settings(
                        arguments.dataRepository() == null
                                ? null
                                : arguments.dataRepository().toString(),
                        part.options
                                .getHidden()
                                .map(sizes -> Arrays.stream(sizes).boxed().toList())
                                .orElse(null),
                        part.options.getActivation().orElse(null),
                        part.options.getSlope().orElse(null),
                        part.methods.stream().map(Method::name).toList(),
                        plan.epochs(),
                        seeds,
                        arguments.limit(),
                        arguments.testLimit(),
                        part.data.getTask(),
                        plan.batch(),
                        plan.optimizer().toString(),
                        plan.schedule(),
                        plan.methods(),
                        part.data.isStandardised(),
                        part.data.isAugmented(),
                        arguments.threads(),
                        plan.alignmentsPerEpoch(),
                        plan.decorrelation(),
                        plan.correlationsPerEpoch());
        return new Results(
                part.dataset,
                part.model,
                images.getTitle(),
                images.getProvenance(),
                summary.text(),
                summary.parameters(),
                settings,
                reproduction.commandLine(),
                reproduction.started(),
                Build.current(),
                reproduction.machine(),
                List.of());
    }
}
