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

import ai.djl.engine.Engine;
import ai.djl.modality.cv.transform.ToTensor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.dataset.Dataset;
import ai.djl.translate.Pipeline;
import ai.djl.util.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.locallearning.djl.decorrelation.internal.DeviceArrays;
import org.locallearning.djl.zoo.repository.RepositoryException;

/**
 * A data set of images for which DJL has no loader; {@link Cifar100}, {@link Svhn} and {@link
 * TinyImageNet} make its builders. Use it like DJL's own {@code Cifar10}:
 *
 * <pre>
 * PublishedImages images =
 *         Cifar100.builder()
 *                 .setRepository(Path.of("cifar-100-binary.tar.gz"))
 *                 .optUsage(Dataset.Usage.TRAIN)
 *                 .setSampling(64, true)
 *                 .build();
 * images.prepare();
 * </pre>
 *
 * <p>Each sample is an image of shape (height, width, 3), uint8, which the pipeline ({@link
 * ToTensor} by default) turns into (3, height, width), float32 in 0 to 1; its label is the class
 * index, int64. All images are in memory, outside the Java heap.
 */
public final class PublishedImages extends AnyDeviceDataset {

    private final PublishedDataSet files;
    private final Path repository;
    private final Usage usage;
    private final NDManager manager;
    private List<String> classes;

    private PublishedImages(Builder builder) {
        super(builder);
        files = builder.files;
        repository = Objects.requireNonNull(builder.repository, "setRepository is required");
        usage = builder.usage;
        manager =
                builder.manager == null
                        ? Engine.getInstance().newBaseManager()
                        : builder.manager.newSubManager();
        manager.setName(files.name());
    }

    /**
     * Reads the images.
     *
     * @param progress is not reported to: reading takes seconds, or, the first time for Tiny
     *     ImageNet, a minute
     * @throws RepositoryException if the files are not there or damaged; the message says which and
     *     what to do
     * @throws IOException if a file can't be read or the cache can't be written
     * @throws UnsupportedOperationException for {@link Dataset.Usage#VALIDATION}, which none of the
     *     data sets has beside its test images
     */
    @Override
    public void prepare(Progress progress) throws IOException {
        if (data != null) {
            return;
        }
        if (usage == Usage.VALIDATION) {
            throw new UnsupportedOperationException(
                    "The data set "
                            + files.name()
                            + " has no validation images beside its test images: take Usage.TRAIN"
                            + " or Usage.TEST.");
        }
        DataOptions options = DataOptions.builder().optRepository(repository).build();
        PublishedDataSet.Found found = files.find(options);
        ImageParts parts = found.parts(options.isCached());
        LabelledImages images = usage == Usage.TRAIN ? parts.training() : parts.test();
        classes = found.images().classes();
        long[] indices = new long[images.size()];
        for (int i = 0; i < indices.length; i++) {
            indices[i] = images.labels()[i] & 0xff;
        }
        Shape shape = new Shape(images.size()).addAll(images.shape());
        // the array that is made of a Java buffer lives as long as itself, and no view of it longer
        try (NDArray channelsFirst =
                        manager.create(ByteBuffer.wrap(images.pixels()), shape, DataType.UINT8);
                NDArray view = channelsFirst.transpose(0, 2, 3, 1)) {
            data = new NDArray[] {DeviceArrays.kept(view.duplicate())};
        }
        labels = new NDArray[] {DeviceArrays.kept(manager.create(indices))};
    }

    /**
     * Returns the names of the classes, in the order of their indices.
     *
     * @return the names
     * @throws IllegalStateException before {@link #prepare()}
     */
    public List<String> getClasses() {
        if (classes == null) {
            throw new IllegalStateException("Call prepare() before getClasses().");
        }
        return List.copyOf(classes);
    }

    /** A builder for {@link PublishedImages}. */
    public static final class Builder extends BaseBuilder<Builder> {

        private final PublishedDataSet files;
        private Path repository;
        private Usage usage = Usage.TRAIN;
        private NDManager manager;

        Builder(PublishedDataSet files) {
            this.files = files;
            pipeline = new Pipeline(new ToTensor());
        }

        /** {@inheritDoc} */
        @Override
        protected Builder self() {
            return this;
        }

        /**
         * Sets where the images are.
         *
         * @param repository a folder with the files as their authors publish them, or the archive
         *     they publish, or a folder in DJL's repository layout that has the data set
         * @return this builder
         */
        public Builder setRepository(Path repository) {
            this.repository = repository;
            return this;
        }

        /**
         * Sets which images to read.
         *
         * @param usage training or test images; training images by default
         * @return this builder
         */
        public Builder optUsage(Usage usage) {
            this.usage = usage;
            return this;
        }

        /**
         * Sets the manager that the images are attached to.
         *
         * @param manager the manager; one of the data set's own by default
         * @return this builder
         */
        public Builder optManager(NDManager manager) {
            this.manager = manager;
            return this;
        }

        /**
         * Builds the data set, which {@link PublishedImages#prepare()} fills.
         *
         * @return the data set
         */
        public PublishedImages build() {
            return new PublishedImages(this);
        }
    }
}
