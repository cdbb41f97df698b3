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
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv1d;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.convolutional.Convolution;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.util.Pair;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.creditassignment.Gradients;
import org.locallearning.djl.creditassignment.HandWritten;
import org.locallearning.djl.creditassignment.NetworkCase;
import org.locallearning.djl.creditassignment.rule.DirectFeedbackAlignment.ConvolutionForm;

/** Direct feedback alignment against feedback alignment, and against a slow oracle. */
class DirectFeedbackAlignmentTest {

    static List<NetworkCase> withOneHiddenLayer() {
        NetworkCase network = NetworkCase.small().get(0);
        assertEquals("one hidden layer", network.name());
        return List.of(network, NetworkCase.activatedOutput());
    }

    @ParameterizedTest
    @MethodSource("withOneHiddenLayer")
    void equalsFeedbackAlignmentWithOneHiddenLayer(NetworkCase network) {
        FeedbackSource source = FeedbackDistribution.normal(0.7).seeded(11);
        Gradients direct =
                Gradients.of(
                        network,
                        DirectFeedbackAlignment.builder().optFeedback(source).build()::newTrainer);
        Gradients layerByLayer =
                Gradients.of(
                        network,
                        FeedbackAlignment.builder().optFeedback(source).build()::newTrainer);
        assertEquals(0, direct.distanceTo(layerByLayer), 1e-6);
    }

    @Test
    void sameSeedIsTheSameFeedbackAsFeedbackAlignments() {
        NetworkCase network = NetworkCase.small().get(0);
        Gradients direct =
                Gradients.of(network, DirectFeedbackAlignment.builder().build()::newTrainer);
        Gradients layerByLayer =
                Gradients.of(network, FeedbackAlignment.builder().build()::newTrainer);
        assertEquals(0, direct.distanceTo(layerByLayer), 1e-6);
    }

    static Stream<Arguments> formsOnNetworks() {
        List<Pair<String, Supplier<SequentialBlock>>> networks =
                List.of(
                        new Pair<>("mlp", () -> NetworkCase.mlp(3, 8, 7, 6)),
                        new Pair<>("conv2d", DirectFeedbackAlignmentTest::convolutions),
                        new Pair<>("conv1d", DirectFeedbackAlignmentTest::sequences));
        return Stream.of(ConvolutionForm.values())
                .flatMap(
                        form ->
                                networks.stream()
                                        .map(
                                                network ->
                                                        Arguments.of(
                                                                form,
                                                                network.getKey(),
                                                                network.getValue())));
    }

    private static SequentialBlock convolutions() {
        return new SequentialBlock()
                .add(
                        Conv2d.builder()
                                .setFilters(4)
                                .setKernelShape(new Shape(3, 3))
                                .optPadding(new Shape(1, 1))
                                .build())
                .add(Activation::tanh)
                .add(
                        Conv2d.builder()
                                .setFilters(6)
                                .setKernelShape(new Shape(3, 2))
                                .optStride(new Shape(2, 1))
                                .optPadding(new Shape(0, 1))
                                .optDilation(new Shape(1, 2))
                                .build())
                .add(Activation::tanh)
                .add(
                        Conv2d.builder()
                                .setFilters(6)
                                .setKernelShape(new Shape(2, 2))
                                .optGroups(3)
                                .build())
                .add(Activation::tanh)
                .add(Blocks.batchFlattenBlock())
                .add(NetworkCase.linear(3));
    }

    private static SequentialBlock sequences() {
        return new SequentialBlock()
                .add(Conv1d.builder().setFilters(4).setKernelShape(new Shape(3)).build())
                .add(Activation::tanh)
                .add(
                        Conv1d.builder()
                                .setFilters(5)
                                .setKernelShape(new Shape(3))
                                .optStride(new Shape(2))
                                .build())
                .add(Activation::tanh)
                .add(Blocks.batchFlattenBlock())
                .add(NetworkCase.linear(3));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("formsOnNetworks")
    void equalsStagesDifferentiatedOneByOne(
            ConvolutionForm form, String name, Supplier<SequentialBlock> block) {
        Shape input =
                switch (name) {
                    case "conv2d" -> new Shape(3, 2, 9, 8);
                    case "conv1d" -> new Shape(3, 2, 15);
                    default -> new Shape(3, 9);
                };
        FeedbackSource source = FeedbackDistribution.normal(0.5).seeded(23);
        NetworkCase network = new NetworkCase(name, block::get, input, 3);
        Gradients expected =
                Gradients.of(network, (model, config) -> new Stages(model, config, form, source));
        Gradients actual =
                Gradients.of(
                        network,
                        DirectFeedbackAlignment.builder()
                                        .optFeedback(source)
                                        .optConvolutionForm(form)
                                        .build()
                                ::newTrainer);
        assertEquals(0, actual.distanceTo(expected), 1e-5);
    }

    /**
     * The oracle: cuts a sequence in front of every weighted layer, and differentiates each piece
     * on its own, from a scalar product of its output with the error that is sent there.
     */
    private static final class Stages extends Trainer {

        private final ConvolutionForm form;
        private final FeedbackSource source;
        private final List<NDArray> outputs = new ArrayList<>();
        private final List<Pair<String, Block>> heads = new ArrayList<>();
        private NDArray prediction;

        Stages(
                Model model,
                DefaultTrainingConfig config,
                ConvolutionForm form,
                FeedbackSource source) {
            super(model, new DefaultTrainingConfig(config.getLossFunction()));
            this.form = form;
            this.source = source;
        }

        @Override
        public NDList forward(NDList data, NDList labels) {
            ParameterStore store = new ParameterStore(getManager(), false);
            NDArray current = data.singletonOrThrow();
            for (Pair<String, Block> child : getModel().getBlock().getChildren()) {
                Block block = child.getValue();
                if (!block.getParameters().isEmpty()) {
                    if (!heads.isEmpty()) {
                        outputs.add(current);
                    }
                    heads.add(child);
                    current = current.stopGradient();
                }
                current = block.forward(store, new NDList(current), true).singletonOrThrow();
            }
            outputs.add(current);
            prediction = current.stopGradient();
            prediction.setRequiresGradient(true);
            return new NDList(prediction);
        }

        @Override
        public GradientCollector newGradientCollector() {
            GradientCollector engine = super.newGradientCollector();
            return new GradientCollector() {
                @Override
                public void backward(NDArray loss) {
                    engine.backward(loss);
                    NDArray error = prediction.getGradient().duplicate();
                    int last = outputs.size() - 1;
                    for (int i = 0; i < last; i++) {
                        NDArray sent = send(engine, heads.get(i + 1), outputs.get(i), error);
                        engine.backward(outputs.get(i).mul(sent).sum());
                    }
                    engine.backward(outputs.get(last).mul(error).sum());
                }

                @Override
                public void zeroGradients() {
                    engine.zeroGradients();
                }

                @Override
                public void close() {
                    engine.close();
                }
            };
        }

        /** Returns the error at the input of a layer. */
        private NDArray send(
                GradientCollector engine, Pair<String, Block> layer, NDArray input, NDArray error) {
            NDManager manager = error.getManager();
            String path = layer.getKey() + "_weight";
            Shape shape = layer.getValue().getInputShapes()[0];
            if (form == ConvolutionForm.DENSE || !(layer.getValue() instanceof Convolution)) {
                Shape dense = new Shape(error.getShape().get(1), input.getShape().slice(1).size());
                return error.matMul(source.create(manager, path, dense, DataType.FLOAT32))
                        .reshape(input.getShape());
            }
            Convolution convolution = (Convolution) layer.getValue();
            Shape own = convolution.getParameters().get("weight").getArray().getShape();
            Shape kernel = new Shape(error.getShape().get(1), shape.get(1)).addAll(own.slice(2));
            NDArray zero = manager.zeros(input.getShape());
            zero.setRequiresGradient(true);
            NDArray output =
                    zero.getNDArrayInternal()
                            .convolution(
                                    zero,
                                    source.create(manager, path, kernel, DataType.FLOAT32),
                                    null,
                                    convolution.getStride(),
                                    convolution.getPadding(),
                                    convolution.getDilation(),
                                    1)
                            .singletonOrThrow();
            // the same error at every position
            long positions = output.getShape().slice(2).size();
            NDArray everywhere =
                    error.expandDims(2).repeat(2, positions).reshape(output.getShape());
            engine.backward(output.mul(everywhere).sum());
            return zero.getGradient().duplicate();
        }
    }

    @Test
    void passesShortcutsExactly() {
        // s = C tanh(A x) + tanh(A x), y = D tanh(s)
        Engine.getEngine("PyTorch").setRandomSeed(2);
        FeedbackSource source = FeedbackDistribution.normal(1).seeded(4);
        try (Model model = Model.newInstance("residual", "PyTorch");
                NDManager manager = NDManager.newBaseManager("PyTorch")) {
            Block sum =
                    new ParallelBlock(
                            list ->
                                    new NDList(
                                            list.get(0)
                                                    .singletonOrThrow()
                                                    .add(list.get(1).singletonOrThrow())),
                            List.of(NetworkCase.linear(4), Blocks.identityBlock()));
            model.setBlock(
                    new SequentialBlock()
                            .add(NetworkCase.linear(4))
                            .add(Activation::tanh)
                            .add(sum)
                            .add(Activation::tanh)
                            .add(NetworkCase.linear(2)));
            NDArray x = manager.randomNormal(0, 1, new Shape(6, 5), DataType.FLOAT32);
            NDArray labels = manager.randomNormal(0, 1, new Shape(6, 2), DataType.FLOAT32);
            NDList predictions;
            try (Trainer trainer =
                    DirectFeedbackAlignment.builder()
                            .optFeedback(source)
                            .build()
                            .newTrainer(model, new DefaultTrainingConfig(Loss.l2Loss()))) {
                trainer.initialize(x.getShape());
                try (GradientCollector collector = trainer.newGradientCollector()) {
                    predictions = trainer.forward(new NDList(x), new NDList(labels));
                    collector.backward(trainer.getLoss().evaluate(new NDList(labels), predictions));
                }
            }
            NDArray first = parameter(model, "01Linear_weight");
            NDArray second = parameter(model, "03ParallelBlock_01Linear_weight");
            NDArray a = x.matMul(first.transpose()).tanh();
            NDArray t = a.matMul(second.transpose()).add(a).tanh();
            NDArray e = predictions.singletonOrThrow().stopGradient().sub(labels).div(12);
            NDArray output = e.transpose().matMul(t);
            NDArray toSum =
                    e.matMul(feedback(source, manager, "05Linear_weight"))
                            .mul(t.square().mul(-1).add(1));
            NDArray branch = toSum.transpose().matMul(a);
            NDArray toHidden =
                    e.matMul(feedback(source, manager, "03ParallelBlock_01Linear_weight"))
                            .add(toSum)
                            .mul(a.square().mul(-1).add(1));
            NDArray bottom = toHidden.transpose().matMul(x);

            assertGradient(output, model, "05Linear_weight");
            assertGradient(branch, model, "03ParallelBlock_01Linear_weight");
            assertGradient(bottom, model, "01Linear_weight");
        }
    }

    /** One head for samples, of 2 units, and one for the 4 positions of each, of 3. */
    private static Block headsOfSamplesAndPositions(int rows) {
        Block samples = NetworkCase.linear(2);
        Block positions =
                new SequentialBlock()
                        .add(list -> new NDList(list.head().reshape(rows, -1)))
                        .add(NetworkCase.linear(3));
        return new SequentialBlock()
                .add(NetworkCase.linear(8))
                .add(Activation::tanh)
                .add(
                        new ParallelBlock(
                                lists ->
                                        new NDList(
                                                lists.get(0).singletonOrThrow(),
                                                lists.get(1).singletonOrThrow()),
                                List.of(samples, positions)));
    }

    /** Half the sum of squares of all predictions, whose error is the prediction itself. */
    private static final class HalfSquares extends Loss {

        HalfSquares() {
            super("HalfSquares");
        }

        @Override
        public NDArray evaluate(NDList labels, NDList predictions) {
            // products of arrays alone, so that no number lives in a buffer of Java's
            NDArray half = predictions.head().getManager().full(new Shape(), 0.5f);
            return predictions.stream()
                    .map(each -> each.square().sum())
                    .reduce(NDArray::add)
                    .orElseThrow()
                    .mul(half);
        }
    }

    @Test
    void reachesLayersOfHeadsThatDifferInTheirFirstDimension() {
        Engine.getEngine("PyTorch").setRandomSeed(2);
        FeedbackSource source = FeedbackDistribution.normal(1).seeded(4);
        try (Model model = Model.newInstance("heads", "PyTorch");
                NDManager manager = NDManager.newBaseManager("PyTorch")) {
            model.setBlock(headsOfSamplesAndPositions(24));
            NDArray x = manager.randomNormal(0, 1, new Shape(6, 5), DataType.FLOAT32);
            NDList predictions = assign(model, source, x);
            NDArray first = parameter(model, "01Linear_weight");
            NDArray t = x.matMul(first.transpose()).tanh();
            NDArray e1 = predictions.get(0).stopGradient();
            NDArray e2 = predictions.get(1).stopGradient();
            assertEquals(new Shape(24, 3), e2.getShape());
            // a sample's error has 2 units of the one head and 4 times 3 of the other
            NDArray e = e1.concat(e2.reshape(6, 12), 1);
            String one = "03ParallelBlock_01Linear_weight";
            String other = "03ParallelBlock_02SequentialBlock_02Linear_weight";
            Shape shape = new Shape(14, 8);
            NDArray toHidden =
                    e.matMul(source.create(manager, one, shape, DataType.FLOAT32))
                            .add(e.matMul(source.create(manager, other, shape, DataType.FLOAT32)))
                            .mul(t.square().mul(-1).add(1));
            assertGradient(e1.transpose().matMul(t), model, one);
            assertGradient(e2.transpose().matMul(t.reshape(24, 2)), model, other);
            assertGradient(toHidden.transpose().matMul(x), model, "01Linear_weight");
        }
    }

    /** What an unknown block with parameters puts out is not the output of the layer before it. */
    @Test
    void theErrorIsThatOfThePredictionsWhereAnUnknownBlockMakesThem() {
        FeedbackSource source = FeedbackDistribution.normal(1).seeded(4);
        try (Model model = Model.newInstance("unknown", "PyTorch");
                NDManager manager = NDManager.newBaseManager("PyTorch")) {
            model.setBlock(
                    new SequentialBlock()
                            .add(NetworkCase.linear(8))
                            .add(Activation::tanh)
                            .add(NetworkCase.linear(6))
                            .add(Activation::tanh)
                            .add(new HandWritten(NetworkCase.linear(3))));
            NDArray x = manager.randomNormal(0, 1, new Shape(4, 5), DataType.FLOAT32);
            NDArray error = assign(model, source, x).head().stopGradient();
            NDArray first = parameter(model, "01Linear_weight");
            NDArray t = x.matMul(first.transpose()).tanh();
            NDArray toHidden =
                    error.matMul(
                                    source.create(
                                            manager,
                                            "03Linear_weight",
                                            new Shape(3, 8),
                                            DataType.FLOAT32))
                            .mul(t.square().mul(-1).add(1));
            assertGradient(toHidden.transpose().matMul(x), model, "01Linear_weight");
        }
    }

    /** A convolution over frames gets the error of the sample that a frame is of. */
    @Test
    void repeatsTheErrorOfASampleForEachOfItsFrames() {
        Engine.getEngine("PyTorch").setRandomSeed(2);
        FeedbackSource source = FeedbackDistribution.normal(1).seeded(4);
        try (Model model = Model.newInstance("frames", "PyTorch");
                NDManager manager = NDManager.newBaseManager("PyTorch")) {
            Block frames =
                    new SequentialBlock()
                            .add(list -> new NDList(list.head().reshape(24, 2, 1)))
                            .add(
                                    Conv1d.builder()
                                            .setFilters(3)
                                            .setKernelShape(new Shape(1))
                                            .optBias(false)
                                            .build())
                            .add(list -> new NDList(list.head().reshape(24, 3)));
            model.setBlock(
                    new SequentialBlock()
                            .add(NetworkCase.linear(8))
                            .add(Activation::tanh)
                            .add(
                                    new ParallelBlock(
                                            lists ->
                                                    new NDList(
                                                            lists.get(0).head(),
                                                            lists.get(1).head()),
                                            List.of(NetworkCase.linear(2), frames))));
            NDArray x = manager.randomNormal(0, 0.1f, new Shape(6, 5), DataType.FLOAT32);
            NDList predictions =
                    assign(model, source, x, DirectFeedbackAlignment.ConvolutionForm.BROADCAST);
            NDArray t = x.matMul(parameter(model, "01Linear_weight").transpose()).tanh();
            NDArray e =
                    predictions
                            .get(0)
                            .stopGradient()
                            .concat(predictions.get(1).stopGradient().reshape(6, 12), 1);
            NDArray toHead =
                    e.matMul(
                            source.create(
                                    manager,
                                    "03ParallelBlock_01Linear_weight",
                                    new Shape(14, 8),
                                    DataType.FLOAT32));
            NDArray kernel =
                    source.create(
                            manager,
                            "03ParallelBlock_02SequentialBlock_02Conv1d_weight",
                            new Shape(14, 2, 1),
                            DataType.FLOAT32);
            // the 4 frames of a sample have 2 features each, one frame after the other
            NDArray toFrame = e.matMul(kernel.reshape(14, 2));
            NDArray toFrames = NDArrays.concat(new NDList(toFrame, toFrame, toFrame, toFrame), 1);
            NDArray toHidden = toHead.add(toFrames).mul(t.square().mul(-1).add(1));
            assertGradient(toHidden.transpose().matMul(x), model, "01Linear_weight");
        }
    }

    @Test
    void refusesHeadsWhoseSamplesCannotBeToldApart() {
        try (Model model = Model.newInstance("heads", "PyTorch");
                NDManager manager = NDManager.newBaseManager("PyTorch")) {
            // 6 samples of 8 units in 16 rows
            model.setBlock(headsOfSamplesAndPositions(16));
            NDArray x = manager.randomNormal(0, 1, new Shape(6, 5), DataType.FLOAT32);
            FeedbackSource source = FeedbackDistribution.normal(1).seeded(4);
            String message =
                    assertThrows(IllegalArgumentException.class, () -> assign(model, source, x))
                            .getMessage();
            assertEquals(
                    "Direct feedback cannot tell the samples of prediction 1 apart: its shape (16, 3)"
                            + " does not begin with a multiple of the batch's 6 samples, as others"
                            + " do.",
                    message);
        }
    }

    private static NDList assign(Model model, FeedbackSource source, NDArray x) {
        return assign(model, source, x, DirectFeedbackAlignment.ConvolutionForm.DENSE);
    }

    private static NDList assign(
            Model model,
            FeedbackSource source,
            NDArray x,
            DirectFeedbackAlignment.ConvolutionForm form) {
        try (Trainer trainer =
                DirectFeedbackAlignment.builder()
                        .optFeedback(source)
                        .optConvolutionForm(form)
                        .build()
                        .newTrainer(model, new DefaultTrainingConfig(new HalfSquares()))) {
            trainer.initialize(x.getShape());
            try (GradientCollector collector = trainer.newGradientCollector()) {
                NDList predictions = trainer.forward(new NDList(x));
                collector.backward(trainer.getLoss().evaluate(new NDList(), predictions));
                return predictions;
            }
        }
    }

    private static NDArray feedback(FeedbackSource source, NDManager manager, String path) {
        return source.create(manager, path, new Shape(2, 4), DataType.FLOAT32);
    }

    /** Biases begin at zero. */
    private static NDArray parameter(Model model, String path) {
        return model.getBlock().getParameters().get(path).getArray();
    }

    private static void assertGradient(NDArray expected, Model model, String path) {
        float[] actual = parameter(model, path).getGradient().toFloatArray();
        assertArrayEquals(expected.toFloatArray(), actual, 1e-6f, path);
    }

    @Test
    void namesTheLayerWhoseBatchIsNotThePredictions() {
        // positions become samples, so that the error of a prediction belongs to no input row
        NetworkCase network =
                new NetworkCase(
                        "rows",
                        () ->
                                new SequentialBlock()
                                        .add(NetworkCase.linear(4))
                                        .add(list -> new NDList(list.head().reshape(-1, 2)))
                                        .add(NetworkCase.linear(3))
                                        .add(list -> new NDList(list.head().reshape(5, -1)))
                                        .add(NetworkCase.linear(3)),
                        new Shape(5, 6),
                        3);
        IllegalArgumentException error =
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                Gradients.of(
                                        network,
                                        DirectFeedbackAlignment.builder().build()::newTrainer));
        assertTrue(error.getMessage().contains("03Linear"), error.getMessage());
    }
}
