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
package org.locallearning.djl.creditassignment.tape;

import ai.djl.nn.Block;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.util.Pair;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.locallearning.djl.creditassignment.layer.LayerMaths;
import org.locallearning.djl.creditassignment.layer.LayerTable;
import org.locallearning.djl.decorrelation.internal.BlockKinds;
import org.locallearning.djl.decorrelation.internal.BlockPath;
import org.locallearning.djl.decorrelation.internal.ParallelBranches;

/** Reads a model's block tree once, into sequences, parallel blocks, layers and unknown blocks. */
final class BlockTreeReader {

    private final LayerTable table;
    private final List<Layer> layers = new ArrayList<>();
    private final List<Layer> innerLayers = new ArrayList<>();
    private final List<Network.Member> members = new ArrayList<>();
    private final List<String> declared = new ArrayList<>();

    BlockTreeReader(LayerTable table) {
        this.table = table;
    }

    Node read(Block root) {
        return build("", root);
    }

    /** Returns the weighted layers, in the order in which they run. */
    List<Layer> layers() {
        return layers;
    }

    /** Returns the weighted layers inside unknown blocks. */
    List<Layer> innerLayers() {
        return innerLayers;
    }

    /** Returns every block that is not a container that was walked. */
    List<Network.Member> members() {
        return members;
    }

    /** Returns the blocks whose sequence the table declares, in words. */
    List<String> declared() {
        return declared;
    }

    private Node build(String path, Block block) {
        if (isSequence(block)) {
            return sequence(path, block);
        }
        return step(path, block).orElseGet(() -> new ExactNode(List.of(exact(path, block))));
    }

    /** Builds a container or a weighted layer; an exact block is left to its neighbours. */
    private Optional<Node> step(String path, Block block) {
        Optional<LayerMaths<Block>> maths = table.mathsOf(block);
        if (maths.isPresent()) {
            Layer layer = new Layer(path, block, maths.get());
            layers.add(layer);
            members.add(new Network.Member(path, block, Network.Role.WEIGHTED, List.of()));
            return Optional.of(new LayerNode(layer));
        }
        if (BlockKinds.isParallel(block) && !table.knows(block)) {
            List<Node> branches = new ArrayList<>();
            for (Pair<String, Block> child : block.getChildren()) {
                branches.add(
                        build(BlockPath.parameterName(path, child.getKey()), child.getValue()));
            }
            return Optional.of(
                    new ParallelNode(
                            path, branches, ParallelBranches.combination((ParallelBlock) block)));
        }
        return Optional.empty();
    }

    private ExactNode.Member exact(String path, Block block) {
        Network.Role role = table.knows(block) ? Network.Role.EXACT : Network.Role.OPAQUE;
        List<Layer> inner = new ArrayList<>();
        if (role == Network.Role.OPAQUE) {
            addInnerLayers(path, block, inner);
        }
        innerLayers.addAll(inner);
        members.add(new Network.Member(path, block, role, List.copyOf(inner)));
        return new ExactNode.Member(path, block, role == Network.Role.OPAQUE, List.copyOf(inner));
    }

    private void addInnerLayers(String path, Block block, List<Layer> inner) {
        List<LayerMaths<Block>> maths = table.innerMathsOf(block);
        for (LayerMaths<Block> each : maths) {
            Layer layer = new Layer(path, block, each);
            // a weight has one memory, in which there is one feedback weight at a time
            if (inner.stream().noneMatch(other -> other.weight() == layer.weight())) {
                inner.add(layer);
            }
        }
        if (maths.isEmpty() && !table.knows(block)) {
            for (Pair<String, Block> child : block.getChildren()) {
                addInnerLayers(
                        BlockPath.parameterName(path, child.getKey()), child.getValue(), inner);
            }
        }
    }

    private Node sequence(String path, Block block) {
        boolean returnIntermediate = !isPlainSequence(block);
        SequenceBuilder sequence = new SequenceBuilder();
        if (returnIntermediate) {
            // every child's output is an output, so children stay apart
            for (Pair<String, Block> child : children(path, block)) {
                sequence.add(
                        build(BlockPath.parameterName(path, child.getKey()), child.getValue()));
            }
        } else {
            addChildren(sequence, path, block);
        }
        return new SequenceNode(sequence.finish(), returnIntermediate);
    }

    private void addChildren(SequenceBuilder sequence, String path, Block block) {
        for (Pair<String, Block> child : children(path, block)) {
            String childPath = BlockPath.parameterName(path, child.getKey());
            Block childBlock = child.getValue();
            if (isPlainSequence(childBlock)) {
                addChildren(sequence, childPath, childBlock);
            } else if (isSequence(childBlock)) {
                sequence.add(sequence(childPath, childBlock));
            } else {
                step(childPath, childBlock)
                        .ifPresentOrElse(
                                sequence::add,
                                () -> sequence.addExact(exact(childPath, childBlock)));
            }
        }
    }

    private boolean isSequence(Block block) {
        return isDeclared(block) || BlockKinds.isSequential(block) && !table.knows(block);
    }

    private boolean isPlainSequence(Block block) {
        return isDeclared(block)
                || isSequence(block) && !((SequentialBlock) block).isReturnIntermediate();
    }

    private boolean isDeclared(Block block) {
        return table.sequenceOf(block).isPresent();
    }

    private Iterable<Pair<String, Block>> children(String path, Block block) {
        Optional<List<Block>> sequence = table.sequenceOf(block);
        if (sequence.isEmpty()) {
            return block.getChildren();
        }
        DeclaredSequence walk = new DeclaredSequence(path, block, sequence.get());
        declared.add(walk.toString());
        return walk.children();
    }

    /** Collects the nodes of a sequence and joins exact blocks that follow each other. */
    private static final class SequenceBuilder {

        private final List<Node> nodes = new ArrayList<>();
        private final List<ExactNode.Member> run = new ArrayList<>();

        void add(Node node) {
            endRun();
            nodes.add(node);
        }

        /** Adds an exact block; one that has parameters runs by itself. */
        void addExact(ExactNode.Member member) {
            if (ExactNode.hasParameters(member)) {
                endRun();
                nodes.add(new ExactNode(List.of(member)));
            } else {
                run.add(member);
            }
        }

        List<Node> finish() {
            endRun();
            return nodes;
        }

        private void endRun() {
            if (!run.isEmpty()) {
                nodes.add(new ExactNode(run));
                run.clear();
            }
        }
    }
}
