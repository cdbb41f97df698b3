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
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.util.List;
import org.locallearning.djl.creditassignment.internal.Autograd;
import org.locallearning.djl.creditassignment.layer.BlockRerun;
import org.locallearning.djl.creditassignment.layer.Fan;
import org.locallearning.djl.creditassignment.layer.LayerPass;

/** A recorded weighted layer: {@code h = W x + b}. */
public final class LayerTrace extends Trace implements BlockTrace, PassedLayer {

    private final Layer layer;
    private final ParameterStore store;
    private final NDManager scope;
    private final ProductCounter products;
    private final LayerPass pass;
    private final NDArray output;
    private final long multiplyAdds;

    LayerTrace(
            Layer layer,
            ForwardPass forward,
            LayerPass pass,
            NDArray output,
            boolean inputErrorWanted) {
        super(inputErrorWanted);
        this.layer = layer;
        store = forward.store();
        scope = forward.scope();
        products = forward.products();
        this.pass = pass;
        this.output = output;
        try (NDArray weight = getWeight()) {
            // each output is a sum over the inputs of its map
            Shape maps = Fan.matrixShape(layer.maths(), layer.block(), weight);
            multiplyAdds = output.getShape().size() * maps.get(2);
        }
        products.countForward(multiplyAdds);
    }

    /** {@inheritDoc} */
    @Override
    public Layer getLayer() {
        return layer;
    }

    /**
     * Returns the input {@code x} of the layer, shape (N, ...), without history. It is closed once
     * the error has passed the layer and the graph is not kept.
     *
     * @return the input
     */
    public NDArray getInput() {
        return pass.input();
    }

    /**
     * Returns the output {@code h} of the layer, shape (N, ...): the pre-activation. It is closed
     * once the error has passed the layer and the graph is not kept.
     *
     * @return the output
     */
    public NDArray getOutput() {
        return output;
    }

    /** {@inheritDoc} */
    @Override
    public NDArray getWeight() {
        NDArray weight = store.getValue(layer.weight(), scope.getDevice(), true);
        return Autograd.detach(weight, scope);
    }

    /**
     * Sends an error to the input of the layer through given weights.
     *
     * @param delta the error at the output
     * @param feedback the weights to use in place of {@code W}, of its shape
     * @return the error at the input, of the input's shape
     */
    public NDArray inputError(NDArray delta, NDArray feedback) {
        products.countInputError(multiplyAdds);
        return layer.maths().inputError(layer.block(), pass, delta, feedback);
    }

    /** {@inheritDoc} */
    @Override
    public String getPath() {
        return layer.path();
    }

    /** {@inheritDoc} */
    @Override
    public Block getBlock() {
        return layer.block();
    }

    /** {@inheritDoc} */
    @Override
    public NDList getOutputs() {
        return outputs();
    }

    /** {@inheritDoc} */
    @Override
    public boolean isTrainable() {
        return layer.block().getParameters().values().stream()
                .anyMatch(Parameter::requiresGradient);
    }

    /** {@inheritDoc} */
    @Override
    public void addGradients(NDList errors) {
        if (isTrainable()) {
            products.countWeightGradient(multiplyAdds);
            Errors.send(outputs(), errors, List.of(), false);
        }
        release();
    }

    /** {@inheritDoc} */
    @Override
    NDList rerun(Rerun rerun, NDList inputs) {
        NDList outputs = outputs();
        if (isInputErrorWanted()) {
            BlockRerun.FirstRun first =
                    new BlockRerun.FirstRun(new NDList(pass.input()), outputs());
            outputs = rerun.run(layer.path(), layer.block(), first, inputs);
            products.countForward(multiplyAdds);
        }
        return isTrainable() ? rerun.perturb(this, outputs) : outputs;
    }

    /** {@inheritDoc} */
    @Override
    NDList outputs() {
        return new NDList(output);
    }

    /** {@inheritDoc} */
    @Override
    void collectBlocks(List<BlockTrace> blocks) {
        blocks.add(this);
    }

    /** {@inheritDoc} */
    @Override
    NDList backward(NDList errors, BackwardPass backward) {
        NDArray delta = errors.singletonOrThrow();
        if (backward.gradientsWanted() && Autograd.isDifferentiable(output)) {
            products.countWeightGradient(multiplyAdds);
            Autograd.backward(output, delta, backward.keepGraph());
        }
        return isInputErrorWanted(backward)
                ? new NDList(backward.feedback().inputError(this, delta))
                : new NDList();
    }

    /** {@inheritDoc} */
    @Override
    void release() {
        output.close();
        pass.input().close();
    }
}
