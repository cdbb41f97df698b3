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
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.Batch;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.locallearning.djl.creditassignment.CreditTrainer;
import org.locallearning.djl.creditassignment.provenance.SavedModel;
import org.locallearning.djl.creditassignment.provenance.TrainingRecord;
import org.locallearning.djl.decorrelation.Decorrelate;
import org.locallearning.djl.decorrelation.internal.HostValues;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.zoo.data.ImageData;
import org.locallearning.djl.zoo.model.RuleWeights;

/**
 * Saves trained models with their records: {@code <method>-seed<seed>/<method>-seed<seed>}, and
 * beside each the weights of its rule, if it has any.
 *
 * <p>Decorrelation is folded into the weights, so that DJL alone loads the model. The accuracy of
 * the record is that of what was saved, on all test images in use.
 */
final class ModelFolder implements TrainingRun.Ending {

    /** What a record says of the form of a model that is not the one that was trained. */
    static final String FORM = "form";

    private final Path folder;
    private final ImageData images;
    private final int batch;

    ModelFolder(Path folder, ImageData images, int batch) {
        this.folder = folder;
        this.images = images;
        this.batch = batch;
    }

    /** {@inheritDoc} */
    @Override
    public void trained(Method method, int seed, Trainer trainer, TrainingRecord made)
            throws IOException, TranslateException {
        String name = name(method, seed);
        Path place = folder.resolve(name);
        TrainingRecord.Builder record = made.toBuilder();
        Block form = plain(trainer.getModel().getBlock(), record);
        if (images.getTask().hasAccuracy()) {
            long right = countRight(form, trainer);
            record.optAccuracy((double) right / images.getTestSize(), images.getTestSize());
        }
        saveRuleWeights(trainer, place, name);
        // the record last: where it is, everything is
        SavedModel.save(form, record.build(), place, name);
    }

    private static String name(Method method, int seed) {
        return method.name() + "-seed" + seed;
    }

    /** Deletes the model of an earlier comparison, which would pass for one of this. */
    @Override
    public void diverged(Method method, int seed) throws IOException {
        String name = name(method, seed);
        Path place = folder.resolve(name);
        SavedModel.delete(place, name);
        Files.deleteIfExists(RuleWeights.file(place, name));
    }

    private static Block plain(Block block, TrainingRecord.Builder record) {
        try {
            Block plain = Decorrelate.foldForOriginal(block);
            if (plain != block) {
                record.optNote(FORM, "decorrelation is folded into the weights");
            }
            return plain;
        } catch (IllegalArgumentException e) {
            return folded(block, record);
        }
    }

    private static Block folded(Block block, TrainingRecord.Builder record) {
        try {
            Block plain = Decorrelate.fold(block);
            record.optNote(
                    FORM,
                    "decorrelation is folded into the weights, and a block was added where a"
                            + " convolution pads: build the model from the blocks of this record");
            return plain;
        } catch (IllegalArgumentException e) {
            record.optNote(
                    FORM,
                    "with its decorrelation layers, for which djl-decorrelation is needed: "
                            + e.getMessage());
            return block;
        }
    }

    private long countRight(Block form, Trainer trainer) throws IOException, TranslateException {
        long right = 0;
        try (NDManager scope = trainer.getManager().newSubManager()) {
            ParameterStore store = new ParameterStore(scope, false);
            for (Batch part : images.test(batch).getData(scope)) {
                try (part) {
                    NDArray labels = part.getLabels().singletonOrThrow();
                    NDList data = part.getData().toDevice(trainer.getDevices()[0], false);
                    NDArray outputs = form.forward(store, data, false).singletonOrThrow();
                    NDArray found = outputs.argMax(1).toDevice(labels.getDevice(), false);
                    right += HostValues.longs(found.eq(labels).countNonzero())[0];
                }
            }
        }
        return right;
    }

    private static void saveRuleWeights(Trainer trainer, Path place, String name)
            throws IOException {
        Map<String, NDArray> weights =
                trainer instanceof CreditTrainer
                        ? ((CreditTrainer) trainer).getRuleParameters()
                        : Map.of();
        if (weights.isEmpty()) {
            Files.deleteIfExists(RuleWeights.file(place, name));
        } else {
            RuleWeights.save(weights, place, name);
        }
    }
}
