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
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.training.loss.Loss;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import org.locallearning.djl.creditassignment.internal.Autograd;
import org.locallearning.djl.creditassignment.tape.Tape;
import org.locallearning.djl.decorrelation.internal.HostValues;

/**
 * Whether the errors of a forward are those of the loss that a rule learns from, where it learns
 * from a loss and not from the errors that it is given.
 */
final class OwnLossCheck {

    /** How far two evaluations of one gradient may be apart, relative to its length. */
    private static final double ROUNDING = 1e-3;

    private final CreditTrainer trainer;
    private final Tape tape;
    private final NDList errors;

    /**
     * Creates a check.
     *
     * @param trainer the trainer
     * @param tape the tape of the forward
     * @param errors the gradient of the loss of the loop with respect to each prediction
     */
    OwnLossCheck(CreditTrainer trainer, Tape tape, NDList errors) {
        this.trainer = trainer;
        this.tape = tape;
        this.errors = errors;
    }

    /**
     * Refuses errors that are of another loss.
     *
     * @param own the loss that the rule learns from; what it makes of the trainer's loss need not
     *     have the same gradient with respect to predictions that nothing learns from, such as
     *     weights of samples
     * @throws IllegalStateException if they are
     */
    void check(BiFunction<NDList, NDList, NDArray> own) {
        Loss loss = trainer.getLoss();
        boolean evaluated = false;
        try (NDManager scope = tape.getManager().newSubManager()) {
            List<BiFunction<NDList, NDList, NDArray>> candidates = List.of(loss::evaluate, own);
            for (BiFunction<NDList, NDList, NDArray> candidate : candidates) {
                Optional<NDList> gradient = gradient(candidate, scope);
                if (gradient.isPresent() && isErrors(gradient.get(), scope)) {
                    return;
                }
                evaluated |= gradient.isPresent();
            }
        }
        if (evaluated) {
            throw new IllegalStateException(
                    String.format(
                            "%s learns from the trainer's own loss (%s) of the predictions and"
                                    + " labels of one forward, but backward was given another; make"
                                    + " it the loss of the configuration, or take a rule that"
                                    + " learns from the error of any loss, such as"
                                    + " FeedbackAlignment.",
                            trainer.getRule().getClass().getSimpleName(), loss.getName()));
        }
    }

    /**
     * Returns the gradient at each prediction, empty if the loss fails since labels are missing.
     */
    private Optional<NDList> gradient(BiFunction<NDList, NDList, NDArray> loss, NDManager scope) {
        NDList leaves = new NDList(tape.getPredictions().size());
        tape.getPredictions().forEach(each -> leaves.add(Autograd.leaf(each, scope)));
        NDList labels = Autograd.copies(tape.getLabels().orElseGet(NDList::new), scope);
        NDArray value;
        try {
            value = loss.apply(labels, Autograd.copies(leaves, scope));
        } catch (RuntimeException e) {
            if (tape.getLabels().isPresent()) {
                throw e;
            }
            // the rule says itself what it misses
            return Optional.empty();
        }
        value.attach(scope);
        boolean differentiable = Autograd.isDifferentiable(value);
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

    private boolean isErrors(NDList gradient, NDManager scope) {
        double distance = 0;
        double length = 0;
        for (int i = 0; i < gradient.size(); i++) {
            distance += squaredLength(gradient.get(i).sub(errors.get(i)), scope);
            length += squaredLength(errors.get(i), scope);
        }
        return distance <= ROUNDING * ROUNDING * length;
    }

    private static double squaredLength(NDArray array, NDManager scope) {
        NDArray alias = Autograd.detach(array, scope);
        return HostValues.number(alias.toType(DataType.FLOAT64, false).square().sum());
    }
}
