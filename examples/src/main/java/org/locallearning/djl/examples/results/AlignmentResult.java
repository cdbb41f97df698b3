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
package org.locallearning.djl.examples.results;

import org.locallearning.djl.creditassignment.alignment.LayerAlignment;

/**
 * How far a method was from backpropagation in one layer, on one batch.
 *
 * @param epoch the time of the batch in epochs, such as 1.5 in the middle of the second one
 * @param layer the path of the layer's weight in the model
 * @param gradientAngle the angle between the method's weight gradient and backpropagation's, in
 *     degrees, or null where one of them is zero and there is no angle
 * @param normRatio the norm of the method's weight gradient over that of backpropagation's, or null
 *     where the latter is zero
 * @param feedbackAngle the angle between the weights and the feedback weights, in degrees, or null
 *     where the error does not pass the layer through feedback weights of the same shape
 */
public record AlignmentResult(
        double epoch, String layer, Double gradientAngle, Double normRatio, Double feedbackAngle) {

    /**
     * Describes one measurement of the library.
     *
     * @param measured the measurement
     * @param batches how many batches an epoch has
     * @return the result
     */
    public static AlignmentResult of(LayerAlignment measured, long batches) {
        return new AlignmentResult(
                (double) (measured.step() - 1) / batches,
                measured.path(),
                finite(measured.gradientAngle()),
                finite(measured.normRatio()),
                finite(measured.feedbackAngle().orElse(Double.NaN)));
    }

    private static Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }
}
