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

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import org.locallearning.djl.creditassignment.NetworkCase;

/** A batch in two halves, each with its forward and backward, and one step for both. */
final class GradientAccumulation implements Program {

    @Override
    public String title() {
        return "gradient accumulation";
    }

    @Override
    public void train(Run run) {
        Shape sample = new Shape(6);
        Trainer trainer =
                run.newTrainer(
                        NetworkCase.mlp(4, 10, 8),
                        run.config(Loss.softmaxCrossEntropyLoss(), 0.1f),
                        new Shape(1).addAll(sample));
        NDArray samples = ToyData.samples(run.manager(), sample, 4);
        NDArray labels = ToyData.labels(run.manager(), 4);
        for (int step = 0; step < Run.STEPS; step++) {
            NDList halves = new NDList();
            try (GradientCollector collector = trainer.newGradientCollector()) {
                for (String half : new String[] {":4", "4:"}) {
                    NDList truth = new NDList(labels.get(half));
                    NDList predictions = trainer.forward(new NDList(samples.get(half)), truth);
                    NDArray loss = trainer.getLoss().evaluate(truth, predictions);
                    collector.backward(loss);
                    halves.add(loss);
                }
            }
            run.record(halves.get(0).add(halves.get(1)));
            trainer.step();
        }
    }
}
