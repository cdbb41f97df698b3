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
import ai.djl.training.ParameterStore;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Nodes one after the other. */
final class SequenceNode extends Node {

    private final List<Node> nodes;
    private final boolean returnIntermediate;

    SequenceNode(List<Node> nodes, boolean returnIntermediate) {
        super(parameters(nodes));
        this.nodes = List.copyOf(nodes);
        this.returnIntermediate = returnIntermediate;
        if (returnIntermediate) {
            this.nodes.forEach(Node::shareInput);
        }
    }

    static List<Parameter> parameters(List<Node> nodes) {
        return nodes.stream()
                .flatMap(node -> node.parameters().stream())
                .collect(Collectors.toList());
    }

    /**
     * Returns the trace of a node as that of a sequence whose every piece passes on to the next.
     */
    static SequenceTrace asSequence(
            Node node, Trace trace, NDList inputs, boolean inputErrorWanted) {
        if (trace instanceof SequenceTrace
                && !((SequenceTrace) trace).node().isReturnIntermediate()) {
            return (SequenceTrace) trace;
        }
        return new SequenceNode(List.of(node), false)
        .new SequenceTrace(List.of(trace), inputs, inputErrorWanted);
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
        int named = lastIndex(Node::isWeighted);
        named = named < 0 ? lastIndex(Node::endsStage) : named;
        named = named < 0 ? nodes.size() - 1 : named;
        return named < 0 ? "" : nodes.get(named).path();
    }

    private int lastIndex(Predicate<Node> condition) {
        for (int i = nodes.size() - 1; i >= 0; i--) {
            if (condition.test(nodes.get(i))) {
                return i;
            }
        }
        return -1;
    }

    /** {@inheritDoc} */
    @Override
    void shareInput() {
        super.shareInput();
        nodes.stream().findFirst().ifPresent(Node::shareInput);
    }

    /** {@inheritDoc} */
    @Override
    boolean isWeighted() {
        return nodes.stream().anyMatch(Node::isWeighted);
    }

    /** {@inheritDoc} */
    @Override
    boolean endsStage() {
        return true;
    }

    /** {@inheritDoc} */
    @Override
    List<StageOutline> outline() {
        return returnIntermediate
                ? List.of(new StageOutline(path(), List.of()))
                : nodes.stream().flatMap(node -> node.outline().stream()).toList();
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

    /** {@inheritDoc} */
    @Override
    NDList evaluate(ParameterStore store, NDList inputs) {
        NDList all = new NDList();
        NDList current = inputs;
        for (Node node : nodes) {
            current = node.evaluate(store, current);
            all.addAll(current);
        }
        return returnIntermediate ? all : current;
    }

    /** The sequence as it ran once. */
    final class SequenceTrace extends Trace {

        private final List<Trace> traces;
        private final NDList inputs;

        SequenceTrace(List<Trace> traces, NDList inputs, boolean inputErrorWanted) {
            super(inputErrorWanted);
            this.traces = List.copyOf(traces);
            this.inputs = inputs;
        }

        NDList inputs() {
            return inputs;
        }

        /** Returns the sequence that ran. */
        SequenceNode node() {
            return SequenceNode.this;
        }

        /** Returns the nodes of the sequence as they ran. */
        List<Trace> traces() {
            return traces;
        }

        /**
         * Returns a part of the sequence as it ran.
         *
         * @param begin the first node of the part
         * @param end the node after the last of the part
         */
        SequenceTrace part(int begin, int end) {
            NDList partInputs = begin == 0 ? inputs : traces.get(begin - 1).outputs();
            boolean wanted =
                    begin < traces.size()
                            ? traces.get(begin).isInputErrorWanted()
                            : isInputErrorWanted() || isTrainable();
            return new SequenceNode(nodes.subList(begin, end), false)
            .new SequenceTrace(traces.subList(begin, end), partInputs, wanted);
        }

        /** Returns this sequence and the one that goes on where it ends, as one. */
        SequenceTrace joinedWith(SequenceTrace next) {
            List<Node> allNodes = new ArrayList<>(nodes);
            allNodes.addAll(next.node().nodes());
            List<Trace> allTraces = new ArrayList<>(traces);
            allTraces.addAll(next.traces);
            return new SequenceNode(allNodes, false)
            .new SequenceTrace(allTraces, inputs, isInputErrorWanted());
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
        void collectBlocks(List<BlockTrace> blocks) {
            traces.forEach(trace -> trace.collectBlocks(blocks));
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
        NDList backward(NDList errors, BackwardPass backward) {
            NDList current = returnIntermediate ? null : errors;
            int end = errors.size();
            for (int i = traces.size() - 1; i >= 0; i--) {
                Trace trace = traces.get(i);
                if (returnIntermediate) {
                    int begin = end - trace.outputs().size();
                    current = sum(current, errors.subList(begin, end));
                    end = begin;
                }
                BackwardPass within = backward.within(errorsWantedBefore(i, backward));
                current = trace.backwardAndRelease(current, within);
                // nothing learns below, not even what made outputs that were returned
                if (!trace.isInputErrorWanted(within)) {
                    return new NDList();
                }
            }
            return current;
        }

        /** Returns whether errors in front of a node are of use to anything. */
        private boolean errorsWantedBefore(int node, BackwardPass backward) {
            return backward.inputErrorsWanted()
                    || backward.gradientsWanted()
                            && nodes.subList(0, node).stream().anyMatch(Node::isTrainable);
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
