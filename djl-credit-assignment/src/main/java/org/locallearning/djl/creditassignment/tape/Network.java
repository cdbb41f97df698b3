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
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.locallearning.djl.creditassignment.layer.LayerMaths;
import org.locallearning.djl.creditassignment.layer.LayerTable;
import org.locallearning.djl.decorrelation.internal.ParallelBranches;

/**
 * A model's block tree as learning rules see it: weighted layers, the exactly differentiated blocks
 * between them, and the branches of parallel blocks.
 *
 * <p>Nested sequences are joined, and blocks without parameters that follow each other run as one
 * piece. Nothing is copied: the network runs the model's own blocks.
 */
public final class Network {

    private final LayerTable table;
    private final InPlaceBlocks inPlace = new InPlaceBlocks();
    private final List<Layer> layers = new ArrayList<>();
    private final List<Member> members = new ArrayList<>();
    private final Node root;

    private Network(Block block, LayerTable table) {
        this.table = table;
        Node whole = build("", block);
        root =
                whole instanceof SequenceNode && !((SequenceNode) whole).isReturnIntermediate()
                        ? whole
                        : new SequenceNode(List.of(whole), false);
        // what is put into a network is somebody else's
        root.shareInput();
    }

    /**
     * Reads a block tree.
     *
     * @param block the root, a model's block
     * @param table the layers to know
     * @return the network
     */
    public static Network of(Block block, LayerTable table) {
        return new Network(block, table);
    }

    /**
     * Returns the weighted layers, in the order in which they run.
     *
     * @return the layers
     */
    public List<Layer> getLayers() {
        return Collections.unmodifiableList(layers);
    }

    /**
     * Returns every block that is not a container that was walked, in the order in which they run.
     *
     * @return the blocks and their roles
     */
    public List<Member> getMembers() {
        return Collections.unmodifiableList(members);
    }

    /**
     * Returns the stages of the network's outermost sequence. The stages inside its branches are
     * found from there. Unknown blocks, which every rule differentiates exactly, are left out.
     *
     * @return the stages, in the order in which they run
     */
    public List<StageOutline> getOutline() {
        return root.outline();
    }

    /**
     * Returns the number of units of stages, as far as shapes tell it before anything runs: of
     * weighted layers that are initialized and have known blocks after them, not of containers.
     *
     * @return the number of elements of one sample's pre-activation, by the stage's path
     */
    public Map<String, Long> getKnownUnits() {
        return KnownUnits.of(root);
    }

    /**
     * Returns the layer whose output becomes the prediction without passing another weighted layer
     * or a sum of branches.
     *
     * @return the output layer, or empty where branches join after the last layer
     */
    public Optional<Layer> getOutputLayer() {
        return outputLayer(root);
    }

    private static Optional<Layer> outputLayer(Node node) {
        if (node instanceof LayerNode) {
            return Optional.of(((LayerNode) node).layer());
        }
        if (node instanceof SequenceNode && !((SequenceNode) node).isReturnIntermediate()) {
            List<Node> nodes = ((SequenceNode) node).nodes();
            for (int i = nodes.size() - 1; i >= 0; i--) {
                if (!(nodes.get(i) instanceof ExactNode)) {
                    return outputLayer(nodes.get(i));
                }
            }
        }
        return Optional.empty();
    }

    /**
     * Returns the weighted layers that the error has to pass, since something below them learns.
     *
     * @return the layers; which they are changes when parameters are frozen
     */
    public Set<Layer> getLayersWithLearningBelow() {
        Set<Layer> passed = new LinkedHashSet<>();
        collectPassed(root, false, passed);
        return passed;
    }

    private static void collectPassed(Node node, boolean learningBelow, Set<Layer> passed) {
        if (node instanceof LayerNode && learningBelow) {
            passed.add(((LayerNode) node).layer());
        } else if (node instanceof ParallelNode) {
            for (Node branch : ((ParallelNode) node).branches()) {
                collectPassed(branch, learningBelow, passed);
            }
        } else if (node instanceof SequenceNode) {
            boolean below = learningBelow;
            for (Node child : ((SequenceNode) node).nodes()) {
                collectPassed(child, below, passed);
                below = below || child.isTrainable();
            }
        }
    }

    Node root() {
        return root;
    }

    LayerTable table() {
        return table;
    }

    InPlaceBlocks inPlace() {
        return inPlace;
    }

    private Node build(String path, Block block) {
        if (BlockAccess.isSequential(block) && !table.knows(block)) {
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
            members.add(new Member(path, block, Role.WEIGHTED));
            return Optional.of(new LayerNode(layer));
        }
        if (BlockAccess.isParallel(block) && !table.knows(block)) {
            List<Node> branches = new ArrayList<>();
            for (Pair<String, Block> child : block.getChildren()) {
                branches.add(build(Layer.join(path, child.getKey()), child.getValue()));
            }
            return Optional.of(
                    new ParallelNode(
                            path, branches, ParallelBranches.combination((ParallelBlock) block)));
        }
        return Optional.empty();
    }

    private ExactNode.Member exact(String path, Block block) {
        Role role = table.knows(block) ? Role.EXACT : Role.OPAQUE;
        members.add(new Member(path, block, role));
        return new ExactNode.Member(path, block, role == Role.OPAQUE);
    }

    private Node sequence(String path, Block block) {
        boolean returnIntermediate = ((SequentialBlock) block).isReturnIntermediate();
        SequenceBuilder sequence = new SequenceBuilder();
        if (returnIntermediate) {
            // every child's output is an output, so children stay apart
            for (Pair<String, Block> child : block.getChildren()) {
                sequence.add(build(Layer.join(path, child.getKey()), child.getValue()));
            }
        } else {
            addChildren(sequence, path, block);
        }
        return new SequenceNode(sequence.finish(), returnIntermediate);
    }

    private void addChildren(SequenceBuilder sequence, String path, Block block) {
        for (Pair<String, Block> child : block.getChildren()) {
            String childPath = Layer.join(path, child.getKey());
            Block childBlock = child.getValue();
            if (isPlainSequence(childBlock)) {
                addChildren(sequence, childPath, childBlock);
            } else if (BlockAccess.isSequential(childBlock) && !table.knows(childBlock)) {
                sequence.add(sequence(childPath, childBlock));
            } else {
                step(childPath, childBlock)
                        .ifPresentOrElse(
                                sequence::add,
                                () -> sequence.addExact(exact(childPath, childBlock)));
            }
        }
    }

    private boolean isPlainSequence(Block block) {
        return BlockAccess.isSequential(block)
                && !table.knows(block)
                && !((SequentialBlock) block).isReturnIntermediate();
    }

    /** How a learning rule treats a block. */
    public enum Role {
        /** A weighted layer: feedback may take the place of its weight in the backward pass. */
        WEIGHTED("weighted"),
        /** Known, and differentiated exactly by every rule. */
        EXACT("exact"),
        /** Not known: run as one piece and differentiated exactly inside. */
        OPAQUE("unknown, one piece");

        private final String description;

        Role(String description) {
            this.description = description;
        }

        /**
         * Returns the role in words.
         *
         * @return the words, for reports
         */
        public String getDescription() {
            return description;
        }
    }

    /**
     * A block of the network.
     *
     * @param path the names of the children that lead to it, joined as in parameter names
     * @param block the block
     * @param role how rules treat it
     */
    public record Member(String path, Block block, Role role) {}

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
