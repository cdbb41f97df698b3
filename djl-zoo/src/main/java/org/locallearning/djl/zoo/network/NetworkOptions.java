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
package org.locallearning.djl.zoo.network;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What may be chosen about a network. Options that are not set have the model's default; an option
 * that a model does not use is rejected by {@link Architecture#create(NetworkOptions,
 * ai.djl.ndarray.types.Shape, int) Architecture.create}.
 */
public final class NetworkOptions {

    /** The slope of {@code leaky-relu} for negative inputs, unless another is chosen. */
    public static final float DEFAULT_SLOPE = 0.01f;

    private final int[] hidden;
    private final String activation;
    private final Float slope;
    private final float dropout;
    private final Integer gap;
    private final Initialization initialization;
    private final float deviation;

    /** How weights and biases start. */
    public enum Initialization {
        /** Uniform on ±1/√(fan-in), biases too, as PyTorch does. */
        FAN_IN_UNIFORM,
        /** DJL's default: weights normal with variance 2/(fan-in), biases zero. */
        DJL,
        /** Weights normal with a chosen standard deviation, biases zero. */
        NORMAL
    }

    private NetworkOptions(Builder builder) {
        hidden = builder.hidden;
        activation = builder.activation;
        slope = builder.slope;
        dropout = builder.dropout;
        gap = builder.gap;
        initialization = builder.initialization;
        deviation = builder.deviation;
    }

    /**
     * Creates a builder.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Reads options that a record of a model names, such as {@code hidden} and {@code [300, 100]}.
     *
     * @param options what was chosen, by name: hidden, activation, slope, dropout and gap
     * @return the options
     * @throws IllegalArgumentException if one is unknown, or its value is none
     */
    public static NetworkOptions of(Map<String, String> options) {
        Builder builder = builder();
        options.forEach((name, value) -> builder.set(name, value));
        return builder.build();
    }

    /**
     * Returns what was chosen that decides what the network is, as {@link #of} reads it: all but
     * how weights start.
     *
     * @return the values, by name
     */
    public Map<String, String> toMap() {
        Map<String, String> options = new LinkedHashMap<>();
        if (hidden != null) {
            options.put("hidden", Arrays.toString(hidden));
        }
        if (activation != null) {
            options.put("activation", activation);
        }
        if (slope != null) {
            options.put("slope", slope.toString());
        }
        if (dropout > 0) {
            options.put("dropout", Float.toString(dropout));
        }
        if (gap != null) {
            options.put("gap", gap.toString());
        }
        return options;
    }

    /**
     * Returns the names of activation functions that can be chosen.
     *
     * @return the names
     */
    public static List<String> activations() {
        return List.of("tanh", "relu", "leaky-relu", "elu", "logistic", "sign");
    }

    /**
     * Returns the sizes of the hidden dense layers.
     *
     * @return the sizes from input to output, or empty for the model's default
     */
    public Optional<int[]> getHidden() {
        return Optional.ofNullable(hidden).map(int[]::clone);
    }

    /**
     * Returns the activation function.
     *
     * @return one of {@link #activations()}, or empty for the model's default
     */
    public Optional<String> getActivation() {
        return Optional.ofNullable(activation);
    }

    /**
     * Returns the slope of {@code leaky-relu} for negative inputs.
     *
     * @return the slope, or empty for the model's default
     */
    public Optional<Float> getSlope() {
        return Optional.ofNullable(slope);
    }

    /**
     * Returns the share of units that dropout leaves out after each hidden dense layer.
     *
     * @return the share, 0 for no dropout
     */
    public float getDropout() {
        return dropout;
    }

    /**
     * Returns how many dense layers a residual connection passes.
     *
     * @return the gap, or empty for the model's default
     */
    public Optional<Integer> getGap() {
        return Optional.ofNullable(gap);
    }

    /**
     * Returns how weights and biases start.
     *
     * @return the initialization
     */
    public Initialization getInitialization() {
        return initialization;
    }

    /**
     * Returns the standard deviation of weights that start with {@link Initialization#NORMAL}.
     *
     * @return the standard deviation
     */
    public float getDeviation() {
        return deviation;
    }

    /** {@inheritDoc} */
    @Override
    public String toString() {
        return String.format(
                "NetworkOptions[hidden=%s, activation=%s, slope=%s%s, gap=%s, initialization=%s]",
                hidden == null ? "default" : Arrays.toString(hidden),
                activation == null ? "default" : activation,
                slope == null ? "default" : slope,
                dropout == 0 ? "" : ", dropout=" + dropout,
                gap == null ? "default" : gap,
                initialization == Initialization.NORMAL
                        ? initialization + " " + deviation
                        : initialization);
    }

    /** A builder for {@link NetworkOptions}. */
    public static final class Builder {

        private int[] hidden;
        private String activation;
        private Float slope;
        private float dropout;
        private Integer gap;
        private Initialization initialization = Initialization.FAN_IN_UNIFORM;
        private float deviation;

        private Builder() {}

        private void set(String name, String value) {
            try {
                switch (name) {
                    case "hidden" -> hidden = sizes(value);
                    case "activation" -> activation = value;
                    case "slope" -> slope = Float.valueOf(value);
                    case "dropout" -> optDropout(Float.parseFloat(value));
                    case "gap" -> gap = Integer.valueOf(value);
                    default ->
                            throw new IllegalArgumentException(
                                    "A network has no option " + name + ".");
                }
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(
                        "The option " + name + " of a network can't be " + value + ".", e);
            }
        }

        private static int[] sizes(String list) {
            String inside = list.replaceAll("^\\[|\\]$", "").strip();
            return inside.isEmpty()
                    ? new int[0]
                    : Arrays.stream(inside.split(",\\s*")).mapToInt(Integer::parseInt).toArray();
        }

        /**
         * Sets the sizes of the hidden dense layers.
         *
         * @param sizes the sizes from input to output; none for a linear classifier
         * @return this builder
         */
        public Builder optHidden(int... sizes) {
            hidden = sizes.clone();
            return this;
        }

        /**
         * Sets the activation function.
         *
         * @param name one of {@link NetworkOptions#activations()}
         * @return this builder
         */
        public Builder optActivation(String name) {
            activation = name;
            return this;
        }

        /**
         * Sets the slope of {@code leaky-relu} for negative inputs.
         *
         * @param slope from 0 to 1
         * @return this builder
         */
        public Builder optSlope(float slope) {
            this.slope = slope;
            return this;
        }

        /**
         * Sets the share of units that dropout leaves out after each hidden dense layer.
         *
         * @param dropout from 0, which is the default, to below 1
         * @return this builder
         */
        public Builder optDropout(float dropout) {
            if (!(dropout >= 0 && dropout < 1)) {
                throw new IllegalArgumentException(
                        "The share that dropout leaves out is from 0 to below 1, not "
                                + dropout
                                + ".");
            }
            this.dropout = dropout;
            return this;
        }

        /**
         * Sets how many dense layers a residual connection passes.
         *
         * @param gap at least 1
         * @return this builder
         */
        public Builder optGap(int gap) {
            this.gap = gap;
            return this;
        }

        /**
         * Sets how weights and biases start.
         *
         * @param initialization the initialization, {@link Initialization#FAN_IN_UNIFORM} by
         *     default
         * @return this builder
         */
        public Builder optInitialization(Initialization initialization) {
            this.initialization = initialization;
            return this;
        }

        /**
         * Lets weights start from a normal distribution: {@link Initialization#NORMAL}.
         *
         * @param deviation its standard deviation, above 0
         * @return this builder
         */
        public Builder optNormalWeights(float deviation) {
            initialization = Initialization.NORMAL;
            this.deviation = deviation;
            return this;
        }

        /**
         * Builds the options.
         *
         * @return the options
         * @throws IllegalArgumentException if a size, the activation's name, the gap or the slope
         *     is invalid, if normal weights have no standard deviation, or if a slope is given for
         *     an activation that has none
         */
        public NetworkOptions build() {
            if (hidden != null && Arrays.stream(hidden).anyMatch(size -> size < 1)) {
                throw new IllegalArgumentException(
                        "Hidden layers have at least 1 unit each, but the sizes are "
                                + Arrays.toString(hidden)
                                + ".");
            }
            if (activation != null && !activations().contains(activation)) {
                throw new IllegalArgumentException(
                        String.format(
                                "Unknown activation \"%s\": choose one of %s.",
                                activation, String.join(", ", activations())));
            }
            if (slope != null && !(slope >= 0 && slope <= 1)) {
                throw new IllegalArgumentException(
                        "The slope of leaky-relu is from 0 to 1, but is " + slope + ".");
            }
            if (slope != null && activation != null && !activation.equals("leaky-relu")) {
                throw new IllegalArgumentException(
                        String.format(
                                "The activation %s has no slope: leave the slope out, or choose"
                                        + " leaky-relu.",
                                activation));
            }
            if (initialization == Initialization.NORMAL
                    && !(deviation > 0 && deviation < Float.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "The standard deviation of initial weights is above 0, not "
                                + deviation
                                + ".");
            }
            if (gap != null && gap < 1) {
                throw new IllegalArgumentException(
                        "A residual connection passes at least 1 layer, not " + gap + ".");
            }
            return new NetworkOptions(this);
        }
    }
}
