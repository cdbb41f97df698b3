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
import ai.djl.nn.Block;
import ai.djl.nn.norm.Dropout;
import ai.djl.training.ParameterStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** One training forward while it runs: where parameters come from and what has been met. */
final class ForwardPass {

    private final ParameterStore store;
    private final NDList labels;
    private final NDManager scope;
    private final ProductCounter products;
    private final Optional<DropoutMasks> masks;
    private final List<Probe> probes = new ArrayList<>();

    /**
     * Creates a pass.
     *
     * @param store where parameters come from
     * @param labels the labels, for blocks that take them in training; may be null
     * @param scope the manager that closes everything the pass makes
     * @param products counts the products with weights
     * @param masks what dropout drops, or empty to let it draw as it likes
     */
    ForwardPass(
            ParameterStore store,
            NDList labels,
            NDManager scope,
            ProductCounter products,
            Optional<DropoutMasks> masks) {
        this.store = store;
        this.labels = labels;
        this.scope = scope;
        this.products = products;
        this.masks = masks;
    }

    /**
     * Returns a pass that runs a piece of the network again, on what may be other inputs.
     *
     * @param rerunStore where parameters come from
     * @param rerunScope the manager that closes everything the new pass makes
     */
    ForwardPass rerun(ParameterStore rerunStore, NDManager rerunScope) {
        return new ForwardPass(rerunStore, labels, rerunScope, products, masks);
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

    /** Returns the outputs of every block, in the order in which the blocks ran. */
    List<Probe> probes() {
        return probes;
    }

    /** Runs a block in training mode and names it if it fails. */
    NDList run(String path, Block block, NDList inputs) {
        NDList outputs;
        try {
            if (block instanceof Dropout && masks.isPresent()) {
                outputs = masks.get().run(path, block, store, inputs.singletonOrThrow());
            } else if (labels == null) {
                outputs = block.forward(store, inputs, true);
            } else {
                outputs = block.forward(store, inputs, labels, null);
            }
        } catch (EngineException e) {
            String name = path.isEmpty() ? block.getClass().getSimpleName() : path;
            throw new IllegalArgumentException(
                    String.format(
                            "Layer %s (%s) cannot run on input %s: %s",
                            name,
                            block.getClass().getSimpleName(),
                            Arrays.toString(inputs.getShapes()),
                            firstLine(e)),
                    e);
        }
        probes.add(new Probe(path, block, outputs));
        return outputs;
    }

    private static String firstLine(EngineException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    /** The outputs of a block. */
    record Probe(String path, Block block, NDList outputs) {}
}
