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
package org.locallearning.djl.zoo.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.TrainingConfig;
import ai.djl.training.loss.Loss;
import ai.djl.util.Pair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.creditassignment.provenance.DataDescription;
import org.locallearning.djl.creditassignment.provenance.ParametersFile;
import org.locallearning.djl.creditassignment.provenance.SavedModel;
import org.locallearning.djl.creditassignment.provenance.TrainingRecord;
import org.locallearning.djl.decorrelation.Decorrelate;
import org.locallearning.djl.decorrelation.internal.Digest;
import org.locallearning.djl.zoo.network.NetworkOptions;
import org.locallearning.djl.zoo.network.Networks;
import org.locallearning.djl.zoo.repository.RepositoryException;

/** A saved model is opened as what its record says, or refused in one sentence. */
class RecordedModelTest {

    private static final String NAME = "small";

    @TempDir Path folder;

    private Path parameters;

    @BeforeEach
    void save() throws IOException {
        SavedModels.saveSmall(folder, NAME, "kp", 1);
        parameters = folder.resolve(NAME + "-0000.params");
    }

    @Test
    void buildsTheNetworkThatWasSaved() throws IOException, MalformedModelException {
        RecordedModel recorded = RecordedModel.open(folder, NAME);

        assertEquals(SavedModels.SMALL, recorded.getImageShape());
        assertEquals(List.of("left", "right", "neither"), recorded.getClasses().orElseThrow());
        assertEquals(List.of("(3, 4)", "(3)", "(2, 3)", "(2)", "(3, 2)", "(3)"), shapes(recorded));
    }

    private List<String> shapes(RecordedModel recorded)
            throws IOException, MalformedModelException {
        try (Model model = Model.newInstance(NAME, "PyTorch")) {
            model.setBlock(recorded.newBlock());
            model.load(folder, NAME);
            return model.getBlock().getParameters().stream()
                    .map(Pair::getValue)
                    .map(Parameter::getShape)
                    .map(Shape::toString)
                    .toList();
        }
    }

    /** Opening draws no random number: another seed's sequence would begin elsewhere. */
    @Test
    void leavesRandomNumbersAlone() throws IOException {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            manager.getEngine().setRandomSeed(5);
            float[] expected = manager.randomUniform(0, 1, new Shape(8)).toFloatArray();
            manager.getEngine().setRandomSeed(5);
            RecordedModel.open(folder, NAME);
            assertArrayEquals(expected, manager.randomUniform(0, 1, new Shape(8)).toFloatArray());
        }
    }

    @Test
    void refusesParametersCutAnywhere() throws IOException {
        byte[] whole = Files.readAllBytes(parameters);
        for (int length = 0; length < whole.length; length += 37) {
            Files.write(parameters, Arrays.copyOf(whole, length));
            refused();
        }
    }

    @Test
    void refusesParametersWithAnyByteChanged() throws IOException {
        byte[] whole = Files.readAllBytes(parameters);
        for (int i = 0; i < whole.length; i += 37) {
            byte[] changed = whole.clone();
            changed[i] ^= (byte) (1 << i % 8);
            Files.write(parameters, changed);
            refused();
        }
    }

    @Test
    void refusesTheParametersOfAnotherModel() throws IOException {
        SavedModels.save(
                folder.resolve("other"),
                NAME,
                "mlp",
                NetworkOptions.builder().optHidden(2, 3).optActivation("tanh").build(),
                SavedModels.SMALL,
                List.of("left", "right", "neither"),
                "mnist",
                "kp",
                1);
        Files.copy(
                folder.resolve("other").resolve(parameters.getFileName()),
                parameters,
                StandardCopyOption.REPLACE_EXISTING);
        assertTrue(refused().getMessage().contains(parameters.toString()));
        sign();
        assertTrue(refused().getMessage().contains("Linear_weight"), refused().getMessage());
    }

    /**
     * Folding puts a block before a convolution that pads: it is there when the model is loaded.
     */
    @Test
    void buildsAFoldedConvolution() throws IOException, MalformedModelException {
        Shape image = new Shape(1, 12, 12);
        List<String> classes = List.of("left", "right");
        try (Model model = Model.newInstance("folded", "PyTorch");
                Model loaded = Model.newInstance("folded", "PyTorch")) {
            NDManager manager = model.getNDManager();
            Block block = Decorrelate.model(Networks.LENET.create(image, classes.size()));
            model.setBlock(block);
            TrainingConfig config = new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss());
            NDList batch = new NDList(manager.randomNormal(new Shape(6).addAll(image)).add(3));
            TrainingRecord.Builder record;
            try (Trainer trainer = model.newTrainer(config)) {
                trainer.initialize(new Shape(6).addAll(image));
                for (int step = 0; step < 3; step++) {
                    try (GradientCollector collector = trainer.newGradientCollector()) {
                        collector.backward(
                                trainer.forward(batch).singletonOrThrow().square().sum());
                    }
                    trainer.step();
                }
                record = TrainingRecord.of(trainer).toBuilder();
            }
            Block folded = Decorrelate.fold(block);
            SavedModel.save(
                    folded,
                    record.optName("conv")
                            .optClasses(classes)
                            .optData(SavedModels.data("mnist", 1))
                            .build(),
                    folder,
                    "folded");

            loaded.setBlock(RecordedModel.open(folder, "folded").newBlock());
            loaded.load(folder, "folded");

            assertArrayEquals(outputs(block, batch), outputs(loaded.getBlock(), batch), 1e-4f);
        }
    }

    private static float[] outputs(Block block, NDList batch) {
        ParameterStore store = new ParameterStore(batch.getManager(), false);
        return block.forward(store, batch, false).singletonOrThrow().toFloatArray();
    }

    /** DJL takes the file with the greatest number, which nobody has checked. */
    @Test
    void refusesASecondFileThatDjlWouldPrefer() throws IOException {
        Files.copy(parameters, folder.resolve(NAME + "-0001.params"));

        String message = refused().getMessage();

        assertTrue(message.contains("DJL would load other parameters"), message);
    }

    /** Says in the record that the parameters are what they are now. */
    private void sign() throws IOException {
        rewrite(record -> record);
    }

    /** A change of a record. */
    interface Change {
        TrainingRecord of(TrainingRecord record);
    }

    private void rewrite(Change change) throws IOException {
        Path file = folder.resolve(NAME + ".json");
        try {
            TrainingRecord record = TrainingRecord.load(file);
            change.of(record).toBuilder()
                    .optFile(
                            new ParametersFile(
                                    parameters.getFileName().toString(),
                                    Digest.SHA_256.of(parameters)))
                    .build()
                    .save(file);
        } catch (MalformedModelException e) {
            throw new IOException(e);
        }
    }

    /** A record that does not describe a model of the zoo, and what is said of it. */
    record Unfit(String reason, Change change) {
        @Override
        public String toString() {
            return reason;
        }
    }

    static Stream<Unfit> unfitRecords() {
        return Stream.of(
                new Unfit(
                        "Unknown model",
                        record -> record.toBuilder().optName("perceptron").build()),
                new Unfit(
                        "puts out images",
                        record ->
                                record.toBuilder()
                                        .optName("autoencoder")
                                        .optOption("hidden", "[3]")
                                        .build()),
                new Unfit(
                        "names classes",
                        record ->
                                record.toBuilder()
                                        .optName("rbm-features")
                                        .optOption("units", "3")
                                        .build()),
                new Unfit(
                        "it has many outputs",
                        record ->
                                record.toBuilder()
                                        .optName("zca-whitening")
                                        .optOption("units", "many")
                                        .build()),
                new Unfit(
                        "no option width",
                        record -> record.toBuilder().optOption("width", "3").build()),
                new Unfit(
                        "can't be [3, x]",
                        record -> record.toBuilder().optOption("hidden", "[3, x]").build()),
                new Unfit(
                        "at least 1 unit",
                        record -> record.toBuilder().optOption("hidden", "[3, -2]").build()),
                new Unfit(
                        "network cannot be made",
                        record ->
                                record.toBuilder()
                                        .optOption("hidden", "[2000000000, 2000000000]")
                                        .build()),
                new Unfit(
                        "do not hold",
                        record -> record.toBuilder().optOption("hidden", "[20000, 20000]").build()),
                new Unfit(
                        "at least 2 classes",
                        record -> record.toBuilder().optClasses(List.of("one")).build()),
                new Unfit(
                        "Linear",
                        record -> record.toBuilder().optClasses(List.of("one", "two")).build()),
                new Unfit(
                        "each channel of an image",
                        record -> record.toBuilder().optData(SavedModels.data("mnist", 3)).build()),
                new Unfit(
                        "each channel of an image",
                        record ->
                                record.toBuilder()
                                        .optData(
                                                new DataDescription(
                                                        "mnist", null, null, null, null))
                                        .build()));
    }

    @ParameterizedTest
    @MethodSource("unfitRecords")
    void refusesARecordThatDoesNotFit(Unfit unfit) throws IOException {
        rewrite(unfit.change());

        String message = refused().getMessage();

        assertTrue(message.contains(unfit.reason()), message);
    }

    @Test
    void refusesARecordCutAnywhere() throws IOException {
        Path file = folder.resolve(NAME + ".json");
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length - 1; length += 37) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertTrue(refused().getMessage().contains(file.toString()));
        }
    }

    private RepositoryException refused() {
        RepositoryException refused =
                assertThrows(RepositoryException.class, () -> RecordedModel.open(folder, NAME));
        assertOneSentence(refused);
        return refused;
    }

    private static void assertOneSentence(RepositoryException refused) {
        String message = refused.getMessage();
        assertTrue(message.contains(NAME) && message.lines().count() == 1, message);
    }

    @Test
    void keepsTheWeightsOfARule() throws IOException {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray feedback = manager.randomNormal(new Shape(2, 3));
            RuleWeights.save(Map.of("03Linear_weight", feedback), folder, NAME);

            Map<String, NDArray> loaded = RuleWeights.load(folder, NAME, manager);

            assertEquals(Map.of("03Linear_weight", feedback), loaded);
            Path file = RuleWeights.file(folder, NAME);
            byte[] whole = Files.readAllBytes(file);
            for (int length = 0; length < whole.length; length++) {
                Files.write(file, Arrays.copyOf(whole, length));
                RepositoryException refused =
                        assertThrows(
                                RepositoryException.class,
                                () -> RuleWeights.load(folder, NAME, manager));
                assertOneSentence(refused);
            }
        }
    }

    /**
     * (pixel / 255 - mean) / deviation, and an image of another size is brought to that of the
     * model.
     */
    @Test
    void preparesAnImageAsTraining() throws IOException {
        ImageInput input = RecordedModel.open(folder, NAME).getInput();
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray image =
                    manager.create(new float[] {0, 51, 102, 255}, new Shape(2, 2, 1))
                            .toType(DataType.UINT8, false);

            NDArray prepared = input.transform(image);

            assertEquals(SavedModels.SMALL, prepared.getShape());
            float[] expected = new float[4];
            for (int i = 0; i < 4; i++) {
                expected[i] = (float) ((new double[] {0, 0.2, 0.4, 1}[i] - 0.1307) / 0.3081);
            }
            assertArrayEquals(expected, prepared.toFloatArray(), 1e-6f);
            NDArray large = image.repeat(0, 2).repeat(1, 2);
            assertEquals(SavedModels.SMALL, input.transform(large).getShape());
        }
    }
}
