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
package org.locallearning.djl.decorrelation.boltzmann;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** The file that holds what learning remembers besides the machine's own parameters. */
final class TrainingState {

    private static final int MAGIC = 0x44_4A_4C_42; // DJLB

    private static final byte VERSION = 1;

    private TrainingState() {}

    /** Writes a file, beside its place first, so that the place never holds a part of one. */
    static void save(Path file, String settings, List<LearnedState> parts) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        Path unfinished = Files.createTempFile(folder, file.getFileName().toString(), ".tmp");
        try {
            try (DataOutputStream out =
                    new DataOutputStream(
                            new BufferedOutputStream(Files.newOutputStream(unfinished)))) {
                out.writeInt(MAGIC);
                out.writeByte(VERSION);
                out.writeUTF(settings);
                for (LearnedState part : parts) {
                    NDList state = part.getState();
                    // a list without arrays has no encoding that decodes
                    byte[] content = state.isEmpty() ? new byte[0] : state.encode();
                    out.writeInt(content.length);
                    out.write(content);
                }
            }
            Files.move(
                    unfinished,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    static void load(Path file, String settings, NDManager manager, List<LearnedState> parts)
            throws IOException, MalformedModelException {
        try (DataInputStream in =
                new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            if (in.readInt() != MAGIC) {
                throw new MalformedModelException(
                        file
                                + " is no state of a Boltzmann machine's training; give a file that"
                                + " saveState wrote.");
            }
            byte version = in.readByte();
            if (version != VERSION) {
                throw new MalformedModelException(
                        file
                                + " has version "
                                + version
                                + " of the format, this library reads "
                                + VERSION
                                + "; use the version that wrote it.");
            }
            String saved = in.readUTF();
            if (!saved.equals(settings)) {
                throw new MalformedModelException(
                        file
                                + " was saved by "
                                + saved
                                + ", but this trainer's is "
                                + settings
                                + "; build the same settings.");
            }
            for (LearnedState part : parts) {
                byte[] content = new byte[in.readInt()];
                in.readFully(content);
                try (NDManager scope = manager.newSubManager()) {
                    part.setState(
                            content.length == 0 ? new NDList() : NDList.decode(scope, content));
                }
            }
        } catch (EOFException e) {
            throw new MalformedModelException(file + " is cut short; copy it again.", e);
        }
    }
}
