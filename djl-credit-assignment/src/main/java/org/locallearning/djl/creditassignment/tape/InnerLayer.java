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
import org.locallearning.djl.creditassignment.internal.Autograd;

/** A weighted layer inside a piece, in one pass. */
final class InnerLayer implements PassedLayer {

    private final Layer layer;
    private final ForwardPass pass;
    private NDArray weight;

    InnerLayer(Layer layer, ForwardPass pass) {
        this.layer = layer;
        this.pass = pass;
    }

    /** {@inheritDoc} */
    @Override
    public Layer getLayer() {
        return layer;
    }

    /** {@inheritDoc} */
    @Override
    public NDArray getWeight() {
        if (weight == null) {
            weight = Autograd.detach(getValue(), pass.scope());
        }
        return weight;
    }

    /** Returns the weight itself, which the engine's graph of the piece begins with. */
    NDArray getValue() {
        return pass.store().getValue(layer.weight(), pass.scope().getDevice(), true);
    }
}
