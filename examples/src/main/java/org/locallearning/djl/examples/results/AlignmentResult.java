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

/**
 * How far a method was from backpropagation in one layer, on one batch.
 *
 * @param epoch the time of the batch in epochs, such as 1.5 in the middle of the second one
 * @param layer the path of the layer's weight in the model
 * @param gradientAngle the angle between the method's weight gradient and backpropagation's, in
 *     degrees
 * @param normRatio the norm of the method's weight gradient over that of backpropagation's
 * @param feedbackAngle the angle between the weights and the feedback weights, in degrees, or null
 *     where the error does not pass the layer through feedback weights of the same shape
 */
public record AlignmentResult(
        double epoch, String layer, double gradientAngle, double normRatio, Double feedbackAngle) {}
