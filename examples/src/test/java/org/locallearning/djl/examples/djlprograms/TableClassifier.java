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

import ai.djl.basicmodelzoo.tabular.TabNet;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.loss.TabNetClassificationLoss;

/** DJL's {@code TrainAirfoilWithTabNet}, for classes: attention to columns of a table. */
final class TableClassifier implements Program {

    @Override
    public String title() {
        return "table, TabNet";
    }

    @Override
    public void train(Run run) throws Exception {
        Shape row = new Shape(6);
        Trainer trainer =
                run.newTrainer(
                        TabNet.builder()
                                .setInputDim(6)
                                .setOutDim(3)
                                .optNumD(4)
                                .optNumA(4)
                                .optNumSteps(3)
                                .optNumShared(1)
                                .optNumIndependent(1)
                                .optVirtualBatchSize(Run.BATCH)
                                .build(),
                        run.config(new TabNetClassificationLoss(), 0.05f),
                        new Shape(Run.BATCH).addAll(row));
        EasyTrain.fit(trainer, Run.STEPS, ToyData.classes(run.manager(), row, 3), null);
    }
}
