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
package org.locallearning.djl.examples.commandline;

import picocli.CommandLine;

/** What the program ends with. */
public final class ExitCode {

    /** Everything asked for was done. */
    public static final int OK = CommandLine.ExitCode.OK;

    /** What was asked for is valid, and could not be done. */
    public static final int FAILED = CommandLine.ExitCode.SOFTWARE;

    /** The command line asks for something that does not exist. */
    public static final int USAGE = CommandLine.ExitCode.USAGE;

    /** Everything else was done, but runs diverged: their losses are NaN or infinite. */
    public static final int DIVERGED = 3;

    private ExitCode() {}
}
