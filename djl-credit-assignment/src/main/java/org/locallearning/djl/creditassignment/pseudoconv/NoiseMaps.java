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
package org.locallearning.djl.creditassignment.pseudoconv;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UTFDataFormatException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import org.locallearning.djl.decorrelation.internal.HostValues;
import org.locallearning.djl.decorrelation.internal.MemoryNeed;
import org.locallearning.djl.decorrelation.internal.StoredParameters;

/**
 * Adds fixed noise maps to each channel of an image and rectifies: the first half of a {@linkplain
 * PseudoConv2d pseudo-convolution}.
 *
 * <pre>
 * a^(cm) = ReLU(x^c + n^(cm)),   m = 1 … M masks per channel
 * </pre>
 *
 * <p>The maps are drawn at initialization and are the same for every sample, in training and in
 * prediction; no optimizer changes them. They are saved with the model or, if {@linkplain
 * Builder#optSaved saving is off}, drawn again from the seed, which leaves a few bytes in the file
 * instead of {@code 4 · C · M · H · W}.
 *
 * <ul>
 *   <li>input: (N, C, H, W)
 *   <li>output: (N, C · M, H, W), the M results of a channel one after the other
 *   <li>{@code noiseMaps}: n, (C, M, H, W), fixed
 * </ul>
 *
 * <p>Cost per step: {@code 2 · N · C · M · H · W} elementwise operations, no product. Images of
 * another size than the maps throw an {@code IllegalArgumentException}.
 */
public final class NoiseMaps extends AbstractBlock {

    private static final byte VERSION = 1;
    private static final String NOISE = "a block of noise maps";

    private final NoiseDistribution distribution;
    private final float level;
    private final int masks;
    private final Long seed;
    private final boolean saved;
    private final Parameter maps;

    /** Whether the maps that are there are written by their values. */
    private boolean byValue;

    /** How the maps that are there were drawn, where that was read; null where the settings say. */
    private Drawing read;

    @SuppressWarnings("this-escape")
    private NoiseMaps(Builder builder) {
        super(VERSION);
        distribution = builder.distribution;
        level = builder.level;
        masks = builder.masks;
        seed = builder.seed;
        saved = builder.saved;
        byValue = saved;
        maps =
                addParameter(
                        Parameter.builder()
                                .setName("noiseMaps")
                                // the only type that a trainer for a loaded model leaves fixed
                                .setType(Parameter.Type.RUNNING_MEAN)
                                .optRequiresGrad(false)
                                .optInitializer(this::draw)
                                .build());
    }

    /**
     * Adds noise maps to images and rectifies.
     *
     * @param images the images, (N, C, H, W)
     * @param maps the maps, (C, M, H, W)
     * @return (N, C · M, H, W)
     */
    public static NDArray perturb(NDArray images, NDArray maps) {
        Shape shape = images.getShape();
        try (NDArray apart = images.expandDims(2);
                NDArray sum = apart.add(maps);
                NDArray flat =
                        sum.reshape(shape.get(0), -1, maps.getShape().get(2), shape.get(3))) {
            return flat.getNDArrayInternal().relu();
        }
    }

    /**
     * Returns the noise maps.
     *
     * @return the parameter, (C, M, H, W)
     */
    public Parameter getMaps() {
        return maps;
    }

    /**
     * Returns the number of maps for each channel.
     *
     * @return M
     */
    public int getMasksPerChannel() {
        return masks;
    }

    /** {@inheritDoc} */
    @Override
    protected NDList forwardInternal(
            ParameterStore parameterStore,
            NDList inputs,
            boolean training,
            PairList<String, Object> params) {
        NDArray input = inputs.singletonOrThrow();
        if (maps.requiresGradient()) {
            // freezeParameters(false) unfreezes what never was trained, too
            maps.freeze(true);
        }
        NDArray values = parameterStore.getValue(maps, input.getDevice(), training);
        if (values.hasGradient()) {
            // the copy for another device was made before
            values.setRequiresGradient(false);
        }
        check(input.getShape(), values.getShape());
        return new NDList(perturb(input, values));
    }

    /** {@inheritDoc} */
    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        Shape input = inputShapes[0];
        return new Shape[] {
            new Shape(input.get(0), input.get(1) * masks, input.get(2), input.get(3))
        };
    }

    /** {@inheritDoc} */
    @Override
    protected void beforeInitialize(Shape... inputShapes) {
        if (inputShapes[0].dimension() != 4) {
            throw new IllegalArgumentException(
                    "Noise maps are added to images of shape (batch, channels, height, width), not "
                            + inputShapes[0]
                            + ".");
        }
        if (maps.isInitialized()) {
            check(inputShapes[0], maps.getArray().getShape());
        }
        super.beforeInitialize(inputShapes);
    }

    private static void check(Shape input, Shape stored) {
        boolean fits =
                input.dimension() == 4
                        && input.get(1) == stored.get(0)
                        && input.get(2) == stored.get(2)
                        && input.get(3) == stored.get(3);
        if (!fits) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "The noise maps were made for images of %d channels and %dx%d pixels,"
                                    + " but got a batch of shape %s; scale the images to that size,"
                                    + " or train a model for this one.",
                            stored.get(0),
                            stored.get(2),
                            stored.get(3),
                            input));
        }
    }

    /** {@inheritDoc} */
    @Override
    protected void prepare(Shape[] inputShapes) {
        Shape shape = shapeFor(inputShapes[0]);
        checkNeed(shape);
        maps.setShape(shape);
    }

    private NDArray draw(NDManager manager, Shape shape, DataType type) {
        byValue = saved;
        read = null;
        return seed == null
                ? distribution.draw(manager, shape, type).muli(level)
                : draw(manager, distribution, level, seed, shape, type);
    }

    /** Draws maps that are a function of the arguments alone. */
    private static NDArray draw(
            NDManager manager,
            NoiseDistribution distribution,
            float level,
            long seed,
            Shape shape,
            DataType type) {
        // java.util.Random's sequences are part of its specification
        Random random = new Random(seed);
        float[] values = new float[Math.toIntExact(shape.size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (level * distribution.draw(random));
        }
        NDArray drawn = manager.create(values, shape);
        if (type == DataType.FLOAT32) {
            return drawn;
        }
        try (drawn) {
            return drawn.toType(type, false);
        }
    }

    /** {@inheritDoc} */
    @Override
    public void saveParameters(DataOutputStream os) throws IOException {
        os.write(version);
        saveMetadata(os);
        Drawing drawing = byValue ? null : drawing();
        boolean drawable = drawing != null && isDrawn(drawing);
        os.writeBoolean(!drawable);
        if (drawable) {
            drawing.write(os);
        } else {
            maps.save(os);
        }
    }

    /** Returns how the maps that are there were drawn, unless somebody has set others since. */
    private Drawing drawing() {
        NDArray values = maps.getArray();
        return read == null
                ? new Drawing(distribution, level, seed, values.getDataType(), values.getShape())
                : read.as(values.getDataType());
    }

    private boolean isDrawn(Drawing drawing) {
        NDArray values = maps.getArray();
        try (NDManager scope = values.getManager().newSubManager();
                NDArray drawn = drawing.draw(scope);
                NDArray there = drawn.toDevice(values.getDevice(), false);
                NDArray others = values.neq(there).countNonzero()) {
            return HostValues.longs(others)[0] == 0;
        }
    }

    /**
     * {@inheritDoc}
     *
     * @throws MalformedModelException if the file holds another number of maps for each channel
     */
    @Override
    public void loadParameters(NDManager manager, DataInputStream is)
            throws IOException, MalformedModelException {
        StoredParameters.read(NOISE, () -> readParameters(manager, is));
    }

    private void readParameters(NDManager manager, DataInputStream is)
            throws IOException, MalformedModelException {
        loadMetadata(is.readByte(), is);
        if (inputShapes[0].dimension() != 4) {
            throw new MalformedModelException(
                    "The file holds noise maps for inputs of shape "
                            + inputShapes[0]
                            + ", which are no images; copy it again.");
        }
        if (is.readBoolean()) {
            StoredParameters.load(List.of(maps), manager, is);
            byValue = true;
        } else {
            read = drawAsStored(manager, is);
            byValue = saved;
        }
        if (!maps.isInitialized()) {
            throw new MalformedModelException(
                    "The file holds no noise maps: it is damaged or of another model; copy it"
                            + " again.");
        }
        Shape shape = maps.getArray().getShape();
        long stored = shape.dimension() == 4 ? shape.get(1) : masks;
        if (stored != masks) {
            throw new MalformedModelException(ofOtherMasks(stored));
        }
        StoredParameters.checkShape(NOISE, maps, shapeFor(inputShapes[0]));
    }

    /** {@inheritDoc} */
    @Override
    protected void loadMetadata(byte loadVersion, DataInputStream is)
            throws IOException, MalformedModelException {
        super.loadMetadata(
                loadVersion, loadVersion == VERSION ? StoredParameters.inputShape(is) : is);
    }

    private Shape shapeFor(Shape input) {
        return new Shape(input.get(1), masks, input.get(2), input.get(3));
    }

    private String ofOtherMasks(long stored) {
        return String.format(
                Locale.ROOT,
                "The file holds %d noise maps for each channel, but this block has %d; build it"
                        + " with optMasksPerChannel(%d).",
                stored,
                masks,
                stored);
    }

    /** Refuses maps that no machine of this size holds. */
    private static void checkNeed(Shape shape) {
        // drawn in Java, then made an array
        MemoryNeed.check(
                "Drawing noise maps",
                shape,
                DataType.FLOAT32,
                2,
                "take fewer maps for each channel, or scale the images down");
    }

    private Drawing drawAsStored(NDManager manager, DataInputStream is)
            throws IOException, MalformedModelException {
        Drawing stored = Drawing.read(is);
        Shape expected = shapeFor(inputShapes[0]);
        boolean otherMasks = stored.shape.dimension() == 4 && stored.shape.get(1) != masks;
        if (!otherMasks && !stored.shape.equals(expected) || !stored.canBeDrawn()) {
            throw new MalformedModelException(
                    String.format(
                            "The file holds noise maps of shape %s, type %s and level %s for images"
                                    + " of shape %s, which need %s: it is damaged or of another"
                                    + " model; copy it again.",
                            stored.shape, stored.type, stored.level, inputShapes[0], expected));
        }
        if (otherMasks) {
            throw new MalformedModelException(ofOtherMasks(stored.shape.get(1)));
        }
        try {
            checkNeed(stored.shape);
        } catch (IllegalArgumentException e) {
            throw new MalformedModelException(e.getMessage(), e);
        }
        Parameter drawn =
                Parameter.builder()
                        .setName(maps.getName())
                        .setType(maps.getType())
                        .optRequiresGrad(false)
                        .build();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (NDManager scope = manager.newSubManager()) {
            drawn.setArray(stored.draw(scope));
            drawn.save(new DataOutputStream(bytes));
        }
        // the only way to replace the array of a parameter
        maps.load(manager, new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
        return stored;
    }

    /** How noise maps are drawn that a file holds the seed of. */
    private record Drawing(
            NoiseDistribution distribution, float level, long seed, DataType type, Shape shape) {

        static Drawing read(DataInputStream is) throws IOException, MalformedModelException {
            try {
                return new Drawing(
                        NoiseDistribution.valueOf(is.readUTF()),
                        is.readFloat(),
                        is.readLong(),
                        DataType.valueOf(is.readUTF()),
                        StoredParameters.shape("noise maps", is));
            } catch (IllegalArgumentException | UTFDataFormatException e) {
                throw new MalformedModelException(
                        "The file does not say how its noise maps are drawn: it is damaged or of"
                                + " another model; copy it again.",
                        e);
            }
        }

        Drawing as(DataType other) {
            return new Drawing(distribution, level, seed, other, shape);
        }

        /** Writes how maps are drawn. */
        void write(DataOutputStream os) throws IOException {
            os.writeUTF(distribution.name());
            os.writeFloat(level);
            os.writeLong(seed);
            os.writeUTF(type.name());
            os.write(shape.getEncoded());
        }

        boolean canBeDrawn() {
            return type.isFloating() && level > 0 && level < Float.POSITIVE_INFINITY;
        }

        NDArray draw(NDManager manager) {
            return NoiseMaps.draw(manager, distribution, level, seed, shape, type);
        }
    }

    /** Returns every setting. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "NoiseMaps(%s, level %s, %d for each channel, seed %s, %s)",
                distribution,
                level,
                masks,
                seed == null ? "of the engine" : seed,
                saved ? "saved" : "not saved");
    }

    /**
     * Creates a builder.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Builds {@link NoiseMaps}. */
    public static final class Builder {

        private NoiseDistribution distribution = NoiseDistribution.GAUSSIAN;
        private float level = 0.1f;
        private int masks = 1;
        private Long seed;
        private boolean saved = true;

        private Builder() {}

        /**
         * Sets the distribution of the noise.
         *
         * @param distribution the distribution; {@link NoiseDistribution#GAUSSIAN} by default
         * @return this builder
         */
        public Builder optDistribution(NoiseDistribution distribution) {
            this.distribution = Objects.requireNonNull(distribution, "distribution");
            return this;
        }

        /**
         * Sets how strong the noise is, in the units of the images.
         *
         * @param level the bound of uniform or the standard deviation of Gaussian noise, above 0
         *     and finite; 0.1 by default
         * @return this builder
         */
        public Builder optLevel(float level) {
            if (!(level > 0 && level < Float.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "The noise level is above 0 and finite, not " + level + ".");
            }
            this.level = level;
            return this;
        }

        /**
         * Sets the number of maps for each input channel.
         *
         * @param masks M, at least 1; 1 by default
         * @return this builder
         */
        public Builder optMasksPerChannel(int masks) {
            if (masks < 1) {
                throw new IllegalArgumentException(
                        "Each channel has at least 1 noise map, not " + masks + ".");
            }
            this.masks = masks;
            return this;
        }

        /**
         * Makes the maps a function of a seed and their shape; otherwise the engine's own random
         * numbers decide.
         *
         * @param seed the seed
         * @return this builder
         */
        public Builder optSeed(long seed) {
            this.seed = seed;
            return this;
        }

        /**
         * Sets whether the maps are saved with the model; if not, loading draws them again from the
         * seed, which must then be set.
         *
         * @param saved true, the default, to save the maps; false to save the seed
         * @return this builder
         */
        public Builder optSaved(boolean saved) {
            this.saved = saved;
            return this;
        }

        /**
         * Builds the block.
         *
         * @return the block
         * @throws IllegalArgumentException if the maps are not saved and there is no seed
         */
        public NoiseMaps build() {
            if (!saved && seed == null) {
                throw new IllegalArgumentException(
                        "Noise maps that are not saved are drawn again from a seed; set one with"
                                + " optSeed.");
            }
            return new NoiseMaps(this);
        }
    }
}
