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
package org.locallearning.djl.examples.commandline;

import java.util.List;
import org.locallearning.djl.zoo.network.NetworkOptions;
import picocli.CommandLine.Option;

/** Which network, on the command line of what trains side by side. */
public final class ModelArguments {

    private static final String MLP = "mlp";

    /** Two hidden layers: with one, direct feedback alignment is feedback alignment. */
    private static final LayerSizes MLP_HIDDEN = new LayerSizes(List.of(300, 100));

    @Option(
            names = "--model",
            paramLabel = "NAME",
            defaultValue = MLP,
            completionCandidates = ModelNames.class,
            description = "One of the models listed below (default: ${DEFAULT-VALUE}).")
    private String name;

    @Option(
            names = "--hidden",
            paramLabel = "SIZES",
            converter = LayerSizes.Converter.class,
            description =
                    "Sizes of the hidden dense layers, such as 300,100 or 1000x4 (default: the"
                            + " model's; mlp: 300,100).")
    private LayerSizes hidden;

    @Option(
            names = "--activation",
            paramLabel = "NAME",
            description =
                    "tanh, relu, leaky-relu, elu, logistic or sign (default: the model's, relu or"
                            + " leaky-relu).")
    private String activation;

    @Option(
            names = "--slope",
            paramLabel = "X",
            description = "Slope of leaky-relu below zero (default: 0.01).")
    private Float slope;

    /** Creates the options; picocli fills them in. */
    public ModelArguments() {}

    /**
     * Returns the model.
     *
     * @return its name
     */
    public String name() {
        return name;
    }

    /**
     * Returns what was chosen about the model.
     *
     * @return the options
     * @throws IllegalArgumentException if there is no such activation or a value is out of its
     *     range
     */
    public NetworkOptions options() {
        NetworkOptions.Builder options = NetworkOptions.builder();
        LayerSizes sizes = hidden == null && name.equals(MLP) ? MLP_HIDDEN : hidden;
        if (sizes != null) {
            options.optHidden(sizes.sizes().stream().mapToInt(Integer::intValue).toArray());
        }
        if (activation != null) {
            options.optActivation(activation);
        }
        if (slope != null) {
            options.optSlope(slope);
        }
        return options.build();
    }
}
