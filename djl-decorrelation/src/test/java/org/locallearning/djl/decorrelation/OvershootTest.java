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

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * An update multiplies a direction of variance {@code λ} by {@code 1 − η λ}: with {@code η λ} above
 * 2 by more than it was, with its sign changed. The layer warns there, and only there.
 */
class OvershootTest {

    /** The largest second moment of {@link #INPUT}; the other one is 0.5. */
    private static final double LARGEST = 4.5;

    private static final double[][] INPUT = {{3, 0}, {-3, 0}, {0, 1}, {0, -1}};

    @ParameterizedTest
    @CsvSource({"1.7, false", "1.95, false", "2.05, true", "2.4, true"})
    void warnsWhereAnUpdateOvershoots(double product, boolean overshoots) {
        PrintStream standard = System.err;
        ByteArrayOutputStream captured = new ByteArrayOutputStream();
        System.setErr(new PrintStream(captured, true, StandardCharsets.UTF_8));
        try (NDManager manager = NDManager.newBaseManager()) {
            Decorrelation layer =
                    Decorrelation.builder()
                            .optRate(product / LARGEST)
                            .optCost(Cost.full().withSampleFraction(1))
                            .build();
            layer.initialize(manager, DataType.FLOAT64, new Shape(4, 2));
            layer.forward(
                    new ParameterStore(manager, false), new NDList(manager.create(INPUT)), true);
        } finally {
            System.setErr(standard);
        }
        String log = captured.toString(StandardCharsets.UTF_8);
        assertEquals(overshoots, log.contains("overshoots"), log);
    }
}
