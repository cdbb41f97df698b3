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
package org.locallearning.djl.creditassignment.rule;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import org.locallearning.djl.creditassignment.tape.BlockTrace;

/**
 * Noise on one unit at a time, {@code √D e_k} for the k-th of D units: over all k the second moment
 * is that of normal noise, so that the mean of the estimates is what normal noise only tends to.
 */
final class UnitByUnit implements NoiseSource {

    private long units;
    private long perturbed = -1;
    private long begin;

    /** Starts a batch with noise on the given unit, or on none: then units are counted. */
    void start(long unit) {
        if (perturbed < 0) {
            units = begin;
        }
        perturbed = unit;
        begin = 0;
    }

    long units() {
        return units;
    }

    @Override
    public NDArray draw(BlockTrace block, NDArray output, double scale, NDManager manager) {
        int samples = (int) output.getShape().get(0);
        int width = (int) (output.size() / samples);
        double[] noise = new double[samples * width];
        for (int n = 0; n < samples; n++) {
            if (perturbed >= begin && perturbed < begin + width) {
                noise[n * width + (int) (perturbed - begin)] = scale * Math.sqrt(units);
            }
        }
        begin += width;
        return manager.create(noise, output.getShape());
    }
}
