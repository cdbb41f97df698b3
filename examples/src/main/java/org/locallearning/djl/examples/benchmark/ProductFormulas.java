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
package org.locallearning.djl.examples.benchmark;

import java.util.OptionalLong;
import org.locallearning.djl.examples.method.ErrorPath;

/**
 * How many products with weights a training step takes by the formulas of the literature, the
 * forward pass included, for L weighted layers in a row and T iterations of inference.
 *
 * <p>Alonso, Krichmar and Neftci (2023), appendix A.5 and tables 4 and 5, which leave out the
 * forward pass of inference learning; it is added here.
 */
public final class ProductFormulas {

    private ProductFormulas() {}

    /**
     * Counts by the formula of the paper.
     *
     * @param path how the error reaches a layer
     * @param layers L
     * @param iterations T
     * @return {@code 3L - 1} for errors that go layer by layer, {@code T(2L - 1) + 2L} for
     *     inference learning, {@code T(2L - 1) + LT + L} where weights move in every iteration, and
     *     nothing for other rules
     */
    public static OptionalLong paper(ErrorPath path, long layers, long iterations) {
        long inference = iterations * (2 * layers - 1);
        return switch (path) {
            case LAYER_BY_LAYER -> OptionalLong.of(3 * layers - 1);
            case INFERENCE -> OptionalLong.of(inference + 2 * layers);
            case INCREMENTAL_INFERENCE -> OptionalLong.of(inference + layers * iterations + layers);
            default -> OptionalLong.empty();
        };
    }

    /**
     * Counts what the code of the authors takes, as it was counted in that code.
     *
     * @param path how the error reaches a layer
     * @param layers L
     * @param iterations T
     * @return {@code 2LT + 3L} for inference learning, nothing for other rules
     */
    public static OptionalLong code(ErrorPath path, long layers, long iterations) {
        return path == ErrorPath.INFERENCE
                ? OptionalLong.of(2 * layers * iterations + 3 * layers)
                : OptionalLong.empty();
    }
}
