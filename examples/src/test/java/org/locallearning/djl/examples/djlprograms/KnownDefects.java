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
package org.locallearning.djl.examples.djlprograms;

import java.util.List;
import java.util.Optional;
import org.locallearning.djl.examples.method.Method;

/**
 * The cells of the table that are known to be wrong, with the reason. The test wants each to be
 * wrong still, in that way, so that who mends one takes it out of here.
 */
final class KnownDefects {

    private static final List<Defect> ALL = List.of();

    private KnownDefects() {}

    /** Finds the defect that a cell is known to have. */
    static Optional<Defect> of(Program program, Method method) {
        return ALL.stream()
                .filter(defect -> defect.program.equals(program.getClass()))
                .filter(defect -> defect.methods.contains(method.name()))
                .findFirst();
    }

    /**
     * A defect.
     *
     * @param program the program's class
     * @param methods the names of the methods that have it
     * @param sign how the verdict's reason begins
     * @param cause why it is so
     */
    record Defect(
            Class<? extends Program> program, List<String> methods, String sign, String cause) {}
}
