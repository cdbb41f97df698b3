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
package org.locallearning.djl.examples.compare;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.RandomAccessDataset;
import ai.djl.training.evaluator.Accuracy;
import ai.djl.training.listener.EvaluatorTrainingListener;
import ai.djl.training.loss.Loss;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;
import org.locallearning.djl.creditassignment.alignment.AlignmentListener;
import org.locallearning.djl.examples.data.ImageData;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.method.OptimizerKind;
import org.locallearning.djl.examples.results.AlignmentResult;
import org.locallearning.djl.examples.results.RunResult;

/**
 * Trains one fresh model with one method and one seed.
 *
 * <p>Initial weights and the order of the images depend on the seed alone, so that the runs of
 * several methods with one seed differ in nothing but the method.
 */
final class TrainingRun {

    private final Engine engine;
    private final ImageData data;
    private final Supplier<Block> blocks;
    private final int epochs;
    private final int batch;
    private final OptimizerKind optimizer;
    private final int alignmentsPerEpoch;

    TrainingRun(
            Engine engine,
            ImageData data,
            Supplier<Block> blocks,
            int epochs,
            int batch,
            OptimizerKind optimizer,
            int alignmentsPerEpoch) {
        this.engine = engine;
        this.data = data;
        this.blocks = blocks;
        this.epochs = epochs;
        this.batch = batch;
        this.optimizer = optimizer;
        this.alignmentsPerEpoch = alignmentsPerEpoch;
    }

    RunResult run(Method method, int seed, float learningRate, Console console)
            throws IOException, TranslateException {
        RandomAccessDataset training = data.training(batch);
        RandomAccessDataset test = data.test(batch);
        long batches = (data.getTrainingSize() + batch - 1L) / batch;

        EvaluatorTrainingListener evaluations = new EvaluatorTrainingListener();
        Accuracy accuracy = new Accuracy();
        EpochRecorder recorder =
                new EpochRecorder(evaluations, accuracy, method, seed, epochs, batches, console);
        SeededEpochs seeds = new SeededEpochs(engine, seed);

        DefaultTrainingConfig config =
                new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                        .optOptimizer(optimizer.create(learningRate))
                        .addEvaluator(accuracy)
                        .addTrainingListeners(evaluations, new FiniteLossCheck(), seeds, recorder);
        AlignmentListener listener = null;
        if (alignmentsPerEpoch > 0) {
            listener = new AlignmentListener((int) Math.max(1, batches / alignmentsPerEpoch));
            config.addTrainingListeners(listener);
        }
        try (Model model = Model.newInstance(method.name(), engine.getEngineName())) {
            model.setBlock(blocks.get());
            engine.setRandomSeed(seed);
            try (Trainer trainer = method.trainer().newTrainer(model, config, seed)) {
                trainer.initialize(new Shape(batch).addAll(data.getSampleShape()));
                seeds.next();
                recorder.epochStarts();
                EasyTrain.fit(trainer, epochs, training, test);
            }
        }
        return new RunResult(
                method.name(), seed, learningRate, recorder.epochs(), alignment(listener, batches));
    }

    private static List<AlignmentResult> alignment(AlignmentListener listener, long batches) {
        if (listener == null) {
            return List.of();
        }
        return listener.getAlignments().stream()
                .map(measured -> AlignmentResult.of(measured, batches))
                .toList();
    }
}
