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
package org.locallearning.djl.creditassignment.rule;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Parameter;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.listener.TrainingListenerAdapter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.creditassignment.CreditListener;
import org.locallearning.djl.creditassignment.CreditTrainer;
import org.locallearning.djl.creditassignment.Gradients;
import org.locallearning.djl.creditassignment.LayerCredit;
import org.locallearning.djl.creditassignment.LossCase;
import org.locallearning.djl.creditassignment.NetworkCase;
import org.locallearning.djl.creditassignment.TrainingRun;
import org.locallearning.djl.creditassignment.rule.SignSymmetricFeedback.Mode;

/** Feedback weights with the signs of the forward weights. */
class SignSymmetricFeedbackTest {

    static List<NetworkCase> networks() {
        return NetworkCase.small();
    }

    @ParameterizedTest
    @MethodSource("networks")
    void uniformEqualsStockWhereWeightsHaveThatMagnitude(NetworkCase network) {
        // of the fan-in, which the shape of every layer's weight shows
        FeedbackDistribution distribution = FeedbackDistribution.fanInUniform();
        SignSymmetricFeedback rule =
                SignSymmetricFeedback.builder().optFeedback(distribution.seeded(0)).build();
        Gradients.TrainerFactory stock =
                (model, config) -> model.newTrainer(signsOnly(config, distribution));
        Gradients.TrainerFactory uniform =
                (model, config) -> rule.newTrainer(model, signsOnly(config, distribution));
        Gradients expected = Gradients.of(network, stock);
        assertEquals(0, Gradients.of(network, uniform).distanceTo(expected), 1e-5);
    }

    private static DefaultTrainingConfig signsOnly(
            DefaultTrainingConfig config, FeedbackDistribution distribution) {
        return config.optInitializer(
                (manager, shape, type) ->
                        manager.randomNormal(0, 1, shape, DataType.FLOAT32)
                                .sign()
                                .mul(distribution.standardDeviation(shape)),
                Parameter.Type.WEIGHT);
    }

    @ParameterizedTest
    @EnumSource
    void signsAreThoseOfTheWeightsAtEveryStep(Mode mode) {
        FeedbackKept kept = train(mode);
        assertEquals(3, kept.batches.size());
        for (Map<String, double[][]> batch : kept.batches) {
            // the first layer has no feedback: nothing learns below
            assertEquals(
                    List.of("03Linear_weight", "05Linear_weight"), List.copyOf(batch.keySet()));
            batch.forEach(
                    (path, arrays) -> assertArrayEquals(signs(arrays[0]), signs(arrays[1]), path));
        }
    }

    @Test
    void uniformMagnitudesAreTheStandardDeviation() {
        for (Map<String, double[][]> batch : train(Mode.UNIFORM).batches) {
            // Xavier's, of weights (11, 12) and (4, 11)
            assertAll(Math.sqrt(2.0 / (11 + 12)), magnitudes(batch.get("03Linear_weight")[1]));
            assertAll(Math.sqrt(2.0 / (4 + 11)), magnitudes(batch.get("05Linear_weight")[1]));
        }
    }

    private static void assertAll(double expected, double[] values) {
        for (double value : values) {
            assertEquals(expected, value, 1e-6);
        }
    }

    @Test
    void fixedMagnitudesStay() {
        List<Map<String, double[][]>> batches = train(Mode.FIXED_MAGNITUDE).batches;
        for (String path : batches.get(0).keySet()) {
            double[] first = magnitudes(batches.get(0).get(path)[1]);
            assertTrue(Arrays.stream(first).distinct().count() > 10);
            for (Map<String, double[][]> batch : batches) {
                assertArrayEquals(first, magnitudes(batch.get(path)[1]), path);
            }
        }
    }

    @Test
    void batchwiseMagnitudesAreFreshAndWithinTheirBounds() {
        List<Map<String, double[][]>> batches = train(Mode.BATCHWISE_RANDOM).batches;
        double[] first = magnitudes(batches.get(0).get("03Linear_weight")[1]);
        double[] second = magnitudes(batches.get(1).get("03Linear_weight")[1]);
        assertFalse(Arrays.equals(first, second));
        double bound = Math.sqrt(6.0 / (11 + 12));
        assertTrue(Arrays.stream(first).allMatch(value -> value <= bound + 1e-6));
        // the mean of |x| for x uniform within the bound is half the bound; 132 values
        double mean = Arrays.stream(first).average().orElseThrow();
        assertEquals(bound / 2, mean, 4 * bound / Math.sqrt(12 * 132));
    }

    @Test
    void batchwiseRunsRepeatWithTheEnginesSeed() {
        List<Map<String, double[][]>> one = train(Mode.BATCHWISE_RANDOM).batches;
        List<Map<String, double[][]>> other = train(Mode.BATCHWISE_RANDOM).batches;
        for (int i = 0; i < one.size(); i++) {
            assertArrayEquals(
                    one.get(i).get("05Linear_weight")[1], other.get(i).get("05Linear_weight")[1]);
        }
    }

    private static FeedbackKept train(Mode mode) {
        FeedbackKept kept = new FeedbackKept();
        LossCase loss = LossCase.softmaxCrossEntropy();
        DefaultTrainingConfig config = TrainingRun.config(loss).addTrainingListeners(kept);
        try (TrainingRun run =
                TrainingRun.start(
                        NetworkCase.twoHiddenLayers(),
                        DataType.FLOAT32,
                        loss,
                        config,
                        (Model model, DefaultTrainingConfig c) ->
                                rule(mode).newTrainer(model, c))) {
            run.train(0, 3);
        }
        return kept;
    }

    private static SignSymmetricFeedback rule(Mode mode) {
        return SignSymmetricFeedback.builder().optMode(mode).build();
    }

    private static double[] signs(double[] values) {
        return Arrays.stream(values).map(Math::signum).toArray();
    }

    private static double[] magnitudes(double[] values) {
        return Arrays.stream(values).map(Math::abs).toArray();
    }

    /** Keeps weights and feedback weights of every batch. */
    private static final class FeedbackKept extends TrainingListenerAdapter
            implements CreditListener {

        private final List<Map<String, double[][]>> batches = new ArrayList<>();

        @Override
        public boolean wantsComparison(CreditTrainer trainer) {
            return true;
        }

        @Override
        public void onCredit(CreditTrainer trainer, List<LayerCredit> layers) {
            Map<String, double[][]> batch = new LinkedHashMap<>();
            for (LayerCredit layer : layers) {
                layer.feedback()
                        .ifPresent(
                                feedback ->
                                        batch.put(
                                                layer.layer().weightPath(),
                                                new double[][] {
                                                    layer.weight()
                                                            .toType(DataType.FLOAT64, true)
                                                            .toDoubleArray(),
                                                    feedback.toType(DataType.FLOAT64, true)
                                                            .toDoubleArray()
                                                }));
            }
            batches.add(batch);
        }
    }
}
