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
import java.util.function.Supplier;

/**
 * A whitening matrix that is recomputed for each training batch; evaluation uses the running
 * average.
 *
 * @param average the running average, (n, n)
 * @param used what rows are multiplied by: the average, or the matrix of a batch
 * @param iterations the number of Newton iterations
 * @param epsilon what is added to the diagonal of the covariance
 */
record WhiteningMatrix(NDArray average, NDArray used, int iterations, double epsilon)
        implements DecorrelationMatrix {

    static MatrixForm form(long width, int iterations, double epsilon) {
        return MatrixForm.of(
                new Shape(width, width),
                average -> new WhiteningMatrix(average, average, iterations, epsilon));
    }

    @Override
    public NDArray multiply(NDArray rows) {
        return rows.matMul(used);
    }

    @Override
    public DecorrelationMatrix ofBatch(Supplier<NDArray> batch) {
        NDArray rows = batch.get().reshape(-1, average.getShape().get(0));
        NDArray matrix = BatchWhitening.whiteningMatrix(rows, iterations, epsilon);
        return new WhiteningMatrix(average, matrix, iterations, epsilon);
    }

    @Override
    public boolean canDiverge() {
        return false;
    }

    /** Moves the running average towards the matrix of the batch. */
    @Override
    public SampleGain learn(ActivitySample sample, UpdateRate rate, DecorrelationOptions options) {
        BatchMean.blend(average, used, options.getMean().momentum());
        return new SampleGain.Common(Double.NaN);
    }

    @Override
    public NDArray toFull() {
        return used.transpose();
    }

    @Override
    public long multiplyAdds(long rows) {
        long width = average.getShape().get(0);
        return 2 * rows * width * width + 3 * iterations * width * width * width;
    }

    @Override
    public long errorMultiplyAdds(long rows) {
        return 2 * multiplyAdds(rows);
    }

    @Override
    public long learningMultiplyAdds(long rows, DecorrelationOptions options) {
        return 0;
    }
}
