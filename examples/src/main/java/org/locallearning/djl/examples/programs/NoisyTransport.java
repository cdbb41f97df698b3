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
package org.locallearning.djl.examples.programs;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.loss.Loss;
import java.util.Optional;
import org.locallearning.djl.creditassignment.CreditAssigner;
import org.locallearning.djl.creditassignment.CreditAssignment;
import org.locallearning.djl.creditassignment.tape.Layer;
import org.locallearning.djl.creditassignment.tape.LayerTrace;
import org.locallearning.djl.creditassignment.tape.Network;
import org.locallearning.djl.creditassignment.tape.Tape;

/**
 * Backpropagation with noise in its feedback weights: {@code δ_below = φ'(h) ⊙ ((W + σ ξ)ᵀ δ)},
 * with new normal {@code ξ} in every batch.
 */
// shown: begin
final class NoisyTransport extends CreditAssignment {

    private final float deviation;

    NoisyTransport(float deviation) {
        super(new Builder());
        this.deviation = deviation;
    }

    @Override
    protected CreditAssigner newAssigner(Network network, Loss loss, NDManager manager) {
        return new CreditAssigner() {
            @Override
            public void assign(Tape tape, NDList errors) {
                tape.backward(errors, this::inputError, false);
            }

            private NDArray inputError(LayerTrace layer, NDArray delta) {
                NDArray weight = layer.getWeight();
                NDArray noise =
                        weight.getManager()
                                .randomNormal(
                                        0, deviation, weight.getShape(), weight.getDataType());
                return layer.inputError(delta, weight.add(noise));
            }

            @Override
            public String describeFeedback(Layer layer) {
                return "through the weight with noise of deviation " + deviation;
            }

            @Override
            public Optional<NDArray> getFeedback(LayerTrace layer) {
                return Optional.empty();
            }
        };
    }

    private static final class Builder extends CreditAssignment.Builder<Builder> {
        @Override
        protected Builder self() {
            return this;
        }
    }
}
// shown: end
