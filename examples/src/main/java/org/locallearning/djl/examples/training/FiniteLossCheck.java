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

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.listener.EvaluatorTrainingListener;
import ai.djl.training.listener.TrainingListenerAdapter;
import ai.djl.util.Pair;
import java.util.Locale;
import org.locallearning.djl.decorrelation.internal.HostValues;

/**
 * Stops a run at the first loss that is NaN or infinite, before the weights are changed by it, and
 * names the layer in which the values first stopped being finite.
 *
 * <p>It must be registered after an {@link EvaluatorTrainingListener}.
 */
final class FiniteLossCheck extends TrainingListenerAdapter {

    /** {@inheritDoc} */
    @Override
    public void onTrainingBatch(Trainer trainer, BatchData batchData) {
        check("loss", EvaluatorTrainingListener.TRAIN_ALL, trainer, batchData);
    }

    /** {@inheritDoc} */
    @Override
    public void onValidationBatch(Trainer trainer, BatchData batchData) {
        check(
                "loss on held-out images",
                EvaluatorTrainingListener.VALIDATE_EPOCH,
                trainer,
                batchData);
    }

    private static void check(
            String name, String accumulator, Trainer trainer, BatchData batchData) {
        float loss = trainer.getLoss().getAccumulator(accumulator);
        if (Float.isFinite(loss)) {
            return;
        }
        try (NDManager manager = trainer.getManager().newSubManager()) {
            NDList data = new NDList();
            for (NDArray array : batchData.getBatch().getData()) {
                NDArray copy = array.toDevice(trainer.getDevices()[0], true);
                copy.attach(manager);
                data.add(copy);
            }
            Block block = trainer.getModel().getBlock();
            String layer = firstNotFinite("", block, data, new ParameterStore(manager, false));
            throw new DivergedException(
                    String.format(
                            Locale.ROOT,
                            "The %s is %s: %s; try a lower rate with --learning-rate.",
                            name,
                            loss,
                            layer == null
                                    ? "the outputs of all layers are finite, so it arises in the"
                                            + " loss itself"
                                    : "the values first stop being finite in layer " + layer),
                    accumulator.equals(EvaluatorTrainingListener.VALIDATE_EPOCH));
        }
    }

    /** Runs the layers one by one on the data, which becomes the output of the last one run. */
    private static String firstNotFinite(
            String path, Block block, NDList data, ParameterStore store) {
        if (block instanceof SequentialBlock) {
            for (Pair<String, Block> child : block.getChildren()) {
                String childPath = path.isEmpty() ? child.getKey() : path + "." + child.getKey();
                String found = firstNotFinite(childPath, child.getValue(), data, store);
                if (found != null) {
                    return found;
                }
            }
            return null;
        }
        NDList output = block.forward(store, data, false);
        data.clear();
        data.addAll(output);
        for (NDArray array : output) {
            // x - x is 0 for finite x and NaN otherwise
            if (!Double.isFinite(HostValues.number(array.sub(array).sum()))) {
                return path.isEmpty() ? block.getClass().getSimpleName() : path;
            }
        }
        return null;
    }
}
