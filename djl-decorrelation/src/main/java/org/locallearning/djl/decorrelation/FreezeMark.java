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
package org.locallearning.djl.decorrelation;

import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import java.util.List;

/**
 * Whether the state of a decorrelation layer is frozen.
 *
 * <p>DJL's {@link Block#freezeParameters(boolean)}, called on the layer or on any block around it,
 * reaches the parameters alone: it sets their flag and that of their arrays. No parameter here ever
 * needs a gradient, so that the parameter's flag cannot tell frozen from not. The array of the
 * running mean can: its flag is up while the layer may learn. Nothing else takes notice of it, as
 * optimizers go by the parameter's flag and the layer uses the array outside the gradient's graph.
 * Until there is an array, the parameter's own flag serves.
 */
final class FreezeMark {

    private final Parameter carrier;
    private final List<Parameter> others;

    private boolean settled;
    private boolean frozen;

    /**
     * Creates a mark.
     *
     * @param carrier the parameter that tells, made to require a gradient
     * @param others the other parameters of the layer's state
     */
    FreezeMark(Parameter carrier, List<Parameter> others) {
        this.carrier = carrier;
        this.others = others;
    }

    /** Reads the mark, and lowers the flags of the parameters, for optimizers. */
    synchronized boolean isFrozen() {
        others.stream().filter(Parameter::requiresGradient).forEach(other -> other.freeze(true));
        if (carrier.isInitialized()) {
            if (carrier.requiresGradient()) {
                carrier.freeze(true);
                carrier.getArray().setRequiresGradient(true);
            }
            frozen = !carrier.getArray().hasGradient();
            settled = true;
        } else if (!settled) {
            frozen = !carrier.requiresGradient();
        }
        return frozen;
    }

    /** Called before the layer may get new arrays; {@link #isFrozen} is to be called after it. */
    synchronized void beforeNewArrays() {
        if (!isFrozen()) {
            carrier.freeze(false);
        }
    }
}
