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

import ai.djl.basicmodelzoo.cv.classification.ResNetV1;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;

/** DJL's {@code TrainResnetWithCifar10} with the smallest of the model zoo's residual nets. */
final class ResidualNetwork implements Program {

    @Override
    public String title() {
        return "CIFAR-10, ResNet";
    }

    @Override
    public void train(Run run) throws Exception {
        Shape image = new Shape(3, 8, 8);
        Block block = ResNetV1.builder().setImageShape(image).setNumLayers(8).setOutSize(5).build();
        Trainer trainer =
                run.newTrainer(
                        block,
                        run.config(Loss.softmaxCrossEntropyLoss(), 0.02f),
                        new Shape(1).addAll(image));
        EasyTrain.fit(trainer, Run.STEPS, ToyData.classes(run.manager(), image, 5), null);
    }
}
