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

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.locallearning.djl.creditassignment.Gradients;
import org.locallearning.djl.creditassignment.NetworkCase;
import org.locallearning.djl.creditassignment.RuleCase;
import org.locallearning.djl.creditassignment.checkpoint.ResumableRun.OptimizerCase;
import org.locallearning.djl.creditassignment.checkpoint.ResumableRun.Program;
import org.locallearning.djl.creditassignment.optimizer.ProjectedOptimizer;
import org.locallearning.djl.creditassignment.rule.DirectFeedbackAlignment;
import org.locallearning.djl.creditassignment.rule.FeedbackAlignment;
import org.locallearning.djl.creditassignment.rule.FeedbackSource;
import org.locallearning.djl.creditassignment.rule.KolenPollack;
import org.locallearning.djl.decorrelation.Cost;
import org.locallearning.djl.decorrelation.Decorrelate;
import org.locallearning.djl.state.StateReader;
import org.locallearning.djl.state.StateWriter;
import org.locallearning.djl.state.Stateful;

/** Every rule of this module goes on from a checkpoint. */
class ResumeTest extends ResumeContract {

    /** DJL's own trainer. */
    private record StockTrainer() implements Gradients.TrainerFactory {

        @Override
        public Trainer apply(Model model, DefaultTrainingConfig config) {
            return model.newTrainer(config);
        }
    }

    @Override
    protected List<Gradients.TrainerFactory> trainers() {
        List<Gradients.TrainerFactory> trainers = new ArrayList<>(RuleCase.all());
        trainers.add(new StockTrainer());
        // other weights whenever they are asked for, so that they have to be saved
        FeedbackSource drawn =
                (manager, path, shape, type) -> manager.randomNormal(0, 0.3f, shape, type);
        trainers.add(
                new RuleCase(
                        "feedback of the engine's",
                        FeedbackAlignment.builder().optFeedback(drawn).build()));
        trainers.add(
                new RuleCase(
                        "direct feedback of the engine's",
                        DirectFeedbackAlignment.builder().optFeedback(drawn).build()));
        return trainers;
    }

    @Override
    protected List<OptimizerCase> optimizers() {
        return ofDjl();
    }

    /** A tracker whose rate falls with every update that it has seen, and that is no listener. */
    private static final class FallingTracker implements Tracker, Stateful {

        private float rate = 0.1f;
        private int latest;

        @Override
        public float getNewValue(int updates) {
            if (updates > latest) {
                latest = updates;
                rate *= 0.5f;
            }
            return rate;
        }

        @Override
        public void saveState(StateWriter out) throws IOException {
            out.putDouble("rate", rate);
            out.putLong("latest", latest);
        }

        @Override
        public Runnable loadState(StateReader in) throws MalformedModelException {
            double savedRate = in.getDouble("rate");
            long savedLatest = in.getLong("latest");
            return () -> {
                rate = (float) savedRate;
                latest = (int) savedLatest;
            };
        }
    }

    static Stream<OptimizerCase> falling() {
        return Stream.of(
                new OptimizerCase(
                        "falling",
                        model ->
                                Optimizer.sgd()
                                        .setLearningRateTracker(new FallingTracker())
                                        .build()),
                new OptimizerCase(
                        "falling inside of warm-up and projection",
                        model ->
                                ProjectedOptimizer.builder()
                                        .setOptimizer(
                                                Optimizer.sgd()
                                                        .setLearningRateTracker(warmUp())
                                                        .build())
                                        .build()));
    }

    private static Tracker warmUp() {
        return Tracker.warmUp()
                .setMainTracker(new FallingTracker())
                .optWarmUpSteps(2)
                .optWarmUpBeginValue(0.01f)
                .build();
    }

    @ParameterizedTest
    @MethodSource("falling")
    void whatATrackerRemembersGoesOn(OptimizerCase optimizer, @TempDir Path folder)
            throws Exception {
        checkGoesOn(
                new Program(
                        NetworkCase.twoHiddenLayers(),
                        Loss::softmaxCrossEntropyLoss,
                        new StockTrainer()),
                optimizer,
                folder);
    }

    @Test
    void whatTheScheduleOfADecorrelationRateRemembersGoesOn(@TempDir Path folder) throws Exception {
        NetworkCase plain = NetworkCase.twoHiddenLayers();
        NetworkCase decorrelated =
                new NetworkCase(
                        "decorrelated at a falling rate",
                        () ->
                                Decorrelate.builder()
                                        .optRate(new FallingTracker())
                                        .optCost(Cost.full().withSamplesPerUpdate(1))
                                        .build()
                                        .convert(plain.block().get())
                                        .block(),
                        plain.input(),
                        plain.classes());
        checkGoesOn(
                new Program(decorrelated, Loss::softmaxCrossEntropyLoss, new StockTrainer()),
                ofDjl().get(0),
                folder);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void stopsAnywhere(int batches, @TempDir Path folder) throws Exception {
        Program program =
                new Program(
                        NetworkCase.twoHiddenLayers(),
                        Loss::softmaxCrossEntropyLoss,
                        new RuleCase("Kolen-Pollack", KolenPollack.builder().build()));
        OptimizerCase adam = ofDjl().get(1);
        Path expected = folder.resolve("never-stopped");
        Path actual = folder.resolve("stopped");
        new ResumableRun(program, adam, folder.resolve("a")).finish(1, expected);
        for (int interval = 1; interval < 4; interval++) {
            int every = interval;
            ResumableRun run =
                    new ResumableRun(program, adam, folder.resolve("every" + every))
                            .with(builder -> builder.optBatches(every));
            run.stopAfter(batches, 1);
            run.finish(1, actual);
            assertEquals(-1, Files.mismatch(expected, actual), "every " + every);
        }
    }
}
