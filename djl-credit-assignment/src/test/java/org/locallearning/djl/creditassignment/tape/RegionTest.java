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
package org.locallearning.djl.creditassignment.tape;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.loss.Loss;
import ai.djl.util.Pair;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.creditassignment.CreditAssigner;
import org.locallearning.djl.creditassignment.CreditAssignment;
import org.locallearning.djl.creditassignment.Gradients;
import org.locallearning.djl.creditassignment.NetworkCase;

/**
 * Regions: their activation runs again as it did, and their own errors take the place of others.
 */
class RegionTest {

    private static final Feedback EXACT =
            (layer, delta) -> layer.inputError(delta, layer.getWeight());

    static List<NetworkCase> networks() {
        return NetworkCase.small();
    }

    @ParameterizedTest
    @MethodSource("networks")
    void theActivationOfTheSamePreActivationIsTheSame(NetworkCase network) {
        int[] regions = new int[1];
        run(
                network,
                (tape, errors) -> {
                    for (RegionTrace region : tape.getRegions().values()) {
                        NDArray again = tape.activate(region, region.getPreActivation());
                        assertArrayEquals(
                                region.getActivation().toDoubleArray(),
                                again.toDoubleArray(),
                                1e-12,
                                region.getRegion().path());
                        regions[0]++;
                    }
                    tape.backward(errors, EXACT, false);
                });
        assertTrue(regions[0] >= 2, regions[0] + " regions");
    }

    @ParameterizedTest
    @MethodSource("networks")
    void ownErrorsThatEqualTheExactOnesGiveTheExactGradients(NetworkCase network) {
        Gradients stock = Gradients.of(network, DataType.FLOAT64, Model::newTrainer);
        Gradients twice =
                run(
                        network,
                        (tape, errors) -> {
                            Arrivals arrivals = new Arrivals(tape);
                            tape.backward(errors, EXACT, arrivals, true);
                            assertFalse(arrivals.errors.isEmpty());
                            tape.backward(errors, EXACT, arrivals.asOwn(), false);
                        });
        twice.byPath()
                .forEach(
                        (path, gradient) -> {
                            // normalizations behind a layer take the own error further up
                            if (path.endsWith("weight") || path.endsWith("bias")) {
                                double[] expected = stock.byPath().get(path).clone();
                                for (int i = 0; i < expected.length; i++) {
                                    expected[i] *= 2;
                                }
                                assertArrayEquals(expected, gradient, 1e-12, path);
                            }
                        });
    }

    @Test
    void nothingIsSentToARegionWithAnErrorOfItsOwn() {
        NetworkCase network =
                new NetworkCase("mlp", () -> NetworkCase.mlp(3, 5, 4), new Shape(6, 7), 3);
        int[] passed = new int[1];
        run(
                network,
                (tape, errors) -> {
                    Arrivals none = new Arrivals(tape);
                    tape.getRegions()
                            .forEach(
                                    (region, trace) ->
                                            none.errors.put(
                                                    region, trace.getPreActivation().zerosLike()));
                    none.errors.remove(tape.getNetwork().getRegions().get(2));
                    tape.backward(
                            errors,
                            (layer, delta) -> {
                                passed[0]++;
                                return EXACT.inputError(layer, delta);
                            },
                            none.asOwn(),
                            false);
                });
        assertEquals(0, passed[0], "errors that passed a weighted layer");
    }

    @Test
    void parametersOfTheActivationLearnFromTheOwnError() {
        NetworkCase network = normalized();
        Gradients found =
                run(
                        network,
                        (tape, errors) -> {
                            Arrivals ones = new Arrivals(tape);
                            Region first = tape.getNetwork().getRegions().get(0);
                            NDArray h = tape.getRegions().get(first).getPreActivation();
                            ones.errors.put(first, h.onesLike());
                            tape.backward(errors, EXACT, ones.asOwn(), false);
                        });
        // z = BatchNorm(h) here: the error at its shift is the sum over samples and positions
        double[] beta = found.byPath().get("02BatchNorm_beta");
        for (double gradient : beta) {
            assertEquals(5 * 6 * 6, gradient, 1e-10);
        }
        // what was normalized over the batch sums to zero
        for (double gradient : found.byPath().get("02BatchNorm_gamma")) {
            assertEquals(0, gradient, 1e-10);
        }
    }

    @Test
    void aSampleOfTheActivationDependsOnThatSampleAloneAndStateStays() {
        run(
                normalized(),
                (tape, errors) -> {
                    RegionTrace region =
                            tape.getRegions().get(tape.getNetwork().getRegions().get(0));
                    Parameter mean = parameter(tape, "02BatchNorm_runningMean");
                    double[] before = tape.getValue(mean).toDoubleArray();
                    NDArray moved = region.getPreActivation().duplicate();
                    moved.set(new NDIndex("2"), array -> array.addi(3));
                    NDArray again = tape.activate(region, moved);
                    NDArray once = region.getActivation();
                    for (int i = 0; i < 5; i++) {
                        double distance = again.get(i).sub(once.get(i)).abs().max().getDouble();
                        assertEquals(i == 2, distance > 1e-12, "sample " + i);
                    }
                    assertArrayEquals(before, tape.getValue(mean).toDoubleArray(), 0);
                    tape.backward(errors, EXACT, false);
                });
    }

    private static Parameter parameter(Tape tape, String path) {
        for (Network.Member member : tape.getNetwork().getMembers()) {
            for (Pair<String, Parameter> parameter : member.block().getParameters()) {
                if (path.equals(member.path() + "_" + parameter.getKey())) {
                    return parameter.getValue();
                }
            }
        }
        throw new AssertionError(path);
    }

    /** Convolution, normalization, dropout-free; pooling behind the activation. */
    private static NetworkCase normalized() {
        return new NetworkCase(
                "normalized",
                () ->
                        new SequentialBlock()
                                .add(conv())
                                .add(BatchNorm.builder().build())
                                .add(Pool.maxPool2dBlock(new Shape(2, 2)))
                                .add(Activation::tanh)
                                .add(list -> new NDList(list.head().flatten(1, -1)))
                                .add(NetworkCase.linear(3)),
                new Shape(5, 2, 6, 6),
                3);
    }

    private static Conv2d conv() {
        return Conv2d.builder()
                .setFilters(4)
                .setKernelShape(new Shape(3, 3))
                .optPadding(new Shape(1, 1))
                .build();
    }

    @Test
    void poolingDirectlyBehindTheLayerCountsToIt() {
        NetworkCase network =
                new NetworkCase(
                        "pooled first",
                        () ->
                                new SequentialBlock()
                                        .add(conv())
                                        .add(Pool.avgPool2dBlock(new Shape(2, 2)))
                                        .add(BatchNorm.builder().build())
                                        .add(Activation::tanh)
                                        .add(Dropout.builder().optRate(0.5f).build())
                                        .add(list -> new NDList(list.head().flatten(1, -1)))
                                        .add(NetworkCase.linear(3)),
                        new Shape(5, 2, 6, 6),
                        3);
        Gradients found =
                run(
                        network,
                        (tape, errors) -> {
                            Region first = tape.getNetwork().getRegions().get(0);
                            RegionTrace trace = tape.getRegions().get(first);
                            NDArray h = trace.getPreActivation();
                            assertEquals(new Shape(5, 4, 3, 3), h.getShape());
                            assertArrayEquals(
                                    trace.getActivation().toDoubleArray(),
                                    tape.activate(trace, h).toDoubleArray(),
                                    1e-12);
                            Arrivals ones = new Arrivals(tape);
                            ones.errors.put(first, h.onesLike());
                            tape.backward(errors, EXACT, ones.asOwn(), false);
                        });
        // averages of four positions: each of the 3 × 3 averages passes its whole error on
        for (double gradient : found.byPath().get("01Conv2d_bias")) {
            assertEquals(5 * 3 * 3, gradient, 1e-10);
        }
    }

    private static Gradients run(NetworkCase network, BiConsumer<Tape, NDList> way) {
        return Gradients.of(
                network, DataType.FLOAT64, new WayBack.Builder(way).build()::newTrainer);
    }

    /** Remembers which error arrives where, and gives it back as a region's own. */
    private static final class Arrivals implements LocalErrors {

        private final Map<Region, NDArray> errors = new HashMap<>();
        private final Tape tape;
        private boolean own;

        Arrivals(Tape tape) {
            this.tape = tape;
        }

        Arrivals asOwn() {
            List<Region> regions = tape.getNetwork().getRegions();
            errors.remove(regions.get(regions.size() - 1));
            own = true;
            return this;
        }

        @Override
        public boolean hasError(Region region) {
            return own && errors.containsKey(region);
        }

        @Override
        public NDArray getError(RegionTrace region) {
            return errors.get(region.getRegion()).duplicate();
        }

        @Override
        public void onArrival(RegionTrace region, NDList arrived) {
            if (arrived.size() == 1) {
                // a shape changed behind the layer has the same elements in these networks
                Shape shape = region.getPreActivation().getShape();
                errors.put(region.getRegion(), arrived.head().duplicate().reshape(shape));
            }
        }
    }

    /** A rule that does with the tape what it is told. */
    private static final class WayBack extends CreditAssignment {

        private final BiConsumer<Tape, NDList> way;

        WayBack(Builder builder) {
            super(builder);
            way = builder.way;
        }

        @Override
        protected CreditAssigner newAssigner(Network network, Loss loss, NDManager manager) {
            return new CreditAssigner() {
                @Override
                public boolean needsRerun() {
                    return true;
                }

                @Override
                public void assign(Tape tape, NDList errors) {
                    way.accept(tape, errors);
                }
            };
        }

        private static final class Builder extends CreditAssignment.Builder<Builder> {

            private final BiConsumer<Tape, NDList> way;

            Builder(BiConsumer<Tape, NDList> way) {
                this.way = way;
            }

            @Override
            protected Builder self() {
                return this;
            }

            WayBack build() {
                return new WayBack(this);
            }
        }
    }
}
