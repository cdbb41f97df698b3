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
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.method.MethodSettings;
import org.locallearning.djl.examples.method.Methods;
import org.locallearning.djl.examples.method.OptimizerKind;
import org.locallearning.djl.examples.report.FigurePage;
import org.locallearning.djl.examples.results.Divergence;
import org.locallearning.djl.examples.results.RunResult;
import org.locallearning.djl.examples.training.Experiment;
import org.locallearning.djl.examples.training.TrainingPlan;
import org.locallearning.djl.zoo.data.DataSets;
import org.locallearning.djl.zoo.data.ImageData;
import org.locallearning.djl.zoo.network.NetworkOptions;
import picocli.CommandLine;

/** Learning curves of which one method diverges. */
class DivergingCurvesTest {

    private static final Target TARGET =
            new Nobody("nobody-figure-1") {

                @Override
                public void run(Reproduction reproduction) throws IOException, TranslateException {
                    LearningCurves curves = new LearningCurves(reproduction);
                    curves.note("What a reader has to know.");
                    Experiment experiment = experiment(reproduction, List.of("bp", "fa"), 2);
                    curves.run(
                            new LearningCurves.Part(
                                    "wild", experiment.withLearningRates(method -> 1e38f)));
                    curves.run(new LearningCurves.Part("tame", experiment));
                    curves.run(
                            new LearningCurves.Part(
                                    "long", experiment(reproduction, List.of("bp"), 3)));
                    assertEquals("bp (1 of 3 diverged)", curves.named("bp"));
                    assertEquals("fa (1 of 2 diverged)", curves.named("fa"));
                    assertEquals("dfa", curves.named("dfa"));
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

    /** A target that looks into the net of a run that diverged. */
    private static final Target LOOKING =
            new Nobody("nobody-figure-2") {

                @Override
                public void run(Reproduction reproduction) throws IOException, TranslateException {
                    Method method = Methods.named("bp");
                    try (ImageData images =
                            DataSets.load(
                                    "glyphs", reproduction.arguments().dataOptions().build())) {
                        InspectedRuns.open(reproduction, images, List.of(method))
                                .run(
                                        method,
                                        List.of("settings"),
                                        RunResult.class,
                                        run -> run,
                                        (console, checkpoints) -> DIVERGED);
                    }
                    FigurePage page = new FigurePage().section("Result", "diverged");
                    reproduction.write(List.of(1), DIVERGED, page);
                }
            };

    private static final RunResult DIVERGED =
            new RunResult(
                    "bp",
                    1,
                    "adam",
                    1e-4f,
                    null,
                    null,
                    List.of(),
                    null,
                    List.of(),
                    List.of(),
                    List.of(),
                    Divergence.of(1, 2, "The loss is NaN."));

    /** What targets of no paper have in common. */
    private abstract static class Nobody implements Target {

        private final String name;

        Nobody(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public String title() {
            return "Runs of which some diverge";
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
    }

    private static int run(Target target, Path folder, StringWriter out, StringWriter err) {
        return new CommandLine(new ReproduceCommand(List.of(target)))
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(
                        target.name(),
                        "--limit=40",
                        "--test-limit=10",
                        "--threads=1",
                        "--out=" + folder);
    }

    @Test
    void runThatWasLookedIntoEndsTheProgramLikeOthers(@TempDir Path folder) {
        for (int start = 1; start <= 2; ++start) {
            StringWriter out = new StringWriter();
            StringWriter err = new StringWriter();
            assertEquals(ExitCode.DIVERGED, run(LOOKING, folder, out, err), err.toString());
            assertTrue(
                    err.toString().contains("1 of 1 runs diverged: bp with seed 1"),
                    err.toString());
            assertTrue(out.toString().contains("bp, seed 1 diverged in epoch 1"), out.toString());
        }
    }

    @Test
    void partsAfterItAreTrainedAndASecondStartTakesItAsItIs(@TempDir Path folder)
            throws IOException {
        for (int start = 1; start <= 2; ++start) {
            StringWriter out = new StringWriter();
            StringWriter err = new StringWriter();
            assertEquals(ExitCode.DIVERGED, run(TARGET, folder, out, err), err.toString());
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
            assertTrue(page.contains("<p>What a reader has to know.</p>"), page);
            assertTrue(page.contains("Training, wild, tame"), page);
            assertTrue(page.contains("Training, long"), page);
        }
    }
}
