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

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The sizes of pre-activations, as far as shapes tell them before anything runs. */
final class KnownUnits {

    private final Map<String, Long> units = new HashMap<>();

    private KnownUnits() {}

    /** Returns the number of units of weighted layers, by path. */
    static Map<String, Long> of(Node root) {
        KnownUnits known = new KnownUnits();
        known.collect(root);
        return known.units;
    }

    private void collect(Node node) {
        if (node instanceof ParallelNode) {
            ((ParallelNode) node).branches().forEach(this::collect);
        } else if (node instanceof SequenceNode && !((SequenceNode) node).isReturnIntermediate()) {
            List<Node> nodes = ((SequenceNode) node).nodes();
            for (int i = 0; i < nodes.size(); i++) {
                if (nodes.get(i) instanceof LayerNode) {
                    Layer layer = ((LayerNode) nodes.get(i)).layer();
                    preActivation(layer.block(), nodes.subList(i + 1, nodes.size()))
                            .ifPresent(
                                    shape -> units.put(layer.path(), shape.size() / shape.get(0)));
                } else {
                    collect(nodes.get(i));
                }
            }
        }
    }

    /** The shape of a layer's output after the blocks that change it before the activation. */
    private static Optional<Shape> preActivation(Block layer, List<Node> after) {
        if (!layer.isInitialized()) {
            return Optional.empty();
        }
        Shape shape = layer.getOutputShapes(layer.getInputShapes())[0];
        if (shape.dimension() < 2) {
            // a linear layer that was loaded has forgotten all but the width of its input
            return Optional.empty();
        }
        for (Node node : after) {
            if (node.endsStage()) {
                break;
            }
            for (ExactNode.Member member : ((ExactNode) node).members()) {
                if (member.unknown()) {
                    return Optional.empty();
                }
                Shape next = member.block().getOutputShapes(new Shape[] {shape})[0];
                if (next.equals(shape)) {
                    return Optional.of(shape);
                }
                shape = next;
            }
        }
        return Optional.of(shape);
    }
}
