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

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.loss.SoftmaxCrossEntropyLoss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/** The same net as a {@link PlainNet}, as a DJL model in a trainer. */
final class DenseNet implements AutoCloseable {

    final Model model;
    final Trainer trainer;
    private final DataType type;
    private final List<Parameter> parameters;

    DenseNet(
            PlainNet net,
            DataType type,
            float rate,
            BiFunction<Model, DefaultTrainingConfig, Trainer> factory) {
        this.type = type;
        SequentialBlock block = new SequentialBlock();
        for (int l = 0; l < net.layers(); l++) {
            if (l > 0) {
                block.add(net.relu ? Activation.reluBlock() : Activation.tanhBlock());
            }
            block.add(Linear.builder().setUnits(net.sizes[l + 1]).build());
        }
        model = Model.newInstance("dense", "PyTorch");
        model.setDataType(type);
        model.setBlock(block);
        DefaultTrainingConfig config =
                new DefaultTrainingConfig(loss(net.output))
                        .optOptimizer(
                                Optimizer.sgd().setLearningRateTracker(Tracker.fixed(rate)).build())
                        .optInitializer(
                                (manager, shape, wanted) -> manager.zeros(shape, type),
                                parameter -> true);
        trainer = factory.apply(model, config);
        trainer.initialize(new Shape(1, net.sizes[0]));
        parameters = block.getParameters().values();
        write(net);
    }

    private void write(PlainNet net) {
        for (int l = 0; l < net.layers(); l++) {
            set(parameters.get(2 * l).getArray(), flatten(net.weights[l]));
            set(parameters.get(2 * l + 1).getArray(), net.biases[l]);
        }
    }

    private void set(NDArray array, double[] values) {
        try (NDManager scope = model.getNDManager().newSubManager();
                NDArray alias = array.stopGradient()) {
            alias.attach(scope);
            alias.addi(scope.create(values, array.getShape()).toType(type, false));
        }
    }

    static Loss loss(PlainNet.Output output) {
        switch (output) {
            case SOFTMAX:
                return new SoftmaxCrossEntropyLoss("loss", 1, -1, false, true);
            case SIGMOID:
                return Loss.sigmoidBinaryCrossEntropyLoss();
            default:
                return Loss.l2Loss();
        }
    }

    /** Leaves the gradients of a batch in the parameters; returns the loss. */
    double assign(double[][] x, double[][] y) {
        try (NDManager manager = trainer.getManager().newSubManager()) {
            NDArray data = manager.create(flatten(x), new Shape(x.length, x[0].length));
            NDArray labels = manager.create(flatten(y), new Shape(y.length, y[0].length));
            return assign(
                    new NDList(data.toType(type, false)), new NDList(labels.toType(type, false)));
        }
    }

    double assign(NDList data, NDList labels) {
        try (GradientCollector collector = trainer.newGradientCollector()) {
            NDList predictions = trainer.forward(data, labels);
            NDArray loss = trainer.getLoss().evaluate(labels, predictions);
            collector.backward(loss);
            return loss.toType(DataType.FLOAT64, true).getDouble();
        }
    }

    /** Freezes weights and biases by their numbers, from the input to the output. */
    void freeze(List<Integer> numbers) {
        numbers.forEach(number -> parameters.get(number).freeze(true));
    }

    /** The gradients of weights and biases, from the input to the output; zero of frozen ones. */
    List<double[]> gradients() {
        List<double[]> gradients = new ArrayList<>();
        for (Parameter parameter : parameters) {
            NDArray array = parameter.getArray();
            if (parameter.requiresGradient()) {
                try (NDArray gradient = array.getGradient()) {
                    gradients.add(numbers(gradient));
                }
            } else {
                gradients.add(new double[(int) array.size()]);
            }
        }
        return gradients;
    }

    List<double[]> values() {
        List<double[]> values = new ArrayList<>();
        for (Parameter parameter : parameters) {
            values.add(numbers(parameter.getArray()));
        }
        return values;
    }

    private static double[] numbers(NDArray array) {
        try (NDArray wide = array.toType(DataType.FLOAT64, true)) {
            return wide.toDoubleArray();
        }
    }

    static List<double[]> flatten(PlainNet.Gradients gradients) {
        return flatten(gradients.weights(), gradients.biases());
    }

    static List<double[]> flatten(double[][][] weights, double[][] biases) {
        List<double[]> all = new ArrayList<>();
        for (int l = 0; l < weights.length; l++) {
            all.add(flatten(weights[l]));
            all.add(biases[l].clone());
        }
        return all;
    }

    static double[] flatten(double[][] rows) {
        double[] all = new double[rows.length * rows[0].length];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(rows[i], 0, all, i * rows[0].length, rows[0].length);
        }
        return all;
    }

    /** The largest ‖a − b‖ / ‖b‖ over all arrays; arrays of zeros must be zeros in both. */
    static double distance(List<double[]> a, List<double[]> b) {
        double largest = 0;
        for (int i = 0; i < b.size(); i++) {
            double difference = 0;
            double scale = 0;
            for (int j = 0; j < b.get(i).length; j++) {
                difference += Math.pow(a.get(i)[j] - b.get(i)[j], 2);
                scale += b.get(i)[j] * b.get(i)[j];
            }
            if (scale > 0) {
                largest = Math.max(largest, Math.sqrt(difference / scale));
            } else if (difference > 0) {
                largest = Double.POSITIVE_INFINITY;
            }
        }
        return largest;
    }

    @Override
    public void close() {
        trainer.close();
        model.close();
    }
}
