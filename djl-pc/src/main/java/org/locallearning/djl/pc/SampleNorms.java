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
package org.locallearning.djl.pc;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.core.Linear;
import java.util.LinkedHashMap;
import java.util.Map;
import org.locallearning.djl.creditassignment.internal.Autograd;
import org.locallearning.djl.creditassignment.tape.Layer;
import org.locallearning.djl.creditassignment.tape.Network;
import org.locallearning.djl.creditassignment.tape.Stage;
import org.locallearning.djl.creditassignment.tape.StageOutline;
import org.locallearning.djl.decorrelation.internal.HostNumber;

/**
 * What the weights of a dense network make of each sample by themselves: {@code ‖f(ĥ)‖²}, with one
 * more where a layer has a bias, whose input is always 1.
 *
 * <p>A sample's step {@code ΔW_l = α e_{l+1} f(ĥ_l)ᵀ} has the squared norm {@code α² ‖e_{l+1}‖²
 * ‖f(ĥ_l)‖²}. That holds for dense layers alone.
 */
final class SampleNorms {

    /** Where a layer has neither input nor bias, its step is zero whatever it is divided by. */
    private static final double LEAST = 1e-12;

    private final Map<String, Double> biases;

    private SampleNorms(Map<String, Double> biases) {
        this.biases = biases;
    }

    /**
     * Looks at the layers of a network.
     *
     * @param network the network
     * @param what what they are looked at for
     * @throws IllegalArgumentException if one that has weights is not dense, or if there are
     *     branches
     */
    static SampleNorms of(Network network, String what) {
        if (network.getOutline().stream().anyMatch(StageOutline::isBranched)) {
            throw new IllegalArgumentException(
                    what
                            + " is for dense layers one after the other, but the network has"
                            + " branches; leave the option out.");
        }
        Map<String, Double> biases = new LinkedHashMap<>();
        for (Network.Member member : network.getMembers()) {
            // a subclass that the table does not know may compute something else
            boolean dense =
                    member.role() == Network.Role.WEIGHTED && member.block() instanceof Linear;
            if (!dense && !member.block().getParameters().isEmpty()) {
                throw new IllegalArgumentException(
                        String.format(
                                "%s is for dense networks, but %s is a %s; leave the option out.",
                                what, member.path(), member.block().getClass().getSimpleName()));
            }
        }
        for (Layer layer : network.getLayers()) {
            boolean bias = layer.block().getParameters().contains("bias");
            biases.put(layer.path(), bias ? 1.0 : 0.0);
        }
        return new SampleNorms(biases);
    }

    /** Returns {@code ‖f(ĥ)‖²} of the input of a stage's layer, (N, 1). */
    NDArray ofInput(Stage stage, NDManager scope) {
        NDList inputs = stage.getFront().keepOutputs();
        inputs.attach(scope);
        NDArray squares = squares(inputs.singletonOrThrow(), scope);
        return HostNumber.add(squares, biases.get(stage.getPath()));
    }

    /** Returns one over {@link #ofInput}. */
    NDArray reciprocal(Stage stage, NDManager scope) {
        NDArray norm = HostNumber.maximum(ofInput(stage, scope), LEAST);
        return HostNumber.with(norm, -1, NDArray::pow);
    }

    /** Returns the sum of the squares of each row, (N, 1). */
    static NDArray squares(NDArray rows, NDManager scope) {
        NDArray alias = Autograd.detach(rows, scope);
        long samples = alias.getShape().get(0);
        return alias.square().reshape(new Shape(samples, -1)).sum(new int[] {1}, true);
    }
}
