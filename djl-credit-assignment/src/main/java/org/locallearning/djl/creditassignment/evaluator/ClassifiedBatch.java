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
package org.locallearning.djl.creditassignment.evaluator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.Locale;
import org.locallearning.djl.decorrelation.internal.HostValues;

/**
 * A batch as classes: the true and the predicted class of each sample. Evaluators read labels and
 * predictions here, and reject those that do not give one class per sample.
 *
 * <p>One score per sample, of shape (N, 1, ...), distinguishes two classes: it means class 1 if it
 * is at least 0, as in {@code BinaryAccuracy}. Of several scores the greatest decides.
 */
final class ClassifiedBatch {

    /** How far the probabilities of a label may miss a sum of 1. */
    private static final double ROUNDING = 1e-3;

    private final int classes;
    private final long[] actual;
    private final long[] predicted;

    private ClassifiedBatch(int classes, long[] actual, long[] predicted) {
        this.classes = classes;
        this.actual = actual;
        this.predicted = predicted;
    }

    /**
     * Reads a batch.
     *
     * @param labels the class of each sample, or one-hot
     * @param predictions scores of shape (N, classes, ...) or (N, 1, ...)
     * @return the batch
     * @throws IllegalArgumentException if they do not give one class per sample
     */
    static ClassifiedBatch of(NDArray labels, NDArray predictions) {
        Shape shape = predictions.getShape();
        if (shape.dimension() < 2) {
            throw new IllegalArgumentException(
                    "Predictions have the shape (samples, classes, ...), or (samples, 1) for one"
                            + " score, not "
                            + shape
                            + ".");
        }
        if (shape.size() == 0) {
            throw new IllegalArgumentException(
                    "There is nothing to count: the predictions have the shape " + shape + ".");
        }
        int scores = Math.toIntExact(shape.get(1));
        try (NDManager scope = predictions.getManager().newSubManager()) {
            NDArray given = own(predictions, scope);
            checkNumbers(given);
            int classes = Math.max(2, scores);
            NDArray answers = scores == 1 ? given.gte(0) : given.argMax(1);
            boolean isHot = scores > 1 && labels.getShape().equals(shape);
            if (!isHot) {
                checkShape(labels.getShape(), shape);
            }
            NDArray truth = own(labels, scope).toType(DataType.FLOAT64, false);
            return new ClassifiedBatch(
                    classes,
                    isHot ? hottest(truth) : numbers(HostValues.numbers(truth), classes, scores),
                    HostValues.longs(answers));
        }
    }

    /** Returns an alias whose results are closed with the scope. */
    private static NDArray own(NDArray array, NDManager scope) {
        NDArray alias = array.stopGradient();
        alias.attach(scope);
        return alias;
    }

    private static void checkNumbers(NDArray predictions) {
        if (predictions.getDataType().isFloating()) {
            NDArray unknown = predictions.isNaN().toType(DataType.INT32, false);
            if (HostValues.number(unknown.sum()) > 0) {
                long perSample = predictions.getShape().slice(1).size();
                long first = HostValues.longs(unknown.reshape(-1).argMax(0))[0];
                throw new IllegalArgumentException(
                        String.format(
                                Locale.ROOT,
                                "The predictions of sample %d are not numbers (NaN), and so say no"
                                        + " class; look for where the model broke down.",
                                first / perSample));
            }
        }
    }

    private static void checkShape(Shape labels, Shape predictions) {
        Shape wanted = predictions.slice(0, 1).addAll(predictions.slice(2));
        if (!Arrays.equals(withoutOnes(labels), withoutOnes(wanted))) {
            throw new IllegalArgumentException(
                    String.format(
                            "Labels of shape %s do not fit predictions of shape %s; give one label"
                                    + " for each prediction.",
                            labels, predictions));
        }
    }

    private static long[] withoutOnes(Shape shape) {
        return Arrays.stream(shape.getShape()).filter(size -> size != 1).toArray();
    }

    private static long[] numbers(double[] labels, int classes, int scores) {
        long[] numbers = new long[labels.length];
        for (int i = 0; i < labels.length; i++) {
            numbers[i] = (long) labels[i];
            if (numbers[i] != labels[i] || numbers[i] < 0 || numbers[i] >= classes) {
                throw new IllegalArgumentException(
                        String.format(
                                Locale.ROOT,
                                "Label %s of sample %d is none of the %d classes%s, which are"
                                        + " counted from 0.",
                                labels[i],
                                i,
                                classes,
                                scores == 1 ? " that one score tells apart" : ""));
            }
        }
        return numbers;
    }

    /**
     * Reads rows that have one greatest entry and otherwise one other number, such as 0 and 1, or
     * are probabilities.
     */
    private static long[] hottest(NDArray labels) {
        int[] axis = {1};
        NDArray greatest = labels.max(axis, true);
        NDArray least = labels.min(axis, true);
        NDArray isGreatest = labels.eq(greatest).toType(DataType.INT64, false);
        NDArray isLeast = labels.eq(least).toType(DataType.INT64, false);
        NDArray isSingle = isGreatest.sum(axis).eq(1);
        NDArray isTwoValued = isLeast.sum(axis).eq(labels.getShape().get(1) - 1);
        NDArray isDistribution =
                labels.sum(axis)
                        .sub(1)
                        .abs()
                        .lt(ROUNDING)
                        .logicalAnd(least.gte(0).reshape(isSingle.getShape()));
        NDArray isHot = isSingle.logicalAnd(isTwoValued.logicalOr(isDistribution));
        NDArray isOther = isHot.logicalNot().toType(DataType.INT32, false);
        if (HostValues.number(isOther.sum()) > 0) {
            long perSample = isOther.getShape().slice(1).size();
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "The label of sample %d is not one-hot; give one class for each sample,"
                                    + " since labels of several classes cannot be counted in one"
                                    + " matrix.",
                            HostValues.longs(isOther.reshape(-1).argMax(0))[0] / perSample));
        }
        return HostValues.longs(labels.argMax(1));
    }

    /** Returns the counts, a row for each label. */
    long[][] count() {
        long[][] counts = new long[classes][classes];
        for (int i = 0; i < actual.length; i++) {
            counts[(int) actual[i]][(int) predicted[i]]++;
        }
        return counts;
    }
}
