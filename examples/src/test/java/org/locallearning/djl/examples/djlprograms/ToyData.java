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
package org.locallearning.djl.examples.djlprograms;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.dataset.ArrayDataset;

/** Data of one batch, made up. */
final class ToyData {

    private ToyData() {}

    /** The classes of a batch, each as often as the others. */
    static NDArray labels(NDManager manager, int classes) {
        return manager.arange(Run.BATCH).mod(classes).toType(DataType.FLOAT32, false);
    }

    /** Samples of classes: a pattern for each class, and noise. */
    static NDArray samples(NDManager manager, Shape sample, int classes) {
        NDArray patterns =
                manager.randomNormal(0, 1, new Shape(classes).addAll(sample), DataType.FLOAT32);
        NDArray noise =
                manager.randomNormal(
                        0, 0.3f, new Shape(Run.BATCH).addAll(sample), DataType.FLOAT32);
        return patterns.get(labels(manager, classes).toType(DataType.INT64, false)).add(noise);
    }

    /** Samples of classes and which class each is of. */
    static ArrayDataset classes(NDManager manager, Shape sample, int classes) {
        return dataset(
                new NDList(samples(manager, sample, classes)),
                new NDList(labels(manager, classes)));
    }

    /** Sentences of words, as their numbers. */
    static NDArray words(NDManager manager, int length, int vocabulary) {
        return manager.randomInteger(0, vocabulary, new Shape(Run.BATCH, length), DataType.INT64);
    }

    /** A data set whose one batch is these arrays. */
    static ArrayDataset dataset(NDList data, NDList labels) {
        return new ArrayDataset.Builder()
                .setData(data.toArray(NDArray[]::new))
                .optLabels(labels.toArray(NDArray[]::new))
                .setSampling(Run.BATCH, false)
                .build();
    }
}
