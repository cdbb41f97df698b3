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
package org.locallearning.djl.examples.benchmark;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import java.util.Optional;
import org.locallearning.djl.creditassignment.CreditTrainer;
import org.locallearning.djl.creditassignment.tape.MatrixProducts;
import org.locallearning.djl.examples.method.DecorrelationSettings;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.method.MethodSettings;
import org.locallearning.djl.examples.method.OptimizerKind;

/** One method, ready to take training steps on one batch of noise. */
final class Step implements AutoCloseable {

    /** What is chosen for single methods: three iterations of inference. */
    static final MethodSettings METHODS = MethodSettings.preset("");

    private static final int SEED = 1;

    /** So slow that noise, which teaches nothing, leaves the weights as they are. */
    private static final float LEARNING_RATE = 1e-9f;

    /** Slow enough that noise, which is not correlated, leaves the matrices as they are. */
    static final double DECORRELATION_RATE = 1e-6;

    private final Model model;
    private final Trainer trainer;
    private final NDList data;
    private final NDList labels;

    Step(
            Engine engine,
            Method method,
            DecorrelationSettings decorrelation,
            Workload workload,
            int batch) {
        engine.setRandomSeed(SEED);
        model = Model.newInstance(method.name(), engine.getEngineName());
        Block block = method.prepare(workload.block().get(), decorrelation.at(DECORRELATION_RATE));
        model.setBlock(block);
        trainer =
                method.trainer()
                        .newTrainer(
                                model,
                                new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                                        .optDevices(new Device[] {engine.defaultDevice()})
                                        .optOptimizer(
                                                method.optimizer(OptimizerKind.SGD)
                                                        .create(LEARNING_RATE, block)),
                                SEED,
                                METHODS);
        Shape input = new Shape(batch).addAll(workload.sample());
        trainer.initialize(input);
        NDManager manager = trainer.getManager();
        data = new NDList(manager.randomNormal(input));
        labels =
                new NDList(
                        manager.arange(batch).mod(Workload.CLASSES).toType(DataType.INT64, false));
    }

    /**
     * Takes a step as far as the optimizer: forward, loss, and the gradient of every weight.
     *
     * @return how long it took, in nanoseconds
     */
    long nanoseconds() {
        try (NDManager scope = trainer.getManager().newSubManager()) {
            scope.tempAttachAll(data, labels);
            long start = System.nanoTime();
            try (GradientCollector collector = trainer.newGradientCollector()) {
                NDList predictions = trainer.forward(data, labels);
                NDArray loss = trainer.getLoss().evaluate(labels, predictions);
                collector.backward(loss);
                // reading a number waits for everything a GPU still has to do
                loss.getFloat();
            }
            return System.nanoTime() - start;
        }
    }

    /**
     * Finishes the step: the optimizer moves every weight by its gradient.
     *
     * @return how long it took, in nanoseconds
     */
    long optimizerNanoseconds() {
        NDArray last = block().getParameters().valueAt(0).getArray();
        long start = System.nanoTime();
        trainer.step();
        // waits for a GPU, as above
        last.flatten().getFloat(0);
        return System.nanoTime() - start;
    }

    /** Returns the products with weights of the last step; empty for the stock trainer. */
    Optional<MatrixProducts> products() {
        return trainer instanceof CreditTrainer credit
                ? Optional.of(credit.getMatrixProducts())
                : Optional.empty();
    }

    Block block() {
        return model.getBlock();
    }

    /** {@inheritDoc} */
    @Override
    public void close() {
        trainer.close();
        model.close();
    }
}
