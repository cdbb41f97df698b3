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
package org.locallearning.djl.decorrelation.boltzmann;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.Initializer;
import ai.djl.training.initializer.NormalInitializer;
import ai.djl.util.PairList;
import ai.djl.util.Preconditions;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import org.locallearning.djl.decorrelation.internal.DeviceArrays;
import org.locallearning.djl.decorrelation.internal.HostValues;
import org.locallearning.djl.decorrelation.internal.MemoryNeed;
import org.locallearning.djl.decorrelation.internal.StoredParameters;

/**
 * A restricted Boltzmann machine: a distribution over visible units, with binary hidden units that
 * connect to all visible units and not to each other.
 *
 * <p>{@link BoltzmannLearning} trains it, without labels. Its forward returns the probabilities of
 * the hidden units, {@code σ(b + Wᵀv)}, and passes gradients, so a trained machine stacks under a
 * {@link ai.djl.nn.core.Linear} classifier or another machine:
 *
 * <pre>{@code
 * RestrictedBoltzmannMachine machine =
 *         RestrictedBoltzmannMachine.builder().setHiddenUnits(500).build();
 * model.setBlock(machine);
 * try (Trainer trainer = BoltzmannLearning.builder().build().newTrainer(model, config)) {
 *     trainer.initialize(new Shape(100, 784));
 *     EasyTrain.fit(trainer, 10, images, null);
 * }
 * Block classifier = new SequentialBlock().add(machine).add(Linear.builder().setUnits(10).build());
 * }</pre>
 *
 * <p>For the formulas see {@link BoltzmannParameters}. In classification the visible biases are
 * unused.
 *
 * <ul>
 *   <li>input: (batch, *), flattened to (batch, visible)
 *   <li>output: (batch, hidden), in (0, 1)
 *   <li>{@code weight}: W, (visible, hidden), initially normal with standard deviation 0.01
 *       (Hinton, "A practical guide to training restricted Boltzmann machines", 2010)
 *   <li>{@code visibleBias}: a, (visible), initially 0, or from the means of the data
 *   <li>{@code hiddenBias}: b, (hidden), initially 0
 * </ul>
 *
 * <p>A forward costs {@code batch · visible · hidden} multiply-adds. It throws {@link
 * IllegalArgumentException} for an input of another width.
 *
 * <p>Hinton, "Training products of experts by minimizing contrastive divergence", 2002; Millea,
 * "Natural Boltzmann Machines".
 */
public final class RestrictedBoltzmannMachine extends AbstractBlock {

    private static final byte VERSION = 1;
    private static final float INITIAL_DEVIATION = 0.01f;

    private final long hiddenUnits;
    private final VisibleUnits visibleUnits;
    private final double[] visibleMeans;
    private final Parameter weight;
    private final Parameter visibleBias;
    private final Parameter hiddenBias;

    @SuppressWarnings("this-escape")
    private RestrictedBoltzmannMachine(Builder builder) {
        super(VERSION);
        hiddenUnits = builder.hiddenUnits;
        visibleUnits = builder.visibleUnits;
        visibleMeans = builder.visibleMeans;
        weight =
                addParameter(
                        Parameter.builder()
                                .setName("weight")
                                .setType(Parameter.Type.WEIGHT)
                                .optInitializer(new NormalInitializer(INITIAL_DEVIATION))
                                .build());
        visibleBias =
                addParameter(
                        Parameter.builder()
                                .setName("visibleBias")
                                .setType(Parameter.Type.BIAS)
                                .optInitializer(
                                        builder.visibleMeans == null
                                                ? Initializer.ZEROS
                                                : this::biasOfMeans)
                                .build());
        hiddenBias =
                addParameter(
                        Parameter.builder()
                                .setName("hiddenBias")
                                .setType(Parameter.Type.BIAS)
                                .build());
    }

    /** The visible biases under which visible units without connections have the set means. */
    private NDArray biasOfMeans(NDManager manager, Shape shape, DataType type) {
        Preconditions.checkArgument(
                shape.size() == visibleMeans.length,
                "The means of "
                        + visibleMeans.length
                        + " units are set, but the machine has "
                        + shape.size()
                        + " visible units.");
        double[] bias = Arrays.stream(visibleMeans).map(visibleUnits::natural).toArray();
        try (NDArray exact = manager.create(bias)) {
            return DeviceArrays.copy(exact, type);
        }
    }

    /** {@inheritDoc} */
    @Override
    protected NDList forwardInternal(
            ParameterStore parameterStore,
            NDList inputs,
            boolean training,
            PairList<String, Object> params) {
        NDArray visible = rows(inputs.singletonOrThrow());
        BoltzmannParameters parameters = parameters(parameterStore, visible, training);
        return new NDList(parameters.hiddenProbabilities(visible));
    }

    /** The parameters on the device of some data. */
    BoltzmannParameters parameters(ParameterStore store, NDArray data, boolean training) {
        return new BoltzmannParameters(
                store.getValue(weight, data.getDevice(), training),
                store.getValue(visibleBias, data.getDevice(), training),
                store.getValue(hiddenBias, data.getDevice(), training),
                visibleUnits);
    }

    /**
     * Returns the present parameters, outside any gradient's graph. They change while the machine
     * learns.
     *
     * @return the parameters
     * @throws IllegalStateException if the machine is not initialized
     */
    public BoltzmannParameters getBoltzmannParameters() {
        if (!isInitialized()) {
            throw new IllegalStateException(
                    "The Boltzmann machine has no parameters yet; initialize or load it first.");
        }
        return new BoltzmannParameters(
                weight.getArray().stopGradient(),
                visibleBias.getArray().stopGradient(),
                hiddenBias.getArray().stopGradient(),
                visibleUnits);
    }

    /** A batch as rows of visible units, in the precision of the weights. */
    NDArray rows(NDArray input) {
        long visible = weight.getArray().getShape().get(0);
        Shape shape = input.getShape();
        if (shape.dimension() < 2 || shape.slice(1).size() != visible) {
            throw new IllegalArgumentException(
                    "The Boltzmann machine has "
                            + visible
                            + " visible units, but got an input of shape "
                            + shape
                            + "; the sizes after the batch have to multiply to "
                            + visible
                            + ".");
        }
        checkNotEmpty(shape);
        NDArray rows = shape.dimension() == 2 ? input : input.reshape(shape.get(0), visible);
        DataType type = weight.getArray().getDataType();
        return rows.getDataType() == type ? rows : rows.toType(type, false);
    }

    /** Refuses a batch without rows, which have no means. */
    static void checkNotEmpty(Shape shape) {
        if (shape.dimension() > 0 && shape.get(0) == 0) {
            throw new IllegalArgumentException(
                    "The Boltzmann machine got a batch without rows, an input of shape "
                            + shape
                            + "; leave empty batches out.");
        }
    }

    /** {@inheritDoc} */
    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {new Shape(inputShapes[0].get(0), hiddenUnits)};
    }

    /** {@inheritDoc} */
    @Override
    protected void beforeInitialize(Shape... inputShapes) {
        super.beforeInitialize(inputShapes);
        Preconditions.checkArgument(
                inputShapes.length == 1 && inputShapes[0].dimension() >= 2,
                "A Boltzmann machine takes one input of shape (batch, *), but got "
                        + Arrays.toString(inputShapes));
    }

    /** {@inheritDoc} */
    @Override
    protected void prepare(Shape[] inputShapes) {
        long visible = inputShapes[0].slice(1).size();
        Preconditions.checkArgument(
                visible > 0,
                "The number of visible units must be known, but the input shape is "
                        + inputShapes[0]);
        MemoryNeed.check(
                "A Boltzmann machine",
                new Shape(visible, hiddenUnits),
                DataType.FLOAT32,
                1,
                "take fewer hidden units");
        weight.setShape(new Shape(visible, hiddenUnits));
        visibleBias.setShape(new Shape(visible));
        hiddenBias.setShape(new Shape(hiddenUnits));
    }

    /** {@inheritDoc} */
    @Override
    protected void saveMetadata(DataOutputStream os) throws IOException {
        saveInputShapes(os);
        os.writeUTF(visibleUnits.name());
    }

    /** {@inheritDoc} */
    @Override
    protected void loadMetadata(byte loadVersion, DataInputStream is)
            throws IOException, MalformedModelException {
        if (loadVersion != VERSION) {
            throw new MalformedModelException(
                    "A Boltzmann machine cannot read encoding version "
                            + loadVersion
                            + "; the file was written by a newer release, or for another model.");
        }
        readInputShapes(StoredParameters.inputShape(is));
        String units = is.readUTF();
        if (Arrays.stream(VisibleUnits.values()).noneMatch(kind -> kind.name().equals(units))) {
            throw new MalformedModelException(
                    "The file holds a Boltzmann machine with visible units of no known kind: it is"
                            + " damaged or of a newer release; copy it again.");
        }
        if (!units.equals(visibleUnits.name())) {
            throw new MalformedModelException(
                    "The file holds a Boltzmann machine with "
                            + units
                            + " visible units, but this one has "
                            + visibleUnits
                            + "; build it with optVisibleUnits(VisibleUnits."
                            + units
                            + ").");
        }
    }

    /** {@inheritDoc} */
    @Override
    public void loadParameters(NDManager manager, DataInputStream is)
            throws IOException, MalformedModelException {
        StoredParameters.read("a Boltzmann machine", () -> readParameters(manager, is));
    }

    private void readParameters(NDManager manager, DataInputStream is)
            throws IOException, MalformedModelException {
        loadMetadata(is.readByte(), is);
        StoredParameters.load(getDirectParameters().values(), manager, is);
        if (weight.isInitialized()
                && weight.getArray().getShape().dimension() == 2
                && weight.getArray().getShape().get(1) != hiddenUnits) {
            throw new MalformedModelException(
                    "The file holds a Boltzmann machine with "
                            + weight.getArray().getShape().get(1)
                            + " hidden units, but this one has "
                            + hiddenUnits
                            + "; build it with setHiddenUnits("
                            + weight.getArray().getShape().get(1)
                            + ").");
        }
        long visible = inputShapes[0].slice(1).size();
        String machine = "a Boltzmann machine on " + visible + " visible units";
        StoredParameters.checkShape(machine, weight, new Shape(visible, hiddenUnits));
        StoredParameters.checkShape(machine, visibleBias, new Shape(visible));
        StoredParameters.checkShape(machine, hiddenBias, new Shape(hiddenUnits));
    }

    /**
     * Returns the number of hidden units.
     *
     * @return the number
     */
    public long getHiddenUnits() {
        return hiddenUnits;
    }

    /**
     * Returns the kind of the visible units.
     *
     * @return the kind
     */
    public VisibleUnits getVisibleUnits() {
        return visibleUnits;
    }

    /** Returns every setting. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "RestrictedBoltzmannMachine(%d hidden units, visible units %s, visible biases %s)",
                hiddenUnits,
                visibleUnits,
                visibleMeans == null ? "0" : "of " + visibleMeans.length + " means");
    }

    /**
     * Creates a builder.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** The builder of {@link RestrictedBoltzmannMachine}. */
    public static final class Builder {

        private long hiddenUnits;
        private VisibleUnits visibleUnits = VisibleUnits.BINARY;
        private double[] visibleMeans;

        private Builder() {}

        /**
         * Sets the number of hidden units.
         *
         * @param hiddenUnits the number, at least 1
         * @return this builder
         */
        public Builder setHiddenUnits(long hiddenUnits) {
            Preconditions.checkArgument(
                    hiddenUnits >= 1,
                    "A Boltzmann machine has 1 or more hidden units, not " + hiddenUnits);
            this.hiddenUnits = hiddenUnits;
            return this;
        }

        /**
         * Sets the kind of the visible units; {@link VisibleUnits#BINARY} by default.
         *
         * @param visibleUnits the kind
         * @return this builder
         */
        public Builder optVisibleUnits(VisibleUnits visibleUnits) {
            this.visibleUnits = visibleUnits;
            return this;
        }

        /**
         * Sets the means of the data, so that the visible biases start where a machine without
         * connections has these means, {@code log(mean / (1 − mean))} for binary units, in place of
         * 0. Plain contrastive divergence otherwise spends its first epochs on them.
         *
         * @param means the mean of each visible unit, (visible)
         * @return this builder
         */
        public Builder optVisibleMeans(NDArray means) {
            try (NDArray exact = means.toType(DataType.FLOAT64, true)) {
                visibleMeans = HostValues.numbers(exact);
            }
            return this;
        }

        /**
         * Builds the machine.
         *
         * @return the machine
         * @throws IllegalArgumentException if the number of hidden units is not set
         */
        public RestrictedBoltzmannMachine build() {
            Preconditions.checkArgument(
                    hiddenUnits >= 1,
                    "The number of hidden units is not set; call setHiddenUnits.");
            return new RestrictedBoltzmannMachine(this);
        }
    }
}
