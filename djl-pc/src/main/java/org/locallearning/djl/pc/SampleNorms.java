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
import ai.djl.nn.Parameter;
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
 * The squared length of what the parameters of a dense layer that learn are multiplied by in each
 * sample: {@code ‖f(ĥ)‖²} for the weight, and 1 for the bias, whose input is always 1.
 *
 * <p>A sample's step {@code ΔW_l = α e_{l+1} f(ĥ_l)ᵀ} has the squared norm {@code α² ‖e_{l+1}‖²
 * ‖f(ĥ_l)‖²}. That holds for dense layers alone.
 */
final class SampleNorms {

    /** Where a layer has neither input nor bias, its step is zero whatever it is divided by. */
    private static final double LEAST = 1e-12;

    private final String what;
    private final Map<String, Layer> layers;

    private SampleNorms(String what, Map<String, Layer> layers) {
        this.what = what;
        this.layers = layers;
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
        Map<String, Layer> layers = new LinkedHashMap<>();
        network.getLayers().forEach(layer -> layers.put(layer.path(), layer));
        return new SampleNorms(what, layers);
    }

    /**
     * Returns the squared length for each sample of a stage's layer, (N, 1).
     *
     * @throws IllegalArgumentException if a sample is not one row
     */
    NDArray ofInput(Stage stage, NDManager scope) {
        NDList inputs = stage.getFront().keepOutputs();
        inputs.attach(scope);
        NDArray input = inputs.singletonOrThrow();
        if (input.getShape().dimension() != 2) {
            throw new IllegalArgumentException(
                    String.format(
                            "%s is for dense layers on inputs (N, features), but %s got %s; leave"
                                    + " the option out.",
                            what, stage, input.getShape()));
        }
        NDArray squares =
                isWeightLearning(stage)
                        ? squares(input, scope)
                        : scope.zeros(new Shape(input.getShape().get(0), 1), input.getDataType());
        return HostNumber.addi(squares, isBiasLearning(stage) ? 1 : 0);
    }

    /** Returns whether the weight of a stage's layer learns, so that its input counts. */
    boolean isWeightLearning(Stage stage) {
        return layers.get(stage.getPath()).weight().requiresGradient();
    }

    private boolean isBiasLearning(Stage stage) {
        Parameter bias = layers.get(stage.getPath()).block().getParameters().get("bias");
        return bias != null && bias.requiresGradient();
    }

    /** Returns whether the layer of a stage learns, its weight or its bias. */
    boolean isLearning(Stage stage) {
        return isWeightLearning(stage) || isBiasLearning(stage);
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
