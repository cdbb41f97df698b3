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

import ai.djl.ndarray.NDList;
import ai.djl.nn.Block;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.training.ParameterStore;
import ai.djl.util.Pair;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.locallearning.djl.creditassignment.layer.LayerMaths;
import org.locallearning.djl.creditassignment.layer.LayerTable;
import org.locallearning.djl.decorrelation.internal.BlockKinds;
import org.locallearning.djl.decorrelation.internal.BlockPath;
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
    private final WorkingCopies copies = new WorkingCopies();
    private final List<Layer> layers = new ArrayList<>();
    private final List<Layer> innerLayers = new ArrayList<>();
    private final List<Member> members = new ArrayList<>();
    private final List<String> declared = new ArrayList<>();
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
     * Returns the weighted layers inside unknown blocks, which run as one piece. A weight that a
     * piece uses in several layers counts once.
     *
     * @return the layers; several with one path for a recurrent block, one for each weight
     */
    public List<Layer> getInnerLayers() {
        return Collections.unmodifiableList(innerLayers);
    }

    /**
     * Returns every layer whose place feedback weights can take: those that run by themselves, and
     * those inside unknown blocks.
     *
     * @return the layers
     */
    public List<Layer> getAllLayers() {
        return Stream.of(layers, innerLayers).flatMap(List::stream).toList();
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
        visit(
                root,
                false,
                (node, learningBelow) -> {
                    if (node instanceof LayerNode && learningBelow) {
                        passed.add(((LayerNode) node).layer());
                    }
                });
        return passed;
    }

    /**
     * Returns the weighted layers inside unknown blocks that the error may have to pass. What lies
     * below a layer in its block is not known, so it is any parameter but the layer's own.
     *
     * @return the layers; which they are changes when parameters are frozen
     */
    public Set<Layer> getInnerLayersWithLearningBelow() {
        Set<Layer> passed = new LinkedHashSet<>();
        visit(
                root,
                false,
                (node, learningBelow) -> {
                    if (node instanceof ExactNode) {
                        for (Layer layer : ((ExactNode) node).innerLayers()) {
                            if (learningBelow || isTrainableBeside(layer, node.parameters())) {
                                passed.add(layer);
                            }
                        }
                    }
                });
        return passed;
    }

    /**
     * Returns the paths of the layers and unknown blocks with parameters that have learning below
     * them.
     *
     * @return the paths; which they are changes when parameters are frozen
     */
    public List<String> getUnitsWithLearningBelow() {
        List<String> paths = new ArrayList<>();
        visit(
                root,
                false,
                (node, learningBelow) -> {
                    boolean unit = node instanceof LayerNode || node instanceof ExactNode;
                    if (unit && node.isWeighted() && learningBelow) {
                        paths.add(node.path());
                    }
                });
        return paths;
    }

    /**
     * Returns whether the parameters that learn are those of one weighted layer, where every rule
     * is the delta rule.
     *
     * @return true also if nothing learns; it changes when parameters are frozen
     */
    public boolean isSingleLayer() {
        return !root.isTrainable()
                || getAllLayers().stream()
                        .anyMatch(layer -> !isTrainableBeside(layer, root.parameters()));
    }

    private static boolean isTrainableBeside(Layer layer, List<Parameter> parameters) {
        List<Parameter> own = layer.ownParameters();
        return parameters.stream().anyMatch(each -> each.requiresGradient() && !own.contains(each));
    }

    private static void visit(Node node, boolean learningBelow, BiConsumer<Node, Boolean> visitor) {
        visitor.accept(node, learningBelow);
        if (node instanceof ParallelNode) {
            for (Node branch : ((ParallelNode) node).branches()) {
                visit(branch, learningBelow, visitor);
            }
        } else if (node instanceof SequenceNode) {
            boolean below = learningBelow;
            for (Node child : ((SequenceNode) node).nodes()) {
                visit(child, below, visitor);
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

    WorkingCopies copies() {
        return copies;
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
            members.add(new Member(path, block, Role.WEIGHTED, List.of()));
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
        Role role = table.knows(block) ? Role.EXACT : Role.OPAQUE;
        List<Layer> inner = new ArrayList<>();
        if (role == Role.OPAQUE) {
            addInnerLayers(path, block, inner);
        }
        innerLayers.addAll(inner);
        members.add(new Member(path, block, role, List.copyOf(inner)));
        return new ExactNode.Member(path, block, role == Role.OPAQUE, List.copyOf(inner));
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

    /**
     * Compares the network with the model that it was made of, on a batch and in evaluation mode,
     * if it has blocks whose sequence was declared.
     *
     * @param model the model
     * @param store where parameters come from
     * @param data the inputs of the model
     * @throws IllegalArgumentException if the predictions differ
     */
    public void checkDeclaredSequences(Block model, ParameterStore store, NDList data) {
        if (!declared.isEmpty()) {
            DeclaredSequence.check(String.join(", ", declared), root, model, store, data);
        }
    }

    /** How a learning rule treats a block. */
    public enum Role {
        /** A weighted layer: feedback may take the place of its weight in the backward pass. */
        WEIGHTED("weighted"),
        /** Known, and differentiated exactly by every rule. */
        EXACT("exact"),
        /** Not known: run as one piece, and differentiated by the engine inside. */
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
     * @param inner the weighted layers inside, if it is unknown
     */
    public record Member(String path, Block block, Role role, List<Layer> inner) {}

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
