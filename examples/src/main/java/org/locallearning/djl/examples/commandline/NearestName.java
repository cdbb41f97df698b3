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
package org.locallearning.djl.examples.commandline;

import java.util.Collection;
import java.util.Optional;

/** Which of many names was meant by one that is not among them. */
public final class NearestName {

    private NearestName() {}

    /**
     * Says what to give in place of a name that is not among some.
     *
     * @param given the name
     * @param names the names
     * @param all what comes before all names where none is near, such as {@code choose from}
     * @return the end of a sentence, without its full stop
     */
    public static String advice(String given, Collection<String> names, String all) {
        return of(given, names)
                .map(nearest -> "the nearest is '" + nearest + "'")
                .orElseGet(() -> all + " " + String.join(", ", names));
    }

    /**
     * Finds the name that takes the fewest changes of single letters, of which no more than a third
     * of the letters may need one.
     *
     * @param given the name that is not among them, dashes before it left out of account
     * @param names the names
     * @return the nearest, the first of several
     */
    static Optional<String> of(String given, Collection<String> names) {
        String wanted = letters(given);
        int least = wanted.length() / 3 + 1;
        Optional<String> nearest = Optional.empty();
        for (String name : names) {
            int changes = changes(wanted, letters(name));
            if (changes < least) {
                least = changes;
                nearest = Optional.of(name);
            }
        }
        return nearest;
    }

    private static String letters(String name) {
        return name.replaceFirst("^-+", "");
    }

    /** The Levenshtein distance: letters to add, drop or replace. */
    private static int changes(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[to.length()];
    }
}
