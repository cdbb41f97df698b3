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
package org.locallearning.djl.examples.doctor;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.initializer.Initializer;
import ai.djl.training.loss.Loss;
import ai.djl.util.Pair;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.locallearning.djl.decorrelation.internal.HostValues;
import org.locallearning.djl.examples.method.DecorrelationSettings;
import org.locallearning.djl.examples.method.ErrorPath;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.method.MethodSettings;
import org.locallearning.djl.examples.method.OptimizerKind;

/** One training step, from the same weights on the same batch wherever it is taken. */
final class OneStep {

    /** The networks: dense, and convolutional. */
    static final Map<String, Shape> NETWORKS = networks();

    private static final int SEED = 1;
    private static final int CLASSES = 10;
    private static final int BATCH = 16;
    private static final float RATE = 0.05f;
    private static final double DECORRELATION_RATE = 1e-3;
    private static final Set<Parameter.Type> DRAWN =
            EnumSet.of(Parameter.Type.WEIGHT, Parameter.Type.BIAS);

    private final Method method;
    private final String network;

    OneStep(Method method, String network) {
        this.method = method;
        this.network = network;
    }

    private static Map<String, Shape> networks() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        shapes.put("mlp", new Shape(BATCH, 1, 8, 8));
        shapes.put("conv", new Shape(BATCH, 3, 12, 12));
        return shapes;
    }

    private static Block block(String network) {
        SequentialBlock block = new SequentialBlock();
        if (network.equals("conv")) {
            block.add(convolution(16, 1))
                    .add(Activation.leakyReluBlock(0.1f))
                    .add(convolution(16, 2))
                    .add(Activation.leakyReluBlock(0.1f));
        } else {
            block.add(Blocks.batchFlattenBlock())
                    .add(Linear.builder().setUnits(48).build())
                    .add(Activation::tanh);
        }
        return block.add(Blocks.batchFlattenBlock())
                .add(Linear.builder().setUnits(32).build())
                .add(Activation::tanh)
                .add(Linear.builder().setUnits(CLASSES).build());
    }

    private static Block convolution(int filters, int stride) {
        return Conv2d.builder()
                .setFilters(filters)
                .setKernelShape(new Shape(3, 3))
                .optPadding(new Shape(1, 1))
                .optStride(new Shape(stride, stride))
                .build();
    }

    /**
     * Takes the step.
     *
     * @param device where
     * @param type in which precision
     * @return what every parameter is moved by: its gradient, or its change under a method that
     *     moves weights within a batch
     */
    Map<String, double[]> updates(Device device, DataType type) {
        Engine engine = Engine.getEngine("PyTorch");
        engine.setRandomSeed(SEED);
        try (Model model = Model.newInstance(method.name(), device, engine.getEngineName())) {
            model.setDataType(type);
            Block block =
                    method.prepare(
                            block(network), DecorrelationSettings.DEFAULT.at(DECORRELATION_RATE));
            model.setBlock(block);
            Random random = new Random(SEED);
            DefaultTrainingConfig config =
                    new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                            .optDevices(new Device[] {device})
                            .optInitializer(uniform(random), each -> DRAWN.contains(each.getType()))
                            .optOptimizer(OptimizerKind.SGD.create(RATE, block));
            try (Trainer trainer = newTrainer(model, config)) {
                return updates(trainer, block, type);
            }
        }
    }

    private Trainer newTrainer(Model model, DefaultTrainingConfig config) {
        return GivenNoise.of(method.plainName(), SEED)
                .map(rule -> rule.newTrainer(model, config))
                .map(Trainer.class::cast)
                .orElseGet(
                        () ->
                                method.trainer()
                                        .newTrainer(
                                                model, config, SEED, MethodSettings.preset("")));
    }

    private Map<String, double[]> updates(Trainer trainer, Block block, DataType type) {
        Shape shape = NETWORKS.get(network);
        trainer.initialize(shape);
        boolean moves = method.errorPath() == ErrorPath.INCREMENTAL_INFERENCE;
        Map<String, double[]> before = moves ? values(block, false) : Map.of();
        Random random = new Random(SEED + 1);
        try (NDManager manager = trainer.getManager().newSubManager()) {
            double[] pixels = random.doubles(shape.size(), -1, 1).toArray();
            NDList data = new NDList(manager.create(pixels, shape).toType(type, false));
            long[] classes = random.longs(BATCH, 0, CLASSES).toArray();
            NDList labels = new NDList(manager.create(classes));
            try (GradientCollector collector = trainer.newGradientCollector()) {
                NDList predictions = trainer.forward(data, labels);
                collector.backward(trainer.getLoss().evaluate(labels, predictions));
            }
        }
        if (!moves) {
            return values(block, true);
        }
        trainer.step();
        Map<String, double[]> changes = values(block, false);
        changes.forEach(
                (path, values) -> {
                    for (int i = 0; i < values.length; i++) {
                        values[i] -= before.get(path)[i];
                    }
                });
        return changes;
    }

    private static Map<String, double[]> values(Block block, boolean gradients) {
        Map<String, double[]> values = new LinkedHashMap<>();
        for (Pair<String, Parameter> parameter : block.getParameters()) {
            if (DRAWN.contains(parameter.getValue().getType())) {
                NDArray array = parameter.getValue().getArray();
                if (gradients) {
                    try (NDArray gradient = array.getGradient()) {
                        values.put(parameter.getKey(), HostValues.numbers(gradient));
                    }
                } else {
                    values.put(parameter.getKey(), HostValues.numbers(array));
                }
            }
        }
        return values;
    }

    /** Draws in Java, so that every device begins with the same weights. */
    private static Initializer uniform(Random random) {
        return (manager, shape, type) -> {
            double bound = 1 / Math.sqrt(Math.max(1, shape.size() / shape.get(0)));
            double[] drawn = new double[(int) shape.size()];
            for (int i = 0; i < drawn.length; i++) {
                // to what single precision holds, for every precision to begin with
                drawn[i] = (float) (bound * (2 * random.nextDouble() - 1));
            }
            return manager.create(drawn, shape).toType(type, false);
        };
    }
}
