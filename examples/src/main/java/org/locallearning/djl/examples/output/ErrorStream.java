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
package org.locallearning.djl.examples.output;

import java.io.PrintStream;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The standard error of a program that trains many models: tells every warning once, on a line of
 * its own, although each trainer gives it again. Warnings that differ in nothing but measured
 * numbers, those with a point or an exponent, are one.
 */
public final class ErrorStream extends PrintStream {

    /** What the line of a warning begins with here. */
    public static final String WARNING = "Warning: ";

    /** What it begins with where a logger writes it. */
    private static final String LOGGED = "WARN ";

    private static final Pattern MEASURED =
            Pattern.compile("\\d+(\\.\\d+([eE][-+]?\\d+)?|[eE][-+]?\\d+)");

    private final PrintStream original;
    private final Set<String> told = new HashSet<>();
    private boolean showsBar;

    /**
     * Creates a stream.
     *
     * @param original where everything goes
     */
    public ErrorStream(PrintStream original) {
        super(original, true);
        this.original = original;
    }

    /** Prints what may be a {@link TerminalBar}. */
    @Override
    public synchronized void print(String text) {
        showsBar = TerminalBar.isShownBy(text);
        original.print(text);
    }

    /** Prints a line, unless it is a warning that was told before. */
    @Override
    public synchronized void println(String line) {
        boolean warns = line != null && line.startsWith(LOGGED);
        if (warns) {
            if (!told.add(MEASURED.matcher(line).replaceAll("x"))) {
                return;
            }
            if (showsBar) {
                original.print(TerminalBar.ERASE);
            }
        }
        showsBar = false;
        original.println(warns ? WARNING + line.substring(LOGGED.length()) : line);
    }
}
