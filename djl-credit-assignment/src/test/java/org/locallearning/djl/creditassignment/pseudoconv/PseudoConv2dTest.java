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
package org.locallearning.djl.creditassignment.pseudoconv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.util.Pair;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PseudoConv2dTest {

    private static final Shape IMAGES = new Shape(3, 2, 4, 5);

    private NDManager manager;

    @BeforeEach
    void open() {
        Engine.getEngine("PyTorch").setRandomSeed(11);
        manager = NDManager.newBaseManager("PyTorch");
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void isTheFormulaOfThePaper(int masks) {
        NDArray x = normal(IMAGES);
        NDArray n = normal(new Shape(2, masks, 4, 5));
        NDArray w = normal(new Shape(6, 2L * masks, 1, 1));
        NDArray b = normal(new Shape(6));
        NDArray z = PseudoConv2d.pseudoConv2d(x, n, w, b);
        assertEquals(new Shape(3, 6, 4, 5), z.getShape());
        for (long s = 0; s < 3; s++) {
            for (long filter = 0; filter < 6; filter++) {
                for (long i = 0; i < 4; i++) {
                    for (long j = 0; j < 5; j++) {
                        double sum = b.getDouble(filter);
                        for (long c = 0; c < 2; c++) {
                            for (long m = 0; m < masks; m++) {
                                double moved = x.getDouble(s, c, i, j) + n.getDouble(c, m, i, j);
                                sum +=
                                        w.getDouble(filter, c * masks + m, 0, 0)
                                                * Math.max(0, moved);
                            }
                        }
                        assertEquals(sum, z.getDouble(s, filter, i, j), 1e-12);
                    }
                }
            }
        }
    }

    @Test
    void withoutNoiseIsARectifierNormalizationAndAPointwiseConvolution() {
        SequentialBlock pseudo =
                PseudoConv2d.builder()
                        .setFilters(4)
                        .optLevel(0)
                        .optNormalization(true)
                        .optBias(true)
                        .build();
        SequentialBlock plain =
                new SequentialBlock()
                        .add(Activation.reluBlock())
                        .add(BatchNorm.builder().build())
                        .add(
                                Conv2d.builder()
                                        .setKernelShape(new Shape(1, 1))
                                        .setFilters(4)
                                        .build());
        NDArray x = manager.randomNormal(0, 1, IMAGES, DataType.FLOAT32);
        pseudo.initialize(manager, DataType.FLOAT32, IMAGES);
        plain.initialize(manager, DataType.FLOAT32, IMAGES);
        for (Pair<String, Parameter> parameter : plain.getParameters()) {
            NDArray copy = pseudo.getParameters().get(parameter.getKey()).getArray().stopGradient();
            copy.addi(manager.randomUniform(0.1f, 0.5f, copy.getShape()));
            NDArray own = parameter.getValue().getArray().stopGradient();
            own.subi(own).addi(copy);
        }
        assertArrayEquals(run(plain, x, false), run(pseudo, x, false));
    }

    @Test
    void gradientsAreFiniteDifferences() {
        NDArray x = normal(IMAGES);
        NDArray n = normal(new Shape(2, 2, 4, 5)).muli(0.3);
        NDArray w = normal(new Shape(3, 4, 1, 1));
        NDArray direction = normal(new Shape(3, 3, 4, 5));
        x.setRequiresGradient(true);
        w.setRequiresGradient(true);
        try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            collector.backward(PseudoConv2d.pseudoConv2d(x, n, w, null).mul(direction).sum());
        }
        for (NDArray leaf : new NDArray[] {x, w}) {
            double[] gradient = leaf.getGradient().toDoubleArray();
            double[] values = leaf.toDoubleArray();
            for (int k = 0; k < values.length; k++) {
                double[] sums = new double[2];
                for (int side = 0; side < 2; side++) {
                    double[] moved = values.clone();
                    moved[k] += side == 0 ? 1e-6 : -1e-6;
                    NDArray other = manager.create(moved, leaf.getShape());
                    NDArray z =
                            PseudoConv2d.pseudoConv2d(
                                    leaf == x ? other : x.stopGradient(),
                                    n,
                                    leaf == w ? other : w.stopGradient(),
                                    null);
                    sums[side] = z.mul(direction).sum().getDouble();
                }
                assertEquals((sums[0] - sums[1]) / 2e-6, gradient[k], 1e-6);
            }
        }
    }

    @Test
    void onePixelReachesOnePosition() {
        SequentialBlock block = PseudoConv2d.builder().setFilters(3).build();
        block.initialize(manager, DataType.FLOAT32, IMAGES);
        NDArray x = manager.ones(IMAGES);
        NDArray changed = x.duplicate();
        changed.set(new NDIndex("1, 0, 2, 3"), 5f);
        float[] before = run(block, x, false);
        float[] after = run(block, changed, false);
        for (int k = 0; k < before.length; k++) {
            boolean there = k / 60 == 1 && k % 20 == 2 * 5 + 3;
            assertEquals(there, before[k] != after[k], "element " + k);
        }
    }

    @ParameterizedTest
    @EnumSource(NoiseDistribution.class)
    void mapsHaveTheLevelThatIsAskedFor(NoiseDistribution distribution) {
        Shape large = new Shape(1, 8, 64, 64);
        for (Long seed : new Long[] {null, 5L}) {
            NoiseMaps.Builder builder =
                    NoiseMaps.builder().optDistribution(distribution).optLevel(0.2f);
            if (seed != null) {
                builder.optSeed(seed);
            }
            NoiseMaps block = builder.build();
            block.initialize(manager, DataType.FLOAT32, large);
            float[] maps = block.getMaps().getArray().toFloatArray();
            double mean = 0;
            double square = 0;
            double largest = 0;
            for (float value : maps) {
                mean += value / maps.length;
                square += value * value / maps.length;
                largest = Math.max(largest, Math.abs(value));
            }
            boolean uniform = distribution == NoiseDistribution.UNIFORM;
            double deviation = uniform ? 0.2 / Math.sqrt(3) : 0.2;
            // five standard errors of 32768 draws
            assertEquals(0, mean, 5 * deviation / Math.sqrt(maps.length));
            assertEquals(deviation, Math.sqrt(square), 0.02 * deviation);
            assertEquals(uniform, largest <= 0.2f);
        }
    }

    @Test
    void seedAloneDecides() {
        NoiseMaps one = initialized(NoiseMaps.builder().optSeed(3));
        Engine.getEngine("PyTorch").setRandomSeed(99);
        NoiseMaps same = initialized(NoiseMaps.builder().optSeed(3));
        NoiseMaps other = initialized(NoiseMaps.builder().optSeed(4));
        assertArrayEquals(maps(one), maps(same));
        assertFalse(Arrays.equals(maps(one), maps(other)));
    }

    @Test
    void sameForAllSamplesInTrainingAndPrediction() {
        NoiseMaps block = initialized(NoiseMaps.builder().optLevel(1));
        NDArray x = manager.ones(IMAGES);
        float[] first = run(block, x, false);
        assertArrayEquals(first, run(block, x, true));
        int size = first.length / 3;
        for (int sample = 1; sample < 3; sample++) {
            assertArrayEquals(
                    Arrays.copyOf(first, size),
                    Arrays.copyOfRange(first, sample * size, (sample + 1) * size));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void trainingLeavesMapsAloneAlsoAfterLoading(boolean saved, @TempDir Path folder)
            throws Exception {
        float[] before;
        try (Model model = Model.newInstance("pseudo", "PyTorch")) {
            model.setBlock(network(saved));
            try (Trainer trainer = model.newTrainer(config())) {
                trainer.initialize(IMAGES);
                before = noise(model);
                step(trainer);
            }
            assertArrayEquals(before, noise(model));
            model.save(folder, "pseudo");
        }
        Engine.getEngine("PyTorch").setRandomSeed(1234);
        try (Model model = Model.newInstance("pseudo", "PyTorch")) {
            model.setBlock(network(saved));
            model.load(folder, "pseudo");
            assertArrayEquals(before, noise(model));
            try (Trainer trainer = model.newTrainer(config())) {
                trainer.initialize(IMAGES);
                step(trainer);
            }
            assertArrayEquals(before, noise(model));
        }
    }

    /** Transfer learning freezes a model and unfreezes it, maps and all. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void unfreezingLeavesMapsAlone(boolean saved) {
        try (Model model = Model.newInstance("pseudo", "PyTorch")) {
            model.setBlock(network(saved));
            try (Trainer trainer = model.newTrainer(config())) {
                trainer.initialize(IMAGES);
                float[] before = noise(model);
                model.getBlock().freezeParameters(true);
                model.getBlock().freezeParameters(false);
                step(trainer);
                assertArrayEquals(before, noise(model));
            }
        }
    }

    /** As an initializer for all parameters does. */
    @Test
    void mapsThatSomebodySetAreSavedAsTheyAre() throws Exception {
        NoiseMaps first = initialized(NoiseMaps.builder().optSeed(3).optSaved(false));
        first.getMaps().getArray().muli(7);
        NoiseMaps second = reread(first, NoiseMaps.builder().optSeed(3).optSaved(false).build());
        assertArrayEquals(maps(first), maps(second));
        second.getMaps().getArray().muli(2);
        NoiseMaps third = reread(second, NoiseMaps.builder().optSeed(3).optSaved(false).build());
        assertArrayEquals(maps(second), maps(third));
    }

    @Test
    void mapsDrawnAgainTakeNoSpaceInTheFile(@TempDir Path folder) throws Exception {
        long[] sizes = new long[2];
        for (int i = 0; i < 2; i++) {
            try (Model model = Model.newInstance("size" + i, "PyTorch")) {
                model.setBlock(network(i == 0));
                model.getBlock().initialize(manager, DataType.FLOAT32, IMAGES);
                model.save(folder, "size" + i);
                sizes[i] = Files.size(folder.resolve("size" + i + "-0000.params"));
            }
        }
        // 2 channels, 2 masks, 4 x 5 pixels, 4 bytes each
        assertTrue(sizes[0] - sizes[1] >= 2 * 2 * 20 * 4, Arrays.toString(sizes));
    }

    /** Whatever the settings of the block say that they were read into. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void mapsThatWereReadAreWrittenAgain(boolean saved) throws Exception {
        NoiseMaps first = initialized(NoiseMaps.builder().optSeed(3).optSaved(saved));
        NoiseMaps second = reread(first, NoiseMaps.builder().optSeed(8).optSaved(false).build());
        NoiseMaps third = reread(second, NoiseMaps.builder().optSeed(9).optSaved(false).build());
        assertArrayEquals(maps(first), maps(second));
        assertArrayEquals(maps(first), maps(third));
    }

    private NoiseMaps reread(NoiseMaps from, NoiseMaps to) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        from.saveParameters(new DataOutputStream(bytes));
        to.loadParameters(
                manager, new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
        return to;
    }

    @Test
    void refusesImagesOfAnotherSize(@TempDir Path folder) throws Exception {
        NoiseMaps block = initialized(NoiseMaps.builder());
        String sentence =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> run(block, manager.ones(new Shape(3, 2, 8, 5)), false))
                        .getMessage();
        assertEquals(
                "The noise maps were made for images of 2 channels and 4x5 pixels, but got a batch"
                        + " of shape (3, 2, 8, 5); scale the images to that size, or train a model"
                        + " for this one.",
                sentence);
        assertThrows(
                IllegalArgumentException.class,
                () -> block.initialize(manager, DataType.FLOAT32, new Shape(1, 3, 4, 5)));
    }

    @Test
    void refusesAFileWithAnotherNumberOfMaps(@TempDir Path folder) throws Exception {
        try (Model model = Model.newInstance("maps", "PyTorch");
                Model other = Model.newInstance("maps", "PyTorch")) {
            model.setBlock(NoiseMaps.builder().optMasksPerChannel(2).build());
            model.getBlock().initialize(manager, DataType.FLOAT32, IMAGES);
            model.save(folder, "maps");
            other.setBlock(NoiseMaps.builder().build());
            assertThrows(MalformedModelException.class, () -> other.load(folder, "maps"));
        }
    }

    @Test
    void refusesAFileThatAsksForOtherMaps() throws Exception {
        NoiseMaps block = initialized(NoiseMaps.builder().optSeed(5).optSaved(false));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        block.saveParameters(new DataOutputStream(bytes));
        byte[] sound = bytes.toByteArray();
        // the last thing in it: 4 sizes of 8 bytes, the number of layouts, 4 layouts of 2
        for (int dimension = 0; dimension < 4; dimension++) {
            for (long size : new long[] {0, -1, 77, 60_000, Long.MAX_VALUE}) {
                ByteBuffer changed = ByteBuffer.wrap(sound.clone());
                changed.putLong(sound.length - 44 + 8 * dimension, size);
                NoiseMaps fresh = NoiseMaps.builder().optSeed(5).optSaved(false).build();
                assertThrows(
                        MalformedModelException.class,
                        () ->
                                fresh.loadParameters(
                                        manager,
                                        new DataInputStream(
                                                new ByteArrayInputStream(changed.array()))));
            }
        }
    }

    @Test
    void refusesSettingsThatMakeNoSense() {
        assertThrows(IllegalArgumentException.class, () -> NoiseMaps.builder().optLevel(0));
        assertThrows(
                IllegalArgumentException.class, () -> NoiseMaps.builder().optMasksPerChannel(0));
        assertThrows(
                IllegalArgumentException.class, () -> NoiseMaps.builder().optSaved(false).build());
        assertThrows(IllegalArgumentException.class, () -> PseudoConv2d.builder().build());
        assertThrows(
                IllegalArgumentException.class, () -> PseudoConv2d.builder().optLevel(Float.NaN));
        assertThrows(
                IllegalArgumentException.class,
                () ->
                        PseudoConv2d.builder()
                                .setFilters(2)
                                .optLevel(0)
                                .optMasksPerChannel(2)
                                .build());
    }

    private NoiseMaps initialized(NoiseMaps.Builder builder) {
        NoiseMaps block = builder.build();
        block.initialize(manager, DataType.FLOAT32, IMAGES);
        return block;
    }

    private static float[] maps(NoiseMaps block) {
        return block.getMaps().getArray().toFloatArray();
    }

    private static Block network(boolean saved) {
        return PseudoConv2d.builder()
                .setFilters(3)
                .optMasksPerChannel(2)
                .optDistribution(NoiseDistribution.UNIFORM)
                .optSeed(8)
                .optMapsSaved(saved)
                .build();
    }

    private static float[] noise(Model model) {
        return model.getBlock()
                .getParameters()
                .get("01NoiseMaps_noiseMaps")
                .getArray()
                .toFloatArray();
    }

    private static DefaultTrainingConfig config() {
        return new DefaultTrainingConfig(Loss.l2Loss());
    }

    private static void step(Trainer trainer) {
        try (GradientCollector collector = trainer.newGradientCollector();
                NDManager scope = trainer.getManager().newSubManager()) {
            NDList prediction = trainer.forward(new NDList(scope.ones(IMAGES)));
            NDList labels = new NDList(scope.zeros(new Shape(3, 3, 4, 5)));
            collector.backward(trainer.getLoss().evaluate(labels, prediction));
        }
        trainer.step();
    }

    private float[] run(Block block, NDArray input, boolean training) {
        ParameterStore store = new ParameterStore(manager, false);
        return block.forward(store, new NDList(input), training).singletonOrThrow().toFloatArray();
    }

    private NDArray normal(Shape shape) {
        return manager.randomNormal(0, 1, shape, DataType.FLOAT64);
    }
}
