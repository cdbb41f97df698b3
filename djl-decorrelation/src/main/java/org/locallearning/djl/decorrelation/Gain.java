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

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;

/**
 * How M is rescaled at every update, so that the decorrelated output keeps the norm of the input.
 *
 * <p>Without a gain the rule tends to the trivial solution of zero activity. With a scalar gain the
 * fixed points have a covariance proportional to the identity (whitening up to scale); with the
 * unit-wise gain they have a diagonal covariance that keeps each unit's variance.
 *
 * <p>In the formulas {@code u} is a row of the layer's input, {@code s} the decorrelated row, and
 * sums run over the rows of the sample. The main text of the paper prints {@code ‖s‖²/‖u‖²}, which
 * is inverted: it would shrink M without bound, and is not offered.
 */
public enum Gain {
    /** {@code sqrt(Σ‖u‖² / Σ‖s‖²)}: one number, keeps the total energy of the sample exactly. */
    SCALAR {
        @Override
        NDArray of(NDArray inputs, NDArray outputs) {
            NDArray input = inputs.square().sum();
            NDArray output = outputs.square().sum();
            return ratio(input, output).sqrt();
        }
    },

    /**
     * The mean over rows of {@code ‖u‖ / sqrt(‖s‖² + 1e-8)}: one number, the form of the authors'
     * code. It weighs every row alike and keeps the total energy only roughly. Rows of zeros, such
     * as patches of an empty background, are left out.
     */
    MEAN_OF_RATIOS {
        @Override
        NDArray of(NDArray inputs, NDArray outputs) {
            NDArray input = inputs.square().sum(new int[] {1}).sqrt();
            NDArray output = outputs.square().sum(new int[] {1}).add(1e-8).sqrt();
            NDArray counted = input.neq(0).toType(input.getDataType(), false).sum();
            NDArray mean = input.div(output).sum().div(counted.maximum(1));
            return NDArrays.where(counted.eq(0), counted.onesLike(), mean);
        }
    },

    /** {@code sqrt(Σ u_j² / Σ s_j²)} for each unit j, the form of the paper's appendix E. */
    UNITWISE {
        @Override
        NDArray of(NDArray inputs, NDArray outputs) {
            NDArray input = inputs.square().sum(new int[] {0});
            NDArray output = outputs.square().sum(new int[] {0});
            return ratio(input, output).sqrt();
        }
    },

    /** Always 1. */
    NONE {
        @Override
        NDArray of(NDArray inputs, NDArray outputs) {
            return inputs.getManager().create(1f).toType(inputs.getDataType(), false);
        }
    };

    /**
     * Returns the gain, of shape () or, unit-wise, (n).
     *
     * @param inputs the rows before decorrelation, (rows, n)
     * @param outputs the rows after decorrelation, (rows, n)
     * @return the gain, not clamped
     */
    abstract NDArray of(NDArray inputs, NDArray outputs);

    /** A unit that is dead or constant has no energy on either side: its gain is 1, not 0/0. */
    private static NDArray ratio(NDArray input, NDArray output) {
        NDArray ratio = input.div(output.maximum(Float.MIN_NORMAL));
        return NDArrays.where(input.eq(0), input.onesLike(), ratio);
    }
}
