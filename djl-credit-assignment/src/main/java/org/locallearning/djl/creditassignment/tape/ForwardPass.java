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

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.norm.Dropout;
import ai.djl.training.ParameterStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** One training forward while it runs: where parameters come from and what has been met. */
final class ForwardPass {

    private final ParameterStore store;
    private final NDList labels;
    private final NDManager scope;
    private final ProductCounter products;
    private final Optional<DropoutMasks> masks;
    private final InPlaceBlocks inPlace;
    private final List<BlockTrace> blocks = new ArrayList<>();
    private final List<LayerTrace> layers = new ArrayList<>();
    private final Map<Region, RegionTrace> regions = new LinkedHashMap<>();
    private final List<Probe> probes = new ArrayList<>();

    /**
     * Creates a pass.
     *
     * @param store where parameters come from
     * @param labels the labels, for blocks that take them in training; may be null
     * @param scope the manager that closes everything the pass makes
     * @param products counts the products with weights
     * @param masks what dropout drops, or empty to let it draw as it likes
     * @param inPlace which blocks change their inputs in place
     */
    ForwardPass(
            ParameterStore store,
            NDList labels,
            NDManager scope,
            ProductCounter products,
            Optional<DropoutMasks> masks,
            InPlaceBlocks inPlace) {
        this.store = store;
        this.labels = labels;
        this.scope = scope;
        this.products = products;
        this.masks = masks;
        this.inPlace = inPlace;
    }

    /**
     * Returns a pass that runs a piece of the network again, on what may be other inputs.
     *
     * @param repeatStore where parameters come from
     * @param repeatScope the manager that closes everything the new pass makes
     */
    ForwardPass again(ParameterStore repeatStore, NDManager repeatScope) {
        return new ForwardPass(repeatStore, labels, repeatScope, products, masks, inPlace);
    }

    NDManager scope() {
        return scope;
    }

    ParameterStore store() {
        return store;
    }

    ProductCounter products() {
        return products;
    }

    NDList labels() {
        return labels;
    }

    /** Returns the blocks with parameters of their own, in the order in which they ran. */
    List<BlockTrace> blocks() {
        return blocks;
    }

    List<LayerTrace> layers() {
        return layers;
    }

    Map<Region, RegionTrace> regions() {
        return regions;
    }

    /** Returns what every block put out, in the order in which the blocks ran. */
    List<Probe> probes() {
        return probes;
    }

    /** Runs a block in training mode and names it if it fails. */
    NDList run(String path, Block block, NDList inputs) {
        // a block that fails may have closed its inputs
        Shape[] shapes = inputs.getShapes();
        NDList outputs;
        try {
            outputs = inPlace.run(block, List.of(inputs), given -> forward(path, block, given));
        } catch (EngineException e) {
            String name = path.isEmpty() ? block.getClass().getSimpleName() : path;
            throw new IllegalArgumentException(
                    String.format(
                            "Layer %s (%s) cannot run on input %s: %s%s",
                            name,
                            block.getClass().getSimpleName(),
                            Arrays.toString(shapes),
                            firstLine(e),
                            InPlaceBlocks.remedy(e)),
                    e);
        }
        probes.add(new Probe(path, block, outputs));
        return outputs;
    }

    private NDList forward(String path, Block block, List<NDList> inputs) {
        NDList given = inputs.get(0);
        if (block instanceof Dropout && masks.isPresent()) {
            return masks.get().run(path, block, store, given.singletonOrThrow());
        }
        return labels == null
                ? block.forward(store, given, true)
                : block.forward(store, given, new NDList(labels), null);
    }

    /** Combines the outputs of branches and names their block if that fails. */
    NDList combine(
            ParallelNode node, List<NDList> branches, Function<List<NDList>, NDList> function) {
        try {
            return inPlace.run(node, branches, function);
        } catch (EngineException e) {
            throw new IllegalArgumentException(
                    String.format(
                            "The branches of %s cannot be combined: %s%s",
                            node.path().isEmpty() ? "the root" : node.path(),
                            firstLine(e),
                            InPlaceBlocks.remedy(e)),
                    e);
        }
    }

    private static String firstLine(EngineException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    /** What a block put out. */
    record Probe(String path, Block block, NDList outputs) {}
}
