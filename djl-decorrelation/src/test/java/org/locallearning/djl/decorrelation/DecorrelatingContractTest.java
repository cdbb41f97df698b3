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
package org.locallearning.djl.decorrelation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
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
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import ai.djl.util.Pair;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every decorrelation layer must do; a new layer, or a new form of one, is one line here. */
class DecorrelatingContractTest extends ArrayTest {

    record Layer(String name, Supplier<Decorrelating> make, Shape input) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Layer> layers() {
        return Stream.of(
                new Layer("dense", () -> dense(options()), new Shape(12, 6)),
                new Layer("dense sequence", () -> dense(options()), new Shape(4, 3, 6)),
                new Layer("dense, blocks", () -> dense(options(Cost.blocks(2))), new Shape(12, 6)),
                new Layer("dense, low rank", () -> dense(options(Cost.rank(2))), new Shape(12, 6)),
                new Layer(
                        "dense sequence, low rank, no mean",
                        () -> dense(options(Cost.rank(4)).optMean(MeanRemoval.NONE)),
                        new Shape(4, 3, 6)),
                new Layer(
                        "dense, unit-wise, running mean",
                        () -> dense(options().optGain(Gain.UNITWISE).optMean(MeanRemoval.RUNNING)),
                        new Shape(12, 6)),
                new Layer(
                        "dense, no mean",
                        () -> dense(options().optMean(MeanRemoval.NONE)),
                        new Shape(12, 6)),
                new Layer(
                        "dense, every third step",
                        () -> dense(options(Cost.full().withUpdateInterval(3))),
                        new Shape(12, 6)),
                new Layer(
                        "dense, every third step, in the place of three updates",
                        () ->
                                dense(
                                        options()
                                                .optCost(
                                                        Cost.full()
                                                                .withSampleFraction(0.1)
                                                                .withSamplesPerUpdate(5))),
                        new Shape(12, 6)),
                new Layer(
                        "dense, triangular, variances of columns",
                        () ->
                                dense(
                                        options()
                                                .optTriangular(true)
                                                .optUnitVariance(0.1, VarianceTerm.COLUMNS)),
                        new Shape(12, 6)),
                new Layer("convolution", () -> convolution(0, 1, 1), new Shape(6, 2, 7, 6)),
                new Layer(
                        "convolution, depthwise",
                        () -> convolution(1, 1, 4),
                        new Shape(6, 4, 7, 6)),
                new Layer(
                        "convolution, padded, strided, grouped",
                        () -> convolution(1, 2, 2),
                        new Shape(6, 4, 7, 6)),
                new Layer(
                        "recurrent",
                        () ->
                                RecurrentDecorrelation.builder()
                                        .optSteps(150)
                                        .optOptions(options().build())
                                        .build(),
                        new Shape(12, 6)),
                new Layer(
                        "recurrent, exact",
                        () ->
                                RecurrentDecorrelation.builder()
                                        .optSteps(150)
                                        .optRule(LateralRule.EXACT)
                                        .optOptions(options().build())
                                        .build(),
                        new Shape(12, 6)),
                new Layer(
                        "Foldiak",
                        () ->
                                RecurrentDecorrelation.builder()
                                        .optSteps(300)
                                        .optTimeStep(0.1)
                                        .optName("lateral inhibition")
                                        .optRule(LateralRule.FOLDIAK)
                                        .optOptions(options().build())
                                        .build(),
                        new Shape(12, 6)),
                new Layer(
                        "whitening",
                        () -> BatchWhitening.builder().optMomentum(0.3).build(),
                        new Shape(12, 6)));
    }

    private static DecorrelationOptions.Builder options() {
        return options(Cost.full());
    }

    private static DecorrelationOptions.Builder options(Cost cost) {
        return DecorrelationOptions.builder().optRate(0.02).optCost(cost.withSampleFraction(0.6));
    }

    private static Decorrelation dense(DecorrelationOptions.Builder options) {
        return Decorrelation.builder().optOptions(options.build()).build();
    }

    private static DecorrelatedConv2d convolution(int padding, int stride, int groups) {
        return DecorrelatedConv2d.builder()
                .setKernelShape(new Shape(3, 2))
                .setFilters(4)
                .optPadding(new Shape(padding, padding))
                .optStride(new Shape(stride, stride))
                .optGroups(groups)
                .optOptions(options(Cost.full().withMaxPatches(50)).build())
                .build();
    }

    DecorrelatingContractTest() {
        super(3);
    }

    @ParameterizedTest
    @MethodSource("layers")
    void outputHasTheShapeAndTypeItAnnounces(Layer line) {
        for (DataType type : new DataType[] {DataType.FLOAT32, DataType.FLOAT64}) {
            Decorrelating layer = initialized(line, type);
            for (boolean training : new boolean[] {true, false}) {
                NDArray output = forward(layer, input(line, type), training);
                assertEquals(
                        layer.getOutputShapes(new Shape[] {line.input()})[0], output.getShape());
                assertEquals(type, output.getDataType());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("layers")
    void onlyLearningForwardsChangeTheState(Layer line) {
        Decorrelating layer = initialized(line, DataType.FLOAT64);
        NDArray input = input(line, DataType.FLOAT64);
        forward(layer, input, true);
        List<double[]> before = values(layer);

        forward(layer, input, false);
        assertSame(before, values(layer));
        NDArray without = layer.forwardWithoutLearning(store, new NDList(input)).singletonOrThrow();
        assertSame(before, values(layer));

        NDArray with = forward(layer, input, true);
        assertArrayEquals(with.toDoubleArray(), without.toDoubleArray());
        boolean everyThird = line.name().contains("third");
        assertEquals(
                everyThird,
                same(layer.getMatrix().getArray().toDoubleArray(), matrixOf(before, layer)));
    }

    @ParameterizedTest
    @MethodSource("layers")
    void learningApartIsLearningInTheForward(Layer line) {
        Decorrelating together = initialized(line, DataType.FLOAT64);
        Decorrelating apart = line.make().get();
        apart.initialize(manager, DataType.FLOAT64, line.input());
        copyParameters(together, apart);
        for (int i = 0; i < 4; ++i) {
            NDArray input = input(line, DataType.FLOAT64);
            NDArray expected = forward(together, input, true);
            NDArray actual = forwardFrozen(apart, input);
            apart.learn(store, new NDList(input));
            assertEquals(0, expected.sub(actual).abs().max().getDouble(), 1e-12);
        }
        NDArray learned = together.getMatrix().getArray();
        NDArray difference = learned.sub(apart.getMatrix().getArray());
        assertEquals(0, difference.abs().max().getDouble(), 1e-12);
        double[] mean = together.getRunningMean().getArray().toDoubleArray();
        assertArrayEquals(mean, apart.getRunningMean().getArray().toDoubleArray(), 1e-14);
    }

    @ParameterizedTest
    @MethodSource("layers")
    void backwardSurvivesTheUpdate(Layer line) {
        Decorrelating layer = initialized(line, DataType.FLOAT64);
        NDArray input = input(line, DataType.FLOAT64);
        input.setRequiresGradient(true);
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            NDArray output = forward(layer, input, true);
            collector.backward(output.mul(output).sum());
        }
        assertNotEquals(0, input.getGradient().abs().sum().getDouble());
    }

    @ParameterizedTest
    @MethodSource("layers")
    void aTrainingBatchWithoutSamplesIsRefused(Layer line) {
        Decorrelating layer = initialized(line, DataType.FLOAT64);
        NDArray none = manager.zeros(new Shape(0).addAll(line.input().slice(1)), DataType.FLOAT64);
        String message =
                assertThrows(IllegalArgumentException.class, () -> forward(layer, none, true))
                        .getMessage();
        assertTrue(message.contains("without samples; leave it out"), message);
        assertThrows(IllegalArgumentException.class, () -> layer.learn(store, new NDList(none)));
    }

    /** Whichever use the matrix learns from, each is differentiated with the matrix that it had. */
    @ParameterizedTest
    @MethodSource("layers")
    void usesInOneGraphHaveTheGradientsOfGraphsOfTheirOwn(Layer line) {
        Decorrelating together = initialized(line, DataType.FLOAT64);
        Decorrelating apart = line.make().get();
        apart.initialize(manager, DataType.FLOAT64, line.input());
        copyParameters(together, apart);
        for (int graph = 0; graph < 3; ++graph) {
            List<NDArray> inputs = new ArrayList<>();
            List<double[]> expected = new ArrayList<>();
            for (int use = 0; use < 5; ++use) {
                NDArray input = input(line, DataType.FLOAT64);
                input.setRequiresGradient(true);
                inputs.add(input.duplicate());
                try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
                    collector.backward(use(apart, input, use));
                }
                expected.add(input.getGradient().toDoubleArray());
            }
            expected.add(weightGradient(apart));
            try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
                NDArray sum = manager.create(0.0);
                for (int use = 0; use < 5; ++use) {
                    inputs.get(use).setRequiresGradient(true);
                    sum = sum.add(use(together, inputs.get(use), use));
                }
                collector.backward(sum);
            }
            List<double[]> actual = new ArrayList<>();
            inputs.forEach(input -> actual.add(input.getGradient().toDoubleArray()));
            actual.add(weightGradient(together));
            for (int i = 0; i < expected.size(); ++i) {
                assertArrayEquals(expected.get(i), actual.get(i), 1e-10);
            }
        }
    }

    /** The gradient so far of the weight of a layer that has one. */
    private static double[] weightGradient(Decorrelating layer) {
        return layer.getDirectParameters().values().stream()
                .filter(parameter -> parameter.getType() == Parameter.Type.WEIGHT)
                .findFirst()
                .map(parameter -> parameter.getArray().getGradient().toDoubleArray())
                .orElse(new double[0]);
    }

    /** The first use is one of evaluation, and every other one of what a layer below puts out. */
    private NDArray use(Decorrelating layer, NDArray input, int use) {
        NDArray given = use % 2 == 0 ? input.tanh() : input;
        return forward(layer, given, use > 0).square().sum();
    }

    /** A predictor in another thread may be about to read the matrix. */
    @ParameterizedTest
    @MethodSource("layers")
    void matrixLearnsInTheMemoryThatItHas(Layer line) {
        Decorrelating layer = initialized(line, DataType.FLOAT64);
        NDArray sameMemory = layer.getMatrix().getArray().stopGradient();
        double[] before = sameMemory.toDoubleArray();
        for (int i = 0; i < 3; ++i) {
            NDArray input = input(line, DataType.FLOAT64);
            input.setRequiresGradient(true);
            try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
                collector.backward(forward(layer, input, true).square().sum());
            }
        }
        double[] learned = layer.getMatrix().getArray().toDoubleArray();
        assertFalse(same(before, learned));
        assertArrayEquals(learned, sameMemory.toDoubleArray());
    }

    @ParameterizedTest
    @MethodSource("layers")
    void gradientOfTheInputAgreesWithDifferences(Layer line) {
        Decorrelating layer = initialized(line, DataType.FLOAT64);
        for (int i = 0; i < 3; ++i) {
            forward(layer, input(line, DataType.FLOAT64), true);
        }
        NDArray input = input(line, DataType.FLOAT64);
        NDArray cotangent =
                forwardFrozen(layer, input)
                        .getManager()
                        .randomNormal(
                                0, 1, forwardFrozen(layer, input).getShape(), DataType.FLOAT64);
        input.setRequiresGradient(true);
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            collector.backward(forwardFrozen(layer, input).mul(cotangent).sum());
        }
        double[] gradient = input.getGradient().duplicate().toDoubleArray();
        double[] point = input.stopGradient().duplicate().toDoubleArray();
        double step = 1e-5;
        for (int i = 0; i < point.length; i += 7) {
            double slope =
                    (shifted(layer, line, point, i, step, cotangent)
                                    - shifted(layer, line, point, i, -step, cotangent))
                            / (2 * step);
            assertEquals(slope, gradient[i], 1e-7);
        }
    }

    private double shifted(
            Decorrelating layer, Layer line, double[] point, int i, double by, NDArray cotangent) {
        double[] moved = point.clone();
        moved[i] += by;
        NDArray input = manager.create(moved, line.input());
        return forwardFrozen(layer, input).mul(cotangent).sum().getDouble();
    }

    @ParameterizedTest
    @MethodSource("layers")
    void savedLayerContinuesAsIfItHadNotStopped(Layer line) throws Exception {
        Decorrelating layer = initialized(line, DataType.FLOAT64);
        List<NDArray> inputs = new ArrayList<>();
        for (int i = 0; i < 8; ++i) {
            inputs.add(input(line, DataType.FLOAT64));
        }
        inputs.subList(0, 4).forEach(input -> forward(layer, input, true));
        byte[] saved = save(layer);

        Decorrelating resumed = line.make().get();
        resumed.loadParameters(manager, new DataInputStream(new ByteArrayInputStream(saved)));
        for (NDArray input : inputs.subList(4, 8)) {
            assertArrayEquals(
                    forward(layer, input, true).toDoubleArray(),
                    forward(resumed, input, true).toDoubleArray());
        }
        assertSame(values(layer), values(resumed));
        assertArrayEquals(save(layer), save(resumed));
    }

    @ParameterizedTest
    @MethodSource("layers")
    void noTrainerOfALoadedModelTouchesTheState(Layer line, @TempDir Path folder) throws Exception {
        try (Model model = model(line);
                Trainer trainer = model.newTrainer(config())) {
            trainer.initialize(line.input());
            step(trainer, line);
            model.save(folder, "m");
        }
        try (Model model = model(line)) {
            model.load(folder, "m");
            try (Trainer trainer = model.newTrainer(config())) {
                trainer.initialize(line.input());
                Decorrelating layer = layer(model);
                assertFalse(layer.getMatrix().requiresGradient());
                assertFalse(layer.getRunningMean().requiresGradient());
                step(trainer, line);
                assertFalse(layer.getMatrix().getArray().hasGradient());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("layers")
    void frozenLayerDoesNotMove(Layer line, @TempDir Path folder) throws Exception {
        try (Model model = model(line)) {
            try (Trainer trainer = model.newTrainer(config())) {
                trainer.initialize(line.input());
                step(trainer, line);
                assertMoves(trainer, line, true);
                // from outside, as DJL's users do it, and back again
                layer(model).freezeParameters(true);
                assertMoves(trainer, line, false);
                model.getBlock().freezeParameters(false);
                assertMoves(trainer, line, true);
                assertFalse(layer(model).getMatrix().requiresGradient());
                assertFalse(layer(model).getMatrix().getArray().hasGradient());
                assertFalse(layer(model).getRunningMean().requiresGradient());
            }
            model.save(folder, "m");
            model.getBlock().freezeParameters(true);
            model.getBlock().getChildren().get(2).getValue().freezeParameters(false);
            try (Trainer trainer = model.newTrainer(config())) {
                trainer.initialize(line.input());
                assertMoves(trainer, line, false);
            }
        }
        for (boolean frozen : new boolean[] {true, false}) {
            for (boolean early : new boolean[] {true, false}) {
                try (Model model = model(line)) {
                    if (frozen && early) {
                        layer(model).freezeParameters(true);
                    }
                    model.load(folder, "m");
                    if (frozen && !early) {
                        layer(model).freezeParameters(true);
                    }
                    // unfreezes every weight
                    try (Trainer trainer = model.newTrainer(config())) {
                        trainer.initialize(line.input());
                        assertMoves(trainer, line, !frozen);
                    }
                    model.getBlock().clear();
                    try (Trainer trainer = model.newTrainer(config())) {
                        trainer.initialize(line.input());
                        step(trainer, line);
                        assertMoves(trainer, line, !frozen);
                    }
                }
            }
        }
    }

    private static void assertMoves(Trainer trainer, Layer line, boolean moves) {
        Decorrelating layer = layer(trainer.getModel());
        double[] matrix =
                layer.getMatrix().getArray().toType(DataType.FLOAT64, true).toDoubleArray();
        double[] mean =
                layer.getRunningMean().getArray().toType(DataType.FLOAT64, true).toDoubleArray();
        // as many as the longest interval between updates
        for (int i = 0; i < 3; ++i) {
            step(trainer, line);
        }
        try (NDManager scope = trainer.getManager().newSubManager()) {
            layer.learn(
                    new ParameterStore(scope, false), new NDList(scope.randomNormal(line.input())));
        }
        double[] nextMatrix =
                layer.getMatrix().getArray().toType(DataType.FLOAT64, true).toDoubleArray();
        double[] nextMean =
                layer.getRunningMean().getArray().toType(DataType.FLOAT64, true).toDoubleArray();
        assertEquals(!moves, same(matrix, nextMatrix), "matrix");
        boolean hasMean = !line.name().contains("no mean");
        assertEquals(!(moves && hasMean), same(mean, nextMean), "mean");
    }

    @ParameterizedTest
    @MethodSource("layers")
    void memoryStaysFlat(Layer line) {
        try (Model model = model(line);
                Trainer trainer = model.newTrainer(config())) {
            trainer.initialize(line.input());
            step(trainer, line);
            step(trainer, line);
            int held = model.getNDManager().getManagedArrays().size();
            int system = model.getNDManager().getParentManager().getManagedArrays().size();
            for (int i = 0; i < 20; ++i) {
                step(trainer, line);
            }
            assertEquals(held, model.getNDManager().getManagedArrays().size());
            assertEquals(system, model.getNDManager().getParentManager().getManagedArrays().size());
        }
    }

    @ParameterizedTest
    @MethodSource("layers")
    void foldedBlockComputesTheSame(Layer line) {
        Decorrelating layer = initialized(line, DataType.FLOAT64);
        for (int i = 0; i < 10; ++i) {
            forward(layer, input(line, DataType.FLOAT64), true);
        }
        NDArray input = input(line, DataType.FLOAT64);
        Block plain = layer.fold();
        NDArray expected = forward(layer, input, false);
        NDArray actual = plain.forward(store, new NDList(input), false).singletonOrThrow();
        assertEquals(0, expected.sub(actual).abs().max().getDouble(), 1e-6);
        assertFalse(plain.getClass().getName().contains("decorrelation"));
    }

    @ParameterizedTest
    @MethodSource("layers")
    void observerSeesTheSample(Layer line) {
        Decorrelating layer = initialized(line, DataType.FLOAT64);
        List<Shape> seen = new ArrayList<>();
        layer.addObserver(
                (from, block, inputs, outputs) -> {
                    assertEquals(layer, from);
                    assertEquals(inputs.getShape(), outputs.getShape());
                    seen.add(inputs.getShape());
                });
        forward(layer, input(line, DataType.FLOAT64), true);
        assertFalse(seen.isEmpty());
        assertTrue(layer.getMultiplyAdds(12) > 0);
    }

    @ParameterizedTest
    @MethodSource("layers")
    void otherInputsAreRefused(Layer line) {
        Decorrelating layer = initialized(line, DataType.FLOAT32);
        boolean images = layer instanceof DecorrelatedConv2d;
        Shape wrong = images ? new Shape(6, 3, 7, 6) : new Shape(12, 5);
        Exception e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> forward(layer, manager.ones(wrong), false));
        assertTrue(e.getMessage().contains(wrong.toString()), e.getMessage());
        assertTrue(e.getMessage().contains(layer.getName()), e.getMessage());
    }

    @ParameterizedTest
    @MethodSource("layers")
    void inputsOfAnotherTypeAreRefused(Layer line) {
        Decorrelating layer = initialized(line, DataType.FLOAT32);
        for (DataType type : new DataType[] {DataType.FLOAT64, DataType.INT64}) {
            NDArray input = manager.ones(line.input(), type);
            for (boolean training : new boolean[] {true, false}) {
                Exception e =
                        assertThrows(
                                IllegalArgumentException.class,
                                () -> forward(layer, input, training));
                assertTrue(e.getMessage().contains("type " + type), e.getMessage());
                assertTrue(e.getMessage().contains(layer.getName()), e.getMessage());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("layers")
    void inputThatIsNotANumberIsNamed(Layer line) {
        // the last sample is seen in the mean alone
        boolean meanIsSeen = !line.name().contains("no mean");
        long last = line.input().get(0) - 1;
        for (long at : meanIsSeen ? new long[] {0, last} : new long[] {0}) {
            for (boolean apart : new boolean[] {true, false}) {
                Decorrelating layer = initialized(line, DataType.FLOAT32);
                NDArray input = input(line, DataType.FLOAT32);
                input.set(new NDIndex(at + ", 1"), Float.NaN);
                List<double[]> before = values(layer);
                Exception e =
                        assertThrows(
                                IllegalArgumentException.class,
                                () -> {
                                    if (apart) {
                                        layer.learn(store, new NDList(input));
                                    } else {
                                        forward(layer, input, true);
                                    }
                                });
                assertTrue(e.getMessage().contains("NaN"), e.getMessage());
                assertTrue(e.getMessage().contains(layer.getName()), e.getMessage());
                assertSame(before, values(layer));
            }
        }
    }

    /** Rows of an energy beyond 65504 were once refused as rows with infinite values. */
    @ParameterizedTest
    @MethodSource("layers")
    void halfPrecisionIsForUseAndNotForLearning(Layer line) {
        Decorrelating precise = initialized(line, DataType.FLOAT32);
        Decorrelating layer = initialized(line, DataType.FLOAT16);
        copyParameters(precise, layer);
        NDArray input = input(line, DataType.FLOAT32).mul(100);
        NDArray half = input.toType(DataType.FLOAT16, false);
        List<double[]> before = values(layer);
        Exception e =
                assertThrows(IllegalArgumentException.class, () -> forward(layer, half, true));
        assertTrue(e.getMessage().contains(layer.getName()), e.getMessage());
        assertTrue(e.getMessage().contains("cannot learn in float16"), e.getMessage());
        assertThrows(IllegalArgumentException.class, () -> layer.learn(store, new NDList(half)));
        assertSame(before, values(layer));
        NDArray expected = forward(precise, input, false);
        NDArray actual = forward(layer, half, false).toType(DataType.FLOAT32, false);
        double scale = expected.abs().max().getFloat();
        assertTrue(actual.sub(expected).abs().max().getFloat() < 0.01 * scale);
    }

    @ParameterizedTest
    @MethodSource("layers")
    void batchOfOneIsRefusedWhereItsMeanLeavesNothing(Layer line) {
        Decorrelating layer = initialized(line, DataType.FLOAT32);
        NDArray one = input(line, DataType.FLOAT32).get("0:1");
        boolean severalRows = one.getShape().dimension() > 2;
        boolean otherMean = line.name().contains(" mean");
        if (severalRows || otherMean) {
            assertTrue(Float.isFinite(forward(layer, one, true).sum().getFloat()));
            return;
        }
        List<double[]> before = values(layer);
        Exception e = assertThrows(IllegalArgumentException.class, () -> forward(layer, one, true));
        assertTrue(e.getMessage().contains(layer.getName()), e.getMessage());
        assertTrue(e.getMessage().contains("batches of two or more"), e.getMessage());
        assertSame(before, values(layer));
    }

    @ParameterizedTest
    @MethodSource("layers")
    void deadAndConstantFeaturesDoNoHarm(Layer line) {
        Decorrelating layer = initialized(line, DataType.FLOAT32);
        int axis = line.input().dimension() == 4 ? 1 : line.input().dimension() - 1;
        NDIndex half = new NDIndex();
        for (int i = 0; i < axis; ++i) {
            half.addAllDim();
        }
        half.addSliceDim(0, line.input().get(axis) / 2);
        for (float value : new float[] {0, 0.7f}) {
            for (int i = 0; i < 60; ++i) {
                NDArray input = input(line, DataType.FLOAT32);
                input.set(half, value);
                forward(layer, input, true);
            }
        }
        NDArray alive = forward(layer, input(line, DataType.FLOAT32), true);
        float largest = alive.abs().max().getFloat();
        assertTrue(largest < 100, "output of " + largest);
        // a batch without any activity
        NDArray silent = manager.zeros(line.input());
        for (int i = 0; i < 20; ++i) {
            assertTrue(Float.isFinite(forward(layer, silent, true).abs().sum().getFloat()));
        }
        assertTrue(
                forward(layer, input(line, DataType.FLOAT32), true).abs().max().getFloat() < 1e4);
    }

    @ParameterizedTest
    @MethodSource("layers")
    void matrixThatHasDivergedIsNotFolded(Layer line) {
        Decorrelating fresh = line.make().get();
        Exception early = assertThrows(IllegalStateException.class, fresh::fold);
        assertTrue(early.getMessage().contains(fresh.getName()), early.getMessage());

        Decorrelating layer = initialized(line, DataType.FLOAT32);
        layer.getMatrix().getArray().muli(Float.POSITIVE_INFINITY);
        Exception e = assertThrows(IllegalStateException.class, layer::fold);
        assertTrue(e.getMessage().contains(layer.getName()), e.getMessage());
    }

    @ParameterizedTest
    @MethodSource("layers")
    void checkpointOfAnotherSizeIsRefused(Layer line) throws IOException {
        boolean images = initialized(line, DataType.FLOAT32) instanceof DecorrelatedConv2d;
        Decorrelating other = line.make().get();
        other.initialize(
                manager, DataType.FLOAT32, images ? new Shape(6, 8, 7, 6) : new Shape(12, 8));
        byte[] saved = save(other);
        Decorrelating layer = initialized(line, DataType.FLOAT32);
        Exception e =
                assertThrows(
                        MalformedModelException.class,
                        () ->
                                layer.loadParameters(
                                        manager,
                                        new DataInputStream(new ByteArrayInputStream(saved))));
        assertTrue(e.getMessage().contains(layer.getName()), e.getMessage());
    }

    @Test
    void checkpointOfAnotherRankIsRefused() throws IOException {
        DecorrelationOptions.Builder[] forms = {
            options(), options(Cost.rank(2)), options(Cost.rank(3)), options(Cost.blocks(3))
        };
        for (int from = 0; from < forms.length; ++from) {
            for (int to = 0; to < forms.length; ++to) {
                Decorrelation saved = dense(forms[from]);
                saved.initialize(manager, DataType.FLOAT32, new Shape(12, 6));
                byte[] bytes = save(saved);
                Decorrelation layer = dense(forms[to]);
                if (from == to) {
                    continue;
                }
                Exception e =
                        assertThrows(
                                MalformedModelException.class,
                                () ->
                                        layer.loadParameters(
                                                manager,
                                                new DataInputStream(
                                                        new ByteArrayInputStream(bytes))));
                assertTrue(e.getMessage().contains(layer.getName()), e.getMessage());
            }
        }
    }

    @Test
    void ratesThatDivergeAreNamedWithAStableOne() {
        DecorrelationOptions.Builder fast =
                DecorrelationOptions.builder()
                        .optRate(3)
                        .optCost(Cost.full().withSampleFraction(1));
        List<Decorrelating> layers =
                List.of(
                        dense(fast),
                        dense(
                                fast.build().toBuilder()
                                        .optCost(Cost.blocks(3).withSampleFraction(1))),
                        dense(fast.build().toBuilder().optCost(Cost.rank(4).withSampleFraction(1))),
                        DecorrelatedConv2d.builder()
                                .setKernelShape(new Shape(2, 2))
                                .setFilters(2)
                                .optOptions(fast.build())
                                .build(),
                        RecurrentDecorrelation.builder().optOptions(fast.build()).build(),
                        RecurrentDecorrelation.builder()
                                .optRule(LateralRule.FOLDIAK)
                                .optOptions(fast.build())
                                .build());
        for (Decorrelating layer : layers) {
            boolean images = layer instanceof DecorrelatedConv2d;
            Layer line =
                    new Layer("", () -> layer, images ? new Shape(8, 2, 5, 5) : new Shape(20, 6));
            initialized(line, DataType.FLOAT32);
            Exception e =
                    assertThrows(
                            IllegalStateException.class,
                            () -> {
                                for (int i = 0; i < 300; ++i) {
                                    forward(layer, input(line, DataType.FLOAT32), true);
                                }
                            },
                            layer::getName);
            String message = e.getMessage();
            assertTrue(message.contains(layer.getName()), message);
            assertTrue(message.contains("The largest stable rate for this input is"), message);
        }
    }

    private Decorrelating initialized(Layer line, DataType type) {
        Decorrelating layer = line.make().get();
        layer.initialize(manager, type, line.input());
        return layer;
    }

    private NDArray input(Layer line, DataType type) {
        NDArray noise = manager.randomNormal(0, 1, line.input(), DataType.FLOAT64);
        // neighbours along the last axis share most of their value, and the mean is not 0
        NDArray common = noise.mean(new int[] {noise.getShape().dimension() - 1}, true);
        return noise.add(common.mul(2)).add(0.5).toType(type, false);
    }

    private NDArray forward(Decorrelating layer, NDArray input, boolean training) {
        return layer.forward(store, new NDList(input), training).singletonOrThrow();
    }

    private NDArray forwardFrozen(Decorrelating layer, NDArray input) {
        return layer.forwardWithoutLearning(store, new NDList(input)).singletonOrThrow();
    }

    private static void copyParameters(Block from, Block to) {
        for (Pair<String, Parameter> pair : from.getDirectParameters()) {
            NDArray target = to.getDirectParameters().get(pair.getKey()).getArray();
            target.stopGradient().set(new NDIndex("..."), pair.getValue().getArray());
        }
    }

    private static byte[] save(Block block) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        block.saveParameters(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    private static List<double[]> values(Decorrelating layer) {
        List<double[]> values = new ArrayList<>();
        for (Pair<String, Parameter> pair : layer.getDirectParameters()) {
            NDArray array = pair.getValue().getArray().toType(DataType.FLOAT64, true);
            values.add(array.toDoubleArray());
        }
        return values;
    }

    private static double[] matrixOf(List<double[]> values, Decorrelating layer) {
        int index = layer.getDirectParameters().values().indexOf(layer.getMatrix());
        return values.get(index);
    }

    private static boolean same(double[] one, double[] other) {
        return Arrays.equals(one, other);
    }

    private static void assertSame(List<double[]> expected, List<double[]> actual) {
        assertEquals(expected.size(), actual.size());
        for (int i = 0; i < expected.size(); ++i) {
            assertArrayEquals(expected.get(i), actual.get(i));
        }
    }

    private static Model model(Layer line) {
        Model model = Model.newInstance("m");
        model.setBlock(
                new SequentialBlock()
                        .add(line.make().get())
                        .add(Blocks.batchFlattenBlock())
                        .add(Linear.builder().setUnits(3).build()));
        return model;
    }

    private static Decorrelating layer(Model model) {
        return (Decorrelating) model.getBlock().getChildren().get(0).getValue();
    }

    private static DefaultTrainingConfig config() {
        return new DefaultTrainingConfig(Loss.l2Loss())
                .optOptimizer(
                        Optimizer.sgd()
                                .setLearningRateTracker(Tracker.fixed(0.01f))
                                .optWeightDecays(0.1f)
                                .build());
    }

    private static void step(Trainer trainer, Layer line) {
        try (NDManager batch = trainer.getManager().newSubManager()) {
            NDArray data = batch.randomNormal(line.input());
            NDArray labels = batch.zeros(new Shape(line.input().get(0), 3));
            try (GradientCollector collector = trainer.newGradientCollector()) {
                NDList output = trainer.forward(new NDList(data), new NDList(labels));
                collector.backward(trainer.getLoss().evaluate(new NDList(labels), output));
            }
            trainer.step();
        }
    }
}
