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
import static org.junit.jupiter.api.Assertions.assertNotEquals;

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

/** Training that stops and goes on is training that did not stop, to the last bit. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class ResumeContract {

    /** The trainers to test. */
    protected abstract List<Gradients.TrainerFactory> trainers();

    /** The optimizers to test them with. */
    protected abstract List<OptimizerCase> optimizers();

    /** DJL's optimizers that remember something. */
    protected static List<OptimizerCase> ofDjl() {
        Tracker falling = Tracker.factor().setBaseValue(0.05f).setFactor(0.7f).build();
        return List.of(
                new OptimizerCase(
                        "momentum",
                        model ->
                                Optimizer.sgd()
                                        .setLearningRateTracker(falling)
                                        .optMomentum(0.9f)
                                        .build()),
                new OptimizerCase(
                        "Adam",
                        model ->
                                Optimizer.adam()
                                        .optLearningRateTracker(Tracker.fixed(0.01f))
                                        .build()));
    }

    private static List<NetworkCase> networks() {
        // with dropout and batch statistics, without and with decorrelation layers
        return Stream.concat(NetworkCase.small().stream(), NetworkCase.decorrelated().stream())
                .filter(network -> network.name().endsWith("dropout"))
                .toList();
    }

    Stream<Arguments> cases() {
        return trainers().stream()
                .flatMap(
                        trainer ->
                                optimizers().stream()
                                        .flatMap(
                                                optimizer ->
                                                        networks().stream()
                                                                .map(
                                                                        network ->
                                                                                Arguments.of(
                                                                                        trainer,
                                                                                        optimizer,
                                                                                        network))));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void goesOnAsIfItHadNotStopped(
            Gradients.TrainerFactory trainer,
            OptimizerCase optimizer,
            NetworkCase network,
            @TempDir Path folder)
            throws Exception {
        Path expected = folder.resolve("never-stopped");
        Path actual = folder.resolve("stopped");
        Path start = folder.resolve("start");
        new ResumableRun(network, trainer, optimizer, folder.resolve("a"))
                .with(builder -> builder.optBatches(0))
                .finish(1, expected);
        ResumableRun stopped = new ResumableRun(network, trainer, optimizer, folder.resolve("b"));
        // in the middle of the second epoch; what goes on began with other weights
        stopped.stopAfter(4, 1);
        stopped.finish(2, actual);
        assertEquals(-1, Files.mismatch(expected, actual));
        new ResumableRun(network, trainer, optimizer, folder.resolve("c")).finish(2, start);
        assertNotEquals(-1, Files.mismatch(expected, start), "the seed of weights tells nothing");
    }
}
