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
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import java.util.Arrays;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Padding counts nowhere: a batch with a mask against the same batch without the other rows. */
class MaskedRowsTest extends ArrayTest {

    private static final int WIDTH = 5;
    private static final int LENGTH = 4;

    /** The lengths of the sequences of a batch; the second is padding alone. */
    private static final int[] LENGTHS = {3, 0, 4, 1, 2, 4};

    MaskedRowsTest() {
        super(31);
    }

    @Test
    void aSingleTokenWhoseMeanLeavesNothingIsRefused() {
        Decorrelating layer = line("", builder -> builder.optMean(MeanRemoval.BATCH)).make().get();
        layer.initialize(manager, DataType.FLOAT64, new Shape(3, LENGTH, WIDTH));
        NDArray mask = manager.zeros(new Shape(3, LENGTH));
        mask.set(new NDIndex("1, 2"), 1);
        NDList inputs = new NDList(random(3, LENGTH, WIDTH), mask);
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> layer.forward(store, inputs, true))
                        .getMessage();
        assertTrue(message.contains("one value of each feature"), message);
    }

    record Line(String name, Supplier<Decorrelating> make) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Line> layers() {
        return Stream.of(
                line("batch mean", builder -> builder.optMean(MeanRemoval.BATCH)),
                line("running mean", builder -> builder.optMean(MeanRemoval.RUNNING)),
                line("no mean", builder -> builder.optMean(MeanRemoval.NONE)),
                line("scalar gain", builder -> builder.optGain(Gain.SCALAR)),
                line("unit-wise, raw", builder -> builder.optGain(Gain.UNITWISE.ofRawInput())),
                line("low rank", builder -> builder.optCost(all(Cost.rank(2)))),
                line("blocks", builder -> builder.optCost(all(Cost.blocks(5)))),
                new Line(
                        "recurrent",
                        () ->
                                RecurrentDecorrelation.builder()
                                        .optSteps(5)
                                        .optOptions(options().build())
                                        .build()),
                new Line("whitening", () -> BatchWhitening.builder().build()));
    }

    private static Line line(String name, UnaryOperator<DecorrelationOptions.Builder> change) {
        return new Line(
                name,
                () -> Decorrelation.builder().optOptions(change.apply(options()).build()).build());
    }

    private static DecorrelationOptions.Builder options() {
        return DecorrelationOptions.builder().optRate(0.05).optCost(all(Cost.full()));
    }

    private static Cost all(Cost cost) {
        return cost.withSampleFraction(1);
    }

    @ParameterizedTest
    @MethodSource("layers")
    void paddingCountsNowhere(Line line) {
        Decorrelating masked = initialized(line, new Shape(LENGTHS.length, LENGTH, WIDTH));
        Decorrelating alone = initialized(line, new Shape(14, WIDTH));
        for (int step = 0; step < 4; ++step) {
            NDArray batch = random(LENGTHS.length, LENGTH, WIDTH);
            NDArray mask = mask();
            NDArray tokens = tokens(batch);
            NDArray weights = random(LENGTHS.length, LENGTH, WIDTH);
            NDArray cotangent = weights.mul(mask.expandDims(2));
            NDArray expected = gradient(alone, new NDList(tokens), tokens(weights));
            NDArray actual = gradient(masked, new NDList(batch, mask), cotangent);
            assertClose(expected, tokens(actual), 1e-12);
        }
        assertSame(alone, masked);
    }

    @ParameterizedTest
    @MethodSource("layers")
    void learningApartLooksAtTheMaskToo(Line line) {
        Decorrelating masked = initialized(line, new Shape(LENGTHS.length, LENGTH, WIDTH));
        Decorrelating apart = initialized(line, new Shape(LENGTHS.length, LENGTH, WIDTH));
        for (int step = 0; step < 3; ++step) {
            NDList inputs = new NDList(random(LENGTHS.length, LENGTH, WIDTH), mask());
            masked.forward(store, inputs, true);
            apart.learn(store, inputs);
        }
        assertSame(masked, apart);
    }

    /** In evaluation nothing is learned, and every row has its own output. */
    @ParameterizedTest
    @MethodSource("layers")
    void evaluationDoesNotLookAtTheMask(Line line) {
        Decorrelating layer = initialized(line, new Shape(LENGTHS.length, LENGTH, WIDTH));
        NDArray batch = random(LENGTHS.length, LENGTH, WIDTH);
        layer.forward(store, new NDList(batch, mask()), true);
        NDArray plain = layer.forward(store, new NDList(batch), false).singletonOrThrow();
        NDArray masked = layer.forward(store, new NDList(batch, mask()), false).singletonOrThrow();
        assertClose(plain, masked, 0);
    }

    @Test
    void sampleWithoutTokensLeavesTheMatrix() {
        Decorrelation layer = ofTheFirstSample();
        NDList inputs = new NDList(random(6, LENGTH, WIDTH), maskOfTheOthers());
        layer.forward(store, inputs, true);
        layer.learn(store, inputs);
        assertClose(eye(WIDTH), layer.getMatrix().getArray(), 0);
    }

    /** Where the sample has no token that could show it. */
    @Test
    void inputThatIsNotFiniteIsRefusedBehindASampleWithoutTokens() {
        for (boolean learn : new boolean[] {false, true}) {
            Decorrelation layer = ofTheFirstSample();
            NDArray batch = random(6, LENGTH, WIDTH);
            batch.set(new NDIndex("2, 0, 0"), Double.NaN);
            NDList inputs = new NDList(batch, maskOfTheOthers());
            assertThrows(
                    NonFiniteInputException.class,
                    () -> {
                        if (learn) {
                            layer.learn(store, inputs);
                        } else {
                            layer.forward(store, inputs, true);
                        }
                    });
            double[] mean = layer.getRunningMean().getArray().toDoubleArray();
            assertTrue(Arrays.stream(mean).allMatch(Double::isFinite), Arrays.toString(mean));
        }
    }

    @Test
    void masksThatDoNotFitAreRefused() {
        Decorrelation layer = Decorrelation.builder().optName("01Decorrelation").build();
        layer.initialize(manager, DataType.FLOAT64, new Shape(6, LENGTH, WIDTH));
        NDArray batch = random(6, LENGTH, WIDTH);
        for (NDList inputs :
                new NDList[] {
                    new NDList(batch, manager.ones(new Shape(6))),
                    new NDList(batch, manager.zeros(new Shape(6, LENGTH))),
                    new NDList(batch, mask(), mask())
                }) {
            Exception e =
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> layer.forward(store, inputs, true));
            assertTrue(e.getMessage().contains("'01Decorrelation'"), e.getMessage());
        }
    }

    /** A layer that learns from the first of six sequences. */
    private Decorrelation ofTheFirstSample() {
        Decorrelation layer =
                Decorrelation.builder()
                        .optRate(0.05)
                        .optCost(Cost.full().withSampleFraction(0.1).withSamplesPerUpdate(1))
                        .build();
        layer.initialize(manager, DataType.FLOAT64, new Shape(6, LENGTH, WIDTH));
        return layer;
    }

    private NDArray maskOfTheOthers() {
        NDArray mask = mask();
        mask.set(new NDIndex("0"), 0);
        return mask;
    }

    /** The tokens of a batch, one after the other. */
    private static NDArray tokens(NDArray batch) {
        NDList tokens = new NDList();
        for (int i = 0; i < LENGTHS.length; ++i) {
            if (LENGTHS[i] > 0) {
                tokens.add(batch.get(i).get("0:" + LENGTHS[i]));
            }
        }
        return NDArrays.concat(tokens);
    }

    private NDArray mask() {
        double[][] mask = new double[LENGTHS.length][LENGTH];
        for (int i = 0; i < LENGTHS.length; ++i) {
            Arrays.fill(mask[i], 0, LENGTHS[i], 1);
        }
        return manager.create(mask);
    }

    private Decorrelating initialized(Line line, Shape input) {
        Decorrelating layer = line.make().get();
        layer.initialize(manager, DataType.FLOAT64, input);
        return layer;
    }

    private NDArray gradient(Decorrelating layer, NDList inputs, NDArray cotangent) {
        NDArray input = inputs.head();
        input.setRequiresGradient(true);
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            NDArray output = layer.forward(store, inputs, true).singletonOrThrow();
            collector.backward(output.mul(cotangent).sum());
        }
        return input.getGradient().duplicate();
    }

    private static void assertSame(Decorrelating expected, Decorrelating actual) {
        for (String name : expected.getDirectParameters().keys()) {
            assertArrayEquals(
                    expected.getDirectParameters().get(name).getArray().toDoubleArray(),
                    actual.getDirectParameters().get(name).getArray().toDoubleArray(),
                    1e-12,
                    name);
        }
        assertEquals(expected.getLastGain(), actual.getLastGain(), 1e-12);
    }
}
