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
package org.locallearning.djl.examples.training;

import ai.djl.engine.Engine;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.locallearning.djl.creditassignment.layer.LayerTable;
import org.locallearning.djl.creditassignment.provenance.TrainingRecord;
import org.locallearning.djl.creditassignment.tape.Network;
import org.locallearning.djl.examples.environment.Build;
import org.locallearning.djl.examples.environment.Machine;
import org.locallearning.djl.examples.environment.Memory;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.method.MethodSetting;
import org.locallearning.djl.examples.method.MethodSettings;
import org.locallearning.djl.examples.results.ImagePreparation;
import org.locallearning.djl.examples.results.Results;
import org.locallearning.djl.examples.results.RunResult;
import org.locallearning.djl.examples.results.Settings;
import org.locallearning.djl.zoo.data.DataOptions;
import org.locallearning.djl.zoo.data.DataSets;
import org.locallearning.djl.zoo.data.ImageData;
import org.locallearning.djl.zoo.network.NetworkOptions;
import org.locallearning.djl.zoo.network.Networks;
import org.locallearning.djl.zoo.task.Task;

/** One experiment with its images loaded: trains every method with every seed. */
public final class Session implements AutoCloseable {

    private final Experiment experiment;
    private final Machine machine;
    private final ImageData images;
    private final ModelSummary summary;
    private final TrainingRun training;

    private Session(
            Experiment experiment,
            Machine machine,
            ImageData images,
            ModelSummary summary,
            TrainingRun training) {
        this.experiment = experiment;
        this.machine = machine;
        this.images = images;
        this.summary = summary;
        this.training = training;
    }

    /** What is called with all finished runs after every one that was trained. */
    @FunctionalInterface
    public interface ResultsWriter {

        /**
         * Writes what there is.
         *
         * @param results the results so far
         * @throws IOException if it cannot be written
         */
        void write(Results results) throws IOException;
    }

    /**
     * Loads the images and makes the model once, to know that both are there and fit.
     *
     * @param experiment what is trained
     * @param engine the engine
     * @param machine what the engine runs on
     * @return the session, to be closed
     * @throws IOException if images cannot be read
     * @throws TranslateException if images cannot be standardised
     * @throws IllegalArgumentException if the data set has no use for its options, or the model for
     *     its own, or if the machine has too little memory for the model and a batch
     */
    public static Session open(Experiment experiment, Engine engine, Machine machine)
            throws IOException, TranslateException {
        ImageData images = DataSets.load(experiment.dataset(), experiment.data());
        try {
            NetworkOptions network = experiment.network();
            int batch = experiment.plan().batch();
            long memory = Memory.total();
            network.getHidden()
                    .ifPresent(
                            sizes ->
                                    MemoryNeed.checkHidden(
                                            sizes,
                                            images.getSampleShape(),
                                            images.getClasses().size(),
                                            memory));
            Supplier<Block> blocks =
                    () ->
                            Networks.named(experiment.model())
                                    .create(
                                            network,
                                            images.getSampleShape(),
                                            images.getClasses().size());
            MemoryNeed.checkBatch(blocks, images.getSampleShape(), batch, memory);
            Experiment suited = suit(experiment, blocks);
            ModelSummary summary =
                    ModelSummary.of(
                            engine,
                            experiment.model(),
                            ModelSummary.chosen(network),
                            blocks.get(),
                            new Shape(batch).addAll(images.getSampleShape()));
            TrainingRun training = new TrainingRun(engine, images, blocks, suited.plan());
            return new Session(suited, machine, images, summary, training);
        } catch (RuntimeException e) {
            images.close();
            throw e;
        }
    }

    /**
     * Checks what is chosen layer by layer, and chooses iterations of inference that carry the
     * error of every method to all layers, unless their number was given. One number goes for all
     * methods, which are compared.
     */
    private static Experiment suit(Experiment experiment, Supplier<Block> blocks) {
        TrainingPlan plan = experiment.plan();
        MethodSettings settings = plan.methods();
        int iterations = 1;
        for (Method method : experiment.methods()) {
            if (method.uses(MethodSetting.INFERENCE) || method.uses(MethodSetting.ALIGNMENT)) {
                Block block = plan.prepare(method, blocks.get(), experiment.rates(method));
                int layers = Network.of(block, LayerTable.standard()).getOutline().size();
                settings.checkLayers(layers);
                iterations = Math.max(iterations, method.leastIterations(layers));
            }
        }
        return experiment.withPlan(plan.with(settings.on(experiment.model(), iterations)));
    }

    /**
     * Describes what is trained.
     *
     * @return one line on the images and one on the model
     */
    public String description() {
        return String.join(System.lineSeparator(), images.getDescription(), summary.text());
    }

    /**
     * Returns what the model learns.
     *
     * @return the task
     */
    public Task task() {
        return images.getTask();
    }

    /**
     * Returns what tells the images from others under the same name and path.
     *
     * @return the SHA-256 of all images and labels in use
     */
    public String imagesSha256() {
        return images.getSha256();
    }

    /**
     * Returns everything of the results but the runs.
     *
     * @param commandLine the arguments of the program
     * @param started when the experiment started, ISO 8601 in UTC
     * @return results without runs
     */
    public Results results(String commandLine, String started) {
        return new Results(
                experiment.dataset(),
                experiment.model(),
                images.getTitle(),
                images.getProvenance(),
                images.getSha256(),
                summary.text(),
                summary.parameters(),
                settings(),
                commandLine,
                started,
                Build.current(),
                machine,
                List.of(),
                null);
    }

    /**
     * Goes through seeds and methods: takes the runs that are kept, and trains the others.
     *
     * @param start results without runs
     * @param finished where finished runs and checkpoints are kept
     * @param console shows how it goes
     * @param writer called after every run that was trained, and at the end
     * @return the results of all runs
     * @throws IOException if images cannot be read or a file cannot be read or written
     * @throws TranslateException if a batch cannot be put together
     * @throws IllegalStateException if a method cannot train the model; a run that diverges is a
     *     result
     */
    public Results run(Results start, FinishedRuns finished, Console console, ResultsWriter writer)
            throws IOException, TranslateException {
        return run(start, finished, console, writer, (method, seed, trainer, made) -> {});
    }

    /**
     * Does what {@link #run(Results, FinishedRuns, Console, ResultsWriter)} does, with the model of
     * every run that it trains.
     *
     * @param start results without runs
     * @param finished where finished runs and checkpoints are kept
     * @param console shows how it goes
     * @param writer called after every run that was trained, and at the end
     * @param ending called with every model that was trained, before its run is kept, and for runs
     *     that diverge
     * @return the results of all runs
     * @throws IOException if images cannot be read or a file cannot be read or written
     * @throws TranslateException if a batch cannot be put together
     * @throws IllegalStateException if a method cannot train the model
     */
    public Results run(
            Results start,
            FinishedRuns finished,
            Console console,
            ResultsWriter writer,
            TrainingRun.Ending ending)
            throws IOException, TranslateException {
        console.header();
        List<RunResult> runs = new ArrayList<>();
        for (int seed : experiment.seeds()) {
            for (Method method : experiment.methods()) {
                Optional<RunResult> stored = finished.find(method, seed);
                if (stored.isPresent()) {
                    console.stored(stored.get());
                    runs.add(stored.get());
                } else {
                    RunResult run =
                            train(
                                    method,
                                    seed,
                                    console,
                                    finished.checkpoints(method, seed),
                                    made -> describe(made, start),
                                    ending);
                    if (run.diverged()) {
                        console.diverged(run);
                    }
                    finished.keep(method, run);
                    runs.add(run);
                    writer.write(start.with(runs));
                }
            }
        }
        Results results = start.with(runs);
        writer.write(results);
        return results;
    }

    /** Adds to the record of a run what model and program it is of. */
    private void describe(TrainingRecord.Builder made, Results start) {
        made.optName(experiment.model());
        experiment.network().toMap().forEach(made::optOption);
        made.optProgram(start.build().describe(start.commandLine()));
        made.optDate(Instant.parse(start.started()));
    }

    /**
     * Returns what saves every model with its record.
     *
     * @param folder the folder; each model gets one below it
     * @return to be given to {@link #run(Results, FinishedRuns, Console, ResultsWriter,
     *     TrainingRun.Ending)}
     */
    public TrainingRun.Ending saving(Path folder) {
        return new ModelFolder(folder, images, experiment.plan().batch());
    }

    private RunResult train(
            Method method,
            int seed,
            Console console,
            RunCheckpoints checkpoints,
            Consumer<TrainingRecord.Builder> about,
            TrainingRun.Ending ending)
            throws IOException, TranslateException {
        try {
            return training.run(
                    method, seed, experiment.rates(method), console, checkpoints, about, ending);
        } catch (IllegalStateException e) {
            throw new RunStoppedException(method.name(), seed, e);
        } finally {
            console.close();
        }
    }

    private Settings settings() {
        NetworkOptions network = experiment.network();
        DataOptions data = experiment.data();
        TrainingPlan plan = experiment.plan();
        return new Settings(
                data.getRepository().map(String::valueOf).orElse(null),
                network.getHidden()
                        .map(sizes -> Arrays.stream(sizes).boxed().toList())
                        .orElse(null),
                network.getActivation().orElse(null),
                network.getSlope().orElse(null),
                experiment.methods().stream().map(Method::name).toList(),
                plan.epochs(),
                experiment.seeds(),
                data.getLimit(),
                data.getValidation() == 0 ? null : data.getValidation(),
                data.getTestLimit(),
                data.getTask(),
                plan.batch(),
                plan.optimizer().toString(),
                plan.schedule(),
                plan.methods(),
                data.isStandardized(),
                data.isAugmented(),
                machine.threads(),
                plan.alignmentsPerEpoch(),
                plan.decorrelation(),
                plan.correlationsPerEpoch(),
                plan.evaluationsPerEpoch(),
                plan.projectionRadius(),
                ImagePreparation.of(data));
    }

    /** Frees the images. */
    @Override
    public void close() {
        images.close();
    }
}
