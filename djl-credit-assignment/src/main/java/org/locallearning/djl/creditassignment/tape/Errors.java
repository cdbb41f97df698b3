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
import org.locallearning.djl.creditassignment.internal.Autograd;

/** Errors on their way through pieces that the engine differentiates. */
final class Errors {

    private Errors() {}

    /**
     * Sends errors from the outputs of a graph to where it begins: to the cuts below it, and to the
     * parameters inside.
     */
    static void send(NDList outputs, NDList errors, List<Cut> cuts, boolean keepGraph) {
        List<Integer> roots = new ArrayList<>();
        for (int i = 0; i < outputs.size(); i++) {
            if (Autograd.isDifferentiable(outputs.get(i))) {
                roots.add(i);
            }
        }
        // a second error is added to the first in place, whose memory may be another's too
        if (keepGraph || roots.size() > 1) {
            cuts.forEach(cut -> Autograd.reserveGradients(cut.arrays()));
        }
        for (int i = 0; i < roots.size(); i++) {
            NDArray output = outputs.get(roots.get(i));
            boolean last = i == roots.size() - 1;
            Autograd.backward(output, errors.get(roots.get(i)), keepGraph || !last);
        }
    }

    /** Returns the errors at the inputs of a graph and leaves its parameters alone. */
    static NDList atInputs(NDList outputs, NDList errors, NDList inputs) {
        NDList atInputs = new NDList(inputs.size());
        for (NDArray input : inputs) {
            NDArray sum = null;
            for (int i = 0; i < outputs.size() && input.hasGradient(); i++) {
                if (Autograd.isDifferentiable(outputs.get(i))) {
                    NDArray part = Autograd.gradient(outputs.get(i), errors.get(i), input);
                    sum = sum == null ? part : sum.add(part);
                }
            }
            atInputs.add(sum == null ? input.zerosLike() : sum);
        }
        return atInputs;
    }

    /** Closes errors that have been sent, but for those that are sent on as they are. */
    static void close(NDList errors, NDList sentOn) {
        for (NDArray error : errors) {
            if (sentOn.stream().noneMatch(other -> other == error)) {
                error.close();
            }
        }
    }

    /** Adds errors that reach the same arrays on two ways. */
    static NDList sum(NDList some, NDList others) {
        NDList sums = new NDList(some.size());
        for (int i = 0; i < some.size(); i++) {
            sums.add(some.get(i).add(others.get(i)));
        }
        return sums;
    }
}
