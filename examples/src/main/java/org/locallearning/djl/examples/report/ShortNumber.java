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

/** Writes numbers for reading, not for computing. */
final class ShortNumber {

    private ShortNumber() {}

    private static final int MOST_ZEROS = 4;
    private static final int MOST_PLACES = 7;

    /** Writes a number with at most four digits and without needless zeros, such as 0.001. */
    static String of(double value) {
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(4)).stripTrailingZeros();
        int places = rounded.precision() - rounded.scale();
        return places < -MOST_ZEROS || places > MOST_PLACES
                ? rounded.toString().replace("E+", "e").replace("E", "e")
                : rounded.toPlainString();
    }
}
