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

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.locallearning.djl.examples.commandline.ExitCode;
import picocli.CommandLine;

/**
 * Command lines that ask for something that does not exist or does nothing. Each has to be refused
 * before anything is trained, in one sentence. A new one is a line in {@code refused-options.txt}.
 */
final class RefusedOptions implements Trials {

    private static final String LIST = "refused-options.txt";
    private static final List<String> SMALL =
            List.of("--limit=40", "--test-limit=20", "--hidden=5", "--epochs=1", "--methods=bp");

    private final Supplier<CommandLine> program;

    RefusedOptions(Supplier<CommandLine> program) {
        this.program = program;
    }

    /** {@inheritDoc} */
    @Override
    public String kind() {
        return "options";
    }

    /** {@inheritDoc} */
    @Override
    public void run(Path folder, Tally tally) throws IOException {
        for (String line : lines()) {
            tryOne(line, folder, tally);
        }
    }

    /** Returns the command lines, which are parted by blanks; two quotes stand for nothing. */
    static List<String> lines() throws IOException {
        try (InputStream in = RefusedOptions.class.getResourceAsStream(LIST)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
        }
    }

    private void tryOne(String line, Path folder, Tally tally) {
        List<String> arguments = new ArrayList<>();
        for (String argument : line.split(" ")) {
            arguments.add(argument.equals("''") ? "" : argument);
        }
        if (arguments.get(0).equals("compare")) {
            // what is accepted after all comes to an end
            for (String small : SMALL) {
                if (arguments.stream().noneMatch(small.split("=")[0]::equals)) {
                    arguments.add(small);
                }
            }
            if (!arguments.contains("--out")) {
                arguments.add("--out=" + folder.resolve("compared"));
            }
        }
        ProgramAnswer answer = ProgramAnswer.to(program, arguments.toArray(String[]::new));
        int exitCode = answer.exitCode();
        List<String> lines = answer.err().lines().filter(each -> !each.isBlank()).toList();
        if (exitCode != ExitCode.USAGE && exitCode != ExitCode.FAILED) {
            tally.failed(line, "exit code " + exitCode);
        } else if (!answer.out().isBlank()) {
            tally.failed(line, "printed " + answer.out().lines().findFirst().orElse(""));
        } else if (lines.isEmpty()
                || !lines.get(0).startsWith("Error: ")
                || lines.size() > 2
                || lines.size() == 2 && !lines.get(1).startsWith("Try '")) {
            tally.failed(line, "said " + lines);
        } else {
            tally.refused(line, lines.get(0));
        }
    }
}
