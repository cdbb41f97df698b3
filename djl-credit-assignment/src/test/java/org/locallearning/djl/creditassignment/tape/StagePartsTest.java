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
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.creditassignment.CreditAssigner;
import org.locallearning.djl.creditassignment.CreditAssignment;
import org.locallearning.djl.creditassignment.Gradients;
import org.locallearning.djl.creditassignment.NetworkCase;

/**
 * The parts of stages in double precision: the activation runs again as it ran, and an error may be
 * put anywhere between the parts.
 */
class StagePartsTest {

    static List<NetworkCase> networks() {
        return NetworkCase.small();
    }

    @ParameterizedTest
    @MethodSource("networks")
    void theActivationOfTheSamePreActivationIsTheSame(NetworkCase network) {
        int[] activations = new int[1];
        run(
                network,
                (tape, errors) -> {
                    for (Stage after : blocksAfterLayers(tape.getStages())) {
                        NDList h = after.upToPreActivation().keepOutputs();
                        NDArray again = after.activate(h.singletonOrThrow());
                        double[] once = after.upToActivation().keepOutputs().head().toDoubleArray();
                        assertArrayEquals(once, again.toDoubleArray(), 1e-12);
                        // and what others are compared with is the same to the last bit
                        assertArrayEquals(
                                again.toDoubleArray(), after.getActivation().toDoubleArray(), 0);
                        activations[0]++;
                    }
                });
        assertTrue(activations[0] >= 2, activations[0] + " activations");
    }

    /** The blocks after every layer or container, in branches too. */
    private static List<Stage> blocksAfterLayers(List<Stage> sequence) {
        List<Stage> blocks = new ArrayList<>();
        for (int l = 0; l < sequence.size(); l++) {
            boolean last = l == sequence.size() - 1;
            blocks.add(last ? sequence.get(l).getTail() : sequence.get(l + 1).getFront());
            sequence.get(l)
                    .getBranches()
                    .forEach(branch -> blocks.addAll(blocksAfterLayers(branch)));
        }
        return blocks;
    }

    @ParameterizedTest
    @MethodSource("networks")
    void errorsSentPartByPartGiveTheExactGradients(NetworkCase network) {
        Gradients stock = Gradients.of(network, DataType.FLOAT64, Model::newTrainer);
        Gradients found =
                run(network, (tape, errors) -> sendPartByPart(tape.getStages(), errors, false));
        assertEquals(0, found.distanceTo(stock), 1e-12);
    }

    private static NDList sendPartByPart(List<Stage> sequence, NDList errors, boolean wanted) {
        NDList delta = errors;
        for (int l = sequence.size() - 1; l >= 0; l--) {
            Stage stage = sequence.get(l);
            delta = stage.getTail().backward(delta, true);
            delta = sendThroughLayer(stage, delta);
            if (!delta.isEmpty()) {
                delta = stage.getFront().backward(delta, l > 0 || wanted);
            }
            stage.close();
        }
        return delta;
    }

    private static NDList sendThroughLayer(Stage stage, NDList delta) {
        List<List<Stage>> branches = stage.getBranches();
        if (branches.isEmpty()) {
            return stage.getWeighted().backward(delta, true);
        }
        List<NDList> ends = stage.backwardToBranches(delta);
        NDArray sum = null;
        for (int i = 0; i < branches.size(); i++) {
            NDArray part = sendPartByPart(branches.get(i), ends.get(i), true).singletonOrThrow();
            sum = sum == null ? part : sum.add(part);
        }
        return new NDList(sum);
    }

    @ParameterizedTest
    @MethodSource("networks")
    void sendingTwiceWithoutClosingDoublesTheGradients(NetworkCase network) {
        Gradients stock = Gradients.of(network, DataType.FLOAT64, Model::newTrainer);
        Gradients found =
                run(
                        network,
                        (tape, errors) -> {
                            List<Stage> stages = tape.getStages();
                            for (int times = 0; times < 2; times++) {
                                NDList delta = errors;
                                for (int l = stages.size() - 1; l >= 0; l--) {
                                    stages.get(l).addGradients(delta);
                                    delta = l == 0 ? delta : stages.get(l).inputErrors(delta);
                                }
                            }
                        });
        assertEquals(0, found.distanceTo(stock.plus(stock)), 1e-12);
    }

    @Test
    void namesTheStagesOfBranchesAsTheOutlineDoes() {
        NetworkCase residual = network("residual");
        run(
                residual,
                (tape, errors) -> {
                    assertOutline(tape.getNetwork().getOutline(), tape.getStages());
                    Stage block = tape.getStages().get(1);
                    assertEquals(2, block.getBranches().get(0).size());
                    assertFalse(block.getTail().isTrainable());
                });
    }

    private static void assertOutline(List<StageOutline> outline, List<Stage> stages) {
        assertEquals(
                outline.stream().map(StageOutline::path).toList(),
                stages.stream().map(Stage::getPath).toList());
        for (int l = 0; l < stages.size(); l++) {
            List<List<Stage>> branches = stages.get(l).getBranches();
            assertEquals(outline.get(l).branches().size(), branches.size());
            for (int i = 0; i < branches.size(); i++) {
                // an identity has a stage without weights when it runs, which no outline names
                if (branches.get(i).stream().allMatch(Stage::isWeighted)) {
                    assertOutline(outline.get(l).branches().get(i), branches.get(i));
                }
            }
        }
    }

    @Test
    void parametersOfTheActivationLearnFromAnErrorAtItsEnd() {
        Gradients found =
                run(
                        normalized(),
                        (tape, errors) -> {
                            Stage after = tape.getStages().get(1).getFront();
                            NDList h = after.upToPreActivation().keepOutputs();
                            assertFalse(after.parametersAfterActivation().isTrainable());
                            after.upToActivation().addGradients(new NDList(h.head().onesLike()));
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
                    Stage after = tape.getStages().get(1).getFront();
                    Parameter mean = parameter(tape, "02BatchNorm_runningMean");
                    double[] before = tape.getValue(mean).toDoubleArray();
                    NDArray moved = after.upToPreActivation().keepOutputs().head().duplicate();
                    moved.set(new NDIndex("2"), array -> array.addi(3));
                    NDArray again = after.activate(moved);
                    NDArray once = after.upToActivation().keepOutputs().head();
                    for (int i = 0; i < 5; i++) {
                        double distance = again.get(i).sub(once.get(i)).abs().max().getDouble();
                        assertEquals(i == 2, distance > 1e-12, "sample " + i);
                    }
                    assertArrayEquals(before, tape.getValue(mean).toDoubleArray(), 0);
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

    /** Convolution, normalization, dropout-free; pooling after the activation. */
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
    void poolingDirectlyAfterTheLayerComesBeforeThePreActivation() {
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
                            Stage after = tape.getStages().get(1).getFront();
                            NDArray h = after.upToPreActivation().keepOutputs().head();
                            assertEquals(new Shape(5, 4, 3, 3), h.getShape());
                            assertArrayEquals(
                                    after.upToActivation().keepOutputs().head().toDoubleArray(),
                                    after.activate(h).toDoubleArray(),
                                    1e-12);
                            NDList ones = new NDList(h.onesLike());
                            NDList atLayer = after.upToPreActivation().inputErrors(ones);
                            tape.getStages().get(0).addGradients(atLayer);
                        });
        // averages of four positions: each of the 3 × 3 averages passes its whole error on
        for (double gradient : found.byPath().get("01Conv2d_bias")) {
            assertEquals(5 * 3 * 3, gradient, 1e-10);
        }
    }

    @Test
    void aNormalizationAfterTheActivationIsFound() {
        NetworkCase network =
                new NetworkCase(
                        "normalized late",
                        () ->
                                new SequentialBlock()
                                        .add(conv())
                                        .add(Activation::tanh)
                                        .add(Pool.avgPool2dBlock(new Shape(2, 2)))
                                        .add(BatchNorm.builder().build())
                                        .add(list -> new NDList(list.head().flatten(1, -1)))
                                        .add(NetworkCase.linear(3)),
                        new Shape(5, 2, 6, 6),
                        3);
        run(
                network,
                (tape, errors) -> {
                    Stage after = tape.getStages().get(1).getFront();
                    assertTrue(after.parametersAfterActivation().isTrainable());
                    assertFalse(after.upToActivation().isTrainable());
                });
    }

    private static NetworkCase network(String name) {
        return NetworkCase.small().stream()
                .filter(network -> network.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Gradients run(NetworkCase network, BiConsumer<Tape, NDList> use) {
        return Gradients.of(network, DataType.FLOAT64, new AsTold.Builder(use).build()::newTrainer);
    }

    /** A rule that does with the tape what it is told. */
    private static final class AsTold extends CreditAssignment {

        private final BiConsumer<Tape, NDList> use;

        AsTold(Builder builder) {
            super(builder);
            use = builder.use;
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
                    use.accept(tape, errors);
                }
            };
        }

        private static final class Builder extends CreditAssignment.Builder<Builder> {

            private final BiConsumer<Tape, NDList> use;

            Builder(BiConsumer<Tape, NDList> use) {
                this.use = use;
            }

            @Override
            protected Builder self() {
                return this;
            }

            AsTold build() {
                return new AsTold(this);
            }
        }
    }
}
