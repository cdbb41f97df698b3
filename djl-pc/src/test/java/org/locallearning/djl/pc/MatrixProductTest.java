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

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.types.DataType;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.locallearning.djl.creditassignment.CreditAssignment;
import org.locallearning.djl.creditassignment.CreditTrainer;
import org.locallearning.djl.creditassignment.rule.Backpropagation;
import org.locallearning.djl.creditassignment.tape.MatrixProducts;

/** I-8: the counted products are those of the stated formulas. */
class MatrixProductTest {

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "3, 3", "4, 3", "5, 1", "5, 3", "5, 6", "6, 15"})
    void areThoseOfTheFormulas(int layers, int t) {
        int hidden = layers - 1;
        assertEquals(3L * layers - 1, count(Backpropagation.builder().build(), layers).total());

        MatrixProducts sequential = count(rule(InferenceSchedule.SEQUENTIAL, t), layers);
        assertEquals(layers + (long) t * hidden, sequential.forward());
        assertEquals((long) t * hidden, sequential.inputError());
        assertEquals(layers, sequential.weightGradient());
        assertEquals(2L * layers + 2L * t * hidden, sequential.total());
        long paper = (long) t * (2 * layers - 1) + layers + layers;
        assertTrue(sequential.total() < paper);
        assertTrue(sequential.total() < 2L * layers * t + 3L * layers, "authors' code");

        long moved = 0;
        for (int i = 1; i <= t; i++) {
            moved += Math.min(i, hidden);
        }
        long simultaneous = 2 * moved + layers + Math.min(t + 1, layers);
        assertEquals(simultaneous, count(rule(InferenceSchedule.SIMULTANEOUS, t), layers).total());

        long incremental = count(rule(InferenceSchedule.INCREMENTAL, t), layers).total();
        assertTrue(incremental <= (long) t * (3 * layers - 1));
    }

    @ParameterizedTest
    @CsvSource({"SEQUENTIAL", "SIMULTANEOUS"})
    void multiplyAddsAreThoseOfTheSizes(InferenceSchedule schedule) {
        // 6 -> 5 -> 4 -> 3, batch of 2, T = 3: W_0 runs once and has one gradient, W_1 and W_2 run
        // 1 + 3 times and have one gradient; errors pass W_2 three times and W_1 as often as it
        // has one to pass
        int passesOfFirst = schedule == InferenceSchedule.SEQUENTIAL ? 3 : 2;
        int runsOfFirst = 1 + passesOfFirst;
        long expected = 2 * (30 * 2 + 20 * (runsOfFirst + passesOfFirst + 1) + 12 * (4 + 3 + 1));
        assertEquals(expected, products(rule(schedule, 3), 6, 5, 4, 3).multiplyAdds());
    }

    private static InferenceLearning rule(InferenceSchedule schedule, int t) {
        return InferenceLearning.builder().optSchedule(schedule).optIterations(t).build();
    }

    private static MatrixProducts count(CreditAssignment rule, int layers) {
        int[] sizes = new int[layers + 1];
        Arrays.fill(sizes, 5);
        return products(rule, sizes);
    }

    private static MatrixProducts products(CreditAssignment rule, int... sizes) {
        Random random = new Random(1);
        PlainNet plain = new PlainNet(random, false, PlainNet.Output.IDENTITY, sizes);
        double[][] x = new double[2][sizes[0]];
        double[][] y = new double[2][sizes[sizes.length - 1]];
        Arrays.stream(x).forEach(row -> Arrays.setAll(row, i -> random.nextGaussian()));
        try (DenseNet net = new DenseNet(plain, DataType.FLOAT32, 0.1f, rule::newTrainer)) {
            net.assign(x, y);
            return ((CreditTrainer) net.trainer).getMatrixProducts();
        }
    }
}
