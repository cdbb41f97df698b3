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
package org.locallearning.djl.examples.results;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.locallearning.djl.examples.environment.Build;
import org.locallearning.djl.examples.environment.Machine;

/**
 * What made a figure.
 *
 * @param target the name of the figure on the command line
 * @param paper where the figure is printed
 * @param commandLine the arguments of the program
 * @param started when it was started last, ISO 8601 in UTC; runs may be of an earlier start
 * @param seeds the seeds, empty where nothing is drawn
 * @param build the build of the program
 * @param machine the machine
 * @param stored what made the runs that an earlier start had kept, as far as that is another build
 *     or machine; null for none
 */
public record Provenance(
        String target,
        String paper,
        String commandLine,
        String started,
        List<Integer> seeds,
        Build build,
        Machine machine,
        List<Origin> stored) {

    /**
     * What made some of the runs.
     *
     * @param runs how many runs
     * @param build the build of the program
     * @param machine the machine
     */
    public record Origin(int runs, Build build, Machine machine) {}

    /**
     * What made a run.
     *
     * @param build the build of the program
     * @param machine the machine
     */
    public record Maker(Build build, Machine machine) {}

    /**
     * Counts the runs of each build and machine.
     *
     * @param makers what made each run
     * @return build and machine with the number of runs, in the order of their first
     */
    public static List<Origin> origins(Collection<Maker> makers) {
        Map<Maker, Integer> runs = new LinkedHashMap<>();
        makers.forEach(each -> runs.merge(each, 1, Integer::sum));
        return runs.entrySet().stream()
                .map(
                        each ->
                                new Origin(
                                        each.getValue(),
                                        each.getKey().build(),
                                        each.getKey().machine()))
                .toList();
    }

    /**
     * Returns what made the runs that an earlier start had kept, as far as it is another.
     *
     * @return build and machine with the number of runs, empty for none
     */
    public List<Origin> origins() {
        return stored == null ? List.of() : stored;
    }
}
