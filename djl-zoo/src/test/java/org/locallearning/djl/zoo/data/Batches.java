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
package org.locallearning.djl.zoo.data;

import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.RandomAccessDataset;
import ai.djl.translate.TranslateException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads whole data sets into Java arrays. */
final class Batches {

    /** One batch: all values of its images, and its labels. */
    record Content(float[] values, long[] labels) {}

    private Batches() {}

    static List<Content> of(RandomAccessDataset dataset) throws IOException, TranslateException {
        List<Content> batches = new ArrayList<>();
        try (NDManager manager = NDManager.newBaseManager()) {
            for (Batch batch : dataset.getData(manager)) {
                batches.add(
                        new Content(
                                batch.getData().singletonOrThrow().toFloatArray(),
                                batch.getLabels().singletonOrThrow().toLongArray()));
                batch.close();
            }
        }
        return batches;
    }

    /** Reads the images, to be pixels 0..1, back into bytes, one image after another. */
    static byte[] pixels(RandomAccessDataset dataset) throws IOException, TranslateException {
        ByteArrayOutputStream pixels = new ByteArrayOutputStream();
        for (Content batch : of(dataset)) {
            for (float value : batch.values()) {
                pixels.write(Math.round(255 * value));
            }
        }
        return pixels.toByteArray();
    }

    static long[] labels(RandomAccessDataset dataset) throws IOException, TranslateException {
        return of(dataset).stream().flatMapToLong(batch -> Arrays.stream(batch.labels())).toArray();
    }

    static float[] firstImage(RandomAccessDataset dataset) throws IOException, TranslateException {
        Content batch = of(dataset).get(0);
        int size = batch.values().length / batch.labels().length;
        return Arrays.copyOf(batch.values(), size);
    }
}
