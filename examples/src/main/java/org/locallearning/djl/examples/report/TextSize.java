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

import java.util.ArrayList;
import java.util.List;

/**
 * How much room text takes, estimated from its number of letters: pages are written where Java has
 * no fonts, and read with fonts that nobody knows here.
 */
final class TextSize {

    /** The mean width of a letter over the size of the font, as wide fonts have it. */
    private static final double LETTER = 0.58;

    private TextSize() {}

    static double width(String text, double fontSize) {
        return text.length() * LETTER * fontSize;
    }

    /** Breaks text into lines between words; a word that is too long gets a line of its own. */
    static List<String> wrap(String text, double fontSize, double width) {
        List<String> lines = new ArrayList<>();
        for (String word : text.split(" ")) {
            String last = lines.isEmpty() ? "" : lines.get(lines.size() - 1);
            String longer = last.isEmpty() ? word : last + " " + word;
            if (!lines.isEmpty() && width(longer, fontSize) <= width) {
                lines.set(lines.size() - 1, longer);
            } else {
                lines.add(word);
            }
        }
        return lines;
    }
}
