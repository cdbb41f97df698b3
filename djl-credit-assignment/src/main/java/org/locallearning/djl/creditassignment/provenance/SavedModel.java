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
package org.locallearning.djl.creditassignment.provenance;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.nn.Block;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.locallearning.djl.decorrelation.internal.Digest;
import org.locallearning.djl.decorrelation.internal.FolderDeletion;

/**
 * A model in two files: {@code <name>-0000.params} with the parameters, as DJL writes and {@code
 * Model.load} reads them, and {@code <name>.json} with the {@link TrainingRecord}. The parameters'
 * file also contains the record, as the property {@link TrainingRecord#PROPERTY}.
 */
public final class SavedModel {

    private static final int LONGEST_FILE_NAME = 201;
    private static final Pattern PLAIN =
            Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.+-]{0," + (LONGEST_FILE_NAME - 1) + "}");
    private static final String PARAMETERS = "-0000.params";

    private SavedModel() {}

    /** Whether a name is a plain file name and not a path. */
    static boolean isPlainName(String name) {
        return PLAIN.matcher(name).matches();
    }

    /**
     * Saves a model and its record. Each file appears at once or not at all, the record last, with
     * the digest of the other. What a program that was killed while it saved this model left behind
     * is deleted.
     *
     * @param model the model, initialized; fold decorrelation layers first, by {@code
     *     Decorrelate.fold}, if DJL must load it without this library
     * @param made how it was trained; blocks and number of parameters are taken from the model
     * @param folder the folder, made if there is none
     * @param name the name of the files
     * @return the record as it was written
     * @throws IOException if a file cannot be written
     * @throws IllegalArgumentException if the name is none for a file, if the model has no
     *     parameters, or if the folder has parameters of the same name and another epoch, which DJL
     *     would load in their place
     * @throws IllegalStateException if the model is not initialized
     */
    public static TrainingRecord save(Block model, TrainingRecord made, Path folder, String name)
            throws IOException {
        int longest = LONGEST_FILE_NAME - PARAMETERS.length();
        if (name.length() > longest) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "A model is saved under a name of at most %d characters, not %d: '%s'.",
                            longest,
                            name.length(),
                            RecordJson.quote(name)));
        }
        if (!isPlainName(name)) {
            throw new IllegalArgumentException(
                    "A model is saved under a name of letters, digits and _ . + -, not '"
                            + RecordJson.quote(name)
                            + "'.");
        }
        if (model.getParameters().isEmpty()) {
            throw new IllegalArgumentException(
                    "The model has no parameters, so that there is nothing to save.");
        }
        TrainingRecord record = made.as(model);
        Path parameters = folder.resolve(name + PARAMETERS);
        Files.createDirectories(folder);
        checkOnly(parameters, name);
        deleteLeftOver(folder, name);
        Path unfinished = folder.resolve(name + "." + UUID.randomUUID() + ".tmp");
        try {
            Files.createDirectory(unfinished);
            Path written = write(model, record, unfinished, name);
            Files.move(
                    written,
                    parameters,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            FolderDeletion.delete(unfinished);
        }
        TrainingRecord beside =
                record.toBuilder()
                        .optFile(
                                new ParametersFile(
                                        parameters.getFileName().toString(),
                                        Digest.SHA_256.of(parameters)))
                        .build();
        beside.save(recordFile(folder, name));
        return beside;
    }

    /**
     * Deletes a model, if there is one, the record first.
     *
     * @param folder the folder
     * @param name the name of the files
     * @throws IOException if a file cannot be deleted
     */
    public static void delete(Path folder, String name) throws IOException {
        Files.deleteIfExists(recordFile(folder, name));
        Files.deleteIfExists(folder.resolve(name + PARAMETERS));
    }

    private static void checkOnly(Path parameters, String name) throws IOException {
        Pattern epochs = Pattern.compile(Pattern.quote(name) + "-\\d{4}\\.params");
        for (Path file : list(parameters.getParent())) {
            if (epochs.matcher(file.getFileName().toString()).matches()
                    && !file.equals(parameters)) {
                throw new IllegalArgumentException(
                        file
                                + " is there already, and DJL loads the last epoch of a name; take"
                                + " another name or folder, or delete it.");
            }
        }
    }

    private static void deleteLeftOver(Path folder, String name) throws IOException {
        Pattern unfinished =
                Pattern.compile(Pattern.quote(name) + "(\\.json)?\\.[0-9a-f-]{36}\\.tmp");
        for (Path file : list(folder)) {
            if (unfinished.matcher(file.getFileName().toString()).matches()) {
                FolderDeletion.delete(file);
            }
        }
    }

    /** Writes with a separate DJL model, so the caller's does not change. */
    private static Path write(Block block, TrainingRecord record, Path folder, String name)
            throws IOException {
        NDArray first = block.getParameters().get(0).getValue().getArray();
        String engine = first.getManager().getEngine().getEngineName();
        try (Model model = Model.newInstance(name, first.getDevice(), engine)) {
            model.setBlock(block);
            model.setDataType(first.getDataType());
            record.putInto(model);
            model.save(folder, name);
        }
        Path written = list(folder).get(0);
        try (FileChannel channel = FileChannel.open(written, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        return written;
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    private static Path recordFile(Path folder, String name) {
        return folder.resolve(name + ".json");
    }

    /**
     * Reads the record of a saved model, and checks that the parameters are those that it is about.
     *
     * @param folder the folder
     * @param name the name of the files
     * @return the record
     * @throws IOException if a file cannot be read
     * @throws MalformedModelException if the record is damaged, or the file of parameters is not
     *     the one it was written with; the message names file and reason
     */
    public static TrainingRecord check(Path folder, String name)
            throws IOException, MalformedModelException {
        Path beside = recordFile(folder, name);
        TrainingRecord record = TrainingRecord.load(beside);
        if (record.file() == null) {
            throw new MalformedModelException(
                    beside + ": it does not say which file of parameters it is about.");
        }
        Path parameters = folder.resolve(record.file().name());
        if (!Digest.SHA_256.of(parameters).equals(record.file().sha256())) {
            throw new MalformedModelException(
                    parameters
                            + ": it is not the file that "
                            + beside.getFileName()
                            + " was written with, or was damaged, since its digest is another.");
        }
        return record;
    }
}
