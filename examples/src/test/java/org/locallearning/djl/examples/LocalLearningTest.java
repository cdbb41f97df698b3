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
package org.locallearning.djl.examples;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.locallearning.djl.examples.commandline.ExitCode;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.method.Methods;
import org.locallearning.djl.zoo.network.Networks;
import picocli.CommandLine;

class LocalLearningTest {

    @ParameterizedTest
    @ValueSource(strings = {"--help", "compare --help", "benchmark --help"})
    void helpExplainsExitCodesAndGivesExamples(String arguments) {
        ProgramRun run = ProgramRun.of(arguments);

        assertEquals(0, run.exitCode());
        assertTrue(run.out().contains("Exit codes:"), run.out());
        assertTrue(run.out().contains("Examples:"), run.out());
        assertEquals("", run.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"compare --help", "benchmark --help"})
    void helpListsEveryMethodAndLeavesNoPlaceholder(String arguments) {
        String help = ProgramRun.of(arguments).out().replaceAll("\\s+", " ");

        Methods.names().forEach(name -> assertTrue(help.contains(" " + name), name));
        assertTrue(!help.contains("${") && !help.contains("null"), help);
    }

    /** A subcommand that uses something up. */
    @CommandLine.Command(name = "exhaust")
    private static final class Exhaust implements Runnable {

        private final Error error;

        Exhaust(Error error) {
            this.error = error;
        }

        @Override
        public void run() {
            throw error;
        }
    }

    @Test
    void saysWhatToDoWhereMemoryOrStackIsUsedUp() {
        for (Error error :
                List.of(new OutOfMemoryError("Java heap space"), new StackOverflowError())) {
            StringWriter err = new StringWriter();
            CommandLine program = LocalLearning.commandLine();
            program.addSubcommand(new Exhaust(error));
            program.setErr(new PrintWriter(err));

            assertEquals(ExitCode.FAILED, program.execute("exhaust"));
            assertEquals(1, err.toString().lines().count(), err.toString());
            assertTrue(
                    err.toString().contains("(Java heap space): give it more, as in java -Xmx4g")
                            || err.toString().contains("nested too deeply for Java's stack"),
                    err.toString());
        }
    }

    @Test
    void helpSaysWhatMethodsAndModelsAre() {
        List<String> lines = ProgramRun.of("compare --help").out().lines().toList();

        for (Method method : Methods.all()) {
            assertTrue(
                    lines.stream().anyMatch(l -> l.matches(" *" + method.name() + " +[A-Z].*")),
                    method.name());
        }
        for (String model : Networks.names()) {
            assertTrue(
                    lines.stream().anyMatch(line -> line.matches(" *" + model + " +\\S.*")), model);
        }
    }

    @Test
    void versionNamesProgramAndLibrary() {
        ProgramRun run = ProgramRun.of("--version");

        assertEquals(0, run.exitCode());
        assertTrue(
                run.out().matches("(?s)local-learning \\d+\\.\\d+.*DJL \\d+\\.\\d+.*"), run.out());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                " | compare, benchmark",
                "frobnicate | compare, benchmark",
                "compare --methods bp,nosuch | bp, bp-tape, fa",
                "compare --methods bp,bp | given twice",
                "compare --epochs 1 --seeds 1 --epochs=2 | --epochs is given twice",
                "compare --dataset nosuch | glyphs, mnist, fashion-mnist, cifar10",
                "compare --model nosuch | mlp, dense, dense-linear-top, conv, ahmad-conv",
                "compare --activation nosuch | tanh, relu, leaky-relu",
                "compare --nosuch | --dataset",
                "compare stray | every setting is an option",
                "compare --optimizer nosuch | sgd, momentum, adam",
                "compare --hidden 10,x | 300,100 or 1000x4",
                "compare --epochs 0 | at least 1",
                "compare --batch 0 | at least 1",
                "compare --limit 0 | at least 1",
                "compare --threads 0 | at least 1",
                "compare --alignments -1 | at least 0",
                "compare --epochs many | 'many'",
                "compare --seeds 1,1 | given twice",
                "compare --learning-rate nosuch=1 | bp, bp-tape",
                "compare --learning-rate usf=1 | --methods bp,fa,dfa",
                "compare --learning-rate fa=-1 | positive",
                "compare --learning-rate fa=NaN | positive",
                "compare --slope 2 | 0 to 1",
                "benchmark --models nosuch | dense-1000, hand-written, dense-3072",
                "benchmark --methods nosuch | bp, bp-tape",
                "benchmark --repeats 0 | at least 1",
                "benchmark --batch 0 | at least 1"
            })
    void whatDoesNotExistIsOneSentenceThatSaysWhatDoes(String arguments, String expected) {
        ProgramRun run = ProgramRun.of(arguments == null ? "" : arguments);

        List<String> lines = run.errorLines();
        assertAll(
                () -> assertEquals(ExitCode.USAGE, run.exitCode()),
                () -> assertEquals(2, lines.size(), run.err()),
                () -> assertTrue(lines.get(0).startsWith("Error: "), run.err()),
                () -> assertTrue(lines.get(0).contains(expected), run.err()),
                () -> assertTrue(lines.get(1).startsWith("Try '"), run.err()),
                () -> assertEquals("", run.out()));
    }
}
