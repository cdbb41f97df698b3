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

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.locallearning.djl.examples.results.RunResult;

/** What a command ends with when some of its runs diverged. */
public final class DivergedRuns {

    private DivergedRuns() {}

    /**
     * Says on the error stream which runs diverged, in one sentence.
     *
     * @param all all runs, finished or diverged
     * @param err the error stream
     * @return the exit code
     */
    public static int exitCode(List<RunResult> all, PrintWriter err) {
        List<RunResult> diverged = all.stream().filter(RunResult::diverged).toList();
        if (diverged.isEmpty()) {
            return ExitCode.OK;
        }
        Map<String, String> seeds =
                diverged.stream()
                        .collect(
                                Collectors.groupingBy(
                                        RunResult::method,
                                        LinkedHashMap::new,
                                        Collectors.mapping(
                                                run -> String.valueOf(run.seed()),
                                                Collectors.joining(", "))));
        err.printf(
                Locale.ROOT,
                "Error: %d of %d runs diverged: %s; try a lower rate%s.%n",
                diverged.size(),
                all.size(),
                seeds.entrySet().stream()
                        .map(each -> each.getKey() + " with seed " + each.getValue())
                        .collect(Collectors.joining("; ")),
                diverged.size() < all.size() ? ", the results have the others" : "");
        err.flush();
        return ExitCode.DIVERGED;
    }
}
