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
package org.locallearning.djl.decorrelation;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import org.locallearning.djl.decorrelation.internal.ScriptedOperations;

/**
 * {@code M ← s M − L R} in place. A matrix of a decorrelation layer is read and written in every
 * step, and with a small sample that takes longer than the product itself, so that the PyTorch
 * engine does it in one pass over the matrix, which {@code NDArray} has no name for.
 */
final class ScaledDifference {

    private static final String METHODS =
            """
              def subtract(self: __torch__.Operations,
                matrix: Tensor,
                scale: Tensor,
                left: Tensor,
                right: Tensor) -> Tensor:
                return torch.addmm_(matrix, left, right, beta=float(scale), alpha=-1)
            """;

    private ScaledDifference() {}

    /**
     * Scales a matrix and subtracts a product from it.
     *
     * @param matrix the matrix M, (m, n); changed in place
     * @param scale the factor s
     * @param left the factor L, (m, k)
     * @param right the factor R, (k, n); no view of M
     */
    static void subtract(NDArray matrix, double scale, NDArray left, NDArray right) {
        if (isScripted(matrix)) {
            scripted(matrix, scale, left, right);
        } else {
            plain(matrix, scale, left, right);
        }
    }

    private static boolean isScripted(NDArray matrix) {
        String engine = matrix.getManager().getEngine().getEngineName();
        return engine.equals(ScriptedOperations.ENGINE);
    }

    /** In one pass over M. */
    static void scripted(NDArray matrix, double scale, NDArray left, NDArray right) {
        try (NDManager host = matrix.getManager().newSubManager(Device.cpu());
                NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            // on the host, where reading it waits for no other device
            NDArray factor = host.create(scale);
            Script.OPERATIONS.run("subtract", matrix.stopGradient(), factor, left, right);
        }
    }

    /** With the means of every engine. */
    static void plain(NDArray matrix, double scale, NDArray left, NDArray right) {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            matrix.muli(scale);
            matrix.subi(left.matMul(right));
        }
    }

    /** Compiles when it is first needed, once. */
    private static final class Script {
        static final ScriptedOperations OPERATIONS = new ScriptedOperations(METHODS);
    }
}
