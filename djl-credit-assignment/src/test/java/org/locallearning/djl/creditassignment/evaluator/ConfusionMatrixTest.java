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
package org.locallearning.djl.creditassignment.evaluator;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.evaluator.BinaryAccuracy;
import ai.djl.training.evaluator.TopKAccuracy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ConfusionMatrixTest {

    /*
     * Ten samples of the classes 0, 1 and 2 out of 4; class 3 never appears:
     *
     *           predicted 0  1  2
     * label 0             3  1  0
     * label 1             0  2  2
     * label 2             1  0  1
     */
    private static final float[] LABELS = {0, 0, 0, 0, 1, 1, 1, 1, 2, 2};
    private static final int[] ANSWERS = {0, 0, 0, 1, 1, 1, 2, 2, 0, 2};

    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager("PyTorch");
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT32", "INT64", "INT32", "UINT8"})
    void countsByHand(DataType type) {
        ConfusionMatrix matrix = ConfusionMatrix.of(labels().toType(type, true), predictions());
        assertCounts(matrix);
        assertEquals(10, matrix.getTotal());
        assertEquals(0.6, matrix.accuracy(), 1e-12);
        double[] precision = {3 / 4.0, 2 / 3.0, 1 / 3.0, 0};
        double[] recall = {3 / 4.0, 2 / 4.0, 1 / 2.0, 0};
        double[] f1 = {3 / 4.0, 4 / 7.0, 2 / 5.0, 0};
        for (int i = 0; i < 4; i++) {
            assertEquals(precision[i], matrix.precision(i), 1e-12);
            assertEquals(recall[i], matrix.recall(i), 1e-12);
            assertEquals(f1[i], matrix.f1(i), 1e-12);
        }
        // class 3 appears nowhere and does not count
        assertEquals((3 / 4.0 + 2 / 3.0 + 1 / 3.0) / 3, matrix.macroPrecision(), 1e-12);
        assertEquals((3 / 4.0 + 2 / 4.0 + 1 / 2.0) / 3, matrix.macroRecall(), 1e-12);
        assertEquals((3 / 4.0 + 4 / 7.0 + 2 / 5.0) / 3, matrix.macroF1(), 1e-12);
    }

    @Test
    void labelsMayBeColumnsOrOneHot() {
        assertCounts(ConfusionMatrix.of(labels().reshape(10, 1), predictions()));
        assertCounts(ConfusionMatrix.of(labels().oneHot(4), predictions()));
    }

    @Test
    void aClassThatIsPredictedWithoutSamplesCounts() {
        NDArray predictions = manager.create(new float[] {1, 0, 0, 1}, new Shape(2, 2));
        ConfusionMatrix matrix =
                ConfusionMatrix.of(manager.create(new float[] {0, 0}), predictions);
        assertEquals(0.5, matrix.macroPrecision(), 1e-12);
        assertEquals(0.25, matrix.macroRecall(), 1e-12);
        assertEquals(1 / 3.0, matrix.macroF1(), 1e-12);
    }

    @Test
    void positionsOfImagesCountOneByOne() {
        NDArray scores =
                manager.create(new float[] {1, 0, 0, 1, 0, 1, 1, 0}, new Shape(1, 2, 2, 2));
        NDArray labels = manager.create(new float[] {0, 1, 0, 0}, new Shape(1, 2, 2));
        assertArrayEquals(
                new long[][] {{2, 1}, {0, 1}}, ConfusionMatrix.of(labels, scores).getCounts());
    }

    @Test
    void accumulatesBatchesOfDifferentSizes() {
        ConfusionMatrixEvaluator[] evaluators = {
            new MacroPrecision(), new MacroRecall(), new MacroF1("f1")
        };
        double[] expected = {7 / 12.0, 7 / 12.0, (3 / 4.0 + 4 / 7.0 + 2 / 5.0) / 3};
        for (int i = 0; i < evaluators.length; i++) {
            ConfusionMatrixEvaluator evaluator = evaluators[i];
            evaluator.addAccumulator("train");
            evaluator.addAccumulator("validate");
            assertTrue(Float.isNaN(evaluator.getAccumulator("train")));
            for (String rows : new String[] {"0:3", "3:9", "9:10"}) {
                evaluator.updateAccumulators(
                        new String[] {"train", "validate"},
                        new NDList(labels().get(rows)),
                        new NDList(predictions().get(rows)));
            }
            assertEquals(expected[i], evaluator.getAccumulator("train"), 1e-6);
            assertCounts(evaluator.getConfusionMatrix("train").orElseThrow());
            evaluator.resetAccumulator("train");
            assertTrue(Float.isNaN(evaluator.getAccumulator("train")));
            assertEquals(expected[i], evaluator.getAccumulator("validate"), 1e-6);
            assertEquals(
                    expected[i],
                    evaluator.evaluate(new NDList(labels()), new NDList(predictions())).getFloat(),
                    1e-6);
        }
        assertEquals("MacroRecall", evaluators[1].getName());
        assertEquals("f1", evaluators[2].getName());
    }

    /** What DJL has already: its evaluator takes labels of single precision and counts right. */
    @Test
    void topFiveIsThereInDjl() {
        NDArray scores =
                manager.create(
                        new float[] {
                            6, 5, 4, 3, 2, 1, 0,
                            0, 1, 2, 3, 4, 5, 6,
                            0, 6, 1, 5, 2, 4, 3
                        },
                        new Shape(3, 7));
        // the fifth, the sixth and the first of the best
        NDArray labels = manager.create(new float[] {4, 1, 1});
        TopKAccuracy top = new TopKAccuracy(5);
        top.addAccumulator("train");
        top.updateAccumulator("train", new NDList(labels), new NDList(scores));
        assertEquals(2 / 3.0, top.getAccumulator("train"), 1e-6);
    }

    @Test
    void refusesWhatDoesNotFit() {
        NDArray predictions = predictions();
        assertEquals(
                "Label 4.0 of sample 1 is none of the 4 classes, which are counted from 0.",
                message(manager.create(new float[] {0, 4, 0, 0, 1, 1, 1, 1, 2, 2}), predictions));
        assertEquals(
                "Labels of shape (3) do not fit predictions of shape (10, 4); give one label for"
                        + " each prediction.",
                message(manager.create(new float[] {0, 1, 2}), predictions));
        message(labels().add(0.5f), predictions);
        message(labels(), manager.zeros(new Shape(10)));
        ConfusionMatrix matrix = ConfusionMatrix.of(labels(), predictions);
        ConfusionMatrix other =
                ConfusionMatrix.of(manager.zeros(new Shape(1)), manager.zeros(new Shape(1, 3)));
        assertThrows(IllegalArgumentException.class, () -> matrix.plus(other));
        assertThrows(IllegalArgumentException.class, () -> new MacroF1().getAccumulator("nothing"));
    }

    @Test
    void oneScoreTellsTwoClassesApart() {
        NDArray scores = manager.create(new float[] {2, -1, 3, -2, 0, -4, -1, 2}, new Shape(8, 1));
        NDArray labels = manager.create(new float[] {1, 0, 0, 1, 0, 0, 1, 1});
        for (Shape shape : new Shape[] {new Shape(8), new Shape(8, 1)}) {
            ConfusionMatrix matrix = ConfusionMatrix.of(labels.reshape(shape), scores);
            assertArrayEquals(new long[][] {{2, 2}, {2, 2}}, matrix.getCounts());
            assertEquals(0.5, matrix.macroF1(), 1e-12);
        }
        BinaryAccuracy accuracy = new BinaryAccuracy();
        accuracy.addAccumulator("all");
        accuracy.updateAccumulator("all", new NDList(labels.reshape(8, 1)), new NDList(scores));
        assertEquals(0.5, accuracy.getAccumulator("all"), 1e-7);
        MacroRecall recall = new MacroRecall();
        recall.addAccumulator("all");
        recall.updateAccumulator("all", new NDList(labels), new NDList(scores));
        assertEquals(0.5, recall.getAccumulator("all"), 1e-7);
        assertEquals(
                "Label -1.0 of sample 1 is none of the 2 classes that one score tells apart, which"
                        + " are counted from 0.",
                message(labels.mul(2).sub(1), scores));
        // a mask of one score for each position
        NDArray mask = manager.create(new float[] {1, -1, -1, 1}, new Shape(1, 1, 2, 2));
        NDArray truth = manager.create(new float[] {1, 0, 1, 1}, new Shape(1, 2, 2));
        assertArrayEquals(
                new long[][] {{1, 0}, {1, 2}}, ConfusionMatrix.of(truth, mask).getCounts());
    }

    @Test
    void labelsOfTheShapeOfPredictionsSayOneClass() {
        NDArray scores = predictions().get("0:3, :3");
        long[][] expected =
                ConfusionMatrix.of(manager.create(new int[] {1, 0, 2}), scores).getCounts();
        float[][][] readable = {
            {{0, 1, 0}, {1, 0, 0}, {0, 0, 1}},
            {{-0.9f, 0.9f, -0.9f}, {0.9f, -0.9f, -0.9f}, {-0.9f, -0.9f, 0.9f}},
            {{0.05f, 0.9f, 0.05f}, {0.9f, 0.05f, 0.05f}, {0.1f, 0.3f, 0.6f}}
        };
        for (float[][] labels : readable) {
            assertArrayEquals(
                    expected, ConfusionMatrix.of(manager.create(labels), scores).getCounts());
        }
        float[][][] unreadable = {
            {{0, 1, 0}, {1, 1, 0}, {0, 0, 1}},
            {{0, 1, 0}, {0, 0, 0}, {0, 0, 1}},
            {{0, 1, 0}, {0.9f, 0.8f, 0}, {0, 0, 1}},
            {{0, 1, 0}, {Float.NaN, 0, 1}, {0, 0, 1}},
        };
        for (float[][] labels : unreadable) {
            assertEquals(
                    "The label of sample 1 is not one-hot; give one class for each sample, since"
                            + " labels of several classes cannot be counted in one matrix.",
                    message(manager.create(labels), scores));
        }
    }

    @Test
    void refusesWhatSaysNoClass() {
        float[] values = predictions().toFloatArray();
        values[4 * 6 + 1] = Float.NaN;
        assertEquals(
                "The predictions of sample 6 are not numbers (NaN), and so say no class; look for"
                        + " where the model broke down.",
                message(labels(), manager.create(values, new Shape(10, 4))));
        assertEquals(
                "There is nothing to count: the predictions have the shape (0, 4).",
                message(manager.create(new Shape(0)), manager.create(new Shape(0, 4))));
        message(labels().toType(DataType.FLOAT32, true).mul(Float.NaN), predictions());
        // as many labels as predictions, but of another order of axes
        message(manager.zeros(new Shape(3, 2)), manager.zeros(new Shape(2, 4, 3)));
        MacroF1 f1 = new MacroF1();
        f1.addAccumulator("all");
        NDList empty = new NDList();
        NDList some = new NDList(predictions());
        assertEquals(
                "MacroF1 compares predictions with labels, but the batch has no labels.",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> f1.updateAccumulator("all", empty, some))
                        .getMessage());
        assertThrows(IllegalArgumentException.class, () -> f1.evaluate(some, empty));
    }

    @Test
    void countingLeavesNoArraysBehind() {
        NDArray labels = labels().oneHot(4);
        NDArray predictions = predictions();
        NDArray column = predictions.get(":, :1");
        NDArray binary = manager.zeros(new Shape(10));
        int before = manager.getManagedArrays().size();
        ConfusionMatrix.of(labels, predictions);
        ConfusionMatrix.of(binary, column);
        assertEquals(before, manager.getManagedArrays().size());
    }

    private static String message(NDArray labels, NDArray predictions) {
        return assertThrows(
                        IllegalArgumentException.class,
                        () -> ConfusionMatrix.of(labels, predictions))
                .getMessage();
    }

    private static void assertCounts(ConfusionMatrix matrix) {
        assertArrayEquals(
                new long[][] {{3, 1, 0, 0}, {0, 2, 2, 0}, {1, 0, 1, 0}, {0, 0, 0, 0}},
                matrix.getCounts());
    }

    private NDArray labels() {
        return manager.create(LABELS);
    }

    private NDArray predictions() {
        float[][] scores = new float[10][4];
        for (int i = 0; i < 10; i++) {
            scores[i][3] = -1;
            scores[i][ANSWERS[i]] = 2 + i;
        }
        return manager.create(scores);
    }
}
