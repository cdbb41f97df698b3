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
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.dataset.BatchSampler;
import ai.djl.training.dataset.RandomAccessDataset;
import ai.djl.training.dataset.Sampler;
import ai.djl.training.dataset.SequenceSampler;
import ai.djl.translate.Transform;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.locallearning.djl.creditassignment.provenance.DataDescription;
import org.locallearning.djl.creditassignment.provenance.Preprocessing;
import org.locallearning.djl.creditassignment.transform.GlobalContrastNormalization;
import org.locallearning.djl.creditassignment.transform.ZcaWhitening;
import org.locallearning.djl.decorrelation.internal.Digest;
import org.locallearning.djl.zoo.augmentation.SpatialTransform;
import org.locallearning.djl.zoo.augmentation.TransformedDataset;
import org.locallearning.djl.zoo.task.Task;

/**
 * A loaded data set: labelled training and test images in memory, and validation images if the
 * options ask for them.
 *
 * <p>Pixels are stored as bytes and become float32 batch by batch. A batch's data has shape (N, C,
 * H, W), its label is the class index, int64 of shape (N), as {@code SoftmaxCrossEntropyLoss} and
 * {@code Accuracy} expect; images loaded to be {@linkplain Task#reconstructs() reconstructed} are
 * their own labels.
 *
 * <p>The images are in host memory outside the Java heap until {@link #close()}; the data sets
 * handed out are views and must not be used after it. A batch is sent to the trainer's device as
 * bytes and converted there.
 */
public final class ImageData implements AutoCloseable {

    /** How many images are read at a time where a whitening is fitted. */
    private static final int WHITENED_AT_ONCE = 1000;

    private final String name;
    private final String title;
    private final Shape sampleShape;
    private final List<String> classes;
    private final String provenance;
    private final NDManager manager;
    private final ImageArrays training;
    private final ImageArrays validation;
    private final ImageArrays test;
    private final Transform scale;
    private final Preprocessing preprocessing;
    private String trainingSha256;
    private String sha256;
    private final Task task;
    private final boolean wholeBatches;
    private final SpatialTransform augmentation;

    ImageData(
            String name,
            String title,
            List<String> classes,
            String source,
            ImageParts parts,
            ImagePreparation preparation,
            DataOptions options) {
        this.name = name;
        this.title = title;
        this.classes = List.copyOf(classes);
        task = options.getTask();
        wholeBatches = options.isWholeBatches();
        augmentation = options.isAugmented() ? preparation.augmentation().orElseThrow() : null;
        ImageParts images =
                options.isGray()
                        ? new ImageParts(parts.training().grey(), parts.test().grey())
                        : parts;
        LabelledImages inUse = images.training().first(options.limitOr(Integer.MAX_VALUE));
        int heldOut = options.getValidation();
        checkValidation(heldOut, inUse);
        LabelledImages whole = inUse.first(inUse.size() - heldOut);
        LabelledImages trainingImages = augmentation == null ? preparation.centres(whole) : whole;
        LabelledImages testImages =
                preparation.centres(images.test().first(options.testLimitOr(Integer.MAX_VALUE)));
        sampleShape = testImages.shape();
        ChosenScale chosen = ChosenScale.of(options, trainingImages);
        String cut = preparation.describe(options.isAugmented());
        provenance =
                String.format(
                        Locale.ROOT,
                        "%s; %s training images%s and %s test images; %s%s%s",
                        source,
                        share(inUse, images.training()),
                        heldOut == 0
                                ? ""
                                : String.format(
                                        Locale.ROOT,
                                        ", of which the last %,d are for validation,",
                                        heldOut),
                        share(testImages, images.test()),
                        cut,
                        chosen.description(),
                        wholeBatches ? "; whole batches alone" : "");
        manager = NDManager.newBaseManager(Device.cpu());
        manager.setName(name);
        training = ImageArrays.of(trainingImages, manager);
        validation =
                heldOut == 0
                        ? null
                        : ImageArrays.of(preparation.centres(inUse.last(heldOut)), manager);
        test = ImageArrays.of(testImages, manager);
        scale =
                transform(
                        chosen.pixels().asTransform(manager),
                        options,
                        preparation.centres(trainingImages));
        Integer wholeSide =
                preparation.centreSide().isPresent()
                        ? Math.toIntExact(parts.test().shape().get(1))
                        : null;
        preprocessing = chosen.isScaleAlone() ? chosen.describe(wholeSide, cut) : null;
    }

    private void checkValidation(int heldOut, LabelledImages inUse) {
        if (heldOut >= inUse.size()) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "%,d images for validation leave none of the %,d training images of %s:"
                                    + " hold out fewer, or raise the limit of training images.",
                            heldOut,
                            inUse.size(),
                            name));
        }
    }

    /** What pixels go through: their range, then the contrast and the whitening of the options. */
    private Transform transform(
            Transform range, DataOptions options, LabelledImages trainingImages) {
        Transform normalized = range;
        if (options.isContrastNormalized()) {
            GlobalContrastNormalization contrast = GlobalContrastNormalization.builder().build();
            normalized = pixels -> contrast.transform(range.transform(pixels));
        }
        if (!options.isWhitened()) {
            return normalized;
        }
        Transform before = normalized;
        try (NDManager scope = manager.newSubManager()) {
            RandomAccessDataset images =
                    new AnyDeviceDataset(
                            ImageArrays.of(trainingImages, scope)
                                    .builder(
                                            new BatchSampler(
                                                    new SequenceSampler(), WHITENED_AT_ONCE, false))
                                    .addTransform(before));
            ZcaWhitening whitening = ZcaWhitening.fit(images, manager);
            return pixels -> whitening.transform(before.transform(pixels));
        } catch (IOException | TranslateException e) {
            throw new IllegalStateException(
                    "The images of " + name + " cannot be whitened: " + e.getMessage(), e);
        }
    }

    /**
     * Returns the name by which the data set was asked for.
     *
     * @return the name, such as {@code mnist}
     */
    public String getName() {
        return name;
    }

    /**
     * Returns the name a report shows. It says so where the images are not the originals.
     *
     * @return the title, such as {@code CIFAR-10 (JPEG re-encoded)}
     */
    public String getTitle() {
        return title;
    }

    /**
     * Returns the training images, reshuffled for each pass.
     *
     * <p>The order is a function of {@code Engine.setRandomSeed} and of the draws that DJL made
     * from its Java generator since; the engine's own random arrays (initial weights, noise) come
     * from another generator and do not disturb it. Where augmentation was asked for, what becomes
     * of each image comes from the same draws. The last batch of a pass may be smaller, unless only
     * whole batches were requested, but is dropped if it would have a single image, unless it is
     * the only one.
     *
     * @param batchSize the number of images in a batch
     * @return a data set of float32 images (N, C, H, W) and int64 class indices (N), or, to be
     *     reconstructed, the images themselves once more
     * @throws IllegalArgumentException if the batch size is not positive, or if the images fill no
     *     batch where whole ones were asked for
     */
    public RandomAccessDataset training(int batchSize) {
        TrainingSampler sampler = sampler(batchSize);
        if (augmentation == null) {
            return dataset(training, sampler);
        }
        return TransformedDataset.builder()
                .setImages(new AnyDeviceDataset(training.builder(sampler)))
                .setTransform(augmentation)
                .setSampling(sampler)
                .addTransform(scale)
                .build();
    }

    /**
     * Returns the number of batches of one pass over the training images.
     *
     * @param batchSize the number of images in a batch
     * @return the number of batches that {@link #training} gives
     * @throws IllegalArgumentException if the batch size is not positive
     */
    public long getTrainingBatches(int batchSize) {
        return sampler(batchSize).batches(getTrainingSize());
    }

    private TrainingSampler sampler(int batchSize) {
        if (wholeBatches && getTrainingSize() < batchSize) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "%d training images do not fill a batch of %d, and batches are to be"
                                    + " whole; take smaller batches, or those that are not whole.",
                            getTrainingSize(),
                            batchSize));
        }
        return new TrainingSampler(checkBatchSize(batchSize), wholeBatches);
    }

    /**
     * Returns the test images in their stored order, all of them, never augmented.
     *
     * @param batchSize the number of images in a batch; the last batch may be smaller
     * @return a data set of float32 images (N, C, H, W) and int64 class indices (N), or, to be
     *     reconstructed, the images themselves once more
     * @throws IllegalArgumentException if the batch size is not positive
     */
    public RandomAccessDataset test(int batchSize) {
        return inOrder(test, batchSize);
    }

    /**
     * Returns the images held out for validation in their stored order, all of them, never
     * augmented: choose settings by these, and keep the test images for the chosen setting.
     *
     * @param batchSize the number of images in a batch; the last batch may be smaller
     * @return a data set as that of {@link #test}
     * @throws IllegalArgumentException if the batch size is not positive
     * @throws IllegalStateException if {@link #getValidationSize()} is 0
     */
    public RandomAccessDataset validation(int batchSize) {
        if (validation == null) {
            throw new IllegalStateException(
                    "No images of " + name + " are held out: set optValidation.");
        }
        return inOrder(validation, batchSize);
    }

    private RandomAccessDataset inOrder(ImageArrays part, int batchSize) {
        return dataset(
                part, new BatchSampler(new SequenceSampler(), checkBatchSize(batchSize), false));
    }

    /**
     * Returns the shape of one image, as the batches hold it.
     *
     * @return the shape (channels, height, width)
     */
    public Shape getSampleShape() {
        return sampleShape;
    }

    /**
     * Returns the task that the images were loaded for.
     *
     * @return the task, which decides what the labels are
     */
    public Task getTask() {
        return task;
    }

    /**
     * Returns the names of the classes, in the order of their indices.
     *
     * @return the class names
     */
    public List<String> getClasses() {
        return classes;
    }

    /**
     * Returns the number of images that are trained on.
     *
     * @return the number of training images, without those for validation
     */
    public int getTrainingSize() {
        return (int) training.labels().size();
    }

    /**
     * Returns the number of images held out for validation.
     *
     * @return the number of images, 0 for none
     */
    public int getValidationSize() {
        return validation == null ? 0 : (int) validation.labels().size();
    }

    /**
     * Returns the number of test images in use.
     *
     * @return the number of test images
     */
    public int getTestSize() {
        return (int) test.labels().size();
    }

    /**
     * Says where the images came from: repository, artifact and version, or the drawing seed; how
     * many are used; whether they are cut and augmented; and how they were standardised.
     *
     * @return one line of text
     */
    public String getProvenance() {
        return provenance;
    }

    /**
     * Returns the title and where the images came from.
     *
     * @return one line of text
     */
    public String getDescription() {
        return title + ": " + provenance;
    }

    /**
     * Describes what is trained on, for the record of a model. The digest is that of the images in
     * use, in their stored order: the pixels of each, one byte each, channel by channel, and its
     * class, one byte. It is computed once.
     *
     * <p>What becomes of an image is left out where it is more than a scale for each channel:
     * contrast normalization and whitening, which the origin then names.
     *
     * @return name, origin, number, digest, and what becomes of an image
     */
    public DataDescription describe() {
        return new DataDescription(
                name, provenance, getTrainingSize(), trainingSha256(), preprocessing);
    }

    private String trainingSha256() {
        if (trainingSha256 == null) {
            trainingSha256 = training.sha256();
        }
        return trainingSha256;
    }

    /**
     * Returns a digest that tells these images from others under the same name and path: of the
     * training, validation and test images in use, with their classes. It is computed once.
     *
     * @return the SHA-256, 64 hexadecimal digits
     */
    public String getSha256() {
        if (sha256 == null) {
            String held = validation == null ? "" : validation.sha256();
            sha256 = Digest.SHA_256.of(String.join(" ", trainingSha256(), held, test.sha256()));
        }
        return sha256;
    }

    /** Frees the images. */
    @Override
    public void close() {
        manager.close();
    }

    /** {@inheritDoc} */
    @Override
    public String toString() {
        return title + " (" + provenance + ")";
    }

    private static String share(LabelledImages used, LabelledImages all) {
        return used.size() == all.size()
                ? String.format(Locale.ROOT, "%,d", all.size())
                : String.format(Locale.ROOT, "the first %,d of %,d", used.size(), all.size());
    }

    private RandomAccessDataset dataset(ImageArrays part, Sampler sampler) {
        if (task.reconstructs()) {
            return new AnyDeviceDataset(
                    new ArrayDataset.Builder()
                            .setData(part.pixels())
                            .optLabels(part.pixels())
                            .setSampling(sampler)
                            .addTransform(scale)
                            .addTargetTransform(scale));
        }
        return new AnyDeviceDataset(part.builder(sampler).addTransform(scale));
    }

    private static int checkBatchSize(int batchSize) {
        if (batchSize < 1) {
            throw new IllegalArgumentException(
                    "The batch size must be at least 1, but is " + batchSize + ".");
        }
        return batchSize;
    }
}
