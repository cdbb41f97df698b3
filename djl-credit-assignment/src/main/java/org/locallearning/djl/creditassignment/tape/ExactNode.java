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
import java.util.Optional;
import java.util.stream.Collectors;
import org.locallearning.djl.creditassignment.layer.Replay;

/** A run of blocks, one behind the other, that every rule differentiates exactly. */
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

    /** {@inheritDoc} */
    @Override
    Trace run(ForwardPass pass, NDList inputs, boolean inputErrorWanted) {
        Cut cut = new Cut(inputs, inputErrorWanted, pass.scope());
        List<NDList> outputs = new ArrayList<>(members.size());
        NDList current = cut.arrays();
        for (Member member : members) {
            current = pass.run(member.path(), member.block(), current);
            outputs.add(current);
        }
        return new ExactTrace(members, cut, outputs, inputErrorWanted);
    }

    /** {@inheritDoc} */
    @Override
    String path() {
        return members.get(members.size() - 1).path();
    }

    /**
     * A block of the run.
     *
     * @param unknown whether the table of layers does not know it
     * @param replay how it runs again, if that takes more than running it
     */
    record Member(String path, Block block, boolean unknown, Optional<Replay<Block>> replay) {

        boolean isTrainable() {
            return block.getParameters().values().stream().anyMatch(Parameter::requiresGradient);
        }

        /** Runs the block on other inputs as the function that it was in its first run. */
        NDList repeat(ForwardPass pass, Replay.Run first, NDList inputs) {
            ForwardPass again = pass.again(inputs.head().getManager());
            return replay.isPresent()
                    ? replay.get().run(block, again.store(), first, inputs)
                    : again.run(path, block, inputs);
        }
    }

    /** The run as it ran once. */
    static final class ExactTrace extends Trace {

        private final List<Member> members;
        private final Cut cut;
        private final List<NDList> outputs;

        ExactTrace(List<Member> members, Cut cut, List<NDList> outputs, boolean inputErrorWanted) {
            super(inputErrorWanted);
            this.members = members;
            this.cut = cut;
            this.outputs = outputs;
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
        NDList outputs() {
            return outputs.get(outputs.size() - 1);
        }

        /** {@inheritDoc} */
        @Override
        NDList backward(NDList errors, BackwardPass pass) {
            Errors.send(outputs(), errors, pass.keepGraph());
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
