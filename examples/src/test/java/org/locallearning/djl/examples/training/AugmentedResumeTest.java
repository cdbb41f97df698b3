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
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.Dropout;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.dataset.Dataset;
import ai.djl.training.listener.TrainingListenerAdapter;
import ai.djl.training.loss.Loss;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.locallearning.djl.creditassignment.checkpoint.Checkpoint;
import org.locallearning.djl.creditassignment.checkpoint.CheckpointListener;
import org.locallearning.djl.creditassignment.rule.KolenPollack;
import org.locallearning.djl.zoo.augmentation.RandomCrop;
import org.locallearning.djl.zoo.augmentation.RandomHorizontalFlip;
import org.locallearning.djl.zoo.augmentation.TransformedDataset;

/** Training on images that are cropped and mirrored at random, with dropout, goes on. */
class AugmentedResumeTest {

    private static final int SIDE = 6;
    private static final int IMAGES = 40;
    private static final int BATCH = 10;
    private static final int EPOCHS = 2;

    @TempDir private Path folder;

    @Test
    void goesOnAsIfItHadNotStopped() throws Exception {
        Path expected = folder.resolve("expected");
        Path actual = folder.resolve("actual");
        train("alone", Integer.MAX_VALUE, expected);
        for (int stop : new int[] {1, 5}) {
            String checkpoints = "stopped" + stop;
            assertThrows(IllegalStateException.class, () -> train(checkpoints, stop, actual));
            train(checkpoints, Integer.MAX_VALUE, actual);
            assertEquals(-1, Files.mismatch(expected, actual));
        }
    }

    private void train(String checkpoints, int batches, Path end) throws Exception {
        Engine.getInstance().setRandomSeed(1);
        try (Model model = Model.newInstance("augmented", "PyTorch");
                NDManager manager = NDManager.newBaseManager()) {
            Dataset images = images(manager);
            model.setBlock(
                    new SequentialBlock()
                            .add(Blocks.batchFlattenBlock())
                            .add(Linear.builder().setUnits(8).build())
                            .add(Dropout.builder().optRate(0.4f).build())
                            .add(Linear.builder().setUnits(2).build()));
            CheckpointListener saving =
                    CheckpointListener.builder()
                            .setFolder(folder.resolve(checkpoints))
                            .setSeed(9)
                            .optBatches(1)
                            .build();
            DefaultTrainingConfig config =
                    new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                            .addTrainingListeners(stopAfter(batches), saving);
            try (Trainer trainer = KolenPollack.builder().build().newTrainer(model, config)) {
                trainer.initialize(new Shape(BATCH, 1, SIDE, SIDE));
                saving.resume(trainer);
                EasyTrain.fit(trainer, EPOCHS - saving.getEpoch(), saving.resumable(images), null);
                Checkpoint.save(trainer, saving.getPosition(), end);
            }
        }
    }

    private static TrainingListenerAdapter stopAfter(int batches) {
        return new TrainingListenerAdapter() {

            private int trained;

            @Override
            public void onTrainingBatch(Trainer trainer, BatchData batchData) {
                if (++trained > batches) {
                    throw new IllegalStateException("stopped");
                }
            }
        };
    }

    private static Dataset images(NDManager manager) {
        NDArray pixels =
                manager.randomUniform(0, 255, new Shape(IMAGES, 1, SIDE, SIDE))
                        .toType(DataType.UINT8, false);
        NDArray labels = manager.arange(IMAGES).toType(DataType.FLOAT32, false).mod(2);
        ArrayDataset plain =
                new ArrayDataset.Builder()
                        .setData(pixels)
                        .optLabels(labels)
                        .setSampling(BATCH, false)
                        .build();
        return TransformedDataset.builder()
                .setImages(plain)
                .setTransform(new RandomCrop(SIDE, 2).andThen(new RandomHorizontalFlip()))
                .addTransform(array -> array.toType(DataType.FLOAT32, false).div(255))
                .setSampling(BATCH, true)
                .build();
    }
}
