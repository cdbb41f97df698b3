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
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.locallearning.djl.creditassignment.internal.Autograd;
import org.locallearning.djl.creditassignment.layer.BlockRerun;
import org.locallearning.djl.creditassignment.layer.LayerTable;

/** A second run of a network on a batch: how blocks run again, and what changes. */
class Rerun {

    private final LayerTable table;
    private final ForwardPass pass;
    private final Perturbation perturbation;
    private final NDManager scope;

    /**
     * Creates a run.
     *
     * @param table how blocks run again
     * @param pass the pass in which they do
     * @param perturbation the changes
     */
    Rerun(LayerTable table, ForwardPass pass, Perturbation perturbation) {
        this.table = table;
        this.pass = pass;
        this.perturbation = perturbation;
        scope = pass.scope();
    }

    /** Runs a block on new inputs. */
    NDList run(String path, Block block, BlockRerun.FirstRun first, NDList inputs) {
        NDList own = alias(inputs);
        ParameterStore store = pass.storeFor(path);
        Optional<BlockRerun<Block>> rerun = table.rerunOf(block);
        NDList outputs =
                rerun.isPresent()
                        ? rerun.get().run(block, store, first, own)
                        : pass.run(store, path, block, own, true, false);
        close(own, List.of(outputs));
        return outputs;
    }

    /** Combines the new outputs of branches. */
    NDList combine(
            ParallelNode node, List<NDList> branches, Function<List<NDList>, NDList> function) {
        return pass.combine(node, branches, function, true);
    }

    /** Changes the outputs of a block. */
    NDList perturb(BlockTrace block, NDList outputs) {
        NDList own = alias(outputs);
        NDList changed = perturbation.perturb(block, own);
        changed.attach(scope);
        close(own, List.of(changed));
        return changed;
    }

    /** Returns aliases that belong to this run, so that what is made of them does too. */
    NDList alias(NDList arrays) {
        NDList aliases = new NDList(arrays.size());
        for (NDArray array : arrays) {
            aliases.add(Autograd.detach(array, scope));
        }
        return aliases;
    }

    /** Closes arrays of this run, but for those that are still in use. */
    void close(NDList used, List<NDList> inUse) {
        for (NDArray array : used) {
            boolean kept = inUse.stream().anyMatch(list -> list.stream().anyMatch(a -> a == array));
            if (!kept && array.getManager() == scope) {
                array.close();
            }
        }
    }
}
