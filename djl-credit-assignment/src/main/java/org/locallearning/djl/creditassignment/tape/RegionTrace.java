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
import org.locallearning.djl.creditassignment.internal.Autograd;

/**
 * A region as it ran once: {@code z = φ(h)}.
 *
 * <p>The activation {@code φ} is the run of known blocks behind the layer that keep the shape:
 * activation, normalization, dropout. Blocks that change the shape directly behind the layer, such
 * as the pooling in convolution, pooling, activation, count to the layer; those behind the
 * activation, such as pooling or flattening, to the way to the next region.
 */
public final class RegionTrace {

    private final Region region;
    private final ForwardPass pass;
    private final ExactRun run;

    RegionTrace(Region region, ForwardPass pass, ExactRun run) {
        this.region = region;
        this.pass = pass;
        this.run = run;
    }

    /**
     * Returns the region.
     *
     * @return the region
     */
    public Region getRegion() {
        return region;
    }

    /**
     * Returns the pre-activation {@code h}, shape (N, ...).
     *
     * @return the pre-activation, without history, closed with the tape
     * @throws IllegalArgumentException if the region puts out several arrays
     */
    public NDArray getPreActivation() {
        return single(run.activationInputs());
    }

    /**
     * Returns the activation {@code z = φ(h)}, of the shape of {@code h}.
     *
     * @return the activation, without history, closed with the tape
     * @throws IllegalArgumentException if the region puts out several arrays
     */
    public NDArray getActivation() {
        return single(run.activationOutputs());
    }

    ExactRun run() {
        return run;
    }

    private NDArray single(NDList arrays) {
        if (arrays.size() != 1) {
            throw new IllegalArgumentException(
                    String.format(
                            "Region %s puts out %d arrays, but an error of its own needs one; let"
                                    + " no error connection lead there.",
                            region, arrays.size()));
        }
        return Autograd.detach(arrays.head(), pass.scope());
    }
}
