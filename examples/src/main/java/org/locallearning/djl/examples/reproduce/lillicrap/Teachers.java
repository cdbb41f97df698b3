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
package org.locallearning.djl.examples.reproduce.lillicrap;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** The functions that networks learn, and the networks. */
final class Teachers {

    private Teachers() {}

    /**
     * Returns a quadratic function with random coefficients: each output is the product of two
     * random projections of the input, of mean square about 1, and a third one.
     *
     * @param manager the manager of the coefficients
     * @param inputs the number of inputs
     * @param outputs the number of outputs
     * @return the function, from (N, inputs) to (N, outputs)
     */
    static UnaryOperator<NDArray> quadratic(NDManager manager, int inputs, int outputs) {
        NDArray[] projections = new NDArray[3];
        for (int i = 0; i < projections.length; i++) {
            projections[i] =
                    manager.randomNormal(0, 1, new Shape(inputs, outputs), DataType.FLOAT32)
                            .div(Math.sqrt(inputs));
        }
        return data ->
                data.matMul(projections[0])
                        .mul(data.matMul(projections[1]))
                        .add(data.matMul(projections[2]));
    }

    /**
     * Returns the function of a random tanh net with a linear output layer.
     *
     * @param manager the manager of its weights
     * @param sizes the number of inputs, of the neurons of each hidden layer, and of outputs
     * @return the function
     */
    static UnaryOperator<NDArray> network(NDManager manager, int... sizes) {
        List<NDArray> weights = new ArrayList<>();
        for (int i = 1; i < sizes.length; i++) {
            weights.add(
                    manager.randomNormal(0, 1, new Shape(sizes[i - 1], sizes[i]), DataType.FLOAT32)
                            .div(Math.sqrt(sizes[i - 1])));
        }
        return data -> {
            NDArray values = data;
            for (int i = 0; i < weights.size(); i++) {
                values = values.matMul(weights.get(i));
                values = i < weights.size() - 1 ? values.mul(2).tanh() : values;
            }
            return values;
        };
    }

    /**
     * Returns a tanh net with a linear output layer.
     *
     * @param sizes the number of neurons of each hidden layer, and of outputs
     * @return the net, not yet initialized
     */
    static Block learner(int... sizes) {
        SequentialBlock block = new SequentialBlock();
        for (int i = 0; i < sizes.length; i++) {
            block.add(Linear.builder().setUnits(sizes[i]).build());
            if (i < sizes.length - 1) {
                block.add(Activation.tanhBlock());
            }
        }
        return block;
    }
}
