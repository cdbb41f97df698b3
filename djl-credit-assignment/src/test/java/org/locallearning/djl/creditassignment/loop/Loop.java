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
package org.locallearning.djl.creditassignment.loop;

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
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.locallearning.djl.creditassignment.Gradients;
import org.locallearning.djl.creditassignment.RuleCase;
import org.locallearning.djl.creditassignment.rule.Backpropagation;

/** A model and its trainer in a loop that a test writes out. */
final class Loop implements AutoCloseable {

    static final Gradients.TrainerFactory BACKPROPAGATION =
            Backpropagation.builder().build()::newTrainer;

    private final Model model;
    private final Trainer trainer;
    private final NDManager manager;

    private Loop(Model model, Trainer trainer) {
        this.model = model;
        this.trainer = trainer;
        manager = trainer.getManager().newSubManager();
    }

    /** Starts with the same weights for every factory, and L2 loss. */
    static Loop start(
            Supplier<? extends Block> block,
            Shape input,
            Gradients.TrainerFactory factory,
            Shape... more) {
        Engine.getEngine("PyTorch").setRandomSeed(5);
        Model model = Model.newInstance("loop", "PyTorch");
        model.setBlock(block.get());
        Trainer trainer = factory.apply(model, config());
        trainer.initialize(Stream.concat(Stream.of(input), Stream.of(more)).toArray(Shape[]::new));
        return new Loop(model, trainer);
    }

    /** Starts with a model that its first batch initializes. */
    static Loop startWithoutShapes(
            Supplier<? extends Block> block, Gradients.TrainerFactory factory) {
        Model model = Model.newInstance("loop", "PyTorch");
        model.setBlock(block.get());
        return new Loop(model, factory.apply(model, config()));
    }

    private static DefaultTrainingConfig config() {
        return new DefaultTrainingConfig(Loss.l2Loss())
                .optOptimizer(Optimizer.sgd().setLearningRateTracker(Tracker.fixed(0.1f)).build());
    }

    Model model() {
        return model;
    }

    Trainer trainer() {
        return trainer;
    }

    NDManager manager() {
        return manager;
    }

    GradientCollector collector() {
        return trainer.newGradientCollector();
    }

    /** Makes normal noise, a function of its number. */
    NDArray noise(int number, Shape shape) {
        Engine.getEngine("PyTorch").setRandomSeed(100 + number);
        return manager.randomNormal(0, 1, shape, DataType.FLOAT32);
    }

    NDArray forward(NDArray data, NDArray labels) {
        return trainer.forward(new NDList(data), new NDList(labels)).singletonOrThrow();
    }

    NDArray loss(NDArray labels, NDArray prediction) {
        return trainer.getLoss().evaluate(new NDList(labels), new NDList(prediction));
    }

    Gradients gradients() {
        return Gradients.read(model);
    }

    /** Whether a rule learns from the trainer's own loss alone. */
    static boolean isDrivenByLoss(RuleCase rule) {
        return RuleCase.perturbing().stream().anyMatch(other -> other.name().equals(rule.name()));
    }

    static List<RuleCase> drivenByErrors() {
        return RuleCase.all().stream().filter(rule -> !isDrivenByLoss(rule)).toList();
    }

    @Override
    public void close() {
        trainer.close();
        model.close();
    }
}
