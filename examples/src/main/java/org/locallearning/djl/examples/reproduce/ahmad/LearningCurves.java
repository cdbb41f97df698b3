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
package org.locallearning.djl.examples.reproduce.ahmad;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.locallearning.djl.examples.data.DataOptions;
import org.locallearning.djl.examples.data.DataSets;
import org.locallearning.djl.examples.data.ImageData;
import org.locallearning.djl.examples.environment.Build;
import org.locallearning.djl.examples.method.DecorrelationSettings;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.method.MethodSettings;
import org.locallearning.djl.examples.method.Methods;
import org.locallearning.djl.examples.method.OptimizerKind;
import org.locallearning.djl.examples.models.ModelOptions;
import org.locallearning.djl.examples.models.Models;
import org.locallearning.djl.examples.report.CurvesImage;
import org.locallearning.djl.examples.report.FigurePage;
import org.locallearning.djl.examples.reproduce.ReproduceArguments;
import org.locallearning.djl.examples.reproduce.Reproduction;
import org.locallearning.djl.examples.reproduce.RunStore;
import org.locallearning.djl.examples.reproduce.Target;
import org.locallearning.djl.examples.results.Results;
import org.locallearning.djl.examples.results.RunResult;
import org.locallearning.djl.examples.results.Settings;
import org.locallearning.djl.examples.task.Task;
import org.locallearning.djl.examples.training.Console;
import org.locallearning.djl.examples.training.ModelSummary;
import org.locallearning.djl.examples.training.RunRates;
import org.locallearning.djl.examples.training.TrainingPlan;
import org.locallearning.djl.examples.training.TrainingRun;

/**
 * Figure 4: test accuracy over the epochs, with and without decorrelation, for the nets of table 1
 * with the rates of table 2.
 *
 * <p>Batches of 256, Adam, softmax cross-entropy, channels of mean 0 and variance 1. The paper says
 * how many seeds (five), and not how many epochs; 100 is what its code runs. Tiny ImageNet is
 * cropped and flipped at random in training, as the paper says; for CIFAR its text tells of no such
 * variation, and there is none here.
 */
public final class LearningCurves implements Target {

    private static final List<String> METHODS = List.of("bp", "bp+decor", "fa", "fa+decor");
    private static final List<String> DATA_SETS = List.of("cifar10");
    private static final List<Integer> SEEDS = List.of(1, 2, 3, 4, 5);
    private static final String CONVOLUTIONAL = "ahmad-conv";
    private static final String DENSE = "dense";
    private static final String TINY_IMAGENET = "tiny-imagenet";
    private static final int EPOCHS = 100;
    private static final int BATCH = 256;
    private static final int CORRELATIONS_PER_EPOCH = 4;

    /** Creates the target. */
    public LearningCurves() {}

    /** One data set and model: a part of the figure. */
    private record Part(String dataset, String model) {}

    /** Everything that a run depends on. */
    private record RunSettings(
            String dataset,
            String data,
            String model,
            String method,
            int seed,
            RunRates rates,
            TrainingPlan plan) {}

    /** {@inheritDoc} */
    @Override
    public String name() {
        return "ahmad-figure-4";
    }

    /** {@inheritDoc} */
    @Override
    public String title() {
        return "Learning curves with and without decorrelation";
    }

    /** {@inheritDoc} */
    @Override
    public String paper() {
        return "Ahmad, \"Correlations Are Ruining Your Gradient Descent\", 2024, figure 4";
    }

    /** {@inheritDoc} */
    @Override
    public Set<String> options() {
        return Set.of(
                "--epochs",
                "--seeds",
                "--methods",
                "--data-set",
                "--model",
                "--data-repository",
                "--limit",
                "--test-limit");
    }

    /** {@inheritDoc} */
    @Override
    public void run(Reproduction reproduction) throws IOException, TranslateException {
        ReproduceArguments arguments = reproduction.arguments();
        List<Method> methods = Methods.named(arguments.methods(METHODS));
        List<Part> parts = parts(arguments);
        RunStore store = RunStore.open(reproduction);
        List<Results> finished = new ArrayList<>();
        for (Part part : parts) {
            try (ImageData images = DataSets.load(part.dataset, dataOptions(part, arguments))) {
                run(reproduction, part, images, methods, store, finished);
            }
        }
    }

    private static List<Part> parts(ReproduceArguments arguments) {
        List<Part> parts = new ArrayList<>();
        for (String dataset : arguments.dataSets(DATA_SETS)) {
            check("data set", dataset, DataSets.names());
            List<String> models =
                    dataset.equals("cifar10")
                            ? List.of(DENSE, CONVOLUTIONAL)
                            : List.of(CONVOLUTIONAL);
            for (String model : arguments.models(models)) {
                check("model", model, Models.names());
                parts.add(new Part(dataset, model));
            }
        }
        return parts;
    }

    private static void check(String kind, String name, List<String> names) {
        if (!names.contains(name)) {
            throw new IllegalArgumentException(
                    String.format(
                            "Unknown %s '%s': choose one of %s.",
                            kind, name, String.join(", ", names)));
        }
    }

    private static DataOptions dataOptions(Part part, ReproduceArguments arguments) {
        return DataOptions.builder()
                .optRepository(arguments.dataRepository())
                .optLimit(arguments.limit())
                .optTestLimit(arguments.testLimit())
                .optAugment(part.dataset.equals(TINY_IMAGENET))
                .optTask(Models.task(part.model))
                .optStandardise(Models.task(part.model) == Task.CLASSIFICATION)
                .build();
    }

    private static void run(
            Reproduction reproduction,
            Part part,
            ImageData images,
            List<Method> methods,
            RunStore store,
            List<Results> finished)
            throws IOException, TranslateException {
        ReproduceArguments arguments = reproduction.arguments();
        List<Integer> seeds = arguments.seeds(SEEDS);
        TrainingPlan plan =
                new TrainingPlan(
                        arguments.epochs(EPOCHS),
                        BATCH,
                        OptimizerKind.ADAM,
                        MethodSettings.preset(part.model),
                        DecorrelationSettings.DEFAULT,
                        0,
                        CORRELATIONS_PER_EPOCH);
        Supplier<Block> blocks =
                () ->
                        Models.create(
                                part.model,
                                ModelOptions.builder().build(),
                                images.getSampleShape(),
                                images.getClasses().size());
        ModelSummary summary =
                ModelSummary.of(
                        reproduction.engine(),
                        part.model,
                        null,
                        blocks.get(),
                        new Shape(BATCH).addAll(images.getSampleShape()));
        TrainingRun training = new TrainingRun(reproduction.engine(), images, blocks, plan);
        Console console =
                new Console(
                        reproduction.out(), reproduction.isTerminal(), methods, images.getTask());
        reproduction.out().println(images.getTitle() + ": " + images.getProvenance());
        reproduction.out().println(summary.text());
        console.header();

        Results results = results(reproduction, part, images, summary, methods, seeds, plan);
        List<RunResult> runs = new ArrayList<>();
        for (int seed : seeds) {
            for (Method method : methods) {
                RunRates rates =
                        RunRates.preset(method, part.dataset, part.model, plan.optimizer());
                RunSettings settings =
                        new RunSettings(
                                images.getTitle(),
                                images.getProvenance(),
                                summary.text(),
                                method.name(),
                                seed,
                                rates,
                                plan);
                String file =
                        String.format(
                                Locale.ROOT,
                                "%s-%s-%s-seed%d",
                                part.dataset,
                                part.model,
                                method.name(),
                                seed);
                Optional<RunResult> stored = store.find(file, settings);
                if (stored.isPresent()) {
                    console.stored(stored.get());
                    runs.add(stored.get());
                } else {
                    RunResult run = train(training, method, seed, rates, console);
                    store.keep(file, settings, run, reproduction.machine());
                    runs.add(run);
                }
                List<Results> soFar = new ArrayList<>(finished);
                soFar.add(results.with(runs));
                write(reproduction, seeds, soFar);
            }
        }
        finished.add(results.with(runs));
        console.summary(results.with(runs));
        reproduction.out().println();
    }

    private static RunResult train(
            TrainingRun training, Method method, int seed, RunRates rates, Console console)
            throws IOException, TranslateException {
        try {
            return training.run(method, seed, rates, console);
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

    private static void write(
            Reproduction reproduction, List<Integer> seeds, List<Results> experiments)
            throws IOException {
        FigurePage page = new FigurePage();
        for (Results results : experiments) {
            page.comparison(results.datasetTitle() + ", " + results.model(), results);
        }
        page.setting(
                "Training",
                String.format(
                        Locale.ROOT,
                        "%d epochs, batches of %d, %s, %s",
                        experiments.get(0).settings().epochs(),
                        BATCH,
                        experiments.get(0).task().lossTitle(),
                        OptimizerKind.ADAM.title()));
        reproduction.write(seeds, experiments, page, () -> CurvesImage.png(experiments));
    }

    private static Results results(
            Reproduction reproduction,
            Part part,
            ImageData images,
            ModelSummary summary,
            List<Method> methods,
            List<Integer> seeds,
            TrainingPlan plan) {
        ReproduceArguments arguments = reproduction.arguments();
        Settings settings =
                new Settings(
                        arguments.dataRepository() == null
                                ? null
                                : arguments.dataRepository().toString(),
                        null,
                        null,
                        null,
                        methods.stream().map(Method::name).toList(),
                        plan.epochs(),
                        seeds,
                        arguments.limit(),
                        arguments.testLimit(),
                        plan.batch(),
                        plan.optimizer().toString(),
                        plan.methods(),
                        images.getTask() == Task.CLASSIFICATION,
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
