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
package org.locallearning.djl.creditassignment;

import ai.djl.MalformedModelException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The file that holds what a rule has learned besides the model's own parameters. */
final class RuleState {

    private static final int MAGIC = 0x44_4A_4C_52; // DJLR

    private static final byte VERSION = 1;

    private RuleState() {}

    /** Writes a file, beside its place first, so that the place never holds a part of one. */
    static void save(Path file, CreditAssignment rule, CreditAssigner assigner) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        Path unfinished = Files.createTempFile(folder, file.getFileName().toString(), ".tmp");
        try {
            try (DataOutputStream out =
                    new DataOutputStream(
                            new BufferedOutputStream(Files.newOutputStream(unfinished)))) {
                out.writeInt(MAGIC);
                out.writeByte(VERSION);
                out.writeUTF(rule.getClass().getSimpleName());
                assigner.saveState(out);
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

    static void load(Path file, CreditAssignment rule, CreditAssigner assigner)
            throws IOException, MalformedModelException {
        try (DataInputStream in =
                new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            if (in.readInt() != MAGIC) {
                throw new MalformedModelException(
                        file + " is no state of a rule; give a file that saveState wrote.");
            }
            byte version = in.readByte();
            if (version != VERSION) {
                throw new MalformedModelException(
                        String.format(
                                "%s has version %d of the format, this library reads %d; use the"
                                        + " version that wrote it.",
                                file, version, VERSION));
            }
            String name = in.readUTF();
            if (!name.equals(rule.getClass().getSimpleName())) {
                throw new MalformedModelException(
                        String.format(
                                "%s holds the state of a %s, but this trainer's rule is a %s.",
                                file, name, rule.getClass().getSimpleName()));
            }
            assigner.loadState(in);
        } catch (EOFException e) {
            throw new MalformedModelException(file + " is cut short; copy it again.", e);
        }
    }
}
