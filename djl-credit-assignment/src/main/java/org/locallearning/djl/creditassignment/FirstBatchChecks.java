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
package org.locallearning.djl.creditassignment;

import ai.djl.ndarray.NDList;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.util.Optional;
import java.util.Set;
import org.locallearning.djl.creditassignment.tape.Network;
import org.locallearning.djl.creditassignment.tape.Tape;

/** Checks that need a batch to run, made once: whether the blocks do what is assumed of them. */
final class FirstBatchChecks {

    private final CreditAssignment rule;
    private final Network network;
    private final CreditAssigner assigner;
    private Set<Parameter> learning;
    private boolean sequencesChecked;
    private boolean usesChecked;
    private boolean rerunChecked;

    FirstBatchChecks(CreditAssignment rule, Network network, CreditAssigner assigner) {
        this.rule = rule;
        this.network = network;
        this.assigner = assigner;
        learning = network.getLearningParameters();
    }

    /**
     * Checks anew what was checked when the trainer was made, where parameters were frozen or
     * unfrozen since.
     *
     * @throws IllegalArgumentException if the rule would now be backpropagation by another name
     */
    void checkFreezing() {
        Set<Parameter> now = network.getLearningParameters();
        if (!now.equals(learning)) {
            rule.checkErrorsOfItsOwn(network);
            learning = now;
            usesChecked = false;
            rerunChecked = false;
        }
    }

    /**
     * Makes sure that a layer that alone learns, inside an unknown block, is used there once.
     *
     * @throws IllegalArgumentException if it is not, and the rule would be backpropagation between
     *     its uses
     */
    void checkUses(Block block, ParameterStore store, NDList data) {
        if (!usesChecked) {
            rule.checkSingleUse(network, block, store, data);
            usesChecked = true;
        }
    }

    /** Compares the declared sequences with the blocks that they stand for. */
    void checkSequences(Block block, ParameterStore store, NDList data) {
        if (!sequencesChecked) {
            network.checkDeclaredSequences(block, store, data);
            sequencesChecked = true;
        }
    }

    /**
     * Makes sure that blocks give the same again, where the rule runs them several times.
     *
     * @throws IllegalArgumentException if one does not
     */
    void checkRerunnable(Tape tape) {
        if (rerunChecked || !assigner.needsRepeatableBlocks()) {
            return;
        }
        Optional<String> notRerunnable = tape.findNotRerunnable();
        if (notRerunnable.isPresent()) {
            throw new IllegalArgumentException(
                    String.format(
                            "%s runs blocks of the network several times on a batch, but %s gives"
                                    + " different outputs for the same input; give its class a"
                                    + " rerun in the LayerTable with optLayers, or declare the walk"
                                    + " of a hand-written block with withSequence.",
                            rule.getClass().getSimpleName(), notRerunnable.get()));
        }
        rerunChecked = true;
    }
}
