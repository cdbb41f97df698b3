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

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LossValueTest {

    @ParameterizedTest
    @CsvSource({
        "2.30258, 2.3026",
        "0.00123, 0.0012",
        "0.000031, 3.10e-5",
        "-0.00049, -4.90e-4",
        "0, 0.0000",
        "1.234e12, 1.23e12",
        "NaN, NaN",
        "Infinity, Infinity"
    })
    void losses(double loss, String expected) {
        assertEquals(expected, LossValue.of(loss));
    }

    @ParameterizedTest
    @CsvSource({"0.05, 0.05", "0.123456, 0.123", "0.000031, 0.000031", "1e20, 1e20", "2346, 2350"})
    void digits(double value, String expected) {
        assertEquals(expected, ShortNumber.of(value, 3));
    }
}
