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
import ai.djl.nn.core.Linear;

/**
 * A full matrix that learns by {@link DecorrelationRule}.
 *
 * @param values M, (n, n)
 */
record FullMatrix(NDArray values) implements DecorrelationMatrix {

    static MatrixForm form(long width) {
        return MatrixForm.of(new Shape(width, width), FullMatrix::new);
    }

    @Override
    public NDArray multiply(NDArray rows) {
        return Linear.linear(rows, values).singletonOrThrow();
    }

    @Override
    public SampleGain learn(ActivitySample sample, UpdateRate rate, DecorrelationOptions options) {
        return DecorrelationRule.update(values, sample, rate, options);
    }

    @Override
    public NDArray toFull() {
        return values;
    }

    @Override
    public long multiplyAdds(long rows) {
        return rows * values.size();
    }

    @Override
    public long learningMultiplyAdds(long rows, DecorrelationOptions options) {
        return DecorrelationRule.multiplyAdds(rows, values.getShape().get(0), options);
    }
}
