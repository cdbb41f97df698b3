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
package org.locallearning.djl.creditassignment.layer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.norm.Dropout;
import ai.djl.training.ParameterStore;
import org.locallearning.djl.creditassignment.engine.Autograd;

/** {@code Dropout} with the mask of the first run. */
final class DropoutReplay implements Replay<Dropout> {

    /** {@inheritDoc} */
    @Override
    public NDList run(Dropout block, ParameterStore store, Run first, NDList inputs) {
        NDArray input = inputs.singletonOrThrow();
        // y = mask * x, so that the mask is what the graph of the first run multiplies errors by
        NDArray mask =
                Autograd.gradient(
                        first.outputs().singletonOrThrow(),
                        input.onesLike(),
                        first.inputs().singletonOrThrow());
        return new NDList(mask.muli(input));
    }
}
