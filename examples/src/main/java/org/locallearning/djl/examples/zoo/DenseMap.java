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
package org.locallearning.djl.examples.zoo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Blocks;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.util.Pair;

/** A map of images, as DJL's own blocks: flattened, a dense layer, and perhaps logistic units. */
final class DenseMap {

    private DenseMap() {}

    /**
     * Makes the block.
     *
     * @param manager the manager of its parameters
     * @param image the shape of an image
     * @param weight the weight, (outputs, pixels)
     * @param bias the bias, (outputs)
     * @param logistic whether outputs are logistic
     */
    static SequentialBlock of(
            NDManager manager, Shape image, NDArray weight, NDArray bias, boolean logistic) {
        SequentialBlock block =
                new SequentialBlock()
                        .add(Blocks.batchFlattenBlock(image.size()))
                        .add(Linear.builder().setUnits(weight.getShape().get(0)).build());
        if (logistic) {
            block.add(Activation.sigmoidBlock());
        }
        block.initialize(manager, DataType.FLOAT32, new Shape(1).addAll(image));
        for (Pair<String, Parameter> parameter : block.getParameters()) {
            boolean isWeight = parameter.getValue().getType() == Parameter.Type.WEIGHT;
            parameter
                    .getValue()
                    .getArray()
                    .stopGradient()
                    .set(new NDIndex("..."), isWeight ? weight : bias);
        }
        return block;
    }
}
