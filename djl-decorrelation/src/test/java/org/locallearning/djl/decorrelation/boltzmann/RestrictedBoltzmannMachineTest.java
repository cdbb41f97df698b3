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
package org.locallearning.djl.decorrelation.boltzmann;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.evaluator.Accuracy;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The machine as a DJL block. */
class RestrictedBoltzmannMachineTest {

    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager();
        Engine.getInstance().setRandomSeed(41);
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void forwardGivesTheProbabilitiesOfTheHiddenUnits() {
        RestrictedBoltzmannMachine machine = machine(3);
        machine.initialize(manager, DataType.FLOAT64, new Shape(2, 1, 2, 2));
        NDArray images = manager.randomUniform(0, 1, new Shape(2, 1, 2, 2), DataType.FLOAT64);
        NDArray output = forward(machine, images);
        assertEquals(new Shape(2, 3), output.getShape());
        assertArrayEquals(
                new Shape[] {new Shape(2, 3)},
                machine.getOutputShapes(new Shape[] {images.getShape()}));
        double[] v = images.toDoubleArray();
        BoltzmannParameters parameters = machine.getBoltzmannParameters();
        double[] w = parameters.weight().toDoubleArray();
        double[] b = parameters.hiddenBias().toDoubleArray();
        double[] p = output.toDoubleArray();
        for (int row = 0; row < 2; ++row) {
            for (int j = 0; j < 3; ++j) {
                double input = b[j];
                for (int i = 0; i < 4; ++i) {
                    input += v[row * 4 + i] * w[i * 3 + j];
                }
                assertEquals(1 / (1 + Math.exp(-input)), p[row * 3 + j], 1e-14);
            }
        }
    }

    @Test
    void freeEnergySumsOverTheHiddenStates() {
        SlowMachine slow = SlowMachine.random(4, 3, 1, 2);
        double[] energies =
                slow.parameters(manager)
                        .freeEnergy(manager.create(new double[][] {{1, 0, 1, 1}, {0, 0, 0, 0}}))
                        .toDoubleArray();
        double[] marginal = slow.marginal();
        double logZ = Math.log(slow.partition());
        assertEquals(-Math.log(marginal[0b1101]) - logZ, energies[0], 1e-12);
        assertEquals(-Math.log(marginal[0]) - logZ, energies[1], 1e-12);
    }

    @Test
    void visibleBiasesStartAtTheMeansOfTheData() {
        double[] means = {0.2, 0.5, 0, 0.9};
        RestrictedBoltzmannMachine machine =
                RestrictedBoltzmannMachine.builder()
                        .setHiddenUnits(2)
                        .optVisibleMeans(manager.create(means))
                        .build();
        machine.initialize(manager, DataType.FLOAT64, new Shape(1, 4));
        System.gc();
        for (int i = 0; i < 20_000; i++) {
            // takes whatever memory of Java's the collector has given back
            ByteBuffer.allocateDirect(32).putDouble(0, 9);
        }
        double[] bias = machine.getBoltzmannParameters().visibleBias().toDoubleArray();
        // a unit that was never on could still be
        double[] expected = {0.2, 0.5, 0.01, 0.9};
        for (int i = 0; i < 4; ++i) {
            assertEquals(expected[i], 1 / (1 + Math.exp(-bias[i])), 1e-12);
        }
        RestrictedBoltzmannMachine narrow =
                RestrictedBoltzmannMachine.builder()
                        .setHiddenUnits(2)
                        .optVisibleMeans(manager.create(means))
                        .build();
        assertThrows(
                IllegalArgumentException.class,
                () -> narrow.initialize(manager, DataType.FLOAT64, new Shape(1, 3)));
    }

    @Test
    void stacksUnderAClassifier() throws Exception {
        // class 1 where the first two of four units are alike: no linear rule of the units
        int rows = 64;
        NDArray data =
                manager.randomUniform(0, 1, new Shape(rows, 4))
                        .lt(0.5)
                        .toType(DataType.FLOAT32, false);
        NDArray labels = data.get(":, 0").eq(data.get(":, 1")).toType(DataType.INT64, false);
        SequentialBlock block =
                new SequentialBlock().add(machine(12)).add(Linear.builder().setUnits(2).build());
        Accuracy accuracy = new Accuracy();
        DefaultTrainingConfig config =
                new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                        .addEvaluator(accuracy)
                        .optOptimizer(
                                Optimizer.adam()
                                        .optLearningRateTracker(Tracker.fixed(0.1f))
                                        .build());
        try (Model model = Model.newInstance("stack")) {
            model.setBlock(block);
            try (Trainer trainer = model.newTrainer(config)) {
                trainer.initialize(new Shape(rows, 4));
                ArrayDataset dataset =
                        new ArrayDataset.Builder()
                                .setData(data)
                                .optLabels(labels)
                                .setSampling(rows, false)
                                .build();
                EasyTrain.fit(trainer, 150, dataset, null);
                NDArray right =
                        accuracy.evaluate(new NDList(labels), trainer.evaluate(new NDList(data)));
                assertEquals(rows, right.sum().toType(DataType.INT64, false).getLong());
            }
        }
    }

    @Test
    void gradientsPassToTheInput() {
        RestrictedBoltzmannMachine machine = machine(3);
        machine.initialize(manager, DataType.FLOAT64, new Shape(1, 4));
        NDArray input = manager.randomUniform(0, 1, new Shape(1, 4), DataType.FLOAT64);
        input.setRequiresGradient(true);
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            collector.backward(forward(machine, input).sum());
        }
        double[] gradient = input.getGradient().toDoubleArray();
        NDArray p = forward(machine, input).stopGradient();
        NDArray expected =
                p.mul(p.sub(1)).neg().matMul(machine.getBoltzmannParameters().weight().transpose());
        assertArrayEquals(expected.toDoubleArray(), gradient, 1e-15);
    }

    @Test
    void whatIsSavedLoads() throws Exception {
        RestrictedBoltzmannMachine machine = machine(3);
        machine.initialize(manager, DataType.FLOAT64, new Shape(1, 4));
        RestrictedBoltzmannMachine loaded = machine(3);
        load(loaded, saved(machine));
        NDArray input = manager.randomUniform(0, 1, new Shape(2, 4), DataType.FLOAT64);
        assertArrayEquals(
                forward(machine, input).toDoubleArray(), forward(loaded, input).toDoubleArray());
        assertEquals(VisibleUnits.BINARY, loaded.getVisibleUnits());
        assertEquals(3, loaded.getHiddenUnits());
    }

    @Test
    void anotherMachinesFileIsRefused() throws Exception {
        RestrictedBoltzmannMachine machine = machine(3);
        machine.initialize(manager, DataType.FLOAT64, new Shape(1, 4));
        byte[] file = saved(machine);
        RestrictedBoltzmannMachine gaussian =
                RestrictedBoltzmannMachine.builder()
                        .setHiddenUnits(3)
                        .optVisibleUnits(VisibleUnits.GAUSSIAN)
                        .build();
        String message =
                assertThrows(MalformedModelException.class, () -> load(gaussian, file))
                        .getMessage();
        assertTrue(message.contains("BINARY"), message);
        message =
                assertThrows(MalformedModelException.class, () -> load(machine(5), file))
                        .getMessage();
        assertTrue(message.contains("setHiddenUnits(3)"), message);
    }

    @Test
    void arraysOfAnotherShapeAreRefused() throws Exception {
        Shape[] sound = {new Shape(4, 3), new Shape(4), new Shape(3)};
        load(machine(3), file(sound));
        for (int i = 0; i < 3; i++) {
            for (Shape wrong :
                    new Shape[] {new Shape(), new Shape(5), new Shape(4, 1), new Shape(3, 4)}) {
                Shape[] shapes = sound.clone();
                shapes[i] = wrong;
                byte[] file = file(shapes);
                String message =
                        assertThrows(MalformedModelException.class, () -> load(machine(3), file))
                                .getMessage();
                assertTrue(
                        message.contains("hidden units") || message.contains("of shape"), message);
            }
        }
    }

    /** Writes a machine on 4 visible units as DJL does, with arrays of any shape. */
    private byte[] file(Shape... shapes) throws IOException {
        String[] names = {"weight", "visibleBias", "hiddenBias"};
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeByte(1);
        out.writeInt(1);
        out.write(new Shape(2, 4).getEncoded());
        out.writeUTF("BINARY");
        for (int i = 0; i < names.length; i++) {
            Parameter parameter =
                    Parameter.builder().setName(names[i]).setType(Parameter.Type.OTHER).build();
            parameter.setArray(manager.ones(shapes[i]));
            parameter.save(out);
        }
        return bytes.toByteArray();
    }

    @Test
    void refusesMoreThanTheMachineHolds() {
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () ->
                                        machine(1_000_000_000)
                                                .initialize(
                                                        manager,
                                                        DataType.FLOAT32,
                                                        new Shape(1, 1000)))
                        .getMessage();
        assertTrue(message.contains("(1000, 1000000000), 4,000 GB"), message);
    }

    @Test
    void badInputIsNamed() {
        assertThrows(
                IllegalArgumentException.class,
                () -> RestrictedBoltzmannMachine.builder().setHiddenUnits(0));
        assertThrows(
                IllegalArgumentException.class, () -> RestrictedBoltzmannMachine.builder().build());
        assertThrows(IllegalStateException.class, () -> machine(2).getBoltzmannParameters());
        assertThrows(
                IllegalArgumentException.class,
                () -> machine(2).initialize(manager, DataType.FLOAT32, new Shape(4)));
        RestrictedBoltzmannMachine machine = machine(2);
        machine.initialize(manager, DataType.FLOAT32, new Shape(1, 4));
        NDArray wide = manager.zeros(new Shape(1, 5));
        assertThrows(IllegalArgumentException.class, () -> forward(machine, wide));
    }

    private static RestrictedBoltzmannMachine machine(int hidden) {
        return RestrictedBoltzmannMachine.builder().setHiddenUnits(hidden).build();
    }

    private NDArray forward(RestrictedBoltzmannMachine machine, NDArray input) {
        return machine.forward(new ParameterStore(manager, false), new NDList(input), true)
                .singletonOrThrow();
    }

    private static byte[] saved(RestrictedBoltzmannMachine machine) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        machine.saveParameters(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    private void load(RestrictedBoltzmannMachine machine, byte[] file)
            throws IOException, MalformedModelException {
        machine.loadParameters(manager, new DataInputStream(new ByteArrayInputStream(file)));
    }
}
