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

import ai.djl.ndarray.NDList;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.Dataset;
import ai.djl.training.evaluator.Accuracy;
import ai.djl.training.evaluator.Evaluator;
import ai.djl.training.loss.Loss;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.locallearning.djl.zoo.task.Task;

/**
 * Measures a model in the middle of an epoch, with evaluators of its own, so that those of the
 * trainer know of the ends of epochs alone.
 */
final class HeldOutImages {

    private static final String NOW = "now";

    private final Dataset images;
    private final Task task;

    HeldOutImages(Dataset images, Task task) {
        this.images = images;
        this.task = task;
    }

    /**
     * What was measured.
     *
     * @param loss the mean loss of an image
     * @param accuracy the share of images classified correctly, or null
     */
    record Measured(double loss, Double accuracy) {}

    /**
     * Measures the model.
     *
     * @throws DivergedException if the loss is not finite
     */
    Measured measure(Trainer trainer) {
        Loss loss = task.newLoss();
        MeanLoss meanLoss = new MeanLoss();
        Optional<Evaluator> accuracy =
                task.hasAccuracy() ? Optional.of(new Accuracy()) : Optional.empty();
        accuracy.ifPresent(evaluator -> evaluator.addAccumulator(NOW));
        try {
            for (Batch batch : trainer.iterateDataset(images)) {
                for (Batch part : batch.split(trainer.getDevices(), false)) {
                    NDList labels = part.getLabels();
                    NDList predictions = trainer.evaluate(part.getData());
                    meanLoss.add(loss, labels, predictions);
                    accuracy.ifPresent(
                            evaluator -> evaluator.updateAccumulator(NOW, labels, predictions));
                }
                batch.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The images cannot be read: " + e.getMessage(), e);
        } catch (TranslateException e) {
            throw new IllegalStateException("A batch cannot be put together.", e);
        }
        double mean = meanLoss.take();
        if (!Double.isFinite(mean)) {
            throw new DivergedException(
                    String.format(
                            "The loss on held-out images is %s; try a lower rate with"
                                    + " --learning-rate.",
                            mean),
                    true);
        }
        return new Measured(
                mean,
                accuracy.map(evaluator -> (double) evaluator.getAccumulator(NOW)).orElse(null));
    }
}
