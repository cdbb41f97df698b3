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
import ai.djl.training.ParameterServer;
import ai.djl.training.optimizer.Optimizer;
import org.locallearning.djl.creditassignment.internal.Autograd;

/**
 * Steps a parameter once, by the sum of its gradients, and gives the result to every device.
 *
 * <p>DJL's own server has the optimizer step on each device: it counts a step for each, so that
 * schedules run ahead, and takes the momentum of a device from one that has stepped already, so
 * that the copies of a parameter drift apart.
 */
final class SummedStep implements ParameterServer {

    private final Optimizer optimizer;

    SummedStep(Optimizer optimizer) {
        this.optimizer = optimizer;
    }

    /** {@inheritDoc} */
    @Override
    public void init(String parameterId, NDArray[] value) {}

    /** {@inheritDoc} */
    @Override
    public void update(String parameterId, NDArray[] grads, NDArray[] params) {
        // a copy, because some optimizers clear what they are given
        try (NDArray sum = grads[0].duplicate()) {
            for (int i = 1; i < grads.length; i++) {
                try (NDArray sent = grads[i].toDevice(sum.getDevice(), true)) {
                    sum.addi(sent);
                }
            }
            optimizer.update(parameterId, params[0], sum);
        }
        for (int i = 1; i < params.length; i++) {
            Autograd.assign(params[i], params[0]);
            // as an optimizer clears that of the copy it steps
            Autograd.clearGradient(params[i]);
        }
    }

    /** {@inheritDoc} */
    @Override
    public void close() {}
}
