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
package org.locallearning.djl.creditassignment.optimizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.listener.EvaluatorTrainingListener;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.locallearning.djl.state.StateFile;

class PlateauTrackerTest {

    @Test
    void goesDownWhereTheLossStalls() {
        PlateauTracker tracker =
                PlateauTracker.builder()
                        .setBaseValue(1)
                        .optFactor(0.5f)
                        .optPatience(2)
                        .optThreshold(0.1)
                        .build();
        tracker.onTrainingBegin(null);
        double[] losses = {10, 8, 7.5, 7.1, 7.3, 6.6, 6.5, 6, 9, 9, 9, 9};
        // the least so far: 10, 8, 8, 7.1 (below 7.2), 7.1, 7.1, 7.1, 6 (below 6.39), then 6
        float[] rates = {1, 1, 1, 1, 1, 0.5f, 0.5f, 0.5f, 0.5f, 0.25f, 0.25f, 0.25f};
        for (int i = 0; i < losses.length; i++) {
            tracker.observe(losses[i]);
            assertEquals(rates[i], tracker.getNewValue(i), "epoch " + i);
        }
    }

    @Test
    void seesProgressOfLossesBelowZero() {
        // a log-likelihood's: 10 % of −10 is 1
        PlateauTracker tracker =
                PlateauTracker.builder().setBaseValue(1).optFactor(0.5f).optThreshold(0.1).build();
        tracker.onTrainingBegin(null);
        double[] losses = {-10, -11.5, -11.6};
        float[] rates = {1, 1, 0.5f};
        for (int i = 0; i < losses.length; i++) {
            tracker.observe(losses[i]);
            assertEquals(rates[i], tracker.getNewValue(i), "epoch " + i);
        }
    }

    /** Training goes on for as long as it likes after the last reduction, and can be resumed. */
    @Test
    void stateLoadsAfterAnyNumberOfEpochs(@TempDir Path folder) throws Exception {
        for (int stalled = 0; stalled < 9; stalled++) {
            PlateauTracker tracker = halving();
            for (int epoch = 0; epoch <= stalled; epoch++) {
                tracker.observe(1);
            }
            Path file = folder.resolve("tracker.state");
            StateFile.save(file, Map.of("tracker", tracker));
            PlateauTracker loaded = halving();
            try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
                StateFile.load(file, manager, Map.of("tracker", loaded));
            }
            for (int epoch = 0; epoch < 6; epoch++) {
                assertEquals(tracker.getNewValue(0), loaded.getNewValue(0), "after " + stalled);
                tracker.observe(1);
                loaded.observe(1);
            }
            assertEquals(0.25f, loaded.getNewValue(0));
        }
    }

    private static PlateauTracker halving() {
        PlateauTracker tracker =
                PlateauTracker.builder().setBaseValue(1).optFactor(0.5f).optPatience(2).build();
        tracker.onTrainingBegin(null);
        return tracker;
    }

    /** It would keep its first rate for ever. */
    @Test
    void refusesToLeadAnOptimizerWithoutListening() {
        PlateauTracker tracker = PlateauTracker.builder().setBaseValue(0.5f).build();
        String message =
                assertThrows(IllegalStateException.class, () -> tracker.getNewValue(1))
                        .getMessage();
        assertTrue(message.contains("addTrainingListeners"), message);
        // which asks for the rate that it warms up to
        Tracker warmUp = Tracker.warmUp().optWarmUpSteps(2).setMainTracker(tracker).build();
        tracker.onTrainingBegin(null);
        assertEquals(0.5f, warmUp.getNewValue(3));
    }

    @Test
    void printsEverySetting() {
        assertEquals(
                "PlateauTracker(0.25, times 0.5 up to 3 times, patience 4, threshold 0.125)",
                PlateauTracker.builder()
                        .setBaseValue(0.25f)
                        .optFactor(0.5f)
                        .optReductions(3)
                        .optPatience(4)
                        .optThreshold(0.125)
                        .build()
                        .toString());
    }

    @Test
    void leadsTheOptimizerOfATrainer() throws Exception {
        PlateauTracker tracker =
                PlateauTracker.builder().setBaseValue(0.5f).optReductions(1).build();
        DefaultTrainingConfig config =
                new DefaultTrainingConfig(Loss.l2Loss())
                        .optOptimizer(Optimizer.sgd().setLearningRateTracker(tracker).build())
                        .addTrainingListeners(new EvaluatorTrainingListener(), tracker);
        try (Model model = Model.newInstance("line", "PyTorch");
                NDManager manager = NDManager.newBaseManager("PyTorch")) {
            model.setBlock(Linear.builder().setUnits(1).build());
            // inputs of zero: the distance of the bias to the mean halves in each epoch, and the
            // loss, 1/2 + distance²/2, falls by less than 1 % from the fifth to the sixth
            NDArray labels = manager.create(new float[] {2, 0, 2, 0}, new Shape(4, 1));
            ArrayDataset data =
                    new ArrayDataset.Builder()
                            .setData(manager.zeros(new Shape(4, 2)))
                            .optLabels(labels)
                            .setSampling(4, false)
                            .build();
            try (Trainer trainer = model.newTrainer(config)) {
                trainer.initialize(new Shape(4, 2));
                EasyTrain.fit(trainer, 5, data, null);
                assertEquals(0.5f, tracker.getNewValue(0));
                EasyTrain.fit(trainer, 1, data, null);
            }
            assertEquals(0.05f, tracker.getNewValue(0), 1e-7f);
            DefaultTrainingConfig blind =
                    new DefaultTrainingConfig(Loss.l2Loss())
                            .addTrainingListeners(PlateauTracker.builder().setBaseValue(1).build());
            try (Trainer trainer = model.newTrainer(blind)) {
                trainer.initialize(new Shape(4, 2));
                assertTrue(
                        assertThrows(
                                        IllegalStateException.class,
                                        () -> EasyTrain.fit(trainer, 1, data, null))
                                .getMessage()
                                .contains("EvaluatorTrainingListener"));
            }
        }
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> PlateauTracker.builder().build());
        assertThrows(IllegalArgumentException.class, () -> PlateauTracker.builder().optFactor(1));
        assertThrows(IllegalArgumentException.class, () -> PlateauTracker.builder().optPatience(0));
        assertThrows(
                IllegalArgumentException.class, () -> PlateauTracker.builder().optReductions(-1));
        assertThrows(
                IllegalArgumentException.class, () -> PlateauTracker.builder().optThreshold(1));
    }
}
