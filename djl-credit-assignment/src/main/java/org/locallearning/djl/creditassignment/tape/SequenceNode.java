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
import java.util.Optional;
import java.util.stream.Collectors;

/** Nodes one behind the other. */
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

    /** Returns the regions of a node that is a sequence; other nodes have none inside. */
    static List<Region> regionsOf(Node node) {
        if (!(node instanceof SequenceNode) || ((SequenceNode) node).returnIntermediate) {
            return List.of();
        }
        return ((SequenceNode) node)
                .nodes.stream().flatMap(child -> child.region().stream()).toList();
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
    void shareInput() {
        super.shareInput();
        nodes.stream().findFirst().ifPresent(Node::shareInput);
    }

    /** {@inheritDoc} */
    @Override
    Optional<Region> region() {
        return Optional.of(new Region(path(), List.of()));
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
        List<Place> places = returnIntermediate ? List.of() : places(pass, traces);
        return new SequenceTrace(traces, places, inputs, inputErrorWanted);
    }

    /** Finds the regions among the nodes, from the last to the first. */
    private List<Place> places(ForwardPass pass, List<Trace> traces) {
        List<Place> places = new ArrayList<>();
        int end = nodes.size();
        for (int i = nodes.size() - 1; i >= 0; i--) {
            Optional<Region> region = nodes.get(i).region();
            if (region.isPresent()) {
                List<ExactNode.ExactTrace> behind = new ArrayList<>();
                for (Trace trace : traces.subList(i + 1, end)) {
                    behind.add((ExactNode.ExactTrace) trace);
                }
                ExactRun run = new ExactRun(traces.get(i).outputs(), behind);
                RegionTrace trace = new RegionTrace(region.get(), pass, run);
                pass.regions().put(region.get(), trace);
                places.add(new Place(trace, run, i, end));
                end = i;
            }
        }
        return places;
    }

    /** Where a region is among the nodes: its layer, and the end of the exact run behind it. */
    private record Place(RegionTrace region, ExactRun run, int layer, int end) {}

    /** The sequence as it ran once. */
    final class SequenceTrace extends Trace {

        private final List<Trace> traces;
        private final List<Place> places;
        private final NDList inputs;

        /** A trace for ways back on which no region has an error of its own. */
        SequenceTrace(List<Trace> traces, NDList inputs, boolean inputErrorWanted) {
            this(traces, List.of(), inputs, inputErrorWanted);
        }

        private SequenceTrace(
                List<Trace> traces, List<Place> places, NDList inputs, boolean inputErrorWanted) {
            super(inputErrorWanted);
            this.traces = traces;
            this.places = places;
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
            return returnIntermediate
                    ? backwardFromEach(errors, pass)
                    : backwardFromEnd(errors, pass);
        }

        private NDList backwardFromEach(NDList errors, BackwardPass pass) {
            int end = errors.size();
            NDList current = null;
            for (int i = traces.size() - 1; i >= 0; i--) {
                Trace trace = traces.get(i);
                int begin = end - trace.outputs().size();
                current = sum(current, errors.subList(begin, end));
                end = begin;
                BackwardPass within = pass.within(errorsWantedBefore(i, pass));
                current = trace.backwardAndRelease(current, within);
                // nothing learns below, not even what made outputs that were returned
                if (!trace.isInputErrorWanted(within)) {
                    return new NDList();
                }
            }
            return current;
        }

        private NDList backwardFromEnd(NDList errors, BackwardPass pass) {
            NDList current = errors;
            int i = traces.size();
            for (Place place : places) {
                if (pass.hasOwnError(place.region())) {
                    current = backward(current, place.end(), i, pass);
                    current = backwardOwn(place, current, pass);
                } else {
                    current = backward(current, place.layer() + 1, i, pass);
                    if (current != null && pass.localErrors().isPresent()) {
                        pass.localErrors().get().onArrival(place.region(), current);
                    }
                }
                current = backward(current, place.layer(), place.layer() + 1, pass);
                i = place.layer();
            }
            current = backward(current, 0, i, pass);
            return current == null ? new NDList() : current;
        }

        /** Sends errors through some of the nodes; null stands for errors that nothing needs. */
        private NDList backward(NDList errors, int begin, int end, BackwardPass pass) {
            NDList current = errors;
            for (int i = end - 1; i >= begin && current != null; i--) {
                Trace trace = traces.get(i);
                BackwardPass within = pass.within(errorsWantedBefore(i, pass));
                current = trace.backwardAndRelease(current, within);
                if (!trace.isInputErrorWanted(within)) {
                    current = null;
                }
            }
            return current;
        }

        /** Sends the error that a region has of its own to the output of its layer. */
        private NDList backwardOwn(Place place, NDList fromAbove, BackwardPass pass) {
            NDList own = new NDList(pass.localErrors().get().getError(place.region()));
            NDList atLayer = place.run().backward(own, fromAbove, pass);
            if (!pass.keepGraph()) {
                Errors.close(own, atLayer);
                if (fromAbove != null) {
                    Errors.close(fromAbove, atLayer);
                }
                place.run().release();
            }
            return atLayer;
        }

        /** Returns whether errors in front of a node are of use to anything. */
        private boolean errorsWantedBefore(int node, BackwardPass pass) {
            for (int i = node - 1; i >= 0; i--) {
                int end = i + 1;
                for (Place place : places) {
                    if (place.end() == end && pass.hasOwnError(place.region())) {
                        return place.run().isTrainableBehindActivation();
                    }
                }
                if (pass.gradientsWanted() && nodes.get(i).isTrainable()) {
                    return true;
                }
            }
            return pass.inputErrorsWanted();
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
