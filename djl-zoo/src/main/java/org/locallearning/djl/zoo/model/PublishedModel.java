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

import ai.djl.Application;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.repository.Artifact;
import ai.djl.training.initializer.Initializer;
import ai.djl.util.Pair;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.locallearning.djl.creditassignment.provenance.ParametersFile;
import org.locallearning.djl.creditassignment.provenance.TrainingRecord;
import org.locallearning.djl.zoo.network.Networks;
import org.locallearning.djl.zoo.repository.RepositoryException;
import org.locallearning.djl.zoo.repository.RepositoryWriter;

/**
 * A saved model as an artifact of a repository: {@code <name>-0000.params} and its record {@code
 * <name>.json}, as {@code compare --save-models} writes them; {@code <name>-rule.state}, if the
 * {@link RuleWeights} were saved; {@code card.md}; and, for a classifier, {@code synset.txt} with
 * the class names for DJL's own translators.
 *
 * <p>The name consists of network, data set and method, such as {@code mlp-mnist-kp} or {@code
 * conv-mnist-bp-decor}. The artifact is the network; {@code dataset}, {@code rule}, {@code layers},
 * {@code name} and, for a classifier, {@code accuracy} and {@code testImages} are properties for
 * {@code Criteria.optFilter}.
 */
public final class PublishedModel {

    /** The file with the card. */
    public static final String CARD = "card.md";

    private static final String SYNSET = "synset.txt";

    private final RecordedModel model;
    private final String name;

    /**
     * Names a model.
     *
     * @param model the model
     * @throws RepositoryException if its record does not say on what or how it was trained
     */
    public PublishedModel(RecordedModel model) throws RepositoryException {
        this.model = model;
        TrainingRecord record = model.getRecord();
        if (record.data().name() == null
                || record.training() == null
                || record.training().method() == null) {
            throw new RepositoryException(
                    "The record of "
                            + model
                            + " names no data set or no method: save the model with them.");
        }
        name =
                (record.model().name() + '-' + record.data().name() + '-' + method())
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^a-z0-9]+", "-");
    }

    private String method() {
        return model.getRecord().training().method();
    }

    /**
     * Returns the name of the model.
     *
     * @return the name, such as {@code mlp-mnist-kp}
     */
    public String getName() {
        return name;
    }

    /**
     * Adds the model to a repository.
     *
     * @param folder the folder with the model's files
     * @param repository the repository
     * @param version the version of the model
     * @return whether files were written: false if it is there already, and whole
     * @throws RepositoryException if another model of that name and version is there, or if the
     *     weights of the rule are damaged
     * @throws IOException if a file cannot be read or written
     */
    public boolean addTo(Path folder, RepositoryWriter repository, String version)
            throws IOException {
        TrainingRecord record = model.getRecord();
        String parameters = name + "-0000.params";
        TrainingRecord renamed =
                record.toBuilder()
                        .optFile(new ParametersFile(parameters, record.file().sha256()))
                        .build();
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put(parameters, Files.readAllBytes(folder.resolve(record.file().name())));
        files.put(name + ".json", utf8(renamed.toJson()));
        files.put(CARD, utf8(new ModelCard(name, model).text()));
        Path rule = RuleWeights.file(folder, savedName());
        if (Files.exists(rule)) {
            try (NDManager manager = NDManager.newBaseManager()) {
                // what is damaged is found before it is published, not when it is needed
                RuleWeights.load(folder, savedName(), manager);
            }
            files.put(
                    RuleWeights.file(folder, name).getFileName().toString(),
                    Files.readAllBytes(rule));
        }
        Optional<List<String>> classes = model.getClasses();
        if (classes.isPresent()) {
            files.put(SYNSET, utf8(String.join("\n", classes.get()) + '\n'));
        }
        return repository.add(
                classes.isPresent() ? Application.CV.IMAGE_CLASSIFICATION : Application.CV.ANY,
                record.model().name(),
                description(),
                artifact(version),
                files);
    }

    private String savedName() {
        return model.getRecord().file().name().replaceAll("-\\d{4}\\.params$", "");
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private Artifact artifact(String version) {
        TrainingRecord record = model.getRecord();
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("name", name);
        properties.put("dataset", record.data().name());
        properties.put("rule", method());
        properties.put("layers", layers());
        if (record.accuracy() != null) {
            properties.put("accuracy", String.valueOf(record.accuracy().value()));
            properties.put("testImages", String.valueOf(record.accuracy().samples()));
        }
        Map<String, Object> arguments = new LinkedHashMap<>();
        arguments.put("blockFactory", RecordedBlockFactory.class.getName());
        arguments.put("translatorFactory", RecordedTranslatorFactory.class.getName());
        Artifact artifact = new Artifact();
        artifact.setVersion(version);
        artifact.setName(name);
        artifact.setProperties(properties);
        artifact.setArguments(arguments);
        return artifact;
    }

    private String description() {
        String network = model.getRecord().model().name();
        return switch (network) {
            case RecordedModel.FEATURES ->
                    "the hidden units of a restricted Boltzmann machine, as a dense layer";
            case RecordedModel.LINEAR -> "ZCA whitening, as a dense layer";
            default -> Networks.named(network).getDescription();
        };
    }

    /** The number of outputs of each layer with weights, such as {@code 300,100,10}. */
    private String layers() {
        Block network = model.newBlock();
        network.setInitializer(Initializer.ZEROS, parameter -> true);
        try (NDManager manager = NDManager.newBaseManager()) {
            network.initialize(
                    manager, DataType.FLOAT32, new Shape(1).addAll(model.getImageShape()));
            return network.getParameters().stream()
                    .map(Pair::getValue)
                    .filter(parameter -> parameter.getType() == Parameter.Type.WEIGHT)
                    .map(parameter -> String.valueOf(parameter.getShape().get(0)))
                    .collect(Collectors.joining(","));
        }
    }
}
