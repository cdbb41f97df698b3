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
import ai.djl.training.ParameterStore;
import java.util.List;
import org.locallearning.djl.creditassignment.internal.Autograd;
import org.locallearning.djl.creditassignment.layer.LayerPass;

/** A weighted layer: the graph is cut at its input, so that its weights alone are in it. */
final class LayerNode extends Node {

    private final Layer layer;

    LayerNode(Layer layer) {
        super(layer.block().getParameters().values());
        this.layer = layer;
    }

    Layer layer() {
        return layer;
    }

    /** {@inheritDoc} */
    @Override
    String path() {
        return layer.path();
    }

    /** {@inheritDoc} */
    @Override
    boolean endsStage() {
        return true;
    }

    /** {@inheritDoc} */
    @Override
    List<StageOutline> outline() {
        return List.of(new StageOutline(layer.path(), List.of()));
    }

    /** {@inheritDoc} */
    @Override
    boolean isWeighted() {
        return true;
    }

    /** {@inheritDoc} */
    @Override
    LayerTrace run(ForwardPass pass, NDList inputs, boolean inputErrorWanted) {
        NDArray input = Autograd.detach(inputs.singletonOrThrow(), pass.scope());
        NDList remembered =
                layer.maths().remember(layer.block(), pass.storeFor(layer.path()), pass.scope());
        NDArray output =
                pass.run(layer.path(), layer.block(), new NDList(input), false, false)
                        .singletonOrThrow();
        return new LayerTrace(
                layer, pass, new LayerPass(input, remembered), output, inputErrorWanted);
    }

    /** {@inheritDoc} */
    @Override
    NDList evaluate(ParameterStore store, NDList inputs) {
        return layer.block().forward(store, inputs, false);
    }
}
