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
import java.util.List;
import java.util.Locale;

/** The colours of curves, chosen to stay apart for readers who do not tell red from green. */
final class Palette {

    /** Blue, orange, green, purple, sky, brown, pink, grey, olive. */
    private static final List<Integer> METHODS =
            List.of(
                    0x1f6fb4, 0xd95f02, 0x1b9e77, 0x8457b0, 0x3aa6d8, 0x9a6324, 0xd0408f, 0x6b7280,
                    0x9aa11f);

    /** The same hues for a dark page. */
    private static final List<Integer> METHODS_ON_DARK =
            List.of(
                    0x5aa9e6, 0xff9147, 0x3fc99b, 0xb491e0, 0x7fd0f5, 0xcf9a5c, 0xf57ab8, 0xa3adba,
                    0xd0d65a);

    private Palette() {}

    /** Returns the colour of a method by its place, as a Java colour. */
    static Color colour(int index) {
        return new Color(METHODS.get(index % METHODS.size()));
    }

    /** Returns the colour of a method by its place, as the page's style sheet names it. */
    static String methodColour(int index) {
        return "var(--m" + index % METHODS.size() + ")";
    }

    /** Returns the colour of a layer: a ramp from the first to the last one. */
    static String layerColour(int index, int layers) {
        double share = layers < 2 ? 0 : (double) index / (layers - 1);
        return String.format(
                Locale.ROOT, "hsl(%.0f 72%% var(--layer-lightness))", 205 + 145 * share);
    }

    /** Returns the style sheet's definitions of the methods' colours. */
    static String styleSheet() {
        return definitions(METHODS);
    }

    /** Returns the definitions for a dark page. */
    static String darkStyleSheet() {
        return definitions(METHODS_ON_DARK);
    }

    private static String definitions(List<Integer> colours) {
        StringBuilder css = new StringBuilder();
        for (int i = 0; i < colours.size(); ++i) {
            css.append(String.format(Locale.ROOT, "--m%d:#%06x;", i, colours.get(i)));
        }
        return css.toString();
    }
}
