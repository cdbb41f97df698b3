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

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import java.util.function.UnaryOperator;
import org.locallearning.djl.decorrelation.internal.DeviceArrays;
import org.locallearning.djl.decorrelation.internal.HostNumber;
import org.locallearning.djl.decorrelation.internal.HostValues;

/**
 * Measures how correlated a set of rows is: covariance, correlations, the decorrelation loss and
 * the condition number.
 *
 * <p>Every function takes rows (samples, n) and removes their mean first. A feature that is
 * constant over the rows has correlation 0 with every other.
 */
public final class CorrelationStatistics {

    private static final int MAX_ITERATIONS = 500;
    private static final double TOLERANCE = 1e-10;
    private static final double MAX_CONDITION = 1e14;

    private CorrelationStatistics() {}

    /**
     * Returns the covariance {@code <(x − m)(x − m)ᵀ>}, normalized by the number of rows.
     *
     * @param rows the rows, (samples, n)
     * @return the covariance, (n, n)
     */
    public static NDArray covariance(NDArray rows) {
        return ArrayScope.returning(
                () -> {
                    NDArray centred = rows.sub(rows.mean(new int[] {0}, true));
                    return centred.transpose().matMul(centred).div(rows.getShape().get(0));
                });
    }

    /**
     * Returns the correlation coefficients of every pair of features.
     *
     * @param rows the rows, (samples, n)
     * @return the correlations, (n, n), each in [-1, 1], the diagonal 1 or, for a constant feature,
     *     0
     */
    public static NDArray correlation(NDArray rows) {
        return ArrayScope.returning(
                () -> {
                    NDArray centred = rows.sub(rows.mean(new int[] {0}, true));
                    NDArray norm = centred.square().sum(new int[] {0}, true).sqrt();
                    NDArray idle = norm.eq(0);
                    NDArray unit = centred.div(NDArrays.where(idle, norm.onesLike(), norm));
                    return unit.transpose().matMul(unit);
                });
    }

    /**
     * Returns the decorrelation loss: the mean squared correlation of two different features.
     *
     * @param rows the rows, (samples, n)
     * @return the loss, in [0, 1]; 0 for a single feature
     */
    public static double decorrelationLoss(NDArray rows) {
        long features = rows.getShape().get(1);
        if (features < 2) {
            return 0;
        }
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray squares = correlation(rows).square();
            NDArray offDiagonal = squares.sub(squares.mul(eye(squares)));
            return HostValues.number(offDiagonal.sum()) / (features * (features - 1.0));
        }
    }

    /**
     * Returns the largest eigenvalue of {@code <x xᵀ>}, by power iteration over the rows as they
     * are (the mean is not removed here).
     *
     * @param rows the rows, (samples, n)
     * @return the largest eigenvalue, in squared units of the rows
     */
    public static double largestSecondMoment(NDArray rows) {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray scaled = HostNumber.with(rows, Math.sqrt(rows.getShape().get(0)), NDArray::div);
            // the longest row has a share in the leading direction
            long longest = HostValues.longs(scaled.square().sum(new int[] {1}).argMax())[0];
            NDArray start = scaled.get(longest);
            return powerIteration(start, v -> scaled.transpose().matMul(scaled.matMul(v)));
        }
    }

    /**
     * Returns the condition number of the covariance, its largest over its smallest eigenvalue, to
     * about 1 %.
     *
     * @param rows the rows, (samples, n)
     * @return the condition number, at least 1; infinite where the covariance is singular, as it
     *     always is with no more rows than features
     */
    public static double conditionNumber(NDArray rows) {
        if (rows.getShape().get(0) <= rows.getShape().get(1)) {
            return Double.POSITIVE_INFINITY;
        }
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            return conditionNumberOf(covariance(rows.toType(DataType.FLOAT64, false)));
        }
    }

    /**
     * Returns the condition number of the covariance within the directions that the rows can show:
     * the ratio of its largest to its smallest eigenvalue among the first K − 1, for K rows of more
     * features than that, to about 1 %. With more rows than features it is {@link
     * #conditionNumber}.
     *
     * <p>For layers wider than a batch, where the covariance itself is singular. Fewer rows show
     * fewer of the small eigenvalues, so it compares only samples of as many rows, such as those
     * before and after a matrix.
     *
     * @param rows the rows, (K, n), at least 2
     * @return the condition number, at least 1; infinite where the rows vary in fewer directions
     */
    public static double sampleConditionNumber(NDArray rows) {
        long count = rows.getShape().get(0);
        if (count > rows.getShape().get(1)) {
            return conditionNumber(rows);
        }
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray precise = rows.toType(DataType.FLOAT64, false);
            NDArray centred = precise.sub(precise.mean(new int[] {0}, true));
            NDArray products = centred.matMul(centred.transpose());
            // the products of centred rows have one eigenvalue 0, which a mean one replaces
            double mean = HostValues.number(products.mul(eye(products)).sum()) / (count - 1);
            return conditionNumberOf(HostNumber.add(products, mean / count));
        }
    }

    private static double conditionNumberOf(NDArray symmetric) {
        double condition = largestEigenvalue(symmetric) * largestEigenvalue(inverse(symmetric));
        // of a singular matrix rounding makes a number beyond what double precision tells
        return condition < MAX_CONDITION ? condition : Double.POSITIVE_INFINITY;
    }

    private static NDArray inverse(NDArray covariance) {
        try {
            return covariance.inverse();
        } catch (EngineException e) {
            // engines refuse a matrix that is singular to the last bit
            return HostNumber.muli(covariance.onesLike(), Double.POSITIVE_INFINITY);
        }
    }

    private static double largestEigenvalue(NDArray symmetric) {
        long longest = HostValues.longs(symmetric.square().sum(new int[] {1}).argMax())[0];
        return powerIteration(symmetric.get(longest), symmetric::matMul);
    }

    private static double powerIteration(NDArray start, UnaryOperator<NDArray> multiply) {
        NDArray direction = start;
        double eigenvalue = 0;
        double norm = Math.sqrt(HostValues.number(direction.square().sum()));
        for (int i = 0; i < MAX_ITERATIONS && norm > 0 && Double.isFinite(norm); ++i) {
            direction = multiply.apply(HostNumber.with(direction, norm, NDArray::div));
            norm = Math.sqrt(HostValues.number(direction.square().sum()));
            boolean settled = Math.abs(norm - eigenvalue) <= TOLERANCE * norm;
            eigenvalue = norm;
            if (settled) {
                break;
            }
        }
        return Double.isFinite(norm) ? eigenvalue : norm;
    }

    private static NDArray eye(NDArray square) {
        return DeviceArrays.identity(square, square.getShape().get(0));
    }
}
