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
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.locallearning.djl.decorrelation.internal.BlockPath;

/** One training forward while it runs: where parameters come from and what has been met. */
final class ForwardPass {

    private final ParameterStore store;
    private final NDList labels;

    /** Blocks may add to the labels, as encoders with decoders do, for those that come after. */
    private final NDList labelsOfBlocks;

    private final NDManager scope;
    private final ProductCounter products;
    private final Optional<RerunMemory> memory;
    private final InPlaceBlocks inPlace;
    private final boolean innerFeedback;
    private final boolean rerun;
    private final List<Probe> probes = new ArrayList<>();

    /**
     * Creates a pass.
     *
     * @param store where parameters come from
     * @param labels the labels, for blocks that take them in training; may be null
     * @param scope the manager that closes everything the pass makes
     * @param products counts the products with weights
     * @param memory what is kept to run again, or empty if that is not going to happen
     * @param inPlace which blocks change their inputs in place
     * @param innerFeedback whether pieces run on copies of the weights inside, so that an error can
     *     pass them through others
     */
    ForwardPass(
            ParameterStore store,
            NDList labels,
            NDManager scope,
            ProductCounter products,
            Optional<RerunMemory> memory,
            InPlaceBlocks inPlace,
            boolean innerFeedback) {
        this(store, labels, scope, products, memory, inPlace, innerFeedback, false);
    }

    private ForwardPass(
            ParameterStore store,
            NDList labels,
            NDManager scope,
            ProductCounter products,
            Optional<RerunMemory> memory,
            InPlaceBlocks inPlace,
            boolean innerFeedback,
            boolean rerun) {
        this.store = store;
        this.labels = labels;
        labelsOfBlocks = labels == null ? null : new NDList(labels);
        this.scope = scope;
        this.products = products;
        this.memory = memory;
        this.inPlace = inPlace;
        this.innerFeedback = innerFeedback;
        this.rerun = rerun;
    }

    /**
     * Returns a pass that runs a piece of the network again, on what may be other inputs.
     *
     * @param rerunStore where parameters come from
     * @param rerunScope the manager that closes everything the new pass makes
     */
    ForwardPass rerun(ParameterStore rerunStore, NDManager rerunScope) {
        return new ForwardPass(
                rerunStore, labels, rerunScope, products, memory, inPlace, false, true);
    }

    NDManager scope() {
        return scope;
    }

    ParameterStore store() {
        return store;
    }

    /** Returns where the parameters of the block at a path come from. */
    ParameterStore storeFor(String path) {
        return store instanceof RerunStore ? ((RerunStore) store).forUse(path) : store;
    }

    ProductCounter products() {
        return products;
    }

    NDList labels() {
        return labels;
    }

    /** Returns whether pieces run on copies of the weights inside. */
    boolean hasInnerFeedback() {
        return innerFeedback;
    }

    /** Returns the outputs of every block, in the order in which the blocks ran. */
    List<Probe> probes() {
        return probes;
    }

    /**
     * Runs a block in training mode and names it if it fails.
     *
     * @param path the path of the block
     * @param block the block
     * @param arrays the inputs
     * @param recorded whether something below the block learns
     * @param shared whether the inputs are used elsewhere, too
     */
    NDList run(String path, Block block, NDList arrays, boolean recorded, boolean shared) {
        return run(storeFor(path), path, block, arrays, recorded, shared);
    }

    /**
     * Runs a block as {@link #run(String, Block, NDList, boolean, boolean)} does, on what may be
     * other parameters.
     *
     * @param parameters where its parameters come from
     */
    NDList run(
            ParameterStore parameters,
            String path,
            Block block,
            NDList arrays,
            boolean recorded,
            boolean shared) {
        NDList outputs;
        if (!rerun) {
            memory.ifPresent(kept -> kept.beforeUse(path, block));
        }
        // a block that fails may have closed its inputs
        Shape[] shapes = arrays.getShapes();
        try {
            outputs =
                    inPlace.run(
                            block,
                            List.of(arrays),
                            inputs(recorded, shared),
                            given -> forward(parameters, path, block, given));
        } catch (EngineException e) {
            throw new IllegalArgumentException(
                    String.format(
                            "%s cannot run on input %s: %s",
                            name(path, block), Arrays.toString(shapes), firstLine(e)),
                    e);
        } catch (InPlaceBlocks.InPlaceException e) {
            throw new IllegalArgumentException(name(path, block) + " " + e.getMessage(), e);
        }
        probes.add(new Probe(path, block, outputs));
        return outputs;
    }

    private static String name(String path, Block block) {
        String type = block.getClass().getSimpleName();
        return String.format("Layer %s (%s)", path.isEmpty() ? type : path, type);
    }

    private InPlaceBlocks.Inputs inputs(boolean recorded, boolean shared) {
        if (rerun) {
            return InPlaceBlocks.Inputs.OWN;
        }
        if (recorded) {
            return shared ? InPlaceBlocks.Inputs.SHARED : InPlaceBlocks.Inputs.OWN;
        }
        return memory.isPresent() ? InPlaceBlocks.Inputs.KEPT : InPlaceBlocks.Inputs.GIVEN;
    }

    private NDList forward(
            ParameterStore parameters, String path, Block block, List<NDList> inputs) {
        NDList given = inputs.get(0);
        if (block instanceof Dropout && memory.isPresent()) {
            return memory.get().masks().run(path, block, parameters, given.singletonOrThrow());
        }
        return labels == null
                ? block.forward(parameters, given, true)
                : block.forward(parameters, given, labelsOfBlocks, null);
    }

    /**
     * Combines the outputs of branches and names their block if that fails.
     *
     * @param node the branches
     * @param outputs the outputs of each
     * @param function what combines them
     * @param recorded whether something in or below the branches learns
     */
    NDList combine(
            ParallelNode node,
            List<NDList> outputs,
            Function<List<NDList>, NDList> function,
            boolean recorded) {
        try {
            return inPlace.run(node, outputs, inputs(recorded, node.isInputShared()), function);
        } catch (EngineException e) {
            throw new IllegalArgumentException(
                    String.format("%s failed: %s", name(node), firstLine(e)), e);
        } catch (InPlaceBlocks.InPlaceException e) {
            throw new IllegalArgumentException(name(node) + " " + e.getMessage(), e);
        }
    }

    private static String name(ParallelNode node) {
        return String.format(
                "The function that joins the branches of %s", BlockPath.display(node.path()));
    }

    private static String firstLine(EngineException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    /** The outputs of a block. */
    record Probe(String path, Block block, NDList outputs) {}
}
