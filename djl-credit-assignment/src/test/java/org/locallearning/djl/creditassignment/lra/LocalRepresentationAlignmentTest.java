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
package org.locallearning.djl.creditassignment.lra;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.loss.Loss;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.locallearning.djl.creditassignment.CreditAssignment;
import org.locallearning.djl.creditassignment.CreditTrainer;
import org.locallearning.djl.creditassignment.Gradients;
import org.locallearning.djl.creditassignment.NetworkCase;
import org.locallearning.djl.creditassignment.TrainingRun;
import org.locallearning.djl.creditassignment.UnknownBlock;
import org.locallearning.djl.creditassignment.rule.DirectFeedbackAlignment;
import org.locallearning.djl.creditassignment.rule.FeedbackAlignment;
import org.locallearning.djl.creditassignment.rule.FeedbackSource;
import org.locallearning.djl.creditassignment.tape.MatrixProducts;
import org.locallearning.djl.creditassignment.tape.UnknownBlocks;
import org.locallearning.djl.decorrelation.Decorrelation;
import org.locallearning.djl.decorrelation.MeanRemoval;

/** The rule against loops, against the rules that it comes to for a small β, and at zero. */
class LocalRepresentationAlignmentTest {

    private static final int CLASSES = 4;
    private static final Shape INPUT = new Shape(6, 9);

    /** The names of the linear layers of {@link #mlp}, from 1. */
    private static final String[] LAYERS = {"", "01Linear", "03Linear", "05Linear", "07Linear"};

    private static Block mlp() {
        return NetworkCase.mlp(CLASSES, 8, 7, 5);
    }

    private static OneBatch start(Supplier<Block> block, CreditAssignment rule) {
        return new OneBatch(block, INPUT, Loss.softmaxCrossEntropyLoss(), rule::newTrainer);
    }

    private static Gradients gradients(Supplier<Block> block, CreditAssignment rule) {
        try (OneBatch batch = start(block, rule)) {
            return batch.assign(batch.classes(CLASSES));
        }
    }

    private static LocalRepresentationAlignment.Builder rule() {
        return LocalRepresentationAlignment.builder().optFeedback(OneBatch.matrices());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 100})
    void algorithm2EqualsTheLoops(int gap) throws IOException {
        assertEqualsTheLoops(
                NetworkCase.mlp(CLASSES, 8, 7, 5), Math::tanh, gap, ErrorMatrixUpdate.PAPER);
    }

    @ParameterizedTest
    @EnumSource(ErrorMatrixUpdate.class)
    void everyUpdateOfErrorMatricesEqualsTheLoops(ErrorMatrixUpdate update) throws IOException {
        assertEqualsTheLoops(NetworkCase.mlp(CLASSES, 8, 7, 5), Math::tanh, 2, update);
    }

    @Test
    void anActivationWithoutDerivativeEqualsTheLoops() throws IOException {
        SequentialBlock block = new SequentialBlock();
        for (int units : new int[] {8, 7, 5}) {
            block.add(NetworkCase.linear(units)).add(SignActivation.signBlock());
        }
        block.add(NetworkCase.linear(CLASSES));
        assertEqualsTheLoops(block, Math::signum, 2, ErrorMatrixUpdate.PAPER);
    }

    @ParameterizedTest
    @EnumSource(ErrorMatrixUpdate.class)
    void bothSidesOfASignEqualTheLoops(ErrorMatrixUpdate update) throws IOException {
        SequentialBlock block = new SequentialBlock();
        for (int units : new int[] {8, 7, 5}) {
            block.add(NetworkCase.linear(units)).add(SignActivation.signBlock());
        }
        block.add(NetworkCase.linear(CLASSES));
        assertEqualsTheLoops(
                block,
                Math::signum,
                (h, step) -> Math.abs(h) < Math.abs(step) ? Math.signum(step) : 0,
                2,
                rule().optErrorDifference(ErrorDifference.CENTRAL).optErrorMatrixUpdate(update));
    }

    @Test
    void aMixOfMagnitudeAndSignEqualsTheLoops() throws IOException {
        assertEqualsTheLoops(
                NetworkCase.mlp(CLASSES, 8, 7, 5),
                Math::tanh,
                (h, step) -> {
                    double difference = Math.tanh(h) - Math.tanh(h - step);
                    return 0.25 * difference + 0.75 * Math.signum(difference);
                },
                2,
                rule().optMagnitudeShare(0.25));
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 1.5, 3})
    void otherNormsEqualTheLoops(double norm) throws IOException {
        assertEqualsTheLoops(
                NetworkCase.mlp(CLASSES, 8, 7, 5),
                Math::tanh,
                (h, step) -> {
                    double difference = Math.tanh(h) - Math.tanh(h - step);
                    return Math.signum(difference) * Math.pow(Math.abs(difference), norm - 1);
                },
                2,
                rule().optNorm(norm));
    }

    @Test
    void weightedDiscrepanciesEqualTheLoops() throws IOException {
        assertEqualsTheLoops(
                NetworkCase.mlp(CLASSES, 8, 7, 5),
                Math::tanh,
                (h, step) -> Math.tanh(h) - Math.tanh(h - step),
                2,
                new double[] {0, 0.5, 2, 0.25, 0.75},
                rule().optDiscrepancyWeights(0.5, 2, 0.25, 0.75));
    }

    @Test
    void normAndWeightsAreChecked() {
        for (double norm : new double[] {0.5, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThrows(IllegalArgumentException.class, () -> rule().optNorm(norm));
        }
        for (double weight : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThrows(
                    IllegalArgumentException.class, () -> rule().optDiscrepancyWeights(1, weight));
        }
        LocalRepresentationAlignment rule = rule().optDiscrepancyWeights(1, 1, 1).build();
        String sentence =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> start(LocalRepresentationAlignmentTest::mlp, rule))
                        .getMessage();
        assertTrue(sentence.contains("3 weights κ"), sentence);
        assertTrue(sentence.contains("4 stages"), sentence);
    }

    /** An unknown block has no weight, wherever it stands. */
    @ParameterizedTest
    @ValueSource(ints = {0, 2, 4})
    void weightsAreThoseOfTheKnownStages(int place) {
        Supplier<Block> network =
                () -> {
                    List<Block> blocks =
                            new ArrayList<>(
                                    List.of(
                                            NetworkCase.linear(8),
                                            Activation.tanhBlock(),
                                            NetworkCase.linear(7),
                                            Activation.tanhBlock(),
                                            NetworkCase.linear(CLASSES)));
                    blocks.add(place, new UnknownBlock());
                    SequentialBlock sequence = new SequentialBlock();
                    blocks.forEach(sequence::add);
                    return sequence;
                };
        Gradients plain = gradients(network, accepting().build());
        Gradients weighted =
                gradients(network, accepting().optDiscrepancyWeights(0.5, 0.25, 1).build());
        // E is drawn by name, the errors of both layers come from the output
        String[] weights =
                plain.byPath().keySet().stream()
                        .filter(path -> path.endsWith("Linear_weight"))
                        .toArray(String[]::new);
        double[] factors = {0.5, 0.25, 1};
        assertEquals(factors.length, weights.length);
        for (int l = 0; l < factors.length; l++) {
            double[] expected = plain.byPath().get(weights[l]).clone();
            for (int i = 0; i < expected.length; i++) {
                expected[i] *= factors[l];
            }
            assertArrayEquals(expected, weighted.byPath().get(weights[l]), 1e-6, weights[l]);
        }
    }

    private static LocalRepresentationAlignment.Builder accepting() {
        return rule().optUnknownBlocks(UnknownBlocks.ACCEPT);
    }

    private static void assertEqualsTheLoops(
            Block block, DoubleUnaryOperator activation, int gap, ErrorMatrixUpdate update)
            throws IOException {
        assertEqualsTheLoops(
                block,
                activation,
                (h, step) -> activation.applyAsDouble(h) - activation.applyAsDouble(h - step),
                gap,
                rule().optErrorMatrixUpdate(update));
    }

    private static void assertEqualsTheLoops(
            Block block,
            DoubleUnaryOperator activation,
            DoubleBinaryOperator difference,
            int gap,
            LocalRepresentationAlignment.Builder builder)
            throws IOException {
        double[] kappa = {0, 1, 1, 1, 1};
        assertEqualsTheLoops(block, activation, difference, gap, kappa, builder);
    }

    private static void assertEqualsTheLoops(
            Block block,
            DoubleUnaryOperator activation,
            DoubleBinaryOperator difference,
            int gap,
            double[] kappa,
            LocalRepresentationAlignment.Builder builder)
            throws IOException {
        LocalRepresentationAlignment rule =
                builder.optWiring(ErrorWiring.skip(gap)).optBeta(0.7).optGamma(0.9).build();
        ErrorMatrixUpdate update = rule.getErrorMatrixUpdate();
        try (OneBatch batch = start(() -> block, rule)) {
            int[] units = {9, 8, 7, 5, CLASSES};
            double[][][] weights = new double[5][][];
            double[][] biases = new double[5][];
            int[] senders = new int[5];
            double[][][] matrices = new double[5][][];
            String[] names = new String[5];
            for (int l = 1; l <= 4; l++) {
                weights[l] = rows(batch.parameter(LAYERS[l] + "_weight"), units[l - 1]);
                biases[l] = batch.parameter(LAYERS[l] + "_bias");
                if (l < 4) {
                    senders[l] = l % gap == 0 ? 4 : l + 1;
                    names[l] = LAYERS[senders[l]] + " → " + LAYERS[l];
                    int size = units[l] * units[senders[l]];
                    matrices[l] = rows(OneBatch.normal(names[l], size, 0.5), units[senders[l]]);
                }
            }
            PlainAlignment plain =
                    new PlainAlignment(
                            rows(batch.data(), 9),
                            new int[] {0, 1, 2, 3, 0, 1},
                            weights,
                            biases,
                            activation,
                            difference,
                            senders,
                            matrices,
                            kappa,
                            0.7,
                            0.9,
                            update);
            Map<String, double[]> found = batch.assign(batch.classes(CLASSES)).byPath();
            for (int l = 1; l <= 4; l++) {
                double[] expected = flat(plain.weightGradients[l]);
                assertTrue(norm(expected) > 1e-3, "nothing happens in layer " + l);
                assertArrayEquals(expected, found.get(LAYERS[l] + "_weight"), 1e-12, LAYERS[l]);
                assertArrayEquals(
                        plain.biasGradients[l], found.get(LAYERS[l] + "_bias"), 1e-12, LAYERS[l]);
            }
            batch.trainer.step();
            Map<String, double[]> after = batch.errorMatrices();
            assertEquals(3, after.size());
            for (int l = 1; l < 4; l++) {
                // the step is one of plain descent with rate 1
                double[] expected = flat(matrices[l]);
                double[] gradient = flat(plain.matrixGradients[l]);
                for (int i = 0; i < expected.length; i++) {
                    expected[i] -= gradient[i];
                }
                assertArrayEquals(expected, after.get(names[l]), 1e-7, names[l]);
                assertEquals(update == ErrorMatrixUpdate.NONE, norm(gradient) == 0);
            }
        }
    }

    private static double[][] rows(double[] values, int columns) {
        double[][] rows = new double[values.length / columns][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = Arrays.copyOfRange(values, i * columns, (i + 1) * columns);
        }
        return rows;
    }

    private static double[] flat(double[][] rows) {
        return Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
    }

    private static double norm(double[] values) {
        return Math.sqrt(DoubleStream.of(values).map(v -> v * v).sum());
    }

    /** B for the layer above stage l is the transpose of the error matrix that leads to l. */
    private static FeedbackSource transposed(FeedbackSource matrices, boolean direct) {
        return (manager, path, shape, type) -> {
            int above = Arrays.asList(LAYERS).indexOf(path.replace("_weight", ""));
            String from = direct ? LAYERS[4] : LAYERS[above];
            String connection = from + " → " + LAYERS[above - 1];
            Shape turned = new Shape(shape.get(1), shape.get(0));
            return matrices.create(manager, connection, turned, type).transpose();
        };
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-2, 1e-4})
    void aSmallBetaFromTheOutputIsDirectFeedbackAlignment(double beta) {
        Gradients direct =
                gradients(
                        LocalRepresentationAlignmentTest::mlp,
                        DirectFeedbackAlignment.builder()
                                .optFeedback(transposed(OneBatch.matrices(), true))
                                .build());
        Gradients found =
                gradients(LocalRepresentationAlignmentTest::mlp, rule().optBeta(beta).build());
        assertProportional(direct, found, new double[] {0, beta, beta, beta, 1}, 10 * beta);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-2, 1e-4})
    void aSmallBetaInAChainIsFeedbackAlignment(double beta) {
        Gradients aligned =
                gradients(
                        LocalRepresentationAlignmentTest::mlp,
                        FeedbackAlignment.builder()
                                .optFeedback(transposed(OneBatch.matrices(), false))
                                .build());
        Gradients found =
                gradients(
                        LocalRepresentationAlignmentTest::mlp,
                        rule().optWiring(ErrorWiring.chain()).optBeta(beta).build());
        double[] powers = {0, Math.pow(beta, 3), Math.pow(beta, 2), beta, 1};
        assertProportional(aligned, found, powers, 10 * beta);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-2, 1e-4})
    void aSmallBetaThroughTheWeightsIsBackpropagation(double beta) {
        Gradients exact;
        try (OneBatch batch =
                new OneBatch(
                        LocalRepresentationAlignmentTest::mlp,
                        INPUT,
                        Loss.softmaxCrossEntropyLoss(),
                        Model::newTrainer)) {
            exact = batch.assign(batch.classes(CLASSES));
        }
        FeedbackSource weights =
                (manager, path, shape, type) -> {
                    String above = path.substring(0, path.indexOf(' ')) + "_weight";
                    Shape turned = new Shape(shape.get(1), shape.get(0));
                    double[] values = OneBatch.normal(above, shape.size(), 0.4);
                    return manager.create(values, turned).transpose();
                };
        Gradients found =
                gradients(
                        LocalRepresentationAlignmentTest::mlp,
                        LocalRepresentationAlignment.builder()
                                .optFeedback(weights)
                                .optWiring(ErrorWiring.chain())
                                .optBeta(beta)
                                .build());
        double[] powers = {0, Math.pow(beta, 3), Math.pow(beta, 2), beta, 1};
        assertProportional(exact, found, powers, 10 * beta);
    }

    /** Compares layer by layer after division by what an error has been multiplied with. */
    @Test
    void bothSidesOfAnActivationAreExactToSecondOrder() {
        double[] distances = new double[2];
        Gradients direct =
                gradients(
                        LocalRepresentationAlignmentTest::mlp,
                        DirectFeedbackAlignment.builder()
                                .optFeedback(transposed(OneBatch.matrices(), true))
                                .build());
        for (int i = 0; i < 2; i++) {
            double beta = i == 0 ? 1e-1 : 1e-2;
            Gradients aligned =
                    gradients(
                            LocalRepresentationAlignmentTest::mlp,
                            rule().optBeta(beta)
                                    .optErrorDifference(ErrorDifference.CENTRAL)
                                    .build());
            distances[i] = distance(aligned, direct, 1 / beta);
        }
        // a tenth of the step is a hundredth of the error
        assertEquals(100, distances[0] / distances[1], 10);
    }

    /** The relative distance of the first layer's gradients. */
    private static double distance(Gradients scaled, Gradients reference, double factor) {
        double[] found = scaled.byPath().get(LAYERS[1] + "_weight");
        double[] expected = reference.byPath().get(LAYERS[1] + "_weight");
        double[] difference = new double[found.length];
        for (int i = 0; i < found.length; i++) {
            difference[i] = factor * found[i] - expected[i];
        }
        return norm(difference) / norm(expected);
    }

    private static void assertProportional(
            Gradients expected, Gradients found, double[] factors, double tolerance) {
        for (int l = 1; l <= 4; l++) {
            for (String parameter : List.of("_weight", "_bias")) {
                double[] wanted = expected.byPath().get(LAYERS[l] + parameter);
                double[] got = found.byPath().get(LAYERS[l] + parameter).clone();
                for (int i = 0; i < got.length; i++) {
                    got[i] = got[i] / factors[l] - wanted[i];
                }
                double distance = norm(got) / norm(wanted);
                assertTrue(distance < tolerance, LAYERS[l] + parameter + ": " + distance);
            }
        }
    }

    @Test
    void withoutActivationsAnyBetaIsFeedbackAlignment() {
        Supplier<Block> linear =
                () -> {
                    SequentialBlock block = new SequentialBlock();
                    for (int units : new int[] {8, 7, 5}) {
                        block.add(NetworkCase.linear(units)).add(Blocks.identityBlock());
                    }
                    return block.add(NetworkCase.linear(CLASSES));
                };
        Gradients aligned =
                gradients(
                        linear,
                        FeedbackAlignment.builder()
                                .optFeedback(transposed(OneBatch.matrices(), false))
                                .build());
        Gradients found =
                gradients(linear, rule().optWiring(ErrorWiring.chain()).optBeta(0.5).build());
        assertProportional(aligned, found, new double[] {0, 0.125, 0.25, 0.5, 1}, 1e-12);
    }

    @Test
    void withBetaZeroOnlyTheOutputLearns() {
        Map<String, double[]> found =
                gradients(LocalRepresentationAlignmentTest::mlp, rule().optBeta(0).build())
                        .byPath();
        found.forEach(
                (path, gradient) ->
                        assertEquals(path.startsWith(LAYERS[4]), norm(gradient) > 0, path));
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorMatrixUpdate.class,
            names = {"PAPER", "LRA_E"})
    void aPerfectPredictionTeachesNothing(ErrorMatrixUpdate update) throws IOException {
        CreditAssignment rule = rule().optErrorMatrixUpdate(update).build();
        try (OneBatch batch =
                new OneBatch(
                        LocalRepresentationAlignmentTest::mlp,
                        INPUT,
                        Loss.l2Loss(),
                        rule::newTrainer)) {
            Gradients found = batch.assign(batch.predict());
            found.byPath().forEach((path, gradient) -> assertEquals(0, norm(gradient), path));
            batch.trainer.step();
            batch.errorMatrices()
                    .forEach(
                            (path, matrix) ->
                                    assertArrayEquals(
                                            OneBatch.normal(path, matrix.length, 0.5),
                                            matrix,
                                            0,
                                            path));
        }
    }

    @Test
    void theOrderOfConnectionsDoesNotMatter() {
        List<ErrorConnection> connections = new ArrayList<>();
        for (int[] ends : new int[][] {{4, 3}, {4, 2}, {3, 1}}) {
            connections.add(new ErrorConnection(LAYERS[ends[0]], LAYERS[ends[1]]));
        }
        List<ErrorConnection> reversed = new ArrayList<>(connections);
        Collections.reverse(reversed);
        Map<String, double[]> one = wired(connections);
        Map<String, double[]> other = wired(reversed);
        one.forEach((path, gradient) -> assertArrayEquals(gradient, other.get(path), 0, path));
    }

    private static Map<String, double[]> wired(List<ErrorConnection> connections) {
        return gradients(
                        LocalRepresentationAlignmentTest::mlp,
                        rule().optWiring(stages -> connections).build())
                .byPath();
    }

    @Test
    void severalSendersAddUp() {
        // with a linear φ errors add up as what was sent does
        Supplier<Block> block =
                () ->
                        new SequentialBlock()
                                .add(NetworkCase.linear(8))
                                .add(Blocks.identityBlock())
                                .add(NetworkCase.linear(7))
                                .add(Activation::tanh)
                                .add(NetworkCase.linear(CLASSES));
        ErrorConnection down = new ErrorConnection("05Linear", "03Linear");
        ErrorConnection far = new ErrorConnection("05Linear", "01Linear");
        ErrorConnection near = new ErrorConnection("03Linear", "01Linear");
        double[] both = firstLayer(block, down, far, near);
        double[] fromFar = firstLayer(block, down, far);
        double[] fromNear = firstLayer(block, down, near);
        for (int i = 0; i < both.length; i++) {
            assertEquals(fromFar[i] + fromNear[i], both[i], 1e-13);
        }
    }

    private static double[] firstLayer(Supplier<Block> block, ErrorConnection... connections) {
        return gradients(block, rule().optWiring(stages -> List.of(connections)).build())
                .byPath()
                .get("01Linear_weight");
    }

    @Test
    void withoutConnectionsItIsBackpropagation() {
        try (OneBatch exact =
                        new OneBatch(
                                LocalRepresentationAlignmentTest::residual,
                                new Shape(4, 2, 6, 6),
                                Loss.softmaxCrossEntropyLoss(),
                                Model::newTrainer);
                OneBatch found =
                        new OneBatch(
                                LocalRepresentationAlignmentTest::residual,
                                new Shape(4, 2, 6, 6),
                                Loss.softmaxCrossEntropyLoss(),
                                rule().optWiring(stages -> List.of()).build()::newTrainer)) {
            Gradients reference = exact.assign(exact.classes(3));
            assertTrue(found.assign(found.classes(3)).distanceTo(reference) < 1e-12);
        }
    }

    @Test
    void branchesAloneWithoutConnectionsAreRefused() {
        Supplier<Block> wideAndDeep =
                () ->
                        new ParallelBlock(
                                list -> new NDList(list.get(0).head().add(list.get(1).head())),
                                List.of(
                                        NetworkCase.linear(CLASSES),
                                        NetworkCase.mlp(CLASSES, 8, 7)));
        // what is in front of a stage is a part of it, and what is frozen has no use for an error
        Supplier<Block> normalized =
                () -> new SequentialBlock().add(BatchNorm.builder().build()).add(wideAndDeep.get());
        Supplier<Block> onFrozen =
                () -> {
                    Block frozen = NetworkCase.linear(6);
                    frozen.freezeParameters(true);
                    return new SequentialBlock()
                            .add(frozen)
                            .add(Activation::tanh)
                            .add(wideAndDeep.get());
                };
        CreditAssignment without = rule().build();
        for (Supplier<Block> block : List.of(wideAndDeep, normalized, onFrozen)) {
            String message =
                    assertThrows(IllegalArgumentException.class, () -> gradients(block, without))
                            .getMessage();
            assertTrue(message.contains("backpropagation by another name"), message);
        }
        CreditAssignment with = rule().optWiring(ErrorWiring.residualBlocksWithChains()).build();
        Map<String, double[]> found = gradients(wideAndDeep, with).byPath();
        try (OneBatch batch =
                new OneBatch(
                        wideAndDeep, INPUT, Loss.softmaxCrossEntropyLoss(), Model::newTrainer)) {
            Map<String, double[]> exact = batch.assign(batch.classes(CLASSES)).byPath();
            String first = "02SequentialBlock_01Linear_weight";
            assertTrue(norm(found.get(first)) > 1e-4);
            assertTrue(Math.abs(cosine(exact.get(first), found.get(first))) < 0.9);
        }
    }

    private static double cosine(double[] a, double[] b) {
        double product = 0;
        for (int i = 0; i < a.length; i++) {
            product += a[i] * b[i];
        }
        return product / (norm(a) * norm(b));
    }

    /** The difference of two masks would be most of an error. */
    @ParameterizedTest
    @EnumSource(ErrorDifference.class)
    void anActivationThatDrawsRandomNumbersIsRefused(ErrorDifference difference) {
        NetworkCase network =
                new NetworkCase(
                        "random",
                        () ->
                                new SequentialBlock()
                                        .add(NetworkCase.linear(20))
                                        .add(new LambdaBlock(RANDOM))
                                        .add(NetworkCase.linear(4)),
                        new Shape(6, 9),
                        4);
        LocalRepresentationAlignment rule =
                LocalRepresentationAlignment.builder().optErrorDifference(difference).build();
        try (TrainingRun run = TrainingRun.start(network, rule::newTrainer)) {
            String message =
                    assertThrows(IllegalArgumentException.class, () -> run.assign(0)).getMessage();
            assertTrue(message.contains("the activation behind 01Linear"), message);
        }
    }

    private static final Function<NDList, NDList> RANDOM =
            inputs -> Dropout.dropout(inputs.head(), 0.5f, true);

    @Test
    void aResidualBlockLearnsFromItsOwnErrorAndSoDoesWhatIsBelow() {
        // a linear shortcut after the stem: with E at the block and β so small that e = β φ' E e_L
        // the block's gradients are β times those of a net whose way down is E
        Map<String, double[]> small = residualGradients(1e-5, ErrorWiring.residualBlocks());
        Map<String, double[]> smaller = residualGradients(5e-6, ErrorWiring.residualBlocks());
        small.forEach(
                (path, gradient) -> {
                    // normalization takes the constant part of a convolution's bias away
                    boolean output = path.startsWith("06Linear");
                    double ratio = norm(gradient) / norm(smaller.get(path));
                    if (norm(gradient) > 1e-12) {
                        assertEquals(output ? 1 : 2, ratio, 1e-3, path);
                    }
                });
        assertTrue(norm(small.get("01Conv2d_weight")) > 0);
    }

    @Test
    void chainsInsideABlockCutItToo() {
        Map<String, double[]> with =
                residualGradients(1e-5, ErrorWiring.residualBlocksWithChains());
        Map<String, double[]> half =
                residualGradients(5e-6, ErrorWiring.residualBlocksWithChains());
        String prefix = "02SequentialBlock_01ParallelBlock_01SequentialBlock_";
        String first = prefix + "01Conv2d_weight";
        String last = prefix + "04Conv2d_weight";
        // two connections lead to the first convolution, one to the block
        assertEquals(4, norm(with.get(first)) / norm(half.get(first)), 1e-2);
        assertEquals(2, norm(with.get(last)) / norm(half.get(last)), 1e-2);
    }

    private static Map<String, double[]> residualGradients(double beta, ErrorWiring wiring) {
        CreditAssignment rule = rule().optBeta(beta).optWiring(wiring).build();
        try (OneBatch batch =
                new OneBatch(
                        LocalRepresentationAlignmentTest::residual,
                        new Shape(4, 2, 6, 6),
                        Loss.softmaxCrossEntropyLoss(),
                        rule::newTrainer)) {
            return batch.assign(batch.classes(3)).byPath();
        }
    }

    private static Block residual() {
        Block main =
                new SequentialBlock()
                        .add(conv(3))
                        .add(BatchNorm.builder().build())
                        .add(Activation::tanh)
                        .add(conv(3))
                        .add(BatchNorm.builder().build());
        Block block =
                new SequentialBlock()
                        .add(
                                new ParallelBlock(
                                        list ->
                                                new NDList(
                                                        list.get(0)
                                                                .singletonOrThrow()
                                                                .add(
                                                                        list.get(1)
                                                                                .singletonOrThrow())),
                                        List.of(main, Blocks.identityBlock())))
                        .add(Activation::tanh);
        return new SequentialBlock()
                .add(conv(3))
                .add(block)
                .add(Activation::tanh)
                .add(Pool.avgPool2dBlock(new Shape(2, 2)))
                .add(Blocks.batchFlattenBlock())
                .add(NetworkCase.linear(3));
    }

    private static Block conv(int filters) {
        return Conv2d.builder()
                .setFilters(filters)
                .setKernelShape(new Shape(3, 3))
                .optPadding(new Shape(1, 1))
                .build();
    }

    @Test
    void aNormalizationLearnsFromTheNextErrorAboveWhateverElseLearnsInItsStage() {
        Map<String, double[]> all = normalizedTwice(false, rule().build()::newTrainer);
        Map<String, double[]> some = normalizedTwice(true, rule().build()::newTrainer);
        Map<String, double[]> exact = normalizedTwice(false, Model::newTrainer);
        // the one behind the activation stands below the error of the output, which is exact
        for (String path : List.of("05BatchNorm_gamma", "05BatchNorm_beta")) {
            assertArrayEquals(exact.get(path), all.get(path), 1e-12, path);
        }
        // the one in the activation has the error at the end of that, and not what arrives there
        assertEquals(6, some.size());
        some.forEach((path, gradient) -> assertArrayEquals(gradient, all.get(path), 0, path));
        assertTrue(norm(some.get("02BatchNorm_beta")) > 1e-3);
    }

    private static Map<String, double[]> normalizedTwice(
            boolean frozen, Gradients.TrainerFactory factory) {
        Supplier<Block> block =
                () -> {
                    Block last = BatchNorm.builder().build();
                    if (frozen) {
                        last.freezeParameters(true);
                    }
                    return new SequentialBlock()
                            .add(conv(3))
                            .add(BatchNorm.builder().build())
                            .add(Activation::tanh)
                            .add(Pool.avgPool2dBlock(new Shape(2, 2)))
                            .add(last)
                            .add(Blocks.batchFlattenBlock())
                            .add(NetworkCase.linear(3));
                };
        try (OneBatch batch =
                new OneBatch(
                        block, new Shape(4, 2, 6, 6), Loss.softmaxCrossEntropyLoss(), factory)) {
            return batch.assign(batch.classes(3)).byPath();
        }
    }

    @Test
    void noErrorPassesAWeightWhereEveryLayerHasATarget() {
        for (ErrorWiring wiring : List.of(ErrorWiring.fromOutput(), ErrorWiring.chain())) {
            CreditAssignment rule = rule().optWiring(wiring).build();
            try (OneBatch batch = start(LocalRepresentationAlignmentTest::mlp, rule)) {
                batch.assign(batch.classes(CLASSES));
                MatrixProducts products = ((CreditTrainer) batch.trainer).getMatrixProducts();
                assertEquals(4, products.forward());
                assertEquals(0, products.inputError());
                assertEquals(4, products.weightGradient());
            }
        }
    }

    @Test
    void hiddenLayersLearnUnderAFrozenOutputLayerAndABlockAfterIt() {
        Supplier<Block> block = () -> NetworkCase.mlp(CLASSES, 8, 7, 5).add(Activation::tanh);
        Map<String, double[]> all = gradients(block, rule().build()).byPath();
        Map<String, double[]> some =
                gradients(
                                () -> {
                                    Block frozen = block.get();
                                    frozen.getChildren()
                                            .get(LAYERS[4])
                                            .getParameters()
                                            .values()
                                            .forEach(parameter -> parameter.freeze(true));
                                    return frozen;
                                },
                                rule().build())
                        .byPath();
        assertEquals(6, some.size());
        some.forEach((path, gradient) -> assertArrayEquals(all.get(path), gradient, 0, path));
    }

    @Test
    void anUnknownBlockLearnsFromWhatArrivesFromTheNextErrorAboveIt() {
        Supplier<Block> block =
                () ->
                        new SequentialBlock()
                                .add(NetworkCase.linear(8))
                                .add(Activation::tanh)
                                .add(NetworkCase.linear(7))
                                .add(new UnknownBlock())
                                .add(NetworkCase.linear(CLASSES));
        Gradients exact;
        try (OneBatch batch =
                new OneBatch(block, INPUT, Loss.softmaxCrossEntropyLoss(), Model::newTrainer)) {
            exact = batch.assign(batch.classes(CLASSES));
        }
        Gradients found = gradients(block, rule().optUnknownBlocks(UnknownBlocks.ACCEPT).build());
        // the next error above is that of the output, which is exact
        String factors = "04UnknownBlock_factors";
        assertArrayEquals(exact.byPath().get(factors), found.byPath().get(factors), 1e-12);
        assertTrue(found.under("03Linear").distanceTo(exact.under("03Linear")) > 0.1);
    }

    @Test
    void memoryStaysFlat() {
        CreditAssignment rule = rule().optWiring(ErrorWiring.skip(2)).build();
        try (OneBatch batch = start(LocalRepresentationAlignmentTest::mlp, rule)) {
            int first = 0;
            for (int i = 0; i < 12; i++) {
                try (NDManager one = batch.trainer.getManager().newSubManager()) {
                    NDArray labels = batch.classes(CLASSES);
                    labels.attach(one);
                    batch.assignWithin(one, labels);
                }
                batch.trainer.step();
                int now = batch.trainer.getManager().getManagedArrays().size();
                if (i == 1) {
                    first = now;
                } else if (i > 1) {
                    assertEquals(first, now, "arrays after batch " + i);
                }
            }
        }
    }

    @Test
    void theSignOfZeroIsZero() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray signs = SignActivation.sign(manager.create(new float[] {-2, -0f, 0, 1e-30f}));
            assertArrayEquals(new float[] {-1, 0, 0, 1}, signs.toFloatArray());
        }
    }

    @Test
    void badSettingsAreRefused() {
        LocalRepresentationAlignment.Builder builder = LocalRepresentationAlignment.builder();
        assertThrows(IllegalArgumentException.class, () -> builder.optBeta(-0.1));
        assertThrows(IllegalArgumentException.class, () -> builder.optBeta(Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> builder.optGamma(0));
        assertThrows(IllegalArgumentException.class, () -> builder.optDepth(0));
        assertThrows(IllegalArgumentException.class, () -> builder.optMagnitudeShare(1.1));
        assertThrows(IllegalArgumentException.class, () -> builder.optMagnitudeShare(Double.NaN));
    }

    @Test
    void theDescriptionNamesEverySetting() {
        String text =
                LocalRepresentationAlignment.builder()
                        .optBeta(0.25)
                        .optGamma(0.5)
                        .optDepth(3)
                        .optWiring(ErrorWiring.skip(2))
                        .optErrorDifference(ErrorDifference.CENTRAL)
                        .optMagnitudeShare(0.75)
                        .optErrorMatrixUpdate(ErrorMatrixUpdate.LRA_E)
                        .optSeed(7)
                        .build()
                        .toString();
        for (String setting :
                List.of("0.25", "0.5", "depth 3", "skip 2", "CENTRAL", "0.75", "LRA_E", "seed 7")) {
            assertTrue(text.contains(setting), text);
        }
        assertFalse(rule().build().toString().contains("depth"));
    }

    private static Supplier<Block> withBlockBeforeActivation(UnaryOperator<NDArray> block) {
        return () ->
                new SequentialBlock()
                        .add(NetworkCase.linear(8))
                        .add(LambdaBlock.singleton(block::apply))
                        .add(Activation.tanhBlock())
                        .add(NetworkCase.linear(CLASSES));
    }

    /** Units in another order are the same network where the rows of the weight are, too. */
    @Test
    void anErrorFindsTheUnitThatALambdaPutElsewhere() {
        Supplier<Block> reversing = withBlockBeforeActivation(array -> array.flip(1));
        Map<String, double[]> expected;
        try (OneBatch batch = start(withBlockBeforeActivation(array -> array), rule().build())) {
            for (String name : List.of("01Linear_weight", "01Linear_bias")) {
                NDArray array = batch.model.getBlock().getParameters().get(name).getArray();
                NDArray alias = array.stopGradient();
                NDArray reversed = alias.flip(0);
                alias.muli(0).addi(reversed);
            }
            expected = batch.assign(batch.classes(CLASSES)).byPath();
        }
        Map<String, double[]> found = gradients(reversing, rule().build()).byPath();
        int row = (int) INPUT.get(1);
        double[] weight = found.get("01Linear_weight");
        double[] wanted = expected.get("01Linear_weight");
        for (int unit = 0; unit < 8; unit++) {
            for (int i = 0; i < row; i++) {
                assertEquals(
                        wanted[(7 - unit) * row + i],
                        weight[unit * row + i],
                        1e-12,
                        "unit " + unit);
            }
        }
        assertArrayEquals(expected.get("04Linear_weight"), found.get("04Linear_weight"), 1e-12);
    }

    private static Supplier<Block> withBlockAfter(Block activation, Block block) {
        return () ->
                new SequentialBlock()
                        .add(NetworkCase.linear(8))
                        .add(activation)
                        .add(block)
                        .add(NetworkCase.linear(CLASSES));
    }

    /** {@code W (M z)} is {@code (W M) z}: the layer below must not see who multiplies by M. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDecorrelationLayerBelongsToTheLayerAfterIt(boolean linear) {
        Supplier<Block> activation = () -> linear ? Blocks.identityBlock() : Activation.tanhBlock();
        Decorrelation layer = Decorrelation.builder().optMean(MeanRemoval.NONE).build();
        layer.freezeParameters(true);
        double[] matrix = OneBatch.normal("matrix", 64, 0.5);
        Map<String, double[]> found;
        try (OneBatch batch =
                start(withBlockAfter(activation.get(), layer), rule().optBeta(0.3).build())) {
            batch.set(layer.getMatrix(), matrix);
            found = batch.assign(batch.classes(CLASSES)).byPath();
        }
        Map<String, double[]> expected;
        try (OneBatch batch =
                start(
                        withBlockAfter(activation.get(), Blocks.identityBlock()),
                        rule().optBeta(0.3).build())) {
            Parameter weight = batch.model.getBlock().getParameters().get("04Linear_weight");
            double[] values = batch.parameter("04Linear_weight");
            double[] product = new double[values.length];
            for (int i = 0; i < CLASSES; i++) {
                for (int j = 0; j < 8; j++) {
                    for (int k = 0; k < 8; k++) {
                        product[i * 8 + k] += values[i * 8 + j] * matrix[j * 8 + k];
                    }
                }
            }
            batch.set(weight, product);
            expected = batch.assign(batch.classes(CLASSES)).byPath();
        }
        for (String name : List.of("01Linear_weight", "01Linear_bias", "04Linear_bias")) {
            assertArrayEquals(expected.get(name), found.get(name), 1e-12, name);
        }
    }

    /** It mixes units, but none goes elsewhere, so that it is an activation as before. */
    @Test
    void aSoftmaxIsAnActivation() {
        Supplier<Block> softmax =
                () ->
                        new SequentialBlock()
                                .add(NetworkCase.linear(8))
                                .add(LambdaBlock.singleton(array -> array.softmax(-1)))
                                .add(NetworkCase.linear(CLASSES));
        try (OneBatch batch = start(softmax, rule().build())) {
            double[] found = batch.assign(batch.classes(CLASSES)).byPath().get("01Linear_bias");
            // what softmax sums to does not change, so that the errors of units cancel
            assertEquals(0, DoubleStream.of(found).sum(), 1e-12);
            assertTrue(DoubleStream.of(found).map(Math::abs).max().orElseThrow() > 1e-4);
        }
    }

    @Test
    void aCycleStopsTheTrainerFromBeingMade() {
        ErrorConnection one = new ErrorConnection(LAYERS[2], LAYERS[1]);
        ErrorConnection other = new ErrorConnection(LAYERS[1], LAYERS[2]);
        LocalRepresentationAlignment rule = rule().optWiring(stages -> List.of(one, other)).build();
        assertThrows(
                IllegalArgumentException.class,
                () -> gradients(LocalRepresentationAlignmentTest::mlp, rule));
    }
}
