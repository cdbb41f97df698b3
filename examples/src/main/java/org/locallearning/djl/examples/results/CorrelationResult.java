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
 * How correlated the features of a decorrelation layer were, before its matrix and after it.
 *
 * @param epoch when, in epochs: 1.5 is in the middle of the second epoch
 * @param layer the layer's name
 * @param features how many features it decorrelates
 * @param rows how many samples were looked at; independent features would show a loss of {@code 1 /
 *     (rows - 1)}
 * @param lossBefore the mean squared correlation of two different features before the matrix
 * @param lossAfter the same after the matrix
 * @param conditionBefore the condition number of the covariance before the matrix, within the
 *     directions that the rows can show; null where they vary in fewer
 * @param conditionAfter the same after the matrix
 * @param gain the gain of the latest update
 * @param decorrelationLoss the decorrelation loss after the matrix, as decorbp defines it; null in
 *     results of a release that did not measure it
 */
public record CorrelationResult(
        double epoch,
        String layer,
        long features,
        long rows,
        double lossBefore,
        double lossAfter,
        Double conditionBefore,
        Double conditionAfter,
        double gain,
        Double decorrelationLoss) {}
