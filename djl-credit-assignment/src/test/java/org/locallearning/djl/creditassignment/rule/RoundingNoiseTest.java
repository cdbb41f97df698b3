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
package org.locallearning.djl.creditassignment.rule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.types.DataType;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.locallearning.djl.creditassignment.device.DeviceRounding;

class RoundingNoiseTest {

    /** Cosines between single and double precision, of a net of 3072-1000×4-10. */
    @Test
    void agreesWithMeasurementsInSinglePrecision() {
        assertEquals(
                0.991, RoundingNoise.cosine(DeviceRounding.unit(DataType.FLOAT32), 1e-6), 5e-4);
        assertEquals(
                0.9999, RoundingNoise.cosine(DeviceRounding.unit(DataType.FLOAT32), 1e-5), 5e-5);
        assertEquals(1, RoundingNoise.cosine(DeviceRounding.unit(DataType.FLOAT32), 1e-4), 5e-5);
    }

    @Test
    void warnsWhereRoundingShows() {
        assertTrue(
                RoundingNoise.cosine(DeviceRounding.unit(DataType.FLOAT32), 1e-5)
                        < RoundingNoise.NEGLIGIBLE);
        assertTrue(
                RoundingNoise.cosine(DeviceRounding.unit(DataType.FLOAT32), 1e-4)
                        > RoundingNoise.NEGLIGIBLE);
        assertTrue(
                RoundingNoise.cosine(DeviceRounding.unit(DataType.FLOAT64), 1e-9)
                        > RoundingNoise.NEGLIGIBLE);
        assertTrue(
                RoundingNoise.cosine(DeviceRounding.unit(DataType.FLOAT16), 1e-3)
                        < RoundingNoise.NEGLIGIBLE);
    }

    @Test
    void sufficientScaleSuffices() {
        for (DataType type : new DataType[] {DataType.FLOAT32, DataType.FLOAT16}) {
            double scale = RoundingNoise.sufficientScale(DeviceRounding.unit(type));
            assertTrue(
                    RoundingNoise.cosine(DeviceRounding.unit(type), scale)
                            > RoundingNoise.NEGLIGIBLE);
        }
    }

    /** Losses in single precision against the same in double, at rising distances to labels. */
    @ParameterizedTest
    @ValueSource(doubles = {1e3, 1e4, 1e5})
    void agreesWithLossesThatAreRounded(double distance) {
        Random random = new Random(5);
        int samples = 20_000;
        double loss = 0;
        double change = 0;
        double rounded = 0;
        double product = 0;
        for (int n = 0; n < samples; n++) {
            double error = distance * random.nextGaussian();
            double noisy = error + 1e-3 * random.nextGaussian();
            double exact = noisy * noisy - error * error;
            double found = (float) (noisy * noisy) - (float) (error * error);
            loss += Math.pow(error, 4);
            change += exact * exact;
            rounded += found * found;
            product += exact * found;
        }
        double cosine = product / Math.sqrt(change * rounded);
        double expected =
                RoundingNoise.cosineOfLosses(
                        0x1p-24, Math.sqrt(loss / samples), Math.sqrt(change / samples));
        // a number is off by less than a unit of rounding, most often
        assertTrue(expected <= cosine, expected + " " + cosine);
        assertTrue(Math.acos(expected) < 4 * Math.acos(cosine), expected + " " + cosine);
    }
}
