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
import java.time.Duration;
import java.util.Set;

/** A figure or a table of a paper that the program can make again. */
public interface Target {

    /**
     * Returns the name on the command line.
     *
     * @return the name: the first author and what it is, such as {@code ahmad-figure-1}
     */
    String name();

    /**
     * Returns what the figure shows.
     *
     * @return one line for the list of targets and the title of the page
     */
    String title();

    /**
     * Returns where the figure is printed.
     *
     * @return author, title, year and the figure's number
     */
    String paper();

    /**
     * Returns about how long it takes with its own settings, on two cores that multiply matrices at
     * 13 GFLOP/s each: measured on a part of it, or worked out from the stored runs of the methods
     * and models that it trains.
     *
     * @return the time
     */
    Duration expectedTime();

    /**
     * Returns the options of the command line that the target has a use for; the others are refused
     * rather than ignored.
     *
     * @return their names, such as {@code --epochs}
     */
    Set<String> options();

    /**
     * Makes the figure and writes its files.
     *
     * @param reproduction what was asked for, and where the files go
     * @throws IOException if data cannot be read or a file cannot be written
     * @throws TranslateException if a batch cannot be put together
     * @throws IllegalArgumentException if what was asked for does not exist
     */
    void run(Reproduction reproduction) throws IOException, TranslateException;
}
