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

/** Two inputs through one net, whose outputs are to be near or far: two forwards, one loss. */
final class SiameseNetwork implements Program {

    @Override
    public String title() {
        return "siamese net";
    }

    @Override
    public void train(Run run) {
        Shape sample = new Shape(7);
        Trainer trainer =
                run.newTrainer(
                        NetworkCase.mlp(5, 12),
                        run.config(Loss.l2Loss(), 0.1f),
                        new Shape(1).addAll(sample));
        NDArray left = ToyData.samples(run.manager(), sample, 2);
        NDArray right = ToyData.samples(run.manager(), sample, 4);
        NDArray same = ToyData.labels(run.manager(), 2);
        for (int step = 0; step < Run.STEPS; step++) {
            try (GradientCollector collector = trainer.newGradientCollector()) {
                NDArray leftCode = trainer.forward(new NDList(left)).singletonOrThrow();
                NDArray rightCode = trainer.forward(new NDList(right)).singletonOrThrow();
                NDArray loss = contrast(leftCode, rightCode, same);
                collector.backward(loss);
                run.record(loss);
            }
            trainer.step();
        }
    }

    /** Pairs that are the same are drawn together, others apart up to a margin. */
    private static NDArray contrast(NDArray left, NDArray right, NDArray same) {
        NDArray distance = left.sub(right).square().sum(new int[] {1});
        NDArray apart = distance.add(1e-6f).sqrt().neg().add(2).maximum(0).square();
        return same.mul(distance).add(same.neg().add(1).mul(apart)).mean();
    }
}
