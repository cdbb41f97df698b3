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

/** Which mean a decorrelation layer subtracts from its input before it multiplies by M. */
public enum MeanRemoval {
    /**
     * The mean of the current batch in training, through which gradients flow, and the running mean
     * in evaluation, as in batch normalization. What the paper's authors run.
     */
    BATCH,

    /**
     * The running mean in training and in evaluation, the form of the paper's appendix E. It also
     * works with batches of one sample.
     */
    RUNNING,

    /**
     * No mean is removed; M decorrelates the second moments {@code <x xᵀ>} in place of the
     * covariance, as in the main text of the paper. With M = I the layer is the identity in
     * training too, which makes this the choice for models that are already trained.
     */
    NONE;

    /**
     * Returns this removal with another momentum than 0.1.
     *
     * @param momentum the share of the new batch mean in the running mean, in (0, 1]; the {@code
     *     optMomentum} of DJL's {@code BatchNorm} is the share of the old one, 1 less this
     * @return the settings
     */
    public MeanOptions withMomentum(double momentum) {
        return new MeanOptions(this, momentum);
    }
}
