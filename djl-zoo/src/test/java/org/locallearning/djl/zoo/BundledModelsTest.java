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

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import ai.djl.repository.MRL;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelZoo;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.training.dataset.Batch;
import ai.djl.translate.TranslateException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.creditassignment.provenance.MeasuredAccuracy;
import org.locallearning.djl.zoo.data.DataOptions;
import org.locallearning.djl.zoo.data.DataSets;
import org.locallearning.djl.zoo.data.ImageData;
import org.locallearning.djl.zoo.data.SharedData;
import org.locallearning.djl.zoo.model.ImageInput;
import org.locallearning.djl.zoo.model.RecordedModel;

/** Every model that comes with the library is loaded by its name, and is what its card says. */
class BundledModelsTest {

    private static final int IMAGES = 1000;

    private static final Map<String, ImageData> IMAGES_OF = new HashMap<>();

    static List<PretrainedModel> models() throws IOException {
        return LocalLearningModelZoo.bundled().models();
    }

    static List<PretrainedModel> classifiers() throws IOException {
        return models().stream()
                .filter(model -> model.getProperties().containsKey("accuracy"))
                .toList();
    }

    private static <I, O> ZooModel<I, O> load(
            Class<I> input, Class<O> output, PretrainedModel model)
            throws IOException, ModelException {
        return Criteria.builder()
                .setTypes(input, output)
                .optGroupId("org.locallearning")
                .optArtifactId(model.getArtifactId())
                .optFilters(model.getProperties())
                .build()
                .loadModel();
    }

    @Test
    void areNotLargerThanARepositoryBears() throws IOException {
        long bytes = models().stream().mapToLong(PretrainedModel::getSize).sum();

        assertTrue(bytes > 0 && bytes <= 25_000_000, bytes + " bytes");
    }

    @Test
    void areListedByDjl() throws IOException {
        Collection<String> listed =
                ModelZoo.listModels().values().stream()
                        .flatMap(List::stream)
                        .map(MRL::getArtifactId)
                        .toList();

        for (PretrainedModel model : models()) {
            assertTrue(listed.contains(model.getArtifactId()), model + " is not in " + listed);
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void isLoadedByCriteria(PretrainedModel model)
            throws IOException, ModelException, TranslateException {
        RecordedModel recorded = model.open();
        Shape image = recorded.getImageShape();
        try (ZooModel<NDList, NDList> arrays = load(NDList.class, NDList.class, model);
                Predictor<NDList, NDList> predictor = arrays.newPredictor();
                NDManager manager = NDManager.newBaseManager("PyTorch")) {
            assertEquals(model.getName(), arrays.getName());
            assertTrue(
                    isPlain(arrays.getBlock()) || model.getArtifactId().startsWith("pnn-"),
                    "DJL alone does not have its blocks");
            NDArray outputs =
                    predictor
                            .predict(new NDList(manager.zeros(new Shape(3).addAll(image))))
                            .singletonOrThrow();
            assertEquals(3, outputs.getShape().get(0));
            for (float output : outputs.toFloatArray()) {
                assertTrue(Float.isFinite(output));
            }
            assertEquals(
                    recorded.getClasses().map(List::size).orElse((int) outputs.getShape().get(1)),
                    (int) outputs.getShape().get(1));
        }
        assertTrue(model.getCard().contains("## Licence"), model.getCard());
    }

    private static boolean isPlain(Block block) {
        return block.getClass().getName().startsWith("ai.djl.")
                && block.getChildren().values().stream().allMatch(BundledModelsTest::isPlain);
    }

    @ParameterizedTest
    @MethodSource("classifiers")
    void classifiesAPicture(PretrainedModel model)
            throws IOException, ModelException, TranslateException {
        try (ZooModel<Image, Classifications> loaded =
                        load(Image.class, Classifications.class, model);
                Predictor<Image, Classifications> predictor = loaded.newPredictor();
                NDManager manager = NDManager.newBaseManager("PyTorch")) {
            Image black =
                    ImageFactory.getInstance()
                            .fromNDArray(manager.zeros(new Shape(3, 50, 40), DataType.UINT8));

            List<String> classes = predictor.predict(black).getClassNames();

            assertTrue(model.open().getClasses().orElseThrow().containsAll(classes));
        }
    }

    /** Test images with pixels in 0 to 1, loaded once. */
    private static ImageData images(String dataSet) throws IOException, TranslateException {
        if (!IMAGES_OF.containsKey(dataSet)) {
            DataOptions options =
                    DataOptions.builder()
                            .optRepository(SharedData.folder())
                            .optLimit(1)
                            .optTestLimit(IMAGES)
                            .optStandardize(false)
                            .build();
            IMAGES_OF.put(dataSet, DataSets.load(dataSet, options));
        }
        return IMAGES_OF.get(dataSet);
    }

    @AfterAll
    static void close() {
        IMAGES_OF.values().forEach(ImageData::close);
        IMAGES_OF.clear();
    }

    /** Within five standard deviations of what as many images drawn from all would give. */
    @ParameterizedTest
    @MethodSource("classifiers")
    void isAsGoodAsItsCardSays(PretrainedModel model)
            throws IOException, ModelException, TranslateException {
        MeasuredAccuracy card = model.getRecord().accuracy();
        assertTrue(card.samples() >= 10_000, "measured on all test images");
        ImageData images = images(model.getProperties().get("dataset"));
        ImageInput input = model.open().getInput();
        double right = 0;
        try (ZooModel<NDList, NDList> loaded = load(NDList.class, NDList.class, model);
                Predictor<NDList, NDList> predictor = loaded.newPredictor()) {
            for (Batch batch : images.test(250).getData(loaded.getNDManager())) {
                try (batch) {
                    NDArray pixels = batch.getData().singletonOrThrow().mul(255).round();
                    NDArray outputs =
                            predictor
                                    .predict(new NDList(input.scalePixels(pixels)))
                                    .singletonOrThrow();
                    right +=
                            outputs.argMax(1)
                                    .eq(batch.getLabels().singletonOrThrow())
                                    .countNonzero()
                                    .getLong();
                }
            }
        }
        double deviation = Math.sqrt(card.value() * (1 - card.value()) / IMAGES);
        assertEquals(card.value(), right / IMAGES, 5 * deviation);
    }

    /** Loads a model in a process of its own. */
    static final class Program {

        private Program() {}

        /** Prints where the library is and the name of the model. */
        public static void main(String[] arguments) throws IOException, ModelException {
            System.out.println(
                    LocalLearningModelZoo.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .getPath());
            try (ZooModel<Image, Classifications> model =
                    Criteria.builder()
                            .setTypes(Image.class, Classifications.class)
                            .optGroupId("org.locallearning")
                            .optArtifactId("mlp")
                            .optFilters(Map.of("dataset", "mnist", "rule", "kp"))
                            .build()
                            .loadModel()) {
                System.out.println(model.getName());
            }
        }
    }

    /** From a real jar, without network, with an empty cache. */
    @Test
    void areLoadedFromTheJar(@TempDir Path folder) throws IOException, InterruptedException {
        Path classes = Path.of("target/classes").toAbsolutePath();
        Path jar = folder.resolve("djl-zoo.jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(
                        new JarEntry(classes.relativize(file).toString().replace('\\', '/')));
                Files.copy(file, out);
                out.closeEntry();
            }
        }
        String classPath =
                Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                        .map(entry -> Path.of(entry).equals(classes) ? jar.toString() : entry)
                        .collect(Collectors.joining(File.pathSeparator));
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                classPath,
                                "-Dai.djl.offline=true",
                                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                                Program.class.getName()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("ENGINE_CACHE_DIR", System.getenv("DJL_CACHE_DIR"));
        builder.environment().put("DJL_CACHE_DIR", folder.resolve("cache").toString());
        Process process = builder.start();

        String printed =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertEquals(0, process.waitFor(), printed);
        assertEquals(List.of(jar.toString(), "mlp-mnist-kp"), printed.lines().toList());
    }
}
