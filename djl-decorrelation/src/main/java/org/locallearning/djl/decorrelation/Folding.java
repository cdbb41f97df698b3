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
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.util.Pair;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.locallearning.djl.decorrelation.internal.BlockKinds;
import org.locallearning.djl.decorrelation.internal.BlockPath;
import org.locallearning.djl.decorrelation.internal.ParallelBranches;

/** One walk over a decorrelated model that multiplies each matrix into the weights after it. */
final class Folding {

    private final Map<Block, Block> folded = new IdentityHashMap<>();
    private final Map<Block, Place> linears = new IdentityHashMap<>();
    private final List<String> changes = new ArrayList<>();

    /**
     * Where a linear layer was met.
     *
     * @param path the path
     * @param before the decorrelation layer before it, or null
     * @param plain what became of it
     */
    private record Place(String path, FeatureDecorrelation before, Linear plain) {}

    /** Returns what keeps the folded model from loading into the one before the conversion. */
    List<String> changes() {
        return changes;
    }

    Block fold(Block block, String path) {
        if (block instanceof Decorrelating layer) {
            return foldAlone(layer, path);
        }
        if (block instanceof DecorrelatedComposite composite) {
            return foldComposite(composite, path);
        }
        if (BlockKinds.isSequential(block)) {
            return foldSequence((SequentialBlock) block, path);
        }
        if (block instanceof Linear linear) {
            place(linear, null, path);
        }
        List<Block> children = children(block, path);
        // blocks equal themselves alone
        if (children.equals(block.getChildren().values())) {
            return block;
        }
        if (BlockKinds.isParallel(block)) {
            return ParallelBranches.replace((ParallelBlock) block, children);
        }
        throw new IllegalArgumentException(
                "The decorrelation layers inside '"
                        + path
                        + "' cannot be folded: a "
                        + block.getClass().getSimpleName()
                        + " cannot be rebuilt with other children; fold each of them by"
                        + " Decorrelate.fold and build the block by hand.");
    }

    /** Folds the children of a block. */
    List<Block> children(Block block, String path) {
        List<Block> children = new ArrayList<>();
        for (Pair<String, Block> child : block.getChildren()) {
            children.add(fold(child.getValue(), BlockPath.join(path, child.getKey())));
        }
        return children;
    }

    private Block foldSequence(SequentialBlock block, String path) {
        SequentialBlock result = new SequentialBlock();
        result.setReturnIntermediate(block.isReturnIntermediate());
        List<Pair<String, Block>> children = new ArrayList<>();
        block.getChildren().forEach(children::add);
        boolean changed = false;
        for (int i = 0; i < children.size(); ++i) {
            Block child = children.get(i).getValue();
            Block next = i + 1 < children.size() ? children.get(i + 1).getValue() : null;
            if (child instanceof FeatureDecorrelation before
                    && BlockKinds.isLinear(next)
                    && !block.isReturnIntermediate()) {
                String nextPath = BlockPath.join(path, children.get(i + 1).getKey());
                Linear plain = place((Linear) next, before, nextPath).plain();
                if (before instanceof Decorrelation layer && layer.isPair(block)) {
                    return plain;
                }
                result.add(plain);
                changed = true;
                ++i;
            } else {
                Block now = fold(child, BlockPath.join(path, children.get(i).getKey()));
                changed |= now != child;
                result.add(now);
            }
        }
        return changed ? result : block;
    }

    private Block foldAlone(Decorrelating layer, String path) {
        Block plain = folded.get(layer);
        if (plain == null) {
            plain = layer.fold();
            folded.put(layer, plain);
            if (layer instanceof DecorrelatedConv2d convolution) {
                if (plain instanceof SequentialBlock) {
                    changes.add(
                            "'"
                                    + path
                                    + "' is a SequentialBlock of a 1 × 1 convolution by channel,"
                                    + " which removes the mean before the padding, and the"
                                    + " convolution");
                } else {
                    noteBias(convolution.getBias() != null, plain, path);
                }
            }
        }
        return plain;
    }

    private Block foldComposite(DecorrelatedComposite composite, String path) {
        Block plain = folded.get(composite);
        if (plain == null) {
            plain = composite.fold(this, path);
            folded.put(composite, plain);
        }
        return plain;
    }

    /**
     * Folds a linear layer.
     *
     * @param linear the layer
     * @param before the decorrelation layer before it, or null
     * @param path the path of the linear layer
     * @return the linear layer, or another with the matrix in its weight
     */
    Linear linear(Linear linear, FeatureDecorrelation before, String path) {
        return place(linear, before, path).plain();
    }

    /** Folds a linear layer, once, however often it stands in the model. */
    private Place place(Linear linear, FeatureDecorrelation before, String path) {
        Place first = linears.get(linear);
        if (first == null) {
            Linear plain = before == null ? linear : PlainBlocks.linear(before, linear);
            first = new Place(path, before, plain);
            linears.put(linear, first);
            if (before != null) {
                noteBias(linear.getDirectParameters().contains("bias"), plain, path);
            }
        }
        if (first.before != before) {
            throw new IllegalArgumentException(
                    "The linear layer at '"
                            + first.path
                            + "' stands at '"
                            + path
                            + "' too, and not after the same decorrelation layer, so that no one"
                            + " weight can serve both; put the same decorrelation layer before"
                            + " both, or give each place a linear layer of its own.");
        }
        return first;
    }

    private void noteBias(boolean had, Block plain, String path) {
        if (!had && plain.getDirectParameters().contains("bias")) {
            changes.add("'" + path + "' has a bias, which stands for the mean");
        }
    }
}
