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

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Counts how often a classifier put samples of one class into another. Immutable.
 *
 * <p>Macro averages give every class the same weight, whatever its number of samples. They leave
 * out classes that appear neither among labels nor among predictions.
 */
public final class ConfusionMatrix {

    private final long[][] counts;

    private ConfusionMatrix(long[][] counts) {
        this.counts = counts;
    }

    /**
     * Counts a batch.
     *
     * @param labels the class of each sample, counted from 0, of the shape of predictions without
     *     the axis of classes, such as (N) for (N, classes); or one-hot, of the shape of
     *     predictions: one entry greater than the others, which are equal or, with it, sum to 1
     * @param predictions a score for each class, shape (N, classes, ...), of which the greatest
     *     decides; or one score, shape (N, 1, ...), meaning class 1 if it is at least 0 and class 0
     *     below, as in {@code BinaryAccuracy} for logits
     * @return the counts
     * @throws IllegalArgumentException if there are no predictions, another number of labels, a NaN
     *     prediction, or a label that is no class or several classes
     */
    public static ConfusionMatrix of(NDArray labels, NDArray predictions) {
        return new ConfusionMatrix(ClassifiedBatch.of(labels, predictions).count());
    }

    /**
     * Returns the sum of two matrices.
     *
     * @param other a matrix of as many classes
     * @return the sum
     * @throws IllegalArgumentException if the numbers of classes differ
     */
    public ConfusionMatrix plus(ConfusionMatrix other) {
        if (other.getClasses() != getClasses()) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "The predictions have %d classes, but those before had %d; reset the"
                                    + " accumulator in between.",
                            other.getClasses(),
                            getClasses()));
        }
        long[][] sum = getCounts();
        for (int i = 0; i < sum.length; i++) {
            for (int j = 0; j < sum.length; j++) {
                sum[i][j] += other.counts[i][j];
            }
        }
        return new ConfusionMatrix(sum);
    }

    /**
     * Returns the number of classes.
     *
     * @return the number
     */
    public int getClasses() {
        return counts.length;
    }

    /**
     * Returns the counts.
     *
     * @return for each label, the number of times that each class was predicted; a copy
     */
    public long[][] getCounts() {
        return Arrays.stream(counts).map(long[]::clone).toArray(long[][]::new);
    }

    /**
     * Returns the number of samples.
     *
     * @return the sum of all counts
     */
    public long getTotal() {
        return Arrays.stream(counts).flatMapToLong(Arrays::stream).sum();
    }

    private long labelled(int index) {
        return Arrays.stream(counts[index]).sum();
    }

    private long predicted(int index) {
        return Arrays.stream(counts).mapToLong(row -> row[index]).sum();
    }

    /**
     * Returns how much of what was put into a class belongs there.
     *
     * @param index the class
     * @return 0 to 1; 0 if nothing was put there
     */
    public double precision(int index) {
        return ratio(counts[index][index], predicted(index));
    }

    /**
     * Returns how much of what belongs into a class was put there.
     *
     * @param index the class
     * @return 0 to 1; 0 if nothing belongs there
     */
    public double recall(int index) {
        return ratio(counts[index][index], labelled(index));
    }

    /**
     * Returns the harmonic mean of precision and recall of a class.
     *
     * @param index the class
     * @return 0 to 1
     */
    public double f1(int index) {
        return ratio(2 * counts[index][index], predicted(index) + labelled(index));
    }

    /**
     * Returns the share of samples that were put where they belong.
     *
     * @return 0 to 1; not a number without samples
     */
    public double accuracy() {
        long right = IntStream.range(0, counts.length).mapToLong(i -> counts[i][i]).sum();
        return (double) right / getTotal();
    }

    /**
     * Returns the mean precision over classes.
     *
     * @return 0 to 1; not a number without samples
     */
    public double macroPrecision() {
        return mean(this::precision);
    }

    /**
     * Returns the mean recall over classes.
     *
     * @return 0 to 1; not a number without samples
     */
    public double macroRecall() {
        return mean(this::recall);
    }

    /**
     * Returns the mean of F1 over classes, which is not F1 of the means.
     *
     * @return 0 to 1; not a number without samples
     */
    public double macroF1() {
        return mean(this::f1);
    }

    private double mean(IntToDoubleFunction quantity) {
        return IntStream.range(0, counts.length)
                .filter(i -> labelled(i) + predicted(i) > 0)
                .mapToDouble(quantity)
                .average()
                .orElse(Double.NaN);
    }

    private static double ratio(long part, long whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }

    /** Returns the counts as {@link #parse} reads them: a line for each label. */
    String toText() {
        return Arrays.stream(counts)
                .map(row -> Arrays.stream(row).mapToObj(Long::toString))
                .map(row -> row.collect(Collectors.joining(" ")))
                .collect(Collectors.joining("\n"));
    }

    static ConfusionMatrix parse(String text) throws MalformedModelException {
        String[] rows = text.split("\n", -1);
        long[][] counts = new long[rows.length][];
        for (int i = 0; i < rows.length; i++) {
            try {
                counts[i] =
                        Arrays.stream(rows[i].split(" ", -1)).mapToLong(Long::parseLong).toArray();
            } catch (NumberFormatException e) {
                throw new MalformedModelException("it holds counts that are no numbers.", e);
            }
            if (counts[i].length != rows.length || Arrays.stream(counts[i]).anyMatch(n -> n < 0)) {
                throw new MalformedModelException("it holds counts that are no confusion matrix.");
            }
        }
        return new ConfusionMatrix(counts);
    }

    /** Returns the counts, a row for each label. */
    @Override
    public String toString() {
        return Arrays.deepToString(counts);
    }
}
