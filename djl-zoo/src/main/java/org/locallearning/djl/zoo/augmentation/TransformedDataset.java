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
package org.locallearning.djl.zoo.augmentation;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.BulkDataIterable;
import ai.djl.training.dataset.RandomAccessDataset;
import ai.djl.training.dataset.Record;
import ai.djl.training.dataset.Sampler;
import ai.djl.translate.Batchifier;
import ai.djl.translate.TranslateException;
import ai.djl.util.Progress;
import ai.djl.util.RandomUtils;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.stream.LongStream;
import org.locallearning.djl.decorrelation.internal.HostValues;

/**
 * A data set that applies a {@link SpatialTransform} to each image, with new random numbers in
 * every pass. Labels do not change.
 *
 * <p>The result is a function of the image's index and of one number drawn at the start of the pass
 * from DJL's Java generator, which {@code Engine.setRandomSeed} seeds. It does not depend on the
 * batch size or the threads that fetch batches.
 *
 * <p>The transform comes first; the pipeline of this data set (such as a scale) gets the batch of
 * transformed images.
 */
public final class TransformedDataset extends ArrayDataset {

    /** Images are transformed by Java code, whichever device the trainer is on. */
    private static final Device HOST = Device.cpu();

    private final Builder settings;
    private final ArrayDataset images;
    private final SpatialTransform transform;
    private final long[] seeds;

    private TransformedDataset(Builder settings, long[] seeds) {
        super(settings);
        this.settings = settings;
        images = settings.images;
        transform = settings.transform;
        this.seeds = seeds;
    }

    /**
     * Creates a builder.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** {@inheritDoc} */
    @Override
    protected long availableSize() {
        return images.size();
    }

    /** {@inheritDoc} */
    @Override
    public void prepare(Progress progress) throws IOException {
        images.prepare(progress);
    }

    /** {@inheritDoc} */
    @Override
    public Iterable<Batch> getData(
            NDManager manager, Sampler sampler, ExecutorService executorService)
            throws IOException, TranslateException {
        prepare();
        TransformedDataset pass =
                new TransformedDataset(settings, RandomUtils.RANDOM.longs(images.size()).toArray());
        return new BulkDataIterable(
                pass,
                manager,
                sampler,
                dataBatchifier,
                labelBatchifier,
                pipeline,
                targetPipeline,
                executorService,
                prefetchNumber,
                device);
    }

    /** {@inheritDoc} */
    @Override
    public Record get(NDManager manager, long index) {
        try (NDManager host = manager.newSubManager(HOST)) {
            Record record = images.get(host, index);
            NDArray image = record.getData().singletonOrThrow().expandDims(0);
            return new Record(
                    new NDList(transformed(manager, image, index).squeeze(0)),
                    send(record.getLabels(), manager));
        }
    }

    /** {@inheritDoc} */
    @Override
    public Batch getByIndices(NDManager manager, long... indices) {
        try (NDManager host = manager.newSubManager(HOST)) {
            return transformed(manager, images.getByIndices(host, indices), indices);
        }
    }

    /** {@inheritDoc} */
    @Override
    public Batch getByRange(NDManager manager, long fromIndex, long toIndex) {
        try (NDManager host = manager.newSubManager(HOST)) {
            return transformed(
                    manager,
                    images.getByRange(host, fromIndex, toIndex),
                    LongStream.range(fromIndex, toIndex).toArray());
        }
    }

    /** {@inheritDoc} */
    @Override
    protected RandomAccessDataset newSubDataset(int[] indices, int from, int to) {
        List<Long> chosen = new ArrayList<>(to - from);
        for (int i = from; i < to; i++) {
            chosen.add((long) indices[i]);
        }
        return newSubDataset(chosen);
    }

    /** {@inheritDoc} */
    @Override
    protected RandomAccessDataset newSubDataset(List<Long> subIndices) {
        // the parts of an ArrayDataset are ArrayDatasets, though its signature does not say so
        ArrayDataset part = (ArrayDataset) images.subDataset(subIndices);
        return new TransformedDataset(settings.copy(part, Long.MAX_VALUE), null);
    }

    private static NDList send(NDList labels, NDManager manager) {
        NDList sent = labels.toDevice(manager.getDevice(), false);
        sent.attach(manager);
        return sent;
    }

    private Batch transformed(NDManager manager, Batch batch, long... indices) {
        NDArray before = batch.getData().singletonOrThrow();
        return new Batch(
                manager,
                new NDList(transformed(manager, before, indices)),
                send(batch.getLabels(), manager),
                indices.length,
                Batchifier.STACK,
                Batchifier.STACK,
                -1,
                -1);
    }

    /** Replaces an array of images, uint8 (N, C, H, W), by the images after the transform. */
    private NDArray transformed(NDManager manager, NDArray before, long... indices) {
        Shape shape = before.getShape();
        if (shape.dimension() != 4 || before.getDataType() != DataType.UINT8) {
            throw new IllegalStateException(
                    "Images to be transformed are uint8 of shape (N, C, H, W), not "
                            + before.getDataType()
                            + " of shape "
                            + shape.slice(1)
                            + " each.");
        }
        int channels = (int) shape.get(1);
        PixelMap whole = PixelMap.identity((int) shape.get(2), (int) shape.get(3));
        int sourceSize = (int) shape.slice(1).size();
        byte[] source = HostValues.bytes(before);

        Shape targetShape = null;
        byte[] target = null;
        int targetSize = 0;
        for (int i = 0; i < indices.length; i++) {
            PixelMap map = transform.apply(whole, new SplittableRandom(seedOf(indices[i])));
            Shape imageShape = new Shape(channels, map.getHeight(), map.getWidth());
            if (target == null) {
                targetShape = imageShape;
                targetSize = (int) imageShape.size();
                target = new byte[Math.multiplyExact(indices.length, targetSize)];
            } else if (!imageShape.equals(targetShape)) {
                throw new IllegalStateException(
                        "A transform gives images of one size, but "
                                + transform
                                + " gave "
                                + targetShape
                                + " and "
                                + imageShape
                                + ".");
            }
            map.copy(source, i * sourceSize, channels, target, i * targetSize);
        }
        return manager.create(
                ByteBuffer.wrap(target),
                new Shape(indices.length).addAll(targetShape),
                DataType.UINT8);
    }

    private long seedOf(long index) {
        // outside a pass, each access is a new draw
        return seeds == null ? RandomUtils.RANDOM.nextLong() : seeds[Math.toIntExact(index)];
    }

    /** A builder for {@link TransformedDataset}. */
    public static final class Builder extends BaseBuilder<Builder> {

        private ArrayDataset images;
        private SpatialTransform transform;

        private Builder() {}

        /** {@inheritDoc} */
        @Override
        protected Builder self() {
            return this;
        }

        /**
         * Sets the images.
         *
         * @param images a data set with one array of images, uint8 of shape (N, C, H, W), whose own
         *     pipeline and sampler are not used
         * @return this builder
         */
        public Builder setImages(ArrayDataset images) {
            this.images = images;
            return this;
        }

        /**
         * Sets what each image goes through.
         *
         * @param transform the transform
         * @return this builder
         */
        public Builder setTransform(SpatialTransform transform) {
            this.transform = transform;
            return this;
        }

        /**
         * Builds the data set.
         *
         * @return the data set
         * @throws NullPointerException if images, transform or sampler are not set
         */
        public TransformedDataset build() {
            Objects.requireNonNull(images, "The images must be set");
            Objects.requireNonNull(transform, "The transform must be set");
            return new TransformedDataset(copy(images, limit), null);
        }

        private Builder copy(ArrayDataset from, long atMost) {
            Builder copy = new Builder();
            copy.sampler = sampler;
            copy.dataBatchifier = dataBatchifier;
            copy.labelBatchifier = labelBatchifier;
            copy.pipeline = pipeline;
            copy.targetPipeline = targetPipeline;
            copy.prefetchNumber = prefetchNumber;
            copy.device = device;
            copy.limit = atMost;
            copy.images = from;
            copy.transform = transform;
            return copy;
        }
    }
}
