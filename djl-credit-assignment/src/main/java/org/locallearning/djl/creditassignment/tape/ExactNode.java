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
            current = pass.run(member.path(), member.block(), current);
            outputs.add(current);
        }
        return new ExactTrace(cut, outputs, inputErrorWanted);
    }

    /** A block of the run, which the table of layers may not know. */
    record Member(String path, Block block, boolean unknown) {}

    private static final class ExactTrace extends Trace {

        private final Cut cut;
        private final List<NDList> outputs;

        ExactTrace(Cut cut, List<NDList> outputs, boolean inputErrorWanted) {
            super(inputErrorWanted);
            this.cut = cut;
            this.outputs = outputs;
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
            Errors.send(outputs(), errors, pass.keepGraph());
            return isInputErrorWanted(pass) ? cut.takeErrors(pass.keepGraph()) : new NDList();
        }

        /** {@inheritDoc} */
        @Override
        void release() {
            outputs.forEach(arrays -> closeOwn(arrays, cut.scope()));
            cut.arrays().close();
        }
    }
}
