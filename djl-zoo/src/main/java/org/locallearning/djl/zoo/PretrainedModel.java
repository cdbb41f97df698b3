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

import ai.djl.MalformedModelException;
import ai.djl.repository.Artifact;
import ai.djl.repository.MRL;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.repository.zoo.ZooModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import org.locallearning.djl.creditassignment.provenance.TrainingRecord;
import org.locallearning.djl.zoo.model.PublishedModel;
import org.locallearning.djl.zoo.model.RecordedModel;

/** One model of a zoo, by name, with its description and a short way to load it. */
public final class PretrainedModel {

    private final LocalLearningModelZoo zoo;
    private final MRL mrl;
    private final Artifact artifact;

    PretrainedModel(LocalLearningModelZoo zoo, MRL mrl, Artifact artifact) {
        this.zoo = zoo;
        this.mrl = mrl;
        this.artifact = artifact;
    }

    /**
     * Returns the name.
     *
     * @return the name, such as {@code mlp-mnist-kp}
     */
    public String getName() {
        return artifact.getName();
    }

    /**
     * Returns the version.
     *
     * @return the version, such as {@code 0.1.0}
     */
    public String getVersion() {
        return artifact.getVersion();
    }

    /**
     * Returns the artifact that the model belongs to.
     *
     * @return the artifact's id, which is the name of the network
     */
    public String getArtifactId() {
        return mrl.getArtifactId();
    }

    /**
     * Returns what {@code Criteria.optFilter} finds the model by.
     *
     * @return {@code name}, {@code dataset}, {@code rule}, {@code layers} and, for a classifier,
     *     {@code accuracy} (0 to 1) and {@code testImages}
     */
    public Map<String, String> getProperties() {
        return Map.copyOf(artifact.getProperties());
    }

    /**
     * Returns the files.
     *
     * @return name, size and SHA-1 of each
     */
    public Collection<Artifact.Item> getFiles() {
        return artifact.getFiles().values();
    }

    /**
     * Returns the size of all files.
     *
     * @return the bytes
     */
    public long getSize() {
        return getFiles().stream().mapToLong(Artifact.Item::getSize).sum();
    }

    /**
     * Copies the files into DJL's cache, unless they are there, and checks their sizes and digests.
     *
     * @return the folder with the files
     * @throws IOException if one is missing or damaged
     */
    public Path getFolder() throws IOException {
        mrl.prepare(artifact);
        return mrl.getRepository().getResourceDirectory(artifact);
    }

    /**
     * Reads how the model was trained.
     *
     * @return the record
     * @throws IOException if a file is missing or damaged, or is not of this model
     */
    public TrainingRecord getRecord() throws IOException {
        return open().getRecord();
    }

    /**
     * Opens the files without loading the parameters.
     *
     * @return network, input and classes
     * @throws IOException if a file is missing or damaged, or is not of this model
     */
    public RecordedModel open() throws IOException {
        return RecordedModel.open(getFolder(), getName());
    }

    /**
     * Reads the card.
     *
     * @return what the model is, how it was made and how good it is, its limits and the licence of
     *     its data, in Markdown
     * @throws IOException if a file is missing or damaged
     */
    public String getCard() throws IOException {
        return Files.readString(getFolder().resolve(PublishedModel.CARD), StandardCharsets.UTF_8);
    }

    /**
     * Loads the model.
     *
     * @param <I> the type of the input
     * @param <O> the type of the output
     * @param input {@code Image}, {@code NDList} or another that {@link
     *     org.locallearning.djl.zoo.model.RecordedTranslatorFactory} knows
     * @param output {@code Classifications}, {@code float[]} or {@code NDList}
     * @return the model, to be closed; each call loads another one
     * @throws IOException if a file is missing or damaged
     * @throws ModelNotFoundException if there is no translator of those types, or the model has no
     *     classes for {@code Classifications}; the cause says which
     * @throws MalformedModelException if DJL cannot read the parameters
     */
    public <I, O> ZooModel<I, O> load(Class<I> input, Class<O> output)
            throws IOException, ModelNotFoundException, MalformedModelException {
        return Criteria.builder()
                .setTypes(input, output)
                .optModelZoo(zoo)
                .optApplication(mrl.getApplication())
                .optArtifactId(getArtifactId())
                .optFilter("name", getName())
                .build()
                .loadModel();
    }

    /** Returns the name and the version. */
    @Override
    public String toString() {
        return getName() + ' ' + getVersion();
    }
}
