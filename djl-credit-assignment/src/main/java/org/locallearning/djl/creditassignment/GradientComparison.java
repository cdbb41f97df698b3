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
package org.locallearning.djl.creditassignment;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.locallearning.djl.creditassignment.internal.Autograd;
import org.locallearning.djl.creditassignment.tape.Feedback;
import org.locallearning.djl.creditassignment.tape.Layer;
import org.locallearning.djl.creditassignment.tape.Tape;

/**
 * Compares the gradients of a batch that are assigned twice over the same tape: by backpropagation,
 * whose gradients are taken away again, and after that by the rule.
 */
final class GradientComparison {

    private final Tape tape;
    private final NDManager scope;
    private final Map<Parameter, NDArray> values = new LinkedHashMap<>();
    private final Map<Parameter, NDArray> assigned = new LinkedHashMap<>();
    private Map<Parameter, NDArray> before;
    private Map<Parameter, NDArray> reference;

    GradientComparison(Tape tape, List<Parameter> parameters, ParameterStore store) {
        this.tape = tape;
        scope = tape.getManager();
        for (Parameter parameter : parameters) {
            if (parameter.requiresGradient()) {
                values.put(parameter, store.getValue(parameter, scope.getDevice(), true));
            }
        }
    }

    /** Takes backpropagation's gradients, and puts back what was there before. */
    void backpropagate(NDList errors) {
        before = gradients();
        tape.backward(errors, Feedback.EXACT, true);
        // what goes on to the inputs is the rule's
        tape.takeInputErrors();
        reference = gradients();
        before.forEach(this::putBack);
    }

    /** Takes note of gradients that a rule lets the optimizer use before the batch is over. */
    void addAssigned() {
        gradients().forEach(this::add);
    }

    private void add(Parameter parameter, NDArray gradient) {
        assigned.merge(parameter, gradient, NDArray::addi);
    }

    /** Returns what the rule has assigned since, beside backpropagation's gradients. */
    List<LayerCredit> credits(CreditAssigner assigner) {
        addAssigned();
        List<LayerCredit> credits = new ArrayList<>();
        for (Layer layer : tape.getNetwork().getAllLayers()) {
            Parameter weight = layer.weight();
            if (before.containsKey(weight)) {
                NDArray zero = before.get(weight);
                credits.add(
                        new LayerCredit(
                                layer,
                                assigned.get(weight).sub(zero),
                                reference.get(weight).sub(zero),
                                Autograd.detach(values.get(weight), scope),
                                assigner.getFeedback(layer)));
            }
        }
        return credits;
    }

    /** Copies the gradients as they are now. */
    private Map<Parameter, NDArray> gradients() {
        Map<Parameter, NDArray> copies = new LinkedHashMap<>();
        values.forEach(
                (parameter, value) -> {
                    try (NDArray gradient = Autograd.takeGradient(value, false)) {
                        NDArray copy = gradient.duplicate();
                        copy.attach(scope);
                        copies.put(parameter, copy);
                    }
                });
        return copies;
    }

    private void putBack(Parameter parameter, NDArray before) {
        Autograd.setGradient(values.get(parameter), before, scope);
    }
}
