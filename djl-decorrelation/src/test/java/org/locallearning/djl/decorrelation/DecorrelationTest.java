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
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.core.Linear;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.tracker.Tracker;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The dense layer: sampling, means, gradients and bad input. */
class DecorrelationTest extends ArrayTest {

    DecorrelationTest() {
        super(5);
    }

    @Test
    void trainingForwardIsTheAlgorithmOfThePaper() {
        DecorrelationOptions options =
                DecorrelationOptions.builder()
                        .optRate(0.03)
                        .optCost(Cost.full().withSampleFraction(0.25).withSamplesPerUpdate(1))
                        .build();
        Decorrelation layer = layer(options, 4);
        double[][] m = {{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}};
        double[] running = new double[4];
        for (int step = 0; step < 5; ++step) {
            NDArray input = random(10, 4).add(0.7);
            double[][] x = rows(input);
            double[][] centred = new double[10][4];
            double[][] expected = new double[10][4];
            for (int j = 0; j < 4; ++j) {
                double mean = 0;
                for (int i = 0; i < 10; ++i) {
                    mean += x[i][j] / 10;
                }
                for (int i = 0; i < 10; ++i) {
                    centred[i][j] = x[i][j] - mean;
                }
                running[j] = 0.9 * running[j] + 0.1 * mean;
            }
            for (int i = 0; i < 10; ++i) {
                for (int j = 0; j < 4; ++j) {
                    for (int k = 0; k < 4; ++k) {
                        expected[i][j] += m[j][k] * centred[i][k];
                    }
                }
            }
            assertClose(expected, rows(forward(layer, input, true)), 1e-13);
            // the first floor(0.25 * 10) + 1 samples
            double[][] u = {centred[0], centred[1], centred[2]};
            double[][] s = {expected[0], expected[1], expected[2]};
            m = SlowRule.update(m, u, s, 0.03, options);
            assertClose(m, rows(layer.getMatrix().getArray()), 1e-13);
            assertArrayEquals(running, layer.getRunningMean().getArray().toDoubleArray(), 1e-13);
        }
        NDArray input = random(3, 4);
        NDArray evaluated = forward(layer, input, false);
        NDArray by = input.sub(manager.create(running)).matMul(manager.create(m).transpose());
        assertEquals(0, by.sub(evaluated).abs().max().getDouble(), 1e-13);
    }

    @Test
    void rawNormComparesWithTheInputItself() {
        DecorrelationOptions options =
                DecorrelationOptions.builder()
                        .optRate(0.01)
                        .optCost(Cost.full().withSampleFraction(1))
                        .optGain(Gain.SCALAR.ofRawInput())
                        .build();
        Decorrelation layer = layer(options, 3);
        NDArray input = random(20, 3).add(2);
        NDArray centred = input.sub(input.mean(new int[] {0}));
        forward(layer, input, true);
        double gain =
                Math.sqrt(input.square().sum().getDouble() / centred.square().sum().getDouble());
        assertEquals(gain, layer.getLastGain(), 1e-12);
    }

    @Test
    void errorOfTheInputPassesTheOldMatrixAndIsRecentred() {
        Decorrelation layer =
                layer(
                        DecorrelationOptions.builder()
                                .optRate(0.05)
                                .optCost(Cost.full().withSampleFraction(1))
                                .build(),
                        5);
        NDArray warmUp = random(9, 5);
        for (int i = 0; i < 5; ++i) {
            forward(layer, warmUp, true);
        }
        NDArray old = layer.getMatrix().getArray().duplicate();
        NDArray input = random(9, 5);
        NDArray error = random(9, 5);
        input.setRequiresGradient(true);
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            collector.backward(forward(layer, input, true).mul(error).sum());
        }
        NDArray through = error.matMul(old);
        NDArray expected = through.sub(through.mean(new int[] {0}));
        NDArray gradient = input.getGradient();
        assertEquals(0, expected.sub(gradient).abs().max().getDouble(), 1e-13);
        assertEquals(0, gradient.sum(new int[] {0}).abs().max().getDouble(), 1e-13);
        assertTrue(old.sub(layer.getMatrix().getArray()).abs().max().getDouble() > 1e-4);
    }

    @Test
    void gradientDescentBehindTheLayerIsPreconditioned() {
        Decorrelation layer =
                layer(
                        DecorrelationOptions.builder().optRate(0).optMean(MeanRemoval.NONE).build(),
                        4);
        NDArray m = random(4, 4);
        layer.getMatrix().getArray().set(new NDIndex("..."), m);
        NDArray input = random(30, 4);
        NDArray weight = random(3, 4);
        weight.setRequiresGradient(true);
        NDArray error = random(30, 3);
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            NDArray output = Linear.linear(forward(layer, input, true), weight).singletonOrThrow();
            collector.backward(output.mul(error).sum());
        }
        // the change of W = W' M that a step on W' makes
        NDArray change = weight.getGradient().matMul(m);
        NDArray expected = error.transpose().matMul(input).matMul(m.transpose()).matMul(m);
        assertEquals(0, expected.sub(change).abs().max().getDouble(), 1e-11);
    }

    @Test
    void blocksAreSmallerLayersSideBySide() {
        DecorrelationOptions options =
                DecorrelationOptions.builder()
                        .optRate(0.05)
                        .optCost(Cost.full().withSampleFraction(1))
                        .build();
        Decorrelation blocks =
                layer(options.toBuilder().optCost(Cost.blocks(3).withSampleFraction(1)).build(), 6);
        assertEquals(new Shape(2, 3, 3), blocks.getMatrix().getShape());
        Decorrelation left = layer(options, 3);
        Decorrelation right = layer(options, 3);
        for (int step = 0; step < 4; ++step) {
            NDArray input = random(8, 6);
            NDArray expected =
                    NDArrays.concat(
                            new NDList(
                                    forward(left, input.get(":, 0:3"), true),
                                    forward(right, input.get(":, 3:6"), true)),
                            1);
            NDArray actual = forward(blocks, input, true);
            assertEquals(0, expected.sub(actual).abs().max().getDouble(), 1e-13);
        }
        assertTrue(Math.abs(blocks.getLastGain() - 1) > 1e-4);
    }

    @Test
    void eachDeviceCountsItsOwnSteps() {
        UpdateSchedule state =
                new UpdateSchedule(
                        DecorrelationOptions.builder()
                                .optCost(Cost.full().withUpdateInterval(2).withSamplesPerUpdate(1))
                                .build());
        Device[] devices = {Device.cpu(), Device.gpu(0)};
        for (int step = 0; step < 5; ++step) {
            for (Device device : devices) {
                assertEquals(Set.of(0, 3, 4).contains(step), state.isUpdateDue(device, 8));
                state.countStep(device);
            }
        }
        assertEquals(5, state.getSteps());
        state.restoreSteps(6);
        assertEquals(6, state.getSteps());
        assertFalse(state.isUpdateDue(devices[1], 8));
    }

    /** A discriminator sees real batches and generated ones in turn. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 6, 8})
    void everyUseOfALayerInAStepIsLearnedFromAsOften(int interval) {
        DecorrelationOptions options =
                DecorrelationOptions.builder()
                        .optCost(Cost.full().withUpdateInterval(interval).withSamplesPerUpdate(1))
                        .build();
        for (int uses : new int[] {1, 2, interval, 3 * interval, interval * interval}) {
            UpdateSchedule schedule = new UpdateSchedule(options);
            int[] updates = new int[uses];
            for (int forward = 0; forward < 40 * interval * uses; ++forward) {
                if (schedule.isUpdateDue(Device.cpu(), 8)) {
                    ++updates[forward % uses];
                }
                schedule.countStep(Device.cpu());
            }
            assertEquals(40 * uses, Arrays.stream(updates).sum());
            for (int each : updates) {
                assertEquals(40, each, 5, Arrays.toString(updates));
            }
        }
    }

    @Test
    void updatesAtOnceTakeNoMoreSamplesThanTheBatchHas() {
        Cost cost = Cost.full().withSamplesPerUpdate(100);
        long[][] expected = {{1000, 1, 101}, {256, 4, 104}, {64, 9, 63}, {32, 8, 32}, {1, 1, 1}};
        for (long[] each : expected) {
            assertEquals(each[1], cost.getUpdatesAtOnce(each[0]));
            assertEquals(each[2], cost.updateSampleSize(each[0]));
            assertEquals(3 * each[1], cost.withUpdateInterval(3).stepsPerUpdate(each[0]));
            assertEquals(1, cost.withSampleFraction(1).getUpdatesAtOnce(each[0]));
            assertEquals(1, cost.withSamplesPerUpdate(1).getUpdatesAtOnce(each[0]));
        }
        assertEquals(100, cost.getSamplesPerUpdate());
        assertEquals(5, Cost.full().getUpdatesAtOnce(256));
        assertThrows(IllegalArgumentException.class, () -> cost.withSamplesPerUpdate(0));
    }

    /** Eight samples, a fraction of three: two updates at once from six of them. */
    @Test
    void oneUpdateInThePlaceOfTwoHasTheirRateAndTheirSamples() {
        double rate = 0.03;
        DecorrelationOptions options =
                DecorrelationOptions.builder()
                        .optRate(rate)
                        .optCost(Cost.full().withSampleFraction(0.25).withSamplesPerUpdate(5))
                        .build();
        Decorrelation layer = layer(options, 5);
        NDArray matrix = layer.getMatrix().getArray();
        matrix.addi(random(5, 5).mul(0.2));
        for (int step = 0; step < 5; ++step) {
            NDArray before = matrix.duplicate();
            NDArray input = random(8, 5);
            NDArray centred = input.sub(input.mean(new int[] {0})).get("0:6");
            NDArray outputs = Decorrelation.decorrelate(centred, before);
            layer.forward(store, new NDList(input), true);
            NDArray expected =
                    Set.of(0, 3, 4).contains(step)
                            ? DecorrelationRule.formula(before, centred, outputs, 2 * rate, options)
                            : before;
            assertClose(expected, matrix, 1e-12);
        }
    }

    /** Along a direction of variance λ an update by 1 / λ takes the direction away. */
    @Test
    void oneUpdateInThePlaceOfSeveralLeavesHalfOfADirectionWhereEachAloneDoes() {
        NDArray rows = manager.create(new double[] {3, 0, -3, 0, 0, 1, 0, -1}, new Shape(4, 2));
        ActivitySample sample = new ActivitySample(rows, rows);
        double largest = 4.5;
        double norm = Math.hypot(4.5, 0.5);
        assertEquals(4 * 0.01, rate(sample, 4, 0.01), 1e-12);
        // the trace, 5, is above 0.5 / 0.104, but the norm is not
        assertEquals(4 * 0.026, rate(sample, 4, 0.026), 1e-12);
        assertEquals(0.5 / norm, rate(sample, 4, 0.1), 1e-12);
        assertTrue(rate(sample, 4, 0.1) * largest < 0.5);
        assertEquals(0.3, rate(sample, 4, 0.3), 1e-12);
        assertEquals(0.3, rate(sample, 1, 0.3), 1e-12);

        NDArray few = manager.create(new double[] {3, 4, 0, 0, 0, 2}, new Shape(2, 3));
        // the products of rows are diag(25, 4), of which half is the mean
        assertEquals(1 / Math.hypot(25, 4), rate(new ActivitySample(few, few), 9, 0.01), 1e-12);
    }

    /** Eight updates at 1e-5 leave 0.8 of a feature of deviation 150 each; their sum left none. */
    @Test
    void oneUpdateInThePlaceOfSeveralKeepsASingleFeature() {
        DecorrelationOptions options =
                DecorrelationOptions.builder()
                        .optCost(Cost.full())
                        .optGain(Gain.NONE)
                        .optMean(MeanRemoval.NONE)
                        .build();
        Decorrelation layer = layer(options, 1);
        NDArray input = manager.create(new double[] {150, -150}, new Shape(2, 1)).repeat(0, 16);
        forward(layer, input, true);
        assertEquals(0.5, layer.getMatrix().getArray().getDouble(), 1e-12);
    }

    private double rate(ActivitySample sample, long updates, double each) {
        NDArray one = manager.create(1.0);
        return sample.rateOf(updates, each).times(one, 1).getDouble();
    }

    @Test
    void multiplyAddsAreThoseOfTheProducts() {
        Decorrelation full = Decorrelation.builder().build();
        full.initialize(manager, DataType.FLOAT32, new Shape(1, 3072));
        // forward, back to the input, and x̄ᵀ (x̄ M) for a sample of 26
        long square = 3072L * 3072;
        assertEquals(2 * 256 * square + 2 * 26 * square, full.getMultiplyAdds(256));
        assertEquals(256 * square, full.getErrorMultiplyAdds(256));
        Decorrelation lowRank =
                layer(DecorrelationOptions.builder().optCost(Cost.rank(100)).build(), 3072);
        // to the directions, between them, and back; for learning to the directions and x̄ᵀ (x̄ A)
        long through = 256 * (2 * 3072 * 100 + 100 * 100);
        assertEquals(2 * through + 26 * (3072 * 100 + 2 * 100 * 100), lowRank.getMultiplyAdds(256));
        assertEquals(through, lowRank.getErrorMultiplyAdds(256));
        Decorrelation blocks =
                layer(
                        DecorrelationOptions.builder()
                                .optCost(Cost.blocks(1024).withUpdateInterval(2))
                                .build(),
                        3072);
        assertEquals((2 * 256 + 26) * square / 3, blocks.getMultiplyAdds(256));
    }

    @Test
    void blocksNeedADivisor() {
        Cost cost = Cost.blocks(100);
        assertEquals(1, cost.getBlocks(100));
        assertEquals(4, cost.getBlocks(400));
        assertEquals(5, cost.getBlocks(405));
        Exception e = assertThrows(IllegalArgumentException.class, () -> cost.getBlocks(1009));
        assertTrue(e.getMessage().contains("1009"));
    }

    /** As for the next fold of a cross-validation. */
    @Test
    void aLayerThatWasClearedBeginsAnew() {
        Tracker schedule = step -> step < 2 ? 0.05f : 0f;
        Decorrelation layer =
                Decorrelation.builder()
                        .optOptions(
                                DecorrelationOptions.builder()
                                        .optRate(schedule)
                                        .optCost(Cost.full().withSamplesPerUpdate(1))
                                        .build())
                        .build();
        NDArray batch = random(20, 4);
        List<double[]> learned = new ArrayList<>();
        for (int fold = 0; fold < 2; fold++) {
            layer.initialize(manager, DataType.FLOAT64, new Shape(20, 4));
            ParameterStore anew = new ParameterStore(manager, false);
            assertTrue(Double.isNaN(layer.getLastGain()));
            for (int step = 0; step < 3; step++) {
                layer.forward(anew, new NDList(batch), true);
            }
            learned.add(layer.getMatrix().getArray().toDoubleArray());
            layer.clear();
        }
        assertArrayEquals(learned.get(0), learned.get(1));
        assertFalse(Arrays.equals(learned.get(0), eye(4).toDoubleArray()));
    }

    @Test
    void clearedLayerOfLowRankRefusesInputsNarrowerThanItsRank() {
        Decorrelation layer = Decorrelation.builder().optCost(Cost.rank(8)).build();
        layer.initialize(manager, DataType.FLOAT32, new Shape(16, 32));
        layer.clear();
        Exception e =
                assertThrows(
                        IllegalStateException.class,
                        () -> layer.initialize(manager, DataType.FLOAT32, new Shape(16, 6)));
        assertTrue(e.getMessage().contains(layer.getName()), e.getMessage());
        assertTrue(e.getMessage().contains("width 6"), e.getMessage());
    }

    @Test
    void scheduleSetsTheRateOfEachStep() {
        Tracker schedule = step -> step < 2 ? 0f : 0.25f;
        Decorrelation layer =
                layer(
                        DecorrelationOptions.builder()
                                .optGain(Gain.SCALAR)
                                .optRate(schedule)
                                .optCost(Cost.full().withSampleFraction(1))
                                .build(),
                        3);
        NDArray identity = eye(3);
        for (int step = 0; step < 3; ++step) {
            NDArray input = random(6, 3);
            NDArray centred = input.sub(input.mean(new int[] {0}));
            forward(layer, input, true);
            NDArray expected =
                    step < 2
                            ? identity
                            : identity.sub(centred.transpose().matMul(centred).mul(0.25 / 6));
            NDArray matrix = layer.getMatrix().getArray();
            assertEquals(0, expected.sub(matrix).abs().max().getDouble(), 1e-13);
        }
    }

    @Test
    void rateZeroIsThePlainNetwork() {
        Decorrelation layer =
                layer(
                        DecorrelationOptions.builder().optRate(0).optMean(MeanRemoval.NONE).build(),
                        4);
        NDArray input = random(7, 4);
        for (int i = 0; i < 3; ++i) {
            assertArrayEquals(input.toDoubleArray(), forward(layer, input, true).toDoubleArray());
        }
    }

    @Test
    void batchOfOneNeedsARunningMean() {
        Decorrelation layer = layer(DecorrelationOptions.builder().build(), 4);
        NDArray one = random(1, 4);
        Exception e = assertThrows(IllegalArgumentException.class, () -> forward(layer, one, true));
        assertTrue(e.getMessage().contains("RUNNING"), e.getMessage());
        forward(layer, one, false);

        Decorrelation running =
                layer(DecorrelationOptions.builder().optMean(MeanRemoval.RUNNING).build(), 4);
        NDArray output = forward(running, one, true);
        assertArrayEquals(one.toDoubleArray(), output.toDoubleArray());
        assertArrayEquals(
                one.mul(0.1).toDoubleArray(),
                running.getRunningMean().getArray().toDoubleArray(),
                1e-15);
    }

    @Test
    void divergenceNamesTheLayerAndAStableRate() {
        Decorrelation layer =
                Decorrelation.builder()
                        .optName("03Linear")
                        .optOptions(
                                DecorrelationOptions.builder()
                                        .optRate(1)
                                        .optCost(Cost.full().withSampleFraction(1))
                                        .build())
                        .build();
        layer.initialize(manager, DataType.FLOAT32, new Shape(50, 10));
        // one direction of variance 9 beside nine of variance about 1
        NDArray input =
                manager.randomNormal(new Shape(50, 10))
                        .add(manager.randomNormal(new Shape(50, 1)).mul(3));
        NDArray centred = input.sub(input.mean(new int[] {0}));
        double stable = 1 / CorrelationStatistics.largestSecondMoment(centred);
        Exception e =
                assertThrows(
                        IllegalStateException.class,
                        () -> {
                            for (int i = 0; i < 200; ++i) {
                                forward(layer, input, true);
                            }
                        });
        assertTrue(e.getMessage().contains("'03Linear'"), e.getMessage());
        assertTrue(e.getMessage().contains(String.format("%.2g", stable)), e.getMessage());

        Decorrelation slower =
                layer(
                        DecorrelationOptions.builder()
                                .optRate(0.9 * stable)
                                .optCost(Cost.full().withSampleFraction(1))
                                .build(),
                        10);
        NDArray precise = input.toType(DataType.FLOAT64, true);
        for (int i = 0; i < 200; ++i) {
            forward(slower, precise, true);
        }
        assertTrue(slower.getMatrix().getArray().norm().getDouble() < 100);
    }

    @Test
    void deadAndConstantFeaturesDoNoHarm() {
        for (Gain gain : Gain.values()) {
            Decorrelation layer =
                    layer(
                            DecorrelationOptions.builder()
                                    .optRate(0.05)
                                    .optGain(gain)
                                    .optCost(Cost.full().withSampleFraction(1))
                                    .build(),
                            4);
            NDArray mask = manager.create(new double[] {1, 0, 1, 0});
            NDArray constant = manager.create(new double[] {0, 0, 0, 0.1306604762738429});
            for (int i = 0; i < 300; ++i) {
                forward(layer, random(16, 4).mul(mask).add(constant), true);
            }
            double largest = layer.getMatrix().getArray().abs().max().getDouble();
            assertTrue(largest < 10, gain + " reached " + largest);
            double[] alive = forward(layer, random(16, 4), true).toDoubleArray();
            for (double value : alive) {
                assertTrue(Math.abs(value) < 100);
            }
        }
    }

    @Test
    void settingsAreCheckedAndShown() {
        DecorrelationOptions.Builder builder = DecorrelationOptions.builder();
        assertThrows(IllegalArgumentException.class, () -> builder.optRate(-1));
        assertThrows(IllegalArgumentException.class, () -> builder.optRate(Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> Cost.full().withSampleFraction(0));
        assertThrows(IllegalArgumentException.class, () -> Cost.full().withSampleFraction(1.5));
        assertThrows(IllegalArgumentException.class, () -> Gain.SCALAR.within(2, 3));
        assertThrows(IllegalArgumentException.class, () -> MeanRemoval.BATCH.withMomentum(0));
        assertThrows(IllegalArgumentException.class, () -> builder.optUnitVariance(2));
        assertThrows(IllegalArgumentException.class, () -> Cost.full().withUpdateInterval(0));
        assertThrows(IllegalArgumentException.class, () -> Cost.full().withMaxPatches(1));
        assertThrows(IllegalArgumentException.class, () -> Cost.blocks(-1));
        assertThrows(IllegalArgumentException.class, () -> Cost.rank(-1));
        DecorrelationOptions options =
                builder.optRate(0.25).optCost(Cost.full().withUpdateInterval(7)).build();
        String shown = options.toString();
        assertTrue(shown.contains("rate=0.25") && shown.contains("updateInterval=7"), shown);
        assertEquals(shown, options.toBuilder().build().toString());
        assertEquals(26, options.getCost().getSampleSize(256));
        assertEquals(1, options.getCost().getSampleSize(1));
        assertEquals(1e-5, DecorrelationOptions.builder().build().getRate(0));
    }

    private Decorrelation layer(DecorrelationOptions options, int features) {
        Decorrelation layer = Decorrelation.builder().optOptions(options).build();
        layer.initialize(manager, DataType.FLOAT64, new Shape(1, features));
        return layer;
    }

    private NDArray forward(Decorrelation layer, NDArray input, boolean training) {
        return layer.forward(store, new NDList(input), training).singletonOrThrow();
    }
}
