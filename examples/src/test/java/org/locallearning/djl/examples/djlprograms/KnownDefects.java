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

    private static final List<String> SENDING_ERRORS =
            List.of("fa", "kp", "wm", "pbp", "dfa", "usf", "brsf", "frsf");
    private static final List<String> BACKPROPAGATION = List.of("bp-tape");
    private static final List<String> PERTURBING = List.of("np", "anp");
    private static final List<String> LOCAL = List.of("lra", "lra-e");
    private static final List<String> PREDICTIVE = List.of("il", "seqil", "ipc");

    private static final List<String> EVERY =
            all(List.of(BACKPROPAGATION, SENDING_ERRORS, PERTURBING, LOCAL, PREDICTIVE));

    private static final List<Defect> ALL =
            List.of(
                    new Defect(
                            TimeSeries.class,
                            all(
                                    List.of(
                                            BACKPROPAGATION,
                                            SENDING_ERRORS.stream()
                                                    .filter(method -> !method.equals("dfa"))
                                                    .toList())),
                            "throws IllegalArgumentException: NegativeBinomial's args",
                            "predictions lose their names where the tape cuts them"),
                    new Defect(
                            InPlaceOperations.class,
                            EVERY,
                            "throws IllegalArgumentException: Layer 02LambdaBlock",
                            "an array that the tape has cut cannot be changed in place"),
                    new Defect(
                            EngineCollector.class,
                            EVERY,
                            "has only one step for ",
                            "the engine's collector leaves the tape unused, and step() does not"
                                    + " ask"),
                    new Defect(
                            SiameseNetwork.class,
                            all(List.of(BACKPROPAGATION, SENDING_ERRORS, LOCAL)),
                            "trains what is frozen or has no error: 03Linear_bias",
                            "the second forward closes the tape of the first"),
                    new Defect(
                            AdversarialNetworks.class,
                            all(List.of(BACKPROPAGATION, SENDING_ERRORS, LOCAL)),
                            "does not train 01Linear_weight",
                            "the tape of a trainer ends where the other's begins"),
                    new Defect(
                            Distillation.class,
                            all(List.of(PERTURBING, PREDICTIVE)),
                            "trains with the trainer's loss",
                            "the loss that is measured is the trainer's, unchecked against the one"
                                    + " that is differentiated"));

    private KnownDefects() {}

    private static List<String> all(List<List<String>> groups) {
        return groups.stream().flatMap(List::stream).toList();
    }

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
