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
package org.locallearning.djl.decorrelation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.util.Pair;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import org.locallearning.djl.decorrelation.internal.ParallelBranches;

/**
 * Puts decorrelation layers into an existing model, and takes them out again.
 *
 * <p>{@link #model} puts a {@link Decorrelation} before every {@link Linear} and a {@link
 * DecorrelatedConv2d} in the place of every {@link Conv2d}, in nested {@link SequentialBlock}s and
 * {@link ParallelBlock}s. The result is a new block tree that shares the other blocks, and the
 * kernels and biases, with the original.
 *
 * <p>The function of the model in evaluation does not change, as M starts as the identity and the
 * mean as 0. A model that is initialized when it is converted, as trained models are, gets layers
 * with {@link MeanRemoval#NONE} unless settings are given, since removing the mean of the batch
 * would change what the trained layers see in training.
 *
 * <p>{@link #fold} multiplies each M into the weights behind it and gives back blocks of DJL's own:
 * {@code W M} and {@code b − W M μ}. It is exact. The folded model has the blocks of the model
 * before the conversion, and loads into it, with two exceptions, both where a mean was removed: a
 * linear layer or a convolution without bias gets one; and a convolution with padding becomes a
 * {@link SequentialBlock} of a 1 × 1 convolution that removes the mean of each channel, and the
 * convolution.
 */
public final class Decorrelate {

    private final DecorrelationOptions options;
    private final List<PathMatcher> include;
    private final List<PathMatcher> exclude;
    private final String patterns;

    private Decorrelate(Builder builder) {
        options = builder.options;
        include = matchers(builder.include);
        exclude = matchers(builder.exclude);
        patterns = "include " + builder.include + ", exclude " + builder.exclude;
    }

    /**
     * Puts decorrelation before every {@link Linear} and {@link Conv2d} of a model, with the
     * default settings.
     *
     * @param block the model, initialized or not; left as it is
     * @return the converted model
     * @throws IllegalArgumentException if the model has no layer to decorrelate
     */
    public static Block model(Block block) {
        return builder().build().convert(block).block();
    }

    /**
     * Gives back a model of DJL's own blocks with the function that a decorrelated model has in
     * evaluation.
     *
     * @param block the decorrelated model, initialized; left as it is
     * @return the folded model, which shares the other blocks with the original
     * @throws IllegalArgumentException if a decorrelation layer is inside a block that cannot be
     *     rebuilt
     * @throws IllegalStateException if the model is not initialized
     */
    public static Block fold(Block block) {
        if (!block.isInitialized()) {
            throw new IllegalStateException(
                    "Only an initialized model can be folded: its matrices are not there yet.");
        }
        return initializeLike(block, fold(block, ""));
    }

    /**
     * Converts a model.
     *
     * @param block the model, initialized or not; left as it is
     * @return the converted model and what was done
     * @throws IllegalArgumentException if the model has no layer to decorrelate that the patterns
     *     allow
     */
    public DecorrelationReport convert(Block block) {
        DecorrelationOptions settings = options;
        if (settings == null) {
            settings =
                    block.isInitialized()
                            ? DecorrelationOptions.builder()
                                    .optMeanRemoval(MeanRemoval.NONE)
                                    .build()
                            : DecorrelationOptions.builder().build();
        }
        Conversion conversion = new Conversion(settings);
        Block converted = conversion.convert(block, "");
        if (conversion.converted.isEmpty()) {
            throw new IllegalArgumentException(
                    "The model has no Linear or Conv2d to decorrelate with "
                            + patterns
                            + "; left alone: "
                            + conversion.skipped);
        }
        return new DecorrelationReport(
                initializeLike(block, converted), conversion.converted, conversion.skipped);
    }

    /** Initializes what is new in a block if the original is initialized. */
    private static Block initializeLike(Block original, Block changed) {
        if (original.isInitialized() && changed != original) {
            Pair<String, Parameter> first = original.getParameters().get(0);
            NDArray array = first.getValue().getArray();
            changed.initialize(array.getManager(), array.getDataType(), inputShapes(original));
        }
        return changed;
    }

    /** A linear layer that was loaded has forgotten the width of its input. */
    private static Shape[] inputShapes(Block block) {
        if (block instanceof Linear) {
            return new Shape[] {
                new Shape(1, block.getDirectParameters().get("weight").getShape().get(1))
            };
        }
        return block.getInputShapes();
    }

    private static Block fold(Block block, String path) {
        if (block instanceof Decorrelating) {
            return ((Decorrelating) block).fold();
        }
        if (block.getClass() == SequentialBlock.class) {
            return foldSequence((SequentialBlock) block, path);
        }
        List<Block> folded = new ArrayList<>();
        boolean changed = false;
        for (Pair<String, Block> child : block.getChildren()) {
            Block now = fold(child.getValue(), join(path, child.getKey()));
            changed |= now != child.getValue();
            folded.add(now);
        }
        if (!changed) {
            return block;
        }
        if (block.getClass() == ParallelBlock.class) {
            return ParallelBranches.replace((ParallelBlock) block, folded);
        }
        throw new IllegalArgumentException(
                "The decorrelation layers inside '"
                        + path
                        + "' cannot be folded: a "
                        + block.getClass().getSimpleName()
                        + " cannot be rebuilt with other children; fold them one by one with"
                        + " Decorrelating.fold and build the block by hand.");
    }

    private static Block foldSequence(SequentialBlock block, String path) {
        SequentialBlock folded = new SequentialBlock();
        folded.setReturnIntermediate(block.isReturnIntermediate());
        List<Pair<String, Block>> children = new ArrayList<>();
        block.getChildren().forEach(children::add);
        boolean changed = false;
        for (int i = 0; i < children.size(); ++i) {
            Block child = children.get(i).getValue();
            Block next = i + 1 < children.size() ? children.get(i + 1).getValue() : null;
            if (child instanceof FeatureDecorrelation
                    && next instanceof Linear
                    && !block.isReturnIntermediate()) {
                Linear plain = PlainBlocks.linear((FeatureDecorrelation) child, (Linear) next);
                if (child instanceof Decorrelation && ((Decorrelation) child).isInserted()) {
                    return plain;
                }
                folded.add(plain);
                changed = true;
                ++i;
            } else {
                Block now = fold(child, join(path, children.get(i).getKey()));
                changed |= now != child;
                folded.add(now);
            }
        }
        return changed ? folded : block;
    }

    private static String join(String path, String child) {
        return path.isEmpty() ? child : path + '/' + child;
    }

    private static List<PathMatcher> matchers(List<String> globs) {
        return globs.stream()
                .map(glob -> FileSystems.getDefault().getPathMatcher("glob:" + glob))
                .toList();
    }

    private boolean isSelected(String path) {
        Path candidate = Path.of(path);
        boolean included =
                include.isEmpty() || include.stream().anyMatch(p -> p.matches(candidate));
        return included && exclude.stream().noneMatch(p -> p.matches(candidate));
    }

    /**
     * Creates a builder.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** One walk over a model. */
    private final class Conversion {

        private final DecorrelationOptions settings;
        private final List<DecorrelationReport.Converted> converted = new ArrayList<>();
        private final List<DecorrelationReport.Skipped> skipped = new ArrayList<>();

        Conversion(DecorrelationOptions settings) {
            this.settings = settings;
        }

        Block convert(Block block, String path) {
            if (block.getClass() == SequentialBlock.class) {
                return convertSequence((SequentialBlock) block, path);
            }
            if (block.getClass() == ParallelBlock.class) {
                return convertBranches((ParallelBlock) block, path);
            }
            if (block instanceof Linear && isSelected(named(block, path))) {
                Decorrelation layer = decorrelation(block, path, true);
                return new SequentialBlock().add(layer).add(block);
            }
            if (block.getClass() == Conv2d.class && isSelected(named(block, path))) {
                DecorrelatedConv2d layer =
                        DecorrelatedConv2d.of((Conv2d) block, settings, named(block, path));
                add(block, path, layer);
                return layer;
            }
            skip(block, path);
            return block;
        }

        private Block convertSequence(SequentialBlock block, String path) {
            SequentialBlock result = new SequentialBlock();
            result.setReturnIntermediate(block.isReturnIntermediate());
            boolean changed = false;
            Block previous = null;
            for (Pair<String, Block> entry : block.getChildren()) {
                Block child = entry.getValue();
                String childPath = join(path, entry.getKey());
                boolean done = previous instanceof Decorrelating && child instanceof Linear;
                previous = child;
                if (done) {
                    skipped.add(
                            new DecorrelationReport.Skipped(
                                    childPath, type(child), "decorrelated already"));
                    result.add(child);
                    continue;
                }
                // a sequence that returns what is between its children must keep their number
                if (child instanceof Linear
                        && !block.isReturnIntermediate()
                        && isSelected(named(child, childPath))) {
                    result.add(decorrelation(child, childPath, false)).add(child);
                    changed = true;
                } else {
                    Block now = convert(child, childPath);
                    changed |= now != child;
                    result.add(now);
                }
            }
            return changed ? result : block;
        }

        private Block convertBranches(ParallelBlock block, String path) {
            List<Block> branches = new ArrayList<>();
            boolean changed = false;
            for (Pair<String, Block> entry : block.getChildren()) {
                Block now = convert(entry.getValue(), join(path, entry.getKey()));
                changed |= now != entry.getValue();
                branches.add(now);
            }
            return changed ? ParallelBranches.replace(block, branches) : block;
        }

        private Decorrelation decorrelation(Block block, String path, boolean inserted) {
            Decorrelation layer =
                    Decorrelation.builder()
                            .optOptions(settings)
                            .optName(named(block, path))
                            .optInserted(inserted)
                            .build();
            add(block, path, layer);
            return layer;
        }

        private void add(Block block, String path, Decorrelating layer) {
            converted.add(
                    new DecorrelationReport.Converted(named(block, path), type(block), layer));
        }

        private String named(Block block, String path) {
            return path.isEmpty() ? type(block) : path;
        }

        private void skip(Block block, String path) {
            boolean weighted =
                    block.getParameters().values().stream()
                            .anyMatch(p -> p.getType() == Parameter.Type.WEIGHT);
            if (!weighted) {
                return;
            }
            boolean known = block instanceof Linear || block.getClass() == Conv2d.class;
            String reason = known ? "not selected" : "not supported";
            if (block instanceof DecorrelatedConv2d) {
                reason = "decorrelated already";
            }
            skipped.add(new DecorrelationReport.Skipped(named(block, path), type(block), reason));
        }

        private String type(Block block) {
            return block.getClass().getSimpleName();
        }
    }

    /** The builder of {@link Decorrelate}. */
    public static final class Builder {

        private DecorrelationOptions options;
        private final List<String> include = new ArrayList<>();
        private final List<String> exclude = new ArrayList<>();

        private Builder() {}

        /**
         * Sets the settings of every decorrelation layer; by default {@link DecorrelationOptions}'
         * own, for an initialized model without mean removal.
         *
         * @param options the settings
         * @return this builder
         */
        public Builder optOptions(DecorrelationOptions options) {
            this.options = options;
            return this;
        }

        /**
         * Selects the blocks to decorrelate by path; all by default. May be called more than once.
         *
         * @param glob a pattern over paths such as {@code 02SequentialBlock/01Conv2d}, where {@code
         *     *} stands for any characters within a level and {@code **} across levels; a model
         *     that is one layer has its type as path
         * @return this builder
         */
        public Builder optInclude(String glob) {
            include.add(glob);
            return this;
        }

        /**
         * Leaves out blocks by path. May be called more than once.
         *
         * @param glob a pattern over paths, as for {@link #optInclude}
         * @return this builder
         */
        public Builder optExclude(String glob) {
            exclude.add(glob);
            return this;
        }

        /**
         * Builds the converter.
         *
         * @return the converter
         */
        public Decorrelate build() {
            return new Decorrelate(this);
        }
    }
}
