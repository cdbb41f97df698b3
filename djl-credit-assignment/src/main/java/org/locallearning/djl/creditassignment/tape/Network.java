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
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.locallearning.djl.creditassignment.internal.Autograd;
import org.locallearning.djl.creditassignment.internal.Parameters;
import org.locallearning.djl.creditassignment.internal.ReplacingStore;
import org.locallearning.djl.creditassignment.layer.LayerTable;

/**
 * A model's block tree as learning rules see it: weighted layers, the exactly differentiated blocks
 * between them, and the branches of parallel blocks.
 *
 * <p>Nested sequences are joined, and consecutive blocks without parameters run as one piece.
 * Nothing is copied: the network runs the model's own blocks.
 */
public final class Network {

    private final LayerTable table;
    private final InPlaceBlocks inPlace = new InPlaceBlocks();
    private final UnitMoves moves = new UnitMoves();
    private final List<Layer> layers;
    private final List<Layer> innerLayers;
    private final List<Member> members;
    private final List<String> declared;
    private final Node root;

    private Network(Block block, LayerTable table) {
        this.table = table;
        BlockTreeReader reader = new BlockTreeReader(table);
        Node whole = reader.read(block);
        layers = List.copyOf(reader.layers());
        innerLayers = List.copyOf(reader.innerLayers());
        members = List.copyOf(reader.members());
        declared = List.copyOf(reader.declared());
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
        return layers;
    }

    /**
     * Returns the weighted layers inside unknown blocks, which run as one piece. A weight that a
     * piece uses in several layers counts once.
     *
     * @return the layers; several with one path for a recurrent block, one for each weight
     */
    public List<Layer> getInnerLayers() {
        return innerLayers;
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
        return members;
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
     * Returns the layer whose output becomes the prediction without passing another weighted layer,
     * an unknown block with parameters or a sum of branches.
     *
     * @return the output layer, or empty where one of these comes after the last layer
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
                if (!(nodes.get(i) instanceof ExactNode) || nodes.get(i).isWeighted()) {
                    return outputLayer(nodes.get(i));
                }
            }
        }
        return Optional.empty();
    }

    /**
     * Returns the weighted layers that the error has to pass, since something below them learns.
     *
     * @return the layers; they depend on which parameters are frozen at the call
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
     * @return the layers; they depend on which parameters are frozen at the call
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
     * @return the paths; they depend on which parameters are frozen at the call
     */
    public List<String> getUnitsWithLearningBelow() {
        List<String> paths = new ArrayList<>();
        visit(
                root,
                false,
                (node, learningBelow) -> {
                    if (isUnit(node) && learningBelow) {
                        paths.add(node.path());
                    }
                });
        return paths;
    }

    private static boolean isUnit(Node node) {
        return node.isWeighted() && (node instanceof LayerNode || node instanceof ExactNode);
    }

    /**
     * Returns the paths of the weighted layers, containers and unknown blocks that run one after
     * the other, none of them within a container, and have others that learn below them. What is in
     * front of the first of them, such as a normalization, is part of it.
     *
     * @return the paths; they depend on which parameters are frozen at the call
     */
    public List<String> getStagesWithLearningBelow() {
        List<String> paths = new ArrayList<>();
        if (root instanceof SequenceNode && !((SequenceNode) root).isReturnIntermediate()) {
            boolean below = false;
            for (Node node : ((SequenceNode) root).nodes()) {
                if (node.isWeighted() && below) {
                    paths.add(node.path());
                }
                below = below || node.isWeighted() && node.isTrainable();
            }
        }
        return paths;
    }

    /**
     * Returns the paths of the weighted layers, containers and unknown blocks to which an error is
     * of use, since they or others below them learn.
     *
     * @return the paths; they depend on which parameters are frozen at the call
     */
    public Set<String> getStagesWithUseForErrors() {
        Set<String> paths = new LinkedHashSet<>();
        visit(
                root,
                false,
                (node, learningBelow) -> {
                    if (node.isWeighted() && (learningBelow || node.isTrainable())) {
                        paths.add(node.path());
                    }
                });
        return paths;
    }

    /**
     * Returns whether more than one weighted layer or unknown block learns, and all of them are in
     * one stage: a container, such as branches, and what is in front of it.
     *
     * @return true if so; it depends on which parameters are frozen at the call
     */
    public boolean learnsInOneStage() {
        List<Node> learning = new ArrayList<>();
        visit(
                root,
                false,
                (node, learningBelow) -> {
                    if (isUnit(node) && node.isTrainable()) {
                        learning.add(node);
                    }
                });
        return learning.size() > 1 && getStagesWithLearningBelow().isEmpty();
    }

    /**
     * Returns whether the parameters that learn are those of one weighted layer, where every rule
     * is the delta rule.
     *
     * @return true also if nothing learns; it depends on which parameters are frozen at the call
     */
    public boolean isSingleLayer() {
        return !root.isTrainable()
                || getAllLayers().stream()
                        .anyMatch(layer -> !isTrainableBeside(layer, root.parameters()));
    }

    /**
     * Counts how often a forward of the model, in evaluation mode, runs the layer that it runs most
     * often, among those that learn.
     *
     * @param model the model that the network was made of
     * @param store where parameters come from
     * @param data the inputs of the model
     * @return the number, 1 where each runs once
     */
    public int getMostRuns(Block model, ParameterStore store, NDList data) {
        Map<Parameter, Block> layersByWeight = new HashMap<>();
        getAllLayers().stream()
                .filter(layer -> Parameters.isLearning(layer.weight()))
                .forEach(layer -> layersByWeight.put(layer.weight(), layer.block()));
        Map<Parameter, Integer> runs = new HashMap<>();
        try (NDManager scope = data.head().getManager().newSubManager()) {
            ParameterStore counting =
                    new ReplacingStore(
                            store,
                            scope,
                            parameter -> {
                                Block layer = layersByWeight.get(parameter);
                                // another block may look at the weight, too
                                if (layer != null
                                        && Parameters.isOf(Parameters.askingBlock(), layer)) {
                                    runs.merge(parameter, 1, Integer::sum);
                                }
                                return Optional.empty();
                            });
            Autograd.withoutRecording(
                    () -> model.forward(counting, Autograd.copies(data, scope), false));
        }
        return runs.values().stream().max(Integer::compare).orElse(0);
    }

    /**
     * Returns the parameters that are not frozen.
     *
     * @return the parameters; they depend on which parameters are frozen at the call
     */
    public Set<Parameter> getLearningParameters() {
        return root.parameters().stream()
                .filter(Parameters::isLearning)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static boolean isTrainableBeside(Layer layer, List<Parameter> parameters) {
        List<Parameter> own = layer.ownParameters();
        return parameters.stream()
                .anyMatch(each -> Parameters.isLearning(each) && !own.contains(each));
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

    /** Returns which lambdas put units elsewhere. */
    UnitMoves moves() {
        return moves;
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
}
