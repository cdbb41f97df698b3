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
package org.locallearning.djl.examples.sweep;

import com.google.gson.reflect.TypeToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.locallearning.djl.decorrelation.internal.Digest;
import org.locallearning.djl.decorrelation.internal.FolderDeletion;
import org.locallearning.djl.examples.output.KeptFiles;
import org.locallearning.djl.examples.output.OutputFolder;

/**
 * The trials that have come somewhere, one file each, so that a sweep that was stopped goes on, and
 * one with more values or seeds finds what it has in common with the last.
 *
 * <p>A trial is found by its whole command line. Beside its file is its folder, with checkpoints
 * and log, as long as it may go on.
 */
final class TrialStore {

    private static final int HASH_DIGITS = 12;

    private final OutputFolder folder;
    private final KeptFiles files;
    private final Map<String, StoredTrial> known = new HashMap<>();

    /** Reads and writes in a folder. */
    TrialStore(OutputFolder folder) {
        this.folder = folder;
        files =
                new KeptFiles(
                        folder,
                        "The stored trial '%s' cannot be read: delete the file to make the trial"
                                + " again.");
    }

    /** Returns the name of a trial's file and folder. */
    static String name(Trial trial, List<String> arguments) {
        String digest = Digest.SHA_256.of(String.join("\0", arguments));
        return trial.fileName() + "-" + digest.substring(0, HASH_DIGITS);
    }

    /** Reads a trial, if it has come anywhere. */
    Optional<StoredTrial> find(String name, List<String> arguments) throws IOException {
        if (!known.containsKey(name)) {
            known.put(name, read(name, arguments).map(StoredTrial::revived).orElse(null));
        }
        return Optional.ofNullable(known.get(name));
    }

    private Optional<StoredTrial> read(String name, List<String> arguments) throws IOException {
        String file = name + ".json";
        Optional<StoredTrial> stored = files.find(file, TypeToken.get(StoredTrial.class));
        if (stored.isPresent() && !arguments.equals(stored.get().arguments())) {
            throw files.refused(file, null);
        }
        return stored;
    }

    /** Keeps how far a trial has come. */
    void keep(String name, StoredTrial trial) throws IOException {
        files.write(name + ".json", trial);
        known.put(name, trial);
    }

    /** Forgets a trial. */
    void delete(String name) throws IOException {
        FolderDeletion.delete(folder.file(name));
        folder.remove(name + ".json");
        known.remove(name);
    }

    /** Deletes the folder of a trial that goes no further. */
    void deleteCheckpoints(String name) throws IOException {
        FolderDeletion.delete(folder.file(name));
    }

    /** Returns where trials of this machine have their folders. */
    Path folder() {
        return folder.file("");
    }
}
