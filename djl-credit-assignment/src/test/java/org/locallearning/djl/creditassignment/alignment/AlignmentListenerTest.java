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
package org.locallearning.djl.creditassignment.alignment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.metric.Metrics;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.listener.TrainingListenerAdapter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.creditassignment.CreditListener;
import org.locallearning.djl.creditassignment.CreditTrainer;
import org.locallearning.djl.creditassignment.Gradients;
import org.locallearning.djl.creditassignment.LayerCredit;
import org.locallearning.djl.creditassignment.LossCase;
import org.locallearning.djl.creditassignment.NetworkCase;
import org.locallearning.djl.creditassignment.RuleCase;
import org.locallearning.djl.creditassignment.TrainingRun;
import org.locallearning.djl.creditassignment.rule.Backpropagation;
import org.locallearning.djl.creditassignment.rule.FeedbackAlignment;
import org.locallearning.djl.state.StateFile;

/** Measurements of alignment against angles that are computed apart. */
class AlignmentListenerTest {

    static Stream<Arguments> rulesOnNetworks() {
        return RuleCase.all().stream()
                .flatMap(
                        rule ->
                                NetworkCase.small().stream()
                                        .map(network -> Arguments.of(rule, network)));
    }

    @ParameterizedTest
    @MethodSource("networks")
    void backpropagationIsAlignedWithItself(NetworkCase network) {
        AlignmentListener listener = new AlignmentListener(1);
        try (TrainingRun run =
                start(network, listener, Backpropagation.builder().build()::newTrainer)) {
            run.train(0, 2);
        }
        assertFalse(listener.getAlignments().isEmpty());
        for (LayerAlignment alignment : listener.getAlignments()) {
            // the arc cosine turns a rounding of 1e-16 into 1e-8 radians
            assertEquals(0, alignment.gradientAngle(), 1e-2, alignment.path());
            assertEquals(1, alignment.normRatio(), 1e-6, alignment.path());
            alignment.feedbackAngle().ifPresent(angle -> assertEquals(0, angle, 1e-2));
        }
    }

    static List<NetworkCase> networks() {
        return NetworkCase.small();
    }

    @ParameterizedTest
    @MethodSource("rulesOnNetworks")
    void equalsTwoTrainersApart(RuleCase rule, NetworkCase network) {
        AlignmentListener listener = new AlignmentListener(1);
        try (TrainingRun run = start(network, listener, rule)) {
            run.assign(0);
        }
        Map<String, double[]> stock = Gradients.of(network, Model::newTrainer).byPath();
        Map<String, double[]> own = Gradients.of(network, rule).byPath();
        for (LayerAlignment alignment : listener.getAlignments()) {
            double[] a = own.get(alignment.path());
            double[] b = stock.get(alignment.path());
            double cosine = inner(a, b) / Math.sqrt(inner(a, a) * inner(b, b));
            double angle = Math.toDegrees(Math.acos(Math.max(-1, Math.min(1, cosine))));
            assertEquals(angle, alignment.gradientAngle(), 0.1, alignment.path());
            double ratio = Math.sqrt(inner(a, a) / inner(b, b));
            assertEquals(ratio, alignment.normRatio(), 1e-5 * ratio, alignment.path());
        }
        List<String> weights =
                own.keySet().stream()
                        .filter(
                                path ->
                                        path.matches(
                                                ".*(Linear|Conv[123]d|LocallyConnected2d)_weight"))
                        .sorted()
                        .collect(Collectors.toList());
        assertEquals(
                weights,
                listener.getAlignments().stream()
                        .map(LayerAlignment::path)
                        .sorted()
                        .collect(Collectors.toList()));
    }

    /** Of every second forward: which one that is goes on counting from where it was. */
    @Test
    void goesOnFromWhereItWasSaved(@TempDir Path folder) throws Exception {
        NetworkCase network = NetworkCase.twoHiddenLayers();
        RuleCase rule = new RuleCase("fa", FeedbackAlignment.builder().build());
        AlignmentListener whole = new AlignmentListener(2);
        try (TrainingRun run = start(network, whole, rule)) {
            run.train(0, 6);
        }
        AlignmentListener first = new AlignmentListener(2);
        AlignmentListener second = new AlignmentListener(2);
        try (TrainingRun run = start(network, first, rule);
                NDManager manager = NDManager.newBaseManager("PyTorch")) {
            run.train(0, 3);
            Path file = folder.resolve("state");
            StateFile.save(file, Map.of("alignment", first));
            StateFile.load(file, manager, Map.of("alignment", second));
            run.train(3, 6);
        }
        assertEquals(steps(whole).subList(0, steps(second).size()), steps(second));
        try (TrainingRun run = start(network, second, rule)) {
            run.train(3, 6);
        }
        assertEquals(steps(whole), steps(second));
        int saved = first.getAlignments().size() / 2;
        assertEquals(
                whole.getAlignments().subList(0, saved), second.getAlignments().subList(0, saved));
        assertEquals(List.of(1L, 3L, 5L), steps(whole).stream().distinct().toList());
    }

    private static List<Long> steps(AlignmentListener listener) {
        return listener.getAlignments().stream().map(LayerAlignment::step).toList();
    }

    private static double inner(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    @ParameterizedTest
    @MethodSource("rulesOnNetworks")
    void comparingChangesNoGradient(RuleCase rule, NetworkCase network) {
        try (TrainingRun compared = start(network, new AlignmentListener(1), rule);
                TrainingRun plain = TrainingRun.start(network, rule)) {
            // over two batches, so that there are gradients to put back
            Gradients expected = plain.assign(1, 2).gradients();
            assertEquals(0, compared.assign(1, 2).gradients().distanceTo(expected), 1e-6);
        }
    }

    @Test
    void feedbackAngleIsBetweenWeightAndFeedback() {
        NetworkCase network = NetworkCase.twoHiddenLayers();
        AlignmentListener listener = new AlignmentListener(1);
        try (TrainingRun run =
                start(
                        network,
                        listener,
                        (model, config) ->
                                FeedbackAlignment.builder()
                                        .optFeedback(
                                                (manager, path, shape, type) ->
                                                        opposite(model, path))
                                        .build()
                                        .newTrainer(model, config))) {
            run.assign(0);
        }
        Map<String, OptionalDouble> angles =
                listener.getAlignments().stream()
                        .collect(
                                Collectors.toMap(
                                        LayerAlignment::path, LayerAlignment::feedbackAngle));
        assertTrue(angles.get("01Linear_weight").isEmpty(), "the first layer needs no feedback");
        assertEquals(180, angles.get("03Linear_weight").orElseThrow(), 1e-2);
        assertEquals(180, angles.get("05Linear_weight").orElseThrow(), 1e-2);
    }

    private static NDArray opposite(Model model, String path) {
        return model.getBlock().getParameters().get(path).getArray().mul(-2);
    }

    @Test
    void measuresTheFirstBatchAndEveryIntervalAndTellsMetrics() {
        AlignmentListener listener = new AlignmentListener(3);
        Metrics metrics = new Metrics();
        try (TrainingRun run =
                start(
                        NetworkCase.twoHiddenLayers(),
                        listener,
                        FeedbackAlignment.builder().build()::newTrainer)) {
            run.trainer().setMetrics(metrics);
            run.train(0, 7);
        }
        List<LayerAlignment> last =
                listener.getAlignments().stream()
                        .filter(alignment -> "05Linear_weight".equals(alignment.path()))
                        .toList();
        assertEquals(List.of(1L, 4L, 7L), last.stream().map(LayerAlignment::step).toList());
        assertEquals(3, metrics.getMetric("alignment_gradient_05Linear_weight").size());
        assertEquals(3, metrics.getMetric("alignment_norm_05Linear_weight").size());
        assertEquals(3, metrics.getMetric("alignment_feedback_05Linear_weight").size());
        assertFalse(metrics.hasMetric("alignment_feedback_01Linear_weight"));
        assertEquals(
                last.get(2).feedbackAngle().orElseThrow(),
                metrics.latestMetric("alignment_feedback_05Linear_weight").getValue().doubleValue(),
                1e-9);
    }

    /** What was assigned shows in the gradients, which are zero before the rule's turn. */
    @Test
    void tellsWhereTheRuleBeginsAndEnds() {
        List<String> calls = new ArrayList<>();
        CreditListener listener = new Witness(calls);
        try (TrainingRun run =
                start(
                        NetworkCase.twoHiddenLayers(),
                        listener,
                        FeedbackAlignment.builder().build()::newTrainer)) {
            run.train(0, 2);
        }
        assertEquals(
                List.of("before, no gradient", "after, a gradient", "credit of batch 1"), calls);
    }

    /** Compares the first of two batches. */
    private static final class Witness extends TrainingListenerAdapter implements CreditListener {

        private final List<String> calls;
        private int batch;

        Witness(List<String> calls) {
            this.calls = calls;
        }

        @Override
        public boolean wantsComparison(CreditTrainer trainer) {
            return ++batch == 1;
        }

        @Override
        public void beforeRule(CreditTrainer trainer) {
            calls.add("before, " + gradient(trainer));
        }

        @Override
        public void afterRule(CreditTrainer trainer) {
            calls.add("after, " + gradient(trainer));
        }

        @Override
        public void onCredit(CreditTrainer trainer, List<LayerCredit> layers) {
            calls.add("credit of batch " + batch);
        }

        private static String gradient(CreditTrainer trainer) {
            Parameter weight = trainer.getModel().getBlock().getParameters().get("05Linear_weight");
            try (NDArray gradient = weight.getArray().getGradient()) {
                return Angles.norm(gradient) == 0 ? "no gradient" : "a gradient";
            }
        }
    }

    @Test
    void frozenLayersAreLeftOut() {
        AlignmentListener listener = new AlignmentListener(1);
        try (TrainingRun run =
                start(
                        NetworkCase.twoHiddenLayers(),
                        listener,
                        (model, config) -> {
                            model.getBlock().getChildren().get(0).getValue().freezeParameters(true);
                            return FeedbackAlignment.builder().build().newTrainer(model, config);
                        })) {
            run.assign(0);
        }
        assertEquals(
                List.of("03Linear_weight", "05Linear_weight"),
                listener.getAlignments().stream().map(LayerAlignment::path).toList());
    }

    @Test
    void comparingLeavesNoArraysBehind() {
        try (TrainingRun run =
                start(
                        NetworkCase.twoHiddenLayers(),
                        new AlignmentListener(1),
                        FeedbackAlignment.builder().build()::newTrainer)) {
            NDManager ofModel = run.model().getNDManager();
            run.train(0, 2);
            int before = ofModel.getManagedArrays().size();
            int ofTrainer = run.trainer().getManager().getManagedArrays().size();
            run.train(2, 12);
            assertEquals(before, ofModel.getManagedArrays().size());
            assertEquals(ofTrainer, run.trainer().getManager().getManagedArrays().size());
        }
    }

    @Test
    void aTrainerWithoutARuleIsRefused() {
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () ->
                                        start(
                                                NetworkCase.twoHiddenLayers(),
                                                new AlignmentListener(1),
                                                Model::newTrainer))
                        .getMessage();
        assertTrue(message.contains("rule.newTrainer"), message);
    }

    @Test
    void anIntervalBelowOneBatchIsRefused() {
        String message =
                assertThrows(IllegalArgumentException.class, () -> new AlignmentListener(0))
                        .getMessage();
        assertTrue(message.contains("at least 1 forward, not 0"), message);
    }

    @Test
    void anglesOfKnownVectors() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray a = manager.create(new float[] {1, 0, 0, 0}, new Shape(2, 2));
            NDArray b = manager.create(new float[] {1, 1, 0, 0}, new Shape(2, 2));
            assertEquals(45, Angles.degrees(a, b), 1e-9);
            assertEquals(90, Angles.degrees(a, b.sub(a)), 1e-9);
            assertEquals(180, Angles.degrees(a, a.mul(-3)), 1e-9);
            assertEquals(0, Angles.degrees(b, b.mul(0.1f)), 1e-5);
            assertTrue(Double.isNaN(Angles.degrees(a, a.zerosLike())));
            assertEquals(Math.sqrt(2), Angles.norm(b), 1e-12);
        }
    }

    private static TrainingRun start(
            NetworkCase network, CreditListener listener, Gradients.TrainerFactory factory) {
        LossCase loss = LossCase.softmaxCrossEntropy();
        DefaultTrainingConfig config = TrainingRun.config(loss).addTrainingListeners(listener);
        return TrainingRun.start(network, DataType.FLOAT32, loss, config, factory);
    }
}
