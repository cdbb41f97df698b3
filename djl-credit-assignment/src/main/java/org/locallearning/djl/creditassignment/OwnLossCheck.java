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
package org.locallearning.djl.creditassignment;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import java.util.Optional;
import org.locallearning.djl.creditassignment.internal.Autograd;
import org.locallearning.djl.creditassignment.tape.Tape;
import org.locallearning.djl.decorrelation.internal.HostNumber;
import org.locallearning.djl.decorrelation.internal.HostValues;

/**
 * Checks that the errors of forwards are those of the rule's loss, for rules that learn from a loss
 * instead of the errors passed to them. A loop may give {@code backward} another loss in any batch:
 * a penalty that sets in later, labels that are mixed now and then.
 *
 * <p>Cost: one more evaluation of the loss for each forward, and its gradient. After the first
 * batch the host reads what comes of it together with the numbers of the rule.
 */
final class OwnLossCheck {

    /** How far two evaluations of one gradient may be apart, relative to its length. */
    private static final double ROUNDING = 1e-3;

    /** The same relative to the longest read so far: rounding is a part of it if errors vanish. */
    private static final double ROUNDING_OF_LONGEST = 1e-5;

    private final CreditTrainer trainer;
    private boolean passed;
    private double longest;

    /**
     * Creates a check.
     *
     * @param trainer the trainer
     */
    OwnLossCheck(CreditTrainer trainer) {
        this.trainer = trainer;
    }

    /** Returns whether a forward was found to be of the rule's loss. */
    boolean hasPassed() {
        return passed;
    }

    /**
     * Refuses errors that are of another loss: at once where none have passed yet or the loss
     * depends on several forwards, and otherwise when the rule checks its numbers.
     *
     * @param tape the tape of the forward
     * @param errors the gradient of the loss of the loop with respect to each prediction
     * @param own the loss that the rule learns from
     * @param alone whether the loss of the loop depends on no other forward
     * @throws IllegalStateException if they are
     */
    void check(Tape tape, NDList errors, OwnLoss own, boolean alone) {
        try (NDManager scope = tape.getManager().newSubManager()) {
            Optional<NDList> gradient = gradient(tape, own, scope);
            if (gradient.isEmpty()) {
                return;
            }
            NDArray found = compare(gradient.get(), errors, scope);
            if (passed && alone) {
                tape.expect(found, numbers -> checkLater(own, numbers));
            } else if (isWithinRounding(HostValues.numbers(found))) {
                passed = true;
            } else {
                checkRepeats(tape, own, gradient.get(), scope);
                throw anotherLoss(own);
            }
        }
    }

    /** Tells a loss that draws random numbers from another loss. */
    private void checkRepeats(Tape tape, OwnLoss own, NDList gradient, NDManager scope) {
        NDList again = gradient(tape, own, scope).orElseThrow();
        double[] numbers = HostValues.numbers(compare(again, gradient, scope));
        if (Double.isFinite(numbers[0]) && !isWithinRounding(numbers)) {
            throw new IllegalStateException(
                    String.format(
                            "%s learns from %s, which gives another gradient each time that it is"
                                    + " evaluated; draw its random numbers in the data set, or take"
                                    + " a rule that learns from the error of any loss, such as"
                                    + " FeedbackAlignment.",
                            trainer.getRule().getClass().getSimpleName(), own.description()));
        }
    }

    private void checkLater(OwnLoss own, double[] numbers) {
        // what is not finite is an error of its own
        if (Double.isFinite(numbers[0]) && !isWithinRounding(numbers)) {
            throw anotherLoss(own);
        }
    }

    private boolean isWithinRounding(double[] numbers) {
        boolean within = !Double.isNaN(numbers[2]);
        if (within) {
            longest = Math.max(longest, Math.sqrt(numbers[1]));
        }
        return within;
    }

    private IllegalStateException anotherLoss(OwnLoss own) {
        return new IllegalStateException(
                String.format(
                        "%s learns from %s of the predictions and labels of one forward, but"
                                + " backward was given another loss; give backward that one, or"
                                + " the rule the other, or take a rule that learns from the error"
                                + " of any loss, such as FeedbackAlignment.",
                        trainer.getRule().getClass().getSimpleName(), own.description()));
    }

    /**
     * Returns the gradient at each prediction, empty if the loss fails since labels are missing, or
     * was given to the rule and has no gradient to compare, such as an error rate.
     */
    private static Optional<NDList> gradient(Tape tape, OwnLoss own, NDManager scope) {
        // a penalty makes its arrays with the manager of the weights
        try (NDScope made = new NDScope()) {
            made.suppressNotUsedWarning();
            Optional<NDList> gradient = evaluate(tape, own, scope);
            gradient.ifPresent(NDScope::unregister);
            return gradient;
        }
    }

    private static Optional<NDList> evaluate(Tape tape, OwnLoss own, NDManager scope) {
        NDList leaves = new NDList(tape.getPredictions().size());
        tape.getPredictions().forEach(each -> leaves.add(Autograd.leaf(each, scope)));
        NDList labels = Autograd.copies(tape.getLabels().orElseGet(NDList::new), scope);
        NDArray value;
        try {
            value = own.function().apply(labels, Autograd.copies(leaves, scope));
        } catch (RuntimeException e) {
            if (tape.getLabels().isPresent()) {
                throw e;
            }
            // the rule says itself what it misses
            return Optional.empty();
        }
        value.attach(scope);
        boolean differentiable = Autograd.isDifferentiable(value);
        if (!differentiable && own.given()) {
            return Optional.empty();
        }
        NDArray ones = value.onesLike();
        NDList gradient = new NDList(leaves.size());
        for (NDArray leaf : leaves) {
            // not that of parameters, which a penalty in the loss gives a gradient
            gradient.add(
                    differentiable && leaf.hasGradient()
                            ? Autograd.gradient(value, ones, leaf)
                            : leaf.zerosLike());
        }
        gradient.attach(scope);
        return Optional.of(gradient);
    }

    /**
     * Returns the squared distance of a gradient to the errors, their squared length, and the root
     * of what is left to the largest squared distance that is rounding: NaN where it is more. The
     * device finds that out itself, so that it is still known where a later batch is checked.
     */
    private NDArray compare(NDList gradient, NDList errors, NDManager scope) {
        NDArray distance = null;
        NDArray length = null;
        for (int i = 0; i < gradient.size(); i++) {
            NDArray error = wide(errors.get(i), scope);
            NDArray difference = wide(gradient.get(i), scope).sub(error).square().sum();
            NDArray square = error.square().sum();
            distance = distance == null ? difference : distance.add(difference);
            length = length == null ? square : length.add(square);
        }
        NDArray largest =
                HostNumber.maximum(
                        HostNumber.mul(length, ROUNDING * ROUNDING),
                        Math.pow(ROUNDING_OF_LONGEST * longest, 2));
        return NDArrays.stack(new NDList(distance, length, largest.sub(distance).sqrt()));
    }

    private static NDArray wide(NDArray array, NDManager scope) {
        return Autograd.detach(array, scope).toType(DataType.FLOAT64, false);
    }
}
