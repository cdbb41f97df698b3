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
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import org.locallearning.djl.creditassignment.NetworkCase;

/** A generator that learns through a discriminator: two trainers in one collector. */
final class AdversarialNetworks implements Program {

    private static final int NOISE = 3;
    private static final int FEATURES = 5;

    @Override
    public String title() {
        return "GAN";
    }

    @Override
    public boolean repeatsItsBatch() {
        return false;
    }

    @Override
    public void train(Run run) {
        Loss loss = Loss.sigmoidBinaryCrossEntropyLoss();
        Trainer generator =
                run.newTrainer(
                        NetworkCase.mlp(FEATURES, 8), run.config(loss, 0.1f), new Shape(1, NOISE));
        Trainer discriminator =
                run.newTrainer(
                        NetworkCase.mlp(1, 8), run.config(loss, 0.1f), new Shape(1, FEATURES));
        NDManager manager = run.manager();
        NDList real = new NDList(ToyData.samples(manager, new Shape(FEATURES), 2));
        NDList noise = new NDList(ToyData.samples(manager, new Shape(NOISE), 4));
        NDList yes = new NDList(manager.ones(new Shape(Run.BATCH, 1)));
        NDList no = new NDList(manager.zeros(new Shape(Run.BATCH, 1)));
        for (int step = 0; step < Run.STEPS; step++) {
            try (GradientCollector collector = discriminator.newGradientCollector()) {
                // the generator's step has left its share in the discriminator's gradients
                collector.zeroGradients();
                NDArray fake = generator.evaluate(noise).singletonOrThrow().stopGradient();
                NDArray onReal = loss.evaluate(yes, discriminator.forward(real));
                NDArray onFake = loss.evaluate(no, discriminator.forward(new NDList(fake)));
                NDArray sum = onReal.add(onFake);
                collector.backward(sum);
                run.record(sum);
            }
            discriminator.step();
            try (GradientCollector collector = generator.newGradientCollector()) {
                NDList fake = generator.forward(noise);
                NDArray fooled = loss.evaluate(yes, discriminator.forward(fake));
                collector.backward(fooled);
                run.record(fooled);
            }
            generator.step();
        }
    }
}
