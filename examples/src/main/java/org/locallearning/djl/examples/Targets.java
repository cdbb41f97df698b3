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
package org.locallearning.djl.examples;

import java.util.List;
import java.util.stream.Stream;
import org.locallearning.djl.examples.reproduce.Target;
import org.locallearning.djl.examples.reproduce.ahmad.AhmadTargets;
import org.locallearning.djl.examples.reproduce.alonso.AlonsoTargets;
import org.locallearning.djl.examples.reproduce.lillicrap.LillicrapTargets;
import org.locallearning.djl.examples.reproduce.millea.MilleaTargets;
import org.locallearning.djl.examples.reproduce.ororbia.OrorbiaTargets;

/** The table of papers: a new target is one class and one entry in the list of its paper. */
public final class Targets {

    /** Every target, paper by paper. */
    public static final List<Target> ALL =
            Stream.of(
                            AhmadTargets.ALL,
                            LillicrapTargets.ALL,
                            OrorbiaTargets.ALL,
                            AlonsoTargets.ALL,
                            MilleaTargets.ALL)
                    .flatMap(List::stream)
                    .toList();

    private Targets() {}
}
