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
package org.locallearning.djl.examples.hostile;

import java.util.ArrayList;
import java.util.List;

/** How many trials there were, and which did not end as they have to; for several threads. */
final class Tally {

    private static final int LISTED = 20;

    private final List<String> failures = new ArrayList<>();
    private int tried;
    private int passed;

    /** Counts one that ended as it has to. */
    void passed() {
        passed(1);
    }

    /** Counts some that ended as they have to. */
    synchronized void passed(int count) {
        tried += count;
        passed += count;
    }

    /**
     * Counts one that did not.
     *
     * @param what what was tried
     * @param why what came of it
     */
    synchronized void failed(String what, String why) {
        tried++;
        if (failures.size() < LISTED) {
            failures.add(what + ": " + why);
        }
    }

    /** Counts one that has to end in one clear sentence. */
    void refused(String what, String message) {
        if (Sentence.isOne(message)) {
            passed();
        } else {
            failed(what, "no clear sentence, but " + message);
        }
    }

    synchronized int getTried() {
        return tried;
    }

    synchronized int getPassed() {
        return passed;
    }

    /** Returns the first ones that did not end as they have to. */
    synchronized List<String> getFailures() {
        return List.copyOf(failures);
    }
}
