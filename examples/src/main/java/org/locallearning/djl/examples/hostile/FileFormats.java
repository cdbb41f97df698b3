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
package org.locallearning.djl.examples.hostile;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.loss.Loss;
import ai.djl.translate.TranslateException;
import ai.djl.util.Pair;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.locallearning.djl.creditassignment.checkpoint.Checkpoint;
import org.locallearning.djl.creditassignment.checkpoint.TrainingPosition;
import org.locallearning.djl.creditassignment.convolutional.LocallyConnected2d;
import org.locallearning.djl.creditassignment.pseudoconv.NoiseMaps;
import org.locallearning.djl.creditassignment.rule.KolenPollack;
import org.locallearning.djl.creditassignment.transform.ZcaWhitening;
import org.locallearning.djl.decorrelation.BatchWhitening;
import org.locallearning.djl.decorrelation.Cost;
import org.locallearning.djl.decorrelation.DecorrelatedConv2d;
import org.locallearning.djl.decorrelation.Decorrelation;
import org.locallearning.djl.decorrelation.RecurrentDecorrelation;
import org.locallearning.djl.decorrelation.boltzmann.RestrictedBoltzmannMachine;
import org.locallearning.djl.examples.results.Results;

/** Every kind of file that is read, small. A new one is a line in a list here. */
final class FileFormats implements AutoCloseable {

    private static final Shape IMAGES = new Shape(1, 2, 4, 4);

    private final Path folder;
    private final byte[] results;
    private final NDManager manager = NDManager.newBaseManager();
    private final Model trained = Model.newInstance("trained");
    private final Model whitened = Model.newInstance("whitened");
    private final Trainer trainer;

    private FileFormats(Path folder, byte[] results) {
        this.folder = folder;
        this.results = results;
        trained.setBlock(Linear.builder().setUnits(2).build());
        trainer =
                KolenPollack.builder()
                        .build()
                        .newTrainer(
                                trained, new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss()));
        trainer.initialize(new Shape(1, 3));
    }

    /**
     * Makes the files.
     *
     * @param folder an empty folder to work in
     * @param results a {@code results.json}
     */
    static FileFormats open(Path folder, byte[] results) {
        return new FileFormats(folder, results);
    }

    /** Returns all of them. */
    List<FileFormat> all() throws IOException {
        List<FileFormat> formats = new ArrayList<>();
        formats.add(new FileFormat("results.json", results, FileFormats::readResults));
        formats.add(checkpoint());
        formats.add(whitening());
        formats.add(parameters("decorrelation", () -> Decorrelation.builder().build()));
        formats.add(
                parameters(
                        "decorrelation of low rank",
                        () ->
                                Decorrelation.builder()
                                        .optOptions(options -> options.optCost(Cost.rank(2)))
                                        .build()));
        formats.add(
                parameters(
                        "decorrelated convolution",
                        () ->
                                DecorrelatedConv2d.builder()
                                        .setKernelShape(new Shape(2, 2))
                                        .setFilters(2)
                                        .build()));
        formats.add(parameters("batch whitening", () -> BatchWhitening.builder().build()));
        formats.add(
                parameters(
                        "recurrent decorrelation", () -> RecurrentDecorrelation.builder().build()));
        formats.add(
                parameters(
                        "Boltzmann machine",
                        () -> RestrictedBoltzmannMachine.builder().setHiddenUnits(3).build()));
        formats.add(parameters("noise maps", () -> NoiseMaps.builder().optSeed(1).build()));
        formats.add(
                parameters(
                        "noise maps to be drawn",
                        () -> NoiseMaps.builder().optSeed(1).optSaved(false).build()));
        formats.add(
                parameters(
                        "locally connected layer",
                        () ->
                                LocallyConnected2d.builder()
                                        .setKernelShape(new Shape(3, 3))
                                        .setFilters(1)
                                        .build()));
        formats.add(data("mnist artifact", "metadata.json"));
        formats.add(data("mnist artifact", "train_data"));
        formats.add(data("cifar100", "test.bin"));
        formats.add(data("cifar100 archive", "cifar-100-binary.tar.gz"));
        formats.add(data("svhn", "train_32x32.mat"));
        formats.add(data("svhn deflated", "train_32x32.mat"));
        formats.add(data("tiny-imagenet", "wnids.txt"));
        formats.add(data("tiny-imagenet", "val_annotations.txt"));
        formats.add(data("tiny-imagenet", "val_0.JPEG"));
        formats.add(data("tiny-imagenet zip", "tiny-imagenet-200.zip"));
        formats.add(data("tiny-imagenet artifact", "train.tgz"));
        formats.add(data("tiny-imagenet artifact", "classes.txt"));
        return formats;
    }

    private static String readResults(byte[] content) {
        Results found = Results.fromJson(new String(content, StandardCharsets.UTF_8));
        return found.runs().size() + " runs";
    }

    private FileFormat checkpoint() throws IOException {
        Path file = folder.resolve("checkpoint.state");
        Checkpoint.save(trainer, new TrainingPosition(1, 2, 3), file);
        return new FileFormat(
                "checkpoint",
                Files.readAllBytes(file),
                content -> {
                    SmallData.overwrite(file, content);
                    return Checkpoint.load(trainer, file).toString();
                });
    }

    private FileFormat whitening() throws IOException {
        whitened.setBlock(Linear.builder().setUnits(2).build());
        whitened.getBlock().initialize(manager, DataType.FLOAT32, new Shape(1, 4));
        Path saved = Files.createDirectories(folder.resolve("whitened"));
        NDArray images = manager.randomNormal(new Shape(6, 1, 2, 2));
        ArrayDataset dataset =
                new ArrayDataset.Builder().setData(images).setSampling(3, false).build();
        try (ZcaWhitening whitening = ZcaWhitening.fit(dataset, manager)) {
            whitening.save(whitened, saved);
            whitened.save(saved, "whitened");
            // so that the model knows the folder
            whitened.load(saved, "whitened");
        } catch (TranslateException | MalformedModelException e) {
            throw new IllegalStateException(e);
        }
        Path file = saved.resolve("zca-whitening.ndlist");
        return new FileFormat(
                "ZCA whitening",
                Files.readAllBytes(file),
                content -> {
                    SmallData.overwrite(file, content);
                    try (ZcaWhitening read = ZcaWhitening.load(whitened, manager).orElseThrow()) {
                        return read.getImageShape() + " " + read.getMatrix().getShape();
                    }
                });
    }

    private FileFormat parameters(String name, Supplier<Block> block) {
        Block saved = block.get();
        saved.initialize(manager, DataType.FLOAT32, IMAGES);
        return new FileFormat(
                "parameters of " + name,
                SmallData.bytes(saved::saveParameters),
                content -> {
                    try (NDManager scope = manager.newSubManager()) {
                        Block fresh = block.get();
                        fresh.loadParameters(
                                scope, new DataInputStream(new ByteArrayInputStream(content)));
                        StringBuilder shapes = new StringBuilder();
                        for (Pair<String, Parameter> parameter : fresh.getParameters()) {
                            NDArray array = parameter.getValue().getArray();
                            shapes.append(parameter.getKey())
                                    .append(' ')
                                    .append(Arrays.toString(array.getShape().getShape()))
                                    .append(array.getDataType())
                                    .append(' ');
                        }
                        return shapes.toString();
                    }
                });
    }

    private FileFormat data(String form, String name) throws IOException {
        SmallData data = SmallData.of(form);
        Map.Entry<String, byte[]> file =
                data.files().entrySet().stream()
                        .filter(each -> Path.of(each.getKey()).endsWith(name))
                        .findFirst()
                        .orElseThrow();
        Path root = folder.resolve(form.replace(' ', '-') + '-' + name);
        data.write(root);
        Path changing = root.resolve(file.getKey());
        return new FileFormat(
                form + ", " + name,
                file.getValue(),
                content -> {
                    SmallData.overwrite(changing, content);
                    return data.read(root);
                });
    }

    /** Frees the arrays. */
    @Override
    public void close() {
        trainer.close();
        trained.close();
        whitened.close();
        manager.close();
    }
}
