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
package org.locallearning.djl.examples.reproduce.ororbia;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.Batch;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.locallearning.djl.zoo.data.ImageData;

/**
 * What the layer below the output makes of test images.
 *
 * @param values a row for each image
 * @param classes the class of each image
 */
record TopLayer(float[][] values, long[] classes) {

    /**
     * Runs a trained model, without its last block, on the first test images.
     *
     * @param trainer the trainer of a sequential model
     * @param data the images
     * @param batch images at a time
     * @param images how many of them
     */
    static TopLayer of(Trainer trainer, ImageData data, int batch, int images)
            throws IOException, TranslateException {
        List<Block> blocks = trainer.getModel().getBlock().getChildren().values();
        List<float[]> rows = new ArrayList<>();
        List<Long> classes = new ArrayList<>();
        try (NDManager scope = trainer.getManager().newSubManager()) {
            ParameterStore parameters = new ParameterStore(scope, false);
            for (Batch each : data.test(batch).getData(scope)) {
                try (each) {
                    NDList values = each.getData();
                    for (Block block : blocks.subList(0, blocks.size() - 1)) {
                        values = block.forward(parameters, values, false);
                    }
                    int size = (int) values.head().getShape().get(0);
                    float[] flat = values.head().toFloatArray();
                    long[] labels = each.getLabels().head().toLongArray();
                    for (int i = 0; i < size && rows.size() < images; i++) {
                        int units = flat.length / size;
                        float[] row = new float[units];
                        System.arraycopy(flat, i * units, row, 0, units);
                        rows.add(row);
                        classes.add(labels[i]);
                    }
                }
                if (rows.size() == images) {
                    break;
                }
            }
        }
        return new TopLayer(
                rows.toArray(float[][]::new), classes.stream().mapToLong(each -> each).toArray());
    }
}
