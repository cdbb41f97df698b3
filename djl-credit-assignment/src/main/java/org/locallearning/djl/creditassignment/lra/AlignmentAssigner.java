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

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Parameter;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.locallearning.djl.creditassignment.CreditAssigner;
import org.locallearning.djl.creditassignment.rule.RuleParameters;
import org.locallearning.djl.creditassignment.tape.Layer;
import org.locallearning.djl.creditassignment.tape.Tape;
import org.locallearning.djl.state.StateReader;
import org.locallearning.djl.state.StateWriter;

/** Recursive local representation alignment at work in one trainer. */
final class AlignmentAssigner implements CreditAssigner {

    private final LocalRepresentationAlignment rule;
    private final ErrorGraph graph;
    private final RuleParameters matrices;
    private boolean activationsChecked;

    AlignmentAssigner(
            LocalRepresentationAlignment rule, ErrorGraph graph, RuleParameters matrices) {
        this.rule = rule;
        this.graph = graph;
        this.matrices = matrices;
    }

    /** {@inheritDoc} */
    @Override
    public boolean needsRerun() {
        return true;
    }

    /** Activations alone run again, which have a check of their own. */
    @Override
    public boolean needsRepeatableBlocks() {
        return false;
    }

    /** {@inheritDoc} */
    @Override
    public void assign(Tape tape, NDList errors) {
        ErrorNeurons neurons = new ErrorNeurons(tape, graph, matrices, rule);
        if (!activationsChecked) {
            neurons.checkActivations();
            activationsChecked = true;
        }
        neurons.assign(errors);
    }

    /** {@inheritDoc} */
    @Override
    public Map<String, NDArray> getRuleParameters() {
        return matrices.getValues();
    }

    /** {@inheritDoc} */
    @Override
    public Map<String, Parameter> getParameters() {
        return matrices.getParameters();
    }

    /** {@inheritDoc} */
    @Override
    public void saveState(StateWriter out) throws IOException {
        matrices.saveState(out);
    }

    /** {@inheritDoc} */
    @Override
    public Runnable loadState(StateReader in) throws IOException, MalformedModelException {
        Runnable accepted = matrices.loadState(in);
        int found = in.getNames().size();
        if (found > 0 && found < graph.getConnections().size()) {
            throw new MalformedModelException(
                    String.format(
                            Locale.ROOT,
                            "it holds %d error matrices, but this trainer has %d connections;"
                                    + " use the wiring that it was saved with.",
                            found,
                            graph.getConnections().size()));
        }
        return accepted;
    }

    /** {@inheritDoc} */
    @Override
    public String describeUnknownBlock(List<Layer> inner) {
        return "one unit, exact from the next target above; backpropagated through inside";
    }

    /** {@inheritDoc} */
    @Override
    public String describeFeedback(Layer layer) {
        List<ErrorConnection> connections = graph.getConnectionsTo(layer.path());
        if (layer.path().equals(graph.getOutput())) {
            return "error from the loss";
        }
        return connections.isEmpty()
                ? "exact, as far as the next target below"
                : "target, by the error of "
                        + connections.stream()
                                .map(ErrorConnection::from)
                                .collect(Collectors.joining(", "));
    }
}
