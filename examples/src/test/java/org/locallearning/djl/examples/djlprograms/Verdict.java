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

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.locallearning.djl.creditassignment.NonFiniteLossException;
import org.locallearning.djl.examples.method.Method;

/**
 * What is to be said of a program under a method.
 *
 * @param kind whether it trains, is refused, or neither
 * @param reason the refusal's sentence, or what is wrong; empty if it trains
 */
record Verdict(Kind kind, String reason) {

    /** The method that has to do what the stock trainer does. */
    private static final String BACKPROPAGATION = "bp-tape";

    /** Predictive coding of one piece is at 5e-4, mirrors of a weight that come near it at 0.03. */
    private static final double SAME_DIRECTION = 0.01;

    private static final String OWN = "org.locallearning.djl.";

    enum Kind {
        TRAINS,
        REFUSED,
        WRONG
    }

    /**
     * Judges a run.
     *
     * @param method the method
     * @param outcome the run
     * @param stock the same program with DJL's own trainer
     * @param trainersLossAlone the run by the method of the program that differs in what it adds to
     *     the trainer's loss, if it adds something
     */
    static Verdict of(
            Method method, Outcome outcome, Outcome stock, Optional<Outcome> trainersLossAlone) {
        if (outcome.failure().isPresent()) {
            return ofFailure(outcome.failure().get());
        }
        if (outcome.losses().stream().anyMatch(loss -> !Float.isFinite(loss))) {
            return wrong("the loss is not finite: " + outcome.losses());
        }
        List<String> left = without(stock.moved(), outcome.moved());
        if (!left.isEmpty()) {
            return wrong("does not train " + String.join(", ", left));
        }
        List<String> once = without(stock.movedAgain(), outcome.movedAgain());
        if (!once.isEmpty()) {
            return wrong("has only one step for " + String.join(", ", once));
        }
        List<String> unasked = without(outcome.clearlyMoved(), stock.moved());
        if (!unasked.isEmpty()) {
            return wrong("trains what is frozen or has no error: " + String.join(", ", unasked));
        }
        List<String> statistics = outcome.statisticsUnlike(stock);
        if (!statistics.isEmpty()) {
            return wrong("has other running statistics: " + String.join(", ", statistics));
        }
        if (method.name().equals(BACKPROPAGATION)) {
            return ofBackpropagation(outcome, stock);
        }
        if (outcome.firstStepDistanceToMultipleOf(stock) < SAME_DIRECTION) {
            return wrong("is backpropagation by another name");
        }
        if (trainersLossAlone.filter(outcome::isSameAs).isPresent()) {
            return wrong("trains with the trainer's loss and not with the one differentiated");
        }
        return new Verdict(Kind.TRAINS, "");
    }

    private static List<String> without(List<String> paths, List<String> others) {
        List<String> rest = new ArrayList<>(paths);
        rest.removeAll(others);
        return rest;
    }

    private static Verdict ofBackpropagation(Outcome outcome, Outcome stock) {
        double parameters = outcome.parameterDistanceTo(stock);
        double changes = outcome.changeDistanceTo(stock);
        return parameters > 1e-5 || changes > 1e-4
                ? wrong(
                        String.format(
                                "is not backpropagation: parameters differ by %.1e, steps by %.1e",
                                parameters, changes))
                : new Verdict(Kind.TRAINS, "");
    }

    /** A refusal is a sentence of this project's, not what an engine or a list happened to say. */
    private static Verdict ofFailure(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        return isChosen(failure) && isOwn(failure) && isSentence(message) && !repeats(failure)
                ? new Verdict(Kind.REFUSED, message)
                : wrong("throws " + failure.getClass().getSimpleName() + ": " + firstLine(message));
    }

    private static boolean isChosen(Throwable failure) {
        return !(failure instanceof NonFiniteLossException)
                && (failure instanceof IllegalArgumentException
                        || failure instanceof IllegalStateException
                        || failure instanceof UnsupportedOperationException);
    }

    private static boolean isOwn(Throwable failure) {
        return Stream.of(failure.getStackTrace())
                .findFirst()
                .map(StackTraceElement::getClassName)
                .filter(name -> name.startsWith(OWN))
                .filter(name -> !name.startsWith(Verdict.class.getPackageName()))
                .isPresent();
    }

    private static boolean isSentence(String message) {
        return message.endsWith(".") && message.split("\\s+").length > 5;
    }

    private static boolean repeats(Throwable failure) {
        return Stream.iterate(failure.getCause(), Objects::nonNull, Throwable::getCause)
                .map(cause -> firstLine(String.valueOf(cause.getMessage())))
                .anyMatch(cause -> !cause.isEmpty() && failure.getMessage().contains(cause));
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse("");
    }

    private static Verdict wrong(String reason) {
        return new Verdict(Kind.WRONG, reason);
    }
}
