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
package org.locallearning.djl.state;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDManager;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.locallearning.djl.decorrelation.internal.AtomicFile;
import org.locallearning.djl.decorrelation.internal.Digest;
import org.locallearning.djl.decorrelation.internal.FileFailure;

/**
 * A file with the state of the parts of training, one section per part, and a SHA-256 of
 * everything. No code is ever run from a file.
 */
public final class StateFile {

    private StateFile() {}

    /**
     * Writes a file. It appears at once or not at all, after its bytes have reached the disk.
     *
     * @param file the file to write; a file that is there is replaced, a folder is made if there is
     *     none
     * @param parts the parts of training, each under the name of its section
     * @throws IOException if it cannot be written, as by an interrupted thread; an existing file is
     *     then unchanged
     * @throws IllegalArgumentException if a section has no good name, or a part cannot be saved
     */
    public static void save(Path file, Map<String, ? extends Stateful> parts) throws IOException {
        try {
            write(file, parts);
        } catch (ClosedByInterruptException e) {
            throw new IOException(
                    String.format(
                            "%s was not saved (%s); what was there before is there still.",
                            file, FileFailure.reason(e)),
                    e);
        }
    }

    private static void write(Path file, Map<String, ? extends Stateful> parts) throws IOException {
        AtomicFile.write(
                file,
                bytes -> {
                    DigestOutputStream digested =
                            new DigestOutputStream(bytes, Digest.SHA_256.start());
                    DataOutputStream out = new DataOutputStream(digested);
                    out.writeInt(StateFormat.MAGIC);
                    out.writeInt(StateFormat.VERSION);
                    for (Map.Entry<String, ? extends Stateful> part : parts.entrySet()) {
                        if (!StateFormat.isName(part.getKey())) {
                            throw new IllegalArgumentException(
                                    "A section has no good name: " + StateFormat.NAMES + ".");
                        }
                        out.writeByte(StateFormat.SECTION);
                        StateFormat.writeText(out, part.getKey());
                        part.getValue().saveState(new StateWriter(out, part.getKey()));
                    }
                    out.writeByte(StateFormat.END);
                    out.flush();
                    bytes.write(digested.getMessageDigest().digest());
                });
    }

    /**
     * Loads a file, all of it or nothing: its checksum is compared before it is looked into, then
     * every part checks its section, then all of them take it over.
     *
     * @param file the file to read
     * @param manager the manager on whose device arrays are read
     * @param parts the parts of training, each under the name of its section, in the order in which
     *     they are asked
     * @throws IOException if the file cannot be read
     * @throws MalformedModelException if it is no such file, is damaged or of another version, has
     *     other sections, or if a part rejects its own; the message names the file
     */
    public static void load(Path file, NDManager manager, Map<String, ? extends Stateful> parts)
            throws IOException, MalformedModelException {
        try (NDManager scope = manager.newSubManager()) {
            read(file, bytes -> read(bytes, scope, parts).forEach(Runnable::run));
        }
    }

    /**
     * Checks that a file is undamaged, whatever its state belongs to.
     *
     * @param file the file
     * @throws IOException if the file cannot be read
     * @throws MalformedModelException if it is no such file, is damaged or of another version; the
     *     message names the file
     */
    public static void verify(Path file) throws IOException, MalformedModelException {
        read(file, StateBytes::verify);
    }

    /**
     * Finds one text in a file, whatever its state belongs to.
     *
     * @param file the file
     * @param section the name of the section
     * @param name the name of the text
     * @return the text, or empty if the file has none of that name
     * @throws IOException if the file cannot be read
     * @throws MalformedModelException if it is no such file, is damaged or of another version; the
     *     message names the file
     */
    public static Optional<String> findText(Path file, String section, String name)
            throws IOException, MalformedModelException {
        AtomicReference<StateReader.Entry> found = new AtomicReference<>();
        read(
                file,
                bytes -> {
                    bytes.verify();
                    found.set(bytes.parse().getOrDefault(section, Map.of()).get(name));
                });
        return Optional.ofNullable(found.get())
                .filter(StateReader.TextEntry.class::isInstance)
                .map(entry -> ((StateReader.TextEntry) entry).text());
    }

    /** Reads an open file. */
    @FunctionalInterface
    private interface Reading {

        void read(StateBytes bytes) throws IOException, MalformedModelException;
    }

    private static void read(Path file, Reading reading)
            throws IOException, MalformedModelException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new IOException(file + " is no file; give a file that saveState wrote.");
        }
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            reading.read(new StateBytes(channel));
        } catch (NoSuchFileException e) {
            throw e;
        } catch (MalformedModelException e) {
            throw new MalformedModelException(file + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new IOException(file + ": " + FileFailure.reason(e), e);
        }
    }

    private static List<Runnable> read(
            StateBytes bytes, NDManager scope, Map<String, ? extends Stateful> parts)
            throws IOException, MalformedModelException {
        bytes.verify();
        Map<String, Map<String, StateReader.Entry>> sections = bytes.parse();
        List<Runnable> accepted = new ArrayList<>();
        for (Map.Entry<String, ? extends Stateful> part : parts.entrySet()) {
            Map<String, StateReader.Entry> section = sections.get(part.getKey());
            if (section == null) {
                throw new MalformedModelException(
                        String.format(
                                "it has no section '%s', only %s; use the settings that it was"
                                        + " saved with.",
                                part.getKey(), sections.keySet()));
            }
            accepted.add(
                    part.getValue()
                            .loadState(new StateReader(part.getKey(), section, bytes, scope)));
        }
        Set<String> others = new LinkedHashSet<>(sections.keySet());
        others.removeAll(parts.keySet());
        if (!others.isEmpty()) {
            throw new MalformedModelException(
                    String.format(
                            "it has the sections %s, which nothing here expects; use the settings"
                                    + " that it was saved with.",
                            others));
        }
        return accepted;
    }
}
