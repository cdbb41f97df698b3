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
import ai.djl.nn.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Nodes one behind the other. */
final class SequenceNode extends Node {

    private final List<Node> nodes;
    private final boolean returnIntermediate;

    SequenceNode(List<Node> nodes, boolean returnIntermediate) {
        super(parameters(nodes));
        this.nodes = List.copyOf(nodes);
        this.returnIntermediate = returnIntermediate;
    }

    static List<Parameter> parameters(List<Node> nodes) {
        return nodes.stream()
                .flatMap(node -> node.parameters().stream())
                .collect(Collectors.toList());
    }

    List<Node> nodes() {
        return nodes;
    }

    boolean isReturnIntermediate() {
        return returnIntermediate;
    }

    /** {@inheritDoc} */
    @Override
    String path() {
        return nodes.stream()
                .filter(Node::isWeighted)
                .map(Node::path)
                .reduce((first, second) -> second)
                .orElse("");
    }

    /** {@inheritDoc} */
    @Override
    boolean isWeighted() {
        return nodes.stream().anyMatch(Node::isWeighted);
    }

    /** {@inheritDoc} */
    @Override
    SequenceTrace run(ForwardPass pass, NDList inputs, boolean inputErrorWanted) {
        List<Trace> traces = new ArrayList<>(nodes.size());
        NDList current = inputs;
        boolean wanted = inputErrorWanted;
        for (Node node : nodes) {
            Trace trace = node.run(pass, current, wanted);
            traces.add(trace);
            current = trace.outputs();
            wanted = wanted || node.isTrainable();
        }
        return new SequenceTrace(traces, inputs, inputErrorWanted);
    }

    /** The sequence as it ran once. */
    final class SequenceTrace extends Trace {

        private final List<Trace> traces;
        private final NDList inputs;

        SequenceTrace(List<Trace> traces, NDList inputs, boolean inputErrorWanted) {
            super(inputErrorWanted);
            this.traces = traces;
            this.inputs = inputs;
        }

        NDList inputs() {
            return inputs;
        }

        /**
         * Returns a part of the sequence as it ran.
         *
         * @param begin the first node of the part
         * @param end the node behind the last of the part
         */
        SequenceTrace part(int begin, int end) {
            NDList partInputs = begin == 0 ? inputs : traces.get(begin - 1).outputs();
            return new SequenceNode(nodes.subList(begin, end), returnIntermediate)
            .new SequenceTrace(
                    traces.subList(begin, end), partInputs, traces.get(begin).isInputErrorWanted());
        }

        /** Returns the sequence that ran. */
        SequenceNode node() {
            return SequenceNode.this;
        }

        /** Returns the nodes of the sequence as they ran. */
        List<Trace> traces() {
            return traces;
        }

        /** {@inheritDoc} */
        @Override
        NDList outputs() {
            if (returnIntermediate) {
                NDList all = new NDList();
                traces.forEach(trace -> all.addAll(trace.outputs()));
                return all;
            }
            return traces.isEmpty() ? inputs : traces.get(traces.size() - 1).outputs();
        }

        /** {@inheritDoc} */
        @Override
        NDList rerun(Rerun rerun, NDList newInputs) {
            NDList all = new NDList();
            NDList current = newInputs;
            for (Trace trace : traces) {
                NDList next = trace.rerun(rerun, current);
                all.addAll(next);
                if (!returnIntermediate) {
                    rerun.close(current, List.of(newInputs, next));
                }
                current = next;
            }
            return returnIntermediate ? all : current;
        }

        /** {@inheritDoc} */
        @Override
        NDList backward(NDList errors, BackwardPass pass) {
            int end = errors.size();
            NDList current = returnIntermediate ? null : errors;
            for (int i = traces.size() - 1; i >= 0; i--) {
                Trace trace = traces.get(i);
                if (returnIntermediate) {
                    int begin = end - trace.outputs().size();
                    current = sum(current, errors.subList(begin, end));
                    end = begin;
                }
                BackwardPass within =
                        pass.within(pass.inputErrorsWanted() || learnsBefore(i, pass));
                current = trace.backwardAndRelease(current, within);
                // nothing learns below, not even what made outputs that were returned
                if (!trace.isInputErrorWanted(within)) {
                    return new NDList();
                }
            }
            return current;
        }

        private boolean learnsBefore(int end, BackwardPass pass) {
            return pass.gradientsWanted()
                    && nodes.subList(0, end).stream().anyMatch(Node::isTrainable);
        }

        private NDList sum(NDList fromAbove, List<NDArray> returned) {
            if (fromAbove == null) {
                return new NDList(returned);
            }
            return Errors.sum(fromAbove, new NDList(returned));
        }

        /** {@inheritDoc} */
        @Override
        void releaseAll() {
            traces.forEach(Trace::releaseAll);
        }

        /** {@inheritDoc} */
        @Override
        void release() {
            // its nodes have released themselves
        }
    }
}
