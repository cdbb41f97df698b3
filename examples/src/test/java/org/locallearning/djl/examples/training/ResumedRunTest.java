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
package org.locallearning.djl.examples.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import ai.djl.training.Trainer;
import ai.djl.training.listener.TrainingListener;
import ai.djl.training.listener.TrainingListenerAdapter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.method.MethodSettings;
import org.locallearning.djl.examples.method.Methods;
import org.locallearning.djl.examples.method.OptimizerKind;
import org.locallearning.djl.examples.method.RateSchedule;
import org.locallearning.djl.examples.results.RunResult;
import org.locallearning.djl.zoo.data.DataOptions;
import org.locallearning.djl.zoo.data.DataSets;
import org.locallearning.djl.zoo.data.ImageData;
import org.locallearning.djl.zoo.network.NetworkOptions;
import org.locallearning.djl.zoo.network.Networks;

/** A run that was stopped and goes on finds what a run finds that was left alone. */
class ResumedRunTest {

    private static final int BATCHES = 4;
    private static final int STOP = 5;

    private static ImageData images;

    @TempDir private Path folder;

    @BeforeAll
    static void load() throws Exception {
        DataOptions options = DataOptions.builder().optLimit(60).optTestLimit(20).build();
        images = DataSets.load("glyphs", options);
    }

    @AfterAll
    static void close() {
        images.close();
    }

    /** Every method with decorrelation layers, and some with another optimizer. */
    static Stream<String> methods() {
        return Stream.concat(
                Methods.names().stream().map(name -> name + Method.DECORRELATED),
                Stream.of("bp", "fa-mq", "seqil-mq+decor", "kp-momentum"));
    }

    /** Thrown where a run is to stop. */
    private static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    @ParameterizedTest
    @MethodSource("methods")
    void findsTheSame(String name) throws Exception {
        RunResult expected = run(name, RateSchedule.PLATEAU, "alone", 0, Map.of());
        assertThrows(
                Stopped.class,
                () -> run(name, RateSchedule.PLATEAU, "stopped", 1, Map.of(), stopAfter(STOP)));
        RunResult actual = run(name, RateSchedule.PLATEAU, "stopped", 1, Map.of());
        assertEquals(expected.withoutTimes(), actual.withoutTimes());
        assertFalse(expected.epochs().isEmpty());
    }

    @Test
    void otherSettingsAreRefusedByName() {
        assertThrows(
                Stopped.class,
                () ->
                        run(
                                "kp",
                                RateSchedule.CONSTANT,
                                "stopped",
                                1,
                                Map.of("--threads", "1"),
                                stopAfter(2)));
        assertRefused("fa", Map.of("--threads", "1"), "KolenPollack", "FeedbackAlignment");
        assertRefused("kp", Map.of("--threads", "2"), "--threads", "'1'", "'2'");
        assertRefused("kp-sgd", Map.of("--threads", "1"), "optimizer", "Adam", "Sgd");
    }

    private void assertRefused(String method, Map<String, String> settings, String... parts) {
        String message =
                assertThrows(
                                IOException.class,
                                () -> run(method, RateSchedule.CONSTANT, "stopped", 1, settings))
                        .getMessage();
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
        assertTrue(message.contains("--fresh"), message);
    }

    private static TrainingListener stopAfter(int batches) {
        return new TrainingListenerAdapter() {

            private int trained;

            @Override
            public void onTrainingBatch(Trainer trainer, BatchData batchData) {
                if (++trained > batches) {
                    throw new Stopped();
                }
            }
        };
    }

    private RunResult run(
            String name,
            RateSchedule schedule,
            String checkpoints,
            int saveEvery,
            Map<String, String> settings,
            TrainingListener... observers)
            throws Exception {
        Method method = Methods.named(name);
        TrainingPlan plan =
                TrainingPlan.builder()
                        .setEpochs(2)
                        .setBatch(60 / BATCHES)
                        .setOptimizer(OptimizerKind.ADAM)
                        .setMethods(MethodSettings.preset("mlp"))
                        .optSchedule(schedule)
                        .optAlignments(2)
                        .optCorrelations(2)
                        .optEvaluations(3)
                        .build();
        TrainingRun training =
                new TrainingRun(
                        Engine.getInstance(),
                        images,
                        () ->
                                Networks.named("mlp")
                                        .create(
                                                NetworkOptions.builder().optHidden(9, 8).build(),
                                                images.getSampleShape(),
                                                images.getClasses().size()),
                        plan);
        Console console =
                new Console(
                        new PrintWriter(Writer.nullWriter()),
                        false,
                        List.of(method),
                        images.getTask());
        return training.run(
                method,
                3,
                RunRates.preset(method, "glyphs", "mlp", OptimizerKind.ADAM),
                console,
                new RunCheckpoints(folder.resolve(checkpoints), saveEvery, settings),
                observers);
    }
}
