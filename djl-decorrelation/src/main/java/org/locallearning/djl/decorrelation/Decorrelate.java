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
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.util.Pair;
import ai.djl.util.Preconditions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts decorrelation layers into an existing model, and removes them again.
 *
 * <p>{@link #model} puts a {@link Decorrelation} before every {@link Linear} and replaces every
 * {@link Conv2d} by a {@link DecorrelatedConv2d}, in nested {@link SequentialBlock}s and {@link
 * ParallelBlock}s and in subclasses that inherit their forward, such as the zoo's {@code Mlp}.
 * {@link DecorrelatedAttention}, {@link DecorrelatedTransformerEncoder} and {@link
 * DecorrelatedBert} replace DJL's attention, encoder layers and BERT. The result is a new block
 * tree that shares the other blocks, kernels and biases with the original. Weighted layers inside
 * other blocks stay as they are and are listed in the log and the report. A layer used in several
 * places gets one matrix. Converting again only adds what is missing.
 *
 * <p>In evaluation the model's function does not change: M starts as the identity and the mean as
 * 0. A layer that is already initialized, as in trained models, gets {@link MeanRemoval#NONE}
 * unless a mean is chosen, since removing the batch mean would change its input in training. A
 * layer with a frozen weight gets a frozen matrix and mean, and removes the running mean instead of
 * the batch mean.
 *
 * <p>{@link #fold} multiplies each M into the weights after it, {@code W M} and {@code b − W M μ},
 * and returns DJL's own blocks. It is exact. The folded model loads into the original one, with two
 * exceptions where a mean was removed: a layer without bias gets one, and a convolution with
 * padding becomes a {@link SequentialBlock} of a 1 × 1 convolution that removes the channel means,
 * and the convolution. {@link #foldForOriginal} rejects those; models converted with {@link
 * MeanRemoval#NONE} have neither.
 */
public final class Decorrelate {

    private static final Logger logger = LoggerFactory.getLogger(Decorrelate.class);

    private final DecorrelationOptions options;
    private final Optional<CostBudget> budget;
    private final Optional<NDList> budgetBatch;
    private final boolean meanChosen;
    private final LayerSelection selection;

    private Decorrelate(Builder builder) {
        options = builder.options.build();
        budget = Optional.ofNullable(builder.budget);
        budgetBatch = Optional.ofNullable(builder.budgetBatch);
        // settings that exclude each other are told at once
        budget.ifPresent(chosen -> checkRank(options));
        meanChosen = builder.options.hasMean();
        selection = new LayerSelection(builder.include, builder.exclude);
    }

    private static void checkRank(DecorrelationOptions options) {
        try {
            CostBudget.cheapest(options);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "A budget may choose a matrix of low rank, which goes with neither a unit-wise"
                            + " gain, a unit-variance term, a covariance without diagonal nor a"
                            + " triangular form; leave out optBudget or those.",
                    e);
        }
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
     *     rebuilt, or if a linear layer is used in two places after different decorrelation layers
     * @throws IllegalStateException if the model is not initialized
     */
    public static Block fold(Block block) {
        Folding folding = new Folding();
        Block folded = fold(block, folding);
        if (!folding.changes().isEmpty()) {
            logger.warn(
                    "The folded model does not load into the model before the conversion: {}.",
                    String.join("; ", folding.changes()));
        }
        return folded;
    }

    /**
     * Does what {@link #fold} does for a model that is to be loaded into the model before the
     * conversion.
     *
     * @param block the decorrelated model, initialized; left as it is
     * @return the folded model, with the blocks and parameters of the model before the conversion
     * @throws IllegalArgumentException if the folded model would have others, or cannot be made
     * @throws IllegalStateException if the model is not initialized
     */
    public static Block foldForOriginal(Block block) {
        Folding folding = new Folding();
        Block folded = fold(block, folding);
        if (!folding.changes().isEmpty()) {
            throw new IllegalArgumentException(
                    "The folded model would not load into the model before the conversion: "
                            + String.join("; ", folding.changes())
                            + ". Convert with optMean(MeanRemoval.NONE), or load what"
                            + " Decorrelate.fold gives back into a model of those blocks.");
        }
        return folded;
    }

    private static Block fold(Block block, Folding folding) {
        if (!block.isInitialized()) {
            throw new IllegalStateException(
                    "Only an initialized model can be folded: its matrices are not there yet.");
        }
        return initializeLike(block, folding.fold(block, ""));
    }

    /**
     * Converts a model.
     *
     * @param block the model, initialized or not; left as it is
     * @return the converted model and what was done
     * @throws IllegalArgumentException if the model has no layer to decorrelate that the patterns
     *     allow, or a layer in two places of which only one would be decorrelated, or if a budget
     *     cannot be kept or its batch cannot be used
     * @throws IllegalStateException if a budget looks at a batch and the model is not initialized
     */
    public DecorrelationReport convert(Block block) {
        Conversion conversion = new Conversion(selection, meanChosen, within(block));
        conversion.checkShared(block, "", false);
        Block converted = conversion.convert(block, "");
        if (conversion.converted().isEmpty()) {
            throw conversion.nothingToConvert();
        }
        conversion.logWhatIsLeft();
        conversion.logIdlePatterns();
        return new DecorrelationReport(
                initializeLike(block, converted), conversion.converted(), conversion.skipped());
    }

    /** Returns the settings of each layer, which keep to the budget, if there is one. */
    private Function<Block, DecorrelationOptions> within(Block block) {
        if (budget.isEmpty()) {
            return layer -> options;
        }
        // what is decorrelated does not depend on the cost
        DecorrelationOptions least = CostBudget.cheapest(options);
        Conversion trial = new Conversion(selection, meanChosen, layer -> least);
        Block converted = trial.convert(block, "");
        Map<Block, InputSpectrum> spectra =
                budgetBatch.isEmpty() || converted == block
                        ? Map.of()
                        : spectra(block, converted, trial.layers(), budgetBatch.get());
        return budget.get().choose(options, block, trial.layers().keySet(), spectra);
    }

    private static Map<Block, InputSpectrum> spectra(
            Block original, Block trial, Map<Block, Decorrelating> layers, NDList batch) {
        if (!original.isInitialized()) {
            throw new IllegalStateException(
                    "A budget that looks at a batch needs an initialized model, since the inputs of"
                            + " its layers come from its weights; initialize it, or give optBudget"
                            + " the shape of a batch.");
        }
        NDArray array = original.getParameters().get(0).getValue().getArray();
        try (NDManager scope = array.getManager().newSubManager(array.getDevice())) {
            trial.initialize(scope, array.getDataType(), inputShapes(original));
            return InputSpectra.of(trial, layers, batch, scope);
        }
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

    /** Returns every setting. */
    @Override
    public String toString() {
        String within =
                budget.map(given -> ", " + given).orElse("")
                        + (budgetBatch.isPresent() ? " by the spectra of a batch" : "");
        return "Decorrelate(" + selection + ", " + options + within + ")";
    }

    /**
     * Creates a builder.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** The builder of {@link Decorrelate}. */
    public static final class Builder implements DecorrelationBuilder<Builder> {

        private final DecorrelationOptions.Builder options = DecorrelationOptions.builder();
        private final List<PathPattern> include = new ArrayList<>();
        private final List<PathPattern> exclude = new ArrayList<>();
        private CostBudget budget;
        private NDList budgetBatch;

        private Builder() {}

        /**
         * {@inheritDoc}
         *
         * <p>Initialized layers get {@link MeanRemoval#NONE} unless a mean is chosen.
         */
        @Override
        public Builder optOptions(Consumer<DecorrelationOptions.Builder> change) {
            change.accept(options);
            return this;
        }

        /**
         * Selects the blocks to decorrelate by path; all by default. May be called more than once.
         *
         * @param glob a pattern over paths such as {@code 02SequentialBlock/01Conv2d}, where {@code
         *     *} stands for any characters within a level and {@code **} across levels, {@code ?}
         *     for one character, {@code [ab]} for one of several, {@code {a,b}} for alternatives,
         *     and a backslash takes the next character as it is; a model that is one layer has its
         *     type as path
         * @return this builder
         */
        public Builder optInclude(String glob) {
            include.add(PathPattern.of(glob));
            return this;
        }

        /**
         * Leaves out blocks by path. May be called more than once.
         *
         * @param glob a pattern over paths, as for {@link #optInclude}
         * @return this builder
         */
        public Builder optExclude(String glob) {
            exclude.add(PathPattern.of(glob));
            return this;
        }

        /**
         * Chooses the cost so that it adds at most {@code share} times the multiply-adds of
         * backpropagation to a training step. Replaces the form of {@link #optCost}, its patches
         * and its interval of updates; its fraction of samples, samples per update and interval of
         * checks stay.
         *
         * <p>Of ten costs, from the full matrix with an update in each step to rank 8 with one in
         * 16, the first that keeps to the budget serves for all layers, but for narrow ones where
         * the full matrix takes no more; {@link DecorrelationReport} and the settings of the layers
         * show it. Where the full matrix fits, nothing changes. Otherwise dense layers mix fewer
         * directions ({@link Cost#rank}), which hardly changes what is learned down to rank 64,
         * then convolutions look at fewer patches, and last every matrix learns less often, which
         * slows the decorrelation down.
         *
         * <p>Multiply-adds do not include memory traffic and additional engine calls: the time of a
         * step grows by more than the share, on small batches by a multiple of it.
         *
         * @param share the share, positive; 0.2 for a fifth
         * @param batch the shape of a batch of inputs, such as (256, 3, 32, 32); one for each input
         *     of the model
         * @return this builder
         * @throws IllegalArgumentException if the share is not positive, or a size of the batch is
         *     not known or 0; {@link Decorrelate#convert} throws it if even the last cost takes
         *     more, {@link #build} if settings exclude a low rank
         */
        public Builder optBudget(double share, Shape... batch) {
            budget = new CostBudget(share, List.of(batch));
            budgetBatch = null;
            return this;
        }

        /**
         * Does what {@link #optBudget(double, Shape...)} does, and gives each dense layer as many
         * directions as its inputs are worth.
         *
         * <p>{@link Decorrelate#convert} runs the model, which must be initialized, on the batch
         * once, in evaluation, and computes the eigenvalues of the covariance of each dense layer's
         * input, from at most 1024 evenly spaced rows, about the mean if that is removed. Where
         * full matrices for all fit, they are taken. Otherwise each layer gets the directions that
         * hold 99 % of the variance, or 64 if those are fewer; then, again and again, more go to
         * the layer where they add the greatest share of its variance for their multiply-adds,
         * until the budget is spent. A layer whose inputs vary in few directions gets no more than
         * those. Patches, updates, and where updates are spared fewer than 64 directions, are as
         * with a shape.
         *
         * <p>Take a batch as in training: a layer of low rank finds its directions in the first
         * one, and no more of them than that has rows. Padding counts as rows here.
         *
         * @param share the share, positive, of backpropagation on batches of these shapes; 0.2 for
         *     a fifth
         * @param batch real inputs as the model takes them; read when a model is converted, and not
         *     closed
         * @return this builder
         * @throws IllegalArgumentException if the share is not positive or the batch is empty;
         *     {@link Decorrelate#convert} throws it if a dense layer gets fewer than 64 rows, if
         *     values are not finite, or if even the last cost takes more, {@link #build} if
         *     settings exclude a low rank
         */
        public Builder optBudget(double share, NDList batch) {
            Preconditions.checkArgument(
                    !batch.isEmpty()
                            && batch.stream().allMatch(array -> array.getShape().size() > 0),
                    "The budget of decorrelation needs a batch of inputs, but got an empty one: "
                            + Arrays.toString(batch.getShapes()));
            budget = new CostBudget(share, List.of(batch.getShapes()));
            budgetBatch = new NDList(batch);
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
