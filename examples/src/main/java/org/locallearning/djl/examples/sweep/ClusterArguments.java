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
package org.locallearning.djl.examples.sweep;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.locallearning.djl.examples.sweep.spark.SparkTrialRunner;
import org.locallearning.djl.examples.sweep.trial.TrialProgram;
import org.locallearning.djl.examples.sweep.trial.TrialRunner;
import picocli.CommandLine.Option;

/** How trials run on a cluster, on the command line. */
final class ClusterArguments {

    /** No master is called so. */
    private static final String OF_SUBMIT = "spark-submit";

    private static final String SPARK_CONTEXT = "org.apache.spark.SparkContext";

    @Option(
            names = "--spark",
            arity = "0..1",
            paramLabel = "MASTER",
            fallbackValue = OF_SUBMIT,
            description =
                    "Run the trials as tasks of a Spark cluster, with Spark on the class path,"
                            + " as spark-submit starts the program (MASTER: that of"
                            + " spark-submit).")
    private String master;

    @Option(
            names = "--ship-data",
            description =
                    "Send the folder of --data-repository to every executor (default: executors"
                            + " find it under the same path).")
    private boolean ship;

    @Option(
            names = "--program",
            paramLabel = "JAR",
            description =
                    "Where executors find local-learning.jar, with lib beside it; a relative"
                            + " path starts at the executor's folder (default: where it is"
                            + " here).")
    private String program;

    @Option(
            names = "--work",
            paramLabel = "DIR",
            description =
                    "A folder that all executors share, best with this machine, which then"
                            + " clears it, so that a trial goes on from its"
                            + " checkpoint wherever it ran (default: the executor's own; a"
                            + " trial that moves begins anew, with the same numbers).")
    private Path work;

    /** Returns whether trials run on a cluster. */
    boolean isWanted() {
        return master != null;
    }

    /**
     * Checks what was chosen.
     *
     * @param data the folder of the data, or null if there is none
     * @throws IllegalArgumentException if options go without others that they need
     */
    void check(Path data) {
        if (!isWanted() && (ship || program != null || work != null)) {
            throw new IllegalArgumentException(
                    "--ship-data, --program and --work are for --spark: add it, or leave them"
                            + " out.");
        }
        if (ship && data == null) {
            throw new IllegalArgumentException(
                    "--ship-data sends the folder of --data-repository: name one.");
        }
    }

    /**
     * Returns the runner of a cluster.
     *
     * @param main the class that this program began with
     * @param heap the most Java heap of a trial
     * @param threads the threads of a trial
     * @param data the folder of the data, or null if there is none
     * @param notes gets what somebody should know
     * @return the runner
     * @throws IOException if Spark is not on the class path or its master cannot be reached
     * @throws InterruptedException if this thread is interrupted
     */
    TrialRunner connect(Class<?> main, String heap, int threads, Path data, Consumer<String> notes)
            throws IOException, InterruptedException {
        try {
            Class.forName(SPARK_CONTEXT);
        } catch (ClassNotFoundException e) {
            throw new IOException(
                    "Spark is not on the class path: start the program with spark-submit, or leave"
                            + " --spark out.",
                    e);
        }
        return SparkTrialRunner.connect(
                program == null
                        ? TrialProgram.running(main, heap)
                        : TrialProgram.ofJar(program, heap),
                new SparkTrialRunner.Settings(
                        master.equals(OF_SUBMIT) ? "" : master, threads, data, ship, work),
                notes);
    }
}
