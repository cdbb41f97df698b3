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
package org.locallearning.djl.creditassignment.loss;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.training.loss.HingeLoss;
import ai.djl.training.loss.L1Loss;
import ai.djl.training.loss.L2Loss;
import ai.djl.training.loss.Loss;
import ai.djl.training.loss.SigmoidBinaryCrossEntropyLoss;
import ai.djl.training.loss.SimpleCompositeLoss;
import ai.djl.training.loss.SoftmaxCrossEntropyLoss;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The per-sample forms of DJL's own losses. A subclass of theirs may compute something else. */
final class ClosedForms {

    private ClosedForms() {}

    /** Returns the form of a loss, or empty if it has to be evaluated sample by sample. */
    static Optional<SampleLoss> of(Loss loss) {
        Class<?> type = loss.getClass();
        LossSettings settings = new LossSettings(loss);
        if (type == SoftmaxCrossEntropyLoss.class) {
            return Optional.of(softmaxCrossEntropy(settings));
        }
        if (type == SigmoidBinaryCrossEntropyLoss.class && !settings.flag("fromSigmoid")) {
            // from probabilities DJL forgets a sign: whatever it computes, slices compute too
            return Optional.of(sigmoidBinaryCrossEntropy(settings.number("weight")));
        }
        if (type == HingeLoss.class) {
            return Optional.of(hinge(settings.number("margin"), settings.number("weight")));
        }
        if (type == L1Loss.class && settings.number("weight") == 1) {
            // with another weight DJL's loss does not depend on the prediction
            return Optional.of(l1());
        }
        if (type == L2Loss.class) {
            return Optional.of(l2(settings.number("weight")));
        }
        if (type == SimpleCompositeLoss.class) {
            return Optional.of(sum(((SimpleCompositeLoss) loss).getComponents()));
        }
        return Optional.empty();
    }

    /** {@code L_n = −w Σ_c y_nc log p_nc}, the mean over positions if there are such. */
    private static SampleLoss softmaxCrossEntropy(LossSettings settings) {
        float weight = settings.number("weight");
        int classAxis = (int) settings.number("classAxis");
        boolean sparse = settings.flag("sparseLabel");
        boolean logits = settings.flag("fromLogit");
        return (labels, predictions) -> {
            NDArray prediction = only("prediction", predictions);
            int axis = Math.floorMod(classAxis, prediction.getShape().dimension());
            if (axis == 0) {
                throw new IllegalArgumentException(
                        String.format(
                                Locale.ROOT,
                                "SoftmaxCrossEntropyLoss has no loss per sample for predictions of"
                                        + " shape %s with classes along axis %d; put the batch in"
                                        + " front.",
                                prediction.getShape(),
                                classAxis));
            }
            NDArray logarithm = logits ? prediction.logSoftmax(axis) : prediction;
            NDArray label = only("label", labels);
            NDArray loss =
                    sparse
                            ? logarithm.get(new NDIndex().addAllDim(axis).addPickDim(label))
                            : logarithm
                                    .mul(label.reshape(logarithm.getShape()))
                                    .sum(new int[] {axis});
            return perSample(loss, prediction, -weight);
        };
    }

    /** {@code L_n = w mean_j [max(h, 0) − h y + log(1 + e^−|h|)]}. */
    private static SampleLoss sigmoidBinaryCrossEntropy(float weight) {
        return (labels, predictions) -> {
            NDArray prediction = only("prediction", predictions);
            NDArray label = only("label", labels).reshape(prediction.getShape());
            NDArray loss =
                    Activation.relu(prediction)
                            .sub(prediction.mul(label))
                            .add(Activation.softPlus(prediction.abs().neg()));
            return perSample(loss, prediction, weight);
        };
    }

    /** {@code L_n = w mean_j max(0, m − y h)}. */
    private static SampleLoss hinge(float margin, float weight) {
        return (labels, predictions) -> {
            NDArray prediction = only("prediction", predictions);
            NDArray label = only("label", labels).reshape(prediction.getShape());
            NDArray loss = Activation.relu(label.mul(prediction).neg().add(margin));
            return perSample(loss, prediction, weight);
        };
    }

    /** {@code L_n = mean_j |y − h|}. */
    private static SampleLoss l1() {
        return (labels, predictions) -> {
            NDArray prediction = only("prediction", predictions);
            NDArray label = only("label", labels).reshape(prediction.getShape());
            return perSample(label.sub(prediction).abs(), prediction, 1);
        };
    }

    /** {@code L_n = w mean_j (y − h)²}. */
    private static SampleLoss l2(float weight) {
        return (labels, predictions) -> {
            NDArray prediction = only("prediction", predictions);
            NDArray label = only("label", labels).reshape(prediction.getShape());
            return perSample(label.sub(prediction).square(), prediction, weight);
        };
    }

    private static SampleLoss sum(List<Loss> components) {
        List<SampleLoss> parts = new ArrayList<>();
        components.forEach(component -> parts.add(SampleLoss.of(component)));
        return (labels, predictions) ->
                parts.stream()
                        .map(part -> part.evaluate(labels, predictions))
                        .reduce(NDArray::add)
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                "The SimpleCompositeLoss has no parts; add one with"
                                                        + " addLoss."));
    }

    private static NDArray only(String what, NDList arrays) {
        if (arrays.size() != 1) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "The loss takes one %s, but the batch has %d; call forward(data, labels)"
                                    + " of the trainer, with a loss for what the model puts out.",
                            what,
                            arrays.size()));
        }
        return arrays.head();
    }

    /** The weighted mean over everything but the samples, which the batch mean weighs alike. */
    private static NDArray perSample(NDArray loss, NDArray prediction, float weight) {
        NDArray mean = loss.reshape(prediction.getShape().get(0), -1).mean(new int[] {1});
        // not mul(number): the gradient would depend on the garbage collector under DJL's trainer
        return weight == 1
                ? mean
                : mean.mul(mean.getManager().full(new Shape(), weight, mean.getDataType()));
    }
}
