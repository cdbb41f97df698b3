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
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Block;
import ai.djl.repository.MRL;
import ai.djl.repository.zoo.BaseModelLoader;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.TranslatorFactory;
import java.io.IOException;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.locallearning.djl.zoo.model.RecordedModel;
import org.locallearning.djl.zoo.model.RecordedTranslatorFactory;

/**
 * Loads a model like DJL's loader, but never runs a class that the repository names or contains:
 * network and translator are made from the record next to the parameters.
 */
final class PretrainedModelLoader extends BaseModelLoader {

    PretrainedModelLoader(MRL mrl) {
        super(mrl);
    }

    @Override
    public <I, O> ZooModel<I, O> loadModel(Criteria<I, O> criteria)
            throws IOException, ModelNotFoundException, MalformedModelException {
        if (mrl.match(criteria.getFilters()) == null) {
            throw new ModelNotFoundException(notFound(criteria.getFilters()));
        }
        checkTypes(criteria);
        Map<String, Object> given = criteria.getArguments();
        // some maps cannot be asked whether they contain null
        if (given != null && given.values().stream().anyMatch(Objects::isNull)) {
            throw new IllegalArgumentException(
                    "An argument of optArgument has no value: give it one, or leave it out.");
        }
        ZooModel<I, O> model = super.loadModel(criteria);
        if (criteria.getBlock() != null && criteria.getBlock().isInitialized()) {
            try {
                RecordedModel.open(model.getModelPath(), model.getName())
                        .checkLoaded(criteria.getBlock());
            } catch (IOException | IllegalArgumentException e) {
                model.close();
                throw e;
            }
        }
        return model;
    }

    private String notFound(Map<String, String> filters) throws IOException {
        String present =
                mrl.listArtifacts().stream()
                        .map(artifact -> artifact.getProperties().toString())
                        .collect(Collectors.joining(", "));
        return String.format(
                "There is no %s%s: %s.",
                getArtifactId(),
                filters == null ? "" : " with " + filters,
                present.isEmpty() ? "its metadata list none" : "there are " + present);
    }

    private void checkTypes(Criteria<?, ?> criteria) throws ModelNotFoundException {
        Class<?> input = criteria.getInputClass();
        Class<?> output = criteria.getOutputClass();
        TranslatorFactory factory = getTranslatorFactory(criteria, Map.of());
        if (factory.isSupported(input, output)
                || (input == NDList.class && output == NDList.class)) {
            return;
        }
        String known =
                factory.getSupportedTypes().stream()
                        .map(types -> name(types.getKey()) + " to " + name(types.getValue()))
                        .sorted()
                        .collect(Collectors.joining(", "));
        throw new ModelNotFoundException(
                String.format(
                        "No translator takes a %s to a %s for %s: set types of %s, or NDList to"
                                + " NDList.",
                        name(input), name(output), getArtifactId(), known));
    }

    private static String name(Type type) {
        return type instanceof Class<?> known ? known.getSimpleName() : type.getTypeName();
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
        checkDevice(device, engine);
        Block network = RecordedModel.open(folder, name).newBlock();
        Model model = Model.newInstance(name, device, engine);
        model.setBlock(block == null ? network : block);
        arguments.forEach((key, value) -> model.setProperty(key, value.toString()));
        return model;
    }

    private static void checkDevice(Device device, String engine) {
        Engine used = engine == null ? Engine.getInstance() : Engine.getEngine(engine);
        if (device != null && device.isGpu() && device.getDeviceId() >= used.getGpuCount()) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "There is no %s: %s finds %d GPUs here; take another device by"
                                    + " optDevice, or none.",
                            device,
                            used.getEngineName(),
                            used.getGpuCount()));
        }
    }

    @Override
    protected TranslatorFactory getTranslatorFactory(
            Criteria<?, ?> criteria, Map<String, Object> arguments) {
        TranslatorFactory chosen = criteria.getTranslatorFactory();
        return chosen == null ? new RecordedTranslatorFactory() : chosen;
    }
}
