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
package org.locallearning.djl.zoo.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.Pair;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.creditassignment.layer.LayerTable;
import org.locallearning.djl.creditassignment.tape.Network;
import org.locallearning.djl.creditassignment.tape.StageOutline;
import org.locallearning.djl.zoo.task.Task;

class NetworksTest {

    private static final NetworkOptions DEFAULTS = NetworkOptions.builder().build();

    static List<String> classifiers() {
        return Networks.names().stream()
                .filter(name -> Networks.named(name).getTask() == Task.CLASSIFICATION)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("classifiers")
    void givesOneLogitPerClass(String name) {
        List<Shape> samples =
                name.equals("alonso-conv-tiny")
                        ? List.of(new Shape(3, 64, 64))
                        : List.of(new Shape(1, 28, 28), new Shape(3, 32, 32));
        for (Shape sample : samples) {
            try (NDManager manager = NDManager.newBaseManager()) {
                Block block = Networks.named(name).create(DEFAULTS, sample, 7);
                Shape batch = new Shape(5).addAll(sample);
                block.initialize(manager, DataType.FLOAT32, batch);
                NDList out =
                        block.forward(
                                new ParameterStore(manager, false),
                                new NDList(manager.randomNormal(batch)),
                                true);
                assertEquals(new Shape(5, 7), out.singletonOrThrow().getShape());
                assertEquals(new Shape(5, 7), block.getOutputShapes(new Shape[] {batch})[0]);
            }
        }
    }

    @Test
    void weightsHaveThePapersSizes() {
        assertEquals(
                List.of(new Shape(256, 784), new Shape(10, 256)),
                weights("mlp", DEFAULTS, new Shape(1, 28, 28)));
        Shape thousand = new Shape(1000, 1000);
        assertEquals(
                List.of(new Shape(1000, 3072), thousand, thousand, thousand, new Shape(10, 1000)),
                weights("dense", DEFAULTS, new Shape(3, 32, 32)));
        assertEquals(
                List.of(
                        new Shape(8, 1, 5, 5),
                        new Shape(16, 8, 5, 5),
                        new Shape(128, 16 * 5 * 5),
                        new Shape(10, 128)),
                weights("conv", DEFAULTS, new Shape(1, 28, 28)));
        assertEquals(
                List.of(new Shape(30, 784), new Shape(20, 30), new Shape(10, 20)),
                weights(
                        "mlp",
                        NetworkOptions.builder().optHidden(30, 20).build(),
                        new Shape(1, 28, 28)));
        assertEquals(
                List.of(new Shape(10, 784)),
                weights("mlp", NetworkOptions.builder().optHidden().build(), new Shape(1, 28, 28)));
    }

    @ParameterizedTest
    @CsvSource({
        "ahmad-conv, 32, 1600",
        "ahmad-conv, 56, 7744",
        "ahmad-conv-padded, 32, 4096",
        "ahmad-conv-padded, 56, 12544"
    })
    void ahmadsNetworkHasTheSizesOfTable1(String name, int side, int flattened) {
        assertEquals(
                List.of(
                        new Shape(32, 3, 3, 3),
                        new Shape(32, 32, 3, 3),
                        new Shape(64, 32, 3, 3),
                        new Shape(64, 64, 3, 3),
                        new Shape(1000, flattened),
                        new Shape(10, 1000)),
                weights(name, DEFAULTS, new Shape(3, side, side)));
    }

    @Test
    void alonsosNetworksHaveThePapersSizes() {
        Shape square = new Shape(1024, 1024);
        assertEquals(
                List.of(new Shape(1024, 3072), square, square, new Shape(10, 1024)),
                weights("mlp3", DEFAULTS, new Shape(3, 32, 32)));
        // 32 to 14 to 5 to 2 pixels
        assertEquals(
                List.of(
                        new Shape(64, 3, 5, 5),
                        new Shape(128, 64, 5, 5),
                        new Shape(256, 128, 3, 3),
                        new Shape(10, 256 * 2 * 2)),
                weights("alonso-conv", DEFAULTS, new Shape(3, 32, 32)));
        // 64 to 30 to 13 to 5 to 2 pixels
        assertEquals(
                List.of(
                        new Shape(32, 3, 5, 5),
                        new Shape(64, 32, 5, 5),
                        new Shape(128, 64, 5, 5),
                        new Shape(256, 128, 3, 3),
                        new Shape(10, 256 * 2 * 2)),
                weights("alonso-conv-tiny", DEFAULTS, new Shape(3, 64, 64)));
        assertEquals(
                List.of(
                        new Shape(1024, 3072),
                        new Shape(256, 1024),
                        new Shape(20, 256),
                        new Shape(256, 20),
                        new Shape(1024, 256),
                        new Shape(3072, 1024)),
                weights("autoencoder", DEFAULTS, new Shape(3, 32, 32)));
    }

    @ParameterizedTest
    @CsvSource({"mlp3, 28", "alonso-conv, 28", "alonso-conv-tiny, 64", "autoencoder, 8"})
    void alonsosNetworksRectify(String name, int side) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Shape batch = new Shape(1, 1, side, side);
            Block block = Networks.named(name).create(DEFAULTS, batch.slice(1), 10);
            block.initialize(manager, DataType.FLOAT32, batch);
            int first = block.getChildren().keys().get(0).endsWith("Conv2d") ? 1 : 2;
            NDArray in = manager.create(new float[] {-2, 0, 3});
            assertArrayEquals(
                    new float[] {0, 0, 3},
                    block.getChildren()
                            .valueAt(first)
                            .forward(new ParameterStore(manager, false), new NDList(in), false)
                            .singletonOrThrow()
                            .toFloatArray());
        }
    }

    @Test
    void theVisionTransformerHasTokensOfPatches() {
        List<Shape> expected = new ArrayList<>(List.of(new Shape(64, 3, 4, 4)));
        for (int layer = 0; layer < 3; layer++) {
            // keys, queries, values and result
            expected.addAll(Collections.nCopies(4, new Shape(64, 64)));
            expected.addAll(List.of(new Shape(128, 64), new Shape(64, 128)));
        }
        expected.add(new Shape(10, 64));
        assertEquals(expected, weights("vit", DEFAULTS, new Shape(3, 32, 32)));
        try (NDManager manager = NDManager.newBaseManager()) {
            Shape batch = new Shape(2, 1, 28, 28);
            Block block = Networks.named("vit").create(DEFAULTS, batch.slice(1), 10);
            block.initialize(manager, DataType.FLOAT32, batch);
            NDArray position = block.getChildren().valueAt(2).getParameters().valueAt(0).getArray();
            assertEquals(new Shape(49, 64), position.getShape());
            assertEquals(0.02, position.square().mean().sqrt().getFloat(), 0.001);
            NDArray images = manager.randomNormal(batch);
            NDArray tokens =
                    block.getChildren()
                            .valueAt(1)
                            .forward(store(manager), new NDList(patches(block, images)), false)
                            .singletonOrThrow();
            // the token of the patch in row 2 and column 5
            NDArray pixels = images.get(":, :, 8:12, 20:24").reshape(2, 16);
            NDArray weight = block.getParameters().valueAt(0).getArray().reshape(64, 16);
            NDArray difference =
                    pixels.matMul(weight.transpose())
                            .add(block.getParameters().valueAt(1).getArray())
                            .sub(tokens.get(":, 19"));
            assertEquals(0, difference.abs().max().getFloat(), 1e-5);
            Exception e =
                    assertThrows(
                            IllegalArgumentException.class,
                            () ->
                                    block.forward(
                                            store(manager),
                                            new NDList(manager.zeros(new Shape(2, 1, 32, 32))),
                                            false));
            assertTrue(e.getMessage().contains("49"), e.getMessage());
        }
    }

    private static ParameterStore store(NDManager manager) {
        return new ParameterStore(manager, false);
    }

    private static NDArray patches(Block block, NDArray images) {
        return block.getChildren()
                .valueAt(0)
                .forward(store(images.getManager()), new NDList(images), false)
                .singletonOrThrow();
    }

    @Test
    void theAutoencoderPutsOutOneLogitPerPixelAndChannel() {
        assertEquals(Task.RECONSTRUCTION, Networks.named("autoencoder").getTask());
        try (NDManager manager = NDManager.newBaseManager()) {
            Shape batch = new Shape(5, 3, 8, 8);
            Block block = Networks.named("autoencoder").create(DEFAULTS, batch.slice(1), 10);
            block.initialize(manager, DataType.FLOAT32, batch);
            assertEquals(new Shape(5, 192), block.getOutputShapes(new Shape[] {batch})[0]);
        }
    }

    @Test
    void ahmadsNetworkPoolsMaximaBehindTheActivation() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Shape batch = new Shape(1, 1, 16, 16);
            Block block = Networks.named("ahmad-conv").create(DEFAULTS, batch.slice(1), 10);
            block.initialize(manager, DataType.FLOAT32, batch);
            List<String> kinds = block.getChildren().keys();
            assertEquals(
                    List.of("Conv2d", "Conv2d", "Conv2d", "Conv2d", "Linear", "Linear"),
                    kinds.stream()
                            .map(key -> key.replaceFirst("^\\d+", ""))
                            .filter(key -> !key.equals("LambdaBlock"))
                            .toList());
            // convolution, activation, twice; then pooling
            NDArray in = manager.create(new float[] {-5, -4, 1, 2}, new Shape(1, 1, 2, 2));
            NDArray out =
                    block.getChildren()
                            .valueAt(4)
                            .forward(new ParameterStore(manager, false), new NDList(in), false)
                            .singletonOrThrow();
            assertArrayEquals(new float[] {2}, out.toFloatArray());
        }
    }

    @Test
    void resnet20HasThreeStagesOfThreeUnits() {
        List<Shape> weights = weights("resnet20", DEFAULTS, new Shape(3, 32, 32));
        // one stem, two convolutions in each of nine units, the classifier; one projection a stage
        assertEquals(1 + 2 * 9 + 1 + 3, weights.size());
        assertEquals(new Shape(16, 3, 3, 3), weights.get(0));
        assertEquals(new Shape(10, 64), weights.get(weights.size() - 1));
    }

    @ParameterizedTest
    @CsvSource({"tanh", "relu", "leaky-relu", "elu", "logistic", "sign"})
    void activationsAreWhatTheirNamesSay(String name) {
        DoubleUnaryOperator function =
                switch (name) {
                    case "tanh" -> Math::tanh;
                    case "relu" -> x -> Math.max(x, 0);
                    case "leaky-relu" -> x -> x > 0 ? x : 0.01 * x;
                    case "elu" -> x -> x > 0 ? x : Math.expm1(x);
                    case "sign" -> Math::signum;
                    default -> x -> 1 / (1 + Math.exp(-x));
                };
        assertActivation(function, NetworkOptions.builder().optActivation(name).build());
    }

    @Test
    void theSlopeOfLeakyReluCanBeChosen() {
        assertActivation(
                x -> x > 0 ? x : 0.05 * x, NetworkOptions.builder().optSlope(0.05f).build());
    }

    private static void assertActivation(DoubleUnaryOperator function, NetworkOptions options) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Shape batch = new Shape(7, 1, 28, 28);
            Block block = Networks.named("mlp").create(options, batch.slice(1), 10);
            block.initialize(manager, DataType.FLOAT32, batch);
            Block activation = block.getChildren().valueAt(2);
            float[] in = {-30, -2, -0.5f, 0, 0.5f, 2, 30};
            NDList out =
                    activation.forward(
                            new ParameterStore(manager, false),
                            new NDList(manager.create(in)),
                            true);
            float[] expected = new float[in.length];
            for (int i = 0; i < in.length; i++) {
                expected[i] = (float) function.applyAsDouble(in[i]);
            }
            assertArrayEquals(expected, out.singletonOrThrow().toFloatArray(), 1e-6f);
        }
    }

    @Test
    void startsFromTheChosenDistribution() {
        Shape sample = new Shape(1, 28, 28);
        try (NDManager manager = NDManager.newBaseManager()) {
            for (NetworkOptions.Initialization initialization :
                    NetworkOptions.Initialization.values()) {
                NetworkOptions options =
                        initialization == NetworkOptions.Initialization.NORMAL
                                ? NetworkOptions.builder().optNormalWeights(0.05f).build()
                                : NetworkOptions.builder()
                                        .optInitialization(initialization)
                                        .build();
                Block block = Networks.named("mlp").create(options, sample, 10);
                block.initialize(manager, DataType.FLOAT32, new Shape(1).addAll(sample));
                NDArray weight = block.getParameters().valueAt(0).getArray();
                NDArray bias = block.getParameters().valueAt(1).getArray();
                boolean uniform = initialization == NetworkOptions.Initialization.FAN_IN_UNIFORM;
                // 1/(3 fan-in) of the uniform distribution, 2/(fan-in) of DJL's normal
                double variance =
                        switch (initialization) {
                            case FAN_IN_UNIFORM -> 1 / (3.0 * 784);
                            case DJL -> 2.0 / 784;
                            case NORMAL -> 0.05 * 0.05;
                        };
                assertEquals(variance, weight.square().mean().getFloat(), 0.02 * variance);
                assertEquals(uniform, bias.abs().max().getFloat() > 0);
            }
        }
    }

    @Test
    void residualConnectionsPassAsManyLayersAsTheGap() {
        Shape sample = new Shape(1, 2, 3);
        try (NDManager manager = NDManager.newBaseManager()) {
            NetworkOptions options =
                    NetworkOptions.builder()
                            .optHidden(5, 4, 7, 4, 3, 6, 3)
                            .optActivation("tanh")
                            .build();
            Block block = Networks.named("residual-mlp").create(options, sample, 2);
            block.initialize(manager, DataType.FLOAT32, new Shape(3).addAll(sample));
            NDArray images = manager.randomNormal(new Shape(3).addAll(sample));
            NDArray found =
                    block.forward(new ParameterStore(manager, false), new NDList(images), false)
                            .singletonOrThrow();
            List<NDArray> weights = new ArrayList<>();
            List<NDArray> biases = new ArrayList<>();
            for (Pair<String, Parameter> entry : block.getParameters()) {
                boolean weight = entry.getValue().getType() == Parameter.Type.WEIGHT;
                (weight ? weights : biases).add(entry.getValue().getArray());
            }
            // z2 has 4 units as h4 has; the input's 6 are not h2's 4, nor z4's 4 h6's 6
            NDArray z = images.reshape(3, 6);
            NDArray two = null;
            for (int l = 1; l <= 8; l++) {
                NDArray h = z.matMul(weights.get(l - 1).transpose()).add(biases.get(l - 1));
                if (l == 4) {
                    h = h.add(two);
                }
                z = l < 8 ? h.tanh() : h;
                two = l == 2 ? z : two;
            }
            assertArrayEquals(z.toFloatArray(), found.toFloatArray(), 1e-6f);
        }
    }

    @Test
    void theResidualPerceptronIsTheGraphOfAlgorithm2() {
        Block block = Networks.named("residual-mlp").create(DEFAULTS, new Shape(1, 28, 28), 10);
        Network network = Network.of(block, LayerTable.standard());
        // six hidden layers: two by themselves, then two blocks of two
        assertEquals(
                List.of(false, false, true, true, false),
                network.getOutline().stream().map(StageOutline::isBranched).toList());
    }

    @Test
    void perturbativeNetsHaveAsManyParameters() {
        Shape sample = new Shape(3, 16, 16);
        long[] counts = new long[3];
        for (int i = 0; i < 3; i++) {
            String name = List.of("pnn-resnet", "pnn-resnet-1x1", "pnn-resnet-plain").get(i);
            try (NDManager manager = NDManager.newBaseManager()) {
                Block block = Networks.named(name).create(DEFAULTS, sample, 10);
                block.initialize(manager, DataType.FLOAT32, new Shape(1).addAll(sample));
                counts[i] =
                        block.getParameters().values().stream()
                                .filter(Parameter::requiresGradient)
                                .mapToLong(parameter -> parameter.getArray().size())
                                .sum();
            }
        }
        assertEquals(counts[0], counts[1]);
        // one filter more or less is a thirtieth of the parameters
        assertEquals(1, counts[2] / (double) counts[0], 0.05);
    }

    @Test
    void linearTopLacksOneActivation() {
        Shape sample = new Shape(3, 32, 32);
        Block dense = Networks.named("dense").create(DEFAULTS, sample, 10);
        Block linearTop = Networks.named("dense-linear-top").create(DEFAULTS, sample, 10);
        assertEquals(dense.getChildren().size() - 1, linearTop.getChildren().size());
        assertEquals(List.of("08Linear", "09Linear"), linearTop.getChildren().keys().subList(7, 9));
    }

    @Test
    void refusesWhatItCannotBuild() {
        Shape sample = new Shape(1, 28, 28);
        assertRefused(
                "Unknown model \"vgg\": choose one of " + String.join(", ", Networks.names()) + ".",
                () -> Networks.named("vgg").create(DEFAULTS, sample, 10));
        assertRefused(
                "The model conv takes images of at least 12x12 pixels, not 11x28.",
                () -> Networks.named("conv").create(DEFAULTS, new Shape(1, 11, 28), 10));
        assertRefused(
                "The model ahmad-conv takes images of at least 16x16 pixels, not 15x28.",
                () -> Networks.named("ahmad-conv").create(DEFAULTS, new Shape(1, 15, 28), 10));
        assertRefused(
                "The model ahmad-conv-padded takes images of at least 4x4 pixels, not 3x3.",
                () -> Networks.named("ahmad-conv-padded").create(DEFAULTS, new Shape(1, 3, 3), 10));
        assertRefused(
                "The model alonso-conv takes images of at least 21x21 pixels, not 20x28.",
                () -> Networks.named("alonso-conv").create(DEFAULTS, new Shape(1, 20, 28), 10));
        assertRefused(
                "The model alonso-conv-tiny takes images of at least 45x45 pixels, not 32x32.",
                () ->
                        Networks.named("alonso-conv-tiny")
                                .create(DEFAULTS, new Shape(3, 32, 32), 200));
        assertRefused(
                "The model resnet20 takes images of at least 8x8 pixels, not 7x7.",
                () -> Networks.named("resnet20").create(DEFAULTS, new Shape(1, 7, 7), 10));
        assertRefused(
                "The model resnet20 has no choice of hidden sizes or activation: leave them out.",
                () ->
                        Networks.named("resnet20")
                                .create(
                                        NetworkOptions.builder().optActivation("tanh").build(),
                                        sample,
                                        10));
        assertRefused(
                "The model pnn-resnet takes images of at least 8x8 pixels, not 7x9.",
                () -> Networks.named("pnn-resnet").create(DEFAULTS, new Shape(3, 7, 9), 10));
        assertRefused(
                "The model mlp has no choice of a gap: leave it out.",
                () ->
                        Networks.named("mlp")
                                .create(NetworkOptions.builder().optGap(2).build(), sample, 10));
        assertRefused(
                "The standard deviation of initial weights is above 0, not 0.0.",
                () -> NetworkOptions.builder().optNormalWeights(0).build());
        assertRefused(
                "A residual connection passes at least 1 layer, not 0.",
                () -> NetworkOptions.builder().optGap(0).build());
        assertRefused(
                "A model takes images of shape (channels, height, width), not (784).",
                () -> Networks.named("mlp").create(DEFAULTS, new Shape(784), 10));
        assertRefused(
                "A classifier has at least 2 classes, not 1.",
                () -> Networks.named("mlp").create(DEFAULTS, sample, 1));
        assertRefused(
                "Unknown activation \"sigmoid\": choose one of tanh, relu, leaky-relu, elu,"
                        + " logistic, sign.",
                () -> NetworkOptions.builder().optActivation("sigmoid").build());
        assertRefused(
                "The activation tanh has no slope: leave the slope out, or choose leaky-relu.",
                () -> NetworkOptions.builder().optActivation("tanh").optSlope(0.1f).build());
        assertRefused(
                "The slope of leaky-relu is from 0 to 1, but is NaN.",
                () -> NetworkOptions.builder().optSlope(Float.NaN).build());
        assertRefused(
                "Hidden layers have at least 1 unit each, but the sizes are [10, 0].",
                () -> NetworkOptions.builder().optHidden(10, 0).build());
    }

    @Test
    void acceptsTheSmallestImages() {
        assertEquals(new Shape(128, 16), weights("conv", DEFAULTS, new Shape(1, 12, 12)).get(2));
        Shape ahmad = weights("ahmad-conv", DEFAULTS, new Shape(1, 16, 16)).get(4);
        assertEquals(new Shape(1000, 64), ahmad);
        Shape padded = weights("ahmad-conv-padded", DEFAULTS, new Shape(1, 4, 4)).get(4);
        assertEquals(new Shape(1000, 64), padded);
        Shape alonso = weights("alonso-conv", DEFAULTS, new Shape(1, 21, 21)).get(3);
        assertEquals(new Shape(10, 256), alonso);
        Shape tiny = weights("alonso-conv-tiny", DEFAULTS, new Shape(1, 45, 45)).get(4);
        assertEquals(new Shape(10, 256), tiny);
        weights("resnet20", DEFAULTS, new Shape(3, 8, 8));
    }

    private static void assertRefused(String message, Runnable action) {
        assertEquals(
                message, assertThrows(IllegalArgumentException.class, action::run).getMessage());
    }

    private static List<Shape> weights(String name, NetworkOptions options, Shape sample) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block block = Networks.named(name).create(options, sample, 10);
            block.initialize(manager, DataType.FLOAT32, new Shape(2).addAll(sample));
            List<Shape> shapes = new ArrayList<>();
            for (Pair<String, Parameter> entry : block.getParameters()) {
                if (entry.getValue().getType() == Parameter.Type.WEIGHT) {
                    shapes.add(entry.getValue().getShape());
                }
            }
            return shapes;
        }
    }
}
