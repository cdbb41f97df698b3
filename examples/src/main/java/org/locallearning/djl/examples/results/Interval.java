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

import java.util.List;
import java.util.function.DoubleFunction;

/**
 * The mean of a quantity over seeds, and how well the seeds know it.
 *
 * @param mean the mean x̄ of the n seeds
 * @param halfWidth t s / √n, half of the 95 % confidence interval of the mean, with the sample's
 *     standard deviation s and Student's t of n − 1 degrees of freedom; null for one seed
 * @param seeds n
 */
public record Interval(double mean, Double halfWidth, int seeds) {

    /** Student's t, two-sided 95 %, for 1, 2 ... degrees of freedom. */
    private static final double[] STUDENT = {
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
        2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056,
        2.052, 2.048, 2.045, 2.042
    };

    private static final double NORMAL = 1.95996;

    /**
     * Averages values.
     *
     * @param values at least one value, one per seed
     * @return the mean with its interval
     */
    public static Interval of(List<Double> values) {
        int n = values.size();
        if (n == 0) {
            throw new IllegalArgumentException("There is nothing to average.");
        }
        double mean = values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
        if (n == 1) {
            return new Interval(mean, null, 1);
        }
        double squares = 0;
        for (double value : values) {
            squares += (value - mean) * (value - mean);
        }
        double deviation = Math.sqrt(squares / (n - 1));
        return new Interval(mean, student(n - 1) * deviation / Math.sqrt(n), n);
    }

    /** Beyond the table, the expansion about the normal distribution to its second term. */
    private static double student(int freedom) {
        if (freedom <= STUDENT.length) {
            return STUDENT[freedom - 1];
        }
        double z = NORMAL;
        double cube = z * z * z;
        return z
                + (cube + z) / (4.0 * freedom)
                + (5 * cube * z * z + 16 * cube + 3 * z) / (96.0 * freedom * freedom);
    }

    /**
     * Writes mean and half width.
     *
     * @param format writes a value
     * @return such as {@code 0.61 ± 0.04}
     */
    public String text(DoubleFunction<String> format) {
        return halfWidth == null
                ? format.apply(mean)
                : format.apply(mean) + " ± " + format.apply(halfWidth);
    }
}
