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
package org.locallearning.djl.creditassignment.lra;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import ai.djl.util.Pair;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.locallearning.djl.creditassignment.CreditTrainer;
import org.locallearning.djl.creditassignment.Gradients;
import org.locallearning.djl.creditassignment.rule.FeedbackSource;

/**
 * A model in double precision in training by plain gradient descent with rate 1. Weights and data
 * are functions of their path and number, the same for every trainer.
 */
final class OneBatch implements AutoCloseable {

    final Model model;
    final Trainer trainer;
    private final Shape input;
    private final NDManager manager;

    OneBatch(Supplier<Block> block, Shape input, Loss loss, Gradients.TrainerFactory factory) {
        this.input = input;
        model = Model.newInstance("one batch", "PyTorch");
        model.setDataType(DataType.FLOAT64);
        model.setBlock(block.get());
        DefaultTrainingConfig config =
                new DefaultTrainingConfig(loss)
                        .optOptimizer(
                                Optimizer.sgd().setLearningRateTracker(Tracker.fixed(1)).build());
        trainer = factory.apply(model, config);
        manager = model.getNDManager().newSubManager();
        trainer.initialize(input);
        for (Pair<String, Parameter> parameter : model.getBlock().getParameters()) {
            Parameter.Type type = parameter.getValue().getType();
            if (type == Parameter.Type.WEIGHT || type == Parameter.Type.BIAS) {
                NDArray array = parameter.getValue().getArray();
                NDArray alias = array.stopGradient();
                alias.attach(manager);
                alias.muli(0).addi(normal(parameter.getKey(), array.getShape(), 0.4));
            }
        }
    }

    /** Numbers that are a function of a name. */
    static double[] normal(String name, long size, double deviation) {
        Random random = new Random(name.hashCode());
        return random.doubles(size).map(u -> deviation * random.nextGaussian()).toArray();
    }

    private NDArray normal(String name, Shape shape, double deviation) {
        return manager.create(normal(name, shape.size(), deviation), shape);
    }

    /** Error matrices, or other feedback, that are a function of their path. */
    static FeedbackSource matrices() {
        return (manager, path, shape, type) ->
                manager.create(normal(path, shape.size(), 0.5), shape);
    }

    double[] data() {
        return normal("data", input.size(), 1);
    }

    NDArray dataArray() {
        return manager.create(data(), input);
    }

    /** Runs the model as it is evaluated. */
    NDArray predict() {
        ParameterStore store = new ParameterStore(manager, false);
        return model.getBlock().forward(store, new NDList(dataArray()), false).singletonOrThrow();
    }

    /** Assigns credit for the batch and returns the gradients. */
    Gradients assign(NDArray labels) {
        assign(dataArray(), labels);
        return Gradients.read(model);
    }

    /** Assigns credit for the batch with arrays that a manager closes. */
    void assignWithin(NDManager scope, NDArray labels) {
        assign(scope.create(data(), input), labels);
    }

    private void assign(NDArray data, NDArray labels) {
        try (GradientCollector collector = trainer.newGradientCollector()) {
            NDList wanted = new NDList(labels);
            NDList predictions = trainer.forward(new NDList(data), wanted);
            collector.backward(trainer.getLoss().evaluate(wanted, predictions));
        }
    }

    NDArray classes(int count) {
        int[] classes = new int[Math.toIntExact(input.get(0))];
        for (int i = 0; i < classes.length; i++) {
            classes[i] = i % count;
        }
        return manager.create(classes);
    }

    /** Replaces the values of a parameter. */
    void set(Parameter parameter, double[] values) {
        NDArray array = parameter.getArray();
        NDArray alias = array.stopGradient();
        alias.attach(manager);
        alias.muli(0).addi(manager.create(values, array.getShape()));
    }

    double[] parameter(String path) {
        return model.getBlock().getParameters().get(path).getArray().toDoubleArray();
    }

    /** The error matrices of the trainer, as they are now. */
    Map<String, double[]> errorMatrices() {
        Map<String, double[]> matrices = new LinkedHashMap<>();
        ((CreditTrainer) trainer)
                .getRuleParameters()
                .forEach((name, matrix) -> matrices.put(name, matrix.toDoubleArray()));
        return matrices;
    }

    @Override
    public void close() {
        manager.close();
        trainer.close();
        model.close();
    }
}
