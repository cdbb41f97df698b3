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
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PaletteTest {

    /** What WCAG 2.1 asks of graphics and of text. */
    private static final double GRAPHICS = 3;

    private static final double TEXT = 4.5;

    /** Twice the distance that is seen at once when the colours lie side by side. */
    private static final double APART = 15;

    /**
     * Linear RGB as those see it who have no long or no medium cones (Machado, Oliveira and
     * Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency", 2009,
     * severity 1), and as it is.
     */
    private static final List<double[][]> SIGHTS =
            List.of(
                    new double[][] {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
                    new double[][] {
                        {0.152286, 1.052583, -0.204868},
                        {0.114503, 0.786281, 0.099216},
                        {-0.003882, -0.048116, 1.051998}
                    },
                    new double[][] {
                        {0.367322, 0.860646, -0.227968},
                        {0.280085, 0.672501, 0.047413},
                        {-0.011820, 0.042940, 0.968881}
                    });

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void seriesAndLayersStandOutFromPageAndCard(boolean dark) {
        Map<String, Integer> colours = colours(dark);
        colours.forEach(
                (name, rgb) -> {
                    if (name.matches("[cr]\\d+")) {
                        for (String ground : List.of("paper", "card")) {
                            double contrast = Palette.contrast(rgb, colours.get(ground));
                            assertTrue(contrast >= GRAPHICS, name + ": " + contrast);
                        }
                    }
                });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void textCanBeRead(boolean dark) {
        Map<String, Integer> colours = colours(dark);
        for (String text : List.of("ink", "quiet")) {
            for (String ground : List.of("paper", "card")) {
                assertTrue(Palette.contrast(colours.get(text), colours.get(ground)) >= TEXT);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void seriesAreToldApartWithoutRedAndGreen(boolean dark) {
        List<Integer> series =
                colours(dark).entrySet().stream()
                        .filter(
                                entry ->
                                        entry.getKey().startsWith("c")
                                                && entry.getKey().length() == 2)
                        .map(Map.Entry::getValue)
                        .toList();
        assertEquals(8, series.size());
        for (double[][] sight : SIGHTS) {
            for (int i = 0; i < series.size(); ++i) {
                for (int k = 0; k < i; ++k) {
                    double distance =
                            distance(lab(series.get(i), sight), lab(series.get(k), sight));
                    assertTrue(distance >= APART, i + " and " + k + ": " + distance);
                }
            }
        }
    }

    @Test
    void contrastIsThatOfWcag() {
        assertEquals(21, Palette.contrast(0x000000, 0xffffff), 1e-9);
        assertEquals(1, Palette.contrast(0x808080, 0x808080), 1e-9);
        assertEquals(3.95, Palette.contrast(0x808080, 0xffffff), 5e-3);
    }

    @Test
    void numbersInCellsCanBeRead() {
        for (double share = 0; share <= 1; share += 0.01) {
            int rgb = Palette.share(share);
            int text = Palette.isDark(rgb) ? 0xffffff : colours(false).get("ink");
            assertTrue(Palette.contrast(rgb, text) >= 4, "share " + share);
        }
    }

    @Test
    void everyVariableIsResolved() {
        String css = Templates.fill("figure.css", Map.of());
        assertTrue(css.contains("var(--"));
        assertFalse(Palette.resolve(css).contains("var("));
        assertEquals("a #0f58d0 b", Palette.resolve("a var(--c0) b"));
    }

    private static Map<String, Integer> colours(boolean dark) {
        Map<String, Integer> colours = new TreeMap<>();
        for (Palette.Variable variable : dark ? Palette.dark() : Palette.light()) {
            assertTrue(Pattern.matches("#[0-9a-f]{6}", variable.value()));
            colours.put(variable.name(), Integer.parseInt(variable.value().substring(1), 16));
        }
        return colours;
    }

    private static double distance(double[] one, double[] other) {
        return Math.hypot(Math.hypot(one[0] - other[0], one[1] - other[1]), one[2] - other[2]);
    }

    /** CIE L*a*b* under D65. */
    private static double[] lab(int rgb, double[][] sight) {
        double[] linear = new double[3];
        for (int i = 0; i < 3; ++i) {
            double share = (rgb >> 16 - 8 * i & 0xff) / 255.0;
            linear[i] = share <= 0.04045 ? share / 12.92 : Math.pow((share + 0.055) / 1.055, 2.4);
        }
        double[] seen = new double[3];
        for (int i = 0; i < 3; ++i) {
            double sum = 0;
            for (int k = 0; k < 3; ++k) {
                sum += sight[i][k] * linear[k];
            }
            seen[i] = Math.max(0, Math.min(1, sum));
        }
        double x = root((0.4124 * seen[0] + 0.3576 * seen[1] + 0.1805 * seen[2]) / 0.95047);
        double y = root(0.2126 * seen[0] + 0.7152 * seen[1] + 0.0722 * seen[2]);
        double z = root((0.0193 * seen[0] + 0.1192 * seen[1] + 0.9505 * seen[2]) / 1.08883);
        return new double[] {116 * y - 16, 500 * (x - y), 200 * (y - z)};
    }

    private static double root(double t) {
        return t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16.0 / 116;
    }
}
