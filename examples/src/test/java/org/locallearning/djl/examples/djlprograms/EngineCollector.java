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

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import org.locallearning.djl.creditassignment.NetworkCase;

/** A loop as in "Dive into Deep Learning": the engine's gradient collector, not the trainer's. */
final class EngineCollector implements Program {

    @Override
    public String title() {
        return "the engine's own collector";
    }

    @Override
    public void train(Run run) {
        Shape sample = new Shape(6);
        Trainer trainer =
                run.newTrainer(
                        NetworkCase.mlp(4, 8),
                        run.config(Loss.softmaxCrossEntropyLoss(), 0.1f),
                        new Shape(1).addAll(sample));
        NDList samples = new NDList(ToyData.samples(run.manager(), sample, 4));
        NDList labels = new NDList(ToyData.labels(run.manager(), 4));
        for (int step = 0; step < Run.STEPS; step++) {
            // the first batch as it should be, which makes what follows look right
            try (GradientCollector collector =
                    step == 0
                            ? trainer.newGradientCollector()
                            : Engine.getEngine("PyTorch").newGradientCollector()) {
                NDArray loss = trainer.getLoss().evaluate(labels, trainer.forward(samples, labels));
                collector.backward(loss);
                run.record(loss);
            }
            trainer.step();
        }
    }
}
