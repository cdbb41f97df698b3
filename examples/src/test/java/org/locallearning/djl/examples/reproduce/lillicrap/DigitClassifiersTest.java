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
package org.locallearning.djl.examples.reproduce.lillicrap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.locallearning.djl.examples.ProgramRun;
import org.locallearning.djl.examples.commandline.ExitCode;
import org.locallearning.djl.examples.reproduce.ReproduceArguments;
import org.locallearning.djl.examples.training.Experiment;
import picocli.CommandLine;

class DigitClassifiersTest {

    @Test
    void houseNumbersAreAskedForByTheirFiles(@TempDir Path folder) {
        ProgramRun run =
                ProgramRun.of(
                        "reproduce lillicrap-note-6 --epochs 1 --threads 1 --data-repository "
                                + folder
                                + " --out "
                                + folder.resolve("out"));
        assertEquals(ExitCode.FAILED, run.exitCode(), run.out());
        assertTrue(run.err().contains("train_32x32.mat"), run.err());
    }

    @Test
    void netsOfTheOtherNoteAreNotKnown() {
        ProgramRun run = ProgramRun.of("reproduce lillicrap-note-6 --model deep");
        assertEquals(ExitCode.USAGE, run.exitCode());
        assertTrue(run.err().contains("tanh, local, leaky"), run.err());
    }

    @Test
    void netsOfTanhUnitsLearnByGradientDescent() {
        assertEquals("bp 0.01 sgd, fa 0.005 sgd, fa-adam 1.0E-4 adam", rates("tanh"));
        assertEquals("bp 0.005 sgd, fa 0.005 sgd, fa-adam 1.0E-4 adam", rates("deep"));
    }

    @Test
    void otherNetsLearnByAdam() {
        String adam = "bp 1.0E-4 adam, fa 1.0E-4 adam, fa-adam 1.0E-4 adam";
        for (String net : List.of("leaky", "relu", "local", "distorted")) {
            assertEquals(adam, rates(net), net);
        }
        assertEquals("bp 0.001 adam, fa 0.001 adam, fa-adam 1.0E-4 adam", rates("dropout"));
        assertEquals(rates("dropout"), rates("one"));
    }

    /** The feedback of the others is random, which diverges from the rate of these. */
    @Test
    void whatSendsTheErrorExactlyHasTheRateOfBackpropagation() {
        assertEquals(
                "bp 0.01 sgd, bp-tape 0.01 sgd, bp+decor 0.01 sgd, fa+decor 0.005 sgd",
                rates("tanh", "bp,bp-tape,bp+decor,fa+decor"));
    }

    private static String rates(String net) {
        return rates(net, "bp,fa,fa-adam");
    }

    private static String rates(String net, String methods) {
        ReproduceArguments arguments = new ReproduceArguments();
        new CommandLine(arguments).parseArgs("--model", net, "--methods", methods);
        Experiment experiment = DigitClassifiers.note5().parts(arguments).get(0).experiment();
        return experiment.methods().stream()
                .map(
                        method ->
                                method.name()
                                        + " "
                                        + experiment.rates(method).learning()
                                        + " "
                                        + method.optimizer(experiment.plan().optimizer()))
                .collect(Collectors.joining(", "));
    }
}
