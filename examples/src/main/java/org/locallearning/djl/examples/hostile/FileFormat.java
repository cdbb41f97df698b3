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
package org.locallearning.djl.examples.hostile;

import ai.djl.MalformedModelException;
import java.io.IOException;

/**
 * A kind of file that the program or its libraries read.
 *
 * @param name what it is
 * @param sound the content of a small one
 * @param reader reads others
 */
record FileFormat(String name, byte[] sound, Reader reader) {

    /** Reads a file of the format. */
    @FunctionalInterface
    interface Reader {

        /**
         * Reads it.
         *
         * @return what must not be another than that of the sound file, if anything is accepted:
         *     sizes and shapes
         */
        String read(byte[] content) throws IOException, MalformedModelException;
    }

    /** Returns what the sound file has. */
    String expected() {
        try {
            return reader.read(sound);
        } catch (IOException | MalformedModelException e) {
            throw new IllegalStateException("The sound " + name + " is refused: " + e, e);
        }
    }
}
