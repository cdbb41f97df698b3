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
import ai.djl.nn.Block;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import java.util.Optional;
import org.locallearning.djl.creditassignment.NetworkCase;

/** A student learns labels and what a teacher says: two losses, and a net that only runs. */
final class Distillation implements Program {

    @Override
    public String title() {
        return "distillation";
    }

    private final float share;

    Distillation() {
        this(1);
    }

    /**
     * Creates the program.
     *
     * @param share how much what the teacher says counts
     */
    private Distillation(float share) {
        this.share = share;
    }

    @Override
    public Optional<Program> withTheTrainersLossAlone() {
        return Optional.of(new Distillation(0));
    }

    @Override
    public void train(Run run) {
        Loss loss = Loss.softmaxCrossEntropyLoss();
        Shape sample = new Shape(6);
        Shape input = new Shape(1).addAll(sample);
        Trainer student = run.newTrainer(NetworkCase.mlp(4, 8), run.config(loss, 0.1f), input);
        Block teacher = NetworkCase.mlp(4, 20);
        teacher.initialize(
                run.manager(), student.getModel().getDataType(), new Shape(Run.BATCH, 6));
        NDArray samples = ToyData.samples(run.manager(), sample, 4);
        NDList labels = new NDList(ToyData.labels(run.manager(), 4));
        for (int step = 0; step < Run.STEPS; step++) {
            try (GradientCollector collector = student.newGradientCollector()) {
                NDList said = student.forward(new NDList(samples), labels);
                NDArray heard =
                        teacher.forward(
                                        new ParameterStore(run.manager(), false),
                                        new NDList(samples),
                                        false)
                                .singletonOrThrow()
                                .softmax(-1);
                NDArray soft =
                        said.singletonOrThrow()
                                .logSoftmax(-1)
                                .mul(heard)
                                .sum(new int[] {1})
                                .mean()
                                .mul(-share);
                NDArray sum = loss.evaluate(labels, said).add(soft);
                collector.backward(sum);
                run.record(sum);
            }
            student.step();
        }
    }
}
