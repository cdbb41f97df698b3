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

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.convolutional.Conv3d;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.recurrent.LSTM;
import ai.djl.training.DefaultTrainingConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.creditassignment.alignment.AlignmentListener;
import org.locallearning.djl.creditassignment.alignment.LayerAlignment;
import org.locallearning.djl.creditassignment.layer.LayerTable;
import org.locallearning.djl.creditassignment.lra.LocalRepresentationAlignment;
import org.locallearning.djl.creditassignment.rule.DirectFeedbackAlignment;
import org.locallearning.djl.creditassignment.rule.FeedbackAlignment;
import org.locallearning.djl.creditassignment.rule.FeedbackSource;
import org.locallearning.djl.creditassignment.rule.KolenPollack;
import org.locallearning.djl.creditassignment.rule.NodePerturbation;
import org.locallearning.djl.creditassignment.rule.Pseudobackpropagation;
import org.locallearning.djl.creditassignment.rule.SignSymmetricFeedback;
import org.locallearning.djl.creditassignment.rule.WeightMirror;
import org.locallearning.djl.creditassignment.tape.UnknownBlocks;
import org.locallearning.djl.decorrelation.Cost;
import org.locallearning.djl.decorrelation.DecorrelatedConv2d;
import org.locallearning.djl.decorrelation.Decorrelation;

/** Rules inside blocks that the tape runs as one piece, against the same network walked. */
class HandWrittenBlockTest {

    /** Feedback weights that are a function of the shape, since paths differ with the nesting. */
    private static final FeedbackSource BY_SHAPE =
            (manager, path, shape, type) -> {
                Random random = new Random(shape.hashCode());
                double[] values = random.doubles(shape.size()).map(value -> value - 0.5).toArray();
                return manager.create(values, shape).toType(type, false);
            };

    /** Every rule that sends errors through weights of its own choice. */
    private static List<RuleCase> sending() {
        return List.of(
                new RuleCase("fa", FeedbackAlignment.builder().optFeedback(BY_SHAPE).build()),
                new RuleCase("kp", KolenPollack.builder().optFeedback(BY_SHAPE).build()),
                new RuleCase("wm", WeightMirror.builder().optFeedback(BY_SHAPE).build()),
                new RuleCase("pbp", Pseudobackpropagation.builder().build()),
                new RuleCase("usf", SignSymmetricFeedback.builder().build()),
                new RuleCase(
                        "brsf",
                        SignSymmetricFeedback.builder()
                                .optMode(SignSymmetricFeedback.Mode.BATCHWISE_RANDOM)
                                .build()),
                new RuleCase(
                        "frsf",
                        SignSymmetricFeedback.builder()
                                .optMode(SignSymmetricFeedback.Mode.FIXED_MAGNITUDE)
                                .optFeedback(BY_SHAPE)
                                .build()));
    }

    private static SequentialBlock sequence() {
        SequentialBlock block = new SequentialBlock();
        layers().forEach(block::add);
        return block;
    }

    private static HandWritten handWritten() {
        return new HandWritten(layers().toArray(Block[]::new));
    }

    private static List<Block> layers() {
        return List.of(
                NetworkCase.linear(8),
                BatchNorm.builder().build(),
                Blocks.identityBlock(),
                NetworkCase.linear(7),
                Activation.tanhBlock(),
                NetworkCase.linear(4));
    }

    private static NetworkCase dense(Supplier<Block> block) {
        return new NetworkCase("dense", block, new Shape(6, 9), 4);
    }

    private static Block conv3d() {
        return new SequentialBlock()
                .add(Conv3d.builder().setFilters(3).setKernelShape(new Shape(2, 2, 2)).build())
                .add(Activation.tanhBlock())
                .add(Conv3d.builder().setFilters(2).setKernelShape(new Shape(2, 1, 2)).build())
                .add(Blocks.batchFlattenBlock())
                .add(NetworkCase.linear(4));
    }

    static Stream<Arguments> rulesByNetworks() {
        Set<String> branched = Set.of("residual", "nested", "flattened join");
        return Stream.concat(
                        NetworkCase.small().stream(),
                        Stream.of(
                                new NetworkCase(
                                        "conv3d",
                                        HandWrittenBlockTest::conv3d,
                                        new Shape(3, 2, 4, 4, 5),
                                        4)))
                .flatMap(
                        network ->
                                sending().stream()
                                        // what is drawn for each batch is drawn in another order
                                        .filter(
                                                rule ->
                                                        !rule.name().equals("brsf")
                                                                || !branched.contains(
                                                                        network.name()))
                                        .map(rule -> Arguments.of(rule, network)));
    }

    @ParameterizedTest(name = "{0} in {1}")
    @MethodSource("rulesByNetworks")
    void gradientsAreThoseOfTheNetworkThatIsWalked(RuleCase rule, NetworkCase network) {
        NetworkCase hidden =
                new NetworkCase(
                        network.name(),
                        () -> new HandWritten(network.block().get()),
                        network.input(),
                        network.classes());
        assertAlike(gradients(hidden, rule), gradients(network, rule), 1e-12);
    }

    static List<RuleCase> rules() {
        return sending();
    }

    @ParameterizedTest
    @MethodSource("rules")
    void threeLinearsAndABatchNormAreLikeTheirSequentialTwin(RuleCase rule) {
        Gradients twin = gradients(dense(HandWrittenBlockTest::sequence), rule);
        assertAlike(gradients(dense(HandWrittenBlockTest::handWritten), rule), twin, 1e-12);
        Gradients exact =
                Gradients.of(
                        dense(HandWrittenBlockTest::sequence),
                        DataType.FLOAT64,
                        ai.djl.Model::newTrainer);
        assertTrue(twin.distanceTo(exact) > 0.01, "the rule is not backpropagation");
    }

    @ParameterizedTest
    @MethodSource("rules")
    void aPieceAmongLayersThatAreWalked(RuleCase rule) {
        Function<Block, Block> within =
                middle ->
                        new SequentialBlock()
                                .add(NetworkCase.linear(10))
                                .add(Activation.tanhBlock())
                                .add(middle)
                                .add(Activation.tanhBlock())
                                .add(NetworkCase.linear(4));
        assertAlike(
                gradients(dense(() -> within.apply(handWritten())), rule),
                gradients(dense(() -> within.apply(sequence())), rule),
                1e-12);
    }

    /** One layer object in two places, in code and in a sequence. */
    @ParameterizedTest
    @MethodSource("rules")
    void aLayerThatIsUsedTwice(RuleCase rule) {
        if (rule.name().equals("brsf")) {
            return; // two draws where the layer stands twice, one where it is one
        }
        Supplier<Block> called =
                () -> {
                    Block shared = NetworkCase.linear(9);
                    Block tanh = Activation.tanhBlock();
                    return new HandWritten(shared, tanh, shared, NetworkCase.linear(4));
                };
        Supplier<Block> walked =
                () -> {
                    Block shared = NetworkCase.linear(9);
                    return new SequentialBlock()
                            .add(shared)
                            .add(Activation.tanhBlock())
                            .add(shared)
                            .add(NetworkCase.linear(4));
                };
        Gradients inside = gradients(dense(called), rule);
        Gradients twin = gradients(dense(walked), rule);
        // the sequence lists the shared parameters once for each place
        assertEquals(
                0, distance(first(inside, "01Linear"), first(twin, "01Linear")), 1e-12, "shared");
    }

    private static double[] first(Gradients gradients, String path) {
        return gradients.under(path).byPath().values().iterator().next();
    }

    private static double distance(double[] some, double[] others) {
        double sum = 0;
        double scale = 0;
        for (int i = 0; i < some.length; i++) {
            sum += (some[i] - others[i]) * (some[i] - others[i]);
            scale += others[i] * others[i];
        }
        return Math.sqrt(sum / scale);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void trainsAndKeepsItsWeightsInPlace(RuleCase rule) {
        try (TrainingRun run = TrainingRun.start(dense(HandWrittenBlockTest::handWritten), rule)) {
            Map<String, double[]> before = run.parameters();
            run.assign(0);
            Map<String, double[]> after = run.parameters();
            for (Map.Entry<String, double[]> entry : before.entrySet()) {
                if (entry.getKey().endsWith("weight")) {
                    assertEquals(
                            0,
                            distance(after.get(entry.getKey()), entry.getValue()),
                            entry.getKey());
                }
            }
            run.trainer().step();
            run.train(1, 3);
        }
    }

    @Test
    void savedFeedbackOfInnerLayersGoesOn(
            @org.junit.jupiter.api.io.TempDir java.nio.file.Path folder) throws Exception {
        NetworkCase network = dense(HandWrittenBlockTest::handWritten);
        RuleCase rule = sending().get(1);
        Map<String, double[]> expected;
        try (TrainingRun run = TrainingRun.start(network, rule)) {
            run.train(0, 2).save(folder);
            expected = run.train(2, 4).parameters();
            assertEquals(
                    Set.of("01Linear_weight", "04Linear_weight", "06Linear_weight"),
                    ((CreditTrainer) run.trainer()).getRuleParameters().keySet());
        }
        try (TrainingRun run = TrainingRun.resume(network, folder, rule)) {
            Map<String, double[]> found = run.train(2, 4).parameters();
            expected.forEach((path, values) -> assertEquals(0, distance(found.get(path), values)));
        }
    }

    @Test
    void alignmentIsMeasuredInside() {
        AlignmentListener listener = new AlignmentListener(1);
        LossCase loss = LossCase.softmaxCrossEntropy();
        DefaultTrainingConfig config = TrainingRun.config(loss).addTrainingListeners(listener);
        try (TrainingRun run =
                TrainingRun.start(
                        dense(HandWrittenBlockTest::handWritten),
                        DataType.FLOAT32,
                        loss,
                        config,
                        sending().get(0))) {
            run.assign(0);
        }
        List<LayerAlignment> found = listener.getAlignments();
        assertEquals(
                List.of("01Linear_weight", "04Linear_weight", "06Linear_weight"),
                found.stream().map(LayerAlignment::path).toList());
        assertEquals(0, found.get(2).gradientAngle(), 0.1, "nothing but the loss is above it");
        assertTrue(found.get(0).gradientAngle() > 5, found.toString());
        assertTrue(found.get(1).feedbackAngle().getAsDouble() > 20, found.toString());
    }

    @Test
    void theReportTellsInnerWeightsApart() {
        NetworkCase network =
                dense(
                        () ->
                                new SequentialBlock()
                                        .add(NetworkCase.linear(5))
                                        .add(handWritten())
                                        .add(NetworkCase.linear(4)));
        try (TrainingRun run = TrainingRun.start(network, sending().get(0))) {
            List<CreditReport.Row> rows = ((CreditTrainer) run.trainer()).getReport().getRows();
            assertEquals(
                    List.of(
                            "01Linear",
                            "02HandWritten",
                            "02HandWritten_01Linear_weight",
                            "02HandWritten_04Linear_weight",
                            "02HandWritten_06Linear_weight",
                            "03Linear"),
                    rows.stream().map(CreditReport.Row::path).toList());
            assertEquals("weight inside", rows.get(2).role());
            assertEquals("weight (8, 5)", rows.get(2).parameters());
            assertEquals("through B given", rows.get(2).feedback());
        }
        try (TrainingRun run =
                TrainingRun.start(network, DirectFeedbackAlignment.builder().build()::newTrainer)) {
            List<CreditReport.Row> rows = ((CreditTrainer) run.trainer()).getReport().getRows();
            assertEquals("exact, inside one piece", rows.get(2).feedback());
        }
    }

    @Test
    void aKernelThatIsMadeOfTheWeightIsRefusedByName() {
        NetworkCase network =
                new NetworkCase(
                        "decorrelated",
                        () ->
                                new HandWritten(
                                        Conv2d.builder()
                                                .setFilters(3)
                                                .setKernelShape(new Shape(3, 3))
                                                .build(),
                                        DecorrelatedConv2d.builder()
                                                .setFilters(3)
                                                .setKernelShape(new Shape(2, 2))
                                                .build(),
                                        Blocks.batchFlattenBlock(),
                                        NetworkCase.linear(4)),
                        new Shape(2, 2, 6, 6),
                        4);
        try (TrainingRun run = TrainingRun.start(network, sending().get(0))) {
            String message =
                    assertThrows(IllegalArgumentException.class, () -> run.assign(0)).getMessage();
            assertTrue(message.contains("02DecorrelatedConv2d_weight"), message);
            assertTrue(message.contains("withSequence"), message);
        }
    }

    @Test
    void dropoutInsideIsRefusedWhereBlocksRunSeveralTimes() {
        NetworkCase network =
                dense(
                        () ->
                                new SequentialBlock()
                                        .add(NetworkCase.linear(5))
                                        .add(
                                                new HandWritten(
                                                        NetworkCase.linear(30),
                                                        Dropout.builder().optRate(0.5f).build()))
                                        .add(NetworkCase.linear(4)));
        try (TrainingRun run =
                TrainingRun.start(network, NodePerturbation.builder().build()::newTrainer)) {
            String message =
                    assertThrows(IllegalArgumentException.class, () -> run.assign(0)).getMessage();
            assertTrue(message.startsWith("NodePerturbation runs blocks"), message);
            assertTrue(message.contains("02HandWritten"), message);
        }
        // which runs activations again, and no unknown block
        TrainingRun.start(network, LocalRepresentationAlignment.builder().build()::newTrainer)
                .assign(0)
                .close();
    }

    private static Gradients gradients(NetworkCase network, RuleCase rule) {
        return Gradients.of(network, DataType.FLOAT64, rule);
    }

    /** Compares gradients in the order of the parameters, whatever their paths. */
    private static void assertAlike(Gradients found, Gradients expected, double tolerance) {
        List<double[]> some = new ArrayList<>(found.byPath().values());
        List<double[]> others = new ArrayList<>(expected.byPath().values());
        assertEquals(others.size(), some.size());
        double total = others.stream().mapToDouble(HandWrittenBlockTest::norm).max().orElseThrow();
        for (int i = 0; i < some.size(); i++) {
            double[] difference = some.get(i).clone();
            for (int j = 0; j < difference.length; j++) {
                difference[j] -= others.get(i)[j];
            }
            // the bias in front of a normalization has a gradient of zero: there is only rounding
            double scale = Math.max(norm(others.get(i)), 1e-3 * total);
            assertEquals(0, norm(difference) / scale, tolerance, "parameter " + i);
        }
    }

    private static double norm(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value * value;
        }
        return Math.sqrt(sum);
    }

    /** A rule on a network in which it would be backpropagation. */
    static Stream<Arguments> byAnotherName() {
        NetworkCase piece = dense(HandWrittenBlockTest::handWritten);
        NetworkCase lstm =
                new NetworkCase(
                        "LSTM and Linear",
                        () ->
                                new SequentialBlock()
                                        .add(lstm())
                                        .add(Blocks.batchFlattenBlock())
                                        .add(NetworkCase.linear(4)),
                        new Shape(3, 5, 6),
                        4);
        NetworkCase own = dense(() -> new HandWritten(new UnknownBlock(), new UnknownBlock()));
        return Stream.of(
                Arguments.of(DirectFeedbackAlignment.builder(), piece),
                Arguments.of(LocalRepresentationAlignment.builder(), piece),
                Arguments.of(NodePerturbation.builder(), piece),
                Arguments.of(LocalRepresentationAlignment.builder(), lstm),
                Arguments.of(FeedbackAlignment.builder(), own));
    }

    private static LSTM lstm() {
        return LSTM.builder().setStateSize(4).setNumLayers(1).optBatchFirst(true).build();
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("byAnotherName")
    void backpropagationByAnotherNameIsRefused(
            CreditAssignment.Builder<?> builder, NetworkCase network) throws Exception {
        CreditAssignment rule = build(builder);
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> TrainingRun.start(network, rule::newTrainer))
                        .getMessage();
        assertTrue(message.contains("backpropagation by another name"), message);
        assertTrue(message.contains("withSequence") && message.contains("ACCEPT"), message);
        CreditAssignment accepting = build(builder.optUnknownBlocks(UnknownBlocks.ACCEPT));
        TrainingRun.start(network, accepting::newTrainer).assign(0).close();
    }

    /** Steps of a recurrent network, all by one layer. */
    private static HandWritten steps() {
        Block layer = NetworkCase.linear(9);
        Block tanh = Activation.tanhBlock();
        return new HandWritten(layer, tanh, layer, tanh, layer);
    }

    @ParameterizedTest
    @MethodSource("withoutInnerFeedback")
    void oneLayerThatIsUsedSeveralTimesIsRefused(CreditAssignment.Builder<?> builder)
            throws Exception {
        NetworkCase network =
                new NetworkCase("steps", HandWrittenBlockTest::steps, new Shape(6, 9), 9);
        CreditAssignment rule = build(builder);
        try (TrainingRun run = TrainingRun.start(network, rule::newTrainer)) {
            String message =
                    assertThrows(IllegalArgumentException.class, () -> run.assign(0)).getMessage();
            assertTrue(message.contains("backpropagation by another name"), message);
        }
        CreditAssignment accepting = build(builder.optUnknownBlocks(UnknownBlocks.ACCEPT));
        TrainingRun.start(network, accepting::newTrainer).assign(0).close();
    }

    /** Low rank has a parameter that comes with its initialization, and that nothing trains. */
    @Test
    void decorrelationMayBeUnfrozenInTraining() {
        NetworkCase network =
                dense(
                        () ->
                                new SequentialBlock()
                                        .add(
                                                Decorrelation.builder()
                                                        .optOptions(o -> o.optCost(Cost.rank(3)))
                                                        .build())
                                        .add(NetworkCase.linear(4)));
        try (TrainingRun run =
                TrainingRun.start(network, FeedbackAlignment.builder().build()::newTrainer)) {
            run.assign(0);
            run.model().getBlock().freezeParameters(true);
            run.model().getBlock().freezeParameters(false);
            run.assign(1);
        }
    }

    static List<CreditAssignment.Builder<?>> withoutInnerFeedback() {
        return List.of(
                DirectFeedbackAlignment.builder(),
                LocalRepresentationAlignment.builder(),
                NodePerturbation.builder());
    }

    /** What is refused when a trainer is made is refused when freezing leads to it. */
    @Test
    void unfreezingDoesNotMakeItBackpropagation() {
        Block lstm = lstm();
        lstm.freezeParameters(true);
        NetworkCase network =
                new NetworkCase(
                        "LSTM and Linear",
                        () ->
                                new SequentialBlock()
                                        .add(lstm)
                                        .add(Blocks.batchFlattenBlock())
                                        .add(NetworkCase.linear(4)),
                        new Shape(3, 5, 6),
                        4);
        try (TrainingRun run =
                TrainingRun.start(
                        network, LocalRepresentationAlignment.builder().build()::newTrainer)) {
            run.assign(0);
            lstm.freezeParameters(false);
            String message =
                    assertThrows(IllegalArgumentException.class, () -> run.assign(1)).getMessage();
            assertTrue(message.contains("backpropagation by another name"), message);
            lstm.freezeParameters(true);
            run.assign(2);
        }
    }

    /** A dropout that was frozen out of the reruns is found once something below it learns. */
    @Test
    void unfreezingIsFollowedByAnotherLookAtReruns() {
        Block base = NetworkCase.linear(5);
        base.freezeParameters(true);
        NetworkCase network =
                dense(
                        () ->
                                new SequentialBlock()
                                        .add(base)
                                        .add(
                                                frozen(
                                                        new HandWritten(
                                                                NetworkCase.linear(30),
                                                                Dropout.builder().build())))
                                        .add(NetworkCase.linear(4)));
        try (TrainingRun run =
                TrainingRun.start(network, NodePerturbation.builder().build()::newTrainer)) {
            run.assign(0);
            base.freezeParameters(false);
            String message =
                    assertThrows(IllegalArgumentException.class, () -> run.assign(1)).getMessage();
            assertTrue(message.contains("02HandWritten"), message);
        }
    }

    private static Block frozen(Block block) {
        block.freezeParameters(true);
        return block;
    }

    private static CreditAssignment build(CreditAssignment.Builder<?> builder) throws Exception {
        return (CreditAssignment) builder.getClass().getMethod("build").invoke(builder);
    }

    static List<RuleCase> every() {
        return RuleCase.all();
    }

    @ParameterizedTest
    @MethodSource("every")
    void oneLayerLearnsTheSameInAHandWrittenBlock(RuleCase rule) {
        assertAlike(
                Gradients.of(oneLayer(HandWritten::new), DataType.FLOAT64, rule),
                Gradients.of(oneLayer(HandWrittenBlockTest::alone), DataType.FLOAT64, rule),
                1e-12);
    }

    static List<RuleCase> sendingErrors() {
        return RuleCase.sendingErrors();
    }

    @ParameterizedTest
    @MethodSource("sendingErrors")
    void oneLayerIsTheDeltaRule(RuleCase rule) {
        NetworkCase network = oneLayer(HandWrittenBlockTest::alone);
        assertAlike(
                Gradients.of(network, DataType.FLOAT64, rule),
                Gradients.of(network, DataType.FLOAT64, Model::newTrainer),
                1e-12);
    }

    private static NetworkCase oneLayer(Function<Block, Block> around) {
        return dense(() -> around.apply(NetworkCase.linear(4)));
    }

    private static Block alone(Block layer) {
        return new SequentialBlock().add(layer);
    }

    @Test
    void aFrozenBaseIsNoReasonToRefuse() {
        NetworkCase network =
                dense(
                        () -> {
                            HandWritten base = handWritten();
                            base.freezeParameters(true);
                            return new SequentialBlock().add(base).add(NetworkCase.linear(4));
                        });
        assertDoesNotThrow(
                () ->
                        TrainingRun.start(
                                        network,
                                        DirectFeedbackAlignment.builder().build()::newTrainer)
                                .close());
    }

    private static LayerTable declared() {
        return LayerTable.standard().withSequence(HandWritten.class, HandWritten::calls);
    }

    @Test
    void aDeclaredSequenceIsWalkedByEveryRule() throws Exception {
        for (CreditAssignment.Builder<?> builder :
                List.of(
                        FeedbackAlignment.builder().optFeedback(BY_SHAPE),
                        DirectFeedbackAlignment.builder().optFeedback(BY_SHAPE),
                        LocalRepresentationAlignment.builder().optFeedback(BY_SHAPE),
                        NodePerturbation.builder())) {
            CreditAssignment walked =
                    build(builder.optLayers(declared()).optUnknownBlocks(UnknownBlocks.FAIL));
            assertAlike(
                    Gradients.of(
                            dense(HandWrittenBlockTest::handWritten),
                            DataType.FLOAT64,
                            walked::newTrainer),
                    Gradients.of(
                            dense(HandWrittenBlockTest::sequence),
                            DataType.FLOAT64,
                            walked::newTrainer),
                    1e-12);
        }
    }

    /** What may be wrong with a declared sequence, and a part of what is said of it. */
    static Stream<Arguments> wrongSequences() {
        Function<HandWritten, List<Block>> foreign =
                block -> {
                    List<Block> blocks = new ArrayList<>(block.calls());
                    blocks.set(0, NetworkCase.linear(8));
                    return blocks;
                };
        Function<HandWritten, List<Block>> missing = block -> block.calls().subList(1, 6);
        Function<HandWritten, List<Block>> twice =
                block -> {
                    List<Block> blocks = new ArrayList<>(block.calls());
                    blocks.add(blocks.get(0));
                    return blocks;
                };
        Function<HandWritten, List<Block>> withoutActivation =
                block ->
                        block.calls().stream()
                                .filter(call -> call != block.calls().get(4))
                                .toList();
        return Stream.of(
                Arguments.of(foreign, "none of its children"),
                Arguments.of(missing, "missing, 01Linear"),
                Arguments.of(twice, "its child 01Linear twice"),
                Arguments.of(withoutActivation, "computes something else"));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("wrongSequences")
    void aSequenceThatDoesNotFitIsRefused(
            Function<HandWritten, List<Block>> sequence, String part) {
        CreditAssignment rule = walking(sequence);
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> {
                                    try (TrainingRun run =
                                            TrainingRun.start(
                                                    dense(HandWrittenBlockTest::handWritten),
                                                    rule::newTrainer)) {
                                        run.assign(0);
                                    }
                                })
                        .getMessage();
        assertTrue(message.contains(part), message);
    }

    /** Which the comparison of the first batch, in evaluation mode, could not notice. */
    @Test
    void aSequenceThatForgetsADropoutIsRefused() {
        NetworkCase network =
                dense(
                        () ->
                                new HandWritten(
                                        NetworkCase.linear(5),
                                        Dropout.builder().build(),
                                        NetworkCase.linear(4)));
        Function<HandWritten, List<Block>> forgetful =
                block -> List.of(block.calls().get(0), block.calls().get(2));
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> TrainingRun.start(network, walking(forgetful)::newTrainer))
                        .getMessage();
        assertTrue(message.contains("has a dropout that is missing, 02Dropout"), message);
        Function<HandWritten, List<Block>> nested =
                block ->
                        List.of(
                                block.calls().get(0),
                                new SequentialBlock().add(block.calls().get(1)),
                                block.calls().get(2));
        TrainingRun.start(network, walking(nested)::newTrainer).assign(0).close();
    }

    /** The comparison of the first batch leaves the batch as it is. */
    @Test
    void aDeclaredSequenceMayFollowWhatChangesItsInput() {
        NetworkCase network =
                dense(
                        () ->
                                new SequentialBlock()
                                        .add(LambdaBlock.singleton(batch -> batch.divi(255)))
                                        .add(handWritten()));
        CreditAssignment rule = walking(HandWritten::calls);
        TrainingRun.start(network, rule::newTrainer).assign(0).close();
    }

    private static CreditAssignment walking(Function<HandWritten, List<Block>> sequence) {
        return FeedbackAlignment.builder()
                .optLayers(LayerTable.standard().withSequence(HandWritten.class, sequence::apply))
                .build();
    }

    @Test
    void aBlockWithAParameterOfItsOwnIsNoSequence() {
        CreditAssignment rule =
                FeedbackAlignment.builder()
                        .optLayers(
                                LayerTable.standard()
                                        .withSequence(UnknownBlock.class, block -> List.of()))
                        .build();
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> TrainingRun.start(dense(UnknownBlock::new), rule::newTrainer))
                        .getMessage();
        assertTrue(message.contains("factors"), message);
    }
}
