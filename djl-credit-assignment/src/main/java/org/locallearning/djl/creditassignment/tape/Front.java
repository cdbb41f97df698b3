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
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.locallearning.djl.creditassignment.layer.LayerTable;

/**
 * The first blocks of a stage as they ran, up to its weighted layer, in three parts: those that
 * change the shape or {@link UnitMoves put units elsewhere}, the activation, which does neither,
 * and the rest.
 */
final class Front {

    private final SequenceNode.SequenceTrace sequence;
    private final List<ExactNode.Step> steps = new ArrayList<>();
    private final int begin;
    private final int end;

    /**
     * Creates a front.
     *
     * @param sequence the nodes in front of the weighted layer; those after a container of blocks
     *     without weights do not count
     * @param moves which lambdas put units elsewhere
     */
    Front(SequenceNode.SequenceTrace sequence, UnitMoves moves) {
        this.sequence = sequence;
        for (Trace trace : sequence.traces()) {
            if (!(trace instanceof ExactNode.ExactTrace)) {
                break;
            }
            steps.addAll(((ExactNode.ExactTrace) trace).steps());
        }
        int first = indexFrom(0, step -> keepsUnits(step, moves));
        if (first == steps.size()) {
            // without an activation, what decorrelates still belongs to the layer after it
            first = indexFrom(0, UnitMoves::isMixing);
        }
        begin = first;
        end = indexFrom(first, step -> !keepsUnits(step, moves));
    }

    /** Returns the index of the first step from one on that is as asked, or the number of steps. */
    private int indexFrom(int start, Predicate<ExactNode.Step> wanted) {
        int index = start;
        while (index < steps.size() && !wanted.test(steps.get(index))) {
            index++;
        }
        return index;
    }

    private static boolean keepsUnits(ExactNode.Step step, UnitMoves moves) {
        return !step.member().unknown()
                && step.inputs().size() == 1
                && step.outputs().size() == 1
                && step.inputs().head().getShape().equals(step.outputs().head().getShape())
                && !moves.isMoving(step);
    }

    /** Returns what comes before the activation. */
    SequenceNode.SequenceTrace upToPreActivation() {
        return first(begin);
    }

    /** Returns everything up to the end of the activation. */
    SequenceNode.SequenceTrace upToActivation() {
        return first(end);
    }

    /** Returns the first blocks, which may end within a node. */
    private SequenceNode.SequenceTrace first(int count) {
        List<Node> nodes = new ArrayList<>();
        List<Trace> traces = new ArrayList<>();
        int rest = count;
        for (int i = 0; rest > 0; i++) {
            ExactNode.ExactTrace whole = (ExactNode.ExactTrace) sequence.traces().get(i);
            ExactNode.ExactTrace trace =
                    rest < whole.node().members().size() ? whole.first(rest) : whole;
            nodes.add(trace.node());
            traces.add(trace);
            rest -= trace.node().members().size();
        }
        return new SequenceNode(nodes, false)
        .new SequenceTrace(traces, sequence.inputs(), sequence.isInputErrorWanted());
    }

    /** Returns the nodes from the first one with parameters after the activation on. */
    SequenceNode.SequenceTrace parametersAfterActivation() {
        List<Node> nodes = sequence.node().nodes();
        int node = 0;
        int step = 0;
        while (step < end) {
            step += ((ExactNode) nodes.get(node)).members().size();
            node++;
        }
        // a block with parameters is a node of its own
        while (node < nodes.size() && nodes.get(node).parameters().isEmpty()) {
            node++;
        }
        return sequence.part(node, nodes.size());
    }

    /** Returns whether a block of the activation runs again by other operations than it ran. */
    boolean hasRerun(LayerTable table) {
        return steps.subList(begin, end).stream()
                .anyMatch(step -> table.rerunOf(step.member().block()).isPresent());
    }

    /** Runs the activation on another array. */
    NDArray activate(Rerun rerun, NDArray preActivation) {
        NDList given = new NDList(preActivation);
        return ExactNode.Step.rerun(steps.subList(begin, end), rerun, given).singletonOrThrow();
    }
}
