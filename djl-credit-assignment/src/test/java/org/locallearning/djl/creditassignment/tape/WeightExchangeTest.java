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
package org.locallearning.djl.creditassignment.tape;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.recurrent.GRU;
import ai.djl.nn.recurrent.LSTM;
import ai.djl.nn.recurrent.RNN;
import ai.djl.nn.transformer.TransformerEncoderBlock;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.util.Pair;
import ai.djl.util.PairList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.creditassignment.HandWritten;
import org.locallearning.djl.creditassignment.NetworkCase;
import org.locallearning.djl.creditassignment.layer.LayerTable;

/** Feedback inside pieces: against loops, and that weights are put back whatever happens. */
class WeightExchangeTest {

    private static final int SAMPLES = 3;
    private static final int STEPS = 4;
    private static final int FEATURES = 5;
    private static final int INPUTS = 6;
    private static final int STATE = 7;

    /** Feedback that is given inside pieces, and exact elsewhere. */
    private static Feedback inside(Function<PassedLayer, NDArray> weights) {
        return new Feedback() {
            @Override
            public NDArray inputError(LayerTrace layer, NDArray delta) {
                return layer.inputError(delta, layer.getWeight());
            }

            @Override
            public Optional<NDArray> innerFeedback(PassedLayer layer) {
                return Optional.ofNullable(weights.apply(layer));
            }
        };
    }

    /** A network with one batch that was sent forward. */
    private static final class OneBatch implements AutoCloseable {

        final NDManager manager = NDManager.newBaseManager("PyTorch");
        final Block block;
        final NDArray data;
        private final GradientCollector collector;
        private final Tape tape;

        OneBatch(Block block, Shape input) {
            Engine.getEngine("PyTorch").setRandomSeed(3);
            this.block = block;
            block.initialize(manager, DataType.FLOAT32, input);
            data = manager.randomNormal(input);
            ParameterStore store = new ParameterStore(manager, false);
            Network network = Network.of(block, LayerTable.standard());
            collector = Engine.getEngine("PyTorch").newGradientCollector();
            try {
                tape = Tape.record(network, store, new NDList(data), null);
            } catch (RuntimeException e) {
                collector.close();
                throw e;
            }
        }

        NDArray errors() {
            NDArray like = tape.getPredictions().head();
            Random random = new Random(1);
            double[] values = random.doubles(like.size()).map(value -> value - 0.5).toArray();
            return tape.getManager()
                    .create(values, like.getShape())
                    .toType(DataType.FLOAT32, false);
        }

        void backward(Feedback feedback) {
            tape.backward(new NDList(errors()), feedback, true);
        }

        Map<String, float[]> gradients() {
            Map<String, float[]> gradients = new LinkedHashMap<>();
            for (Pair<String, Parameter> parameter : block.getParameters()) {
                if (parameter.getValue().requiresGradient()) {
                    gradients.put(
                            parameter.getKey(),
                            parameter.getValue().getArray().getGradient().toFloatArray());
                }
            }
            return gradients;
        }

        Map<String, float[]> values() {
            Map<String, float[]> values = new LinkedHashMap<>();
            for (Pair<String, Parameter> parameter : block.getParameters()) {
                values.put(parameter.getKey(), parameter.getValue().getArray().toFloatArray());
            }
            return values;
        }

        @Override
        public void close() {
            tape.close();
            collector.close();
            manager.close();
        }
    }

    private static void assertSame(Map<String, float[]> expected, Map<String, float[]> found) {
        expected.forEach((path, values) -> assertArrayEquals(values, found.get(path), path));
    }

    private static NDArray random(PassedLayer layer) {
        NDArray weight = layer.getWeight();
        return weight.getManager().create(values(weight.getShape()), weight.getShape());
    }

    private static float[] values(Shape shape) {
        Random random = new Random(shape.hashCode());
        float[] values = new float[(int) shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return values;
    }

    /** An LSTM after a linear layer, through time and through both weights, against loops. */
    @Test
    void lstmIsTheUnrolledOneWithFeedbackThroughTime() {
        Block lstm = LSTM.builder().setStateSize(STATE).setNumLayers(1).optBatchFirst(true).build();
        Block block = new SequentialBlock().add(NetworkCase.linear(INPUTS)).add(lstm);
        Shape input = new Shape(SAMPLES, STEPS, FEATURES);
        try (OneBatch batch = new OneBatch(block, input)) {
            for (Pair<String, Parameter> each : block.getParameters()) {
                if (each.getKey().endsWith("BIAS") || each.getKey().endsWith("bias")) {
                    Shape shape = each.getValue().getArray().getShape();
                    NDArray bias = each.getValue().getArray().stopGradient();
                    assertEquals(0, bias.sum().getFloat(), "biases begin at zero " + shape);
                }
            }
            batch.backward(inside(WeightExchangeTest::random));
            Map<String, float[]> found = batch.gradients();
            Map<String, double[]> expected =
                    new UnrolledLstm(batch).gradients(batch.errors().toFloatArray());
            assertEquals(4, expected.size());
            expected.forEach(
                    (path, values) -> {
                        float[] own = found.get(path);
                        double scale = Arrays.stream(values).map(Math::abs).max().orElseThrow();
                        for (int i = 0; i < own.length; i++) {
                            assertEquals(values[i], own[i], 5e-6 * scale, path);
                        }
                    });
        }
    }

    /** Gates i, f, g, o; h_t = o tanh(c_t), c_t = f c_{t-1} + i g; biases are zero. */
    private static final class UnrolledLstm {

        private static final int ROWS = 4 * STATE;

        private final double[] linear;
        private final double[] i2h;
        private final double[] h2h;
        private final double[] data;

        UnrolledLstm(OneBatch batch) {
            Map<String, float[]> values = batch.values();
            linear = wide(values.get("01Linear_weight"));
            i2h = wide(values.get("02LSTM_l_0_i2h_WEIGHT"));
            h2h = wide(values.get("02LSTM_l_0_h2h_WEIGHT"));
            data = wide(batch.data.toFloatArray());
        }

        private static double[] wide(float[] values) {
            double[] wide = new double[values.length];
            for (int i = 0; i < wide.length; i++) {
                wide[i] = values[i];
            }
            return wide;
        }

        private static double[] product(double[] matrix, double[] vector) {
            int columns = vector.length;
            double[] product = new double[matrix.length / columns];
            for (int i = 0; i < matrix.length; i++) {
                product[i / columns] += matrix[i] * vector[i % columns];
            }
            return product;
        }

        private static double[] transposedProduct(double[] matrix, double[] vector) {
            int columns = matrix.length / vector.length;
            double[] product = new double[columns];
            for (int i = 0; i < matrix.length; i++) {
                product[i % columns] += matrix[i] * vector[i / columns];
            }
            return product;
        }

        private static void addOuter(double[] sum, double[] left, double[] right) {
            for (int i = 0; i < sum.length; i++) {
                sum[i] += left[i / right.length] * right[i % right.length];
            }
        }

        private static double sigmoid(double value) {
            return 1 / (1 + Math.exp(-value));
        }

        Map<String, double[]> gradients(float[] errors) {
            double[] feedbackIn = wide(values(new Shape(ROWS, INPUTS)));
            double[] feedbackBack = wide(values(new Shape(ROWS, STATE)));
            double[] linearGradient = new double[linear.length];
            double[] i2hGradient = new double[i2h.length];
            double[] h2hGradient = new double[h2h.length];
            double[] biasGradient = new double[ROWS];
            for (int n = 0; n < SAMPLES; n++) {
                double[][] x = new double[STEPS][];
                double[][] z = new double[STEPS][];
                double[][] gates = new double[STEPS][ROWS];
                double[][] c = new double[STEPS + 1][STATE];
                double[][] h = new double[STEPS + 1][STATE];
                for (int t = 0; t < STEPS; t++) {
                    int begin = (n * STEPS + t) * FEATURES;
                    x[t] = Arrays.copyOfRange(data, begin, begin + FEATURES);
                    z[t] = product(linear, x[t]);
                    double[] in = product(i2h, z[t]);
                    double[] back = product(h2h, h[t]);
                    for (int k = 0; k < ROWS; k++) {
                        double sum = in[k] + back[k];
                        gates[t][k] = k / STATE == 2 ? Math.tanh(sum) : sigmoid(sum);
                    }
                    for (int k = 0; k < STATE; k++) {
                        double[] g = gates[t];
                        c[t + 1][k] = g[STATE + k] * c[t][k] + g[k] * g[2 * STATE + k];
                        h[t + 1][k] = g[3 * STATE + k] * Math.tanh(c[t + 1][k]);
                    }
                }
                double[] fromLater = new double[STATE];
                double[] cellError = new double[STATE];
                for (int t = STEPS - 1; t >= 0; t--) {
                    double[] delta = new double[ROWS];
                    double[] g = gates[t];
                    for (int k = 0; k < STATE; k++) {
                        double dh = errors[(n * STEPS + t) * STATE + k] + fromLater[k];
                        double tanh = Math.tanh(c[t + 1][k]);
                        double i = g[k];
                        double f = g[STATE + k];
                        double candidate = g[2 * STATE + k];
                        double o = g[3 * STATE + k];
                        double dc = cellError[k] + dh * o * (1 - tanh * tanh);
                        delta[k] = dc * candidate * i * (1 - i);
                        delta[STATE + k] = dc * c[t][k] * f * (1 - f);
                        delta[2 * STATE + k] = dc * i * (1 - candidate * candidate);
                        delta[3 * STATE + k] = dh * tanh * o * (1 - o);
                        cellError[k] = dc * f;
                    }
                    addOuter(i2hGradient, delta, z[t]);
                    addOuter(h2hGradient, delta, h[t]);
                    for (int k = 0; k < ROWS; k++) {
                        biasGradient[k] += delta[k];
                    }
                    addOuter(linearGradient, transposedProduct(feedbackIn, delta), x[t]);
                    fromLater = transposedProduct(feedbackBack, delta);
                }
            }
            return Map.of(
                    "01Linear_weight", linearGradient,
                    "02LSTM_l_0_i2h_WEIGHT", i2hGradient,
                    "02LSTM_l_0_h2h_WEIGHT", h2hGradient,
                    "02LSTM_l_0_i2h_BIAS", biasGradient);
        }
    }

    /** A block whose inner weights are to be found. */
    record PieceCase(String name, Block block, Shape input, int weights) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<PieceCase> pieces() {
        Shape sequence = new Shape(2, 4, 8);
        return List.of(
                new PieceCase(
                        "transformer encoder",
                        new TransformerEncoderBlock(8, 2, 12, 0f, Activation::relu),
                        sequence,
                        6),
                new PieceCase(
                        "two layers of LSTM",
                        LSTM.builder().setStateSize(5).setNumLayers(2).optBatchFirst(true).build(),
                        sequence,
                        4),
                new PieceCase(
                        "GRU",
                        GRU.builder().setStateSize(5).setNumLayers(1).optBatchFirst(true).build(),
                        sequence,
                        2),
                new PieceCase(
                        "RNN",
                        RNN.builder()
                                .setActivation(RNN.Activation.TANH)
                                .setStateSize(5)
                                .setNumLayers(1)
                                .optBatchFirst(true)
                                .build(),
                        sequence,
                        2),
                new PieceCase(
                        "dense",
                        new HandWritten(
                                NetworkCase.linear(6),
                                Activation.tanhBlock(),
                                NetworkCase.linear(3)),
                        sequence,
                        2));
    }

    @ParameterizedTest
    @MethodSource("pieces")
    void ownWeightsAreBackpropagationAndOthersAreNot(PieceCase piece) {
        // a list of its own, since recurrent blocks add states to the one that they get
        Block block = new SequentialBlock().add(NetworkCase.linear(8)).add(piece.block());
        try (OneBatch batch = new OneBatch(block, piece.input())) {
            Map<String, float[]> weights = batch.values();
            batch.backward(inside(layer -> null));
            Map<String, float[]> exact = batch.gradients();
            clear(batch);
            int[] asked = {0};
            batch.backward(
                    inside(
                            layer -> {
                                asked[0]++;
                                return layer.getWeight().duplicate();
                            }));
            assertEquals(piece.weights(), asked[0]);
            Map<String, float[]> own = batch.gradients();
            exact.forEach((path, values) -> assertArrayEquals(values, own.get(path), 1e-6f, path));
            clear(batch);
            batch.backward(inside(WeightExchangeTest::random));
            float[] other = batch.gradients().get("01Linear_weight");
            assertTrue(distance(other, exact.get("01Linear_weight")) > 0.1);
            assertSame(weights, batch.values());
        }
    }

    private static double distance(float[] some, float[] others) {
        double sum = 0;
        double scale = 0;
        for (int i = 0; i < some.length; i++) {
            sum += Math.pow(some[i] - others[i], 2);
            scale += Math.pow(others[i], 2);
        }
        return Math.sqrt(sum / scale);
    }

    private static void clear(OneBatch batch) {
        for (Pair<String, Parameter> parameter : batch.block.getParameters()) {
            if (parameter.getValue().requiresGradient()) {
                try (NDArray gradient = parameter.getValue().getArray().getGradient()) {
                    gradient.subi(gradient.duplicate());
                }
            }
        }
    }

    private static OneBatch dense() {
        Block block =
                new HandWritten(
                        NetworkCase.linear(6),
                        Activation.tanhBlock(),
                        NetworkCase.linear(5),
                        NetworkCase.linear(3));
        return new OneBatch(block, new Shape(4, 8));
    }

    @Test
    void feedbackOfAWrongShapeIsRefusedAndWeightsStay() {
        try (OneBatch batch = dense()) {
            Map<String, float[]> weights = batch.values();
            Feedback wrong =
                    inside(
                            layer ->
                                    layer.getLayer().path().startsWith("01")
                                            ? layer.getWeight().transpose()
                                            : random(layer));
            String message =
                    assertThrows(IllegalArgumentException.class, () -> batch.backward(wrong))
                            .getMessage();
            assertTrue(message.contains("01Linear_weight") && message.contains("(8, 6)"), message);
            assertSame(weights, batch.values());
        }
    }

    @Test
    void weightsArePutBackWhereTheBackwardPassFails() {
        try (OneBatch batch = dense()) {
            Map<String, float[]> weights = batch.values();
            NDList wrong = new NDList(batch.manager.ones(new Shape(7, 9)));
            Feedback feedback = inside(WeightExchangeTest::random);
            assertThrows(EngineException.class, () -> batch.tape.backward(wrong, feedback, true));
            assertSame(weights, batch.values());
        }
    }

    @Test
    void anotherBackwardPassAddsTheSameOnceMore() {
        try (OneBatch batch = dense()) {
            Feedback feedback = inside(WeightExchangeTest::random);
            batch.backward(feedback);
            Map<String, float[]> once = batch.gradients();
            batch.backward(feedback);
            batch.gradients()
                    .forEach(
                            (path, twice) -> {
                                for (int i = 0; i < twice.length; i++) {
                                    assertEquals(2 * once.get(path)[i], twice[i], 1e-5, path);
                                }
                            });
        }
    }

    /** What is asked for last sees every weight as it is. */
    @Test
    void feedbackIsMadeOfTrueWeights() {
        try (OneBatch batch = dense()) {
            Map<String, float[]> weights = batch.values();
            batch.backward(
                    inside(
                            layer -> {
                                float[] now = layer.getWeight().toFloatArray();
                                assertArrayEquals(weights.get(layer.getLayer().weightPath()), now);
                                return random(layer);
                            }));
        }
    }

    @Test
    void aFrozenWeightIsPassedByItsFeedback() {
        HandWritten block =
                new HandWritten(
                        NetworkCase.linear(6), Activation.tanhBlock(), NetworkCase.linear(3));
        block.getChildren().values().get(2).freezeParameters(true);
        try (OneBatch batch = new OneBatch(block, new Shape(4, 8))) {
            batch.backward(inside(layer -> null));
            float[] exact = batch.gradients().get("01Linear_weight");
            clear(batch);
            batch.backward(inside(WeightExchangeTest::random));
            assertTrue(distance(batch.gradients().get("01Linear_weight"), exact) > 0.1);
        }
    }

    @Test
    void ownWeightsAreThereAgainAfterOthers() {
        try (OneBatch batch = dense()) {
            batch.backward(inside(layer -> null));
            Map<String, float[]> exact = batch.gradients();
            clear(batch);
            batch.backward(inside(WeightExchangeTest::random));
            clear(batch);
            batch.backward(inside(layer -> null));
            batch.gradients()
                    .forEach((path, found) -> assertArrayEquals(exact.get(path), found, path));
        }
    }

    /** A block with a linear layer in it. */
    private abstract static class AroundLinear extends AbstractBlock {

        final Block linear = addChildBlock("linear", NetworkCase.linear(3));

        @Override
        public Shape[] getOutputShapes(Shape[] inputShapes) {
            return linear.getOutputShapes(inputShapes);
        }

        @Override
        protected void initializeChildBlocks(NDManager manager, DataType type, Shape... shapes) {
            linear.initialize(manager, type, shapes);
        }
    }

    /** Doubles a weight in the forward pass, as a normalization of weights changes it. */
    private static final class WeightDoubling extends AroundLinear {

        @Override
        protected NDList forwardInternal(
                ParameterStore store,
                NDList inputs,
                boolean training,
                PairList<String, Object> parameters) {
            Parameter weight = linear.getDirectParameters().get("weight");
            weight.getArray().stopGradient().muli(2);
            return linear.forward(store, inputs, training);
        }

        @Override
        protected void initializeChildBlocks(NDManager manager, DataType type, Shape... shapes) {
            super.initializeChildBlocks(manager, type, shapes);
            linear.getDirectParameters().get("weight").getArray().set(ONES);
        }
    }

    private static final float[] ONES = {
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1
    };

    @Test
    void aWeightThatThePieceChangesIsChanged() {
        try (OneBatch batch = new OneBatch(new WeightDoubling(), new Shape(4, 8))) {
            for (float value : batch.values().get("01linear_weight")) {
                assertEquals(2, value);
            }
            batch.backward(inside(WeightExchangeTest::random));
            for (float value : batch.values().get("01linear_weight")) {
                assertEquals(2, value);
            }
        }
    }

    /** What a prediction on another thread has in its hands when it began while a piece ran. */
    @Test
    void whoReadsAWeightWhileThePieceRunsReadsTheWeight() {
        Block linear = NetworkCase.linear(3);
        List<NDArray> read = new ArrayList<>();
        Block reader =
                LambdaBlock.singleton(
                        array -> {
                            Parameter weight = linear.getDirectParameters().get("weight");
                            if (weight.isInitialized()) {
                                read.add(weight.getArray().stopGradient());
                            }
                            return array;
                        });
        try (OneBatch batch = new OneBatch(new HandWritten(reader, linear), new Shape(4, 8))) {
            batch.backward(inside(WeightExchangeTest::random));
            assertArrayEquals(batch.values().get("02Linear_weight"), read.get(0).toFloatArray());
            read.forEach(NDArray::close);
        }
    }

    /** Adds a function of its layer's weight, and may leave the layer itself out. */
    private static final class WeightUser extends AroundLinear {
        private final boolean runsLayer;

        WeightUser(boolean runsLayer) {
            this.runsLayer = runsLayer;
        }

        @Override
        protected NDList forwardInternal(
                ParameterStore store,
                NDList inputs,
                boolean training,
                PairList<String, Object> parameters) {
            NDArray input = inputs.head();
            Parameter parameter = linear.getDirectParameters().get("weight");
            NDArray weight = store.getValue(parameter, input.getDevice(), training);
            NDArray lengths = weight.square().sum(new int[] {1}, true).sqrt();
            NDArray product = input.matMul(weight.div(lengths).transpose());
            return new NDList(
                    runsLayer
                            ? product.add(linear.forward(store, inputs, training).head())
                            : product);
        }
    }

    /** With B in place of W for the layer alone, the error differs by δ (B - W). */
    @Test
    void whatABlockComputesFromAWeightIsExact() {
        Block block = new SequentialBlock().add(NetworkCase.linear(5)).add(new WeightUser(true));
        try (OneBatch batch = new OneBatch(block, new Shape(4, 8))) {
            batch.backward(inside(layer -> null));
            Map<String, float[]> exact = batch.gradients();
            NDArray weight = block.getParameters().get("02WeightUser_01linear_weight").getArray();
            NDArray feedback = batch.manager.create(values(weight.getShape()), weight.getShape());
            clear(batch);
            batch.backward(inside(layer -> feedback));
            Map<String, float[]> found = batch.gradients();
            NDArray difference = batch.errors().matMul(feedback.sub(weight.stopGradient()));
            NDArray expected =
                    batch.manager
                            .create(exact.get("01Linear_weight"), new Shape(5, 8))
                            .add(difference.transpose().matMul(batch.data));
            assertArrayEquals(
                    expected.toFloatArray(), found.get("01Linear_weight"), 1e-5f, "sent on");
            assertArrayEquals(
                    exact.get("02WeightUser_01linear_weight"),
                    found.get("02WeightUser_01linear_weight"),
                    1e-6f,
                    "of the weight");
        }
    }

    @Test
    void aLookAtAWeightIsNoRunOfItsLayer() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            ParameterStore store = new ParameterStore(manager, false);
            NDList data = new NDList(manager.ones(new Shape(4, 8)));
            Block twice = NetworkCase.linear(8);
            for (Block block : List.of(new WeightUser(true), new HandWritten(twice, twice))) {
                block.initialize(manager, DataType.FLOAT32, new Shape(4, 8));
                Network network = Network.of(block, LayerTable.standard());
                int runs = block instanceof WeightUser ? 1 : 2;
                assertEquals(runs, network.getMostRuns(block, store, data));
            }
        }
    }

    @Test
    void feedbackForAWeightThatItsLayerDoesNotUseIsRefused() {
        Block block = new SequentialBlock().add(NetworkCase.linear(5)).add(new WeightUser(false));
        try (OneBatch batch = new OneBatch(block, new Shape(4, 8))) {
            String message =
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> batch.backward(inside(WeightExchangeTest::random)))
                            .getMessage();
            assertTrue(message.contains("02WeightUser_01linear_weight"), message);
            assertTrue(message.contains(WeightUser.class.getName()), message);
        }
    }

    /** Closes what it makes by a scope, inside which it asks for its weight. */
    private static final class Scoped extends AroundLinear {
        @Override
        protected NDList forwardInternal(
                ParameterStore store,
                NDList inputs,
                boolean training,
                PairList<String, Object> parameters) {
            try (NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                NDList outputs = linear.forward(store, inputs, training);
                NDScope.unregister(outputs);
                return outputs;
            }
        }
    }

    @Test
    void aScopeOfTheBlockLeavesTheErrorItsWay() {
        Block block = new SequentialBlock().add(NetworkCase.linear(5)).add(new Scoped());
        try (OneBatch batch = new OneBatch(block, new Shape(4, 8))) {
            batch.backward(inside(layer -> null));
            float[] exact = batch.gradients().get("01Linear_weight");
            clear(batch);
            batch.backward(inside(WeightExchangeTest::random));
            assertTrue(distance(batch.gradients().get("01Linear_weight"), exact) > 0.1);
        }
    }

    @Test
    void aRuleThatDoesNotAnnounceFeedbackIsToldSo() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch");
                GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            Block block = new HandWritten(NetworkCase.linear(6), NetworkCase.linear(3));
            block.initialize(manager, DataType.FLOAT32, new Shape(4, 8));
            Network network = Network.of(block, LayerTable.standard());
            ParameterStore store = new ParameterStore(manager, false);
            NDList data = new NDList(manager.ones(new Shape(4, 8)));
            try (Tape tape = Tape.record(network, store, data, null, false, false)) {
                NDList errors = new NDList(manager.ones(new Shape(4, 3)));
                Feedback feedback = inside(WeightExchangeTest::random);
                String message =
                        assertThrows(
                                        IllegalStateException.class,
                                        () -> tape.backward(errors, feedback, false))
                                .getMessage();
                assertTrue(message.contains("needsInnerFeedback"), message);
            }
            collector.zeroGradients();
        }
    }
}
