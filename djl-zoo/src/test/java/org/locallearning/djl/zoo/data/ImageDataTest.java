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

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.RandomAccessDataset;
import ai.djl.training.evaluator.Accuracy;
import ai.djl.training.loss.Loss;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.locallearning.djl.creditassignment.provenance.DataDescription;
import org.locallearning.djl.creditassignment.provenance.Preprocessing;
import org.locallearning.djl.zoo.task.Task;

class ImageDataTest {

    private static final Shape SHAPE = new Shape(2, 3, 4);
    private static final int SIZE = 24;

    @Test
    void standardisesByTheTrainingImagesInUse() throws Exception {
        LabelledImages training = random(1, 9);
        LabelledImages test = random(2, 5);
        DataOptions options = DataOptions.builder().optLimit(6).build();
        try (ImageData data = data(training, test, options)) {
            assertTrue(
                    data.getProvenance().startsWith("made up; the first 6 of 9 training images"));
            float[] values = all(data.training(4));
            assertEquals(6 * SIZE, values.length);
            double[] mean = new double[2];
            double[] deviation = new double[2];
            for (int channel = 0; channel < 2; channel++) {
                assertEquals(0, moment(values, channel, 1), 1e-5);
                assertEquals(1, moment(values, channel, 2), 1e-5);
                float[] raw = raw(training.first(6));
                mean[channel] = moment(raw, channel, 1);
                deviation[channel] =
                        Math.sqrt(moment(raw, channel, 2) - mean[channel] * mean[channel]);
            }
            float[] expected = raw(test);
            for (int i = 0; i < expected.length; i++) {
                int channel = i % SIZE / 12;
                expected[i] = (float) ((expected[i] - mean[channel]) / deviation[channel]);
            }
            assertArrayEquals(expected, all(data.test(2)), 1e-4f);
        }
    }

    @Test
    void imagesOutliveScopes() throws Exception {
        LabelledImages training = random(1, 9);
        LabelledImages test = random(2, 5);
        DataOptions options = DataOptions.builder().build();
        float[] expected;
        try (ImageData data = data(training, test, options)) {
            expected = all(data.test(4));
        }
        ImageData data;
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            data = data(training, test, options);
            all(data.test(4));
        }
        try (data) {
            assertEquals(9 * SIZE, all(data.training(3)).length);
            assertArrayEquals(expected, all(data.test(4)));
        }
    }

    @Test
    void greyIsTheMeanOfTheChannels() throws Exception {
        LabelledImages test = random(2, 5);
        DataOptions options = DataOptions.builder().optGray(true).optStandardize(false).build();
        try (ImageData data = data(random(1, 9), test, options)) {
            assertEquals(new Shape(1, 3, 4), data.getSampleShape());
            assertTrue(data.getProvenance().contains("grey; pixels in 0..1"));
            float[] grey = all(data.test(2));
            assertEquals(5 * 12, grey.length);
            for (int i = 0; i < grey.length; i++) {
                int at = i / 12 * SIZE + i % 12;
                int sum = (test.pixels()[at] & 0xff) + (test.pixels()[at + 12] & 0xff);
                assertEquals(Math.floor(sum / 2.0 + 0.5) / 255, grey[i], 1e-6);
            }
        }
        LabelledImages grey = test.grey();
        assertEquals(grey, grey.grey());
    }

    @Test
    void contrastIsNormalizedImageByImage() throws Exception {
        DataOptions options = DataOptions.builder().optContrastNormalized(true).build();
        try (ImageData data = data(random(1, 9), random(2, 5), options)) {
            float[] values = all(data.test(2));
            for (int image = 0; image < 5; image++) {
                float[] one = Arrays.copyOfRange(values, image * SIZE, (image + 1) * SIZE);
                for (int channel = 0; channel < 2; channel++) {
                    assertEquals(0, moment(one, channel, 1), 1e-5);
                }
                assertEquals(1, (moment(one, 0, 2) + moment(one, 1, 2)) / 2, 1e-4);
            }
            assertTrue(data.getProvenance().contains("contrast normalized"));
        }
    }

    /** With eigenvalues λ of the covariance those after it are λ / (λ + ε): their sum is known. */
    @Test
    void whitenedTrainingImagesAreUncorrelated() throws Exception {
        LabelledImages training = random(1, 400);
        DataOptions options = DataOptions.builder().optWhitened(true).optValidation(100).build();
        try (ImageData data = data(training, random(2, 5), options);
                NDManager manager = NDManager.newBaseManager()) {
            double[][] before = covariance(raw(training.first(300)));
            double[][] after = covariance(all(data.training(7)));
            NDArray raw =
                    manager.create(
                            Arrays.stream(before).flatMapToDouble(Arrays::stream).toArray(),
                            new Shape(SIZE, SIZE));
            NDArray damped = raw.add(manager.eye(SIZE, SIZE, 0, DataType.FLOAT64).mul(0.01));
            double[] expected = raw.matMul(damped.inverse()).toDoubleArray();
            for (int i = 0; i < SIZE; i++) {
                for (int j = 0; j < SIZE; j++) {
                    assertEquals(expected[i * SIZE + j], after[i][j], 1e-4);
                }
            }
            assertTrue(data.getProvenance().contains("ZCA-whitened"), data.getProvenance());
        }
    }

    @Test
    void whatHasNoRangeIsNotReconstructed() {
        for (DataOptions.Builder builder :
                List.of(
                        DataOptions.builder().optWhitened(true).optSignedPixels(true),
                        DataOptions.builder()
                                .optContrastNormalized(true)
                                .optStandardize(false)
                                .optTask(Task.RECONSTRUCTION))) {
            assertThrows(IllegalArgumentException.class, builder::build);
        }
    }

    private static double[][] covariance(float[] values) {
        int count = values.length / SIZE;
        double[] mean = new double[SIZE];
        for (int i = 0; i < values.length; i++) {
            mean[i % SIZE] += values[i] / count;
        }
        double[][] covariance = new double[SIZE][SIZE];
        for (int image = 0; image < count; image++) {
            for (int i = 0; i < SIZE; i++) {
                for (int j = 0; j < SIZE; j++) {
                    covariance[i][j] +=
                            (values[image * SIZE + i] - mean[i])
                                    * (values[image * SIZE + j] - mean[j])
                                    / count;
                }
            }
        }
        return covariance;
    }

    @Test
    void holdsOutTheLastImagesForValidation() throws Exception {
        LabelledImages training = random(1, 9);
        LabelledImages test = random(2, 5);
        DataOptions options = DataOptions.builder().optLimit(7).optValidation(3).build();
        DataOptions without = DataOptions.builder().optLimit(4).build();
        try (ImageData data = data(training, test, options);
                ImageData smaller = data(training, test, without)) {
            assertEquals(4, data.getTrainingSize());
            assertEquals(3, data.getValidationSize());
            assertEquals(2, data.getTrainingBatches(2), "as many as 4 images fill");
            assertTrue(
                    data.getProvenance()
                            .startsWith(
                                    "made up; the first 7 of 9 training images, of which the last 3"
                                            + " are for validation, and 5 test images;"),
                    data.getProvenance());

            // the rest is as if there were no other images, so also what they are scaled by
            assertArrayEquals(sorted(smaller.training(2)), sorted(data.training(2)), 0);
            assertArrayEquals(all(smaller.test(2)), all(data.test(2)), 0);

            List<Batches.Content> validation = Batches.of(data.validation(2));
            assertArrayEquals(new int[] {2, 1}, sizes(data.validation(2)));
            assertArrayEquals(
                    longs(Arrays.copyOfRange(training.labels(), 4, 7)),
                    validation.stream()
                            .flatMapToLong(batch -> Arrays.stream(batch.labels()))
                            .toArray());
            float[] held = values(validation);
            float[] raw = Arrays.copyOfRange(raw(training), 4 * SIZE, 7 * SIZE);
            float[] trainingRaw = raw(training.first(4));
            for (int i = 0; i < raw.length; i++) {
                int channel = i % SIZE / 12;
                double mean = moment(trainingRaw, channel, 1);
                double deviation = Math.sqrt(moment(trainingRaw, channel, 2) - mean * mean);
                assertEquals((raw[i] - mean) / deviation, held[i], 1e-4);
            }
        }
    }

    @Test
    void refusesAValidationSplitThatLeavesNothing() throws Exception {
        DataOptions.Builder options = DataOptions.builder().optValidation(-1);
        assertThrows(IllegalArgumentException.class, options::build);
        options.optValidation(9);
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> data(random(1, 9), random(2, 5), options.build()));
        assertTrue(e.getMessage().contains("9 images for validation"), e.getMessage());
        try (ImageData data = data(random(1, 9), random(2, 5), DataOptions.builder().build())) {
            assertEquals(0, data.getValidationSize());
            assertThrows(IllegalStateException.class, () -> data.validation(2));
        }
    }

    private static float[] sorted(RandomAccessDataset dataset) throws Exception {
        float[] values = all(dataset);
        Arrays.sort(values);
        return values;
    }

    @Test
    void leavesPixelsBetweenZeroAndOneIfAsked() throws Exception {
        LabelledImages test = random(2, 5);
        DataOptions options = DataOptions.builder().optStandardize(false).build();
        try (ImageData data = data(random(1, 9), test, options)) {
            assertArrayEquals(raw(test), all(data.test(2)), 1e-6f);
            assertTrue(data.getProvenance().contains("not standardised"));
        }
    }

    @Test
    void leavesPixelsBetweenMinusOneAndOneIfAsked() throws Exception {
        LabelledImages test = random(2, 5);
        DataOptions.Builder options = DataOptions.builder().optSignedPixels(true);
        assertThrows(IllegalArgumentException.class, options::build, "standardised too");
        options.optStandardize(false);
        try (ImageData data = data(random(1, 9), test, options.build())) {
            float[] expected = raw(test);
            for (int i = 0; i < expected.length; i++) {
                expected[i] = 2 * expected[i] - 1;
            }
            assertArrayEquals(expected, all(data.test(2)), 1e-6f);
            assertTrue(data.getProvenance().contains("pixels in −1..1"), data.getProvenance());
        }
        options.optTask(Task.RECONSTRUCTION);
        assertThrows(IllegalArgumentException.class, options::build, "reconstructed too");
    }

    @ParameterizedTest
    @CsvSource({"RECONSTRUCTION, 0.005, 0.995", "SIGNED_RECONSTRUCTION, -0.9, 0.9"})
    void imagesToBeReconstructedAreTheirOwnLabels(Task task, float low, float high)
            throws Exception {
        LabelledImages training = random(1, 9);
        DataOptions options = DataOptions.builder().optTask(task).optStandardize(false).build();
        try (ImageData data = data(training, random(2, 5), options);
                NDManager manager = NDManager.newBaseManager()) {
            assertEquals(task, data.getTask());
            assertTrue(data.getProvenance().contains(".." + high), data.getProvenance());
            List<Float> seen = new ArrayList<>();
            for (Batch batch : data.training(5).getData(manager)) {
                NDArray images = batch.getData().singletonOrThrow();
                assertEquals(new Shape(images.getShape().get(0), 2, 3, 4), images.getShape());
                assertArrayEquals(
                        images.toFloatArray(),
                        batch.getLabels().singletonOrThrow().toFloatArray(),
                        0);
                for (float value : images.toFloatArray()) {
                    seen.add(value);
                }
                batch.close();
            }
            List<Float> expected = new ArrayList<>();
            for (float value : raw(training)) {
                expected.add(low + (high - low) * value);
            }
            seen.sort(null);
            expected.sort(null);
            for (int i = 0; i < expected.size(); i++) {
                assertEquals(expected.get(i), seen.get(i), 1e-6f);
            }
        }
    }

    @Test
    void imagesToBeReconstructedAreNeitherStandardisedNorAugmented() {
        DataOptions.Builder standardised = DataOptions.builder().optTask(Task.RECONSTRUCTION);
        assertTrue(
                assertThrows(IllegalArgumentException.class, standardised::build)
                        .getMessage()
                        .endsWith("do not standardise them."));
        DataOptions.Builder augmented = standardised.optStandardize(false).optAugment(true);
        assertTrue(
                assertThrows(IllegalArgumentException.class, augmented::build)
                        .getMessage()
                        .endsWith("do not augment them."));
    }

    @Test
    void aConstantChannelBecomesZero() throws Exception {
        LabelledImages grey = new LabelledImages(SHAPE, filled(3 * SIZE, 77), new byte[3]);
        try (ImageData data = data(grey, grey, DataOptions.builder().build())) {
            assertArrayEquals(new float[3 * SIZE], all(data.test(3)), 1e-6f);
        }
    }

    @Test
    void batchesAreImagesAndClassIndices() throws Exception {
        try (ImageData data = data(random(1, 9), random(2, 5), DataOptions.builder().build());
                NDManager manager = NDManager.newBaseManager()) {
            Batch batch = data.training(4).getData(manager).iterator().next();
            NDArray images = batch.getData().singletonOrThrow();
            NDArray labels = batch.getLabels().singletonOrThrow();
            assertEquals(new Shape(4, 2, 3, 4), images.getShape());
            assertEquals(DataType.FLOAT32, images.getDataType());
            assertEquals(new Shape(4), labels.getShape());
            assertEquals(DataType.INT64, labels.getDataType());

            NDArray right = labels.oneHot(10).mul(50);
            Accuracy accuracy = new Accuracy();
            accuracy.addAccumulator("all");
            accuracy.updateAccumulator("all", new NDList(labels), new NDList(right));
            assertEquals(1, accuracy.getAccumulator("all"));
            NDArray loss =
                    Loss.softmaxCrossEntropyLoss().evaluate(new NDList(labels), new NDList(right));
            assertEquals(0, loss.getFloat(), 1e-6f);
            batch.close();
        }
    }

    @Test
    void everyTrainingImageComesOncePerPassWithItsLabel() throws Exception {
        LabelledImages training = random(1, 9);
        DataOptions options = DataOptions.builder().optStandardize(false).build();
        try (ImageData data = data(training, random(2, 5), options)) {
            List<String> seen = new ArrayList<>();
            for (Batches.Content batch : Batches.of(data.training(5))) {
                seen.addAll(images(batch));
            }
            List<String> expected =
                    images(new Batches.Content(raw(training), longs(training.labels())));
            seen.sort(null);
            expected.sort(null);
            assertEquals(expected, seen);
        }
    }

    @Test
    void imagesThatFillNoBatchAreLeftOutIfAsked() throws Exception {
        DataOptions whole = DataOptions.builder().optWholeBatches(true).build();
        try (ImageData data = data(random(1, 9), random(2, 5), whole)) {
            assertArrayEquals(new int[] {5}, sizes(data.training(5)));
            assertArrayEquals(new int[] {3, 3, 3}, sizes(data.training(3)));
            String message =
                    assertThrows(IllegalArgumentException.class, () -> data.training(100))
                            .getMessage();
            assertTrue(message.startsWith("9 training images do not fill a batch of 100"));
            for (int batch : new int[] {3, 4, 5, 9}) {
                assertEquals(sizes(data.training(batch)).length, data.getTrainingBatches(batch));
            }
        }
        try (ImageData data = data(random(1, 9), random(2, 5), DataOptions.builder().build())) {
            for (int batch : new int[] {3, 4, 5, 100}) {
                assertEquals(sizes(data.training(batch)).length, data.getTrainingBatches(batch));
            }
        }
    }

    @Test
    void aLastBatchOfOneIsLeftOutOfTraining() throws Exception {
        try (ImageData data = data(random(1, 9), random(2, 5), DataOptions.builder().build())) {
            assertArrayEquals(new int[] {4, 4}, sizes(data.training(4)));
            assertArrayEquals(new int[] {5, 4}, sizes(data.training(5)));
            assertArrayEquals(new int[] {9}, sizes(data.training(100)));
            assertEquals(9, sizes(data.training(1)).length);
            assertArrayEquals(new int[] {4, 1}, sizes(data.test(4)));
        }
    }

    @Test
    void aSingleImageIsTrainedOn() throws Exception {
        DataOptions one = DataOptions.builder().optLimit(1).build();
        try (ImageData data = data(random(1, 9), random(2, 5), one)) {
            assertArrayEquals(new int[] {1}, sizes(data.training(4)));
            assertEquals(1, data.getTrainingBatches(4));
        }
    }

    @Test
    void theEngineSeedFixesTheOrder() throws Exception {
        try (ImageData data = data(random(1, 200), random(2, 5), DataOptions.builder().build())) {
            List<long[]> first = twoPasses(data, 11);
            List<long[]> again = twoPasses(data, 11);
            List<long[]> other = twoPasses(data, 12);
            assertArrayEquals(first.get(0), again.get(0));
            assertArrayEquals(first.get(1), again.get(1));
            assertFalse(Arrays.equals(first.get(0), first.get(1)));
            assertFalse(Arrays.equals(first.get(0), other.get(0)));
        }
    }

    @Test
    void randomArraysDoNotDisturbTheOrder() throws Exception {
        try (ImageData data = data(random(1, 200), random(2, 5), DataOptions.builder().build());
                NDManager manager = NDManager.newBaseManager()) {
            Engine.getInstance().setRandomSeed(11);
            float[] plain = all(data.training(64));
            Engine.getInstance().setRandomSeed(11);
            manager.randomNormal(new Shape(100));
            assertArrayEquals(plain, all(data.training(64)));
        }
    }

    @Test
    void prefetchingGivesTheSameBatches() throws Exception {
        try (ImageData data = data(random(1, 200), random(2, 5), DataOptions.builder().build());
                NDManager manager = NDManager.newBaseManager()) {
            Engine.getInstance().setRandomSeed(3);
            float[] plain = all(data.training(64));
            ExecutorService executor = Executors.newFixedThreadPool(2);
            try {
                Engine.getInstance().setRandomSeed(3);
                List<Batches.Content> batches = new ArrayList<>();
                for (Batch batch : data.training(64).getData(manager, executor)) {
                    batches.add(
                            new Batches.Content(
                                    batch.getData().head().toFloatArray(),
                                    batch.getLabels().head().toLongArray()));
                    batch.close();
                }
                assertArrayEquals(plain, values(batches));
            } finally {
                executor.shutdown();
            }
        }
    }

    @Test
    void passesLeaveNoArraysBehind() throws Exception {
        try (ImageData data = data(random(1, 200), random(2, 5), DataOptions.builder().build())) {
            NDManager system = NDManager.newBaseManager().getParentManager();
            all(data.training(16));
            int before = system.getManagedArrays().size();
            for (int pass = 0; pass < 5; pass++) {
                all(data.training(16));
                all(data.test(2));
            }
            assertEquals(before, system.getManagedArrays().size());
        }
    }

    @Test
    void augmentationVariesTrainingImagesAndNothingElse() throws Exception {
        LabelledImages training = random(1, 40, new Shape(3, 32, 32));
        LabelledImages test = random(2, 10, new Shape(3, 32, 32));
        DataOptions.Builder options = DataOptions.builder().optStandardize(false);
        try (ImageData plain = data(training, test, ImagePreparation.CIFAR, options.build());
                ImageData varied =
                        data(
                                training,
                                test,
                                ImagePreparation.CIFAR,
                                options.optAugment(true).build())) {
            assertTrue(plain.getProvenance().contains("; not augmented; "));
            assertTrue(
                    varied.getProvenance()
                            .contains(
                                    "; training images augmented by random 32x32 crop with a"
                                            + " padding of 4, random horizontal flip; "));
            assertEquals(new Shape(3, 32, 32), varied.getSampleShape());
            assertArrayEquals(raw(test), all(varied.test(4)), 1e-6f);
            assertArrayEquals(raw(test), all(varied.test(4)), 1e-6f);
            assertEquals(40 * 3072, all(varied.training(16)).length);

            Engine.getInstance().setRandomSeed(5);
            float[] first = all(varied.training(16));
            float[] second = all(varied.training(16));
            Engine.getInstance().setRandomSeed(5);
            assertArrayEquals(first, all(varied.training(16)));
            assertFalse(Arrays.equals(first, second));
        }
    }

    @Test
    void tinyImageNetIsCutToTheCentreOrAtRandom() throws Exception {
        LabelledImages images = random(1, 6, new Shape(3, 64, 64));
        float[] all = raw(images);
        float[] centres = new float[6 * 3 * 56 * 56];
        for (int i = 0; i < centres.length; i++) {
            int plane = i / (56 * 56);
            centres[i] = all[plane * 64 * 64 + (4 + i / 56 % 56) * 64 + 4 + i % 56];
        }
        DataOptions.Builder options = DataOptions.builder().optStandardize(false);
        try (ImageData plain =
                        data(images, images, ImagePreparation.TINY_IMAGENET, options.build());
                ImageData varied =
                        data(
                                images,
                                images,
                                ImagePreparation.TINY_IMAGENET,
                                options.optAugment(true).build())) {
            assertEquals(new Shape(3, 56, 56), plain.getSampleShape());
            assertEquals(new Shape(3, 56, 56), varied.getSampleShape());
            assertEquals(64, varied.describe().preprocessing().wholeSide());
            assertArrayEquals(centres, all(plain.test(4)), 1e-6f);
            assertArrayEquals(centres, all(varied.test(4)), 1e-6f);
            Arrays.sort(centres);
            float[] training = all(plain.training(4));
            Arrays.sort(training);
            assertArrayEquals(centres, training, 1e-6f);
            float[] cut = all(varied.training(4));
            assertEquals(centres.length, cut.length);
            Arrays.sort(cut);
            assertFalse(Arrays.equals(centres, cut));
            assertTrue(
                    plain.getProvenance().contains("all images cut to their central 56x56 pixels"));
            assertTrue(
                    varied.getProvenance()
                            .contains("test images cut to their central 56x56 pixels; training"));
        }
    }

    @Test
    void augmentedPassesLeaveNoArraysBehind() throws Exception {
        LabelledImages images = random(1, 50, new Shape(3, 32, 32));
        DataOptions options = DataOptions.builder().optAugment(true).build();
        try (ImageData data = data(images, images, ImagePreparation.CIFAR, options)) {
            NDManager system = NDManager.newBaseManager().getParentManager();
            all(data.training(16));
            int before = system.getManagedArrays().size();
            for (int pass = 0; pass < 5; pass++) {
                all(data.training(16));
            }
            assertEquals(before, system.getManagedArrays().size());
        }
    }

    @Test
    void refusesToAugmentDrawnDigitsAndClothes() {
        DataOptions options = DataOptions.builder().optAugment(true).build();
        for (String name : List.of("glyphs", "fashion-mnist", "svhn")) {
            IllegalArgumentException refusal =
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> DataSets.load(name, options).close());
            assertEquals(
                    "The data set "
                            + name
                            + " can't be augmented, only mnist, cifar10, cifar100, tiny-imagenet can: leave it"
                            + " off.",
                    refusal.getMessage());
        }
    }

    @Test
    void refusesWrongArguments() throws Exception {
        try (ImageData data = data(random(1, 9), random(2, 5), DataOptions.builder().build())) {
            assertThrows(IllegalArgumentException.class, () -> data.training(0));
            assertThrows(IllegalArgumentException.class, () -> data.test(-1));
        }
        assertThrows(
                IllegalArgumentException.class, () -> DataOptions.builder().optLimit(-1).build());
        assertThrows(
                IllegalArgumentException.class,
                () -> DataOptions.builder().optTestLimit(-1).build());
        assertThrows(
                IllegalArgumentException.class,
                () ->
                        DataOptions.builder()
                                .optRepository(Path.of("folder"))
                                .optRepositoryUri(URI.create("https://localhost/"))
                                .build());
        IllegalArgumentException unknown =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> DataSets.load("imagenet", DataOptions.builder().build()).close());
        assertEquals(
                "Unknown data set \"imagenet\": choose one of glyphs, mnist, fashion-mnist,"
                        + " cifar10, cifar100, svhn, tiny-imagenet.",
                unknown.getMessage());
    }

    /** Whichever part is exchanged under the same name, and with it the runs that it made. */
    @Test
    void aDigestIsOfAllImagesInUse() throws Exception {
        DataOptions options = DataOptions.builder().optValidation(3).build();
        Set<String> digests = new HashSet<>();
        for (int training = 1; training < 3; training++) {
            for (int test = 3; test < 5; test++) {
                for (DataOptions each : List.of(options, DataOptions.builder().build())) {
                    try (ImageData data = data(random(training, 9), random(test, 5), each)) {
                        digests.add(data.getSha256());
                        assertEquals(data.getSha256(), data.getSha256());
                    }
                }
            }
        }
        assertEquals(8, digests.size());
    }

    @Test
    void describesWhatIsTrainedOn() throws Exception {
        int count = 2500;
        LabelledImages images = random(3, count + 100);
        // image by image, in one piece, as the digest is defined
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            bytes.write(images.pixels(), i * SIZE, SIZE);
            bytes.write(images.labels()[i]);
        }
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray());
        DataOptions options = DataOptions.builder().optLimit(count).build();
        try (ImageData data = data(images, random(4, 5), options)) {
            DataDescription described = data.describe();
            assertEquals("random", described.name());
            assertEquals(data.getProvenance(), described.origin());
            assertEquals(count, described.samples());
            assertEquals(HexFormat.of().formatHex(digest), described.sha256());
            Preprocessing preprocessing = described.preprocessing();
            float[] raw = new float[SIZE];
            for (int i = 0; i < SIZE; i++) {
                int channel = i / (SIZE / (int) SHAPE.get(0));
                raw[i] =
                        (float)
                                (((images.pixels()[i] & 0xff) / preprocessing.pixelScale()
                                                - preprocessing.means().get(channel))
                                        / preprocessing.deviations().get(channel));
            }
            LabelledImages first = images.first(1);
            try (ImageData one = data(images.first(count), first, options);
                    NDManager manager = NDManager.newBaseManager("PyTorch");
                    Batch batch = one.test(1).getData(manager).iterator().next()) {
                assertArrayEquals(raw, batch.getData().singletonOrThrow().toFloatArray(), 1e-4f);
            }
        }
    }

    private static ImageData data(
            LabelledImages training, LabelledImages test, DataOptions options) {
        return data(training, test, ImagePreparation.WHOLE, options);
    }

    private static ImageData data(
            LabelledImages training,
            LabelledImages test,
            ImagePreparation framing,
            DataOptions options) {
        return new ImageData(
                "random",
                "Random",
                List.of("a", "b"),
                "made up",
                new ImageParts(training, test),
                framing,
                options);
    }

    private static LabelledImages random(long seed, int count) {
        return random(seed, count, SHAPE);
    }

    private static LabelledImages random(long seed, int count, Shape shape) {
        Random random = new Random(seed);
        byte[] pixels = new byte[count * (int) shape.size()];
        random.nextBytes(pixels);
        byte[] labels = new byte[count];
        for (int i = 0; i < count; i++) {
            labels[i] = (byte) random.nextInt(10);
        }
        return new LabelledImages(shape, pixels, labels);
    }

    private static byte[] filled(int size, int value) {
        byte[] bytes = new byte[size];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private static float[] raw(LabelledImages images) {
        float[] values = new float[images.pixels().length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (images.pixels()[i] & 0xff) / 255f;
        }
        return values;
    }

    private static double moment(float[] values, int channel, int power) {
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            sum += i % SIZE / 12 == channel ? Math.pow(values[i], power) : 0;
        }
        return sum / (values.length / 2.0);
    }

    private static float[] all(RandomAccessDataset dataset) throws Exception {
        return values(Batches.of(dataset));
    }

    private static float[] values(List<Batches.Content> batches) {
        int size = batches.stream().mapToInt(batch -> batch.values().length).sum();
        float[] all = new float[size];
        int at = 0;
        for (Batches.Content batch : batches) {
            System.arraycopy(batch.values(), 0, all, at, batch.values().length);
            at += batch.values().length;
        }
        return all;
    }

    private static List<String> images(Batches.Content batch) {
        List<String> images = new ArrayList<>();
        for (int i = 0; i < batch.labels().length; i++) {
            int[] pixels = new int[SIZE];
            for (int p = 0; p < SIZE; p++) {
                pixels[p] = Math.round(255 * batch.values()[i * SIZE + p]);
            }
            images.add(batch.labels()[i] + Arrays.toString(pixels));
        }
        return images;
    }

    private static long[] longs(byte[] labels) {
        long[] longs = new long[labels.length];
        for (int i = 0; i < longs.length; i++) {
            longs[i] = labels[i];
        }
        return longs;
    }

    private static int[] sizes(RandomAccessDataset dataset) throws Exception {
        return Batches.of(dataset).stream().mapToInt(batch -> batch.labels().length).toArray();
    }

    private static List<long[]> twoPasses(ImageData data, int seed) throws Exception {
        Engine.getInstance().setRandomSeed(seed);
        RandomAccessDataset dataset = data.training(200);
        return List.of(Batches.of(dataset).get(0).labels(), Batches.of(dataset).get(0).labels());
    }
}
