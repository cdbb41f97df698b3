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
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.locallearning.djl.creditassignment.layer.Replay;

/**
 * What every rule differentiates exactly: a run of blocks without parameters, one behind the other,
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

    static boolean hasParameters(Member member) {
        return !member.block().getParameters().isEmpty();
    }

    /** {@inheritDoc} */
    @Override
    Trace run(ForwardPass pass, NDList inputs, boolean inputErrorWanted) {
        Cut cut = new Cut(inputs, inputErrorWanted, pass.scope());
        List<NDList> outputs = new ArrayList<>(members.size());
        NDList current = cut.arrays();
        for (Member member : members) {
            current =
                    pass.run(
                            member.path(),
                            member.block(),
                            current,
                            inputErrorWanted,
                            isInputShared());
            outputs.add(current);
        }
        ExactTrace trace = new ExactTrace(cut, outputs, inputErrorWanted);
        if (!parameters().isEmpty()) {
            pass.blocks().add(trace);
        }
        return trace;
    }

    /** A block of the run, which the table of layers may not know. */
    record Member(String path, Block block, boolean unknown) {

        boolean isTrainable() {
            return block.getParameters().values().stream().anyMatch(Parameter::requiresGradient);
        }
    }

    /** The run as it ran once. */
    final class ExactTrace extends Trace implements BlockTrace {

        private final Cut cut;
        private final List<NDList> outputs;

        ExactTrace(Cut cut, List<NDList> outputs, boolean inputErrorWanted) {
            super(inputErrorWanted);
            this.cut = cut;
            this.outputs = outputs;
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
            Errors.send(outputs(), errors, List.of(cut), false);
            release();
        }

        List<Member> members() {
            return members;
        }

        Cut cut() {
            return cut;
        }

        /** Returns the inputs of a member; behind the last member the outputs of the run. */
        NDList arraysBefore(int member) {
            return member == 0 ? cut.arrays() : outputs.get(member - 1);
        }

        /** {@inheritDoc} */
        @Override
        NDList rerun(Rerun rerun, NDList inputs) {
            NDList current = outputs();
            if (isInputErrorWanted()) {
                current = inputs;
                for (int i = 0; i < members.size(); i++) {
                    NDList before = i == 0 ? cut.arrays() : outputs.get(i - 1);
                    Replay.Run first = new Replay.Run(before, outputs.get(i));
                    Member member = members.get(i);
                    NDList next = rerun.run(member.path(), member.block(), first, current);
                    rerun.close(current, List.of(inputs, next));
                    current = next;
                }
            }
            return isTrainable() ? rerun.perturb(this, current) : current;
        }

        /** {@inheritDoc} */
        @Override
        NDList outputs() {
            return outputs.get(outputs.size() - 1);
        }

        /** {@inheritDoc} */
        @Override
        NDList backward(NDList errors, BackwardPass pass) {
            if (!pass.gradientsWanted()) {
                return isInputErrorWanted(pass)
                        ? Errors.atInputs(outputs(), errors, cut.arrays())
                        : new NDList();
            }
            Errors.send(outputs(), errors, List.of(cut), pass.keepGraph());
            if (!isInputErrorWanted()) {
                return new NDList();
            }
            // they have arrived, wanted or not, and would stay there for the next way back
            NDList inputErrors = cut.takeErrors(pass.keepGraph());
            if (pass.inputErrorsWanted()) {
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
        }
    }
}
