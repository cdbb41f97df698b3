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
package org.locallearning.djl.decorrelation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A folded model predicts the same in a program that has DJL alone on its class path. */
class FoldedModelTest {

    private static final Shape INPUT = new Shape(16, 1, 28, 28);

    @ParameterizedTest
    @ValueSource(strings = {"mlp", "lenet", "resnet", "shifted", "padded", "shared", "zoo-mlp"})
    void folded(String name, @TempDir Path folder) throws Exception {
        Engine.getInstance().setRandomSeed(2);
        try (Model model = Model.newInstance("folded");
                NDManager manager = NDManager.newBaseManager()) {
            DecorrelationOptions.Builder options =
                    DecorrelationOptions.builder()
                            .optRate(1e-3)
                            .optCost(Cost.full().withSampleFraction(1));
            boolean shifted = name.equals("shifted");
            Block plain = PlainLoader.architecture(shifted ? "padded" : name);
            boolean trained = List.of("lenet", "resnet", "padded").contains(name);
            if (trained) {
                model.setBlock(plain);
                train(model, manager, 3);
                options.optMean(MeanRemoval.NONE);
            }
            NDArray images = manager.randomUniform(0, 1, INPUT);
            NDArray before = trained ? predict(model.getBlock(), manager, images) : null;
            model.setBlock(
                    Decorrelate.builder()
                            .optOptions(options.build())
                            .build()
                            .convert(plain)
                            .block());
            if (trained) {
                assertClose(before, predict(model.getBlock(), manager, images), 1e-5);
            }
            train(model, manager, 4);
            NDArray expected = predict(model.getBlock(), manager, images);
            model.setBlock(
                    shifted
                            ? Decorrelate.fold(model.getBlock())
                            : Decorrelate.foldForOriginal(model.getBlock()));
            model.save(folder, "folded");
            if (trained) {
                assertTrue(before.sub(expected).abs().max().getFloat() > 1e-3, "nothing learned");
            }

            Path inputs = folder.resolve("inputs");
            Path outputs = folder.resolve("outputs");
            Files.write(inputs, new NDList(images).encode());
            runPlain(name, folder.toString(), inputs.toString(), outputs.toString());
            NDArray actual = NDList.decode(manager, Files.readAllBytes(outputs)).singletonOrThrow();
            assertClose(expected, actual, 1e-5);
        }
    }

    private static void train(Model model, NDManager manager, int steps) {
        DefaultTrainingConfig config =
                new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                        .optOptimizer(
                                Optimizer.adam()
                                        .optLearningRateTracker(Tracker.fixed(1e-3f))
                                        .build());
        try (Trainer trainer = model.newTrainer(config)) {
            trainer.initialize(INPUT);
            for (int i = 0; i < steps; ++i) {
                try (NDManager batch = trainer.getManager().newSubManager()) {
                    NDArray data = batch.randomUniform(0, 1, INPUT);
                    NDArray labels = batch.arange(16).mod(10);
                    try (GradientCollector collector = trainer.newGradientCollector()) {
                        NDList output = trainer.forward(new NDList(data), new NDList(labels));
                        collector.backward(trainer.getLoss().evaluate(new NDList(labels), output));
                    }
                    trainer.step();
                }
            }
        }
    }

    private static NDArray predict(Block block, NDManager manager, NDArray images) {
        ParameterStore store = new ParameterStore(manager, false);
        return block.forward(store, new NDList(images), false).singletonOrThrow();
    }

    private static void assertClose(NDArray expected, NDArray actual, double tolerance) {
        assertEquals(0, expected.sub(actual).abs().max().getFloat(), tolerance);
    }

    private static void runPlain(String... args) throws Exception {
        // the tests' classes hold the program; the plugin's own classes are left out
        String classPath =
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .filter(entry -> !isPlugin(entry))
                        .collect(Collectors.joining(File.pathSeparator));
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Dai.djl.pytorch.num_threads=1",
                                "-cp",
                                classPath,
                                PlainLoader.class.getName()));
        command.addAll(List.of(args));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        assertTrue(process.waitFor(2, TimeUnit.MINUTES), output);
        assertEquals(0, process.exitValue(), output);
    }

    private static boolean isPlugin(String entry) {
        String source =
                Decorrelate.class.getProtectionDomain().getCodeSource().getLocation().getPath();
        return Path.of(entry).toAbsolutePath().equals(Path.of(source).toAbsolutePath());
    }
}
