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

import ai.djl.repository.Artifact;
import ai.djl.repository.MRL;
import ai.djl.repository.zoo.ModelLoader;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.repository.zoo.ModelZoo;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.locallearning.djl.zoo.repository.ModelRepository;
import org.locallearning.djl.zoo.repository.RepositoryException;

/**
 * The models of this project: networks of the papers and small classifiers, trained with rules that
 * replace backpropagation.
 *
 * <pre>{@code
 * Criteria<Image, Classifications> criteria =
 *         Criteria.builder()
 *                 .setTypes(Image.class, Classifications.class)
 *                 .optGroupId(LocalLearningModelZoo.GROUP_ID)
 *                 .optArtifactId("mlp")
 *                 .optFilter("dataset", "mnist")
 *                 .optFilter("rule", "kp")
 *                 .build();
 * try (ZooModel<Image, Classifications> model = criteria.loadModel()) { ... }
 * }</pre>
 *
 * <p>The artifact is the network; filters select the data set ({@code dataset}), the {@code rule},
 * the {@code layers}, or the {@code name} of the model. Types are those of {@link
 * org.locallearning.djl.zoo.model.RecordedTranslatorFactory}, and {@code NDList} to {@code NDList}.
 * The library's own models load without a network connection; {@code
 * optModelZoo(LocalLearningModelZoo.of("/folder"))} selects another repository.
 */
public final class LocalLearningModelZoo extends ModelZoo {

    /** The group of the models. */
    public static final String GROUP_ID = "org.locallearning";

    private final ModelRepository repository;

    /**
     * Creates the zoo of a repository.
     *
     * @param repository the repository
     * @throws IOException if its list of models cannot be read or is empty, or has two artifacts of
     *     one name, of which DJL would know one
     */
    public LocalLearningModelZoo(ModelRepository repository) throws IOException {
        this.repository = repository;
        List<MRL> models = repository.models(GROUP_ID);
        if (models.isEmpty()) {
            throw new RepositoryException(
                    String.format(
                            "The repository %s has no models of %s: name a folder or address in"
                                    + " DJL's repository layout, with model/ in it.",
                            repository.getName(), GROUP_ID));
        }
        for (MRL mrl : models) {
            if (getModelLoader(mrl.getArtifactId()) != null) {
                throw new RepositoryException(
                        String.format(
                                "The repository %s has two artifacts %s, in different applications:"
                                        + " rename one of them.",
                                repository.getName(), mrl.getArtifactId()));
            }
            addModel(new PretrainedModelLoader(mrl));
        }
    }

    /** Creates a zoo without models. */
    LocalLearningModelZoo() {
        repository = ModelRepository.bundled();
    }

    /**
     * Opens the zoo of a repository.
     *
     * @param address a folder in DJL's repository layout, or an address, as {@link
     *     ModelRepository#open(String)} takes it
     * @return the zoo
     * @throws IOException if there is no repository, or it has no models of this group
     */
    public static LocalLearningModelZoo of(String address) throws IOException {
        return new LocalLearningModelZoo(ModelRepository.open(address));
    }

    /**
     * Opens the zoo of the library's own models.
     *
     * @return the zoo
     * @throws IOException if the library's jar is damaged
     */
    public static LocalLearningModelZoo bundled() throws IOException {
        return new LocalLearningModelZoo(ModelRepository.bundled());
    }

    /**
     * Returns where the models are.
     *
     * @return the repository
     */
    public ModelRepository getRepository() {
        return repository;
    }

    /**
     * Lists the models, the newest version of each.
     *
     * @return the models, by name
     * @throws IOException if the metadata of one cannot be read
     */
    public List<PretrainedModel> models() throws IOException {
        Map<String, PretrainedModel> models = new TreeMap<>();
        for (ModelLoader loader : getModelLoaders()) {
            MRL mrl = loader.getMrl();
            for (Artifact artifact : mrl.listArtifacts()) {
                models.putIfAbsent(artifact.getName(), new PretrainedModel(this, mrl, artifact));
            }
        }
        return List.copyOf(models.values());
    }

    /**
     * Finds a model by its name.
     *
     * @param name the name, such as {@code mlp-mnist-kp}
     * @return the model
     * @throws ModelNotFoundException if there is none; the message lists the names of all models
     * @throws IOException if the metadata of one cannot be read
     */
    public PretrainedModel model(String name) throws IOException, ModelNotFoundException {
        List<PretrainedModel> models = models();
        return models.stream()
                .filter(model -> model.getName().equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new ModelNotFoundException(
                                        models.isEmpty()
                                                ? String.format(
                                                        "There is no model \"%s\", nor any other,"
                                                                + " in %s: name another repository.",
                                                        name, repository.getName())
                                                : String.format(
                                                        "There is no model \"%s\": choose one of"
                                                                + " %s.",
                                                        name,
                                                        models.stream()
                                                                .map(PretrainedModel::getName)
                                                                .collect(
                                                                        Collectors.joining(
                                                                                ", ")))));
    }

    /** {@inheritDoc} */
    @Override
    public String getGroupId() {
        return GROUP_ID;
    }

    /** {@inheritDoc} */
    @Override
    public Set<String> getSupportedEngines() {
        return Set.of("PyTorch");
    }
}
