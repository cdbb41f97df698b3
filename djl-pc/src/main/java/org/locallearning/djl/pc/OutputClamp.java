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
import ai.djl.training.loss.IndexLoss;
import ai.djl.training.loss.L1Loss;
import ai.djl.training.loss.L2Loss;
import ai.djl.training.loss.Loss;
import ai.djl.training.loss.QuantileL1Loss;
import ai.djl.training.loss.SigmoidBinaryCrossEntropyLoss;
import ai.djl.training.loss.SimpleCompositeLoss;
import ai.djl.training.loss.SoftmaxCrossEntropyLoss;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.locallearning.djl.creditassignment.internal.Autograd;
import org.locallearning.djl.creditassignment.tape.Tape;
import org.locallearning.djl.decorrelation.internal.HostNumber;
import org.locallearning.djl.decorrelation.internal.HostValues;
import org.locallearning.djl.decorrelation.internal.PrivateFields;

/**
 * What pulls the output of a batch to its labels.
 *
 * <p>A soft clamp sets the output node to {@code ĥ_L = β/(1+β) y + 1/(1+β) σ(p_L)}, so that its
 * error is {@code e_L = ĥ_L − σ(p_L) = c (y − σ(p_L))} with {@code c = β/(1+β)}; it is set again
 * whenever the prediction {@code p_L} changes. For softmax cross-entropy, sigmoid cross-entropy and
 * L2 (where σ is the identity), {@code y − σ(p_L)} is the negative gradient of the loss as a sum
 * over samples and units, which is what any other loss uses too. Each part of a {@link
 * SimpleCompositeLoss}, and the loss inside an {@link IndexLoss}, counts as it would alone.
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
            NDList errors = new NDList(predictions.size());
            for (NDArray prediction : predictions) {
                leaves.add(Autograd.leaf(prediction, scope));
                errors.add(prediction.zerosLike());
            }
            energy = null;
            double samples = predictions.head().getShape().get(0);
            boolean differentiable = false;
            for (LossPart part : parts(loss, labels, leaves)) {
                NDArray value = part.evaluate(scope);
                double weight = strength * part.terms();
                if (Autograd.isDifferentiable(value)) {
                    differentiable = true;
                    pull(value, weight, leaves, errors);
                }
                NDArray share = HostNumber.mul(Autograd.detach(value, scope), weight / samples);
                energy = energy == null ? share : energy.add(share);
            }
            if (!differentiable) {
                throw new IllegalArgumentException(
                        String.format(
                                "The output cannot be clamped by the loss %s, which has no gradient"
                                        + " with respect to the predictions; use a differentiable"
                                        + " loss.",
                                loss.getName()));
            }
            errors.attach(scope);
            NDScope.unregister(errors);
            energy.attach(scope);
            NDScope.unregister(energy);
            return errors;
        }
    }

    /** Adds the negative gradient of a part of the loss to the errors. */
    private static void pull(NDArray value, double weight, NDList leaves, NDList errors) {
        for (int i = 0; i < leaves.size(); i++) {
            if (leaves.get(i).hasGradient()) {
                NDArray gradient = Autograd.gradient(value, value.onesLike(), leaves.get(i));
                errors.get(i).addi(HostNumber.muli(gradient, -weight));
            }
        }
    }

    /** Returns the energy of the output at the predictions of the last call, of shape (). */
    NDArray energy() {
        return energy;
    }

    /** The parts of a composite loss, each with its labels and predictions. */
    private static List<LossPart> parts(Loss loss, NDList labels, NDList predictions) {
        if (loss.getClass() == SimpleCompositeLoss.class) {
            return ((SimpleCompositeLoss) loss)
                    .getComponents().stream()
                            .flatMap(component -> parts(component, labels, predictions).stream())
                            .toList();
        }
        if (loss.getClass() == IndexLoss.class) {
            return parts(
                    (Loss) PrivateFields.read(IndexLoss.class, loss, "loss"),
                    chosen(loss, "labelsIndex", labels),
                    chosen(loss, "predictionsIndex", predictions));
        }
        return List.of(new LossPart(loss, labels, predictions));
    }

    private static NDList chosen(Loss indexed, String field, NDList all) {
        Integer index = (Integer) PrivateFields.read(IndexLoss.class, indexed, field);
        return index == null ? all : new NDList(all.get(index));
    }

    /**
     * Checks that the output can take the values of the labels. The tape throws an {@code
     * IllegalArgumentException} if it cannot.
     *
     * @param tape the tape of the batch, which runs the check
     */
    void expectLabels(Tape tape) {
        for (LossPart part : parts(loss, labels, tape.getPredictions())) {
            if (part.loss() instanceof SigmoidBinaryCrossEntropyLoss) {
                expectRange(tape, part.label(), "A sigmoid", 0, 1);
            } else if (part.loss() instanceof SoftmaxCrossEntropyLoss) {
                if (part.isSparse()) {
                    expectClasses(tape, part.label());
                } else {
                    expectRange(tape, part.label(), "A softmax", 0, 1);
                    expectSums(tape, part.label(), part.prediction().getShape(), part.classAxis());
                }
            }
        }
    }

    /**
     * Rejects a loss that is a sum over samples. Losses that are not DJL's own are assumed to be
     * means; a sum would pull the output harder by a factor of the number of samples.
     *
     * @param predictions the predictions
     */
    void checkMean(NDList predictions) {
        try (NDScope temporary = new NDScope()) {
            temporary.suppressNotUsedWarning();
            NDList values = new NDList();
            predictions.forEach(each -> values.add(Autograd.detach(each, scope)));
            Autograd.withoutRecording(
                    () -> {
                        for (LossPart part : parts(loss, labels, values)) {
                            checkMean(part);
                        }
                        return null;
                    });
        }
    }

    private void checkMean(LossPart part) {
        if (part.loss().getClass().getPackage().equals(Loss.class.getPackage())) {
            return;
        }
        double once;
        double twice;
        try {
            once = HostValues.number(part.evaluate(scope).sum());
            twice = HostValues.number(part.twice().evaluate(scope).sum());
        } catch (RuntimeException e) {
            // the loss accepts only batches of this size
            return;
        }
        if (once != 0 && Math.abs(twice - 2 * once) <= ROUNDING * Math.abs(twice)) {
            throw new IllegalArgumentException(
                    String.format(
                            "%s is a sum over samples: it is %s for a batch and %s for that batch"
                                    + " twice. Inference learning takes a mean, and the sum of what"
                                    + " that is a mean of; divide it by the number of samples.",
                            part.loss().getName(), once, twice));
        }
    }

    private static void expectRange(
            Tape tape, NDArray label, String output, double least, double largest) {
        expect(
                tape,
                label,
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

    private static void expectClasses(Tape tape, NDArray label) {
        expect(
                tape,
                label,
                given -> new NDList(given.min(), given.sub(given.round()).abs().max()),
                found -> {
                    if (!(found[0] >= 0 && found[1] == 0)) {
                        throw new IllegalArgumentException(
                                "A softmax takes the number of a class from 0, or one probability"
                                        + " per class, as label; the labels have other values.");
                    }
                });
    }

    private static void expectSums(Tape tape, NDArray label, Shape predictions, int classAxis) {
        expect(
                tape,
                label,
                given -> {
                    NDArray sums = given.reshape(predictions).sum(new int[] {classAxis});
                    return new NDList(HostNumber.add(sums, -1).abs().max());
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

    private static void expect(
            Tape tape, NDArray label, Function<NDArray, NDList> numbers, Consumer<double[]> check) {
        try (NDManager scope = tape.getManager().newSubManager()) {
            NDArray given = Autograd.detach(label, scope).toType(DataType.FLOAT64, false);
            NDList found = numbers.apply(given);
            tape.expect(NDArrays.stack(found), check);
        }
    }

    /**
     * A loss that is a mean over terms of one kind.
     *
     * @param loss the loss
     * @param labels the labels that it takes
     * @param predictions the predictions that it takes
     */
    private record LossPart(Loss loss, NDList labels, NDList predictions) {

        NDArray label() {
            return labels.head();
        }

        NDArray prediction() {
            return predictions.head();
        }

        /** The same for every sample twice. */
        LossPart twice() {
            return new LossPart(loss, twice(labels), twice(predictions));
        }

        private static NDList twice(NDList arrays) {
            NDList doubled = new NDList(arrays.size());
            for (NDArray array : arrays) {
                doubled.add(array.isScalar() ? array : array.concat(array));
            }
            return doubled;
        }

        NDArray evaluate(NDManager scope) {
            // a loss may change what it gets in place
            return loss.evaluate(
                    Autograd.copies(labels, scope), Autograd.copies(predictions, scope));
        }

        /** How many terms the loss is a mean of. */
        double terms() {
            Shape shape = prediction().getShape();
            if (MEANS_OVER_UNITS.contains(loss.getClass())) {
                return shape.size();
            }
            if (loss instanceof SoftmaxCrossEntropyLoss) {
                return isSparse() ? label().size() : (double) shape.size() / shape.get(classAxis());
            }
            return shape.get(0);
        }

        /** The softmax axis of the predictions, for which DJL's loss has no getter. */
        int classAxis() {
            Object axis = PrivateFields.read(SoftmaxCrossEntropyLoss.class, loss, "classAxis");
            return Math.floorMod((int) axis, prediction().getShape().dimension());
        }

        boolean isSparse() {
            return label().size() != prediction().size();
        }
    }
}
