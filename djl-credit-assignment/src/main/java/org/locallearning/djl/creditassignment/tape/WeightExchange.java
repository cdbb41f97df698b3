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

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.locallearning.djl.creditassignment.internal.TorchScript;

/**
 * Feedback weights in the place of the weights inside a piece, from opening to closing.
 *
 * <p>The engine's graph of a piece keeps the memory of its weights, not their values. What is
 * written there between the forward and the backward pass is what the error goes through; the
 * gradient of a weight is made from the layer's input and error and stays as it is. The weights are
 * put back in any case.
 */
final class WeightExchange {

    private final NDManager scope;
    private final List<Exchanged> exchanged = new ArrayList<>();

    private WeightExchange(NDManager scope) {
        this.scope = scope;
    }

    /**
     * Puts feedback weights in the place of weights.
     *
     * @param layers the layers inside the piece
     * @param feedback what the feedback weights are
     * @param manager the manager of the pass
     * @throws IllegalArgumentException if feedback weights have another shape or type than the
     *     weight, or if the engine's backward pass of a layer does not read the weight
     */
    static WeightExchange open(List<InnerLayer> layers, Feedback feedback, NDManager manager) {
        WeightExchange exchange = new WeightExchange(manager.newSubManager());
        try {
            List<Exchanged> planned = new ArrayList<>();
            // from the top, as an error comes; all before the first changes, since what a rule
            // makes of weights is made of the true ones
            for (int i = layers.size() - 1; i >= 0; i--) {
                InnerLayer layer = layers.get(i);
                Optional<NDArray> values = feedback.innerFeedback(layer);
                if (values.isPresent() && values.get() != layer.getWeight()) {
                    check(layer, values.get());
                    planned.add(new Exchanged(layer.getWeight(), values.get(), exchange.scope));
                }
            }
            for (Exchanged each : planned) {
                exchange.exchanged.add(each);
                TorchScript.overwrite(each.weight(), each.feedback());
            }
            return exchange;
        } catch (RuntimeException e) {
            exchange.close();
            throw e;
        }
    }

    private static void check(InnerLayer layer, NDArray feedback) {
        NDArray weight = layer.getWeight();
        if (!feedback.getShape().equals(weight.getShape())
                || feedback.getDataType() != weight.getDataType()) {
            throw new IllegalArgumentException(
                    String.format(
                            "The feedback weights for %s have shape %s and type %s; they need %s and"
                                    + " %s, those of the weight.",
                            layer.getLayer().weightPath(),
                            feedback.getShape(),
                            feedback.getDataType(),
                            weight.getShape(),
                            weight.getDataType()));
        }
        Device device = weight.getDevice();
        if (!layer.getLayer().maths().isWeightReadBackward(layer.getLayer().block(), device)) {
            throw new IllegalArgumentException(
                    String.format(
                            "No feedback can take the place of weight %s on %s: inside an unknown"
                                    + " block the engine sends the error of a %s through a copy of"
                                    + " its own. Declare the walk of the unknown block with"
                                    + " LayerTable.withSequence, or take another rule.",
                            layer.getLayer().weightPath(),
                            device,
                            layer.getLayer().block().getClass().getSimpleName()));
        }
    }

    /** Puts the weights back. */
    void close() {
        for (Exchanged each : exchanged) {
            TorchScript.overwrite(each.weight(), each.saved());
        }
        scope.close();
    }

    /** A weight, what stands in its place, and its values. */
    private record Exchanged(NDArray weight, NDArray feedback, NDArray saved) {

        Exchanged(NDArray weight, NDArray feedback, NDManager scope) {
            this(weight, feedback, weight.duplicate());
            saved.attach(scope);
        }
    }
}
