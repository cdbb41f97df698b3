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

import ai.djl.nn.Block;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.convolutional.Deconvolution;
import ai.djl.nn.transformer.ScaledDotProductAttentionBlock;
import ai.djl.util.Pair;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.locallearning.djl.decorrelation.internal.BlockKinds;
import org.locallearning.djl.decorrelation.internal.BlockPath;
import org.locallearning.djl.decorrelation.internal.ParallelBranches;
import org.locallearning.djl.decorrelation.internal.PendingChecks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One conversion of a model by {@link Decorrelate}: it walks the block tree, makes the layers, and
 * records what it converted and skipped.
 */
final class Conversion {

    private static final Logger logger = LoggerFactory.getLogger(Decorrelate.class);

    private static final String NOT_SELECTED = "not selected";
    private static final String DECORRELATED_ALREADY = "decorrelated already";
    private static final String EMBEDDING = "an embedding: what takes its output is decorrelated";

    /** Reasons by which nothing in a block is left to decorrelate. */
    private static final Set<String> DONE = Set.of(DECORRELATED_ALREADY, EMBEDDING);

    /** Reasons that are no news to whoever converts. */
    private static final Set<String> EXPECTED =
            Set.of(NOT_SELECTED, DECORRELATED_ALREADY, EMBEDDING);

    private final LayerSelection selection;
    private final boolean meanChosen;

    private final Function<Block, DecorrelationOptions> settings;
    private final List<DecorrelationReport.Converted> converted = new ArrayList<>();
    private final List<DecorrelationReport.Skipped> skipped = new ArrayList<>();

    /** What could be converted but for the hand-written block around it. */
    private final List<String> inside = new ArrayList<>();

    private final Map<Block, Place> places = new IdentityHashMap<>();
    private final Map<Block, Decorrelating> layers = new IdentityHashMap<>();
    private final PendingChecks pending = new PendingChecks();
    private final Map<Block, Block> composites = new IdentityHashMap<>();

    /**
     * Creates a conversion.
     *
     * @param selection what is to be decorrelated
     * @param meanChosen whether somebody chose which mean is removed, for initialized layers too
     * @param settings the settings of each layer
     */
    Conversion(
            LayerSelection selection,
            boolean meanChosen,
            Function<Block, DecorrelationOptions> settings) {
        this.selection = selection;
        this.meanChosen = meanChosen;
        this.settings = settings;
    }

    /** Returns what was converted. */
    List<DecorrelationReport.Converted> converted() {
        return converted;
    }

    /** Returns what was left as it is. */
    List<DecorrelationReport.Skipped> skipped() {
        return skipped;
    }

    /** Returns the decorrelation layer of every weighted layer that has one now. */
    Map<Block, Decorrelating> layers() {
        return layers;
    }

    /** Where a layer was met first, and whether it is decorrelated there. */
    private record Place(String path, boolean decorrelated) {}

    /**
     * Rejects a layer used in two places of which only one would be decorrelated, since no single
     * folded weight could serve both.
     *
     * @param opaque whether the block is inside one that cannot be converted
     */
    void checkShared(Block block, String path, boolean opaque) {
        boolean walked =
                BlockKinds.isSequential(block)
                        || BlockKinds.isParallel(block)
                        || isComposite(block);
        Block previous = null;
        for (Pair<String, Block> entry : block.getChildren()) {
            Block child = entry.getValue();
            boolean done =
                    isDecorrelated(previous, child)
                            || BlockKinds.isLinear(child)
                                    && block instanceof DecorrelatedAttention attention
                                    && attention.before(child) != null;
            checkShared(child, BlockPath.join(path, entry.getKey()), opaque || !walked || done);
            previous = child;
        }
        if (!BlockKinds.isDenseOrConvolution(block) && !isAttention(block)) {
            return;
        }
        boolean done =
                block instanceof DecorrelatedAttention attention && attention.tokens() != null;
        boolean decorrelated = !opaque && !done && selection.contains(named(block, path));
        Place first = places.putIfAbsent(block, new Place(path, decorrelated));
        if (first != null && first.decorrelated != decorrelated) {
            throw new IllegalArgumentException(
                    "The "
                            + type(block)
                            + " at '"
                            + first.path
                            + "' stands at '"
                            + path
                            + "' too, and only at '"
                            + (decorrelated ? path : first.path)
                            + "' would it be decorrelated; exclude that path, or select both.");
        }
    }

    Block convert(Block block, String path) {
        if (isComposite(block)) {
            Block done = composites.get(block);
            Block converted = done == null ? convertComposite(block, path) : done;
            composites.put(block, converted);
            return converted;
        }
        if (BlockKinds.isSequential(block)) {
            return convertSequence((SequentialBlock) block, path);
        }
        if (BlockKinds.isParallel(block)) {
            return convertBranches((ParallelBlock) block, path);
        }
        if (!BlockKinds.isDenseOrConvolution(block) || !selection.contains(named(block, path))) {
            skip(block, path);
            return block;
        }
        Decorrelating layer = layer(block, path);
        return layer instanceof Decorrelation before ? before.pairWith(block) : layer;
    }

    private boolean isComposite(Block block) {
        return isAttention(block) || Composites.of(block).isPresent();
    }

    private boolean isAttention(Block block) {
        return block.getClass() == ScaledDotProductAttentionBlock.class
                || block instanceof DecorrelatedAttention;
    }

    private Block convertComposite(Block block, String path) {
        int before = skipped.size();
        Block result = isAttention(block) ? convertAttention(block, path) : over(block, path);
        List<DecorrelationReport.Skipped> parts = skipped.subList(before, skipped.size());
        boolean whole =
                block instanceof DecorrelatedComposite
                        && result == block
                        && parts.stream().allMatch(entry -> DONE.contains(entry.reason()));
        if (whole) {
            parts.clear();
            skip(block, path, DECORRELATED_ALREADY);
        }
        return result;
    }

    private Block over(Block block, String path) {
        List<Block> parts = new ArrayList<>();
        boolean changed = false;
        for (Pair<String, Block> entry : block.getChildren()) {
            Block now = convert(entry.getValue(), BlockPath.join(path, entry.getKey()));
            changed |= now != entry.getValue();
            parts.add(now);
        }
        return changed ? Composites.of(block).orElseThrow().over(block, parts) : block;
    }

    /** One matrix serves keys, queries and values, which are made from the same tokens. */
    private Block convertAttention(Block block, String path) {
        if (block.isInitialized() && block.getInputShapes().length > 2) {
            skip(block, path, "not supported: attention to other tokens than its own");
            return block;
        }
        DecorrelatedAttention present =
                block instanceof DecorrelatedAttention converted
                        ? converted
                        : new DecorrelatedAttention(
                                (ScaledDotProductAttentionBlock) block, null, null);
        Pair<String, Block> result = block.getChildren().get(3);
        Decorrelating tokens = before(present.tokens(), block, path);
        Decorrelating results =
                before(present.results(), result.getValue(), BlockPath.join(path, result.getKey()));
        return tokens == present.tokens() && results == present.results()
                ? block
                : present.with((Decorrelation) tokens, (Decorrelation) results);
    }

    /** What decorrelates the input of a part of an attention block; null for nothing. */
    private Decorrelating before(Decorrelation present, Block part, String path) {
        if (present != null) {
            skip(part, path, DECORRELATED_ALREADY);
            return present;
        }
        if (selection.contains(named(part, path))) {
            return layer(part, path);
        }
        skip(part, path, NOT_SELECTED);
        return null;
    }

    /** Returns whether a child of a sequence is a linear layer that is decorrelated already. */
    private static boolean isDecorrelated(Block previous, Block child) {
        return previous instanceof FeatureDecorrelation && BlockKinds.isLinear(child);
    }

    private Block convertSequence(SequentialBlock block, String path) {
        SequentialBlock result = new SequentialBlock();
        result.setReturnIntermediate(block.isReturnIntermediate());
        boolean changed = false;
        Block previous = null;
        for (Pair<String, Block> entry : block.getChildren()) {
            Block child = entry.getValue();
            String childPath = BlockPath.join(path, entry.getKey());
            boolean done = isDecorrelated(previous, child);
            previous = child;
            if (done) {
                skip(child, childPath, DECORRELATED_ALREADY);
                result.add(child);
                continue;
            }
            // a sequence that returns what is between its children must keep their number
            if (BlockKinds.isLinear(child)
                    && !block.isReturnIntermediate()
                    && selection.contains(named(child, childPath))) {
                result.add(layer(child, childPath)).add(child);
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
            Block now = convert(entry.getValue(), BlockPath.join(path, entry.getKey()));
            changed |= now != entry.getValue();
            branches.add(now);
        }
        return changed ? ParallelBranches.replace(block, branches) : block;
    }

    /** The decorrelation layer of a weighted layer, the same for all its places. */
    private Decorrelating layer(Block block, String path) {
        Decorrelating layer = layers.computeIfAbsent(block, key -> create(key, path));
        converted.add(new DecorrelationReport.Converted(named(block, path), type(block), layer));
        return layer;
    }

    private Decorrelating create(Block block, String path) {
        String name = named(block, path);
        boolean frozen = weightsAfter(block).anyMatch(weight -> !weight.requiresGradient());
        DecorrelationOptions own = settings.apply(block);
        own = own.toBuilder().optMean(mean(own.getMean(), block, frozen)).build();
        Decorrelating layer =
                block instanceof Conv2d convolution
                        ? DecorrelatedConv2d.of(convolution, own, name, pending)
                        : Decorrelation.builder()
                                .optOptions(own)
                                .optName(name)
                                .optPending(pending)
                                .build();
        if (frozen) {
            layer.getRunningMean().freeze(true);
        }
        return layer;
    }

    /** The mean that the layer before a block, or in its place, is to remove. */
    private MeanOptions mean(MeanOptions chosen, Block block, boolean frozen) {
        if (block.isInitialized() && !meanChosen) {
            return new MeanOptions(MeanRemoval.NONE);
        }
        // no running mean would follow that of the batch, for evaluation to remove
        return frozen && chosen.removal() == MeanRemoval.BATCH
                ? MeanRemoval.RUNNING.withMomentum(chosen.momentum())
                : chosen;
    }

    /** The weights that a matrix stands before or, of a convolution, in. */
    private Stream<Parameter> weightsAfter(Block block) {
        // of an attention block those of keys, queries and values
        return isAttention(block)
                ? block.getChildren().values().stream().limit(3).flatMap(this::weightsAfter)
                : Stream.of(block.getDirectParameters().get("weight"));
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
        if (BlockKinds.isDenseOrConvolution(block)) {
            skip(block, path, NOT_SELECTED);
        } else if (block instanceof Decorrelating) {
            skip(block, path, DECORRELATED_ALREADY);
        } else if (BlockKinds.isEmbedding(block)) {
            skip(block, path, EMBEDDING);
        } else if (block instanceof Deconvolution) {
            skip(
                    block,
                    path,
                    "not supported: a transposed convolution, which DJL does not run on"
                            + " PyTorch");
        } else {
            List<Block> known = new ArrayList<>();
            collectKnown(block, known);
            inside.addAll(outermost(block, path));
            String calls =
                    known.stream()
                            .collect(
                                    Collectors.groupingBy(
                                            this::type, TreeMap::new, Collectors.counting()))
                            .entrySet()
                            .stream()
                            .map(entry -> entry.getValue() + " " + entry.getKey())
                            .collect(Collectors.joining(", "));
            skip(
                    block,
                    path,
                    known.isEmpty()
                            ? "not supported"
                            : "not supported: its own code calls " + calls);
        }
    }

    private void skip(Block block, String path, String reason) {
        skipped.add(new DecorrelationReport.Skipped(named(block, path), type(block), reason));
    }

    private void collectKnown(Block block, List<Block> known) {
        for (Block child : block.getChildren().values()) {
            if (BlockKinds.isDenseOrConvolution(child)) {
                known.add(child);
            }
            collectKnown(child, known);
        }
    }

    /** Names the blocks inside another that could be converted by themselves. */
    private List<String> outermost(Block block, String path) {
        List<String> found = new ArrayList<>();
        for (Pair<String, Block> entry : block.getChildren()) {
            Block child = entry.getValue();
            String childPath = BlockPath.join(path, entry.getKey());
            if (child instanceof DecorrelatedComposite) {
                continue;
            }
            if (isComposite(child) || BlockKinds.isDenseOrConvolution(child)) {
                found.add("'" + childPath + "' (" + type(child) + ")");
            } else {
                found.addAll(outermost(child, childPath));
            }
        }
        return found;
    }

    IllegalArgumentException nothingToConvert() {
        String hint =
                inside.isEmpty()
                        ? ""
                        : "; hand-written blocks keep their children, so give them Decorrelate"
                                + ".model(child) in the place of "
                                + String.join(", ", inside);
        return new IllegalArgumentException(
                "The model has no Linear, Conv2d or attention to decorrelate with "
                        + selection
                        + (skipped.isEmpty()
                                ? ", and nothing else with weights"
                                : "; left alone: " + described(skipped.stream()))
                        + hint
                        + ".");
    }

    private String described(Stream<DecorrelationReport.Skipped> entries) {
        return entries.map(entry -> entry.path() + " (" + entry.reason() + ")")
                .collect(Collectors.joining(", "));
    }

    /** Logs in one line the layers that were skipped without having been excluded. */
    void logWhatIsLeft() {
        String left =
                described(skipped.stream().filter(entry -> !EXPECTED.contains(entry.reason())));
        if (!left.isEmpty()) {
            logger.warn("Weighted blocks that were left without decorrelation: {}.", left);
        }
    }

    /** Tells in one line which patterns match nothing, as those of a misspelt path do. */
    void logIdlePatterns() {
        List<String> paths =
                Stream.concat(
                                converted.stream().map(DecorrelationReport.Converted::path),
                                skipped.stream().map(DecorrelationReport.Skipped::path))
                        .toList();
        List<PathPattern> idle = selection.idle(paths);
        if (!idle.isEmpty()) {
            logger.warn(
                    "No weighted layer has a path that matches {}: paths are such as '{}', and"
                            + " '/**' after that of a block stands for all layers in it.",
                    idle.stream().map(each -> "'" + each + "'").collect(Collectors.joining(", ")),
                    paths.get(0));
        }
    }

    private String type(Block block) {
        return block.getClass().getSimpleName();
    }
}
