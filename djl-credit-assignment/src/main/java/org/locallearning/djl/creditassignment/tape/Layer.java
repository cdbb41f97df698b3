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
package org.locallearning.djl.creditassignment.tape;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import java.util.List;
import org.locallearning.djl.creditassignment.layer.Fan;
import org.locallearning.djl.creditassignment.layer.LayerMaths;
import org.locallearning.djl.decorrelation.internal.BlockPath;

/**
 * A weighted layer of a network, for which rules may have feedback weights.
 *
 * @param path the names of the children that lead to the block, joined as DJL joins them in
 *     parameter names, such as {@code 02SequentialBlock_01Linear}; empty if the block is the model
 * @param block the block
 * @param maths the maths of this kind of block
 */
public record Layer(String path, Block block, LayerMaths<Block> maths) {

    /**
     * Returns the parameter whose place feedback weights take.
     *
     * @return the weight
     */
    public Parameter weight() {
        return maths.getWeight(block);
    }

    /**
     * Returns the name under which the block's model lists the weight.
     *
     * @return the path of the weight
     */
    public String weightPath() {
        return BlockPath.parameterName(path, weight().getName());
    }

    /**
     * Returns the fan of the weight, or of feedback weights in its place.
     *
     * @param array the weight, or an array of its shape
     * @return the fan
     */
    public Fan fan(NDArray array) {
        return maths.fan(block, array);
    }

    /**
     * Returns the parameters that learn from the error at the layer's output alone: all of the
     * block, or the weight if it is one of several.
     */
    List<Parameter> ownParameters() {
        List<Parameter> all = block.getParameters().values();
        boolean single =
                all.stream().filter(each -> each.getType() == Parameter.Type.WEIGHT).count() == 1;
        return single ? all : List.of(weight());
    }

    /** Returns the path, for messages. */
    @Override
    public String toString() {
        return path.isEmpty() ? block.getClass().getSimpleName() : path;
    }
}
