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

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import ai.djl.training.loss.IndexLoss;
import ai.djl.training.loss.L2WeightDecay;
import ai.djl.training.loss.Loss;
import ai.djl.training.loss.QuantileL1Loss;
import ai.djl.training.loss.SimpleCompositeLoss;
import ai.djl.training.loss.SoftmaxCrossEntropyLoss;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The clamp pulls by the gradient of each loss as a sum over units, which is worked out by hand.
 */
class OutputClampTest {

    private static final int SAMPLES = 3;
    private static final int UNITS = 5;
    private static final double STRENGTH = 0.75;

    /** The loss of one unit and its slope. */
    interface Term {
        double of(double label, double prediction);
    }

    record LossCase(String name, Loss loss, Term value, Term slope) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<LossCase> meansOverUnits() {
        double quantile = 0.875;
        return List.of(
                new LossCase(
                        "L1",
                        Loss.l1Loss(),
                        (y, p) -> Math.abs(p - y),
                        (y, p) -> Math.signum(p - y)),
                new LossCase("L2", Loss.l2Loss(), (y, p) -> (p - y) * (p - y) / 2, (y, p) -> p - y),
                new LossCase(
                        "hinge",
                        Loss.hingeLoss(),
                        (y, p) -> Math.max(0, 1 - y * p),
                        (y, p) -> y * p < 1 ? -y : 0),
                new LossCase(
                        "quantile",
                        new QuantileL1Loss((float) quantile),
                        (y, p) -> 2 * Math.abs((p - y) * ((y <= p ? 1 : 0) - quantile)),
                        (y, p) -> p > y ? 2 * (1 - quantile) : -2 * quantile),
                new LossCase(
                        "sigmoid cross-entropy",
                        Loss.sigmoidBinaryCrossEntropyLoss(),
                        (y, p) -> Math.log1p(Math.exp(p)) - y * p,
                        (y, p) -> 1 / (1 + Math.exp(-p)) - y));
    }

    @ParameterizedTest
    @MethodSource("meansOverUnits")
    @SuppressWarnings("try") // the collector is only to be open
    void pullsByTheSumOverUnits(LossCase loss) {
        Random random = new Random(4);
        float[] labels = new float[SAMPLES * UNITS];
        float[] predictions = new float[SAMPLES * UNITS];
        float[] errors = new float[SAMPLES * UNITS];
        double energy = 0;
        for (int i = 0; i < labels.length; i++) {
            // labels of 1 and −1 or 0 serve every loss
            labels[i] = random.nextBoolean() ? 1 : "hinge".equals(loss.name) ? -1 : 0;
            predictions[i] = (float) (2 * random.nextGaussian());
            errors[i] = (float) (-STRENGTH * loss.slope.of(labels[i], predictions[i]));
            energy += STRENGTH * loss.value.of(labels[i], predictions[i]) / SAMPLES;
        }
        try (NDManager manager = NDManager.newBaseManager("PyTorch");
                GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            Shape shape = new Shape(SAMPLES, UNITS);
            NDList truth = new NDList(manager.create(labels, shape));
            OutputClamp clamp = new OutputClamp(loss.loss, STRENGTH, truth, manager);
            NDArray pull = clamp.errors(new NDList(manager.create(predictions, shape))).head();
            assertArrayEquals(errors, pull.toFloatArray(), 1e-5f);
            assertEquals(energy, clamp.energy().toType(DataType.FLOAT64, false).getDouble(), 1e-5);
        }
    }

    /** What a composite loss has for one output: L2 of the second head, beside a softmax. */
    @Test
    @SuppressWarnings("try") // the collector is only to be open
    void partsOfACompositePullAsTheyWouldAlone() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch");
                GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            NDList truth =
                    new NDList(
                            manager.create(new float[] {2, 0, 1}),
                            manager.create(new float[SAMPLES * UNITS], new Shape(SAMPLES, UNITS)));
            NDList given =
                    new NDList(
                            manager.create(
                                    new float[] {1, 2, 3, 3, 2, 1, 0, 1, 0}, new Shape(3, 3)),
                            manager.arange(15f).reshape(SAMPLES, UNITS));
            SimpleCompositeLoss both =
                    new SimpleCompositeLoss()
                            .addLoss(new IndexLoss(Loss.softmaxCrossEntropyLoss(), 0))
                            .addLoss(
                                    new SimpleCompositeLoss()
                                            .addLoss(new IndexLoss(Loss.l2Loss(), 1))
                                            .addLoss(new IndexLoss(Loss.l1Loss(), 1, 1)));
            OutputClamp clamp = new OutputClamp(both, STRENGTH, truth, manager);
            NDList pulls = clamp.errors(given);

            double energy = 0;
            List<Loss> alone =
                    List.of(Loss.softmaxCrossEntropyLoss(), Loss.l2Loss(), Loss.l1Loss());
            NDList sums = new NDList(given.get(0).zerosLike(), given.get(1).zerosLike());
            for (int i = 0; i < alone.size(); i++) {
                int head = Math.min(i, 1);
                OutputClamp one =
                        new OutputClamp(
                                alone.get(i), STRENGTH, new NDList(truth.get(head)), manager);
                sums.get(head).addi(one.errors(new NDList(given.get(head))).head());
                energy += one.energy().getFloat();
            }
            for (int head = 0; head < 2; head++) {
                assertArrayEquals(
                        sums.get(head).toFloatArray(), pulls.get(head).toFloatArray(), 1e-6f);
            }
            assertEquals(energy, clamp.energy().getFloat(), 1e-5 * energy);
            // the second head's by hand: predictions 0 to 14, labels 0
            float[] second = pulls.get(1).toFloatArray();
            for (int i = 0; i < second.length; i++) {
                assertEquals(-STRENGTH * (i + Math.signum(i)), second[i], 1e-5);
            }
        }
    }

    /** A penalty on weights is part of the energy, and pulls at no prediction. */
    @Test
    @SuppressWarnings("try") // the collector is only to be open
    void penaltiesPullAtNothing() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch");
                GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            NDArray weight = manager.create(new float[] {1, 2});
            weight.setRequiresGradient(true);
            NDList truth = new NDList(manager.zeros(new Shape(SAMPLES, UNITS)));
            NDList given = new NDList(manager.ones(new Shape(SAMPLES, UNITS)));
            Loss both =
                    new SimpleCompositeLoss()
                            .addLoss(Loss.l2Loss())
                            .addLoss(new L2WeightDecay("decay", new NDList(weight), 0.5f));
            OutputClamp clamp = new OutputClamp(both, STRENGTH, truth, manager);
            float[] expected = new float[SAMPLES * UNITS];
            Arrays.fill(expected, (float) -STRENGTH);
            assertArrayEquals(expected, clamp.errors(given).head().toFloatArray(), 1e-6f);
            assertEquals(STRENGTH * (UNITS / 2.0 + 2.5), clamp.energy().getFloat(), 1e-5);
        }
    }

    /** A loss of the user's own. */
    private static Loss ownLoss(boolean mean) {
        return new Loss("own") {
            @Override
            public NDArray evaluate(NDList labels, NDList predictions) {
                NDArray squares = labels.head().sub(predictions.head()).square();
                return mean ? squares.sum(new int[] {1}).mean() : squares.sum();
            }
        };
    }

    @Test
    @SuppressWarnings("try") // the collector is only to be open
    void sumsOverSamplesAreRefused() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch");
                GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            NDList truth = new NDList(manager.zeros(new Shape(SAMPLES, UNITS)));
            NDList given = new NDList(manager.ones(new Shape(SAMPLES, UNITS)));
            OutputClamp mean = new OutputClamp(ownLoss(true), STRENGTH, truth, manager);
            mean.checkMean(given);
            assertEquals(-2 * STRENGTH, mean.errors(given).head().getFloat(0, 0), 1e-6);
            for (Loss loss :
                    List.of(ownLoss(false), new SimpleCompositeLoss().addLoss(ownLoss(false)))) {
                OutputClamp sum = new OutputClamp(loss, STRENGTH, truth, manager);
                Exception e =
                        assertThrows(IllegalArgumentException.class, () -> sum.checkMean(given));
                assertTrue(e.getMessage().contains("own is a sum over samples"), e.getMessage());
            }
        }
    }

    /** Along which axis classes are, and whether labels are numbers of classes. */
    static List<Arguments> softmaxes() {
        return Stream.of(1, -1, 2, 3)
                .flatMap(axis -> Stream.of(Arguments.of(axis, true), Arguments.of(axis, false)))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("softmaxes")
    @SuppressWarnings("try") // the collector is only to be open
    void softmaxOfEveryPositionPullsTowardsItsLabel(int axis, boolean sparse) {
        long[] shape = {SAMPLES, 4, 2, UNITS};
        int at = Math.floorMod(axis, shape.length);
        int classes = (int) shape[at];
        int stride = 1;
        for (int i = at + 1; i < shape.length; i++) {
            stride *= (int) shape[i];
        }
        int positions = SAMPLES * 4 * 2 * UNITS / classes;
        Random random = new Random(5);
        float[] predictions = new float[positions * classes];
        float[] hot = new float[predictions.length];
        float[] numbers = new float[positions];
        float[] errors = new float[predictions.length];
        double energy = 0;
        for (int i = 0; i < predictions.length; i++) {
            predictions[i] = (float) random.nextGaussian();
        }
        for (int position = 0; position < positions; position++) {
            int first = position / stride * stride * classes + position % stride;
            int label = random.nextInt(classes);
            numbers[position] = label;
            hot[first + label * stride] = 1;
            double sum = 0;
            for (int c = 0; c < classes; c++) {
                sum += Math.exp(predictions[first + c * stride]);
            }
            for (int c = 0; c < classes; c++) {
                double probability = Math.exp(predictions[first + c * stride]) / sum;
                double target = c == label ? 1 : 0;
                errors[first + c * stride] = (float) (STRENGTH * (target - probability));
            }
            double logarithm = predictions[first + label * stride] - Math.log(sum);
            energy -= STRENGTH * logarithm / SAMPLES;
        }
        try (NDManager manager = NDManager.newBaseManager("PyTorch");
                GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            long[] withoutClasses = shape.clone();
            withoutClasses[at] = 1;
            NDArray truth =
                    sparse
                            ? manager.create(numbers, new Shape(withoutClasses))
                            : manager.create(hot, new Shape(shape));
            Loss loss = new SoftmaxCrossEntropyLoss("softmax", 1, axis, sparse, true);
            OutputClamp clamp = new OutputClamp(loss, STRENGTH, new NDList(truth), manager);
            NDList given = new NDList(manager.create(predictions, new Shape(shape)));
            assertArrayEquals(errors, clamp.errors(given).head().toFloatArray(), 1e-5f);
            assertEquals(energy, clamp.energy().toType(DataType.FLOAT64, false).getDouble(), 1e-4);
        }
    }
}
