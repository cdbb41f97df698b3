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

import ai.djl.basicmodelzoo.basic.Mlp;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;

/** DJL's {@code TrainMnist}: the model zoo's dense net on digits. */
final class DenseDigits implements Program {

    @Override
    public String title() {
        return "MNIST, dense";
    }

    @Override
    public void train(Run run) throws Exception {
        Trainer trainer =
                run.newTrainer(
                        new Mlp(64, 4, new int[] {12, 10}),
                        run.config(Loss.softmaxCrossEntropyLoss(), 0.1f),
                        new Shape(1, 64));
        EasyTrain.fit(
                trainer, Run.STEPS, ToyData.classes(run.manager(), new Shape(1, 8, 8), 4), null);
    }
}
