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

/**
 * The number of products with layer weights that a batch took: the measure for comparing learning
 * rules.
 *
 * <p>A weighted layer takes one product to run, one to send an error to its input and one for the
 * gradient of its weight. A convolution counts as one product. Work inside unknown blocks is not
 * counted.
 *
 * @param forward the number of products that ran layers
 * @param inputError the number of products that sent errors to the inputs of layers
 * @param weightGradient the number of products that made gradients of weights
 * @param multiplyAdds the number of multiply-adds of all of these
 */
public record MatrixProducts(
        long forward, long inputError, long weightGradient, long multiplyAdds) {

    /**
     * Returns the number of products.
     *
     * @return the sum of the three kinds
     */
    public long total() {
        return forward + inputError + weightGradient;
    }

    /**
     * Adds up the products of two forwards.
     *
     * @param other the products of the other one
     * @return the sums
     */
    public MatrixProducts plus(MatrixProducts other) {
        return new MatrixProducts(
                forward + other.forward,
                inputError + other.inputError,
                weightGradient + other.weightGradient,
                multiplyAdds + other.multiplyAdds);
    }
}
