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
package org.locallearning.djl.creditassignment.rule;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.locallearning.djl.creditassignment.internal.TorchScript;

/** Pseudobackprop in the case of Lillicrap et al. (2016), supplementary note 15. */
class PseudobackpropagationTest {

    private final NDManager manager = NDManager.newBaseManager("PyTorch");

    @BeforeEach
    void seed() {
        Engine.getEngine("PyTorch").setRandomSeed(4);
    }

    @Test
    void pseudoinverseMeetsPenrosesEquations() {
        NDArray full = manager.randomNormal(0, 1, new Shape(2, 5, 3), DataType.FLOAT64);
        NDArray rankTwo = full.get(":, :, 0:2").batchMatMul(full.get(":, 0:2, :"));
        for (NDArray a : new NDArray[] {full, full.swapAxes(1, 2), rankTwo}) {
            NDArray inverse = TorchScript.pseudoinverse(a);
            NDArray onto = a.batchMatMul(inverse);
            NDArray within = inverse.batchMatMul(a);
            assertClose(a, onto.batchMatMul(a));
            assertClose(inverse, within.batchMatMul(inverse));
            assertClose(onto, onto.swapAxes(1, 2));
            assertClose(within, within.swapAxes(1, 2));
        }
    }

    @Test
    void hiddenErrorIsTheGaussNewtonStep() {
        try (Net net = new Net(6, 4, 7, Activation::tanh)) {
            NDArray input = manager.randomNormal(0, 1, new Shape(1, 6), DataType.FLOAT64);
            NDArray target = manager.randomNormal(0, 1, new Shape(1, 7), DataType.FLOAT64);
            net.assign(input, target);
            // the normal equations of ‖W Δh − δ‖², solved by elimination
            NDArray weight = net.weight("03Linear_weight");
            NDArray delta = net.gradient("03Linear_bias");
            NDArray square = weight.transpose().matMul(weight);
            NDArray step = square.inverse().matMul(weight.transpose()).matMul(delta);
            NDArray hidden = net.activity(input);
            NDArray slope = hidden.square().neg().add(1).squeeze(0);
            assertClose(step.mul(slope), net.gradient("01Linear_bias"));
        }
    }

    @Test
    void oneStepAtTheGaussNewtonRateMeetsTheTarget() {
        // η xᵀx = 1 and W of independent rows: ΔA moves h by W⁺ e, and W h by e
        try (Net net = new Net(6, 9, 3, input -> input)) {
            NDArray input = manager.randomNormal(0, 1, new Shape(1, 6), DataType.FLOAT64);
            NDArray target = manager.randomNormal(0, 1, new Shape(1, 3), DataType.FLOAT64);
            net.freeze("03Linear_weight", "03Linear_bias", "01Linear_bias");
            net.assign(input, target);
            // the loss is the mean over outputs of half the square
            double rate = 3 / input.square().sum().getDouble();
            NDArray moved =
                    net.weight("01Linear_weight").sub(net.gradient("01Linear_weight").mul(rate));
            NDArray hidden = input.matMul(moved.transpose());
            NDArray output = hidden.matMul(net.weight("03Linear_weight").transpose());
            assertClose(target, output);
        }
    }

    @Test
    void groupsOfAConvolutionAreInvertedApart() {
        Block block =
                new SequentialBlock()
                        .add(conv(4, 1, 1))
                        .add(conv(6, 1, 2))
                        .add(
                                Conv2d.builder()
                                        .setFilters(2)
                                        .setKernelShape(new Shape(3, 3))
                                        .build());
        try (Model model = Model.newInstance("groups", "PyTorch")) {
            model.setDataType(DataType.FLOAT64);
            model.setBlock(block);
            try (Trainer trainer =
                    Pseudobackpropagation.builder().build().newTrainer(model, config())) {
                trainer.initialize(new Shape(1, 3, 3, 3));
                NDArray data = manager.randomNormal(0, 1, new Shape(1, 3, 3, 3), DataType.FLOAT64);
                NDArray label = manager.randomNormal(0, 1, new Shape(1, 2, 1, 1), DataType.FLOAT64);
                backward(trainer, data, label);
                NDArray kernel = parameter(model, "02Conv2d_weight").reshape(2, 3, 2);
                NDArray above = gradient(model, "02Conv2d_bias").reshape(2, 3, 1);
                // biases sum over positions, and so does a convolution of one by one
                NDArray expected = TorchScript.pseudoinverse(kernel).batchMatMul(above);
                assertClose(expected.reshape(4), gradient(model, "01Conv2d_bias"));
            }
        }
    }

    private static Conv2d conv(int filters, int kernel, int groups) {
        return Conv2d.builder()
                .setFilters(filters)
                .setKernelShape(new Shape(kernel, kernel))
                .optGroups(groups)
                .build();
    }

    private static DefaultTrainingConfig config() {
        return new DefaultTrainingConfig(Loss.l2Loss())
                .optInitializer(
                        (m, shape, type) -> m.randomNormal(0, 1, shape, DataType.FLOAT64),
                        Parameter.Type.WEIGHT)
                .optOptimizer(Optimizer.sgd().setLearningRateTracker(Tracker.fixed(0.1f)).build());
    }

    private static void backward(Trainer trainer, NDArray data, NDArray label) {
        try (GradientCollector collector = trainer.newGradientCollector()) {
            NDList predictions = trainer.forward(new NDList(data), new NDList(label));
            collector.backward(trainer.getLoss().evaluate(new NDList(label), predictions));
        }
    }

    private static NDArray parameter(Model model, String path) {
        return model.getBlock().getParameters().get(path).getArray().duplicate();
    }

    private static NDArray gradient(Model model, String path) {
        return model.getBlock().getParameters().get(path).getArray().getGradient();
    }

    private static void assertClose(NDArray expected, NDArray actual) {
        assertEquals(expected.getShape(), actual.getShape());
        assertArrayEquals(expected.toDoubleArray(), actual.toDoubleArray(), 1e-10);
    }

    /** A net of two layers in double precision. */
    private final class Net implements AutoCloseable {

        private final Model model = Model.newInstance("net", "PyTorch");
        private final java.util.function.UnaryOperator<NDArray> activation;
        private final Trainer trainer;

        Net(int in, int hidden, int out, java.util.function.UnaryOperator<NDArray> activation) {
            this.activation = activation;
            model.setDataType(DataType.FLOAT64);
            model.setBlock(
                    new SequentialBlock()
                            .add(Linear.builder().setUnits(hidden).build())
                            .addSingleton(activation::apply)
                            .add(Linear.builder().setUnits(out).build()));
            trainer = Pseudobackpropagation.builder().build().newTrainer(model, config());
            trainer.initialize(new Shape(1, in));
        }

        void freeze(String... paths) {
            for (String path : paths) {
                model.getBlock().getParameters().get(path).freeze(true);
            }
        }

        void assign(NDArray input, NDArray target) {
            backward(trainer, input, target);
        }

        NDArray weight(String path) {
            return parameter(model, path);
        }

        NDArray gradient(String path) {
            return PseudobackpropagationTest.gradient(model, path);
        }

        NDArray activity(NDArray input) {
            return activation.apply(
                    input.matMul(weight("01Linear_weight").transpose())
                            .add(weight("01Linear_bias")));
        }

        @Override
        public void close() {
            trainer.close();
            model.close();
        }
    }
}
