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
package org.locallearning.djl.zoo.network;

import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import org.locallearning.djl.creditassignment.lra.SignActivation;

/** The activations of the experiments, by name. */
final class Activations {

    static final String TANH = "tanh";
    static final String RELU = "relu";
    static final String LEAKY_RELU = "leaky-relu";

    private Activations() {}

    static Block of(NetworkOptions options, String defaultActivation) {
        // whoever chooses a slope means the activation that has one
        String name =
                options.getActivation()
                        .orElse(options.getSlope().isPresent() ? LEAKY_RELU : defaultActivation);
        return switch (name) {
            case TANH -> Activation.tanhBlock();
            case RELU -> Activation.reluBlock();
            case LEAKY_RELU ->
                    Activation.leakyReluBlock(
                            options.getSlope().orElse(NetworkOptions.DEFAULT_SLOPE));
            case "elu" -> Activation.eluBlock(1);
            case "logistic" -> Activation.sigmoidBlock();
            case "sign" -> SignActivation.signBlock();
            default -> throw new IllegalArgumentException("No activation is called " + name);
        };
    }
}
