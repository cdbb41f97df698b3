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
package org.locallearning.djl.examples.reproduce;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.locallearning.djl.examples.commandline.ExitCode;
import org.locallearning.djl.examples.method.MethodSettings;
import org.locallearning.djl.examples.method.Methods;
import org.locallearning.djl.examples.method.OptimizerKind;
import org.locallearning.djl.examples.training.Experiment;
import org.locallearning.djl.examples.training.TrainingPlan;
import org.locallearning.djl.zoo.network.NetworkOptions;
import picocli.CommandLine;

/** Learning curves of which one method diverges. */
class DivergingCurvesTest {

    private static final Target TARGET =
            new Target() {

                @Override
                public String name() {
                    return "nobody-figure-1";
                }

                @Override
                public String title() {
                    return "One part that diverges and one that does not";
                }

                @Override
                public String paper() {
                    return "Nobody, figure 1";
                }

                @Override
                public Duration expectedTime() {
                    return Duration.ofSeconds(1);
                }

                @Override
                public Set<String> options() {
                    return LearningCurves.OPTIONS;
                }

                @Override
                public void run(Reproduction reproduction) throws IOException, TranslateException {
                    LearningCurves curves = new LearningCurves(reproduction);
                    Experiment experiment = experiment(reproduction, List.of("bp", "fa"), 2);
                    curves.run(
                            new LearningCurves.Part(
                                    "wild", experiment.withLearningRates(method -> 1e38f)));
                    curves.run(new LearningCurves.Part("tame", experiment));
                    curves.run(
                            new LearningCurves.Part(
                                    "long", experiment(reproduction, List.of("bp"), 3)));
                }

                private Experiment experiment(
                        Reproduction reproduction, List<String> methods, int epochs) {
                    return new Experiment(
                            "glyphs",
                            reproduction.arguments().dataOptions().build(),
                            "mlp",
                            NetworkOptions.builder().optHidden(5).build(),
                            Methods.named(methods),
                            List.of(1),
                            TrainingPlan.builder()
                                    .setEpochs(epochs)
                                    .setBatch(10)
                                    .setOptimizer(OptimizerKind.MOMENTUM)
                                    .setMethods(MethodSettings.preset("mlp"))
                                    .build());
                }
            };

    @Test
    void partsAfterItAreTrainedAndASecondStartTakesItAsItIs(@TempDir Path folder)
            throws IOException {
        for (int start = 1; start <= 2; ++start) {
            StringWriter out = new StringWriter();
            StringWriter err = new StringWriter();
            int code =
                    new CommandLine(new ReproduceCommand(List.of(TARGET)))
                            .setOut(new PrintWriter(out))
                            .setErr(new PrintWriter(err))
                            .execute(
                                    "nobody-figure-1",
                                    "--limit=40",
                                    "--test-limit=10",
                                    "--threads=1",
                                    "--out=" + folder);

            assertEquals(ExitCode.DIVERGED, code, err.toString());
            assertTrue(
                    err.toString().contains("2 of 5 runs diverged: bp with seed 1; fa with seed 1"),
                    err.toString());
            assertEquals(
                    2, out.toString().lines().filter(l -> l.contains(" diverged in ")).count());
            assertEquals(
                    start == 1 ? 0 : 3,
                    out.toString().lines().filter(l -> l.endsWith("stored")).count());
            String page = Files.readString(folder.resolve("report.html"));
            assertTrue(page.contains("(diverged)") && page.contains("No run was finished."));
            assertTrue(page.contains("Training, wild, tame"), page);
            assertTrue(page.contains("Training, long"), page);
        }
    }
}
