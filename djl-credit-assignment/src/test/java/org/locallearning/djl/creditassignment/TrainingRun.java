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
package org.locallearning.djl.creditassignment;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Parameter;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import ai.djl.util.Pair;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A network in training on normal noise: its initial weights are the same for every trainer, and
 * each batch, dropout masks included, is a function of its number.
 */
public final class TrainingRun implements AutoCloseable {

    private static final int SEED = 17;

    private static final String STATE = "saved.state";

    private static final Set<Parameter.Type> INITIALIZED =
            EnumSet.of(Parameter.Type.WEIGHT, Parameter.Type.BIAS);

    private final NetworkCase network;
    private final LossCase loss;
    private final Model model;
    private final Trainer trainer;

    private TrainingRun(NetworkCase network, LossCase loss, Model model, Trainer trainer) {
        this.network = network;
        this.loss = loss;
        this.model = model;
        this.trainer = trainer;
    }

    /** Starts with softmax cross-entropy and plain gradient descent. */
    public static TrainingRun start(NetworkCase network, Gradients.TrainerFactory factory) {
        LossCase loss = LossCase.softmaxCrossEntropy();
        return start(network, DataType.FLOAT32, loss, config(loss), factory);
    }

    /** Starts with a configuration for the loss at hand. */
    public static TrainingRun start(
            NetworkCase network,
            DataType type,
            LossCase loss,
            DefaultTrainingConfig config,
            Gradients.TrainerFactory factory) {
        Model model = newModel(network, type);
        if (type == DataType.FLOAT64) {
            // DJL's own initializers make single precision whatever they are asked for
            config.optInitializer(
                    (manager, shape, wanted) ->
                            manager.randomNormal(0, 0.3f, shape, DataType.FLOAT64),
                    parameter -> INITIALIZED.contains(parameter.getType()));
        }
        return new TrainingRun(network, loss, model, newTrainer(network, model, config, factory));
    }

    private static Trainer newTrainer(
            NetworkCase network,
            Model model,
            DefaultTrainingConfig config,
            Gradients.TrainerFactory factory) {
        try {
            Trainer trainer = factory.apply(model, config);
            trainer.initialize(network.input());
            return trainer;
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }

    /** Goes on with a model that was saved. */
    public static TrainingRun resume(
            NetworkCase network, Path folder, Gradients.TrainerFactory factory)
            throws IOException, MalformedModelException {
        LossCase loss = LossCase.softmaxCrossEntropy();
        Model model = newModel(network, DataType.FLOAT32);
        model.load(folder, "saved");
        Trainer trainer = newTrainer(network, model, config(loss), factory);
        if (trainer instanceof CreditTrainer) {
            ((CreditTrainer) trainer).loadState(folder.resolve(STATE));
        }
        return new TrainingRun(network, loss, model, trainer);
    }

    private static Model newModel(NetworkCase network, DataType type) {
        Engine.getEngine("PyTorch").setRandomSeed(SEED);
        Model model = Model.newInstance(network.name(), "PyTorch");
        model.setDataType(type);
        model.setBlock(network.block().get());
        return model;
    }

    /** A configuration with plain gradient descent, the same for every start. */
    public static DefaultTrainingConfig config(LossCase loss) {
        return new DefaultTrainingConfig(loss.loss().get())
                .optOptimizer(Optimizer.sgd().setLearningRateTracker(Tracker.fixed(0.05f)).build());
    }

    public Model model() {
        return model;
    }

    public Trainer trainer() {
        return trainer;
    }

    /**
     * Assigns credit for batches, all of them inside one gradient collector; on several devices
     * they take turns.
     */
    public TrainingRun assign(int... batches) {
        return assign(() -> {}, batches);
    }

    /** The same, with something that happens after every forward and after every loss. */
    TrainingRun assign(Runnable meanwhile, int... batches) {
        try (GradientCollector collector = trainer.newGradientCollector()) {
            for (int batch : batches) {
                backward(collector, meanwhile, batch);
            }
        }
        return this;
    }

    private void backward(GradientCollector collector, Runnable meanwhile, int batch) {
        Engine.getEngine("PyTorch").setRandomSeed(SEED + batch);
        Device[] devices = trainer.getDevices();
        Device device = devices[batch % devices.length];
        try (NDManager manager = trainer.getManager().newSubManager(device)) {
            DataType type = model.getDataType();
            NDArray data = manager.randomNormal(0, 1, network.input(), type);
            NDArray labels = loss.labels().apply(manager, network);
            NDList predictions = trainer.forward(new NDList(data), new NDList(labels));
            meanwhile.run();
            NDArray value = trainer.getLoss().evaluate(new NDList(labels), predictions);
            meanwhile.run();
            collector.backward(value);
        }
    }

    /** Takes one step for each of the batches from one number up to, but without, another. */
    public TrainingRun train(int from, int to) {
        for (int batch = from; batch < to; batch++) {
            assign(batch);
            trainer.step();
        }
        return this;
    }

    public Gradients gradients() {
        return Gradients.read(model);
    }

    /** Saves the model for {@link #resume}. */
    public void save(Path folder) throws IOException {
        model.save(folder, "saved");
        if (trainer instanceof CreditTrainer) {
            ((CreditTrainer) trainer).saveState(folder.resolve(STATE));
        }
    }

    /** Predicts for one fixed batch. */
    public float[] predict() {
        Engine.getEngine("PyTorch").setRandomSeed(SEED);
        try (NDManager manager = trainer.getManager().newSubManager()) {
            NDArray data = manager.randomNormal(0, 1, network.input(), model.getDataType());
            return trainer.evaluate(new NDList(data)).singletonOrThrow().toFloatArray();
        }
    }

    /** Copies every parameter, running statistics included. */
    public Map<String, double[]> parameters() {
        Map<String, double[]> values = new LinkedHashMap<>();
        for (Pair<String, Parameter> parameter : model.getBlock().getParameters()) {
            try (NDArray wide = parameter.getValue().getArray().toType(DataType.FLOAT64, true)) {
                values.put(parameter.getKey(), wide.toDoubleArray());
            }
        }
        return values;
    }

    @Override
    public void close() {
        trainer.close();
        model.close();
    }
}
