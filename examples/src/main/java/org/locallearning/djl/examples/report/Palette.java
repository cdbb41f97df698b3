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

import java.awt.Color;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The colours of pages and pictures, each with its value on a light and on a dark page.
 *
 * <p>The colours of series differ for readers who do not tell red from green, and stand out from
 * the page as graphics have to (contrast 3 to 1); {@code PaletteTest} has the measures.
 */
final class Palette {

    /** Blue, amber, green, purple, mauve, brown, black, grey. */
    private static final List<Integer> SERIES =
            List.of(0x0f58d0, 0xc77700, 0x2f9a63, 0x53147a, 0xb565c4, 0x713200, 0x1b1726, 0x6b6b78);

    /** The same on a dark page, white in the place of black. */
    private static final List<Integer> SERIES_ON_DARK =
            List.of(0x6f8ff5, 0xe8763f, 0x24e3a0, 0x8447ff, 0xdfa6e6, 0xdcaa20, 0xe9fbff, 0x7d7a8a);

    /** Where the ramp over the layers of a network starts, passes and ends. */
    private static final int[] RAMP = {0xd06a00, 0xb5307a, 0x2b1a86};

    private static final int[] RAMP_ON_DARK = {0xffc98a, 0xe884b4, 0x8078f5};

    private static final int RAMP_STEPS = 12;
    private static final int WHITE = 0xffffff;
    private static final int NEGATIVE = 0x1f6fb4;
    private static final int POSITIVE = 0xc22f2f;

    private static final Map<String, Integer> LIGHT =
            variables(
                    SERIES,
                    RAMP,
                    Map.of(
                            "paper", 0xffffff,
                            "card", 0xf7f8fa,
                            "ink", 0x1c2330,
                            "quiet", 0x5b6472,
                            "rule", 0xd5dae1));

    private static final Map<String, Integer> DARK =
            variables(
                    SERIES_ON_DARK,
                    RAMP_ON_DARK,
                    Map.of(
                            "paper", 0x12161d,
                            "card", 0x1a2029,
                            "ink", 0xe8ecf2,
                            "quiet", 0x9aa5b5,
                            "rule", 0x39424f));

    private static final Pattern VARIABLE = Pattern.compile("var\\(--(\\w+)\\)");

    private Palette() {}

    /**
     * A variable of the style sheet.
     *
     * @param name its name
     * @param value its colour
     */
    record Variable(String name, String value) {}

    /** Returns every colour on a light page. */
    static List<Variable> light() {
        return css(LIGHT);
    }

    /** Returns every colour on a dark page. */
    static List<Variable> dark() {
        return css(DARK);
    }

    /** Returns the colour of a series by its place, as the style sheet names it. */
    static String series(int place) {
        return "var(--c" + place % SERIES.size() + ")";
    }

    /**
     * Returns a number for what else tells series apart, such as the shape of marks: it goes one
     * further each time the colours start again.
     */
    static int apart(int place) {
        return place + place / SERIES.size();
    }

    /** Returns the colour of a layer of a network: a ramp from the first to the last one. */
    static String layer(int index, int layers) {
        double share = layers < 2 ? 0 : (double) index / (layers - 1);
        return "var(--r" + Math.round(share * (RAMP_STEPS - 1)) + ")";
    }

    /** Returns the colour of a series by its place on a light page. */
    static Color colour(int place) {
        return new Color(SERIES.get(place % SERIES.size()));
    }

    /** Puts the colours of a light page in the place of their names. */
    static String resolve(String text) {
        return VARIABLE.matcher(text).replaceAll(variable -> hex(LIGHT.get(variable.group(1))));
    }

    /** Returns the colour of a number from -1, blue, over 0, white, to 1, red. */
    static int signed(double value) {
        return mix(WHITE, value < 0 ? NEGATIVE : POSITIVE, Math.min(1, Math.abs(value)));
    }

    /** Returns the colour of a number from 0, white, to 1, blue. */
    static int share(double value) {
        return mix(WHITE, NEGATIVE, Math.max(0, Math.min(1, value)));
    }

    /** Returns the grey of a number from 0, black, to 1, white. */
    static int grey(double value) {
        return mix(0, WHITE, Math.max(0, Math.min(1, value)));
    }

    /** Whether white is easier to read on a colour than the ink of a light page. */
    static boolean isDark(int rgb) {
        return contrast(rgb, WHITE) > contrast(rgb, LIGHT.get("ink"));
    }

    /** Returns the contrast of two colours as WCAG defines it, 1 to 21. */
    static double contrast(int first, int second) {
        double one = luminance(first);
        double other = luminance(second);
        return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    }

    private static double luminance(int rgb) {
        return 0.2126 * linear(rgb >> 16) + 0.7152 * linear(rgb >> 8) + 0.0722 * linear(rgb);
    }

    private static double linear(int channel) {
        double share = (channel & 0xff) / 255.0;
        return share <= 0.04045 ? share / 12.92 : Math.pow((share + 0.055) / 1.055, 2.4);
    }

    /** Writes a colour as CSS does. */
    static String hex(int rgb) {
        return String.format("#%06x", rgb);
    }

    private static Map<String, Integer> variables(
            List<Integer> series, int[] ramp, Map<String, Integer> page) {
        Map<String, Integer> variables = new LinkedHashMap<>();
        for (int i = 0; i < series.size(); ++i) {
            variables.put("c" + i, series.get(i));
        }
        for (int i = 0; i < RAMP_STEPS; ++i) {
            double at = (double) i / (RAMP_STEPS - 1) * (ramp.length - 1);
            int from = Math.min((int) at, ramp.length - 2);
            variables.put("r" + i, mix(ramp[from], ramp[from + 1], at - from));
        }
        page.keySet().stream().sorted().forEach(name -> variables.put(name, page.get(name)));
        return variables;
    }

    private static List<Variable> css(Map<String, Integer> variables) {
        List<Variable> css = new ArrayList<>();
        variables.forEach((name, rgb) -> css.add(new Variable(name, hex(rgb))));
        return css;
    }

    private static int mix(int from, int to, double share) {
        int rgb = 0;
        for (int shift = 16; shift >= 0; shift -= 8) {
            int start = from >> shift & 0xff;
            int end = to >> shift & 0xff;
            rgb = rgb << 8 | (int) Math.round(start + share * (end - start));
        }
        return rgb;
    }
}
