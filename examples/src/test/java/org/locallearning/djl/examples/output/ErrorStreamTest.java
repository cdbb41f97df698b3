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
package org.locallearning.djl.examples.output;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ErrorStreamTest {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream stream =
            new ErrorStream(new PrintStream(bytes, true, StandardCharsets.UTF_8));

    private String printed() {
        return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }

    /** Five seeds have five trainers, each of which warns. */
    @Test
    void tellsAWarningOnce() {
        for (String energy : new String[] {"1.25", "2.5E-4", "3e+05"}) {
            stream.println("WARN With T = 3 no error reaches the lowest 1 of 4 layers.");
            stream.println("WARN The free energy of a batch rose to " + energy + ", with β.");
            stream.println("WARN 'run-1.checkpoint' is damaged.");
        }
        assertEquals(
                """
                Warning: With T = 3 no error reaches the lowest 1 of 4 layers.
                Warning: The free energy of a batch rose to 1.25, with β.
                Warning: 'run-1.checkpoint' is damaged.
                """,
                printed());
    }

    @Test
    void whatIsNotTheSameIsTold() {
        stream.println("WARN With T = 3 no error reaches the lowest 1 of 4 layers.");
        stream.println("WARN With T = 3 no error reaches the lowest 2 of 5 layers.");
        stream.println("WARN 'run-1.checkpoint' is damaged.");
        stream.println("WARN 'run-2.checkpoint' is damaged.");
        stream.println("Error: again");
        stream.println("Error: again");
        assertEquals(6, printed().lines().count());
    }

    @Test
    void aWarningStandsInALineOfItsOwn() {
        stream.print("\rbp, seed 1, epoch 1  10%");
        stream.println("WARN first");
        stream.println("WARN second");
        stream.print("\rbp, seed 1, epoch 1  20%");
        stream.println("WARN second");
        stream.print(TerminalBar.ERASE);
        stream.println("WARN third");
        assertEquals(
                "\rbp, seed 1, epoch 1  10%"
                        + TerminalBar.ERASE
                        + "Warning: first\nWarning: second\n"
                        + "\rbp, seed 1, epoch 1  20%"
                        + TerminalBar.ERASE
                        + "Warning: third\n",
                printed());
    }
}
