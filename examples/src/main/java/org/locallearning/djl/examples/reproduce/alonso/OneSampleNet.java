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
package org.locallearning.djl.examples.reproduce.alonso;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.util.Pair;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.locallearning.djl.creditassignment.CreditAssignment;
import org.locallearning.djl.creditassignment.rule.Backpropagation;

/**
 * A net of tanh units with linear outputs, one input with its target, and the steps that rules take
 * on it: what theorem 1 is of, in double precision.
 */
final class OneSampleNet {

    private final Engine engine;
    private final int[] sizes;
    private final double[] input;
    private final double[] target;
    private final List<double[]> start = new ArrayList<>();

    /**
     * Draws a net, an input and a target.
     *
     * @param engine the engine
     * @param seed the seed
     * @param sizes the number of inputs and of the units of each layer
     */
    OneSampleNet(Engine engine, int seed, int... sizes) {
        this.engine = engine;
        this.sizes = sizes.clone();
        Random random = new Random(seed);
        for (int l = 1; l < sizes.length; l++) {
            start.add(normal(random, sizes[l] * sizes[l - 1], 1 / Math.sqrt(sizes[l - 1])));
            start.add(normal(random, sizes[l], 0.3));
        }
        input = normal(random, sizes[0], 1);
        target = normal(random, sizes[sizes.length - 1], 1);
    }

    private static double[] normal(Random random, int count, double deviation) {
        return random.doubles(count, 0, 1)
                .map(unused -> deviation * random.nextGaussian())
                .toArray();
    }

    /** Returns the gradient of ½ ‖y − h_L‖² where the net starts. */
    List<double[]> slope() {
        return slope(start);
    }

    /** Returns the slopes that a rule gives, which are gradients of what the rule descends. */
    List<double[]> gradients(CreditAssignment rule) {
        return gradients(rule, start);
    }

    /**
     * Returns how far a step is from the proximal one: {@code ‖Δθ + β ∇L(θ + Δθ)‖ / ‖Δθ‖}, 0 for
     * the step of implicit descent, which is the proximal one (equations 5 and 6).
     *
     * @param step what is added to each parameter
     * @param beta β
     */
    double distance(List<double[]> step, double beta) {
        List<double[]> slope = slope(moved(step));
        double square = 0;
        double whole = 0;
        for (int p = 0; p < step.size(); p++) {
            for (int i = 0; i < step.get(p).length; i++) {
                double each = step.get(p)[i];
                square += Math.pow(each + beta * slope.get(p)[i], 2);
                whole += each * each;
            }
        }
        return Math.sqrt(square / whole);
    }

    /**
     * Returns {@code 1 / (1 + ‖f(h)‖²)}, a mean over the layers that the forward pass goes into.
     */
    double meanReciprocalNorm() {
        double sum = 0;
        double[] activity = input;
        for (int l = 1; l < sizes.length; l++) {
            double norm = 1;
            for (double each : activity) {
                norm += each * each;
            }
            sum += 1 / norm;
            double[] weights = start.get(2 * l - 2);
            double[] next = start.get(2 * l - 1).clone();
            for (int i = 0; i < next.length; i++) {
                for (int j = 0; j < activity.length; j++) {
                    next[i] += weights[i * activity.length + j] * activity[j];
                }
                next[i] = Math.tanh(next[i]);
            }
            activity = next;
        }
        return sum / (sizes.length - 1);
    }

    private List<double[]> moved(List<double[]> step) {
        List<double[]> moved = new ArrayList<>();
        for (int p = 0; p < start.size(); p++) {
            double[] values = start.get(p).clone();
            for (int i = 0; i < values.length; i++) {
                values[i] += step.get(p)[i];
            }
            moved.add(values);
        }
        return moved;
    }

    private List<double[]> slope(List<double[]> parameters) {
        return scaled(
                gradients(Backpropagation.builder().build(), parameters),
                // the loss is a mean over the outputs
                sizes[sizes.length - 1]);
    }

    /** Returns arrays times a number. */
    static List<double[]> scaled(List<double[]> arrays, double factor) {
        List<double[]> scaled = new ArrayList<>();
        for (double[] values : arrays) {
            double[] products = values.clone();
            for (int i = 0; i < products.length; i++) {
                products[i] *= factor;
            }
            scaled.add(products);
        }
        return scaled;
    }

    private List<double[]> gradients(CreditAssignment rule, List<double[]> parameters) {
        SequentialBlock block = new SequentialBlock();
        for (int l = 1; l < sizes.length; l++) {
            if (l > 1) {
                block.add(Activation.tanhBlock());
            }
            block.add(Linear.builder().setUnits(sizes[l]).build());
        }
        int next = 0;
        for (Pair<String, Parameter> parameter : block.getParameters()) {
            double[] values = parameters.get(next++);
            parameter
                    .getValue()
                    .setInitializer((m, shape, type) -> m.create(values).reshape(shape));
        }
        try (Model model = Model.newInstance("one sample", engine.getEngineName());
                NDManager manager = engine.newBaseManager()) {
            model.setBlock(block);
            Shape shape = new Shape(1, sizes[0]);
            block.initialize(model.getNDManager(), DataType.FLOAT64, shape);
            try (Trainer trainer =
                    rule.newTrainer(model, new DefaultTrainingConfig(Loss.l2Loss()))) {
                trainer.initialize(shape);
                NDArray data = manager.create(input).reshape(1, input.length);
                NDList labels = new NDList(manager.create(target).reshape(1, target.length));
                try (GradientCollector collector = trainer.newGradientCollector()) {
                    NDList predictions = trainer.forward(new NDList(data), labels);
                    collector.backward(trainer.getLoss().evaluate(labels, predictions));
                }
                List<double[]> gradients = new ArrayList<>();
                for (Pair<String, Parameter> parameter : block.getParameters()) {
                    try (NDArray gradient = parameter.getValue().getArray().getGradient()) {
                        gradients.add(gradient.toDoubleArray());
                    }
                }
                return gradients;
            }
        }
    }
}
