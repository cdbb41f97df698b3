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

import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.locallearning.djl.zoo.task.Task;

/** What to load: where from, how much, and how to scale it. */
public final class DataOptions {

    private final Path repository;
    private final URI repositoryUri;
    private final int limit;
    private final int testLimit;
    private final int validation;
    private final boolean standardise;
    private final boolean signedPixels;
    private final boolean grey;
    private final boolean contrastNormalized;
    private final boolean whitened;
    private final boolean augment;
    private final Task task;
    private final boolean wholeBatches;
    private final long seed;
    private final boolean cached;

    private DataOptions(Builder builder) {
        repository = builder.repository;
        repositoryUri = builder.repositoryUri;
        limit = builder.limit;
        testLimit = builder.testLimit;
        validation = builder.validation;
        standardise = builder.standardise;
        signedPixels = builder.signedPixels;
        grey = builder.grey;
        contrastNormalized = builder.contrastNormalized;
        whitened = builder.whitened;
        augment = builder.augment;
        task = builder.task;
        wholeBatches = builder.wholeBatches;
        seed = builder.seed;
        cached = builder.cached;
    }

    /**
     * Creates a builder.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns the folder to read from.
     *
     * @return the folder, or empty for a repository on the network
     */
    public Optional<Path> getRepository() {
        return Optional.ofNullable(repository);
    }

    /**
     * Returns the address of the repository to read from.
     *
     * @return the address, or empty for a folder or DJL's own repository
     */
    public Optional<URI> getRepositoryUri() {
        return Optional.ofNullable(repositoryUri);
    }

    /**
     * Returns the greatest number of training images.
     *
     * @return the number, 0 for all
     */
    public int getLimit() {
        return limit;
    }

    /**
     * Returns the greatest number of test images.
     *
     * @return the number, 0 for all
     */
    public int getTestLimit() {
        return testLimit;
    }

    /**
     * Returns how many of the training images are held out for validation.
     *
     * @return the number of images, 0 for none
     */
    public int getValidation() {
        return validation;
    }

    /**
     * Returns whether each channel gets mean 0 and variance 1.
     *
     * @return whether images are standardized; false for those whose contrast is normalized or that
     *     are whitened, which takes its place
     */
    public boolean isStandardized() {
        return standardise && !contrastNormalized && !whitened;
    }

    /**
     * Returns whether pixels are in −1..1 rather than in 0..1.
     *
     * @return whether they are signed
     */
    public boolean isSignedPixels() {
        return signedPixels;
    }

    /**
     * Returns whether images in colour are made grey.
     *
     * @return true for one channel
     */
    public boolean isGray() {
        return grey;
    }

    /**
     * Returns whether every image gets mean 0 and the same contrast.
     *
     * @return true for global contrast normalization
     */
    public boolean isContrastNormalized() {
        return contrastNormalized;
    }

    /**
     * Returns whether the pixels of an image are made uncorrelated.
     *
     * @return true for ZCA whitening
     */
    public boolean isWhitened() {
        return whitened;
    }

    /**
     * Returns whether training images are varied at random.
     *
     * @return whether training images are augmented
     */
    public boolean isAugmented() {
        return augment;
    }

    /**
     * Returns what the images are for.
     *
     * @return the task, which decides what their labels are
     */
    public Task getTask() {
        return task;
    }

    /**
     * Returns whether training goes by whole batches alone.
     *
     * @return whether the rest of a pass is left out
     */
    public boolean isWholeBatches() {
        return wholeBatches;
    }

    /**
     * Returns the seed of the data sets that are drawn.
     *
     * @return the seed
     */
    public long getSeed() {
        return seed;
    }

    /**
     * Returns whether decoded images are kept in the cache folder.
     *
     * @return whether they are, and are read from there the next time
     */
    public boolean isCached() {
        return cached;
    }

    int limitOr(int all) {
        return limit == 0 ? all : limit;
    }

    int testLimitOr(int all) {
        return testLimit == 0 ? all : testLimit;
    }

    /** {@inheritDoc} */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "DataOptions[repository=%s, limit=%d, testLimit=%d,%s standardise=%b,"
                        + " signedPixels=%b,%s augment=%b, task=%s, wholeBatches=%b, seed=%d%s]",
                repository != null ? repository : repositoryUri,
                limit,
                testLimit,
                // what was written of options before there was a split is what is written now
                validation == 0 ? "" : " validation=" + validation + ",",
                standardise,
                signedPixels,
                // written where it is chosen, so that what was written before is written now
                (grey ? " grey," : "")
                        + (contrastNormalized ? " contrast normalized," : "")
                        + (whitened ? " whitened," : ""),
                augment,
                task,
                wholeBatches,
                seed,
                cached ? "" : ", not cached");
    }

    /** A builder for {@link DataOptions}. */
    public static final class Builder {

        private Path repository;
        private URI repositoryUri;
        private int limit;
        private int testLimit;
        private int validation;
        private boolean standardise = true;
        private boolean signedPixels;
        private boolean grey;
        private boolean contrastNormalized;
        private boolean whitened;
        private boolean augment;
        private Task task = Task.CLASSIFICATION;
        private boolean wholeBatches;
        private long seed = 1;
        private boolean cached = true;

        private Builder() {}

        /**
         * Sets the folder to read from, in DJL's repository layout: it holds {@code
         * dataset/cv/ai/djl/basicdataset/ARTIFACT/metadata.json} and the files named there.
         *
         * <p>For {@code cifar100}, {@code svhn} and {@code tiny-imagenet}, it may also be a folder
         * that holds the files as their authors publish them, or such an archive itself; {@link
         * DataSets} lists them.
         *
         * @param repository the folder; null (the default) for DJL's own repository
         * @return this builder
         */
        public Builder optRepository(Path repository) {
            this.repository = repository;
            return this;
        }

        /**
         * Sets the address of a repository to read from in place of DJL's own, such as a mirror.
         *
         * @param repositoryUri the address of its root folder; null (the default) for DJL's own
         * @return this builder
         */
        public Builder optRepositoryUri(URI repositoryUri) {
            this.repositoryUri = repositoryUri;
            return this;
        }

        /**
         * Sets the number of training images: the first ones, in the order of the data set.
         *
         * @param limit the number of images, or 0 (the default) for all; where the data set has
         *     fewer, all are used; for {@code glyphs}, 0 draws 6,000
         * @return this builder
         */
        public Builder optLimit(int limit) {
            this.limit = limit;
            return this;
        }

        /**
         * Sets the number of test images: the first ones, in the order of the data set.
         *
         * @param testLimit the number of images, or 0 (the default) for all; where the data set has
         *     fewer, all are used; for {@code glyphs}, 0 draws 1,000
         * @return this builder
         */
        public Builder optTestLimit(int testLimit) {
            this.testLimit = testLimit;
            return this;
        }

        /**
         * Sets the number of training images that are held out for validation: the last ones of
         * those in use. They are not trained on, not varied, and take no part in what pixels are
         * standardised by.
         *
         * @param validation the number of images, or 0 (the default) for none
         * @return this builder
         */
        public Builder optValidation(int validation) {
            this.validation = validation;
            return this;
        }

        /**
         * Sets whether each channel of the training images gets mean 0 and variance 1, and the test
         * images the same shift and factor. Otherwise pixels are in 0..1, or {@linkplain
         * #optSignedPixels in −1..1}.
         *
         * @param standardise true (the default) to standardise
         * @return this builder
         */
        public Builder optStandardize(boolean standardise) {
            this.standardise = standardise;
            return this;
        }

        /**
         * Sets whether pixels that are not standardised are in −1..1 rather than in 0..1. {@link
         * #optStandardize} must be off.
         *
         * @param signedPixels true for −1..1; false by default
         * @return this builder
         */
        public Builder optSignedPixels(boolean signedPixels) {
            this.signedPixels = signedPixels;
            return this;
        }

        /**
         * Sets whether images in colour are made grey, by the mean of their channels; others stay
         * as they are.
         *
         * @param grey true for one channel; false by default
         * @return this builder
         */
        public Builder optGray(boolean grey) {
            this.grey = grey;
            return this;
        }

        /**
         * Sets whether every image gets mean 0 in each channel and contrast 1 by {@link
         * org.locallearning.djl.creditassignment.transform.GlobalContrastNormalization}, in the
         * place of being standardised.
         *
         * @param contrastNormalized true to normalize; false by default
         * @return this builder
         */
        public Builder optContrastNormalized(boolean contrastNormalized) {
            this.contrastNormalized = contrastNormalized;
            return this;
        }

        /**
         * Sets whether pixels are made uncorrelated and of variance 1 over the training images by
         * {@link org.locallearning.djl.creditassignment.transform.ZcaWhitening}, after the contrast
         * where that is normalized, and in the place of being standardised. Loading takes a minute
         * or two for images of 3x32x32 pixels.
         *
         * @param whitened true to whiten; false by default
         * @return this builder
         */
        public Builder optWhitened(boolean whitened) {
            this.whitened = whitened;
            return this;
        }

        /**
         * Sets whether each training image is varied at random, anew in each pass: {@code cifar10}
         * and {@code cifar100} by a crop of 32x32 pixels with a padding of 4 zeros and a horizontal
         * flip, {@code tiny-imagenet} by a crop of 56x56 pixels and a horizontal flip, {@code
         * mnist} by a shift of up to one pixel in each direction and an elastic distortion of
         * strength 34 and smoothness 4. Other data sets have no augmentation and reject it. Test
         * images are never varied.
         *
         * @param augment true to augment; false by default
         * @return this builder
         */
        public Builder optAugment(boolean augment) {
            this.augment = augment;
            return this;
        }

        /**
         * Sets what the images are for. Where a network is to {@linkplain Task#reconstructs()
         * reconstruct} them, pixels are in 0.005..0.995 or in −0.9..0.9, as the task says, and the
         * images are their own labels; they can be neither standardised, so that {@link
         * #optStandardize} has to be off, nor augmented.
         *
         * @param task the task; {@link Task#CLASSIFICATION} by default
         * @return this builder
         */
        public Builder optTask(Task task) {
            this.task = task;
            return this;
        }

        /**
         * Sets whether the images that are left at the end of a pass and fill no batch wait for
         * another pass. A step by few images is a noisy one: with a high learning rate it shows in
         * the test right after it.
         *
         * @param wholeBatches true to train by whole batches alone; false by default
         * @return this builder
         */
        public Builder optWholeBatches(boolean wholeBatches) {
            this.wholeBatches = wholeBatches;
            return this;
        }

        /**
         * Sets whether decoded images are kept in the cache folder, and read from there the next
         * time. Without, every file is read again, as a check of a folder of data does.
         *
         * @param cached true, the default, to keep them
         * @return this builder
         */
        public Builder optCached(boolean cached) {
            this.cached = cached;
            return this;
        }

        /**
         * Sets the seed of data sets that are drawn, which is {@code glyphs}. It is not the seed of
         * the order of the images: that is {@code Engine.setRandomSeed}.
         *
         * @param seed the seed, 1 by default
         * @return this builder
         */
        public Builder optSeed(long seed) {
            this.seed = seed;
            return this;
        }

        /**
         * Builds the options.
         *
         * @return the options
         * @throws IllegalArgumentException if a number of images is negative, both a folder and an
         *     address are given, images to be reconstructed are to be standardised or augmented,
         *     pixels in −1..1 are to be standardised, or images whose contrast is normalized or
         *     that are whitened are to be reconstructed or in −1..1
         */
        public DataOptions build() {
            boolean prepared = contrastNormalized || whitened;
            if (prepared && (signedPixels || task.reconstructs())) {
                throw new IllegalArgumentException(
                        "Images whose contrast is normalized or that are whitened have no range:"
                                + " they can be neither in −1..1 nor what a network reconstructs."
                                + " Leave one of the two out.");
            }
            if (limit < 0 || testLimit < 0) {
                throw new IllegalArgumentException(
                        String.format(
                                Locale.ROOT,
                                "A limit of images is 0 for all, or positive, but is %d.",
                                Math.min(limit, testLimit)));
            }
            if (validation < 0) {
                throw new IllegalArgumentException(
                        "The number of images for validation is 0 for none, or positive, but is "
                                + validation
                                + ".");
            }
            if (repository != null && repositoryUri != null) {
                throw new IllegalArgumentException(
                        String.format(
                                Locale.ROOT,
                                "Give one data repository, not both the folder %s and the address"
                                        + " %s.",
                                repository,
                                repositoryUri));
            }
            if (task.reconstructs() && (standardise || augment)) {
                throw new IllegalArgumentException(
                        "Images that a network reconstructs keep the pixels of their task and"
                                + " are their own labels: "
                                + (standardise ? "do not standardise" : "do not augment")
                                + " them.");
            }
            if (signedPixels && (standardise || task.reconstructs())) {
                throw new IllegalArgumentException(
                        "Pixels between −1 and 1 are neither standardised nor reconstructed: choose"
                                + " one of these.");
            }
            return new DataOptions(this);
        }
    }
}
