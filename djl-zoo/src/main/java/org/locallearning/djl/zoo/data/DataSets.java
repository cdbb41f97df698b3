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

import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.locallearning.djl.zoo.repository.RepositoryException;

/**
 * The data sets of the experiments, by name.
 *
 * <ul>
 *   <li>{@code glyphs}: digits drawn by the program, 28x28 grey; needs no data
 *   <li>{@code mnist}: handwritten digits, 28x28 grey
 *   <li>{@code fashion-mnist}: pieces of clothing, 28x28 grey
 *   <li>{@code cifar10}: small photographs, 32x32 in color; the artifact {@code cifar10} if the
 *       repository has it, otherwise, in a folder, {@code cifar10-jpeg}, an archive of JPEG files,
 *       which the title then says
 *   <li>{@code cifar100}: small photographs, 32x32 in color, 100 classes; {@code
 *       cifar-100-binary.tar.gz}, or {@code train.bin} and {@code test.bin} from it
 *   <li>{@code svhn}: digits of house numbers, 32x32 in color; {@code train_32x32.mat} and {@code
 *       test_32x32.mat}
 *   <li>{@code tiny-imagenet}: photographs of 200 classes in color, cropped from 64x64 to 56x56 as
 *       in the decorrelation paper; {@code tiny-imagenet-200.zip} or the folder in it. The
 *       validation images are the test images
 * </ul>
 *
 * <p>The last three are never downloaded: {@link DataOptions.Builder#optRepository} is a folder
 * with the files named above, as their authors publish them, or that archive itself; or a folder in
 * DJL's repository layout with an artifact of the data set's name, whose files are {@code
 * train.bin} and {@code test.bin} (gzipped or not); {@code train_32x32.mat} and {@code
 * test_32x32.mat}; or {@code train} and {@code test}, gzipped tar archives with one folder per
 * class, and {@code classes}, a text file with index, id and words of each class.
 *
 * <p>All images of a data set are in memory. For the whole of Tiny ImageNet that takes 1.2 GB, 3 GB
 * of Java heap while it loads ({@code -Xmx3g}), and 1.3 GB in the cache folder.
 */
public final class DataSets {

    private static final List<String> DIGITS =
            List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
    private static final List<String> CLOTHES =
            List.of(
                    "T-shirt/top",
                    "Trouser",
                    "Pullover",
                    "Dress",
                    "Coat",
                    "Sandal",
                    "Shirt",
                    "Sneaker",
                    "Bag",
                    "Ankle boot");
    private static final List<String> CIFAR10_CLASSES =
            List.of(
                    "airplane",
                    "automobile",
                    "bird",
                    "cat",
                    "deer",
                    "dog",
                    "frog",
                    "horse",
                    "ship",
                    "truck");
    private static final String CIFAR10_JPEG = "cifar10-jpeg";
    private static final int CIFAR_SIDE = 32;

    private DataSets() {}

    /**
     * Returns the names that {@link #load} takes.
     *
     * @return the names
     */
    public static List<String> names() {
        return List.of(
                "glyphs", "mnist", "fashion-mnist", "cifar10", "cifar100", "svhn", "tiny-imagenet");
    }

    /**
     * Loads a data set into memory.
     *
     * <p>Files of a repository are decoded once, into a cache folder that belongs to that
     * repository and to the content of those files alone, below DJL's cache folder ({@code
     * DJL_CACHE_DIR}).
     *
     * @param name one of {@link #names()}
     * @param options where from, how much, and how to scale it
     * @return the data set; close it to free its images
     * @throws IllegalArgumentException if there is no data set of that name, or augmentation is
     *     asked for of one that has none
     * @throws RepositoryException if the repository does not exist, lacks the data set, or holds a
     *     damaged file; the message says which, and what to do
     * @throws IOException if a file can't be read or the cache can't be written
     */
    public static ImageData load(String name, DataOptions options) throws IOException {
        if (options.isAugmented()
                && names().contains(name)
                && framingOf(name).augmentation().isEmpty()) {
            throw new IllegalArgumentException(
                    String.format(
                            "The data set %s can't be augmented, only %s can: leave it off.",
                            name,
                            names().stream()
                                    .filter(other -> framingOf(other).augmentation().isPresent())
                                    .collect(Collectors.joining(", "))));
        }
        return switch (name) {
            case "glyphs" -> glyphs(options);
            case "mnist" -> idx(name, "mnist", "MNIST", DIGITS, options);
            case "fashion-mnist" -> idx(name, "fashmnist", "Fashion-MNIST", CLOTHES, options);
            case "cifar10" -> {
                DataRepository repository = DataRepository.open(options, "cifar10", CIFAR10_JPEG);
                ImageParts parts =
                        CIFAR10_JPEG.equals(repository.getArtifactId())
                                ? cifar10Jpeg(repository)
                                : cifar10(repository);
                yield data(name, "CIFAR-10", CIFAR10_CLASSES, repository, parts, options);
            }
            case "cifar100" -> published(Cifar100.FILES, "CIFAR-100", options);
            case "svhn" -> published(Svhn.FILES, "SVHN", options);
            case "tiny-imagenet" -> published(TinyImageNet.FILES, "Tiny ImageNet", options);
            default ->
                    throw new IllegalArgumentException(
                            String.format(
                                    "Unknown data set \"%s\": choose one of %s.",
                                    name, String.join(", ", names())));
        };
    }

    private static ImagePreparation framingOf(String name) {
        return switch (name) {
            case "mnist" -> ImagePreparation.HANDWRITTEN_DIGITS;
            case "cifar10", "cifar100" -> ImagePreparation.CIFAR;
            case "tiny-imagenet" -> ImagePreparation.TINY_IMAGENET;
            default -> ImagePreparation.WHOLE;
        };
    }

    private static ImageData glyphs(DataOptions options) {
        long seed = options.getSeed();
        ImageParts parts =
                new ImageParts(
                        Glyphs.draw(
                                seed,
                                Glyphs.Part.TRAINING,
                                options.limitOr(Glyphs.TRAINING_IMAGES)),
                        Glyphs.draw(
                                seed, Glyphs.Part.TEST, options.testLimitOr(Glyphs.TEST_IMAGES)));
        String source = "digits drawn by this program with seed " + seed;
        return new ImageData(
                "glyphs",
                "Glyphs (drawn digits)",
                DIGITS,
                source,
                parts,
                framingOf("glyphs"),
                options);
    }

    private static ImageData data(
            String name,
            String title,
            List<String> classes,
            DataRepository repository,
            ImageParts parts,
            DataOptions options) {
        return new ImageData(
                name,
                repository.isJpeg() ? title + " (JPEG re-encoded)" : title,
                classes,
                repository.describe(),
                parts,
                framingOf(name),
                options);
    }

    private static ImageData published(PublishedDataSet dataSet, String title, DataOptions options)
            throws IOException {
        PublishedDataSet.Found found = dataSet.find(options);
        return new ImageData(
                dataSet.name(),
                title,
                found.images().classes(),
                found.description(),
                found.parts(options.isCached()),
                framingOf(dataSet.name()),
                options);
    }

    /** Reads one of the data sets in the form of MNIST. */
    private static ImageData idx(
            String name, String artifactId, String title, List<String> classes, DataOptions options)
            throws IOException {
        DataRepository repository = DataRepository.open(options, artifactId);
        ImageParts parts = new ImageParts(idx(repository, "train"), idx(repository, "test"));
        return data(name, title, classes, repository, parts, options);
    }

    private static LabelledImages idx(DataRepository repository, String part) throws IOException {
        return repository.images(
                part,
                IdxFiles.MOST_BYTES,
                files -> IdxFiles.read(files.get(0), files.get(1)),
                part + "_data",
                part + "_labels");
    }

    private static ImageParts cifar10(DataRepository repository) throws IOException {
        return new ImageParts(
                cifar10(repository, "train", "data_batch.bin"),
                cifar10(repository, "test", "test_batch.bin"));
    }

    private static LabelledImages cifar10(DataRepository repository, String part, String file)
            throws IOException {
        return repository.images(
                part,
                CifarRecords.CIFAR10.mostBytes(),
                files -> CifarRecords.CIFAR10.read(files.get(0)),
                file);
    }

    private static ImageParts cifar10Jpeg(DataRepository repository) throws IOException {
        return new ImageParts(cifar10Jpeg(repository, "train"), cifar10Jpeg(repository, "test"));
    }

    private static LabelledImages cifar10Jpeg(DataRepository repository, String part)
            throws IOException {
        return repository.images(
                part,
                CifarRecords.CIFAR10.mostBytes(),
                files -> JpegArchive.read(files.get(0), CIFAR10_CLASSES, CIFAR_SIDE),
                part);
    }
}
