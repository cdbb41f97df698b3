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
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.locallearning.djl.examples.commandline.ResumeArguments;
import org.locallearning.djl.examples.output.TerminalBar;

/**
 * The pieces that a target measures one after another, where they are no runs of {@link
 * LearningCurves}: a line for each that is done and a bar for the one at hand, and each is kept, so
 * that a second start takes it as it is.
 */
public final class Pieces {

    /** The options of a target of pieces that reads no data. */
    public static final Set<String> OPTIONS = Set.of("--seeds", ResumeArguments.FRESH);

    private final Reproduction reproduction;
    private final int count;
    private final RunStore store;
    private final TerminalBar bar;
    private int number;

    /**
     * Begins a target.
     *
     * @param reproduction the start of the target
     * @param count how many pieces there will be
     * @throws IOException if the folder of finished pieces cannot be made or written
     */
    public Pieces(Reproduction reproduction, int count) throws IOException {
        this.reproduction = reproduction;
        this.count = count;
        store = RunStore.open(reproduction);
        bar = new TerminalBar(reproduction.isTerminal());
    }

    /**
     * Makes a piece.
     *
     * @param <T> what a piece is
     */
    @FunctionalInterface
    public interface Maker<T> {

        /**
         * Makes a piece.
         *
         * @param step to be called after each step
         * @return the piece
         * @throws IOException if images cannot be read
         * @throws TranslateException if a batch cannot be put together
         */
        T make(Runnable step) throws IOException, TranslateException;
    }

    /**
     * Takes a piece that was kept, or makes it and keeps it.
     *
     * @param name what tells it from the others, for people
     * @param settings everything that the piece depends on, as a record
     * @param kind the record that the piece is
     * @param steps how many steps it takes
     * @param maker makes it
     * @param <T> what the piece is
     * @return the piece
     * @throws IOException if images cannot be read or a file cannot be read or written
     * @throws TranslateException if a batch cannot be put together
     */
    public <T> T get(String name, Object settings, Class<T> kind, long steps, Maker<T> maker)
            throws IOException, TranslateException {
        ++number;
        String file = name.replaceAll("[^A-Za-z0-9.]+", "-");
        Optional<T> stored = store.find(file, settings, kind);
        if (stored.isPresent()) {
            say(name, "stored");
            return stored.get();
        }
        long begin = System.nanoTime();
        T made;
        bar.start(name, steps, 0);
        try {
            made = maker.make(() -> bar.step(""));
        } finally {
            bar.close();
        }
        store.keep(file, settings, made);
        say(name, String.format(Locale.ROOT, "%.1f s", (System.nanoTime() - begin) / 1e9));
        return made;
    }

    private void say(String name, String how) {
        reproduction.out().printf(Locale.ROOT, "%d of %d: %s (%s)%n", number, count, name, how);
        reproduction.out().flush();
    }
}
