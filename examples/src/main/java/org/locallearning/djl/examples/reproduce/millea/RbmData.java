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
package org.locallearning.djl.examples.reproduce.millea;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.BatchSampler;
import ai.djl.training.dataset.Dataset;
import ai.djl.training.dataset.RandomSampler;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.util.Locale;
import org.locallearning.djl.examples.reproduce.ReproduceArguments;
import org.locallearning.djl.zoo.data.DataOptions;
import org.locallearning.djl.zoo.data.DataSets;
import org.locallearning.djl.zoo.data.ImageData;

/** Images of one channel as binary units, all in memory. */
final class RbmData implements AutoCloseable {

    private static final int READ = 1000;
    private static final int IMAGES = 10_000;
    private static final int TEST_IMAGES = 2_000;
    private static final double ON = 0.5;

    private final NDManager manager;
    private final String description;
    private final int side;
    private final int classes;
    private final NDList training;
    private final NDList test;

    private RbmData(NDManager manager, ImageData images, int pooling)
            throws IOException, TranslateException {
        this.manager = manager;
        side = (int) images.getSampleShape().get(1) / pooling;
        classes = images.getClasses().size();
        description =
                images.getDescription()
                        + (pooling == 1
                                ? ""
                                : String.format(
                                        Locale.ROOT,
                                        "; means of %dx%d pixels, %dx%d units",
                                        pooling,
                                        pooling,
                                        side,
                                        side))
                        + "; a unit is on above "
                        + ON;
        training = read(images.training(READ), pooling);
        test = read(images.test(READ), pooling);
    }

    /**
     * The paper's reduced data, 10,000 images to learn and 2,000 to test, unless chosen otherwise.
     */
    static DataOptions reduced(ReproduceArguments arguments) {
        return options(arguments, IMAGES, TEST_IMAGES);
    }

    /** As many images as given, unless chosen otherwise. */
    static DataOptions options(ReproduceArguments arguments, int images, int testImages) {
        return arguments
                .dataOptions()
                .optStandardize(false)
                .optLimit(arguments.limit() == 0 ? images : arguments.limit())
                .optTestLimit(arguments.testLimit() == 0 ? testImages : arguments.testLimit())
                .build();
    }

    /**
     * Loads a data set.
     *
     * @param pooling the side of the squares of pixels that one unit stands for
     * @throws IllegalArgumentException if there is no such data set, or it is in colour
     */
    static RbmData load(Engine engine, String name, DataOptions options, int pooling)
            throws IOException, TranslateException {
        try (ImageData images = DataSets.load(name, options)) {
            if (images.getSampleShape().get(0) != 1) {
                throw new IllegalArgumentException(
                        "A Boltzmann machine here takes images in grey, and "
                                + images.getTitle()
                                + " is in colour: choose mnist, fashion-mnist or glyphs.");
            }
            return new RbmData(engine.newBaseManager(), images, pooling);
        }
    }

    /** Images as rows of units, and their labels. */
    private NDList read(Dataset images, int pooling) throws IOException, TranslateException {
        NDList units = new NDList();
        NDList labels = new NDList();
        for (Batch batch : images.getData(manager)) {
            NDArray pixels = batch.getData().singletonOrThrow();
            long rows = pixels.getShape().get(0);
            NDArray means =
                    pixels.reshape(new Shape(rows, side, pooling, side, pooling))
                            .sum(new int[] {2, 4})
                            .div(pooling * pooling)
                            .reshape(rows, -1);
            units.add(kept(means.gt(ON).toType(DataType.UINT8, false)));
            labels.add(kept(batch.getLabels().singletonOrThrow()));
            batch.close();
        }
        NDArray all = NDArrays.concat(units).toType(DataType.FLOAT32, false);
        NDArray names = NDArrays.concat(labels);
        units.close();
        labels.close();
        return new NDList(all, names);
    }

    private NDArray kept(NDArray array) {
        NDArray copy = array.duplicate();
        copy.attach(manager);
        return copy;
    }

    /** Returns where the images are from and how they were pooled. */
    String description() {
        return description;
    }

    int classes() {
        return classes;
    }

    int units() {
        return side * side;
    }

    NDArray trainingUnits() {
        return training.get(0);
    }

    NDArray trainingLabels() {
        return training.get(1);
    }

    NDArray testUnits() {
        return test.get(0);
    }

    NDArray testLabels() {
        return test.get(1);
    }

    /** Whole batches of training images, in another order at every pass. */
    ArrayDataset batches(int batch) {
        return new ArrayDataset.Builder()
                .setData(trainingUnits())
                .optLabels(trainingLabels())
                .setSampling(new BatchSampler(new RandomSampler(), batch, true))
                .build();
    }

    /** {@inheritDoc} */
    @Override
    public void close() {
        manager.close();
    }
}
