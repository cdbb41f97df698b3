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
package org.locallearning.djl.creditassignment.checkpoint;

import ai.djl.MalformedModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.locallearning.djl.decorrelation.internal.FileFailure;
import org.locallearning.djl.state.StateFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The checkpoints of one training: the last, and the one before it in case it is damaged. */
final class CheckpointFolder {

    private static final Logger logger = LoggerFactory.getLogger(CheckpointListener.class);

    private static final int KEPT = 2;

    private static final Pattern NAME = Pattern.compile("checkpoint-(\\d{1,9})-(\\d{1,9})\\.state");

    /** What a program that was killed while it saved left behind. */
    private static final Pattern LEFT_OVER = Pattern.compile("checkpoint-.*\\.state\\..*\\.tmp");

    private static final Pattern ANY = Pattern.compile("checkpoint-[0-9-]+\\.state(\\..*)?");

    private final Path folder;

    CheckpointFolder(Path folder) {
        this.folder = folder;
    }

    /** A checkpoint by its place in training. */
    private record Entry(Path file, int epoch, int batch) {}

    /**
     * Creates the folder if it does not exist, and checks that checkpoints can be written to it.
     *
     * @throws IOException if not; the message says why
     */
    void checkWritable() throws IOException {
        try {
            Files.createDirectories(folder);
            Files.delete(Files.createTempFile(folder, "checkpoint-0.state.", ".tmp"));
        } catch (IOException e) {
            throw new IOException(notWritten(e), e);
        }
    }

    /** Says why a checkpoint cannot be written. */
    String notWritten(IOException e) {
        if (FileFailure.isInterrupt(e)) {
            return String.format(
                    "No checkpoint was written to %s, since the thread was interrupted; those that"
                            + " are there are whole, and training goes on from the last.",
                    folder);
        }
        return String.format(
                "Checkpoints cannot be written to %s (%s); let this program write there, or name"
                        + " another folder by setFolder.",
                folder, FileFailure.reason(e));
    }

    /** Writes the file of a checkpoint. */
    @FunctionalInterface
    interface Writing {

        void write(Path file) throws IOException;
    }

    /** Saves a checkpoint, and then deletes those that are no longer needed. */
    void save(TrainingPosition position, Writing writing) throws IOException {
        String name =
                String.format(
                        Locale.ROOT,
                        "checkpoint-%06d-%09d.state",
                        position.epoch(),
                        position.batch());
        writing.write(folder.resolve(name));
        List<Entry> entries = entries();
        for (Entry old : entries.subList(Math.min(KEPT, entries.size()), entries.size())) {
            deleteIfPossible(old.file());
        }
    }

    /** What is not needed does no harm; the next checkpoint tries again. */
    private static void deleteIfPossible(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            logger.warn(
                    "The old checkpoint {} cannot be deleted ({}).", file, FileFailure.reason(e));
        }
    }

    /** Finds the last undamaged checkpoint. Later ones are renamed out of the way. */
    Optional<Path> findLast() throws IOException, MalformedModelException {
        deleteAll(LEFT_OVER);
        Map<Path, String> damaged = new LinkedHashMap<>();
        for (Entry entry : entries()) {
            try {
                StateFile.verify(entry.file());
                setAside(damaged);
                return Optional.of(entry.file());
            } catch (MalformedModelException e) {
                damaged.put(entry.file(), e.getMessage());
            }
        }
        if (!damaged.isEmpty()) {
            throw new MalformedModelException(
                    String.join(" ", damaged.values())
                            + " There is no other checkpoint; call clear() to start over.");
        }
        return Optional.empty();
    }

    private static void setAside(Map<Path, String> damaged) throws IOException {
        for (Map.Entry<Path, String> each : damaged.entrySet()) {
            logger.warn("{} The checkpoint before it is taken.", each.getValue());
            Path aside = each.getKey().resolveSibling(each.getKey().getFileName() + ".damaged");
            Files.move(each.getKey(), aside, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    void clear() throws IOException {
        deleteAll(ANY);
    }

    /** Lists the checkpoints, the last one first. */
    private List<Entry> entries() throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (Path file : list()) {
            Matcher name = NAME.matcher(file.getFileName().toString());
            if (name.matches()) {
                int epoch = Integer.parseInt(name.group(1));
                entries.add(new Entry(file, epoch, Integer.parseInt(name.group(2))));
            }
        }
        entries.sort(
                Comparator.comparingInt(Entry::epoch).thenComparingInt(Entry::batch).reversed());
        return entries;
    }

    private void deleteAll(Pattern name) throws IOException {
        for (Path file : list()) {
            if (name.matcher(file.getFileName().toString()).matches()) {
                Files.deleteIfExists(file);
            }
        }
    }

    private List<Path> list() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}
