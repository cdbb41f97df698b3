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
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.timeseries.distribution.DistributionLoss;
import ai.djl.timeseries.distribution.output.DistributionOutput;
import ai.djl.timeseries.distribution.output.NegativeBinomialOutput;
import ai.djl.timeseries.model.deepar.DeepARNetwork;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.initializer.XavierInitializer;
import java.util.List;

/** DJL's {@code TrainTimeSeries}: DeepAR with a negative binomial distribution of counts. */
final class TimeSeries implements Program {

    private static final int PREDICTED = 3;
    private static final int CONTEXT = 4;
    private static final int FEATURES = 2;

    @Override
    public String title() {
        return "time series, DeepAR";
    }

    @Override
    public void train(Run run) throws Exception {
        DistributionOutput output = new NegativeBinomialOutput();
        DeepARNetwork block =
                DeepARNetwork.builder()
                        .setFreq("W")
                        .setCardinality(List.of(3))
                        .optEmbeddingDimension(List.of(2))
                        .setPredictionLength(PREDICTED)
                        .optContextLength(CONTEXT)
                        .optLagsSeq(List.of(1, 2))
                        .optDistrOutput(output)
                        .optUseFeatStaticCat(true)
                        .buildTrainingNetwork();
        NDList data = data(run.manager(), block.getHistoryLength());
        Trainer trainer =
                run.newTrainer(
                        block,
                        run.config(new DistributionLoss("loss", output), 0.05f)
                                .optInitializer(new XavierInitializer(), Parameter.Type.WEIGHT),
                        data.getShapes());
        NDArray past = data.get(3).get(":, {}:", 1 - CONTEXT);
        NDList labels = new NDList(past.concat(data.get(7), 1));
        EasyTrain.fit(trainer, Run.STEPS, ToyData.dataset(data, labels), null);
    }

    private static NDList data(NDManager manager, int history) {
        NDArray past = counts(manager, history);
        NDArray future = counts(manager, PREDICTED);
        return new NDList(
                ToyData.labels(manager, 3).toType(DataType.INT64, false).reshape(-1, 1),
                manager.zeros(new Shape(Run.BATCH, 1)),
                noise(manager, history),
                past,
                past.onesLike(),
                past.zerosLike(),
                noise(manager, PREDICTED),
                future,
                future.onesLike());
    }

    private static NDArray counts(NDManager manager, int length) {
        return manager.randomInteger(1, 9, new Shape(Run.BATCH, length), DataType.INT64)
                .toType(DataType.FLOAT32, false);
    }

    private static NDArray noise(NDManager manager, int length) {
        return manager.randomNormal(0, 1, new Shape(Run.BATCH, length, FEATURES), DataType.FLOAT32);
    }
}
