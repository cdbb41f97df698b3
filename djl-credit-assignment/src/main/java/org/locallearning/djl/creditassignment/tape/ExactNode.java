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
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.locallearning.djl.creditassignment.internal.Parameters;
import org.locallearning.djl.creditassignment.layer.BlockRerun;

/**
 * What every rule differentiates exactly: a run of blocks without parameters, one after the other,
 * or one block with parameters.
 */
final class ExactNode extends Node {

    private final List<Member> members;

    ExactNode(List<Member> members) {
        super(parameters(members));
        this.members = List.copyOf(members);
    }

    private static List<Parameter> parameters(List<Member> members) {
        return members.stream()
                .flatMap(member -> member.block().getParameters().values().stream())
                .collect(Collectors.toList());
    }

    List<Member> members() {
        return members;
    }

    /** {@inheritDoc} */
    @Override
    String path() {
        return members.get(members.size() - 1).path();
    }

    /** {@inheritDoc} */
    @Override
    boolean isWeighted() {
        return members.stream().anyMatch(member -> member.unknown() && hasParameters(member));
    }

    /** {@inheritDoc} */
    @Override
    boolean endsStage() {
        return isWeighted();
    }

    /** An unknown block is differentiated exactly, weighted or not. */
    @Override
    List<StageOutline> outline() {
        return List.of();
    }

    static boolean hasParameters(Member member) {
        return !member.block().getParameters().isEmpty();
    }

    /** {@inheritDoc} */
    @Override
    Trace run(ForwardPass pass, NDList inputs, boolean inputErrorWanted) {
        Cut cut = new Cut(inputs, inputErrorWanted, pass.scope());
        List<InnerLayer> inner =
                innerLayers().stream().map(layer -> new InnerLayer(layer, pass)).toList();
        Optional<WeightExchange> exchange =
                pass.hasInnerFeedback() && !inner.isEmpty()
                        ? Optional.of(new WeightExchange(inner, pass))
                        : Optional.empty();
        List<NDList> outputs = new ArrayList<>(members.size());
        NDList current = cut.arrays();
        for (Member member : members) {
            current =
                    pass.run(
                            exchange.map(WeightExchange::store)
                                    .orElseGet(() -> pass.storeFor(member.path())),
                            member.path(),
                            member.block(),
                            current,
                            inputErrorWanted,
                            isInputShared());
            outputs.add(current);
        }
        return new ExactTrace(cut, outputs, inner, exchange, inputErrorWanted);
    }

    /** {@inheritDoc} */
    @Override
    NDList evaluate(ParameterStore store, NDList inputs) {
        NDList current = inputs;
        for (Member member : members) {
            // blocks may add to the list that they get
            current = member.block().forward(store, new NDList(current), false);
        }
        return current;
    }

    /** Returns the weighted layers inside unknown blocks. */
    List<Layer> innerLayers() {
        return members.stream().flatMap(member -> member.inner().stream()).toList();
    }

    /**
     * A block of the run.
     *
     * @param path its path
     * @param block the block
     * @param unknown whether the table of layers does not know it
     * @param inner the weighted layers inside, if it is unknown
     */
    record Member(String path, Block block, boolean unknown, List<Layer> inner) {

        boolean isTrainable() {
            return block.getParameters().values().stream().anyMatch(Parameters::isLearning);
        }
    }

    /** A block of the run as it ran once. */
    record Step(Member member, NDList inputs, NDList outputs) {

        NDList rerun(Rerun rerun, NDList newInputs) {
            BlockRerun.FirstRun first = new BlockRerun.FirstRun(inputs, outputs);
            return rerun.run(member.path(), member.block(), first, newInputs);
        }

        /** Runs steps again, one after the other. */
        static NDList rerun(List<Step> steps, Rerun rerun, NDList newInputs) {
            NDList current = newInputs;
            for (Step step : steps) {
                NDList next = step.rerun(rerun, current);
                rerun.close(current, List.of(newInputs, next));
                current = next;
            }
            return current;
        }
    }

    /** The run as it ran once. */
    final class ExactTrace extends Trace implements BlockTrace {

        private final Cut cut;
        private final List<NDList> outputs;
        private final List<InnerLayer> inner;
        private final Optional<WeightExchange> exchange;

        ExactTrace(
                Cut cut,
                List<NDList> outputs,
                List<InnerLayer> inner,
                Optional<WeightExchange> exchange,
                boolean inputErrorWanted) {
            super(inputErrorWanted);
            this.cut = cut;
            this.outputs = outputs;
            this.inner = inner;
            this.exchange = exchange;
        }

        /** {@inheritDoc} */
        @Override
        public String getPath() {
            return members.get(0).path();
        }

        /** {@inheritDoc} */
        @Override
        public Block getBlock() {
            return members.get(0).block();
        }

        /** {@inheritDoc} */
        @Override
        public NDList getOutputs() {
            return outputs();
        }

        /** {@inheritDoc} */
        @Override
        public boolean isTrainable() {
            return ExactNode.this.isTrainable();
        }

        /** {@inheritDoc} */
        @Override
        public void addGradients(NDList errors) {
            if (exchange.isPresent()) {
                exchange.get().exactBackward(() -> sendLast(errors));
            } else {
                sendLast(errors);
            }
            release();
        }

        private void sendLast(NDList errors) {
            Errors.send(outputs(), errors, List.of(cut), false);
        }

        /** {@inheritDoc} */
        @Override
        void collectBlocks(List<BlockTrace> blocks) {
            if (!parameters().isEmpty()) {
                blocks.add(this);
            }
        }

        /** Returns the run, block by block. */
        List<Step> steps() {
            List<Step> steps = new ArrayList<>(members.size());
            NDList inputs = cut.arrays();
            for (int i = 0; i < members.size(); i++) {
                steps.add(new Step(members.get(i), inputs, outputs.get(i)));
                inputs = outputs.get(i);
            }
            return steps;
        }

        /** Returns the node that ran. */
        ExactNode node() {
            return ExactNode.this;
        }

        /** Returns the first blocks of the run by themselves. */
        ExactTrace first(int count) {
            return new ExactNode(members.subList(0, count))
            .new ExactTrace(cut, outputs.subList(0, count), inner, exchange, isInputErrorWanted());
        }

        /** {@inheritDoc} */
        @Override
        NDList rerun(Rerun rerun, NDList inputs) {
            NDList current = isInputErrorWanted() ? Step.rerun(steps(), rerun, inputs) : outputs();
            return isTrainable() ? rerun.perturb(this, current) : current;
        }

        /** {@inheritDoc} */
        @Override
        NDList outputs() {
            return outputs.get(outputs.size() - 1);
        }

        /** {@inheritDoc} */
        @Override
        NDList backward(NDList errors, BackwardPass backward) {
            if (exchange.isPresent()) {
                return exchange.get()
                        .backward(backward.feedback(), () -> backwardInside(errors, backward));
            }
            WeightExchange.checkExact(inner, backward.feedback());
            return backwardInside(errors, backward);
        }

        private NDList backwardInside(NDList errors, BackwardPass backward) {
            if (!backward.gradientsWanted()) {
                return isInputErrorWanted(backward)
                        ? Errors.atInputs(outputs(), errors, cut.arrays())
                        : new NDList();
            }
            Errors.send(outputs(), errors, List.of(cut), backward.keepGraph());
            // taken in any case, or they would add to those of the next backward pass
            NDList inputErrors = cut.takeErrors(backward.keepGraph());
            if (backward.inputErrorsWanted()) {
                return inputErrors;
            }
            inputErrors.close();
            return new NDList();
        }

        /** {@inheritDoc} */
        @Override
        void release() {
            outputs.forEach(arrays -> closeOwn(arrays, cut.scope()));
            cut.arrays().close();
            exchange.ifPresent(WeightExchange::release);
        }
    }
}
