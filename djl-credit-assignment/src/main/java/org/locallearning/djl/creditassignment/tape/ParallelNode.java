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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
    Optional<Region> region() {
        return Optional.of(
                new Region(path, branches.stream().map(SequenceNode::regionsOf).toList()));
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
        return new ParallelTrace(traces, cuts, combined, inputErrorWanted);
    }

    private final class ParallelTrace extends Trace {

        private final List<Trace> traces;
        private final List<Cut> cuts;
        private final NDList combined;

        ParallelTrace(
                List<Trace> traces, List<Cut> cuts, NDList combined, boolean inputErrorWanted) {
            super(inputErrorWanted);
            this.traces = traces;
            this.cuts = cuts;
            this.combined = combined;
        }

        /** {@inheritDoc} */
        @Override
        NDList outputs() {
            return combined;
        }

        /** {@inheritDoc} */
        @Override
        NDList rerun(Rerun rerun, NDList inputs) {
            if (!isInputErrorWanted() && !isTrainable()) {
                return combined;
            }
            List<NDList> outputs = new ArrayList<>(traces.size());
            for (Trace trace : traces) {
                outputs.add(trace.rerun(rerun, inputs));
            }
            List<NDList> own = outputs.stream().map(rerun::alias).toList();
            NDList result = rerun.combine(ParallelNode.this, own, combine);
            for (int i = 0; i < own.size(); i++) {
                rerun.close(own.get(i), List.of(result));
                rerun.close(outputs.get(i), List.of(result, inputs));
            }
            return result;
        }

        /** {@inheritDoc} */
        @Override
        NDList backward(NDList errors, BackwardPass pass) {
            Errors.send(combined, errors, cuts, pass.keepGraph());
            NDList sum = null;
            for (int i = 0; i < traces.size(); i++) {
                // taken in any case, or they would add to those of the next way back
                NDList branchErrors = cuts.get(i).takeErrors(pass.keepGraph());
                boolean learns = pass.gradientsWanted() && branches.get(i).isTrainable();
                if (!isInputErrorWanted(pass) && !learns) {
                    continue;
                }
                NDList inputErrors = traces.get(i).backwardAndRelease(branchErrors, pass);
                if (isInputErrorWanted(pass)) {
                    sum = sum == null ? inputErrors : Errors.sum(sum, inputErrors);
                }
            }
            return sum == null ? new NDList() : sum;
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
