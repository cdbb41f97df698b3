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
package org.locallearning.djl.creditassignment.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.creditassignment.Gradients;
import org.locallearning.djl.creditassignment.NetworkCase;
import org.locallearning.djl.creditassignment.checkpoint.ResumableRun.OptimizerCase;
import org.locallearning.djl.creditassignment.checkpoint.ResumableRun.Program;

/** Training that stops and goes on is training that did not stop, to the last bit. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class ResumeContract {

    /** The trainers to test. */
    protected abstract List<Gradients.TrainerFactory> trainers();

    /** The optimizers to test them with. */
    protected abstract List<OptimizerCase> optimizers();

    /** DJL's optimizers that remember something. */
    protected static List<OptimizerCase> ofDjl() {
        // highest before the stop: a rule that follows the schedule has to remember it
        Tracker peaked = updates -> 0.1f / (1 + Math.abs(updates - 2));
        return List.of(
                new OptimizerCase(
                        "momentum",
                        model ->
                                Optimizer.sgd()
                                        .setLearningRateTracker(peaked)
                                        .optMomentum(0.9f)
                                        .build()),
                new OptimizerCase(
                        "Adam",
                        model ->
                                Optimizer.adam()
                                        .optLearningRateTracker(Tracker.fixed(0.01f))
                                        .build()));
    }

    Stream<Arguments> cases() {
        return trainers().stream()
                .flatMap(
                        trainer ->
                                optimizers().stream()
                                        .map(optimizer -> Arguments.of(trainer, optimizer)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void goesOnAsIfItHadNotStopped(
            Gradients.TrainerFactory trainer, OptimizerCase optimizer, @TempDir Path folder)
            throws Exception {
        checkGoesOn(
                new Program(network(), Loss::softmaxCrossEntropyLoss, trainer), optimizer, folder);
    }

    /** Dropout, batch statistics and decorrelation layers. */
    private static NetworkCase network() {
        return NetworkCase.decorrelated().stream()
                .filter(network -> network.name().endsWith("dropout"))
                .findFirst()
                .orElseThrow();
    }

    static void checkGoesOn(Program program, OptimizerCase optimizer, Path folder)
            throws Exception {
        Path expected = folder.resolve("never-stopped");
        Path actual = folder.resolve("stopped");
        new ResumableRun(program, optimizer, folder.resolve("a"))
                .with(builder -> builder.optBatches(0))
                .finish(1, expected);
        ResumableRun stopped = new ResumableRun(program, optimizer, folder.resolve("b"));
        // in the middle of the second epoch; what goes on began with other weights
        stopped.stopAfter(4, 1);
        stopped.finish(2, actual);
        assertEquals(-1, Files.mismatch(expected, actual));
    }
}
