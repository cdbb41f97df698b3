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
package org.locallearning.djl.examples.djlprograms;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a run of a program left.
 *
 * @param losses the loss of each step
 * @param trainable the paths of the parameters that are to learn, which running statistics are not
 * @param before every parameter before the first step, by path
 * @param statistics what is not trainable, after the first forward and backward
 * @param afterFirst every parameter after the first step
 * @param after every parameter after the last step; empty if the run failed
 * @param failure what was thrown, if anything
 */
record Outcome(
        List<Float> losses,
        Set<String> trainable,
        Map<String, double[]> before,
        Map<String, double[]> statistics,
        Map<String, double[]> afterFirst,
        Map<String, double[]> after,
        Optional<Throwable> failure) {

    /** A parameter that moves by less than this share of the one that moves most does not count. */
    private static final double NEGLIGIBLE = 1e-3;

    /** Returns the paths of the parameters that training has moved. */
    List<String> moved() {
        return after.keySet().stream()
                .filter(path -> !Arrays.equals(before.get(path), after.get(path)))
                .collect(Collectors.toList());
    }

    /** Returns the paths of the parameters that training has moved by more than rounding does. */
    List<String> clearlyMoved() {
        double least = NEGLIGIBLE * largestChange(after, before);
        return after.keySet().stream()
                .filter(path -> norm(difference(after, before, path)) > least)
                .collect(Collectors.toList());
    }

    /**
     * Returns the paths of what is not trainable and that the first batch changed in another way
     * than in another run. It has the same weights, so that running statistics have to agree.
     *
     * @param reference the other run
     */
    List<String> statisticsUnlike(Outcome reference) {
        return statistics.keySet().stream()
                .filter(
                        path -> {
                            double[] expected = reference.statistics.get(path);
                            double distance = norm(minus(statistics.get(path), expected, 1));
                            return distance > 1e-5 * norm(expected);
                        })
                .collect(Collectors.toList());
    }

    /** Returns the paths of the parameters that moved after the first step too. */
    List<String> movedAgain() {
        return trainable.stream()
                .filter(path -> !Arrays.equals(afterFirst.get(path), after.get(path)))
                .collect(Collectors.toList());
    }

    /** Returns whether every parameter ended where it did in another run, to the bit. */
    boolean isSameAs(Outcome other) {
        return after.keySet().stream()
                .allMatch(path -> Arrays.equals(after.get(path), other.after.get(path)));
    }

    /**
     * Returns the largest {@code ‖Δ − Δ'‖ / ‖Δ'‖} over all parameters, {@code Δ} being what all
     * steps together changed.
     *
     * @param reference the run that the changes {@code Δ'} are of
     */
    double changeDistanceTo(Outcome reference) {
        double least = NEGLIGIBLE * largestChange(reference.after, reference.before);
        double largest = 0;
        for (String path : reference.after.keySet()) {
            double[] expected = difference(reference.after, reference.before, path);
            double distance = norm(minus(difference(after, before, path), expected, 1));
            largest = Math.max(largest, distance / Math.max(norm(expected), least));
        }
        return largest;
    }

    /**
     * Returns the largest {@code ‖W − W'‖ / ‖W'‖} over all parameters, after the last step.
     *
     * @param reference the run that the parameters {@code W'} are of
     */
    double parameterDistanceTo(Outcome reference) {
        double least = largestChange(reference.after, reference.before);
        double largest = 0;
        for (String path : reference.after.keySet()) {
            double distance = norm(difference(after, reference.after, path));
            double size = Math.max(norm(reference.after.get(path)), least);
            largest = Math.max(largest, distance / size);
        }
        return largest;
    }

    /**
     * Returns how far the first step is from another run's made longer or shorter: the largest
     * {@code ‖Δ − αΔ'‖ / ‖Δ‖} over all trainable parameters, with the one {@code α} that fits best.
     *
     * @param reference the run that the changes {@code Δ'} are of
     */
    double firstStepDistanceToMultipleOf(Outcome reference) {
        double product = 0;
        double square = 0;
        for (String path : trainable) {
            double[] own = difference(afterFirst, before, path);
            double[] other = difference(reference.afterFirst, reference.before, path);
            for (int i = 0; i < own.length; i++) {
                product += own[i] * other[i];
                square += other[i] * other[i];
            }
        }
        double least = 0;
        for (String path : trainable) {
            least = Math.max(least, NEGLIGIBLE * norm(difference(afterFirst, before, path)));
        }
        double largest = 0;
        for (String path : trainable) {
            double[] own = difference(afterFirst, before, path);
            double[] other = difference(reference.afterFirst, reference.before, path);
            double distance = norm(minus(own, other, product / square));
            largest = Math.max(largest, distance / Math.max(norm(own), least));
        }
        return largest;
    }

    private static double largestChange(Map<String, double[]> after, Map<String, double[]> before) {
        return after.keySet().stream()
                .mapToDouble(path -> norm(difference(after, before, path)))
                .max()
                .orElse(0);
    }

    private static double[] difference(
            Map<String, double[]> left, Map<String, double[]> right, String path) {
        return minus(left.get(path), right.get(path), 1);
    }

    private static double[] minus(double[] left, double[] right, double factor) {
        double[] difference = new double[left.length];
        for (int i = 0; i < left.length; i++) {
            difference[i] = left[i] - factor * right[i];
        }
        return difference;
    }

    private static double norm(double[] values) {
        return Math.sqrt(Arrays.stream(values).map(value -> value * value).sum());
    }
}
