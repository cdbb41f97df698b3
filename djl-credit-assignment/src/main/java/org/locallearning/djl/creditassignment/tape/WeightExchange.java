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
import java.util.function.Supplier;
import org.locallearning.djl.creditassignment.internal.TorchScript;

/**
 * The weights inside a piece, which runs on working copies of them, so that an error can pass it
 * through others.
 *
 * <p>The engine's graph of a piece keeps the memory of its weights, not their values. What is
 * written into the copies between the forward and the backward pass is what the error goes through;
 * the gradient of a weight is made from the layer's input and error and stays as it is. The memory
 * of the weights themselves is never overwritten, so that nothing is lost by an error in between.
 *
 * <p>Cost: each weight is copied once in the forward pass, and its feedback once in the backward
 * pass.
 */
final class WeightExchange {

    private final List<InnerLayer> layers;
    private final List<WorkingCopies.WorkingCopy> copies;

    /**
     * Creates an exchange for one pass.
     *
     * @param layers the layers inside the piece
     * @param copies the working copies of the network
     */
    WeightExchange(List<InnerLayer> layers, WorkingCopies copies) {
        this.layers = layers;
        this.copies = layers.stream().map(layer -> layer.getCopy(copies)).toList();
    }

    /**
     * Runs the forward pass of the piece, on copies of its weights.
     *
     * @param forward the forward pass
     * @return what it returns
     */
    <T> T forward(Supplier<T> forward) {
        List<Exchanged> all = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            all.add(new Exchanged(layers.get(i), copies.get(i), Optional.empty()));
        }
        return run(all, forward);
    }

    /**
     * Runs a backward pass of the piece, with feedback weights in the place of weights.
     *
     * @param feedback what the feedback weights are
     * @param backward the backward pass
     * @return what it returns
     * @throws IllegalArgumentException if feedback weights have another shape or type than the
     *     weight, or if the engine's backward pass of a layer does not read the weight
     */
    <T> T backward(Feedback feedback, Supplier<T> backward) {
        List<Exchanged> exchanged = new ArrayList<>();
        // from the top, as an error comes
        for (int i = layers.size() - 1; i >= 0; i--) {
            InnerLayer layer = layers.get(i);
            Optional<NDArray> values = find(feedback, layer);
            if (values.isPresent() || copies.get(i).holdsFeedback()) {
                exchanged.add(new Exchanged(layer, copies.get(i), values));
            }
        }
        return run(exchanged, backward);
    }

    /**
     * Runs a backward pass of the piece through the weights themselves.
     *
     * @param backward the backward pass
     */
    void exactBackward(Runnable backward) {
        backward(
                (layer, delta) -> layer.inputError(delta, layer.getWeight()),
                () -> {
                    backward.run();
                    return null;
                });
    }

    /** Returns feedback weights that are others than the weights. */
    private static Optional<NDArray> find(Feedback feedback, InnerLayer layer) {
        Optional<NDArray> values =
                feedback.innerFeedback(layer).filter(found -> found != layer.getWeight());
        values.ifPresent(found -> check(layer, found));
        return values;
    }

    /**
     * Makes sure that an error passes a piece exactly, since it did not run on copies.
     *
     * @throws IllegalStateException if there are feedback weights
     */
    static void checkExact(List<InnerLayer> layers, Feedback feedback) {
        for (InnerLayer layer : layers) {
            if (find(feedback, layer).isPresent()) {
                throw new IllegalStateException(
                        String.format(
                                "No feedback can take the place of weight %s any more: the rule's"
                                        + " CreditAssigner has to return true from"
                                        + " needsInnerFeedback(), and stages that run again have no"
                                        + " feedback inside.",
                                layer.getLayer().weightPath()));
            }
        }
    }

    private static <T> T run(List<Exchanged> exchanged, Supplier<T> operations) {
        if (exchanged.isEmpty()) {
            return operations.get();
        }
        List<NDArray> weights = exchanged.stream().map(each -> each.layer().getValue()).toList();
        List<NDArray> memories = exchanged.stream().map(each -> each.copy().memory()).toList();
        List<NDArray> values = exchanged.stream().map(Exchanged::content).toList();
        try (NDManager scope = memories.get(0).getManager().newSubManager()) {
            for (Exchanged each : exchanged) {
                each.copy().setHoldsFeedback(each.feedback().isPresent());
            }
            TorchScript.Lent lent = TorchScript.lend(weights, memories, values, scope);
            try {
                return operations.get();
            } finally {
                lent.giveBack();
            }
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

    /** A layer, the working copy of its weight, and what it holds; if nothing, the weight. */
    private record Exchanged(
            InnerLayer layer, WorkingCopies.WorkingCopy copy, Optional<NDArray> feedback) {

        NDArray content() {
            return feedback.orElseGet(layer::getWeight);
        }
    }
}
