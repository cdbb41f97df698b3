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
import org.locallearning.djl.creditassignment.layer.BlockRerun;
import org.locallearning.djl.creditassignment.layer.LayerTable;

/**
 * The exactly differentiated blocks behind a weighted layer as they ran once, in three parts: those
 * in front that change the shape, the activation, which keeps it, and the rest.
 */
final class ExactRun {

    /** What came out of the layer. */
    private final NDList inputs;

    private final List<ExactNode.ExactTrace> traces;
    private final List<Step> steps = new ArrayList<>();
    private final int begin;
    private final int end;

    /**
     * Creates a run.
     *
     * @param inputs what came out of the layer in front
     * @param traces the blocks behind it up to the next layer
     */
    ExactRun(NDList inputs, List<ExactNode.ExactTrace> traces) {
        this.inputs = inputs;
        this.traces = List.copyOf(traces);
        for (ExactNode.ExactTrace trace : traces) {
            for (int i = 0; i < trace.members().size(); i++) {
                steps.add(new Step(trace, i));
            }
        }
        int first = 0;
        while (first < steps.size() && !steps.get(first).keepsShape()) {
            first++;
        }
        int last = first;
        while (last < steps.size() && steps.get(last).keepsShape()) {
            last++;
        }
        begin = first;
        end = last;
    }

    private NDList arraysBefore(int step) {
        return step == 0 ? inputs : steps.get(step - 1).outputs();
    }

    NDList activationInputs() {
        return arraysBefore(begin);
    }

    NDList activationOutputs() {
        return arraysBefore(end);
    }

    /** Runs the activation on another array, as the function that it was. */
    NDArray activate(Rerun rerun, NDArray other) {
        NDList given = new NDList(other);
        NDList current = given;
        for (Step step : steps.subList(begin, end)) {
            ExactNode.Member member = step.member();
            NDList next = rerun.run(member.path(), member.block(), step.run(), current);
            rerun.close(current, List.of(given, next));
            current = next;
        }
        return current.singletonOrThrow();
    }

    /** Returns whether a block of the activation runs again by other operations than it ran. */
    boolean hasRerun(LayerTable table) {
        return steps.subList(begin, end).stream()
                .anyMatch(step -> table.rerunOf(step.member().block()).isPresent());
    }

    /** Returns whether a parameter behind the activation learns. */
    boolean isTrainableBehindActivation() {
        return isTrainable(end, steps.size());
    }

    private boolean isTrainable(int from, int to) {
        return steps.subList(from, to).stream().anyMatch(step -> step.member().isTrainable());
    }

    /**
     * Sends back the errors that a region has of its own.
     *
     * @param errors the errors, of the shape of the activation
     * @param fromAbove the errors that arrived behind the run, null if none did: what learns behind
     *     the activation then learns from them, and so does the activation
     * @param pass what the way back needs
     * @return the errors at the output of the layer
     */
    NDList backward(NDList errors, NDList fromAbove, BackwardPass pass) {
        if (fromAbove != null) {
            sendFrom(steps.size(), fromAbove, pass.keepGraph() || begin > 0);
        } else if (isTrainable(begin, end)) {
            sendFrom(end, errors, pass.keepGraph() || begin > 0);
        }
        return sendFrom(begin, errors, pass.keepGraph());
    }

    /** Sends errors from the arrays in front of a step back to the output of the layer. */
    private NDList sendFrom(int position, NDList errors, boolean keepGraph) {
        NDList current = errors;
        int next = position;
        while (next > 0) {
            Step last = steps.get(next - 1);
            Cut cut = last.trace().cut();
            Errors.send(last.outputs(), current, List.of(cut), keepGraph);
            current = cut.takeErrors(keepGraph);
            next -= last.index() + 1;
        }
        return current;
    }

    void release() {
        traces.forEach(Trace::release);
    }

    /** A block of the run. */
    private record Step(ExactNode.ExactTrace trace, int index) {

        ExactNode.Member member() {
            return trace.members().get(index);
        }

        BlockRerun.FirstRun run() {
            return new BlockRerun.FirstRun(trace.arraysBefore(index), outputs());
        }

        NDList outputs() {
            return trace.arraysBefore(index + 1);
        }

        boolean keepsShape() {
            NDList before = trace.arraysBefore(index);
            NDList after = outputs();
            return !member().unknown()
                    && before.size() == 1
                    && after.size() == 1
                    && before.head().getShape().equals(after.head().getShape());
        }
    }
}
