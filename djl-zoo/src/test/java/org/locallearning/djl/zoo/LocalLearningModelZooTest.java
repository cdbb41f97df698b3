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
package org.locallearning.djl.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Application;
import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ModelException;
import ai.djl.inference.Predictor;
import ai.djl.modality.Classifications;
import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.ImageFactory;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.BlockFactory;
import ai.djl.nn.Blocks;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.repository.Artifact;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.repository.zoo.ModelZoo;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.ParameterStore;
import ai.djl.training.loss.Loss;
import ai.djl.training.util.ProgressBar;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.locallearning.djl.decorrelation.internal.Digest;
import org.locallearning.djl.zoo.model.PublishedModel;
import org.locallearning.djl.zoo.model.RecordedBlockFactory;
import org.locallearning.djl.zoo.model.RecordedModel;
import org.locallearning.djl.zoo.model.RecordedTranslatorFactory;
import org.locallearning.djl.zoo.model.RuleWeights;
import org.locallearning.djl.zoo.model.SavedModels;
import org.locallearning.djl.zoo.network.NetworkOptions;
import org.locallearning.djl.zoo.repository.RepositoryException;
import org.locallearning.djl.zoo.repository.RepositoryWriter;

/** Models that were published are loaded by DJL's criteria, with all that they need. */
class LocalLearningModelZooTest {

    private static final List<String> CLASSES = List.of("left", "right", "neither");

    @TempDir static Path saved;
    @TempDir static Path repository;

    @BeforeAll
    static void publish() throws IOException {
        SavedModels.saveSmall(saved, "first", "kp", 1);
        SavedModels.saveSmall(saved, "second", "bp+decor", 2);
        SavedModels.save(
                saved,
                "third",
                "conv",
                NetworkOptions.builder().build(),
                new Shape(3, 12, 14),
                CLASSES,
                "cifar10",
                "kp",
                3);
        for (String name : List.of("first", "second", "third")) {
            assertTrue(
                    new PublishedModel(RecordedModel.open(saved, name))
                            .addTo(saved, RepositoryWriter.open(repository), "0.1.0"));
        }
    }

    private static LocalLearningModelZoo zoo() throws IOException {
        return LocalLearningModelZoo.of(repository.toString());
    }

    private static <I, O> Criteria.Builder<I, O> criteria(
            Class<I> input, Class<O> output, String artifact, String rule) throws IOException {
        return Criteria.builder()
                .setTypes(input, output)
                .optModelZoo(zoo())
                .optGroupId("org.locallearning")
                .optArtifactId(artifact)
                .optFilter("rule", rule);
    }

    /** The picture whose array, in colour, has these values 0 to 255. */
    private static Image image(NDManager manager, int height, int width) {
        NDArray pixels =
                manager.randomInteger(0, 256, new Shape(height, width, 3), DataType.INT32)
                        .toType(DataType.UINT8, false);
        return ImageFactory.getInstance().fromNDArray(pixels.transpose(2, 0, 1));
    }

    private static float[] logits(String name, NDArray input) throws IOException, ModelException {
        try (Model model = Model.newInstance(name, "PyTorch")) {
            model.setBlock(RecordedModel.open(saved, name).newBlock());
            model.load(saved, name);
            return model.getBlock()
                    .forward(
                            new ParameterStore(model.getNDManager(), false),
                            new NDList(input),
                            false)
                    .singletonOrThrow()
                    .toFloatArray();
        }
    }

    @Test
    void classifiesAnImageAsTheSavedModelDoes()
            throws IOException, ModelException, TranslateException {
        try (ZooModel<Image, Classifications> model =
                        criteria(Image.class, Classifications.class, "conv", "kp")
                                .build()
                                .loadModel();
                Predictor<Image, Classifications> predictor = model.newPredictor();
                NDManager manager = NDManager.newBaseManager("PyTorch")) {
            Image image = image(manager, 12, 14);
            NDArray pixels = image.toNDArray(manager).toType(DataType.FLOAT64, false);
            NDArray input =
                    pixels.div(255)
                            .sub(0.1307)
                            .div(0.3081)
                            .transpose(2, 0, 1)
                            .expandDims(0)
                            .toType(DataType.FLOAT32, false);
            double[] expected = softmax(logits("third", input));

            Classifications found = predictor.predict(image);

            for (int i = 0; i < 3; i++) {
                assertEquals(expected[i], found.get(CLASSES.get(i)).getProbability(), 1e-5);
            }
            assertEquals("conv-cifar10-kp", model.getName());
            assertPlain(model.getBlock());
        }
    }

    private static double[] softmax(float[] logits) {
        double sum = 0;
        double[] shares = new double[logits.length];
        for (int i = 0; i < logits.length; i++) {
            shares[i] = Math.exp(logits[i]);
            sum += shares[i];
        }
        for (int i = 0; i < logits.length; i++) {
            shares[i] /= sum;
        }
        return shares;
    }

    private static void assertPlain(Block block) {
        assertTrue(block.getClass().getName().startsWith("ai.djl."), block.getClass().getName());
        block.getChildren().values().forEach(LocalLearningModelZooTest::assertPlain);
    }

    @Test
    void takesImagesOfAnySizeAndKind(@TempDir Path folder)
            throws IOException, ModelException, TranslateException {
        try (NDManager manager = NDManager.newBaseManager("PyTorch");
                ZooModel<Path, Classifications> model =
                        criteria(Path.class, Classifications.class, "mlp", "kp")
                                .optArgument("topK", 2)
                                .build()
                                .loadModel();
                Predictor<Path, Classifications> predictor = model.newPredictor()) {
            Path file = folder.resolve("image.png");
            image(manager, 9, 5).save(Files.newOutputStream(file), "png");

            assertEquals(2, predictor.predict(file).topK().size());
        }
    }

    @Test
    void argumentsAreTakenOrRefused() throws IOException, ModelException, TranslateException {
        try (NDManager manager = NDManager.newBaseManager("PyTorch");
                ZooModel<Image, Classifications> logits =
                        criteria(Image.class, Classifications.class, "mlp", "kp")
                                .optArgument("applySoftmax", "false")
                                .build()
                                .loadModel();
                ZooModel<Image, float[]> numbers =
                        criteria(Image.class, float[].class, "mlp", "kp").build().loadModel()) {
            Image image = image(manager, 2, 2);
            float[] expected = numbers.newPredictor().predict(image);
            Classifications found = logits.newPredictor().predict(image);
            for (int i = 0; i < expected.length; i++) {
                double actual = found.get(CLASSES.get(i)).getProbability();
                assertEquals(expected[i], actual, 1e-6);
            }
        }
        for (String argument : List.of("resize", "flag", "synsetUrl")) {
            for (Class<?> output : List.of(Classifications.class, float[].class)) {
                Criteria<Image, ?> criteria =
                        criteria(Image.class, output, "mlp", "kp")
                                .optArgument(argument, "true")
                                .build();
                Exception e = assertThrows(IllegalArgumentException.class, criteria::loadModel);
                assertTrue(e.getMessage().contains("'" + argument + "'"), e.getMessage());
            }
        }
    }

    @Test
    void givesOutputsAsNumbers() throws IOException, ModelException, TranslateException {
        try (NDManager manager = NDManager.newBaseManager("PyTorch");
                ZooModel<NDList, NDList> arrays =
                        criteria(NDList.class, NDList.class, "mlp", "kp").build().loadModel();
                Predictor<NDList, NDList> predictor = arrays.newPredictor();
                ZooModel<Image, float[]> numbers =
                        criteria(Image.class, float[].class, "mlp", "kp").build().loadModel();
                Predictor<Image, float[]> ofImages = numbers.newPredictor()) {
            NDArray batch = manager.randomNormal(new Shape(5, 1, 2, 2));

            NDArray outputs = predictor.predict(new NDList(batch)).singletonOrThrow();

            assertArrayEquals(logits("first", batch), outputs.toFloatArray(), 1e-6f);
            assertEquals(3, ofImages.predict(image(manager, 2, 2)).length);
        }
    }

    @Test
    void findsByAnyFilter() throws IOException, ModelException {
        Map<String, String> filters =
                Map.of("name", "mlp-mnist-bp-decor", "dataset", "mnist", "layers", "3,2,3");
        try (ZooModel<NDList, NDList> model =
                Criteria.builder()
                        .setTypes(NDList.class, NDList.class)
                        .optModelZoo(zoo())
                        .optApplication(Application.CV.IMAGE_CLASSIFICATION)
                        .optEngine("PyTorch")
                        .optDevice(Device.cpu())
                        .optFilters(filters)
                        .optProgress(new ProgressBar())
                        .build()
                        .loadModel()) {
            assertEquals("mlp-mnist-bp-decor", model.getName());
            assertEquals(Device.cpu(), model.getNDManager().getDevice());
        }
    }

    @Test
    void saysWhichModelsThereAre() throws IOException {
        ModelNotFoundException refused =
                assertThrows(
                        ModelNotFoundException.class,
                        () ->
                                criteria(NDList.class, NDList.class, "mlp", "lra")
                                        .build()
                                        .loadModel());
        String reason = refused.getCause().getMessage();
        assertTrue(reason.contains("rule=lra") && reason.contains("rule=kp"), reason);
        String unknown =
                assertThrows(ModelNotFoundException.class, () -> zoo().model("mlp")).getMessage();
        assertTrue(unknown.contains("conv-cifar10-kp, mlp-mnist-bp-decor, mlp-mnist-kp"), unknown);
    }

    @Test
    void takesABlockOfTheCaller() throws IOException, ModelException {
        Block own = RecordedModel.open(saved, "first").newBlock();
        try (ZooModel<NDList, NDList> model =
                criteria(NDList.class, NDList.class, "mlp", "kp")
                        .optBlock(own)
                        .build()
                        .loadModel()) {
            assertSame(own, model.getBlock());
            assertTrue(own.isInitialized());
        }
    }

    /** DJL reads what a smaller block takes, and would leave the rest. */
    @Test
    void refusesABlockOfAnotherStructure() throws IOException {
        Block other =
                new SequentialBlock()
                        .add(Blocks.batchFlattenBlock(4))
                        .add(Linear.builder().setUnits(3).build());
        Criteria<NDList, NDList> criteria =
                criteria(NDList.class, NDList.class, "mlp", "kp").optBlock(other).build();

        Exception refused = assertThrows(IllegalArgumentException.class, criteria::loadModel);

        assertTrue(refused.getMessage().contains("mlp-mnist-kp-0000.params"), refused.toString());
    }

    /** New threads record gradients, where the engine's first does not. */
    @Test
    void loadsInAnyThread() throws InterruptedException {
        AtomicReference<Object> result = new AtomicReference<>();
        Thread thread =
                new Thread(
                        () -> {
                            try (ZooModel<NDList, NDList> model =
                                    criteria(NDList.class, NDList.class, "mlp", "kp")
                                            .build()
                                            .loadModel()) {
                                result.set(model.getName());
                            } catch (IOException | ModelException e) {
                                result.set(e);
                            }
                        });
        thread.start();
        thread.join();

        assertEquals("mlp-mnist-kp", result.get());
    }

    @ParameterizedTest
    @CsvSource({"topK,0", "topK,-1", "topK,some", "topK,1e400", "applySoftmax,yes"})
    void refusesValuesThatAnArgumentHasNot(String argument, String value) throws IOException {
        Criteria<Image, Classifications> criteria =
                criteria(Image.class, Classifications.class, "mlp", "kp")
                        .optArgument(argument, value)
                        .build();

        Exception refused = assertThrows(IllegalArgumentException.class, criteria::loadModel);

        assertTrue(
                refused.getMessage().contains("'" + argument + "' is " + value),
                refused.getMessage());
    }

    @Test
    void saysWhichTypesThereAre() throws IOException {
        Criteria<Image, String> criteria = criteria(Image.class, String.class, "mlp", "kp").build();

        String reason =
                assertThrows(ModelNotFoundException.class, criteria::loadModel)
                        .getCause()
                        .getMessage();

        assertEquals(1, reason.lines().count(), reason);
        assertTrue(reason.contains("Image to Classifications, Image to float[]"), reason);
    }

    @Test
    void refusesADeviceThatIsNotThere() throws IOException {
        Criteria<NDList, NDList> criteria =
                criteria(NDList.class, NDList.class, "mlp", "kp").optDevice(Device.gpu(99)).build();

        Exception refused = assertThrows(IllegalArgumentException.class, criteria::loadModel);

        assertTrue(refused.getMessage().startsWith("There is no gpu(99)"), refused.getMessage());
    }

    @Test
    void refusesAnArgumentWithoutAValue() throws IOException {
        Criteria<NDList, NDList> criteria =
                criteria(NDList.class, NDList.class, "mlp", "kp").optArgument("topK", null).build();

        Exception refused = assertThrows(IllegalArgumentException.class, criteria::loadModel);

        assertTrue(refused.getMessage().contains("has no value"), refused.getMessage());
    }

    /** Such maps throw when they are asked for null. */
    @Test
    void takesArgumentsInAnyMap() throws IOException, ModelException {
        Map<String, Object> arguments = Map.of("topK", 3);
        for (Map<String, Object> each : List.of(arguments, new ConcurrentHashMap<>(arguments))) {
            try (ZooModel<Image, Classifications> model =
                    criteria(Image.class, Classifications.class, "mlp", "kp")
                            .optArguments(each)
                            .build()
                            .loadModel()) {
                assertEquals("mlp-mnist-kp", model.getName());
            }
        }
    }

    @Test
    void publishesNoDamagedWeightsOfARule(@TempDir Path from, @TempDir Path to) throws IOException {
        SavedModels.saveSmall(from, "net", "fa", 1);
        RecordedModel model = RecordedModel.open(from, "net");
        Files.writeString(RuleWeights.file(from, "net"), "cut");

        Exception refused =
                assertThrows(
                        RepositoryException.class,
                        () ->
                                new PublishedModel(model)
                                        .addTo(from, RepositoryWriter.open(to), "0.1.0"));

        assertTrue(refused.getMessage().contains("net-rule.state"), refused.getMessage());
    }

    @Test
    void refusesAFolderWithoutModels(@TempDir Path folder) throws IOException {
        String address = folder.toString();

        Exception refused =
                assertThrows(RepositoryException.class, () -> LocalLearningModelZoo.of(address));

        assertTrue(refused.getMessage().contains("has no models"), refused.getMessage());
        Files.writeString(folder.resolve("model"), "a file");
        assertThrows(RepositoryException.class, () -> LocalLearningModelZoo.of(address));
    }

    @Test
    void refusesTwoArtifactsOfOneName(@TempDir Path folder) throws IOException {
        for (Application application :
                List.of(Application.CV.ANY, Application.CV.IMAGE_CLASSIFICATION)) {
            Artifact artifact = new Artifact();
            artifact.setVersion("1.0");
            artifact.setName("net");
            RepositoryWriter.open(folder)
                    .add(application, "net", "a net", artifact, Map.of("file", new byte[1]));
        }

        Exception refused =
                assertThrows(
                        RepositoryException.class,
                        () -> LocalLearningModelZoo.of(folder.toString()));

        assertTrue(refused.getMessage().contains("two artifacts net"), refused.getMessage());
    }

    @Test
    void isDownloadedOnce() throws IOException, ModelException {
        Criteria<NDList, NDList> criteria =
                criteria(NDList.class, NDList.class, "mlp", "kp").build();
        criteria.downloadModel();
        assertTrue(criteria.isDownloaded());
    }

    /** DJL's own loader of a folder does the same, through the factories that the metadata name. */
    @Test
    void isLoadedByDjlFromItsUrl() throws IOException, ModelException, TranslateException {
        try (NDManager manager = NDManager.newBaseManager("PyTorch");
                ZooModel<Image, Classifications> model =
                        Criteria.builder()
                                .setTypes(Image.class, Classifications.class)
                                .optModelUrls(repository.toUri().toString())
                                .optArtifactId("mlp")
                                .optFilter("rule", "kp")
                                .build()
                                .loadModel();
                Predictor<Image, Classifications> predictor = model.newPredictor()) {
            assertEquals(3, predictor.predict(image(manager, 2, 2)).items().size());
        }
    }

    @Test
    void trainsOn() throws IOException, ModelException {
        try (ZooModel<NDList, NDList> model =
                criteria(NDList.class, NDList.class, "mlp", "kp").build().loadModel()) {
            model.newTrainer(new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())).close();
            for (Parameter parameter : model.getBlock().getParameters().values()) {
                assertTrue(parameter.requiresGradient(), parameter.getName());
            }
        }
    }

    /**
     * What a repository could use to run a class: the names of factories, and classes in folders.
     */
    @Test
    void runsNothingThatARepositoryNames(@TempDir Path copy) throws IOException, ModelException {
        RepositoryWriter writer = RepositoryWriter.open(copy);
        new PublishedModel(RecordedModel.open(saved, "first")).addTo(saved, writer, "0.1.0");
        Path metadata =
                copy.resolve("model/cv/image_classification/org/locallearning/mlp/metadata.json");
        String json = Files.readString(metadata);
        Files.writeString(
                metadata,
                json.replace(RecordedBlockFactory.class.getName(), Trap.class.getName())
                        .replace(RecordedTranslatorFactory.class.getName(), Trap.class.getName()));
        assertNotEquals(json, Files.readString(metadata));

        LocalLearningModelZoo.of(copy.toString())
                .model("mlp-mnist-kp")
                .load(Image.class, Classifications.class)
                .close();

        assertFalse(Trap.sprung);
    }

    /** A class that a hostile repository would like to be made. */
    static final class Trap implements BlockFactory {

        private static final long serialVersionUID = 1L;

        private static boolean sprung;

        Trap() {
            sprung = true;
        }

        @Override
        public Block newBlock(Model model, Path path, Map<String, ?> arguments) {
            sprung = true;
            return new SequentialBlock().add(Linear.builder().setUnits(1).build());
        }
    }

    @Test
    void isKnownToDjl() throws IOException {
        ModelZoo zoo = ModelZoo.getModelZoo(LocalLearningModelZoo.GROUP_ID);

        assertEquals(LocalLearningModelZoo.class, zoo.getClass());
        assertTrue(zoo.getSupportedEngines().contains("PyTorch"));
    }

    @Test
    void refusesWhatDoesNotFitItsRecord(@TempDir Path copy) throws IOException {
        RepositoryWriter writer = RepositoryWriter.open(copy);
        new PublishedModel(RecordedModel.open(saved, "first")).addTo(saved, writer, "0.1.0");
        // the file of another model under this one's name, with hashes that fit
        Path folder = copy.resolve("model/cv/image_classification/org/locallearning/mlp/");
        Path metadata = folder.resolve("metadata.json");
        String name = "0.1.0/mlp-mnist-kp/mlp-mnist-kp-0000.params";
        byte[] other = Files.readAllBytes(saved.resolve("third-0000.params"));
        String before = sha1(Files.readAllBytes(folder.resolve(name)));
        long size = Files.size(folder.resolve(name));
        Files.write(folder.resolve(name), other);
        Files.writeString(
                metadata,
                Files.readString(metadata)
                        .replace(before, sha1(other))
                        .replace("\"size\": " + size, "\"size\": " + other.length));

        IOException refused =
                assertThrows(
                        IOException.class,
                        () ->
                                LocalLearningModelZoo.of(copy.toString())
                                        .model("mlp-mnist-kp")
                                        .load(Image.class, Classifications.class));
        assertTrue(refused.getMessage().contains("mlp-mnist-kp-0000.params"), refused.toString());
    }

    private static String sha1(byte[] content) {
        return Digest.SHA_1.of(content);
    }
}
