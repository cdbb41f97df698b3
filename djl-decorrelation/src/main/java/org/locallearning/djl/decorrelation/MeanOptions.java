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

import ai.djl.util.Preconditions;

/**
 * Which mean is removed from the input, and how fast the running mean follows: {@code
 * MeanRemoval.RUNNING.withMomentum(0.01)}.
 *
 * @param removal which mean is removed
 * @param momentum the share of the new batch mean in the running mean
 */
public record MeanOptions(MeanRemoval removal, double momentum) {

    /**
     * Creates settings.
     *
     * @param removal which mean is removed
     * @param momentum the share of the new batch mean in the running mean, in (0, 1]; 1 less what
     *     DJL's {@code BatchNorm} calls so
     */
    public MeanOptions {
        Preconditions.checkArgument(
                momentum > 0 && momentum <= 1,
                "The momentum of the running mean must be in (0, 1], but is " + momentum);
    }

    /**
     * Creates settings with a momentum of 0.1.
     *
     * @param removal which mean is removed
     */
    public MeanOptions(MeanRemoval removal) {
        this(removal, 0.1);
    }
}
