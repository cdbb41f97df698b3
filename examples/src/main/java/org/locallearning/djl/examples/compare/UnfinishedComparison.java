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
package org.locallearning.djl.examples.compare;

import com.google.gson.reflect.TypeToken;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.locallearning.djl.decorrelation.internal.FolderDeletion;
import org.locallearning.djl.examples.commandline.ResumeArguments;
import org.locallearning.djl.examples.environment.Machine;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.output.KeptFiles;
import org.locallearning.djl.examples.output.OutputFolder;
import org.locallearning.djl.examples.results.RunResult;
import org.locallearning.djl.examples.training.FinishedRuns;
import org.locallearning.djl.examples.training.RunCheckpoints;

/**
 * What a comparison that was stopped goes on from: its settings, its finished runs, and the
 * checkpoints of the run at hand. It is below the output folder until the comparison is finished.
 */
final class UnfinishedComparison implements FinishedRuns {

    private static final String FOLDER = "unfinished";
    private static final String SETTINGS = "settings.json";
    private static final String BEGINNING = "beginning.json";

    private final OutputFolder folder;
    private final KeptFiles files;
    private final ResumeArguments resume;
    private final Machine machine;
    private Instant started = Instant.now().truncatedTo(ChronoUnit.SECONDS);

    private UnfinishedComparison(OutputFolder folder, ResumeArguments resume, Machine machine) {
        this.folder = folder;
        files =
                new KeptFiles(
                        folder,
                        "The file '%s' of an unfinished comparison cannot be read: start over with"
                                + " --fresh.");
        this.resume = resume;
        this.machine = machine;
    }

    /**
     * The beginning of a comparison.
     *
     * @param started when it was started for the first time, ISO 8601 in UTC
     */
    private record Beginning(String started) {

        Beginning {
            Instant.parse(started);
        }
    }

    /**
     * Opens what there is, or begins.
     *
     * @param output the output folder
     * @param options everything that runs depend on, by the name of the option
     * @param resume whether to start over, and how often to save
     * @param machine the machine and what runs on it, on which runs depend too
     * @throws IllegalArgumentException if the comparison in the folder has other settings
     */
    static UnfinishedComparison open(
            OutputFolder output,
            Map<String, String> options,
            ResumeArguments resume,
            Machine machine)
            throws IOException {
        Path path = output.file(FOLDER);
        if (resume.isFresh()) {
            FolderDeletion.delete(path);
        }
        Map<String, String> settings = new LinkedHashMap<>(options);
        settings.putAll(RunCheckpoints.of(path, resume.batches(), machine).settings());
        UnfinishedComparison unfinished =
                new UnfinishedComparison(output.inside(FOLDER), resume, machine);
        Optional<Map<String, String>> saved = unfinished.files.find(SETTINGS, new TypeToken<>() {});
        saved.ifPresent(before -> compare(output, before, settings));
        unfinished.begin();
        if (saved.isEmpty()) {
            unfinished.files.write(SETTINGS, settings);
        }
        return unfinished;
    }

    /** Notes the time, unless an earlier start has. */
    private void begin() throws IOException {
        Optional<Beginning> saved = files.find(BEGINNING, TypeToken.get(Beginning.class));
        if (saved.isPresent()) {
            started = Instant.parse(saved.get().started);
        } else {
            files.write(BEGINNING, new Beginning(started.toString()));
        }
    }

    /** Returns when the comparison was started for the first time. */
    Instant started() {
        return started;
    }

    private static void compare(
            OutputFolder output, Map<String, String> saved, Map<String, String> settings) {
        Map<String, String> all = new LinkedHashMap<>(settings);
        saved.forEach(all::putIfAbsent);
        for (String name : all.keySet()) {
            if (!Objects.equals(saved.get(name), settings.get(name))) {
                throw new IllegalArgumentException(
                        String.format(
                                "The comparison in %s is not finished and has %s %s, not %s: leave"
                                        + " the setting as it was, start over with --fresh, or choose"
                                        + " another folder with --out.",
                                output.file("").getFileName(),
                                name,
                                saved.get(name),
                                settings.get(name)));
            }
        }
    }

    /** {@inheritDoc} */
    @Override
    public Optional<RunResult> find(Method method, int seed) throws IOException {
        return files.find(runName(method, seed) + ".json", TypeToken.get(RunResult.class));
    }

    /** {@inheritDoc} */
    @Override
    public void keep(Method method, RunResult run) throws IOException {
        String name = runName(method, run.seed());
        files.write(name + ".json", run);
        FolderDeletion.delete(folder.file(name));
    }

    /** {@inheritDoc} */
    @Override
    public RunCheckpoints checkpoints(Method method, int seed) {
        return RunCheckpoints.of(folder.file(runName(method, seed)), resume.batches(), machine);
    }

    private static String runName(Method method, int seed) {
        return method.name() + "-seed" + seed;
    }

    /** Leaves nothing behind once the results of all runs are written. */
    void finish() throws IOException {
        FolderDeletion.delete(folder.file(""));
    }
}
