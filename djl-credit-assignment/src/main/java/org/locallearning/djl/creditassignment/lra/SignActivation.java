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
package org.locallearning.djl.creditassignment.lra;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.LambdaBlock;

/**
 * The sign of each element: −1, 0 at 0, or 1. Its derivative is zero wherever it exists, so nothing
 * below it learns by backpropagation or feedback alignment; rules with targets need no derivative.
 */
public final class SignActivation {

    private SignActivation() {}

    /**
     * Applies the sign to an array.
     *
     * @param array the array
     * @return an array of its shape
     */
    public static NDArray sign(NDArray array) {
        return array.sign();
    }

    /**
     * Applies the sign to a list of one array.
     *
     * @param arrays the list
     * @return a list of one array of the same shape
     */
    public static NDList sign(NDList arrays) {
        return new NDList(sign(arrays.singletonOrThrow()));
    }

    /**
     * Creates a block that applies the sign.
     *
     * @return the block
     */
    public static LambdaBlock signBlock() {
        return new LambdaBlock(SignActivation::sign, "sign");
    }
}
