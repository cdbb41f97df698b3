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
package org.locallearning.djl.pc;

import ai.djl.MalformedModelException;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.locallearning.djl.creditassignment.optimizer.ParameterNames;
import org.locallearning.djl.state.StateReader;
import org.locallearning.djl.state.StateWriter;

/**
 * What a {@link RunningMagnitude} goes on from in another run.
 *
 * @param average the running mean, if there was a gradient or an initial value
 * @param updates the number of means that were folded in
 * @param sum the sum of what has arrived since
 * @param entries the number of entries in it
 * @param arrived the parameters it is of: ids in memory, names in a file
 */
record SavedMagnitude(
        OptionalDouble average, long updates, double sum, long entries, Set<String> arrived) {

    private static final String AVERAGE = "average/";
    private static final String UPDATES = "updates/";
    private static final String SUM = "sum/";
    private static final String ENTRIES = "entries/";
    private static final String ARRIVED = "arrived/";

    /** Writes this, of a matrix with the given first parameter. */
    void write(StateWriter out, String first, ParameterNames names) throws IOException {
        out.putLong(UPDATES + first, updates);
        if (average.isPresent()) {
            out.putDouble(AVERAGE + first, average.getAsDouble());
        }
        if (!arrived.isEmpty()) {
            out.putDouble(SUM + first, sum);
            out.putLong(ENTRIES + first, entries);
            String all =
                    arrived.stream()
                            .map(id -> names.nameOf(id).orElseThrow())
                            .sorted()
                            .collect(Collectors.joining("\n"));
            out.putText(ARRIVED + first, all);
        }
    }

    /** Reads all that were written, by the name of the first parameter. */
    static Map<String, SavedMagnitude> read(StateReader in, ParameterNames names)
            throws MalformedModelException {
        Map<String, SavedMagnitude> magnitudes = new LinkedHashMap<>();
        Set<String> used = new HashSet<>();
        for (String name : in.getNames()) {
            if (name.startsWith(UPDATES)) {
                String first = name.substring(UPDATES.length());
                checkKnown(first, names);
                magnitudes.put(first, read(in, first, names, used));
            }
        }
        in.checkNames(used);
        return magnitudes;
    }

    private static SavedMagnitude read(
            StateReader in, String first, ParameterNames names, Set<String> used)
            throws MalformedModelException {
        long updates = in.getLong(UPDATES + first);
        used.add(UPDATES + first);
        OptionalDouble average = OptionalDouble.empty();
        if (in.getNames().contains(AVERAGE + first)) {
            average = OptionalDouble.of(in.getDouble(AVERAGE + first));
            used.add(AVERAGE + first);
        }
        double sum = 0;
        long entries = 0;
        Set<String> arrived = new TreeSet<>();
        if (in.getNames().contains(ARRIVED + first)) {
            sum = in.getDouble(SUM + first);
            entries = in.getLong(ENTRIES + first);
            arrived.addAll(Arrays.asList(in.getText(ARRIVED + first).split("\n")));
            for (String name : arrived) {
                checkKnown(name, names);
            }
            used.addAll(Set.of(SUM + first, ENTRIES + first, ARRIVED + first));
        }
        double least = Math.min(average.orElse(0), sum);
        if (updates < 0 || entries < 0 || !(least >= 0)) {
            throw new MalformedModelException(
                    "it holds a running mean of " + first + " that no gradients can have.");
        }
        return new SavedMagnitude(average, updates, sum, entries, arrived);
    }

    private static void checkKnown(String name, ParameterNames names)
            throws MalformedModelException {
        // those of a rule are made when it takes over its own state
        if (!name.startsWith(ParameterNames.RULE) && names.find(name).isEmpty()) {
            throw new MalformedModelException(
                    String.format(
                            "it holds a running mean of %s, which this model does not have; build"
                                    + " the model that it was saved with.",
                            name));
        }
    }

    /** Returns this with ids in the place of names. */
    SavedMagnitude by(ParameterNames names) {
        Set<String> ids =
                arrived.stream()
                        .flatMap(name -> names.find(name).stream())
                        .map(parameter -> parameter.getId())
                        .collect(Collectors.toSet());
        return new SavedMagnitude(average, updates, sum, entries, ids);
    }
}
