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
package org.locallearning.djl.examples.sweep;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a sweep tries.
 *
 * @param settings the settings of every subject, in the order of the grid
 * @param seeds the seeds
 * @param epochs the epochs of a trial that is not left behind
 * @param validated whether images are held out, by which settings are chosen
 * @param halving how most of the settings are left behind, or null for the whole grid
 */
record SweepPlan(
        Map<Trial.Subject, List<Map<SweptOption, String>>> settings,
        List<Integer> seeds,
        int epochs,
        boolean validated,
        Halving halving) {

    SweepPlan {
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        seeds = List.copyOf(seeds);
    }

    /** Returns all trials of some settings, seed by seed, so that every setting is soon seen. */
    List<Trial> trials(Map<Trial.Subject, List<Map<SweptOption, String>>> some) {
        List<Trial> trials = new ArrayList<>();
        for (int seed : seeds) {
            some.forEach(
                    (subject, each) ->
                            each.forEach(setting -> trials.add(new Trial(subject, setting, seed))));
        }
        return trials;
    }

    List<Trial> trials() {
        return trials(settings);
    }

    /** Returns after which epochs settings are compared, in order. */
    List<Integer> rungs() {
        return halving == null ? List.of(epochs) : halving.epochs();
    }

    /** Returns how many settings of a subject train up to a rung. */
    int settings(Trial.Subject subject, int rung) {
        int all = settings.get(subject).size();
        return halving == null ? all : halving.settings(all, rung);
    }

    /** Returns how many epochs all trials train together after an epoch, if none fails. */
    long workAfter(int epoch) {
        long work = 0;
        for (Trial.Subject subject : settings.keySet()) {
            int before = epoch;
            for (int rung = 0; rung < rungs().size(); rung++) {
                int upTo = rungs().get(rung);
                if (upTo > before) {
                    work += (long) settings(subject, rung) * (upTo - before);
                    before = upTo;
                }
            }
        }
        return work * seeds.size();
    }
}
