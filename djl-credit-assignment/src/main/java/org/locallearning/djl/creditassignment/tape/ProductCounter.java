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

/** Counts the products with the weights of layers, each with its multiply-adds. */
final class ProductCounter {

    private long forward;
    private long inputError;
    private long weightGradient;
    private long multiplyAdds;

    void countForward(long multiplyAddsOfProduct) {
        forward++;
        multiplyAdds += multiplyAddsOfProduct;
    }

    void countInputError(long multiplyAddsOfProduct) {
        inputError++;
        multiplyAdds += multiplyAddsOfProduct;
    }

    void countWeightGradient(long multiplyAddsOfProduct) {
        weightGradient++;
        multiplyAdds += multiplyAddsOfProduct;
    }

    /** Goes back to what was counted before. */
    void reset(MatrixProducts before) {
        forward = before.forward();
        inputError = before.inputError();
        weightGradient = before.weightGradient();
        multiplyAdds = before.multiplyAdds();
    }

    MatrixProducts products() {
        return new MatrixProducts(forward, inputError, weightGradient, multiplyAdds);
    }
}
