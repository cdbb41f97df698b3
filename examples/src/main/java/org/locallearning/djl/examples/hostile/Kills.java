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
import java.nio.file.Path;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.locallearning.djl.examples.commandline.ExitCode;
import picocli.CommandLine;

/** Kills a training at random moments, as {@code torture} does. */
final class Kills implements Trials {

    private static final Pattern KILLED = Pattern.compile("(\\d+) of \\d+ kills");

    private final Supplier<CommandLine> program;
    private final int kills;
    private final int seed;

    Kills(Supplier<CommandLine> program, int kills, int seed) {
        this.program = program;
        this.kills = kills;
        this.seed = seed;
    }

    /** {@inheritDoc} */
    @Override
    public String kind() {
        return "kills";
    }

    /** {@inheritDoc} */
    @Override
    public void run(Path folder, Tally tally) throws IOException {
        ProgramAnswer answer =
                ProgramAnswer.to(
                        program,
                        "torture",
                        "--kills=" + kills,
                        "--seed=" + seed,
                        "--out=" + folder);
        if (answer.exitCode() == ExitCode.OK) {
            tally.passed(kills);
            return;
        }
        Matcher killed = KILLED.matcher(answer.out());
        while (killed.find()) {
            tally.passed(Integer.parseInt(killed.group(1)) - tally.getTried());
        }
        tally.failed("kill " + (tally.getTried() + 1), answer.err().strip());
    }
}
