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

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.loss.Loss;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * A loss to test rules with, and labels that suit it.
 *
 * @param name the name, for the test's title
 * @param loss makes the loss
 * @param labels makes random labels for the predictions of a network
 */
public record LossCase(
        String name, Supplier<Loss> loss, BiFunction<NDManager, NetworkCase, NDArray> labels) {

    public static LossCase softmaxCrossEntropy() {
        return new LossCase(
                "softmax cross-entropy", Loss::softmaxCrossEntropyLoss, LossCase::classes);
    }

    public static List<LossCase> all() {
        return List.of(
                softmaxCrossEntropy(),
                new LossCase("L2", Loss::l2Loss, LossCase::signs),
                new LossCase(
                        "binary cross-entropy",
                        Loss::sigmoidBinaryCrossEntropyLoss,
                        (manager, network) -> signs(manager, network).add(1).div(2)),
                new LossCase("hinge", Loss::hingeLoss, LossCase::signs));
    }

    private static NDArray classes(NDManager manager, NetworkCase network) {
        return manager.randomInteger(
                0, network.classes(), new Shape(network.input().get(0)), DataType.INT64);
    }

    /** Plus or minus one for each class. */
    private static NDArray signs(NDManager manager, NetworkCase network) {
        Shape shape = new Shape(network.input().get(0), network.classes());
        return manager.randomNormal(0, 1, shape, DataType.FLOAT32).sign();
    }

    @Override
    public String toString() {
        return name;
    }
}
