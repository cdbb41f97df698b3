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
import org.locallearning.djl.creditassignment.engine.Autograd;

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
    private final ExactRun behind;

    RegionTrace(Region region, ForwardPass pass, ExactRun behind) {
        this.region = region;
        this.pass = pass;
        this.behind = behind;
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
        return single(behind.activationInputs());
    }

    /**
     * Returns the activation {@code z = φ(h)}, of the shape of {@code h}.
     *
     * @return the activation, without history, closed with the tape
     * @throws IllegalArgumentException if the region puts out several arrays
     */
    public NDArray getActivation() {
        return single(behind.activationOutputs());
    }

    /**
     * Applies the activation {@code φ} of this run to another pre-activation. It is the function
     * that ran: dropout keeps its mask and batch normalization its mean and variance, so that a
     * sample's activation is a function of that sample's pre-activation alone. Nothing is recorded
     * for differentiation, and running statistics stay as they are.
     *
     * <p>A block that is not a function, other than these two, runs as it does: {@code
     * GhostBatchNorm} normalizes by the statistics of what it is given, and a lambda that draws
     * random numbers draws new ones.
     *
     * @param preActivation an array of the shape of {@code h}
     * @return {@code φ(preActivation)}
     */
    public NDArray activate(NDArray preActivation) {
        return Autograd.withoutRecording(
                () -> behind.activate(pass, new NDList(preActivation)).singletonOrThrow());
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
