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

import ai.djl.Device;
import ai.djl.basicdataset.cv.classification.Cifar10;
import ai.djl.basicdataset.cv.classification.FashionMnist;
import ai.djl.basicdataset.cv.classification.Mnist;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.Artifact;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.Dataset;
import ai.djl.translate.TranslateException;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.locallearning.djl.decorrelation.internal.HostValues;

/**
 * The data sets that DJL's own classes load.
 *
 * <p>Those classes skip the files' headers and read whatever follows, so headers and sizes are
 * checked here first.
 */
final class DjlArchives {

    private static final int IMAGES_AT_ONCE = 1_000;
    private static final int IDX_IMAGES = 0x0803;
    private static final int IDX_LABELS = 0x0801;
    private static final int MNIST_SIDE = 28;
    private static final int CIFAR_RECORD = 1 + 3 * 32 * 32;
    private static final int CLASSES = 10;

    private DjlArchives() {}

    static ImageParts mnist(DataRepository repository) throws IOException, TranslateException {
        checkIdx(repository);
        return parts(
                repository,
                (usage, manager) ->
                        Mnist.builder()
                                .optManager(manager)
                                .optRepository(repository)
                                .optUsage(usage)
                                .setSampling(IMAGES_AT_ONCE, false)
                                .build());
    }

    static ImageParts fashionMnist(DataRepository repository)
            throws IOException, TranslateException {
        checkIdx(repository);
        return parts(
                repository,
                (usage, manager) ->
                        FashionMnist.builder()
                                .optManager(manager)
                                .optRepository(repository)
                                .optUsage(usage)
                                .setSampling(IMAGES_AT_ONCE, false)
                                .build());
    }

    static ImageParts cifar10(DataRepository repository) throws IOException, TranslateException {
        repository.prepare();
        for (String name : new String[] {"data_batch.bin", "test_batch.bin"}) {
            Artifact.Item item = repository.item(name);
            Path file = repository.getFile(item, "");
            long size = Files.size(file);
            if (size == 0 || size % CIFAR_RECORD != 0) {
                throw damaged(
                        repository,
                        item,
                        String.format(
                                Locale.ROOT,
                                "%,d bytes are not a whole number of %,d-byte CIFAR-10 images",
                                size,
                                CIFAR_RECORD));
            }
        }
        return parts(
                repository,
                (usage, manager) ->
                        Cifar10.builder()
                                .optManager(manager)
                                .optRepository(repository)
                                .optArtifactId(repository.getArtifactId())
                                .optUsage(usage)
                                .setSampling(IMAGES_AT_ONCE, false)
                                .build());
    }

    /** Creates one of DJL's data sets, which keeps its arrays in a child of the manager. */
    private interface Loader {
        ArrayDataset of(Dataset.Usage usage, NDManager manager);
    }

    private static ImageParts parts(DataRepository repository, Loader loader)
            throws IOException, TranslateException {
        return new ImageParts(
                images(repository, Dataset.Usage.TRAIN, loader),
                images(repository, Dataset.Usage.TEST, loader));
    }

    private static LabelledImages images(
            DataRepository repository, Dataset.Usage usage, Loader loader)
            throws IOException, TranslateException {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            ArrayDataset dataset = loader.of(usage, manager);
            dataset.prepare();
            int count = Math.toIntExact(dataset.size());
            Shape shape = null;
            ByteBuffer pixels = null;
            ByteBuffer labels = ByteBuffer.allocate(count);
            for (int from = 0; from < count; from += IMAGES_AT_ONCE) {
                try (NDManager some = manager.newSubManager()) {
                    Batch batch =
                            dataset.getByRange(some, from, Math.min(count, from + IMAGES_AT_ONCE));
                    // DJL's loaders give (N, H, W, C) of 0..255 as float32
                    NDArray images = batch.getData().singletonOrThrow().transpose(0, 3, 1, 2);
                    if (pixels == null) {
                        shape = images.getShape().slice(1);
                        pixels =
                                ByteBuffer.allocate(
                                        Math.multiplyExact(count, Math.toIntExact(shape.size())));
                    }
                    pixels.put(HostValues.bytes(images.toType(DataType.UINT8, true)));
                    NDArray classes = batch.getLabels().singletonOrThrow();
                    labels.put(HostValues.bytes(classes.toType(DataType.UINT8, true)));
                }
            }
            for (byte label : labels.array()) {
                if ((label & 0xff) >= CLASSES) {
                    throw new DataRepositoryException(
                            String.format(
                                    Locale.ROOT,
                                    "%s holds the class index %d, but there are %d classes: the"
                                            + " data are damaged; replace them.",
                                    repository.describe(),
                                    label & 0xff,
                                    CLASSES));
                }
            }
            return new LabelledImages(shape, pixels.array(), labels.array());
        }
    }

    private static void checkIdx(DataRepository repository) throws IOException {
        repository.prepare();
        for (String part : new String[] {"train", "test"}) {
            int images = checkIdx(repository, part + "_data", IDX_IMAGES, 16, 784);
            int labels = checkIdx(repository, part + "_labels", IDX_LABELS, 8, 1);
            if (images != labels) {
                throw damaged(
                        repository,
                        repository.item(part + "_labels"),
                        String.format(
                                Locale.ROOT, "%,d labels are not for %,d images", labels, images));
            }
        }
    }

    /** Checks a file's magic number, sizes and length, and returns its number of records. */
    private static int checkIdx(
            DataRepository repository, String name, int magic, int header, int record)
            throws IOException {
        Artifact.Item item = repository.item(name);
        Path file = repository.getFile(item, "");
        long size = Files.size(file);
        if (size < header) {
            throw damaged(
                    repository,
                    item,
                    String.format(Locale.ROOT, "%,d bytes are no IDX file", size));
        }
        try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
            int found = in.readInt();
            int count = in.readInt();
            boolean rightSides =
                    magic == IDX_LABELS || in.readInt() == MNIST_SIDE && in.readInt() == MNIST_SIDE;
            if (found != magic || !rightSides) {
                throw damaged(
                        repository,
                        item,
                        "it is not an IDX file of "
                                + (magic == IDX_LABELS ? "labels" : "28x28 images"));
            }
            if (count < 1 || size != header + (long) count * record) {
                throw damaged(
                        repository,
                        item,
                        String.format(
                                Locale.ROOT,
                                "%,d bytes are not those of %,d records",
                                size,
                                count));
            }
            return count;
        }
    }

    private static DataRepositoryException damaged(
            DataRepository repository, Artifact.Item item, String what) throws IOException {
        return new DataRepositoryException(
                String.format(
                        Locale.ROOT,
                        "%s is damaged once unpacked (%s): replace it, or, if it is sound, delete"
                                + " %s.",
                        repository.locationOf(item),
                        what,
                        repository.getCacheDirectory()));
    }
}
