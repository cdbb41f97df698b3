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
package org.locallearning.djl.examples.training;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.util.Pair;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.locallearning.djl.examples.output.Counted;
import org.locallearning.djl.zoo.network.NetworkOptions;

/**
 * What a model consists of.
 *
 * @param text the layers in one line
 * @param parameters how many numbers the model learns
 */
public record ModelSummary(String text, long parameters) {

    private static final int MOST_SIZES = 12;

    /**
     * Summarises a model.
     *
     * @param engine the engine
     * @param name the model's name
     * @param chosen what was chosen about the model, such as its activation, or null for nothing
     * @param block the model, not yet initialized; it is of no use afterwards
     * @param input the shape of a batch
     * @return the summary
     */
    public static ModelSummary of(
            Engine engine, String name, String chosen, Block block, Shape input) {
        List<Shape> weights = new ArrayList<>();
        long parameters = 0;
        try (NDManager manager = engine.newBaseManager()) {
            block.initialize(manager, DataType.FLOAT32, input);
            for (Pair<String, Parameter> entry : block.getParameters()) {
                Parameter parameter = entry.getValue();
                if (parameter.requiresGradient()) {
                    parameters += parameter.getArray().size();
                }
                if (parameter.getType() == Parameter.Type.WEIGHT) {
                    weights.add(parameter.getArray().getShape());
                }
            }
        }
        String text = name + " " + layers(weights);
        if (chosen != null) {
            text += ", " + chosen;
        }
        return new ModelSummary(
                text + String.format(Locale.ROOT, ", %,d parameters", parameters), parameters);
    }

    /**
     * Returns what was chosen about a model but its sizes, which the layers show.
     *
     * @param options the options
     * @return the choices in one line, or null if there are none
     */
    public static String chosen(NetworkOptions options) {
        List<String> choices = new ArrayList<>();
        options.getActivation().ifPresent(choices::add);
        options.getSlope().ifPresent(slope -> choices.add("slope " + slope));
        if (options.getDropout() > 0) {
            choices.add("dropout " + options.getDropout());
        }
        if (options.getInitialization() == NetworkOptions.Initialization.NORMAL) {
            choices.add("weights of deviation " + options.getDeviation());
        }
        return choices.isEmpty() ? null : String.join(", ", choices);
    }

    private static String layers(List<Shape> weights) {
        long dense = weights.stream().filter(shape -> shape.dimension() == 2).count();
        if (dense == weights.size() && dense <= MOST_SIZES) {
            StringBuilder sizes = new StringBuilder().append(weights.get(0).get(1));
            weights.forEach(shape -> sizes.append('-').append(shape.get(0)));
            return sizes.toString();
        }
        return "with "
                + Counted.of(weights.size() - dense, "convolution")
                + " and "
                + Counted.of(dense, "dense layer");
    }
}
