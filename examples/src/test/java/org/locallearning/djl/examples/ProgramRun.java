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

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import picocli.CommandLine;

/**
 * One run of the program in this process.
 *
 * @param exitCode the exit code
 * @param out what it wrote to standard output
 * @param err what it wrote to standard error
 */
public record ProgramRun(int exitCode, String out, String err) {

    /** Runs the program with arguments that are separated by single spaces. */
    public static ProgramRun of(String arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine program = LocalLearning.commandLine();
        program.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        int exitCode = program.execute(arguments.isEmpty() ? new String[0] : arguments.split(" "));
        return new ProgramRun(exitCode, out.toString(), err.toString());
    }

    /** Returns the lines of standard error that are not empty. */
    public List<String> errorLines() {
        return err.lines().filter(line -> !line.isBlank()).toList();
    }
}
