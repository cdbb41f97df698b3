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
import ai.djl.ndarray.NDManager;
import org.locallearning.djl.creditassignment.rule.FeedbackRule;
import org.locallearning.djl.creditassignment.rule.FeedbackWeights;
import org.locallearning.djl.creditassignment.tape.Layer;
import org.locallearning.djl.creditassignment.tape.Network;
import org.locallearning.djl.creditassignment.tape.PassedLayer;
import org.locallearning.djl.creditassignment.tape.Tape;

/**
 * Backpropagation with noise in its feedback weights: {@code δ_below = φ'(h) ⊙ ((W + σ ξ)ᵀ δ)},
 * with new normal {@code ξ} in every batch.
 */
// shown: begin
final class NoisyTransport extends FeedbackRule {

    private final float deviation;

    NoisyTransport(float deviation) {
        super(new Builder());
        this.deviation = deviation;
    }

    @Override
    protected FeedbackWeights newWeights(Network network, NDManager manager) {
        return new FeedbackWeights() {
            @Override
            public NDArray get(Tape tape, PassedLayer layer) {
                NDArray weight = layer.getWeight();
                NDArray noise = weight.getManager().randomNormal(weight.getShape());
                return noise.muli(deviation).addi(weight);
            }

            @Override
            public String describe(Layer layer) {
                return "through the weight and noise of deviation " + deviation;
            }
        };
    }

    /** Settings in words, by which a checkpoint knows the rule again. */
    @Override
    public String toString() {
        return describe("noise of deviation " + deviation);
    }

    private static final class Builder extends FeedbackRule.Builder<Builder> {
        @Override
        protected Builder self() {
            return this;
        }
    }
}
// shown: end
