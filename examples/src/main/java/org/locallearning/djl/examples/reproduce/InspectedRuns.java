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
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.results.RunResult;
import org.locallearning.djl.examples.training.Console;
import org.locallearning.djl.examples.training.RunCheckpoints;
import org.locallearning.djl.zoo.data.ImageData;

/** Trains one net after another for a target that looks into them, each once for its settings. */
public final class InspectedRuns {

    private final Reproduction reproduction;
    private final RunStore store;
    private final Console console;

    private InspectedRuns(Reproduction reproduction, RunStore store, Console console) {
        this.reproduction = reproduction;
        this.store = store;
        this.console = console;
    }

    /**
     * Opens the runs of a target, and tells what they are trained on.
     *
     * @param reproduction the start of the target
     * @param images what nets are trained on
     * @param methods what trains them
     * @return the runs
     * @throws IOException if the folder of finished runs cannot be made or written
     */
    public static InspectedRuns open(
            Reproduction reproduction, ImageData images, List<Method> methods) throws IOException {
        RunStore store = RunStore.open(reproduction);
        Console console =
                new Console(
                        reproduction.out(), reproduction.isTerminal(), methods, images.getTask());
        reproduction.out().println(images.getDescription());
        console.header();
        return new InspectedRuns(reproduction, store, console);
    }

    /**
     * Trains a net and looks into it.
     *
     * @param <T> what is kept of a run
     */
    @FunctionalInterface
    public interface Training<T> {

        /**
         * Trains a net.
         *
         * @param console shows how it goes
         * @param checkpoints where it saves how far it has come, and goes on from
         * @return what is kept of the run
         * @throws IOException if something cannot be read or written
         * @throws TranslateException if a batch cannot be put together
         */
        T run(Console console, RunCheckpoints checkpoints) throws IOException, TranslateException;
    }

    /**
     * Returns a finished run, or makes it.
     *
     * @param method what trains the net
     * @param settings everything that the run depends on, as a record
     * @param kind the record that the run is kept as
     * @param result takes from it how the net trained
     * @param training makes the run
     * @param <T> the kind
     * @return the run, which may have diverged; the program then ends with the exit code of that
     * @throws IOException if a file cannot be read or written
     * @throws TranslateException if a batch cannot be put together
     */
    public <T> T run(
            Method method,
            Object settings,
            Class<T> kind,
            Function<T, RunResult> result,
            Training<T> training)
            throws IOException, TranslateException {
        Optional<T> stored = store.find(method.name(), settings, kind);
        if (stored.isPresent()) {
            console.stored(result.apply(stored.get()));
            reproduction.ended(List.of(result.apply(stored.get())));
            return stored.get();
        }
        T run;
        try {
            run = training.run(console, store.checkpoints(method.name(), settings));
        } finally {
            console.close();
        }
        if (result.apply(run).diverged()) {
            console.diverged(result.apply(run));
        }
        store.keep(method.name(), settings, run);
        reproduction.ended(List.of(result.apply(run)));
        return run;
    }
}
