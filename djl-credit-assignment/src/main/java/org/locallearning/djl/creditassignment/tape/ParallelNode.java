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
import ai.djl.training.ParameterStore;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Branches side by side on the same inputs, and the function that combines their outputs. */
final class ParallelNode extends Node {

    private final String path;
    private final List<Node> branches;
    private final Function<List<NDList>, NDList> combine;

    ParallelNode(String path, List<Node> branches, Function<List<NDList>, NDList> combine) {
        super(SequenceNode.parameters(branches));
        this.path = path;
        this.branches = List.copyOf(branches);
        this.combine = combine;
        this.branches.forEach(Node::shareInput);
    }

    List<Node> branches() {
        return branches;
    }

    /** {@inheritDoc} */
    @Override
    String path() {
        return path;
    }

    /** {@inheritDoc} */
    @Override
    void shareInput() {
        super.shareInput();
        branches.forEach(Node::shareInput);
    }

    /** {@inheritDoc} */
    @Override
    boolean endsStage() {
        return true;
    }

    /** {@inheritDoc} */
    @Override
    List<StageOutline> outline() {
        return List.of(new StageOutline(path, branches.stream().map(Node::outline).toList()));
    }

    /** {@inheritDoc} */
    @Override
    boolean isWeighted() {
        return branches.stream().anyMatch(Node::isWeighted);
    }

    /** {@inheritDoc} */
    @Override
    Trace run(ForwardPass pass, NDList inputs, boolean inputErrorWanted) {
        List<Trace> traces = new ArrayList<>(branches.size());
        List<Cut> cuts = new ArrayList<>(branches.size());
        for (Node branch : branches) {
            Trace trace = branch.run(pass, inputs, inputErrorWanted);
            traces.add(trace);
            boolean errorWanted = inputErrorWanted || branch.isTrainable();
            cuts.add(new Cut(trace.outputs(), errorWanted, pass.scope()));
        }
        boolean recorded = inputErrorWanted || isTrainable();
        List<NDList> outputs = cuts.stream().map(Cut::arrays).toList();
        NDList combined = pass.combine(this, outputs, combine, recorded);
        return new ParallelTrace(inputs, traces, cuts, combined, inputErrorWanted);
    }

    /** {@inheritDoc} */
    @Override
    NDList evaluate(ParameterStore store, NDList inputs) {
        return combine.apply(
                branches.stream().map(branch -> branch.evaluate(store, inputs)).toList());
    }

    /** The branches as they ran once. */
    final class ParallelTrace extends Trace {

        private final NDList inputs;
        private final List<Trace> traces;
        private final List<Cut> cuts;
        private final NDList combined;

        ParallelTrace(
                NDList inputs,
                List<Trace> traces,
                List<Cut> cuts,
                NDList combined,
                boolean inputErrorWanted) {
            super(inputErrorWanted);
            this.inputs = inputs;
            this.traces = traces;
            this.cuts = cuts;
            this.combined = combined;
        }

        /** Returns each branch as a sequence, if only of one node. */
        List<SequenceNode.SequenceTrace> sequences() {
            List<SequenceNode.SequenceTrace> sequences = new ArrayList<>(traces.size());
            for (int i = 0; i < traces.size(); i++) {
                sequences.add(
                        SequenceNode.asSequence(
                                branches.get(i), traces.get(i), inputs, isInputErrorWanted()));
            }
            return sequences;
        }

        /** {@inheritDoc} */
        @Override
        NDList outputs() {
            return combined;
        }

        /** {@inheritDoc} */
        @Override
        void collectBlocks(List<BlockTrace> blocks) {
            traces.forEach(trace -> trace.collectBlocks(blocks));
        }

        /** {@inheritDoc} */
        @Override
        NDList rerun(Rerun rerun, NDList newInputs) {
            if (!isInputErrorWanted() && !isTrainable()) {
                return combined;
            }
            List<NDList> outputs = new ArrayList<>(traces.size());
            for (Trace trace : traces) {
                outputs.add(trace.rerun(rerun, newInputs));
            }
            List<NDList> own = outputs.stream().map(rerun::alias).toList();
            NDList result = rerun.combine(ParallelNode.this, own, combine);
            for (int i = 0; i < own.size(); i++) {
                rerun.close(own.get(i), List.of(result));
                rerun.close(outputs.get(i), List.of(result, newInputs));
            }
            return result;
        }

        /** {@inheritDoc} */
        @Override
        NDList backward(NDList errors, BackwardPass backward) {
            List<NDList> branchErrors = backwardToBranches(errors, backward.keepGraph());
            NDList sum = null;
            for (int i = 0; i < traces.size(); i++) {
                boolean learns = backward.gradientsWanted() && branches.get(i).isTrainable();
                if (!isInputErrorWanted(backward) && !learns) {
                    continue;
                }
                NDList inputErrors =
                        traces.get(i).backwardAndRelease(branchErrors.get(i), backward);
                if (isInputErrorWanted(backward)) {
                    sum = sum == null ? inputErrors : Errors.sum(sum, inputErrors);
                }
            }
            return sum == null ? new NDList() : sum;
        }

        /**
         * Sends errors to the end of each branch.
         *
         * @return for each branch the error at each of its outputs; empty for a branch in which and
         *     below which nothing learns
         */
        List<NDList> backwardToBranches(NDList errors, boolean keepGraph) {
            Errors.send(combined, errors, cuts, keepGraph);
            // all are taken, or they would add to those of the next backward pass
            return cuts.stream().map(cut -> cut.takeErrors(keepGraph)).toList();
        }

        /** {@inheritDoc} */
        @Override
        void releaseAll() {
            traces.forEach(Trace::releaseAll);
            release();
        }

        /** {@inheritDoc} */
        @Override
        void release() {
            for (Cut cut : cuts) {
                closeOwn(combined, cut.scope());
                cut.arrays().close();
            }
        }
    }
}
