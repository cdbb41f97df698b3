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
package org.locallearning.djl.creditassignment.checkpoint;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.evaluator.Accuracy;
import ai.djl.training.evaluator.Evaluator;
import ai.djl.training.listener.EvaluatorTrainingListener;
import ai.djl.training.listener.TrainingListener;
import ai.djl.training.listener.TrainingListenerAdapter;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.locallearning.djl.creditassignment.Gradients;
import org.locallearning.djl.creditassignment.NetworkCase;
import org.locallearning.djl.creditassignment.evaluator.MacroF1;

/**
 * Training through DJL's own loop, for two epochs of three shuffled batches, that can be stopped.
 */
public final class ResumableRun {

    /** The number of batches in all epochs. */
    public static final int BATCHES = 6;

    static final int EPOCHS = 2;

    private static final int SEED = 5;

    private final Program program;
    private final OptimizerCase optimizer;
    private final Path folder;
    private UnaryOperator<CheckpointListener.Builder> options = builder -> builder;
    private TrainingListener[] listeners = {};
    private TrainingListener[] later = {};
    private boolean seeded = true;
    private int batchSize;

    /** An optimizer to test, as data: a new one is a line in a list. */
    public record OptimizerCase(String name, Factory factory) {

        /** Makes an optimizer for a model. */
        public interface Factory {
            Optimizer create(Model model);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** What is trained. */
    record Program(NetworkCase network, Supplier<Loss> loss, Gradients.TrainerFactory trainers) {}

    /** Thrown where a run is to stop. */
    static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    ResumableRun(Program program, OptimizerCase optimizer, Path folder) {
        this.program = program;
        this.optimizer = optimizer;
        this.folder = folder;
        batchSize = (int) program.network().input().get(0);
    }

    ResumableRun withBatchSize(int size) {
        batchSize = size;
        return this;
    }

    ResumableRun with(UnaryOperator<CheckpointListener.Builder> more) {
        options = more;
        return this;
    }

    ResumableRun with(TrainingListener... more) {
        listeners = more.clone();
        return this;
    }

    ResumableRun lastly(TrainingListener... more) {
        later = more.clone();
        return this;
    }

    /** Trains on the data set itself, as nobody is to do. */
    ResumableRun unseeded() {
        seeded = false;
        return this;
    }

    /** Trains to the end from wherever there is a checkpoint, and saves what came out. */
    public void finish(int initialSeed, Path file) throws Exception {
        run(initialSeed, Integer.MAX_VALUE, file);
    }

    /** Trains some batches, and stops before the step of the next as if it had been killed. */
    public void stopAfter(int batches, int initialSeed) throws Exception {
        try {
            run(initialSeed, batches, null);
        } catch (Stopped e) {
            return;
        }
        throw new AssertionError("The run was not stopped.");
    }

    private void run(int initialSeed, int batches, Path file) throws Exception {
        Engine engine = Engine.getEngine("PyTorch");
        try (Model model = Model.newInstance("resumable", "PyTorch")) {
            model.setBlock(program.network().block().get());
            CheckpointListener checkpoints =
                    options.apply(
                                    CheckpointListener.builder()
                                            .setFolder(folder)
                                            .setSeed(SEED)
                                            .optBatches(1))
                            .build();
            DefaultTrainingConfig config =
                    new DefaultTrainingConfig(program.loss().get())
                            .optOptimizer(optimizer.factory().create(model))
                            .addEvaluators(evaluators())
                            .addTrainingListeners(new EvaluatorTrainingListener())
                            .addTrainingListeners(listeners)
                            .addTrainingListeners(stopAfter(batches))
                            .addTrainingListeners(checkpoints)
                            .addTrainingListeners(later);
            engine.setRandomSeed(initialSeed);
            try (Trainer trainer = program.trainers().apply(model, config)) {
                trainer.initialize(program.network().input());
                checkpoints.resume(trainer);
                try (NDManager manager = trainer.getManager().newSubManager()) {
                    EasyTrain.fit(
                            trainer,
                            EPOCHS - checkpoints.getEpoch(),
                            seeded ? checkpoints.resumable(data(manager)) : data(manager),
                            null);
                }
                Checkpoint.save(trainer, checkpoints.getPosition(), file);
            }
        }
    }

    private List<Evaluator> evaluators() {
        return program.network().classes() > 1 ? List.of(new Accuracy(), new MacroF1()) : List.of();
    }

    private static TrainingListener stopAfter(int batches) {
        return new TrainingListenerAdapter() {

            private int trained;

            @Override
            public void onTrainingBatch(Trainer trainer, BatchData batchData) {
                if (++trained > batches) {
                    throw new Stopped();
                }
            }
        };
    }

    private ArrayDataset data(NDManager manager) {
        int batch = (int) program.network().input().get(0);
        int samples = BATCHES / EPOCHS * batch;
        Shape shape = new Shape(samples).addAll(program.network().input().slice(1));
        Engine.getEngine("PyTorch").setRandomSeed(1);
        NDArray images = manager.randomUniform(0, 1, shape, DataType.FLOAT32).round();
        NDArray labels =
                manager.arange(samples)
                        .toType(DataType.FLOAT32, false)
                        .mod(program.network().classes())
                        .reshape(samples);
        return new ArrayDataset.Builder()
                .setData(images)
                .optLabels(labels)
                .setSampling(batchSize, true)
                .build();
    }
}
