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

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.nn.Block;
import ai.djl.repository.Artifact;
import ai.djl.repository.MRL;
import ai.djl.repository.zoo.BaseModelLoader;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.TranslatorFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.locallearning.djl.zoo.model.RecordedModel;
import org.locallearning.djl.zoo.model.RecordedTranslatorFactory;

/**
 * Loads a model as DJL's loader does, but for what a repository could make that run: network and
 * translator are made by the record beside the parameters, never by a class that the repository
 * names or holds.
 */
final class PretrainedModelLoader extends BaseModelLoader {

    PretrainedModelLoader(MRL mrl) {
        super(mrl);
    }

    @Override
    public <I, O> ZooModel<I, O> loadModel(Criteria<I, O> criteria)
            throws IOException, ModelNotFoundException, MalformedModelException {
        if (mrl.match(criteria.getFilters()) == null) {
            throw new ModelNotFoundException(
                    String.format(
                            "There is no %s with %s: there are %s.",
                            getArtifactId(),
                            criteria.getFilters(),
                            mrl.listArtifacts().stream()
                                    .map(Artifact::getProperties)
                                    .map(Object::toString)
                                    .collect(Collectors.joining(", "))));
        }
        return super.loadModel(criteria);
    }

    @Override
    protected Model createModel(
            Path folder,
            String name,
            Device device,
            Block block,
            Map<String, Object> arguments,
            String engine)
            throws IOException {
        Block network = RecordedModel.open(folder, name).newBlock();
        Model model = Model.newInstance(name, device, engine);
        model.setBlock(block == null ? network : block);
        arguments.forEach((key, value) -> model.setProperty(key, value.toString()));
        return model;
    }

    @Override
    protected TranslatorFactory getTranslatorFactory(
            Criteria<?, ?> criteria, Map<String, Object> arguments) {
        TranslatorFactory chosen = criteria.getTranslatorFactory();
        return chosen == null ? new RecordedTranslatorFactory() : chosen;
    }
}
