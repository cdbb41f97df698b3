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
package org.locallearning.djl.creditassignment.lra;

import java.util.ArrayList;
import java.util.List;
import org.locallearning.djl.creditassignment.tape.StageOutline;

/**
 * Decides which stage of a network sends its error to which. Stages without an incoming connection
 * learn by backpropagation from the next error neurons above them.
 *
 * <p>An error matrix has as many elements as the product of its two stages' units, which is a lot
 * between two feature maps of a convolutional net and little from the output. In such nets use
 * {@link #fromOutput} or {@link #residualBlocks}.
 */
@FunctionalInterface
public interface ErrorWiring {

    /**
     * Chooses the connections for a network.
     *
     * @param stages the stages of its outermost sequence, in the order in which they run; the last
     *     is the output
     * @return the connections, in any order
     */
    List<ErrorConnection> connect(List<StageOutline> stages);

    /**
     * Every stage of the outermost sequence sends to the one below it: the wiring of LRA-E.
     *
     * @return the wiring
     */
    static ErrorWiring chain() {
        return new NamedWiring("chain", ErrorWiring::connectInChain);
    }

    /**
     * The output sends to every stage whose number, from 1, is a multiple of the gap; the others
     * get theirs from the stage above: Algorithm 2.
     *
     * @param gap the gap {@code g}, at least 1; typically 2 or 3
     * @return the wiring
     */
    static ErrorWiring skip(int gap) {
        if (gap < 1) {
            throw new IllegalArgumentException(
                    "The gap between skip connections is at least 1 stage, not " + gap + ".");
        }
        return new NamedWiring(
                "skip " + gap,
                stages -> {
                    String output = last(stages);
                    List<ErrorConnection> connections = new ArrayList<>();
                    for (int l = stages.size() - 1; l >= 1; l--) {
                        String from = l % gap == 0 ? output : stages.get(l).path();
                        connections.add(new ErrorConnection(from, stages.get(l - 1).path()));
                    }
                    return connections;
                });
    }

    /**
     * The output sends to every other stage of the outermost sequence, so all targets can be
     * computed at once. The error matrices are small: the wiring that suits every network.
     *
     * @return the wiring
     */
    static ErrorWiring fromOutput() {
        return new NamedWiring("from output", skip(1));
    }

    /**
     * The output sends to every block of branches, such as the residual blocks of a residual net:
     * the left side of figure 2. Inside, the block's error goes back exactly. A network of several
     * stages without such a block below its output is rejected: without a connection, all of it
     * would learn by backpropagation.
     *
     * @return the wiring
     */
    static ErrorWiring residualBlocks() {
        return new NamedWiring("residual blocks", ErrorWiring::connectBlocks);
    }

    /**
     * As {@link #residualBlocks}, and inside a block every layer of a branch but its last, whose
     * error is the block's own, gets a target from what follows: from the layer above it, or, where
     * that is the branch's last, from the block. For a residual multilayer perceptron this is
     * Algorithm 2.
     *
     * @return the wiring
     */
    static ErrorWiring residualBlocksWithChains() {
        return new NamedWiring(
                "residual blocks with chains",
                stages -> {
                    List<ErrorConnection> connections = connectBlocks(stages);
                    for (StageOutline stage : stages) {
                        connectInside(stage, connections);
                    }
                    return connections;
                });
    }

    private static List<ErrorConnection> connectInChain(List<StageOutline> stages) {
        List<ErrorConnection> connections = new ArrayList<>();
        for (int i = stages.size() - 1; i >= 1; i--) {
            connections.add(new ErrorConnection(stages.get(i).path(), stages.get(i - 1).path()));
        }
        return connections;
    }

    private static List<ErrorConnection> connectBlocks(List<StageOutline> stages) {
        String output = last(stages);
        List<ErrorConnection> connections = new ArrayList<>();
        for (StageOutline stage : stages.subList(0, Math.max(0, stages.size() - 1))) {
            if (stage.isBranched()) {
                connections.add(new ErrorConnection(output, stage.path()));
            }
        }
        if (connections.isEmpty() && stages.size() > 1) {
            throw new IllegalArgumentException(
                    String.format(
                            "There is no block of branches below the output %s to send its error to:"
                                    + " with the wiring of residual blocks this network would"
                                    + " learn by backpropagation. Take ErrorWiring.fromOutput or"
                                    + " chain.",
                            output));
        }
        return connections;
    }

    private static void connectInside(StageOutline block, List<ErrorConnection> connections) {
        for (List<StageOutline> branch : block.branches()) {
            String from = block.path();
            for (int i = branch.size() - 2; i >= 0; i--) {
                connections.add(new ErrorConnection(from, branch.get(i).path()));
                from = branch.get(i).path();
            }
            // the last stage of the branch has the block's error without a matrix of its own
            branch.stream()
                    .filter(stage -> !stage.equals(branch.get(branch.size() - 1)))
                    .forEach(stage -> connectInside(stage, connections));
        }
    }

    private static String last(List<StageOutline> stages) {
        return stages.isEmpty() ? "" : stages.get(stages.size() - 1).path();
    }
}
