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
package org.locallearning.djl.creditassignment.provenance;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.util.Pair;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.locallearning.djl.decorrelation.internal.Descriptions;

/**
 * What a model is, so that a program can build it again. Unknown components are null.
 *
 * @param name the name of the structure, such as {@code mlp}
 * @param options the options of the structure, by name, such as {@code hidden} and {@code [500,
 *     300]}
 * @param inputShapes the shape of one sample of every input, without the batch dimension
 * @param classes the names of the classes, in the order of their indices
 * @param parameters the number of values in all parameters
 * @param blocks every block with its settings, by path; the model itself is {@code block}
 */
public record ModelDescription(
        String name,
        Map<String, String> options,
        List<List<Long>> inputShapes,
        List<String> classes,
        Long parameters,
        Map<String, String> blocks) {

    private static final int MOST_BLOCKS = 2000;

    /**
     * Copies lists and maps.
     *
     * @param name the name of the structure
     * @param options what was chosen for the structure
     * @param inputShapes the shapes of one sample
     * @param classes the names of the classes
     * @param parameters how many numbers the parameters hold
     * @param blocks every block with its settings
     */
    public ModelDescription {
        options = RecordJson.copy(options);
        inputShapes = inputShapes == null ? null : inputShapes.stream().map(List::copyOf).toList();
        classes = classes == null ? null : List.copyOf(classes);
        blocks = RecordJson.copy(blocks);
        RecordJson.checkAtLeast("the number of parameters", parameters, 0);
    }

    /**
     * Describes a model.
     *
     * @param name the name of its structure, or null
     * @param model the model, initialized
     * @return input shapes, number of parameters and blocks
     * @throws IllegalStateException if the model is not initialized
     */
    public static ModelDescription of(String name, Block model) {
        if (!model.isInitialized()) {
            throw new IllegalStateException(
                    "The model is not initialized, so that its shapes are not known yet; call"
                            + " trainer.initialize first.");
        }
        long parameters = 0;
        for (Pair<String, Parameter> parameter : model.getParameters()) {
            parameters += parameter.getValue().getArray().size();
        }
        return new ModelDescription(
                name, null, sampleShapes(model), null, parameters, describeBlocks(model));
    }

    ModelDescription with(String newName, Map<String, String> newOptions, List<String> newClasses) {
        return new ModelDescription(
                newName == null ? name : newName,
                newOptions == null ? options : newOptions,
                inputShapes,
                newClasses == null ? classes : newClasses,
                parameters,
                blocks);
    }

    /** Describes another form of the same model, such as the folded one. */
    ModelDescription as(Block other) {
        return of(name, other).with(null, options, classes);
    }

    private static List<List<Long>> sampleShapes(Block model) {
        List<List<Long>> shapes = new ArrayList<>();
        for (Shape shape : model.getInputShapes()) {
            List<Long> sample = new ArrayList<>();
            for (int i = 1; i < shape.dimension(); i++) {
                sample.add(shape.get(i));
            }
            shapes.add(sample);
        }
        return shapes;
    }

    private static Map<String, String> describeBlocks(Block model) {
        Map<String, String> all = new LinkedHashMap<>();
        Descriptions.addBlocks(model, all);
        Map<String, String> first = new LinkedHashMap<>();
        for (Map.Entry<String, String> block : all.entrySet()) {
            if (first.size() == MOST_BLOCKS) {
                first.put("…", "and " + (all.size() - MOST_BLOCKS) + " more");
                break;
            }
            first.put(block.getKey(), RecordJson.shorten(block.getValue()));
        }
        return first;
    }
}
