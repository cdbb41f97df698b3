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
package org.locallearning.djl.examples.djlprograms;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.Trainer;
import ai.djl.training.listener.TrainingListenerAdapter;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import ai.djl.util.Pair;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.locallearning.djl.examples.method.InferenceSettings;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.method.MethodSettings;

/** One run of a program by one method, and what it leaves. */
final class Run implements AutoCloseable {

    /** The number of steps that a program takes. */
    static final int STEPS = 4;

    /** The number of samples in a batch. */
    static final int BATCH = 8;

    private static final int SEED = 11;

    /** Simultaneous inference takes an iteration for each layer that an error passes. */
    private static final MethodSettings SETTINGS =
            new MethodSettings(new InferenceSettings(8, 0.05), 1);

    private final Method method;
    private final NDManager manager = NDManager.newBaseManager("PyTorch");
    private final List<Model> models = new ArrayList<>();
    private final List<Trainer> trainers = new ArrayList<>();
    private final Map<String, double[]> before = new LinkedHashMap<>();
    private final Set<String> trainable = new LinkedHashSet<>();
    private final List<Float> losses = new ArrayList<>();
    private Map<String, double[]> statistics = Map.of();
    private Map<String, double[]> afterFirst = Map.of();

    private Run(Method method) {
        this.method = method;
    }

    /** Runs a program from the same weights, on the same data, whatever the method. */
    static Outcome of(Program program, Method method) {
        Run run = new Run(method);
        try (run) {
            run.seed();
            program.train(run);
            return run.outcome(Optional.empty());
        } catch (Exception e) {
            return run.outcome(Optional.of(e));
        }
    }

    /** Makes dropout draw the same, whatever a rule has drawn for itself before. */
    private void seed() {
        Engine.getEngine("PyTorch").setRandomSeed(SEED + losses.size());
    }

    /** Returns the manager of the program's data. */
    NDManager manager() {
        return manager;
    }

    /** Returns a configuration with plain gradient descent, which shows gradients as they are. */
    DefaultTrainingConfig config(Loss loss, float learningRate) {
        return new DefaultTrainingConfig(loss)
                .optOptimizer(
                        Optimizer.sgd()
                                .setLearningRateTracker(Tracker.fixed(learningRate))
                                .build());
    }

    /** Makes the trainer of a block by the run's method and gives the block its first weights. */
    Trainer newTrainer(Block block, DefaultTrainingConfig config, Shape... inputs) {
        config.addTrainingListeners(
                new TrainingListenerAdapter() {
                    @Override
                    public void onTrainingBatch(Trainer trainer, BatchData batch) {
                        batch.getLabels()
                                .forEach(
                                        (device, labels) ->
                                                record(
                                                        trainer.getLoss()
                                                                .evaluate(
                                                                        labels,
                                                                        batch.getPredictions()
                                                                                .get(device))));
                    }
                });
        Model model = Model.newInstance("model-" + models.size(), "PyTorch");
        models.add(model);
        model.setBlock(block);
        Trainer trainer = method.trainer().newTrainer(model, config, SEED, SETTINGS);
        trainers.add(trainer);
        seed();
        trainer.initialize(inputs);
        before.putAll(parameters(trainer));
        for (Pair<String, Parameter> parameter : block.getParameters()) {
            if (parameter.getValue().requiresGradient()) {
                trainable.add(path(trainer, parameter.getKey()));
            }
        }
        return trainer;
    }

    /** Writes down the loss of a step; DJL's own loops do it by a listener. */
    void record(NDArray loss) {
        if (losses.isEmpty()) {
            statistics = parameters();
            statistics.keySet().removeAll(trainable);
        } else if (losses.size() == 1) {
            afterFirst = parameters();
        }
        losses.add(loss.sum().getFloat());
        seed();
    }

    private Outcome outcome(Optional<Throwable> failure) {
        Map<String, double[]> after = failure.isEmpty() ? parameters() : Map.of();
        return new Outcome(losses, trainable, before, statistics, afterFirst, after, failure);
    }

    private Map<String, double[]> parameters() {
        Map<String, double[]> values = new LinkedHashMap<>();
        trainers.forEach(trainer -> values.putAll(parameters(trainer)));
        return values;
    }

    private Map<String, double[]> parameters(Trainer trainer) {
        Map<String, double[]> values = new LinkedHashMap<>();
        for (Pair<String, Parameter> parameter : trainer.getModel().getBlock().getParameters()) {
            try (NDArray wide = parameter.getValue().getArray().toType(DataType.FLOAT64, true)) {
                values.put(path(trainer, parameter.getKey()), wide.toDoubleArray());
            }
        }
        return values;
    }

    private String path(Trainer trainer, String name) {
        int number = trainers.indexOf(trainer);
        return number == 0 ? name : number + ":" + name;
    }

    @Override
    public void close() {
        trainers.forEach(Trainer::close);
        models.forEach(Model::close);
        manager.close();
    }
}
