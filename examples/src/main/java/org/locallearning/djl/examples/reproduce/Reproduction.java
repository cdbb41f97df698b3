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

import ai.djl.engine.Engine;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.locallearning.djl.examples.commandline.ResumeArguments;
import org.locallearning.djl.examples.environment.Build;
import org.locallearning.djl.examples.environment.Machine;
import org.locallearning.djl.examples.output.OutputFolder;
import org.locallearning.djl.examples.report.FigurePage;
import org.locallearning.djl.examples.report.ResultFolder;
import org.locallearning.djl.examples.results.Provenance;
import org.locallearning.djl.examples.results.RunResult;

/** One start of a target: what was asked for, what it runs on, and the files it leaves behind. */
public final class Reproduction {

    private final Target target;
    private final ReproduceArguments arguments;
    private final ResumeArguments resume;
    private final Engine engine;
    private final ResultFolder files;
    private final PrintWriter out;
    private final boolean terminal;
    private final String commandLine;
    private final String started;
    private final List<RunResult> runs = new ArrayList<>();
    private final Map<Path, Provenance.Maker> otherRuns = new LinkedHashMap<>();

    Reproduction(
            Target target,
            ReproduceArguments arguments,
            ResumeArguments resume,
            Engine engine,
            OutputFolder folder,
            PrintWriter out,
            boolean terminal,
            String commandLine,
            String started) {
        this.target = target;
        this.arguments = arguments;
        this.resume = resume;
        this.engine = engine;
        files = new ResultFolder(folder);
        this.out = out;
        this.terminal = terminal;
        this.commandLine = commandLine;
        this.started = started;
    }

    /**
     * Returns what was chosen on the command line.
     *
     * @return the arguments
     */
    public ReproduceArguments arguments() {
        return arguments;
    }

    /**
     * Returns how training that was stopped goes on.
     *
     * @return the options
     */
    public ResumeArguments resume() {
        return resume;
    }

    /**
     * Returns the engine.
     *
     * @return the engine, its threads set
     */
    public Engine engine() {
        return engine;
    }

    /**
     * Returns the output folder.
     *
     * @return the folder, known to be writable
     */
    public OutputFolder folder() {
        return files.folder();
    }

    /**
     * Returns where text for the reader goes.
     *
     * @return the console
     */
    public PrintWriter out() {
        return out;
    }

    /**
     * Returns whether somebody watches at a terminal.
     *
     * @return whether progress can be shown in place
     */
    public boolean isTerminal() {
        return terminal;
    }

    /**
     * Returns the program's arguments.
     *
     * @return one line
     */
    public String commandLine() {
        return commandLine;
    }

    /**
     * Returns when the target was started.
     *
     * @return the time, ISO 8601 in UTC
     */
    public String started() {
        return started;
    }

    /**
     * Describes the machine.
     *
     * @return the machine
     */
    public Machine machine() {
        return Machine.of(engine, arguments.threads());
    }

    /** Called when a run is taken from an earlier start that another build or machine made. */
    void foundOther(Path file, Build build, Machine machine) {
        otherRuns.put(file, new Provenance.Maker(build, machine));
    }

    /** Notes what runs came to, finished or diverged. */
    void ended(List<RunResult> some) {
        runs.addAll(some);
    }

    /** Returns the runs that were noted. */
    List<RunResult> runs() {
        return List.copyOf(runs);
    }

    /**
     * Writes numbers, page and picture, each whole or not at all.
     *
     * @param seeds the seeds that were used
     * @param figure the numbers behind the figure
     * @param page the page, to which what made it is added; the picture of its figures is left out
     *     where Java has no fonts
     * @throws IOException if a file cannot be written
     */
    public void write(List<Integer> seeds, Object figure, FigurePage page) throws IOException {
        Provenance provenance =
                new Provenance(
                        target.name(),
                        target.paper(),
                        commandLine,
                        started,
                        seeds,
                        Build.current(),
                        machine(),
                        otherRuns.isEmpty() ? null : Provenance.origins(otherRuns.values()));
        files.writeNumbers(new FigureResults(provenance, figure).toJson());
        files.writePage(page.html(target.title(), provenance));
        files.writePicture(picture(), page::png);
    }

    String summary() {
        List<String> lines = new ArrayList<>();
        if (!otherRuns.isEmpty()) {
            lines.add(
                    String.format(
                            Locale.ROOT,
                            "Note: %d stored run%s of another build of this program, or of another"
                                    + " machine or number of threads, as the report says: --fresh"
                                    + " makes them again.",
                            otherRuns.size(),
                            otherRuns.size() == 1 ? " is" : "s are"));
        }
        lines.addAll(List.of(files.page(), files.numbers(), files.picture(picture())));
        return String.join(System.lineSeparator(), lines);
    }

    private String picture() {
        return target.name() + ".png";
    }
}
