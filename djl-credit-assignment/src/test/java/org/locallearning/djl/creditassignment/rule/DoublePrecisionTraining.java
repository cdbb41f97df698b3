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
package org.locallearning.djl.creditassignment.rule;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import org.locallearning.djl.creditassignment.Gradients;
import org.locallearning.djl.creditassignment.NetworkCase;

/**
 * Trains a network in double precision on one batch again and again, with the same weights and the
 * same dropout masks, and adds up what the batches leave in its gradients.
 */
final class DoublePrecisionTraining {

    private static final int SEED = 5;

    private static final Set<Parameter.Type> INITIALIZED =
            EnumSet.of(
                    Parameter.Type.WEIGHT,
                    Parameter.Type.BIAS,
                    Parameter.Type.GAMMA,
                    Parameter.Type.BETA);

    /** The names of learned matrices, which would otherwise be the identity. */
    private static final Set<String> DECORRELATION = Set.of("decorrelation");

    private final NetworkCase network;
    private final Loss loss;

    DoublePrecisionTraining(NetworkCase network, Loss loss) {
        this.network = network;
        this.loss = loss;
    }

    DoublePrecisionTraining(NetworkCase network) {
        this(network, Loss.softmaxCrossEntropyLoss());
    }

    /** The gradients of one batch, parameter by parameter. */
    List<double[]> once(Gradients.TrainerFactory factory) {
        return repeat(factory, batch -> {}, () -> 1);
    }

    /** The mean gradients of node perturbation over noise on every single unit. */
    List<double[]> everyUnit(NodePerturbation.Builder rule) {
        UnitByUnit noise = new UnitByUnit();
        NodePerturbation perturbation = rule.optNoise(noise).build();
        List<double[]> sums =
                repeat(
                        perturbation::newTrainer,
                        batch -> noise.start(batch - 1),
                        () -> noise.units() + 1);
        sums.forEach(
                sum -> {
                    for (int i = 0; i < sum.length; i++) {
                        sum[i] /= noise.units();
                    }
                });
        return sums;
    }

    private interface Count {
        long get();
    }

    private List<double[]> repeat(
            Gradients.TrainerFactory factory, LongConsumer beforeBatch, Count batches) {
        Engine.getEngine("PyTorch").setRandomSeed(SEED);
        try (Model model = Model.newInstance(network.name(), "PyTorch")) {
            model.setDataType(DataType.FLOAT64);
            model.setBlock(network.block().get());
            DefaultTrainingConfig config = new DefaultTrainingConfig(loss);
            // DJL's own initializers make single precision whatever they are asked for
            config.optInitializer(
                    (manager, shape, wanted) ->
                            manager.randomNormal(0.2f, 0.4f, shape, DataType.FLOAT64),
                    parameter ->
                            INITIALIZED.contains(parameter.getType())
                                    || DECORRELATION.contains(parameter.getName()));
            try (Trainer trainer = factory.apply(model, config)) {
                trainer.initialize(network.input());
                NDManager manager = trainer.getManager();
                NDArray data = manager.randomNormal(0, 1, network.input(), DataType.FLOAT64);
                NDArray labels =
                        manager.randomInteger(
                                0,
                                network.classes(),
                                new Shape(network.input().get(0)),
                                DataType.INT64);
                // the first batch counts what there is to repeat
                long batch = 0;
                do {
                    beforeBatch.accept(batch);
                    train(trainer, data, labels);
                    if (batch == 0) {
                        beforeBatch.accept(1);
                    }
                    batch++;
                } while (batch < batches.get());
                return new ArrayList<>(Gradients.read(model).byPath().values());
            }
        }
    }

    private static void train(Trainer trainer, NDArray data, NDArray labels) {
        Engine.getEngine("PyTorch").setRandomSeed(SEED + 1);
        try (NDManager scope = trainer.getManager().newSubManager();
                GradientCollector collector = trainer.newGradientCollector()) {
            NDArray input = data.duplicate();
            input.attach(scope);
            NDList label = new NDList(labels);
            NDList predictions = trainer.forward(new NDList(input), label);
            collector.backward(trainer.getLoss().evaluate(label, predictions));
        }
    }

    /** The largest ‖a − b‖ / ‖b‖ over all parameters. */
    static double distance(List<double[]> some, List<double[]> reference) {
        double largest = 0;
        for (int i = 0; i < reference.size(); i++) {
            double[] a = some.get(i);
            double[] b = reference.get(i);
            double difference = 0;
            double norm = 0;
            for (int j = 0; j < b.length; j++) {
                difference += (a[j] - b[j]) * (a[j] - b[j]);
                norm += b[j] * b[j];
            }
            largest = Math.max(largest, Math.sqrt(difference / norm));
        }
        return largest;
    }
}
