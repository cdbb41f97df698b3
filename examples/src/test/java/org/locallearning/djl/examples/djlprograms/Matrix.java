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

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.method.Methods;

/** The verdicts of programs under methods; each run is made once, when it is first asked for. */
final class Matrix {

    private record Cell(String program, String method) {}

    private final Map<String, Outcome> stock = new HashMap<>();
    private final Map<Cell, Verdict> verdicts = new HashMap<>();

    /** Returns what a program does with DJL's own trainer. */
    Outcome stock(Program program) {
        return stock.computeIfAbsent(
                program.title(), title -> Run.of(program, Methods.named(Methods.BASELINE)));
    }

    /** Returns the verdict of a program under a method. */
    Verdict verdict(Program program, Method method) {
        return verdicts.computeIfAbsent(
                new Cell(program.title(), method.name()), cell -> judge(program, method));
    }

    private Verdict judge(Program program, Method method) {
        Optional<Outcome> trainersLossAlone =
                program.withTheTrainersLossAlone().map(other -> Run.of(other, method));
        return Verdict.of(method, Run.of(program, method), stock(program), trainersLossAlone);
    }
}
