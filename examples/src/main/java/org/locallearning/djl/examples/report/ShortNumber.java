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
package org.locallearning.djl.examples.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Writes numbers for reading, not for computing. */
public final class ShortNumber {

    private static final int DIGITS = 4;
    private static final int MOST_ZEROS = 4;
    private static final int MOST_PLACES = 7;

    private ShortNumber() {}

    /** Writes a number with at most four digits and without needless zeros, such as 0.001. */
    static String of(double value) {
        return of(value, DIGITS);
    }

    /**
     * Writes a number without needless zeros.
     *
     * @param value the number
     * @param digits how many digits it has at most, zeros in front left out
     * @return such as {@code 0.000031} or {@code 1.2e12}
     */
    public static String of(double value, int digits) {
        BigDecimal rounded =
                new BigDecimal(value).round(new MathContext(digits)).stripTrailingZeros();
        int places = rounded.precision() - rounded.scale();
        return places < -MOST_ZEROS || places > MOST_PLACES
                ? rounded.toString().replace("E+", "e").replace("E", "e")
                : rounded.toPlainString();
    }

    /**
     * Writes a number with a power of ten.
     *
     * @param value the number
     * @param decimals the decimals in front of the power
     * @return such as {@code 3.1e-5}
     */
    public static String power(double value, int decimals) {
        return String.format(Locale.ROOT, "%." + decimals + "e", value)
                .replaceFirst("e\\+?(-?)0?(?=\\d)", "e$1");
    }
}
