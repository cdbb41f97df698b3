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

    private static final String ANOTHER_NAME = "is backpropagation by another name";

    private static final List<String> SENDING_ERRORS =
            List.of("fa", "kp", "wm", "pbp", "dfa", "usf", "brsf", "frsf");
    private static final List<String> LOCAL = List.of("lra", "lra-e");

    private static final List<Defect> ALL =
            List.of(
                    new Defect(
                            LstmDigits.class,
                            LOCAL,
                            ANOTHER_NAME,
                            "no weighted layer has learning below it, so every error is exact"),
                    new Defect(
                            SentimentAnalysis.class,
                            LOCAL,
                            ANOTHER_NAME,
                            "no weighted layer has learning below it, so every error is exact"),
                    new Defect(
                            TimeSeries.class,
                            SENDING_ERRORS,
                            ANOTHER_NAME,
                            "layers inside a hand-written block are backpropagated through"),
                    new Defect(
                            TimeSeries.class,
                            List.of("il", "seqil"),
                            ANOTHER_NAME,
                            "one stage alone infers nothing"),
                    new Defect(
                            ObjectDetection.class,
                            without(SENDING_ERRORS, "dfa"),
                            ANOTHER_NAME,
                            "layers inside a hand-written block are backpropagated through"),
                    new Defect(
                            ObjectDetection.class,
                            List.of("il", "seqil"),
                            ANOTHER_NAME,
                            "one stage alone infers nothing"),
                    new Defect(
                            HandWrittenBlock.class,
                            SENDING_ERRORS,
                            ANOTHER_NAME,
                            "layers inside a hand-written block are backpropagated through"),
                    new Defect(
                            HandWrittenBlock.class,
                            List.of("il", "seqil"),
                            ANOTHER_NAME,
                            "one stage alone infers nothing"),
                    new Defect(
                            BertPretraining.class,
                            SENDING_ERRORS,
                            ANOTHER_NAME,
                            "layers inside a hand-written block are backpropagated through"),
                    new Defect(
                            BertPretraining.class,
                            List.of("il", "seqil"),
                            ANOTHER_NAME,
                            "one stage alone infers nothing"),
                    new Defect(
                            Translation.class,
                            SENDING_ERRORS,
                            ANOTHER_NAME,
                            "layers inside a hand-written block are backpropagated through"),
                    new Defect(
                            Translation.class,
                            List.of("il", "seqil"),
                            ANOTHER_NAME,
                            "one stage alone infers nothing"),
                    new Defect(
                            TableClassifier.class,
                            SENDING_ERRORS,
                            ANOTHER_NAME,
                            "layers inside a hand-written block are backpropagated through"),
                    new Defect(
                            TableClassifier.class,
                            List.of("il", "seqil"),
                            ANOTHER_NAME,
                            "one stage alone infers nothing"));

    private KnownDefects() {}

    private static List<String> without(List<String> methods, String one) {
        return methods.stream().filter(method -> !method.equals(one)).toList();
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
