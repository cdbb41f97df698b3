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

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.loss.IndexLoss;
import ai.djl.training.loss.L2Loss;
import ai.djl.training.loss.Loss;
import ai.djl.training.loss.SimpleCompositeLoss;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SampleLossTest {

    private static final int SAMPLES = 5;

    /** A loss with labels and predictions that it takes. */
    private record Case(
            String name,
            Loss loss,
            boolean closed,
            Function<NDManager, NDArray> label,
            Function<NDManager, NDArray> prediction) {

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Case> cases() {
        Shape rows = new Shape(SAMPLES, 4);
        Shape sequence = new Shape(SAMPLES, 3, 4);
        return List.of(
                new Case(
                        "cross-entropy",
                        Loss.softmaxCrossEntropyLoss(),
                        true,
                        classes(new Shape(SAMPLES)),
                        normal(rows)),
                new Case(
                        "cross-entropy, weighted, real labels of whole numbers",
                        Loss.softmaxCrossEntropyLoss("loss", 0.7f, -1, true, true),
                        true,
                        m -> classes(new Shape(SAMPLES)).apply(m).toType(DataType.FLOAT64, true),
                        normal(rows)),
                new Case(
                        "cross-entropy, column of labels",
                        Loss.softmaxCrossEntropyLoss(),
                        true,
                        classes(new Shape(SAMPLES, 1)),
                        normal(rows)),
                new Case(
                        "cross-entropy, probabilities as labels",
                        Loss.softmaxCrossEntropyLoss("loss", 2, -1, false, true),
                        true,
                        m -> normal(rows).apply(m).softmax(-1),
                        normal(rows)),
                new Case(
                        "cross-entropy from logarithms",
                        Loss.softmaxCrossEntropyLoss("loss", 1, -1, true, false),
                        true,
                        classes(new Shape(SAMPLES)),
                        m -> normal(rows).apply(m).logSoftmax(-1)),
                new Case(
                        "cross-entropy at every position",
                        Loss.softmaxCrossEntropyLoss(),
                        true,
                        classes(new Shape(SAMPLES, 3, 1)),
                        normal(sequence)),
                new Case(
                        "cross-entropy along axis 1",
                        Loss.softmaxCrossEntropyLoss("loss", 1, 1, false, true),
                        true,
                        m -> normal(sequence).apply(m).softmax(1),
                        normal(sequence)),
                new Case(
                        "binary cross-entropy",
                        Loss.sigmoidBinaryCrossEntropyLoss("loss", 3, false),
                        true,
                        m -> normal(rows).apply(m).gt(0).toType(DataType.FLOAT64, true),
                        normal(rows)),
                new Case(
                        "binary cross-entropy from probabilities",
                        Loss.sigmoidBinaryCrossEntropyLoss("loss", 1, true),
                        false,
                        m -> normal(rows).apply(m).gt(0).toType(DataType.FLOAT64, true),
                        m -> normal(rows).apply(m).softmax(-1)),
                new Case(
                        "hinge",
                        Loss.hingeLoss("loss", 2, 0.3f),
                        true,
                        m -> normal(rows).apply(m).sign(),
                        normal(rows)),
                new Case("L1", Loss.l1Loss(), true, normal(rows), normal(rows)),
                new Case("L1, weighted", Loss.l1Loss("loss", 2), false, normal(rows), normal(rows)),
                new Case("L2", Loss.l2Loss(), true, normal(rows), normal(sequenceOf(rows))),
                new Case("L2, weighted", Loss.l2Loss("loss", 5), true, normal(rows), normal(rows)),
                new Case(
                        "a number per sample",
                        Loss.l2Loss(),
                        true,
                        normal(new Shape(SAMPLES, 1)),
                        normal(new Shape(SAMPLES))),
                new Case("quantile", Loss.quantileL1Loss(0.3f), false, normal(rows), normal(rows)),
                new Case(
                        "one of several",
                        new IndexLoss(new L2Loss(), 0),
                        false,
                        normal(rows),
                        normal(rows)),
                new Case(
                        "a sum",
                        new SimpleCompositeLoss().addLoss(Loss.l1Loss()).addLoss(Loss.l2Loss()),
                        true,
                        normal(rows),
                        normal(rows)));
    }

    private static Shape sequenceOf(Shape rows) {
        return rows.add(1);
    }

    private static Function<NDManager, NDArray> normal(Shape shape) {
        return manager -> manager.randomNormal(0, 1, shape, DataType.FLOAT64);
    }

    private static Function<NDManager, NDArray> classes(Shape shape) {
        return manager -> manager.randomInteger(0, 4, shape, DataType.INT64);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void equalsTheLossOfEachSampleByItself(Case example) {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            manager.getEngine().setRandomSeed(2);
            NDList label = new NDList(example.label.apply(manager));
            NDList prediction = new NDList(example.prediction.apply(manager));
            NDArray losses = SampleLoss.of(example.loss).evaluate(label, prediction);
            assertEquals(new Shape(SAMPLES), losses.getShape());
            double[] expected = new double[SAMPLES];
            for (int n = 0; n < SAMPLES; n++) {
                NDList one = new NDList(label.head().get(n + ":" + (n + 1)));
                NDList other = new NDList(prediction.head().get(n + ":" + (n + 1)));
                expected[n] = example.loss.evaluate(one, other).getDouble();
            }
            assertArrayEquals(expected, losses.toDoubleArray(), 1e-12);
            assertEquals(
                    example.loss.evaluate(label, prediction).getDouble(),
                    losses.mean().getDouble(),
                    1e-12);
            assertEquals(example.closed, ClosedForms.of(example.loss).isPresent());
        }
    }

    @Test
    void subclassesAreNotTakenForWhatTheyExtend() {
        Loss loss =
                new L2Loss() {
                    @Override
                    public NDArray evaluate(NDList labels, NDList predictions) {
                        return predictions.head().abs().mean();
                    }
                };
        assertFalse(ClosedForms.of(loss).isPresent());
    }

    @Test
    void lossWithoutSamples() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDList label = new NDList(manager.zeros(new Shape(3, 4)));
            NDList prediction = new NDList(manager.ones(new Shape(3, 4)));
            SampleLoss sum = SampleLoss.of(new Sum());
            assertMessage("is not the mean", "mean over its samples", sum, label, prediction);
            NDList shorter = new NDList(manager.zeros(new Shape(2, 4)));
            assertMessage("label", "does not have one row", sum, shorter, prediction);
            SampleLoss classesInFront =
                    SampleLoss.of(Loss.softmaxCrossEntropyLoss("loss", 1, 0, false, true));
            assertMessage("axis", "classes along axis 0", classesInFront, label, prediction);
            assertMessage(
                    "labels",
                    "one label, but the batch has 0",
                    SampleLoss.of(Loss.l2Loss()),
                    new NDList(),
                    prediction);
            assertMessage(
                    "parts",
                    "has no parts",
                    SampleLoss.of(new SimpleCompositeLoss()),
                    label,
                    prediction);
        }
    }

    private static void assertMessage(
            String what, String part, SampleLoss loss, NDList label, NDList prediction) {
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> loss.evaluate(label, prediction),
                                what)
                        .getMessage();
        assertTrue(message.contains(part), message);
    }

    /** A loss that grows with the batch. */
    private static final class Sum extends Loss {

        Sum() {
            super("Sum");
        }

        @Override
        public NDArray evaluate(NDList labels, NDList predictions) {
            return predictions.head().square().sum();
        }
    }
}
