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
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.util.List;
import org.locallearning.djl.creditassignment.internal.Parameters;

/** A piece of a network that the tape runs as a whole: a layer, a run of blocks, a container. */
abstract class Node {

    private final List<Parameter> parameters;
    private boolean inputShared;

    Node(List<Parameter> parameters) {
        this.parameters = List.copyOf(parameters);
    }

    final List<Parameter> parameters() {
        return parameters;
    }

    /** Returns whether anything in the node learns; freezing a parameter takes effect at once. */
    final boolean isTrainable() {
        return parameters.stream().anyMatch(Parameters::isLearning);
    }

    /** Notes that the inputs of the node are used elsewhere, too, by another branch for example. */
    void shareInput() {
        inputShared = true;
    }

    final boolean isInputShared() {
        return inputShared;
    }

    /** Returns the path of the block that the node stands for, or of the last one with weights. */
    abstract String path();

    /** Returns whether the node holds a weighted layer, or a block that may well be one. */
    abstract boolean isWeighted();

    /** Returns whether a stage of the sequence that the node is part of ends with it. */
    abstract boolean endsStage();

    /** Returns the stages that the node is or, if it is a sequence, has. */
    abstract List<StageOutline> outline();

    /**
     * Runs the node in training mode.
     *
     * @param pass the pass
     * @param inputs the inputs
     * @param inputErrorWanted whether something below the node learns
     * @return the trace
     */
    abstract Trace run(ForwardPass pass, NDList inputs, boolean inputErrorWanted);

    /**
     * Runs the node in evaluation mode and records nothing.
     *
     * @param store where parameters come from
     * @param inputs the inputs
     * @return the outputs
     */
    abstract NDList evaluate(ParameterStore store, NDList inputs);
}
