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
import ai.djl.ndarray.NDScope;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.locallearning.djl.creditassignment.internal.Autograd;
import org.locallearning.djl.creditassignment.internal.Parameters;
import org.locallearning.djl.creditassignment.internal.ReplacingStore;
import org.locallearning.djl.decorrelation.internal.CheckingStore;
import org.locallearning.djl.decorrelation.internal.PendingChecks;

/**
 * The weights inside a piece, which runs on copies of them, so that an error can pass it through
 * others.
 *
 * <p>The engine's graph of a piece keeps the memory of the copies, not their values. What is
 * written into them between the forward and the backward pass is what the error goes through; the
 * gradient of a weight is made from the layer's input and error, and passes its copy unchanged. The
 * weights themselves are never touched, so that nothing is lost by an error in between, and whoever
 * predicts meanwhile on another thread does so by the weights.
 *
 * <p>A layer alone runs on the copy. Whoever else in the piece asks for a weight gets the weight
 * itself: what it computes from it, such as a norm, needs those values in its own backward pass.
 *
 * <p>Cost: each weight is copied once in the forward pass, and its feedback once in the backward
 * pass.
 */
final class WeightExchange {

    private final List<CopiedWeight> weights;
    private final ParameterStore store;

    /**
     * Creates an exchange for one pass.
     *
     * @param layers the layers inside the piece
     * @param pass the pass
     */
    WeightExchange(List<InnerLayer> layers, ForwardPass pass) {
        weights = layers.stream().map(layer -> new CopiedWeight(layer, pass.scope())).toList();
        store = Copies.of(pass.store(), pass.scope(), this::copyOf);
    }

    private Optional<NDArray> copyOf(Parameter parameter) {
        return weights.stream()
                .filter(each -> each.layer.getLayer().weight() == parameter)
                .findFirst()
                .flatMap(each -> each.copyFor(Parameters.askingBlock()));
    }

    /** Returns the store from which the piece takes the copies in the place of the weights. */
    ParameterStore store() {
        return store;
    }

    /**
     * Runs a backward pass of the piece, with feedback weights in the place of weights.
     *
     * @param feedback what the feedback weights are
     * @param backward the backward pass
     * @return what it returns
     * @throws IllegalArgumentException if feedback weights have another shape or type than the
     *     weight, if the engine's backward pass of a layer does not read the weight, or if another
     *     block used the weight and the layer did not run
     */
    <T> T backward(Feedback feedback, Supplier<T> backward) {
        // from the top, as an error comes
        for (int i = weights.size() - 1; i >= 0; i--) {
            CopiedWeight weight = weights.get(i);
            Optional<NDArray> values = find(feedback, weight.layer);
            values.ifPresent(found -> weight.checkRun());
            weight.hold(values);
        }
        return backward.get();
    }

    /**
     * Runs a backward pass of the piece through the weights themselves.
     *
     * @param backward the backward pass
     */
    void exactBackward(Runnable backward) {
        backward(
                Feedback.EXACT,
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

    /** Closes the copies, once nothing is going to be sent back through them any more. */
    void release() {
        weights.forEach(CopiedWeight::close);
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

    /** The weight of a layer, and the copies of it that a piece runs on. */
    private static final class CopiedWeight {

        private final InnerLayer layer;
        private final NDManager scope;
        private final List<NDArray> copies = new ArrayList<>();
        private Class<?> otherUser;
        private long version;
        private boolean replaced;

        CopiedWeight(InnerLayer layer, NDManager scope) {
            this.layer = layer;
            this.scope = scope;
        }

        /** Returns a copy for the layer, and nothing for whoever else asks for its weight. */
        Optional<NDArray> copyFor(Class<?> asking) {
            if (Parameters.isOf(asking, layer.getLayer().block())) {
                return Optional.of(copy());
            }
            otherUser = asking;
            return Optional.empty();
        }

        /** Refuses feedback for a weight that is used, but not by its layer. */
        void checkRun() {
            if (copies.isEmpty() && otherUser != null) {
                throw new IllegalArgumentException(
                        String.format(
                                "No feedback can take the place of weight %s: %s computes with it"
                                        + " in place of the layer, so that errors would pass it"
                                        + " exactly. Let the layer itself run (forward), or take a"
                                        + " rule without feedback weights.",
                                layer.getLayer().weightPath(), otherUser.getName()));
            }
        }

        /** Returns a copy of the weight as it is now, which a block may have changed in between. */
        NDArray copy() {
            NDArray weight = layer.getValue();
            long now = Autograd.version(weight);
            if (copies.isEmpty() || now != version) {
                NDArray copy = Autograd.copy(weight);
                copy.attach(scope);
                // the block may have a scope of its own
                NDScope.unregister(copy);
                copies.add(copy);
                version = now;
            }
            return copies.get(copies.size() - 1);
        }

        /** Writes other values into the copies, or those of the weight where there are none. */
        void hold(Optional<NDArray> values) {
            if (values.isPresent() || replaced) {
                copies.forEach(
                        copy -> Autograd.overwrite(copy, values.orElseGet(layer::getWeight)));
                replaced = values.isPresent();
            }
        }

        void close() {
            copies.forEach(NDArray::close);
        }
    }

    /** Hands out the copies, and the checks of a store that has some. */
    private static final class Copies extends ReplacingStore implements CheckingStore {

        private final PendingChecks checks;

        private Copies(
                ParameterStore store,
                PendingChecks checks,
                NDManager scope,
                Function<Parameter, Optional<NDArray>> copies) {
            super(store, scope, copies);
            this.checks = checks;
        }

        static ParameterStore of(
                ParameterStore store,
                NDManager scope,
                Function<Parameter, Optional<NDArray>> copies) {
            return store instanceof CheckingStore
                    ? new Copies(store, ((CheckingStore) store).getPendingChecks(), scope, copies)
                    : new ReplacingStore(store, scope, copies);
        }

        /** {@inheritDoc} */
        @Override
        public PendingChecks getPendingChecks() {
            return checks;
        }
    }
}
