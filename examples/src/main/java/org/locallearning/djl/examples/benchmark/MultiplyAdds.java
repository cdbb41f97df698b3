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
package org.locallearning.djl.examples.benchmark;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Convolution;
import ai.djl.nn.core.Linear;
import java.util.ArrayList;
import java.util.List;
import org.locallearning.djl.creditassignment.convolutional.LocallyConnected2d;
import org.locallearning.djl.decorrelation.Decorrelating;
import org.locallearning.djl.examples.method.ErrorPath;

/**
 * Counts the multiply-adds of a training step in dense layers and convolutions; everything else is
 * small beside them.
 */
final class MultiplyAdds {

    private MultiplyAdds() {}

    /**
     * Counts a step: the forward products, the products that make the weight gradients, those that
     * carry the error down, and what decorrelation layers add.
     *
     * @param block the model, initialized with the shape of a batch
     * @param path how the error is carried down
     * @param iterations the iterations of inference, where the path has them
     * @param classes the number of outputs
     * @return multiply-adds of one step on one batch
     */
    static long ofStep(Block block, ErrorPath path, int iterations, int classes) {
        List<Layer> layers = new ArrayList<>();
        long total = collect(block, layers, path);
        for (int i = 0; i < layers.size(); ++i) {
            Layer layer = layers.get(i);
            total += layer.forward;
            total += (path == ErrorPath.INCREMENTAL_INFERENCE ? iterations : 1) * layer.forward;
            // nothing below the first layer learns, so its input gets no error
            if (i > 0) {
                total +=
                        switch (path) {
                            case LAYER_BY_LAYER -> layer.forward;
                            case DIRECT -> layer.inputs * classes;
                            case INFERENCE, INCREMENTAL_INFERENCE -> 2 * iterations * layer.forward;
                        };
            }
        }
        return total;
    }

    /**
     * Counts the weighted layers.
     *
     * @param block the model, initialized
     * @return the number of dense layers and convolutions
     */
    static int layers(Block block) {
        List<Layer> layers = new ArrayList<>();
        collect(block, layers, ErrorPath.LAYER_BY_LAYER);
        return layers.size();
    }

    /** Collects the weighted layers and counts what decorrelation adds. */
    private static long collect(Block block, List<Layer> layers, ErrorPath path) {
        long added = block instanceof Decorrelating layer ? added(layer, layers, path) : 0;
        if (block instanceof Linear
                || block instanceof Convolution
                || block instanceof LocallyConnected2d) {
            Shape weight =
                    block.getDirectParameters().values().stream()
                            .filter(parameter -> parameter.getType() == Parameter.Type.WEIGHT)
                            .findFirst()
                            .orElseThrow()
                            .getArray()
                            .getShape();
            Shape[] inputs = ((AbstractBlock) block).getInputShapes();
            Shape output = block.getOutputShapes(inputs)[0];
            // every row of the weight is used once for each value of its output channel
            layers.add(new Layer(output.size() / weight.get(0) * weight.size(), inputs[0].size()));
        } else {
            for (Block child : block.getChildren().values()) {
                added += collect(child, layers, path);
            }
        }
        return added;
    }

    private static long added(Decorrelating layer, List<Layer> below, ErrorPath path) {
        Shape input = ((AbstractBlock) layer).getInputShapes()[0];
        long added = layer.getMultiplyAdds(input.get(0));
        boolean carriesError = path == ErrorPath.LAYER_BY_LAYER && !below.isEmpty();
        return carriesError ? added : added - layer.getErrorMultiplyAdds(input.get(0));
    }

    /**
     * A weighted layer.
     *
     * @param forward multiply-adds of its forward product for one batch
     * @param inputs how many values one batch brings to it
     */
    private record Layer(long forward, long inputs) {}
}
