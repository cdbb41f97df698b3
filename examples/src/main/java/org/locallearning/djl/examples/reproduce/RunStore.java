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

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.reflect.TypeToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.locallearning.djl.decorrelation.internal.Digest;
import org.locallearning.djl.decorrelation.internal.FolderDeletion;
import org.locallearning.djl.examples.commandline.ResumeArguments;
import org.locallearning.djl.examples.environment.Build;
import org.locallearning.djl.examples.environment.Machine;
import org.locallearning.djl.examples.output.KeptFiles;
import org.locallearning.djl.examples.output.OutputFolder;
import org.locallearning.djl.examples.output.PrettyJson;
import org.locallearning.djl.examples.results.RunResult;
import org.locallearning.djl.examples.training.RunCheckpoints;

/**
 * The finished runs of a target, one file each, so that a second start does not run them again.
 *
 * <p>A run that is not finished has a folder of checkpoints in its place, and goes on from the
 * last.
 *
 * <p>A run is found again by its settings alone. Runs with other settings stay where they are and
 * are found again when their settings come back. Build and machine are kept beside a run but do not
 * decide for finished runs: results name those that are others, and {@code --fresh} makes such runs
 * again.
 */
public final class RunStore {

    private static final int HASH_DIGITS = 12;
    private static final String FOLDER = "runs";

    private final OutputFolder folder;
    private final KeptFiles files;
    private final Reproduction reproduction;
    private final ResumeArguments resume;
    private final Machine machine;
    private final Set<String> begun = new HashSet<>();

    private RunStore(OutputFolder folder, Reproduction reproduction) {
        this.folder = folder;
        files =
                new KeptFiles(
                        folder,
                        "The stored run '%s' cannot be read: delete the file to make the run"
                                + " again.");
        this.reproduction = reproduction;
        resume = reproduction.resume();
        machine = reproduction.machine();
    }

    /**
     * Opens the store of a target.
     *
     * @param reproduction the start of the target
     * @return the store, in a folder of its own below the output folder
     * @throws IOException if the folder cannot be made or written
     */
    public static RunStore open(Reproduction reproduction) throws IOException {
        return new RunStore(reproduction.folder().inside(FOLDER), reproduction);
    }

    /**
     * Finds a finished run.
     *
     * @param name the beginning of the file's name, for people
     * @param settings everything that the run depends on, as a record
     * @return the run, or empty if none has these settings
     * @throws IOException if a file cannot be read
     */
    public Optional<RunResult> find(String name, Object settings) throws IOException {
        return find(name, settings, RunResult.class);
    }

    /**
     * Finds a finished run of a kind of its own.
     *
     * @param name the beginning of the file's name, for people
     * @param settings everything that the run depends on, as a record
     * @param kind the record that the run is kept as
     * @param <T> the kind
     * @return the run, or empty if none has these settings
     * @throws IOException if a file cannot be read
     */
    public <T> Optional<T> find(String name, Object settings, Class<T> kind) throws IOException {
        String fileName = begin(name, settings);
        Optional<JsonObject> found = files.find(fileName);
        if (found.isEmpty() || !settings(settings).equals(found.get().get("settings"))) {
            return Optional.empty();
        }
        JsonObject stored = found.get();
        T run = files.read(fileName, stored.get("run"), TypeToken.get(kind));
        Build build = files.read(fileName, stored.get("build"), TypeToken.get(Build.class));
        Machine maker = files.read(fileName, stored.get("machine"), TypeToken.get(Machine.class));
        if (!build.equals(Build.current()) || !maker.equals(machine)) {
            reproduction.foundOther(folder.file(fileName), build, maker);
        }
        return Optional.of(run);
    }

    /**
     * Returns where a run that is not finished saves how far it has come.
     *
     * @param name the beginning of the folder's name, for people
     * @param settings everything that the run depends on, as a record
     * @return where to save
     * @throws IOException if what is there cannot be deleted for a fresh start
     */
    public RunCheckpoints checkpoints(String name, Object settings) throws IOException {
        return RunCheckpoints.of(checkpoints(begin(name, settings)), resume.batches(), machine);
    }

    /**
     * Deletes the checkpoints of a run whose results are kept elsewhere.
     *
     * @param name the beginning of the folder's name, for people
     * @param settings everything that the run depends on, as a record
     * @throws IOException if they cannot be deleted
     */
    public void deleteCheckpoints(String name, Object settings) throws IOException {
        FolderDeletion.delete(checkpoints(fileName(name, settings)));
    }

    /** Returns the name of a run's file; a fresh start deletes what is there, the first time. */
    private String begin(String name, Object settings) throws IOException {
        String fileName = fileName(name, settings);
        if (begun.add(fileName) && resume.isFresh()) {
            FolderDeletion.delete(folder.file(fileName));
            FolderDeletion.delete(checkpoints(fileName));
        }
        return fileName;
    }

    private Path checkpoints(String fileName) {
        return folder.file(fileName.replaceAll("\\.json$", ".checkpoints"));
    }

    /**
     * Keeps a finished run, whose checkpoints are no longer needed.
     *
     * @param name the beginning of the file's name, for people
     * @param settings everything that the run depends on, as a record
     * @param run the run, as a record
     * @throws IOException if it cannot be written
     */
    public void keep(String name, Object settings, Object run) throws IOException {
        JsonObject stored = new JsonObject();
        stored.add("settings", settings(settings));
        stored.add("build", PrettyJson.GSON.toJsonTree(Build.current()));
        stored.add("machine", PrettyJson.GSON.toJsonTree(machine));
        stored.add("run", PrettyJson.GSON.toJsonTree(run));
        String fileName = fileName(name, settings);
        files.write(fileName, stored);
        FolderDeletion.delete(checkpoints(fileName));
    }

    /** Numbers as they come back from a file, so that the two can be compared. */
    private static JsonElement settings(Object settings) {
        return JsonParser.parseString(PrettyJson.GSON.toJson(settings));
    }

    private static String fileName(String name, Object settings) {
        String digest = Digest.SHA_256.of(PrettyJson.GSON.toJson(settings));
        return name + "-" + digest.substring(0, HASH_DIGITS) + ".json";
    }
}
