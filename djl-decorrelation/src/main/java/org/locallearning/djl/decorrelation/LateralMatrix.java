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
import ai.djl.ndarray.types.Shape;
import org.locallearning.djl.decorrelation.internal.DeviceArrays;

/**
 * Lateral connections R, whose dynamics come close to {@code R⁻¹} in their steps.
 *
 * @param values R, (n, n)
 * @param rule how R learns
 * @param timeStep the length of an Euler step of the dynamics
 * @param steps the number of Euler steps
 */
record LateralMatrix(NDArray values, LateralRule rule, double timeStep, int steps)
        implements DecorrelationMatrix {

    static MatrixForm form(long width, LateralRule rule, double timeStep, int steps) {
        return MatrixForm.of(
                new Shape(width, width),
                values -> new LateralMatrix(values, rule, timeStep, steps));
    }

    @Override
    public NDArray multiply(NDArray rows) {
        return RecurrentDecorrelation.settle(rows, values, timeStep, steps);
    }

    @Override
    public SampleGain learn(ActivitySample sample, UpdateRate rate, DecorrelationOptions options) {
        return rule.learn(values, sample, rate, options);
    }

    @Override
    public NDArray toFull() {
        // the steps are linear, and need not have settled
        return multiply(DeviceArrays.identity(values, values.getShape().get(0))).transpose();
    }

    @Override
    public long multiplyAdds(long rows) {
        return steps * rows * values.size();
    }

    @Override
    public long learningMultiplyAdds(long rows, DecorrelationOptions options) {
        return rule.multiplyAdds(rows, values.getShape().get(0));
    }
}
