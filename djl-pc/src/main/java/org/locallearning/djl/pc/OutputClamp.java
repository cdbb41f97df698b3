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
package org.locallearning.djl.pc;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.loss.HingeLoss;
import ai.djl.training.loss.L1Loss;
import ai.djl.training.loss.L2Loss;
import ai.djl.training.loss.Loss;
import ai.djl.training.loss.QuantileL1Loss;
import ai.djl.training.loss.SigmoidBinaryCrossEntropyLoss;
import ai.djl.training.loss.SoftmaxCrossEntropyLoss;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.locallearning.djl.creditassignment.internal.Autograd;
import org.locallearning.djl.creditassignment.tape.Tape;
import org.locallearning.djl.decorrelation.internal.HostNumber;
import org.locallearning.djl.decorrelation.internal.PrivateFields;

/**
 * What pulls the output of a batch to its labels.
 *
 * <p>A soft clamp sets the output node to {@code ĥ_L = β/(1+β) y + 1/(1+β) σ(p_L)}, so that its
 * error is {@code e_L = ĥ_L − σ(p_L) = c (y − σ(p_L))} with {@code c = β/(1+β)}; it is set again
 * whenever the prediction {@code p_L} changes. For softmax cross-entropy, sigmoid cross-entropy and
 * L2 (where σ is the identity), {@code y − σ(p_L)} is the negative gradient of the loss as a sum
 * over samples and units, and that is what stands here for any loss.
 */
final class OutputClamp {

    /** Losses that are a mean over units as well as over samples. */
    private static final Set<Class<? extends Loss>> MEANS_OVER_UNITS =
            Set.of(
                    L1Loss.class,
                    L2Loss.class,
                    HingeLoss.class,
                    QuantileL1Loss.class,
                    SigmoidBinaryCrossEntropyLoss.class);

    private static final double ROUNDING = 1e-3;

    private final Loss loss;
    private final double strength;
    private final NDList labels;
    private final NDManager scope;
    private NDArray energy;

    /**
     * Creates the clamp of one batch.
     *
     * @param loss the loss
     * @param strength c
     * @param labels the labels
     * @param scope the manager of the batch's arrays
     */
    OutputClamp(Loss loss, double strength, NDList labels, NDManager scope) {
        this.loss = loss;
        this.strength = strength;
        this.labels = labels;
        this.scope = scope;
    }

    /**
     * Returns {@code e_L} at each prediction.
     *
     * @param predictions the predictions, without history
     * @return the errors
     */
    NDList errors(NDList predictions) {
        try (NDScope temporary = new NDScope()) {
            temporary.suppressNotUsedWarning();
            NDList leaves = new NDList(predictions.size());
            for (NDArray prediction : predictions) {
                leaves.add(Autograd.leaf(prediction, scope));
            }
            // a loss may change what it gets in place
            NDArray value =
                    loss.evaluate(Autograd.copies(labels, scope), Autograd.copies(leaves, scope));
            if (!Autograd.isDifferentiable(value)) {
                throw new IllegalArgumentException(
                        String.format(
                                "The output cannot be clamped by the loss %s, which has no gradient"
                                        + " with respect to the predictions; use a differentiable"
                                        + " loss.",
                                loss.getName()));
            }
            double terms = terms(predictions);
            NDList errors = new NDList(leaves.size());
            for (NDArray leaf : leaves) {
                NDArray error =
                        leaf.hasGradient()
                                ? HostNumber.multiply(
                                        Autograd.gradient(value, value.onesLike(), leaf),
                                        -strength * terms)
                                : leaf.zerosLike();
                error.attach(scope);
                NDScope.unregister(error);
                errors.add(error);
            }
            double samples = predictions.head().getShape().get(0);
            energy = HostNumber.times(Autograd.detach(value, scope), strength * terms / samples);
            energy.attach(scope);
            NDScope.unregister(energy);
            return errors;
        }
    }

    /** Returns the energy of the output at the predictions of the last call, of shape (). */
    NDArray energy() {
        return energy;
    }

    /** How many terms the loss is a mean of. */
    private double terms(NDList predictions) {
        Shape shape = predictions.head().getShape();
        if (MEANS_OVER_UNITS.contains(loss.getClass())) {
            return shape.size();
        }
        if (loss instanceof SoftmaxCrossEntropyLoss) {
            return isSparse(predictions)
                    ? labels.head().size()
                    : (double) shape.size() / shape.get(classAxis(shape));
        }
        return shape.get(0);
    }

    /** The axis of predictions that a softmax runs over, which DJL's loss does not tell. */
    private int classAxis(Shape predictions) {
        Object axis = PrivateFields.read(SoftmaxCrossEntropyLoss.class, loss, "classAxis");
        return Math.floorMod((int) axis, predictions.dimension());
    }

    private boolean isSparse(NDList predictions) {
        return labels.head().size() != predictions.head().size();
    }

    /**
     * Expects of the labels that the output can be what they say. The tape throws an {@code
     * IllegalArgumentException} if it cannot.
     *
     * @param tape the tape of the batch, which reads what decides on it
     */
    void expectLabels(Tape tape) {
        NDList predictions = tape.getPredictions();
        if (loss instanceof SigmoidBinaryCrossEntropyLoss) {
            expectRange(tape, "A sigmoid", 0, 1);
        } else if (loss instanceof SoftmaxCrossEntropyLoss) {
            if (isSparse(predictions)) {
                expectClasses(tape);
            } else {
                expectRange(tape, "A softmax", 0, 1);
                expectSums(tape, predictions.head().getShape());
            }
        }
    }

    private void expectRange(Tape tape, String output, double least, double largest) {
        expect(
                tape,
                given -> new NDList(given.min(), given.max()),
                found -> {
                    if (!(found[0] >= least && found[1] <= largest)) {
                        throw new IllegalArgumentException(
                                String.format(
                                        "%s puts out numbers from %s to %s, but the labels are from"
                                                + " %s to %s; scale them.",
                                        output, least, largest, found[0], found[1]));
                    }
                });
    }

    private void expectClasses(Tape tape) {
        expect(
                tape,
                given -> new NDList(given.min(), given.sub(given.round()).abs().max()),
                found -> {
                    if (!(found[0] >= 0 && found[1] == 0)) {
                        throw new IllegalArgumentException(
                                "A softmax takes the number of a class from 0, or one probability"
                                        + " per class, as label; the labels have other values.");
                    }
                });
    }

    private void expectSums(Tape tape, Shape predictions) {
        int[] axis = {classAxis(predictions)};
        expect(
                tape,
                given -> {
                    NDArray sums = given.reshape(predictions).sum(axis);
                    return new NDList(HostNumber.plus(sums, -1).abs().max());
                },
                found -> {
                    if (!(found[0] < ROUNDING)) {
                        throw new IllegalArgumentException(
                                String.format(
                                        "A softmax puts out probabilities that sum to 1, but the"
                                                + " labels of a sample miss that by %s; divide them"
                                                + " by their sum.",
                                        found[0]));
                    }
                });
    }

    private void expect(Tape tape, Function<NDArray, NDList> numbers, Consumer<double[]> check) {
        try (NDManager scope = tape.getManager().newSubManager()) {
            NDArray given = Autograd.detach(labels.head(), scope).toType(DataType.FLOAT64, false);
            NDList found = numbers.apply(given);
            tape.expect(NDArrays.stack(found), check);
        }
    }
}
