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
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.creditassignment.CreditAssignment;
import org.locallearning.djl.creditassignment.CreditTrainer;
import org.locallearning.djl.creditassignment.Gradients;
import org.locallearning.djl.creditassignment.LossCase;
import org.locallearning.djl.creditassignment.NetworkCase;
import org.locallearning.djl.creditassignment.TrainingRun;
import org.locallearning.djl.creditassignment.layer.LayerTable;
import org.locallearning.djl.creditassignment.lra.LocalRepresentationAlignment;
import org.locallearning.djl.creditassignment.tape.Network;

/** Feedback weights are given to every rule that has some in one way, and read in one way. */
class GivenFeedbackTest {

    /** All of its weights, and with it all feedback weights and error matrices, are (5, 5). */
    private static final NetworkCase SQUARE =
            new NetworkCase("square", () -> NetworkCase.mlp(5, 5, 5), new Shape(6, 5), 5);

    private static final List<String> PATHS = List.of("03Linear_weight", "05Linear_weight");

    private final NDManager manager = NDManager.newBaseManager("PyTorch");

    /** A rule that has feedback weights, and whether they stay as they are. */
    private record Case(
            String name,
            boolean fixed,
            List<String> names,
            Function<FeedbackSource, CreditAssignment> rule) {

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Case> rules() {
        return List.of(
                new Case(
                        "feedback alignment",
                        true,
                        PATHS,
                        source -> FeedbackAlignment.builder().optFeedback(source).build()),
                new Case(
                        "direct",
                        true,
                        PATHS,
                        source -> DirectFeedbackAlignment.builder().optFeedback(source).build()),
                new Case(
                        "fixed signs",
                        true,
                        PATHS,
                        source ->
                                SignSymmetricFeedback.builder()
                                        .optMode(SignSymmetricFeedback.Mode.FIXED_MAGNITUDE)
                                        .optFeedback(source)
                                        .build()),
                new Case(
                        "Kolen-Pollack",
                        false,
                        PATHS,
                        source -> KolenPollack.builder().optFeedback(source).build()),
                new Case(
                        "weight mirror",
                        false,
                        PATHS,
                        source -> WeightMirror.builder().optFeedback(source).build()),
                new Case(
                        "representation alignment",
                        false,
                        List.of("05Linear → 03Linear", "05Linear → 01Linear"),
                        source ->
                                LocalRepresentationAlignment.builder()
                                        .optFeedback(source)
                                        .build()));
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private static Map<String, double[]> ruleParameters(TrainingRun run) {
        Map<String, double[]> values = new TreeMap<>();
        ((CreditTrainer) run.trainer())
                .getRuleParameters()
                .forEach(
                        (name, array) -> {
                            try (NDArray wide = array.toType(DataType.FLOAT64, true)) {
                                values.put(name, wide.toDoubleArray());
                            }
                        });
        return values;
    }

    private static void assertSame(Map<String, double[]> expected, Map<String, double[]> actual) {
        assertEquals(expected.keySet(), actual.keySet());
        expected.forEach((name, values) -> assertArrayEquals(values, actual.get(name), name));
    }

    /** What a model and its rule come to when what is given is made of a weight of the model. */
    private static List<Map<String, double[]>> trained(Case rule, UnaryOperator<NDArray> given) {
        AtomicReference<Model> trained = new AtomicReference<>();
        FeedbackSource source =
                (manager, path, shape, type) ->
                        given.apply(
                                trained.get()
                                        .getBlock()
                                        .getParameters()
                                        .get("05Linear_weight")
                                        .getArray());
        Gradients.TrainerFactory factory =
                (model, config) -> {
                    trained.set(model);
                    return rule.rule().apply(source).newTrainer(model, config);
                };
        try (TrainingRun run = TrainingRun.start(SQUARE, factory)) {
            run.train(0, 3);
            return List.of(run.parameters(), ruleParameters(run));
        }
    }

    @ParameterizedTest
    @MethodSource("rules")
    void aWeightOfTheModelThatIsGivenIsCopied(Case rule) {
        List<Map<String, double[]>> copied = trained(rule, NDArray::duplicate);
        List<Map<String, double[]>> itself = trained(rule, weight -> weight);
        assertEquals(new TreeSet<>(rule.names()), copied.get(1).keySet());
        assertSame(copied.get(0), itself.get(0));
        assertSame(copied.get(1), itself.get(1));
    }

    private Map<String, NDArray> matrices(List<String> names) {
        FeedbackSource drawn = FeedbackDistribution.uniform(0.7).seeded(3);
        Map<String, NDArray> matrices = new LinkedHashMap<>();
        for (String name : names) {
            NDArray values = drawn.create(manager, name, new Shape(5, 5), DataType.FLOAT32);
            matrices.put(name, values.abs());
        }
        return matrices;
    }

    @ParameterizedTest
    @MethodSource("rules")
    void whatIsGivenByPathIsRead(Case rule) {
        Map<String, NDArray> given = matrices(rule.names());
        CreditAssignment assignment = rule.rule().apply(FeedbackSource.of(given));
        assertTrue(assignment.toString().contains("given"), assignment.toString());
        try (TrainingRun run = TrainingRun.start(SQUARE, assignment::newTrainer)) {
            assertEquals(Map.of(), ruleParameters(run));
            run.assign(0);
            Map<String, double[]> first = ruleParameters(run);
            assertEquals(given.keySet(), first.keySet());
            run.trainer().step();
            run.train(1, 3);
            Map<String, double[]> last = ruleParameters(run);
            given.forEach(
                    (name, matrix) -> {
                        try (NDArray wide = matrix.toType(DataType.FLOAT64, true)) {
                            double[] values = wide.toDoubleArray();
                            assertArrayEquals(values, first.get(name), name);
                            assertEquals(rule.fixed(), Arrays.equals(values, last.get(name)), name);
                        }
                    });
        }
    }

    @ParameterizedTest
    @MethodSource("rules")
    void whatDoesNotFitIsNamed(Case rule) {
        String last = rule.names().get(1);
        Map<String, NDArray> given = matrices(rule.names().subList(0, 1));
        String message = refused(rule.rule().apply(FeedbackSource.of(given)));
        assertTrue(message.contains("for " + last + ", only for " + given.keySet()), message);
        given.put(last, manager.ones(new Shape(5, 4)));
        message = refused(rule.rule().apply(FeedbackSource.of(given)));
        assertTrue(message.contains(last) && message.contains("(5, 4)"), message);
        FeedbackSource wide =
                (onDevice, path, shape, type) -> onDevice.ones(shape, DataType.FLOAT64);
        message = refused(rule.rule().apply(wide));
        assertTrue(message.contains("float64"), message);
    }

    private static String refused(CreditAssignment rule) {
        try (TrainingRun run = TrainingRun.start(SQUARE, rule::newTrainer)) {
            return assertThrows(IllegalArgumentException.class, () -> run.assign(0)).getMessage();
        }
    }

    @ParameterizedTest
    @MethodSource("rules")
    void aSeedIsThatOfTheDistribution(Case rule) {
        FeedbackDistribution distribution = FeedbackDistribution.normal(0.3).withDensity(0.5);
        CreditAssignment assignment = rule.rule().apply(distribution.seeded(7));
        assertTrue(assignment.toString().contains(distribution + ", seed 7"));
        try (TrainingRun run = TrainingRun.start(SQUARE, assignment::newTrainer)) {
            Map<String, double[]> drawn = ruleParameters(run.assign(0));
            for (String name : rule.names()) {
                try (NDArray expected =
                                distribution
                                        .seeded(7)
                                        .create(manager, name, new Shape(5, 5), DataType.FLOAT32);
                        NDArray wide = expected.toType(DataType.FLOAT64, true)) {
                    double[] values = wide.toDoubleArray();
                    if (assignment instanceof SignSymmetricFeedback) {
                        values = Arrays.stream(values).map(Math::abs).toArray();
                    }
                    assertArrayEquals(values, drawn.get(name), name);
                }
            }
        }
    }

    @Test
    void anotherSeedKeepsTheDistribution() {
        CreditAssignment expected =
                FeedbackAlignment.builder()
                        .optFeedback(FeedbackDistribution.normal(0.3).seeded(5))
                        .build();
        CreditAssignment seeded =
                FeedbackAlignment.builder()
                        .optFeedback(FeedbackDistribution.normal(0.3).seeded(0))
                        .optSeed(5)
                        .build();
        assertEquals(expected.toString(), seeded.toString());
        assertEquals(
                0,
                Gradients.of(SQUARE, seeded::newTrainer)
                        .distanceTo(Gradients.of(SQUARE, expected::newTrainer)));
        FeedbackAlignment.Builder given =
                FeedbackAlignment.builder().optFeedback(FeedbackSource.of(Map.of()));
        assertThrows(IllegalStateException.class, () -> given.optSeed(5));
    }

    /** B = |M| ⊙ sign(W). */
    @Test
    void givenMagnitudesTakeTheSignsOfTheWeights() {
        Map<String, NDArray> magnitudes = matrices(PATHS);
        magnitudes.replaceAll((path, matrix) -> matrix.neg());
        CreditAssignment signs =
                SignSymmetricFeedback.builder()
                        .optMode(SignSymmetricFeedback.Mode.FIXED_MAGNITUDE)
                        .optFeedback(FeedbackSource.of(magnitudes))
                        .build();
        Gradients.TrainerFactory plain =
                (model, config) -> {
                    FeedbackSource signed =
                            (onDevice, path, shape, type) -> {
                                NDArray weight =
                                        model.getBlock().getParameters().get(path).getArray();
                                return weight.sign().mul(magnitudes.get(path).abs());
                            };
                    return FeedbackAlignment.builder()
                            .optFeedback(signed)
                            .build()
                            .newTrainer(model, config);
                };
        assertEquals(
                0, Gradients.of(SQUARE, signs::newTrainer).distanceTo(Gradients.of(SQUARE, plain)));
    }

    @Test
    void aSeedThatWouldBeLostIsRefused() {
        FeedbackAlignment.Builder builder = FeedbackAlignment.builder().optSeed(7);
        FeedbackSource other = FeedbackDistribution.fanInUniform().seeded(0);
        String message =
                assertThrows(IllegalStateException.class, () -> builder.optFeedback(other))
                        .getMessage();
        assertTrue(message.contains("optSeed after"), message);
    }

    @Test
    void uniformMagnitudesHaveNoDensity() {
        FeedbackDistribution sparse = FeedbackDistribution.xavierUniform().withDensity(0.1);
        SignSymmetricFeedback.Builder builder =
                SignSymmetricFeedback.builder().optFeedback(sparse.seeded(0));
        String message = assertThrows(IllegalArgumentException.class, builder::build).getMessage();
        assertTrue(message.contains("density"), message);
        builder.optMode(SignSymmetricFeedback.Mode.FIXED_MAGNITUDE).build();
    }

    @Test
    void feedbackTooLargeToDrawNamesTheLayer() {
        NetworkCase network = NetworkCase.twoHiddenLayers();
        try (Model model = Model.newInstance("large", "PyTorch")) {
            model.setBlock(network.block().get());
            FixedFeedback fixed =
                    new FixedFeedback(
                            Network.of(model.getBlock(), LayerTable.standard()),
                            model.getNDManager(),
                            FeedbackDistribution.kaimingUniform().seeded(0));
            Shape shape = new Shape(50_000, 50_000);
            String message =
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () ->
                                            fixed.get(
                                                    model.getNDManager().getDevice(),
                                                    "03Linear_weight",
                                                    shape,
                                                    DataType.FLOAT32))
                            .getMessage();
            assertTrue(message.contains("03Linear_weight"), message);
            assertTrue(message.contains(shape.toString()), message);
        }
    }

    static Stream<CreditAssignment> savingWhatWasDrawn() {
        FeedbackSource drawn =
                (manager, path, shape, type) -> manager.randomNormal(0, 0.3f, shape, type);
        return Stream.of(
                FeedbackAlignment.builder().optFeedback(drawn).build(),
                DirectFeedbackAlignment.builder().optFeedback(drawn).build(),
                SignSymmetricFeedback.builder()
                        .optMode(SignSymmetricFeedback.Mode.FIXED_MAGNITUDE)
                        .optFeedback(drawn)
                        .build());
    }

    /** Weights that fit nowhere would be drawn anew. */
    @ParameterizedTest
    @MethodSource("savingWhatWasDrawn")
    void feedbackOfAnotherModelIsRefused(CreditAssignment rule, @TempDir Path folder)
            throws Exception {
        Path state = folder.resolve("state");
        NetworkCase saved = NetworkCase.twoHiddenLayers();
        try (TrainingRun run = TrainingRun.start(saved, rule::newTrainer)) {
            run.train(0, 1);
            ((CreditTrainer) run.trainer()).saveState(state);
        }
        NetworkCase shallow =
                new NetworkCase("shallow", () -> NetworkCase.mlp(4, 12), new Shape(6, 9), 4);
        NetworkCase wider =
                new NetworkCase("wider", () -> NetworkCase.mlp(4, 13, 11), new Shape(6, 9), 4);
        Map<NetworkCase, String> others =
                Map.of(shallow, "has no use for", wider, "not for a layer with weights of shape");
        for (Map.Entry<NetworkCase, String> other : others.entrySet()) {
            try (TrainingRun run = TrainingRun.start(other.getKey(), rule::newTrainer)) {
                CreditTrainer trainer = (CreditTrainer) run.trainer();
                String message =
                        assertThrows(MalformedModelException.class, () -> trainer.loadState(state))
                                .getMessage();
                assertTrue(message.contains(other.getValue()), message);
                assertTrue(message.contains("Linear_weight"), message);
            }
        }
        LossCase loss = LossCase.softmaxCrossEntropy();
        try (TrainingRun run =
                TrainingRun.start(
                        saved,
                        DataType.FLOAT64,
                        loss,
                        TrainingRun.config(loss),
                        rule::newTrainer)) {
            ((CreditTrainer) run.trainer()).loadState(state);
            String message =
                    assertThrows(IllegalArgumentException.class, () -> run.assign(0)).getMessage();
            assertTrue(message.contains("has type float32"), message);
        }
    }

    @Test
    void givenMagnitudesAreFixed() {
        for (SignSymmetricFeedback.Mode mode :
                Set.of(
                        SignSymmetricFeedback.Mode.UNIFORM,
                        SignSymmetricFeedback.Mode.BATCHWISE_RANDOM)) {
            SignSymmetricFeedback.Builder builder =
                    SignSymmetricFeedback.builder()
                            .optMode(mode)
                            .optFeedback(FeedbackSource.of(Map.of()));
            String message =
                    assertThrows(IllegalArgumentException.class, builder::build).getMessage();
            assertTrue(message.contains("the mode is " + mode), message);
        }
        assertFalse(SignSymmetricFeedback.builder().build().toString().contains("seed"));
    }
}
