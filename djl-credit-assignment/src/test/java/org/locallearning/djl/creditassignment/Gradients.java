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
package org.locallearning.djl.creditassignment;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Parameter;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.Trainer;
import ai.djl.util.Pair;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiFunction;
import org.locallearning.djl.creditassignment.internal.GraphMemory;

/** The gradients that a trainer leaves in a model's parameters after one batch. */
public final class Gradients {

    private final Map<String, double[]> byPath = new LinkedHashMap<>();

    private Gradients() {}

    /** Makes a trainer: {@code Model::newTrainer}, or a rule's. */
    public interface TrainerFactory extends BiFunction<Model, DefaultTrainingConfig, Trainer> {}

    /** Trains one batch of normal noise from the same initial weights for every factory. */
    public static Gradients of(NetworkCase network, TrainerFactory factory) {
        return of(network, DataType.FLOAT32, factory);
    }

    /** The same in another precision. */
    public static Gradients of(NetworkCase network, DataType type, TrainerFactory factory) {
        return of(network, type, LossCase.softmaxCrossEntropy(), factory);
    }

    /** The same with another loss. */
    public static Gradients of(
            NetworkCase network, DataType type, LossCase loss, TrainerFactory factory) {
        // DJL's own losses and trainer are wrong when a collection comes between
        GraphMemory memory = GraphMemory.open(null);
        try (TrainingRun run =
                TrainingRun.start(network, type, loss, TrainingRun.config(loss), factory)) {
            return run.assign(0).gradients();
        } finally {
            memory.close();
        }
    }

    /** Reads the gradients that are in a model now. */
    public static Gradients read(Model model) {
        Gradients gradients = new Gradients();
        for (Pair<String, Parameter> parameter : model.getBlock().getParameters()) {
            if (parameter.getValue().requiresGradient()) {
                try (NDArray gradient = parameter.getValue().getArray().getGradient();
                        NDArray wide = gradient.toType(DataType.FLOAT64, true)) {
                    gradients.byPath.put(parameter.getKey(), wide.toDoubleArray());
                }
            }
        }
        return gradients;
    }

    public Map<String, double[]> byPath() {
        return byPath;
    }

    /** The gradients of the parameters whose path begins so. */
    public Gradients under(String path) {
        Gradients some = new Gradients();
        byPath.forEach(
                (name, values) -> {
                    if (name.startsWith(path)) {
                        some.byPath.put(name, values);
                    }
                });
        return some;
    }

    /** Sums of gradients, path by path. */
    public Gradients plus(Gradients other) {
        Gradients sum = new Gradients();
        byPath.forEach(
                (name, values) -> {
                    double[] added = values.clone();
                    double[] others = other.byPath.get(name);
                    for (int i = 0; i < added.length; i++) {
                        added[i] += others[i];
                    }
                    sum.byPath.put(name, added);
                });
        return sum;
    }

    /** The largest ‖a − b‖ / ‖b‖ over all parameters; a gradient of zero must be zero in both. */
    public double distanceTo(Gradients reference) {
        if (!byPath.keySet().equals(reference.byPath.keySet())) {
            throw new AssertionError(byPath.keySet() + " and " + reference.byPath.keySet());
        }
        double total =
                reference.byPath.values().stream().mapToDouble(Gradients::norm).max().orElse(0);
        double largest = 0;
        for (Map.Entry<String, double[]> entry : byPath.entrySet()) {
            double[] expected = reference.byPath.get(entry.getKey());
            double[] difference = entry.getValue().clone();
            for (int i = 0; i < difference.length; i++) {
                difference[i] -= expected[i];
            }
            // the bias in front of a normalization has a gradient of zero: there is only rounding
            boolean zero = norm(expected) < 1e-6 * total;
            double scale = zero ? 0.1 * total : norm(expected);
            largest = Math.max(largest, norm(difference) / scale);
        }
        return largest;
    }

    private static double norm(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value * value;
        }
        return Math.sqrt(sum);
    }
}
