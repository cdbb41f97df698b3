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
package org.locallearning.djl.zoo.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GlyphsTest {

    @Test
    void anImageIsAFunctionOfSeedPartAndIndex() {
        LabelledImages many = Glyphs.draw(7, Glyphs.Part.TRAINING, 100);
        LabelledImages few = Glyphs.draw(7, Glyphs.Part.TRAINING, 30);
        assertArrayEquals(few.pixels(), many.first(30).pixels());
        assertArrayEquals(few.labels(), many.first(30).labels());
    }

    @Test
    void noTwoImagesAreAlike() {
        Set<String> images = new HashSet<>();
        for (long seed = 1; seed <= 3; seed++) {
            for (Glyphs.Part part : Glyphs.Part.values()) {
                LabelledImages drawn = Glyphs.draw(seed, part, 200);
                for (int i = 0; i < 200; i++) {
                    images.add(
                            Arrays.toString(
                                    Arrays.copyOfRange(drawn.pixels(), i * 784, (i + 1) * 784)));
                }
            }
        }
        assertEquals(3 * 2 * 200, images.size());
    }

    @Test
    void classesTakeTurns() {
        LabelledImages drawn = Glyphs.draw(1, Glyphs.Part.TEST, 25);
        for (int i = 0; i < 25; i++) {
            assertEquals(i % 10, drawn.labels()[i]);
        }
    }

    @Test
    void everyImageHasInkWithinItsBorders() {
        LabelledImages drawn = Glyphs.draw(3, Glyphs.Part.TRAINING, 500);
        for (int image = 0; image < 500; image++) {
            int dark = 0;
            for (int i = 0; i < 784; i++) {
                // noise of standard deviation 20 hardly ever reaches 120
                dark += (drawn.pixels()[image * 784 + i] & 0xff) > 120 ? 1 : 0;
            }
            assertTrue(dark >= 8 && dark < 392, "image " + image + " has " + dark + " ink pixels");
        }
    }

    @Test
    void strokesPassThroughTheirPointsAndStayInTheUnitSquare() {
        Random random = new Random(1);
        for (int digit = 0; digit < 10; digit++) {
            for (int way = 0; way < 20; way++) {
                List<double[]> chains = DigitStrokes.write(digit, random, 0);
                assertFalse(chains.isEmpty());
                double low = 1;
                double high = 0;
                for (double[] chain : chains) {
                    for (int i = 0; i < chain.length; i += 2) {
                        assertEquals(0.5, chain[i], 0.5);
                        low = Math.min(low, chain[i + 1]);
                        high = Math.max(high, chain[i + 1]);
                    }
                }
                assertEquals(0.05, low, 0.05, "top of digit " + digit);
                assertEquals(0.95, high, 0.05, "bottom of digit " + digit);
            }
        }
        assertThrows(IllegalArgumentException.class, () -> DigitStrokes.write(10, random, 0));
    }

    @Test
    void limitsChooseTheNumberOfImages() throws Exception {
        DataOptions options = DataOptions.builder().optLimit(50).optTestLimit(20).build();
        try (ImageData data = DataSets.load("glyphs", options)) {
            assertEquals(50, data.getTrainingSize());
            assertEquals(20, data.getTestSize());
            assertTrue(data.getProvenance().contains("with seed 1"), data.getProvenance());
        }
    }
}
