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
package org.locallearning.djl.examples.reproduce.lillicrap;

import ai.djl.Model;
import ai.djl.engine.Engine;
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
import ai.djl.training.initializer.Initializer;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.util.function.UnaryOperator;
import org.locallearning.djl.creditassignment.CreditAssignment;

/**
 * A network that learns a function of normal inputs, batch by batch, by one rule after another.
 *
 * <p>The loss is half the squared error, summed over outputs and averaged over the batch, so that
 * the gradient at the outputs is the error of the paper's equations.
 */
final class RegressionTrial implements AutoCloseable {

    private static final int BATCH = 100;
    private static final int TEST = 500;

    private final Engine engine;
    private final NDManager manager;
    private final Model model;
    private final int seed;
    private final int inputs;
    private final UnaryOperator<NDArray> target;
    private final NDArray testInputs;
    private final NDArray testTargets;
    private Trainer trainer;
    private int batches;

    /**
     * Creates a network.
     *
     * @param engine the engine
     * @param seed the seed of initial weights and of the batches
     * @param block the network
     * @param inputs the number of inputs
     * @param bound weights and biases start uniform within this bound
     * @param target the function to learn, of (N, inputs)
     */
    RegressionTrial(
            Engine engine,
            int seed,
            Block block,
            int inputs,
            float bound,
            UnaryOperator<NDArray> target) {
        this.engine = engine;
        this.seed = seed;
        this.inputs = inputs;
        this.target = target;
        manager = engine.newBaseManager();
        model = Model.newInstance("regression", engine.getEngineName());
        model.setBlock(block);
        Initializer uniform = (m, shape, type) -> m.randomUniform(-bound, bound, shape, type);
        block.setInitializer(uniform, Parameter.Type.WEIGHT);
        engine.setRandomSeed(seed);
        block.initialize(model.getNDManager(), DataType.FLOAT32, new Shape(BATCH, inputs));
        testInputs = manager.randomNormal(0, 1, new Shape(TEST, inputs), DataType.FLOAT32);
        testTargets = target.apply(testInputs);
    }

    /**
     * Goes on with a rule.
     *
     * @param rule the rule
     * @param rate the learning rate
     * @param momentum the momentum
     */
    void use(CreditAssignment rule, float rate, float momentum) {
        if (trainer != null) {
            trainer.close();
        }
        Optimizer optimizer =
                Optimizer.sgd()
                        .setLearningRateTracker(Tracker.fixed(rate))
                        .optMomentum(momentum)
                        .build();
        trainer =
                rule.newTrainer(
                        model,
                        new DefaultTrainingConfig(new HalfSquaredError()).optOptimizer(optimizer));
        trainer.initialize(new Shape(BATCH, inputs));
    }

    /** Takes steps, each on a fresh batch that its number and the seed determine. */
    void train(int steps) {
        for (int i = 0; i < steps; i++) {
            engine.setRandomSeed(seed * 1_000_003 + ++batches);
            try (NDManager scope = manager.newSubManager()) {
                NDArray data = scope.randomNormal(0, 1, new Shape(BATCH, inputs), DataType.FLOAT32);
                NDList labels = new NDList(target.apply(data));
                try (GradientCollector collector = trainer.newGradientCollector()) {
                    NDList predictions = trainer.forward(new NDList(data), labels);
                    collector.backward(trainer.getLoss().evaluate(labels, predictions));
                }
                trainer.step();
            }
        }
    }

    /** Returns the squared error on inputs never trained, as a share of the targets' variance. */
    double normalizedSquaredError() {
        try (NDManager scope = manager.newSubManager()) {
            NDArray data = testInputs.duplicate();
            data.attach(scope);
            NDArray targets = testTargets.duplicate();
            targets.attach(scope);
            NDArray output =
                    model.getBlock()
                            .forward(new ParameterStore(scope, false), new NDList(data), false)
                            .singletonOrThrow();
            NDArray centred = targets.sub(targets.mean(new int[] {0}, true));
            return output.sub(targets).square().sum().getFloat()
                    / centred.square().sum().getFloat();
        }
    }

    /** Returns the values of a weight, (out, in). */
    float[] weight(String path) {
        return model.getBlock().getParameters().get(path).getArray().toFloatArray();
    }

    /** Keeps a parameter as it is. */
    void freeze(String path) {
        model.getBlock().getParameters().get(path).freeze(true);
    }

    /** {@inheritDoc} */
    @Override
    public void close() {
        if (trainer != null) {
            trainer.close();
        }
        model.close();
        manager.close();
    }
}
