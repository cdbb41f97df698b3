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

/** The update of M in plain loops, one formula a line; the oracle of {@link DecorrelationRule}. */
final class SlowRule {

    private SlowRule() {}

    /**
     * {@code M ← g (M − η [(1 − κ) C + κ diag(v)] M)}, or with {@code κ M diag(v)}, or with the
     * lower triangle of C.
     */
    static double[][] update(
            double[][] m, double[][] u, double[][] s, double rate, DecorrelationOptions options) {
        int n = m.length;
        double kappa = options.getUnitVariance();
        double[][] moments = secondMoments(s);
        double[][] drive = new double[n][n];
        for (int i = 0; i < n; ++i) {
            for (int j = 0; j < n; ++j) {
                boolean counted = i != j || options.isDiagonal();
                counted &= j <= i || !options.isTriangular();
                drive[i][j] = (1 - kappa) * (counted ? moments[i][j] : 0);
            }
            if (options.getVarianceTerm() == VarianceTerm.ROWS) {
                drive[i][i] += kappa * (moments[i][i] - 1);
            }
        }
        double[] gain = gain(u, s, options.getGain().kind());
        double[][] next = new double[n][n];
        for (int i = 0; i < n; ++i) {
            double g =
                    Math.max(options.getGain().min(), Math.min(options.getGain().max(), gain[i]));
            for (int j = 0; j < n; ++j) {
                double change = 0;
                for (int k = 0; k < n; ++k) {
                    change += drive[i][k] * m[k][j];
                }
                if (options.getVarianceTerm() == VarianceTerm.COLUMNS) {
                    change += kappa * m[i][j] * (moments[j][j] - 1);
                }
                next[i][j] = g * (m[i][j] - rate * change);
            }
        }
        return next;
    }

    static double[][] secondMoments(double[][] rows) {
        int n = rows[0].length;
        double[][] moments = new double[n][n];
        for (double[] row : rows) {
            for (int i = 0; i < n; ++i) {
                for (int j = 0; j < n; ++j) {
                    moments[i][j] += row[i] * row[j] / rows.length;
                }
            }
        }
        return moments;
    }

    /** The gain of each unit. */
    static double[] gain(double[][] u, double[][] s, Gain kind) {
        int n = u[0].length;
        double[] gain = new double[n];
        double ratios = 0;
        for (int row = 0; row < u.length; ++row) {
            ratios += Math.sqrt(squares(u[row])) / Math.sqrt(squares(s[row]) + 1e-8) / u.length;
        }
        double before = 0;
        double after = 0;
        for (int row = 0; row < u.length; ++row) {
            before += squares(u[row]);
            after += squares(s[row]);
        }
        for (int i = 0; i < n; ++i) {
            double unitBefore = 0;
            double unitAfter = 0;
            for (int row = 0; row < u.length; ++row) {
                unitBefore += u[row][i] * u[row][i];
                unitAfter += s[row][i] * s[row][i];
            }
            switch (kind) {
                case SCALAR -> gain[i] = Math.sqrt(before / after);
                case MEAN_OF_RATIOS -> gain[i] = ratios;
                case UNITWISE -> gain[i] = Math.sqrt(unitBefore / unitAfter);
                default -> gain[i] = 1;
            }
        }
        return gain;
    }

    private static double squares(double[] row) {
        double sum = 0;
        for (double value : row) {
            sum += value * value;
        }
        return sum;
    }
}
