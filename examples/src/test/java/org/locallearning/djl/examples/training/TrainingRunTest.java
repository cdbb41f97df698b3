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
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.training.dataset.Batch;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.method.MethodSettings;
import org.locallearning.djl.examples.method.Methods;
import org.locallearning.djl.examples.method.OptimizerKind;
import org.locallearning.djl.examples.method.RateSchedule;
import org.locallearning.djl.examples.results.EpochResult;
import org.locallearning.djl.examples.results.PartOfEpoch;
import org.locallearning.djl.zoo.data.DataOptions;
import org.locallearning.djl.zoo.data.DataSets;
import org.locallearning.djl.zoo.data.ImageData;
import org.locallearning.djl.zoo.network.NetworkOptions;
import org.locallearning.djl.zoo.network.Networks;

class TrainingRunTest {

    @TempDir private Path folder;

    /** Too small a rate for a loss that falls by a hundredth in three epochs. */
    private static final float SLOW = 1e-4f;

    private static final int EPOCHS = 8;

    @ParameterizedTest
    @ValueSource(strings = {"bp", "bp-tape"})
    void rateGoesDownAfterThreeEpochsWithoutProgress(String name) throws Exception {
        DataOptions options = DataOptions.builder().optLimit(200).optTestLimit(20).build();
        try (ImageData images = DataSets.load("glyphs", options)) {
            List<EpochResult> constant = run(images, name, RateSchedule.CONSTANT);
            List<EpochResult> reduced = run(images, name, RateSchedule.PLATEAU);

            // the second to the fourth are without progress, the fifth has the next rate
            assertTrue(constant.get(3).trainLoss() > 0.99 * constant.get(0).trainLoss());
            assertEquals(constant.get(3).testLoss(), reduced.get(3).testLoss());
            double before = constant.get(3).testLoss();
            double fall = before - constant.get(4).testLoss();
            assertTrue(fall > 0);
            assertEquals(fall / 10, before - reduced.get(4).testLoss(), fall / 50);
            // and after three more the eighth a hundredth of the first
            assertEquals(
                    fall / 100, reduced.get(6).testLoss() - reduced.get(7).testLoss(), fall / 200);
        }
    }

    /** DJL's evaluators measure the end of an epoch, and find what is measured within one. */
    @Test
    void measuresWithinEpochsWithoutChangingThem() throws Exception {
        DataOptions options = DataOptions.builder().optLimit(100).optTestLimit(30).build();
        try (ImageData images = DataSets.load("glyphs", options)) {
            List<HeldOutImages.Measured> atEnd = new ArrayList<>();
            TrainingRun.Ending ending =
                    (method, seed, trainer, made) ->
                            atEnd.add(
                                    new HeldOutImages(images.test(10), images.getTask())
                                            .measure(trainer));
            List<EpochResult> once = run(images, "fa", RateSchedule.CONSTANT, 1, ending);
            List<EpochResult> often = run(images, "fa", RateSchedule.CONSTANT, 4, ending);

            assertEquals(once.get(EPOCHS - 1).testLoss(), atEnd.get(0).loss());
            assertEquals(once.get(EPOCHS - 1).testAccuracy(), atEnd.get(0).accuracy());
            assertEquals(atEnd.get(0), atEnd.get(1));
            for (int epoch = 0; epoch < EPOCHS; epoch++) {
                assertEquals(once.get(epoch).testLoss(), often.get(epoch).testLoss());
                assertEquals(once.get(epoch).trainLoss(), often.get(epoch).trainLoss());
                // a quarter of ten batches ends within the third, and so on
                assertEquals(
                        List.of(0.3, 0.5, 0.8),
                        often.get(epoch).within().stream().map(PartOfEpoch::share).toList());
                assertTrue(once.get(epoch).within().isEmpty());
            }
        }
    }

    /** 23 images are two batches and three images, which are not a third of them. */
    @Test
    void everyHeldOutImageCountsAlike() throws Exception {
        DataOptions options = DataOptions.builder().optLimit(40).optTestLimit(23).build();
        try (ImageData images = DataSets.load("glyphs", options)) {
            List<Double> expected = new ArrayList<>();
            TrainingRun.Ending ending =
                    (method, seed, trainer, made) -> {
                        for (Batch batch : trainer.iterateDataset(images.test(23))) {
                            NDList predictions = trainer.evaluate(batch.getData());
                            NDArray loss =
                                    trainer.getLoss().evaluate(batch.getLabels(), predictions);
                            expected.add((double) loss.getFloat());
                            batch.close();
                        }
                    };
            List<EpochResult> epochs = run(images, "fa", RateSchedule.CONSTANT, 4, ending);
            assertEquals(expected.get(0), epochs.get(EPOCHS - 1).testLoss(), 1e-6);
        }
    }

    private List<EpochResult> run(ImageData images, String name, RateSchedule schedule)
            throws Exception {
        return run(images, name, schedule, 1, (method, seed, trainer, made) -> {});
    }

    private List<EpochResult> run(
            ImageData images,
            String name,
            RateSchedule schedule,
            int evaluations,
            TrainingRun.Ending ending)
            throws Exception {
        Method method = Methods.named(name);
        TrainingPlan plan =
                TrainingPlan.builder()
                        .setEpochs(EPOCHS)
                        .setBatch(10)
                        .setOptimizer(OptimizerKind.SGD)
                        .setMethods(MethodSettings.preset("mlp"))
                        .optSchedule(schedule)
                        .optEvaluations(evaluations)
                        .build();
        TrainingRun training =
                new TrainingRun(
                        Engine.getInstance(),
                        images,
                        () ->
                                Networks.named("mlp")
                                        .create(
                                                NetworkOptions.builder().optHidden(20).build(),
                                                images.getSampleShape(),
                                                images.getClasses().size()),
                        plan);
        Console console =
                new Console(
                        new PrintWriter(Writer.nullWriter()),
                        false,
                        List.of(method),
                        images.getTask());
        RunCheckpoints checkpoints =
                new RunCheckpoints(Files.createTempDirectory(folder, "run"), 0, Map.of());
        return training.run(
                        method,
                        1,
                        new RunRates(SLOW, null),
                        console,
                        checkpoints,
                        made -> {},
                        ending)
                .epochs();
    }
}
