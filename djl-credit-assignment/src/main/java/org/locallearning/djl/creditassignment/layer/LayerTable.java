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
package org.locallearning.djl.creditassignment.layer;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.convolutional.Conv1d;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.convolutional.Conv3d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.norm.GhostBatchNorm;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.nn.recurrent.GRU;
import ai.djl.nn.recurrent.LSTM;
import ai.djl.nn.recurrent.RNN;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.locallearning.djl.creditassignment.convolutional.LocallyConnected2d;
import org.locallearning.djl.creditassignment.pseudoconv.NoiseMaps;
import org.locallearning.djl.decorrelation.BatchWhitening;
import org.locallearning.djl.decorrelation.DecorrelatedConv2d;
import org.locallearning.djl.decorrelation.Decorrelation;
import org.locallearning.djl.decorrelation.RecurrentDecorrelation;
import org.locallearning.djl.decorrelation.internal.BlockKinds;

/**
 * The blocks that learning rules know, with what they need to know about each: the one place to add
 * a layer.
 *
 * <p>A table is immutable; {@link #withWeighted}, {@link #withExact}, {@link #withRerun} and {@link
 * #withSequence} return a larger one. Weighted layers are found by their exact class, since a
 * subclass may compute something else. An exact block is also one of a subclass without forward
 * methods of its own. Containers ({@code SequentialBlock}, {@code ParallelBlock}) need no entry.
 */
public final class LayerTable {

    private static final Set<Class<? extends Block>> RECURRENT =
            Set.of(RNN.class, LSTM.class, GRU.class);

    private static final LayerTable STANDARD =
            new LayerTable(Map.of(), Map.of(), Map.of())
                    .withWeighted(Linear.class, new LinearMaths())
                    .withWeighted(Conv1d.class, new ConvolutionMaths())
                    .withWeighted(Conv2d.class, new ConvolutionMaths())
                    .withWeighted(Conv3d.class, new ConvolutionMaths())
                    .withWeighted(LocallyConnected2d.class, new LocallyConnectedMaths())
                    .withWeighted(DecorrelatedConv2d.class, new DecorrelatedConvolutionMaths())
                    .withExact(Decorrelation.class)
                    .withExact(RecurrentDecorrelation.class)
                    .withExact(BatchWhitening.class)
                    .withExact(NoiseMaps.class)
                    .withExact(BatchNorm.class)
                    .withExact(GhostBatchNorm.class)
                    .withExact(LayerNorm.class)
                    .withExact(Dropout.class)
                    .withExact(LambdaBlock.class)
                    .withRerun(BatchNorm.class, new BatchNormRerun())
                    .withRerun(
                            Decorrelation.class,
                            new DecorrelationRerun<>(
                                    Decorrelation::getOptions, LayerTable::lastAxis))
                    .withRerun(
                            RecurrentDecorrelation.class,
                            new DecorrelationRerun<>(
                                    RecurrentDecorrelation::getOptions, LayerTable::lastAxis))
                    .withRerun(
                            DecorrelatedConv2d.class,
                            new DecorrelationRerun<>(DecorrelatedConv2d::getOptions, input -> 1))
                    .withRerun(
                            BatchWhitening.class,
                            (layer, store, first, inputs) ->
                                    layer.forwardWithoutLearning(store, inputs));

    /** Weighted layers have maths; exact blocks have an empty entry. */
    private final Map<Class<? extends Block>, Optional<LayerMaths<?>>> entries;

    private final Map<Class<? extends Block>, BlockRerun<?>> reruns;
    private final Map<Class<? extends Block>, Function<Block, List<Block>>> sequences;

    private LayerTable(
            Map<Class<? extends Block>, Optional<LayerMaths<?>>> entries,
            Map<Class<? extends Block>, BlockRerun<?>> reruns,
            Map<Class<? extends Block>, Function<Block, List<Block>>> sequences) {
        this.entries = entries;
        this.reruns = reruns;
        this.sequences = sequences;
    }

    private static int lastAxis(NDArray input) {
        return input.getShape().dimension() - 1;
    }

    /**
     * Returns the table of the blocks that this library knows.
     *
     * @return the standard table
     */
    public static LayerTable standard() {
        return STANDARD;
    }

    /**
     * Returns this table with one more weighted layer, which learning rules send the error through
     * by weights of their own.
     *
     * @param <B> the type of block
     * @param type the class of the block
     * @param maths its maths
     * @return the larger table
     */
    public <B extends Block> LayerTable withWeighted(Class<B> type, LayerMaths<? super B> maths) {
        return with(type, Optional.of(maths));
    }

    /**
     * Returns this table with one more block that every rule differentiates exactly: an activation,
     * a normalization, or another block without weights that feedback could replace.
     *
     * @param type the class of the block; subclasses that declare no forward method come with it
     * @return the larger table
     */
    public LayerTable withExact(Class<? extends Block> type) {
        return with(type, Optional.empty());
    }

    private LayerTable with(Class<? extends Block> type, Optional<LayerMaths<?>> maths) {
        Map<Class<? extends Block>, Optional<LayerMaths<?>>> larger = new LinkedHashMap<>(entries);
        larger.put(type, maths);
        return new LayerTable(Collections.unmodifiableMap(larger), reruns, sequences);
    }

    /**
     * Returns this table with a way to run a block again that is another function of its inputs the
     * second time: one that looks at the whole batch, or that draws random numbers. The tape itself
     * keeps the masks of {@code Dropout}.
     *
     * @param <B> the type of block
     * @param type the class of the block
     * @param rerun how to run it again
     * @return the larger table
     */
    public <B extends Block> LayerTable withRerun(Class<B> type, BlockRerun<? super B> rerun) {
        Map<Class<? extends Block>, BlockRerun<?>> larger = new LinkedHashMap<>(reruns);
        larger.put(type, rerun);
        return new LayerTable(entries, Collections.unmodifiableMap(larger), sequences);
    }

    /**
     * Returns this table with a hand-written block whose forward does nothing but run its children
     * one after the other. Every rule then walks it like a {@code SequentialBlock}.
     *
     * <pre>{@code
     * LayerTable.standard()
     *         .withSequence(MyBlock.class, b -> List.of(b.first, Activation.reluBlock(), b.second))
     * }</pre>
     *
     * <p>Pass a function called by forward, such as an activation, as a block without parameters.
     * Every child with parameters and every dropout must occur exactly once, and no other block
     * with parameters; the network is compared with the model in its first batch, in evaluation
     * mode: what forward does in training alone, beside its children, is not noticed.
     *
     * @param <B> the type of block
     * @param type the class of the block
     * @param sequence returns the blocks that forward runs, in their order
     * @return the larger table
     */
    public <B extends Block> LayerTable withSequence(
            Class<B> type, Function<? super B, List<? extends Block>> sequence) {
        Map<Class<? extends Block>, Function<Block, List<Block>>> larger =
                new LinkedHashMap<>(sequences);
        larger.put(type, block -> List.copyOf(sequence.apply(type.cast(block))));
        return new LayerTable(entries, reruns, Collections.unmodifiableMap(larger));
    }

    /**
     * Returns the blocks that a hand-written block runs one after the other.
     *
     * @param block the block
     * @return the blocks as they were declared, or empty for another block
     */
    public Optional<List<Block>> sequenceOf(Block block) {
        return Optional.ofNullable(sequences.get(block.getClass()))
                .map(sequence -> sequence.apply(block));
    }

    /**
     * Returns whether a block is in the table.
     *
     * @param block the block
     * @return true if it is a weighted layer or an exact block of this table
     */
    public boolean knows(Block block) {
        return entries.containsKey(kindOf(block));
    }

    /** Returns the class under which a block is in this table, or its own if it is not. */
    private Class<?> kindOf(Block block) {
        Class<?> own = block.getClass();
        if (entries.containsKey(own)) {
            return own;
        }
        return entries.entrySet().stream()
                .filter(entry -> entry.getValue().isEmpty())
                .<Class<?>>map(Map.Entry::getKey)
                .filter(exact -> BlockKinds.inheritsForward(block, exact))
                .findFirst()
                .orElse(own);
    }

    /**
     * Returns the maths of a weighted layer.
     *
     * @param block the block
     * @return its maths, or empty if it is no weighted layer of this table
     */
    @SuppressWarnings("unchecked") // the builder paired class and maths
    public Optional<LayerMaths<Block>> mathsOf(Block block) {
        return entries.getOrDefault(block.getClass(), Optional.empty())
                .map(maths -> (LayerMaths<Block>) maths);
    }

    /**
     * Returns the maths of every weight of a block that stands inside an unknown one, where errors
     * pass recurrent blocks too.
     *
     * @param block the block
     * @return one for a weighted layer of this table, one for each weight of a recurrent block of
     *     DJL's, and none for another block
     */
    public List<LayerMaths<Block>> innerMathsOf(Block block) {
        if (RECURRENT.contains(block.getClass())) {
            return List.copyOf(RecurrentWeight.of(block));
        }
        return mathsOf(block).stream().toList();
    }

    /**
     * Returns how to run a block a second time.
     *
     * @param block the block
     * @return its rerun, or empty if it simply runs again
     */
    @SuppressWarnings("unchecked") // the builder paired class and rerun
    public Optional<BlockRerun<Block>> rerunOf(Block block) {
        BlockRerun<?> own = reruns.get(block.getClass());
        return Optional.ofNullable(
                (BlockRerun<Block>) (own == null ? reruns.get(kindOf(block)) : own));
    }

    /**
     * Returns the classes of the weighted layers.
     *
     * @return the classes, in the order in which they were added
     */
    public List<Class<? extends Block>> getWeighted() {
        return list(true);
    }

    /**
     * Returns the classes of the blocks that are differentiated exactly.
     *
     * @return the classes, in the order in which they were added
     */
    public List<Class<? extends Block>> getExact() {
        return list(false);
    }

    private List<Class<? extends Block>> list(boolean weighted) {
        List<Class<? extends Block>> types = new ArrayList<>();
        entries.forEach(
                (type, maths) -> {
                    if (maths.isPresent() == weighted) {
                        types.add(type);
                    }
                });
        return types;
    }

    /** Returns what this table has besides the standard one. */
    @Override
    public String toString() {
        List<String> others = new ArrayList<>();
        addOthers("weighted", entries, STANDARD.entries, Optional::isPresent, others);
        addOthers("exact", entries, STANDARD.entries, Optional::isEmpty, others);
        addOthers("rerun", reruns, STANDARD.reruns, rerun -> true, others);
        addOthers("sequence", sequences, STANDARD.sequences, sequence -> true, others);
        return "standard" + (others.isEmpty() ? "" : " and " + others);
    }

    private static <T> void addOthers(
            String kind,
            Map<Class<? extends Block>, T> all,
            Map<Class<? extends Block>, T> standard,
            Predicate<T> ofKind,
            List<String> others) {
        all.forEach(
                (type, entry) -> {
                    if (ofKind.test(entry) && !entry.equals(standard.get(type))) {
                        others.add(kind + " " + type.getSimpleName());
                    }
                });
    }
}
