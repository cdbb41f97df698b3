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
package org.locallearning.djl.zoo.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.initializer.Initializer;
import ai.djl.util.Pair;
import org.locallearning.djl.decorrelation.internal.LayerInitializer;

/**
 * Draws weights and biases from the uniform distribution on ±1/√(fan-in), as PyTorch's {@code
 * nn.Linear} and {@code nn.Conv2d} do. DJL's default is a normal distribution of variance
 * 2/(fan-in) and zero biases.
 *
 * <p>The fan-in is the number of inputs of one output unit: the input size of a dense layer, input
 * channels per group times kernel size of a convolution.
 *
 * <p>A bias has the fan-in of its layer, which its own shape does not reveal. {@link #setOn(Block)}
 * therefore gives each parameter an initializer that looks at its layer's weight; a layer that
 * {@code Decorrelate} puts in place of another takes the initializer over.
 */
public final class FanInUniformInitializer implements LayerInitializer {

    private final Parameter weight;

    /** Creates an initializer of weights: the fan-in is read from the shape to be drawn. */
    public FanInUniformInitializer() {
        this(null);
    }

    /**
     * Creates an initializer with the fan-in of a given weight, for the bias of the same layer.
     *
     * @param weight the layer's weight; its shape must be known by the time of initialization; null
     *     to read the fan-in from the shape to be drawn
     */
    public FanInUniformInitializer(Parameter weight) {
        this.weight = weight;
    }

    /**
     * Makes every layer below a block that has a weight start from this distribution, weight and
     * bias. Other parameters, such as those of batch normalisation, keep theirs.
     *
     * @param block the block, not yet initialized
     */
    public static void setOn(Block block) {
        Parameter weight = null;
        for (Pair<String, Parameter> entry : block.getDirectParameters()) {
            if (entry.getValue().getType() == Parameter.Type.WEIGHT) {
                weight = entry.getValue();
                weight.setInitializer(new FanInUniformInitializer());
            }
        }
        if (weight != null) {
            for (Pair<String, Parameter> entry : block.getDirectParameters()) {
                if (entry.getValue().getType() == Parameter.Type.BIAS) {
                    entry.getValue().setInitializer(new FanInUniformInitializer(weight));
                }
            }
        }
        for (Pair<String, Block> child : block.getChildren()) {
            setOn(child.getValue());
        }
    }

    /** Returns this initializer, looking at the weight of another layer if it looks at one. */
    @Override
    public Initializer forLayer(Block layer) {
        return layer.getDirectParameters().stream()
                .map(Pair::getValue)
                .filter(parameter -> weight != null)
                .filter(parameter -> parameter.getType() == Parameter.Type.WEIGHT)
                .findFirst()
                .map(FanInUniformInitializer::new)
                .orElse(this);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if the shape whose fan-in counts has fewer than two dimensions
     */
    @Override
    public NDArray initialize(NDManager manager, Shape shape, DataType dataType) {
        Shape weightShape = weight == null ? shape : weight.getShape();
        if (weightShape == null || weightShape.dimension() < 2) {
            throw new IllegalStateException(
                    "The fan-in of a weight of shape "
                            + weightShape
                            + " is unknown: it takes two"
                            + " dimensions or more, (outputs, inputs, ...).");
        }
        float bound = (float) (1 / Math.sqrt(weightShape.slice(1).size()));
        return manager.randomUniform(-bound, bound, shape, dataType, manager.getDevice());
    }
}
