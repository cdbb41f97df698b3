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
package org.locallearning.djl.pc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.training.ParameterStore;
import ai.djl.training.tracker.FixedPerVarTracker;
import ai.djl.training.tracker.ParameterTracker;
import ai.djl.training.tracker.Tracker;
import ai.djl.util.PairList;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.locallearning.djl.creditassignment.optimizer.PlateauTracker;

/** MQ against its two formulas, written out over plain arrays. */
class MqTest {

    private static final float ALPHA = 3e-5f;
    private static final double TOLERANCE = 1e-12;

    private final Random random = new Random(5);
    private NDManager manager;
    private SequentialBlock block;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager("PyTorch");
        block =
                new SequentialBlock()
                        .add(Linear.builder().setUnits(4).build())
                        .add(BatchNorm.builder().build())
                        .add(Linear.builder().setUnits(3).optBias(false).build());
        block.initialize(manager, DataType.FLOAT32, new Shape(2, 5));
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void followsTheFormulasWhateverTheOrderOfParameters() {
        Mq mq = Mq.builder().setBlock(block).setLearningRateTracker(Tracker.fixed(ALPHA)).build();
        double[] weight = numbers(20, 1);
        double[] bias = numbers(4, 1);
        NDArray weightArray = manager.create(weight.clone());
        NDArray biasArray = manager.create(bias.clone());
        double v = ALPHA;
        for (int step = 1; step <= 12; step++) {
            double[] weightGradient = numbers(20, 1e-3);
            double[] biasGradient = numbers(4, 1e-1);

            double rate = ALPHA / (v + 1e-6) + 1e-3;
            double sum = 0;
            for (int i = 0; i < 20; i++) {
                weight[i] -= rate * weightGradient[i];
                sum += Math.abs(weightGradient[i]);
            }
            for (int i = 0; i < 4; i++) {
                bias[i] -= rate * biasGradient[i];
                sum += Math.abs(biasGradient[i]);
            }
            double keep = step / (step + 1.0);
            v = keep * v + (1 - keep) * sum / 24;

            if (step % 2 == 0) {
                update(mq, "01Linear_weight", weightArray, weightGradient);
                update(mq, "01Linear_bias", biasArray, biasGradient);
            } else {
                update(mq, "01Linear_bias", biasArray, biasGradient);
                update(mq, "01Linear_weight", weightArray, weightGradient);
            }
            assertArrayEquals(weight, weightArray.toDoubleArray(), TOLERANCE);
            assertArrayEquals(bias, biasArray.toDoubleArray(), TOLERANCE);
            assertEquals(v, mq.getAverages().get("01Linear"), TOLERANCE);
        }
    }

    /** A checkpoint may be saved while a matrix waits for the gradient of its bias. */
    @Test
    void aMeanThatWaitsForAGradientGoesOnWhereItWas() {
        try (NDManager other = manager.newSubManager()) {
            NDArray weight = manager.create(new double[20]);
            RunningMagnitude magnitude = new RunningMagnitude(weight, OptionalDouble.of(0.5), 0.9);
            List<String> both = List.of("weight", "bias");
            magnitude.add("weight", manager.create(3.0), 20, both);
            RunningMagnitude restored =
                    RunningMagnitude.restored(other.create(new double[20]), magnitude.save(), 0.9);
            for (RunningMagnitude each : List.of(magnitude, restored)) {
                assertEquals(0.5, each.value(), TOLERANCE);
                each.add("bias", manager.create(1.8), 4, both);
                // of the first update half stays
                assertEquals(0.5 * 0.5 + 0.5 * 4.8 / 24, each.value(), TOLERANCE);
            }
        }
    }

    /** A block that holds another's weight and a bias of its own. */
    private static final class Borrower extends AbstractBlock {

        private final Parameter bias;

        Borrower(Parameter weight) {
            addParameter(weight);
            bias =
                    addParameter(
                            Parameter.builder()
                                    .setName("bias")
                                    .setType(Parameter.Type.BIAS)
                                    .build());
        }

        @Override
        protected void prepare(Shape[] inputShapes) {
            bias.setShape(new Shape(4));
        }

        @Override
        protected NDList forwardInternal(
                ParameterStore store,
                NDList inputs,
                boolean training,
                PairList<String, Object> parameters) {
            return inputs;
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputShapes) {
            return inputShapes;
        }
    }

    @Test
    void aBiasBesideABorrowedWeightIsAMatrixOfItsOwn() {
        Parameter weight = block.getParameters().get("01Linear_weight");
        Borrower borrower = new Borrower(weight);
        Block both = new SequentialBlock().add(block).add(borrower);
        borrower.initialize(manager, DataType.FLOAT32, new Shape(2, 4));
        Mq mq = Mq.builder().setBlock(both).setLearningRateTracker(Tracker.fixed(ALPHA)).build();
        NDArray bias = manager.create(new double[4]);
        mq.update(borrower.bias.getId(), bias, manager.create(filled(4, 0.5)));
        double step = (ALPHA / (ALPHA + 1e-6) + 1e-3) * 0.5;
        assertArrayEquals(filled(4, -step), bias.toDoubleArray(), TOLERANCE);
        double mean = 0.5 * ALPHA + 0.5 * 0.5;
        assertEquals(mean, mq.getAverages().get("02Borrower"), TOLERANCE);
    }

    @Test
    void movesByAlphaWhateverTheSizeOfTheGradient() {
        // gradients of one size c; once v has come to c, a step is α c / (c + r) + α_min c
        for (double size : new double[] {1e-4, 1e-2, 0.1}) {
            Mq mq = mq(0.01f);
            NDArray weight = manager.create(new double[15]).reshape(3, 5);
            double[] gradient = filled(15, size);
            double before = 0;
            for (int step = 0; step < 9; step++) {
                before = weight.toDoubleArray()[0];
                update(mq, "03Linear_weight", weight, gradient);
            }
            double moved = before - weight.toDoubleArray()[0];
            double v = (0.01f + 8 * size) / 9;
            assertEquals(0.01f / (v + 1e-6) * size + 1e-3 * size, moved, 1e-9);
        }
        Mq mq =
                Mq.builder()
                        .setBlock(block)
                        .setLearningRateTracker(Tracker.fixed(ALPHA))
                        .optKeep(0.5)
                        .build();
        NDArray weight = manager.create(new double[15]).reshape(3, 5);
        double before = 0;
        for (int step = 0; step < 60; step++) {
            before = weight.toDoubleArray()[0];
            update(mq, "03Linear_weight", weight, filled(15, 0.02));
        }
        double limit = ALPHA * 0.02 / (0.02 + 1e-6) + 1e-3 * 0.02;
        assertEquals(limit, before - weight.toDoubleArray()[0], 1e-12);
    }

    @Test
    void scaleOfGradientsDoesNotMatter() {
        // r = 0, α_min = 0, and the initial average scaled with the gradients
        double[][] gradients = new double[6][];
        for (int i = 0; i < gradients.length; i++) {
            gradients[i] = numbers(15, 1);
        }
        double[] plain = afterScaled(gradients, 1);
        double[] scaled = afterScaled(gradients, 4096);
        assertArrayEquals(plain, scaled, 1e-15);
    }

    private double[] afterScaled(double[][] gradients, double scale) {
        Mq mq =
                Mq.builder()
                        .setBlock(block)
                        .setLearningRateTracker(Tracker.fixed(ALPHA))
                        .optStabilizer(0)
                        .optMinimumLearningRate(0)
                        .optInitialAverage(0.25 * scale)
                        .build();
        NDArray weight = manager.create(new double[15]).reshape(3, 5);
        for (double[] gradient : gradients) {
            double[] larger = gradient.clone();
            for (int i = 0; i < larger.length; i++) {
                larger[i] *= scale;
            }
            update(mq, "03Linear_weight", weight, larger);
        }
        return weight.toDoubleArray();
    }

    @Test
    void firstStepIsAlphaWhereTheAverageStartsAtTheFirstGradient() {
        // whichever of matrix and bias comes first, and however large the gradients are
        for (double size : new double[] {1e-4, 1, 1e4}) {
            for (boolean biasFirst : new boolean[] {true, false}) {
                Mq mq =
                        Mq.builder()
                                .setBlock(block)
                                .setLearningRateTracker(Tracker.fixed(ALPHA))
                                .optStabilizer(0)
                                .optMinimumLearningRate(0)
                                .optInitialAverageFromGradient()
                                .build();
                NDArray weight = manager.create(new double[20]).reshape(4, 5);
                NDArray bias = manager.create(new double[4]);
                double[] weightGradient = numbers(20, size);
                double[] biasGradient = numbers(4, 1000 * size);
                if (biasFirst) {
                    update(mq, "01Linear_bias", bias, biasGradient);
                }
                update(mq, "01Linear_weight", weight, weightGradient);
                if (!biasFirst) {
                    update(mq, "01Linear_bias", bias, biasGradient);
                }
                assertEquals(ALPHA, meanSize(weight.toDoubleArray()), 1e-15);
                assertEquals(ALPHA, meanSize(bias.toDoubleArray()), 1e-15);
                double v = (20 * meanSize(weightGradient) + 4 * meanSize(biasGradient)) / 24;
                assertEquals(v, mq.getAverages().get("01Linear"), 1e-12 * v);

                // from then on both go by the mean of the two, as if v had begun there
                double[] before = weight.toDoubleArray();
                double[] next = numbers(20, size);
                double[] nextBias = numbers(4, size);
                update(mq, "01Linear_weight", weight, next);
                update(mq, "01Linear_bias", bias, nextBias);
                for (int i = 0; i < 20; i++) {
                    assertEquals(before[i] - ALPHA / v * next[i], weight.toDoubleArray()[i], 1e-15);
                }
                double sizes = (20 * meanSize(next) + 4 * meanSize(nextBias)) / 24;
                double expected = 2 / 3.0 * v + 1 / 3.0 * sizes;
                assertEquals(expected, mq.getAverages().get("01Linear"), 1e-12 * v);
            }
        }
    }

    private static double meanSize(double[] values) {
        return Arrays.stream(values).map(Math::abs).average().orElseThrow();
    }

    @Test
    void gradientsOfZeroMoveNothing() {
        for (Mq mq :
                List.of(
                        Mq.builder()
                                .setBlock(block)
                                .setLearningRateTracker(Tracker.fixed(0))
                                .optStabilizer(0)
                                .build(),
                        Mq.builder()
                                .setBlock(block)
                                .setLearningRateTracker(Tracker.fixed(ALPHA))
                                .optStabilizer(0)
                                .optInitialAverageFromGradient()
                                .build())) {
            double[] values = numbers(15, 1);
            NDArray weight = manager.create(values).reshape(3, 5).toType(DataType.FLOAT32, true);
            float[] before = weight.toFloatArray();
            for (int step = 0; step < 3; step++) {
                try (NDArray zero = weight.zerosLike()) {
                    mq.update(id("03Linear_weight"), weight, zero);
                }
                assertArrayEquals(before, weight.toFloatArray());
            }
        }
    }

    @Test
    void warnsOnceOfAFirstStepLargerThanTheWeights() {
        assertEquals(1, warnings(Mq.builder(), 50));
        assertEquals(0, warnings(Mq.builder(), 0.1));
        assertEquals(0, warnings(Mq.builder().optInitialAverageFromGradient(), 50));
        assertEquals(0, warnings(Mq.builder().optInitialAverage(1), 50));
    }

    private int warnings(Mq.Builder builder, double size) {
        PrintStream standard = System.err;
        ByteArrayOutputStream captured = new ByteArrayOutputStream();
        System.setErr(new PrintStream(captured, true, StandardCharsets.UTF_8));
        try {
            Mq mq = builder.setBlock(block).setLearningRateTracker(Tracker.fixed(ALPHA)).build();
            for (String path : List.of("01Linear_weight", "03Linear_weight")) {
                NDArray weight = block.getParameters().get(path).getArray();
                for (int step = 0; step < 2; step++) {
                    try (NDArray gradient = weight.onesLike().mul(size)) {
                        mq.update(id(path), weight, gradient);
                    }
                }
            }
        } finally {
            System.setErr(standard);
        }
        String[] parts = captured.toString(StandardCharsets.UTF_8).split("first step of MQ", -1);
        return parts.length - 1;
    }

    @Test
    void printsEverySetting() {
        assertEquals(
                "Mq(learning rate FixedTracker[value 3.0E-5], minimum learning rate 0.001, stabilizer 1.0E-6,"
                        + " keep 0.9999, initial average the learning rate, gradients rescaled by"
                        + " 1.0, clipped at nothing, weight decay 0.0, first update 0)",
                mq(ALPHA).toString());
        assertEquals(
                "Mq(learning rate PlateauTracker(0.5, times 0.1 up to 2 times, patience 1, threshold"
                        + " 0.01), minimum learning rate 0.25, stabilizer 0.5, keep 0.75, initial"
                        + " average 2.0, gradients rescaled by 0.5, clipped at 1.0, weight decay"
                        + " 0.125, first update 0)",
                Mq.builder()
                        .setBlock(block)
                        .setLearningRateTracker(PlateauTracker.builder().setBaseValue(0.5f).build())
                        .optMinimumLearningRate(0.25)
                        .optStabilizer(0.5)
                        .optKeep(0.75)
                        .optInitialAverage(2)
                        .setRescaleGrad(0.5f)
                        .optClipGrad(1)
                        .optWeightDecays(0.125f)
                        .build()
                        .toString());
        assertTrue(
                Mq.builder()
                        .setBlock(block)
                        .setLearningRateTracker(Tracker.fixed(ALPHA))
                        .optInitialAverageFromGradient()
                        .build()
                        .toString()
                        .contains("initial average the first gradient's"));
    }

    @Test
    void averageIsTheRunningMeanUntilTheCap() {
        // Q-5, and after the cap the part that is kept stays
        Mq mq =
                Mq.builder()
                        .setBlock(block)
                        .setLearningRateTracker(Tracker.fixed(ALPHA))
                        .optInitialAverage(0.5)
                        .optKeep(0.8)
                        .build();
        NDArray weight = manager.create(new double[15]).reshape(3, 5);
        List<Double> sizes = new ArrayList<>(List.of(0.5));
        double v = 0;
        for (int step = 1; step <= 10; step++) {
            double size = random.nextDouble();
            update(mq, "03Linear_weight", weight, filled(15, size));
            sizes.add(size);
            v =
                    step <= 4
                            ? sizes.stream().mapToDouble(s -> s).average().orElseThrow()
                            : 0.8 * v + (1 - 0.8) * size;
            assertEquals(v, mq.getAverages().get("03Linear"), 1e-9);
        }
    }

    @Test
    void keepsOneNumberPerMatrix() {
        //
        Mq mq = mq(ALPHA);
        int before = manager.getManagedArrays().size();
        for (int step = 0; step < 3; step++) {
            block.getParameters()
                    .forEach(
                            parameter -> {
                                NDArray weight = parameter.getValue().getArray();
                                if (parameter.getValue().requiresGradient()) {
                                    try (NDArray gradient = weight.onesLike()) {
                                        mq.update(parameter.getValue().getId(), weight, gradient);
                                    }
                                }
                            });
        }
        assertEquals(
                List.of("01Linear", "02BatchNorm", "03Linear"),
                List.copyOf(mq.getAverages().keySet()));
        assertEquals(before + 3, manager.getManagedArrays().size());
    }

    @Test
    void clipsOnBothSidesAndRescales() {
        Mq mq =
                Mq.builder()
                        .setBlock(block)
                        .setLearningRateTracker(Tracker.fixed(ALPHA))
                        .setRescaleGrad(0.5f)
                        .optClipGrad(1)
                        .optWeightDecays(0.1f)
                        .build();
        NDArray weight = manager.create(new double[] {1, 1, -2}).reshape(3, 1);
        update(mq, "03Linear_weight", weight, new double[] {9, -9, 1});
        double rate = ALPHA / (ALPHA + 1e-6) + 1e-3;
        double[] expected = {
            1 - rate * (1 + 0.1f), 1 - rate * (-1 + 0.1f), -2 - rate * (0.5 - 0.2f)
        };
        assertArrayEquals(expected, weight.toDoubleArray(), 1e-7);
        // the average is that of what moved the weights
        double size = (1.1 + 0.9 + 0.3) / 3;
        assertEquals((ALPHA + size) / 2, mq.getAverages().get("03Linear"), 1e-7);
    }

    @Test
    void takesRatesPerMatrix() {
        ParameterTracker rates =
                FixedPerVarTracker.builder()
                        .setDefaultValue(0.01f)
                        .put(block.getParameters().get("03Linear_weight").getId(), 0.5f)
                        .build();
        Mq mq =
                Mq.builder()
                        .setBlock(block)
                        .setLearningRateTracker(rates)
                        .optInitialAverage(1)
                        .optMinimumLearningRate(0)
                        .build();
        NDArray first = manager.create(new double[20]).reshape(4, 5);
        NDArray second = manager.create(new double[15]).reshape(3, 5);
        update(mq, "01Linear_weight", first, filled(20, 1));
        update(mq, "03Linear_weight", second, filled(15, 1));
        assertEquals(-0.01, first.toDoubleArray()[0], 1e-6);
        assertEquals(-0.5, second.toDoubleArray()[0], 1e-6);
    }

    @Test
    void stateOutlivesGarbageCollection() {
        Mq mq = mq(ALPHA);
        NDArray weight = manager.zeros(new Shape(3, 5));
        NDArray gradient = manager.ones(new Shape(3, 5));
        mq.update(id("03Linear_weight"), weight, gradient);
        List<ByteBuffer> others = new ArrayList<>();
        for (int round = 0; round < 4; round++) {
            System.gc();
            // takes whatever memory of Java's the collector has given back
            for (int i = 0; i < 20_000; i++) {
                others.add(ByteBuffer.allocateDirect(4).putInt(0, -1));
            }
        }
        assertEquals((ALPHA + 1) / 2, mq.getAverages().get("03Linear"), 1e-7);
        assertEquals(80_000, others.size());
    }

    @Test
    void stateOutlivesAScopeAroundEachStep() {
        Mq mq = mq(ALPHA);
        NDArray weight = manager.zeros(new Shape(3, 5));
        for (int step = 0; step < 3; step++) {
            try (NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                mq.update(id("03Linear_weight"), weight, manager.ones(new Shape(3, 5)));
            }
        }
        // k = 1/2, 2/3, 3/4
        assertEquals((ALPHA + 3) / 4, mq.getAverages().get("03Linear"), 1e-6);
    }

    @Test
    void whatLivedInAManagerThatIsClosedHasNoAverage() {
        Mq mq = mq(ALPHA);
        NDArray first = manager.zeros(new Shape(4, 5));
        mq.update(id("01Linear_weight"), first, manager.ones(new Shape(4, 5)));
        try (NDManager other = manager.newSubManager()) {
            NDArray second = other.zeros(new Shape(3, 5));
            mq.update(id("03Linear_weight"), second, other.ones(new Shape(3, 5)));
            assertEquals(Set.of("01Linear", "03Linear"), mq.getAverages().keySet());
        }
        assertEquals(Set.of("01Linear"), mq.getAverages().keySet());
    }

    @Test
    void averageOfManyFloatsIsExactEnough() {
        Mq mq = mq(ALPHA);
        float[] gradient = new float[3_000_000];
        double sum = 0;
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] = 1e-5f * random.nextFloat();
            sum += gradient[i];
        }
        NDArray weight = manager.zeros(new Shape(3000, 1000));
        NDArray array = manager.create(gradient, weight.getShape());
        mq.update(id("03Linear_weight"), weight, array);
        double expected = (ALPHA + sum / gradient.length) / 2;
        assertEquals(1, mq.getAverages().get("03Linear") / expected, 1e-5);
    }

    @Test
    void averagesWhatIsThereWhenABiasIsFrozen() {
        Mq mq = mq(ALPHA);
        NDArray weight = manager.create(new double[20]).reshape(4, 5);
        NDArray bias = manager.create(new double[4]);
        update(mq, "01Linear_weight", weight, filled(20, 1));
        block.getParameters().get("01Linear_bias").freeze(true);
        update(mq, "01Linear_weight", weight, filled(20, 1));
        assertEquals((ALPHA + 1 + 1) / 3, mq.getAverages().get("01Linear"), 1e-6);
        block.getParameters().get("01Linear_bias").freeze(false);
        update(mq, "01Linear_weight", weight, filled(20, 3));
        update(mq, "01Linear_bias", bias, filled(4, 9));
        assertEquals((ALPHA + 1 + 1 + 4) / 4, mq.getAverages().get("01Linear"), 1e-6);
    }

    @Test
    void refusesWhatItCannotUse() {
        Mq mq = mq(ALPHA);
        NDArray weight = manager.zeros(new Shape(2));
        Block other = Linear.builder().setUnits(2).build();
        String unknown = other.getParameters().get("weight").getId();
        assertTrue(
                assertThrows(
                                IllegalArgumentException.class,
                                () -> mq.update(unknown, weight, weight))
                        .getMessage()
                        .contains("setBlock"));
        Mq.Builder builder = Mq.builder().setLearningRateTracker(Tracker.fixed(ALPHA));
        assertThrows(NullPointerException.class, builder::build);
        builder.setBlock(block);
        assertThrows(IllegalArgumentException.class, () -> builder.optInitialAverage(0));
        assertThrows(IllegalArgumentException.class, () -> builder.optKeep(1).build());
        assertThrows(
                IllegalArgumentException.class, () -> builder.optKeep(0).optStabilizer(-1).build());
        assertThrows(
                IllegalArgumentException.class,
                () -> builder.optStabilizer(0).optMinimumLearningRate(Double.NaN).build());
        assertEquals(Map.of(), builder.optMinimumLearningRate(0).build().getAverages());
    }

    private Mq mq(float rate) {
        return Mq.builder().setBlock(block).setLearningRateTracker(Tracker.fixed(rate)).build();
    }

    private String id(String parameter) {
        return block.getParameters().get(parameter).getId();
    }

    private void update(Mq mq, String parameter, NDArray weight, double[] gradient) {
        try (NDArray array = manager.create(gradient, weight.getShape())) {
            mq.update(id(parameter), weight, array);
        }
    }

    private double[] numbers(int size, double scale) {
        return random.doubles(size).map(value -> scale * (2 * value - 1)).toArray();
    }

    private static double[] filled(int size, double value) {
        double[] values = new double[size];
        Arrays.fill(values, value);
        return values;
    }
}
