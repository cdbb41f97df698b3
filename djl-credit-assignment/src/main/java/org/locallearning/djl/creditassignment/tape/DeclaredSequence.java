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

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.norm.Dropout;
import ai.djl.training.ParameterStore;
import ai.djl.util.Pair;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.locallearning.djl.creditassignment.internal.Autograd;
import org.locallearning.djl.decorrelation.internal.BlockPath;
import org.locallearning.djl.decorrelation.internal.HostValues;

/** A hand-written block with a declared sequence of the blocks that it runs. */
final class DeclaredSequence {

    /** Far above rounding, far below what another function does. */
    private static final double TOLERANCE = 1e-3;

    private final String name;
    private final List<Pair<String, Block>> children = new ArrayList<>();

    /**
     * Checks a declared sequence as far as possible before it runs.
     *
     * @param path the path of the block
     * @param block the block
     * @param sequence the blocks that it is said to run
     * @throws IllegalArgumentException if something that may learn is missing, foreign, or there
     *     twice
     */
    DeclaredSequence(String path, Block block, List<Block> sequence) {
        name = String.format("%s (%s)", BlockPath.display(path), block.getClass().getName());
        for (Pair<String, Parameter> parameter : block.getDirectParameters()) {
            throw refused(
                    "has a parameter of its own, %s, which no child would run", parameter.getKey());
        }
        for (Block child : sequence) {
            Optional<String> key = keyOf(block, child);
            if (key.isEmpty() && !child.getParameters().isEmpty()) {
                throw refused(
                        "is said to run a %s with parameters that is none of its children %s",
                        child.getClass().getSimpleName(), block.getChildren().keys());
            }
            if (key.isPresent() && children.stream().anyMatch(each -> each.getValue() == child)) {
                throw refused("is said to run its child %s twice", key.get());
            }
            String childName =
                    key.orElseGet(
                            () ->
                                    String.format(
                                            Locale.ROOT,
                                            "function%02d%s",
                                            children.size() + 1,
                                            child.getClass().getSimpleName()));
            children.add(new Pair<>(childName, child));
        }
        for (Pair<String, Block> child : block.getChildren()) {
            if (sequence.stream().anyMatch(each -> each == child.getValue())) {
                continue;
            }
            if (!child.getValue().getParameters().isEmpty()) {
                throw refused("has a child with parameters that is missing, %s", child.getKey());
            }
            if (dropouts(child.getValue()).anyMatch(each -> !holds(sequence, each))) {
                // which the comparison with the model, in evaluation mode, could not find out
                throw refused("has a dropout that is missing, %s", child.getKey());
            }
        }
    }

    private static Stream<Block> dropouts(Block block) {
        return blocks(block).filter(Dropout.class::isInstance);
    }

    private static boolean holds(List<Block> sequence, Block block) {
        return sequence.stream().flatMap(DeclaredSequence::blocks).anyMatch(each -> each == block);
    }

    /** Returns a block and all that it holds. */
    private static Stream<Block> blocks(Block block) {
        return Stream.concat(
                Stream.of(block),
                block.getChildren().values().stream().flatMap(DeclaredSequence::blocks));
    }

    private static Optional<String> keyOf(Block block, Block child) {
        for (Pair<String, Block> each : block.getChildren()) {
            if (each.getValue() == child) {
                return Optional.of(each.getKey());
            }
        }
        return Optional.empty();
    }

    private IllegalArgumentException refused(String reason, Object... arguments) {
        return new IllegalArgumentException(
                String.format(
                        "The sequence that LayerTable.withSequence was given does not fit: %s %s;"
                                + " name every child with parameters, and every dropout, once, in"
                                + " the order in which forward runs them, or leave the block"
                                + " undeclared.",
                        name, String.format(reason, arguments)));
    }

    /** Returns the blocks with the names that lead to them. */
    List<Pair<String, Block>> children() {
        return children;
    }

    /** Returns the path and class of the block. */
    @Override
    public String toString() {
        return name;
    }

    /**
     * Compares what a network computes with what the model does, in evaluation mode.
     *
     * @param names the blocks whose sequences were declared, for the message
     * @param root the network
     * @param model the model
     * @param store where parameters come from
     * @param data the inputs of the model
     * @throws IllegalArgumentException if the predictions differ
     */
    static void check(String names, Node root, Block model, ParameterStore store, NDList data) {
        try (NDManager scope = data.head().getManager().newSubManager()) {
            NDList expected =
                    Autograd.withoutRecording(
                            // a block may change its input in place
                            () -> model.forward(store, Autograd.copies(data, scope), false));
            NDList found =
                    Autograd.withoutRecording(
                            () -> root.evaluate(store, Autograd.copies(data, scope)));
            if (differ(expected, found)) {
                throw new IllegalArgumentException(
                        String.format(
                                "The model computes something else than the sequence that"
                                        + " LayerTable.withSequence was given for %s; declare what"
                                        + " forward does, activations and reshapes too, as blocks"
                                        + " without parameters, or leave the block undeclared.",
                                names));
            }
        }
    }

    private static boolean differ(NDList expected, NDList found) {
        if (expected.size() != found.size()) {
            return true;
        }
        for (int i = 0; i < expected.size(); i++) {
            if (!expected.get(i).getShape().equals(found.get(i).getShape())) {
                return true;
            }
            NDArray wide = expected.get(i).toType(DataType.FLOAT64, false);
            NDArray other = found.get(i).toType(DataType.FLOAT64, false);
            double distance = Math.sqrt(HostValues.number(wide.sub(other).square().sum()));
            if (distance > TOLERANCE * Math.sqrt(HostValues.number(wide.square().sum()))) {
                return true;
            }
        }
        return false;
    }
}
