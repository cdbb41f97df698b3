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
package org.locallearning.djl.examples.reproduce.alonso;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.optimizer.Optimizer;
import java.util.LinkedHashMap;
import java.util.Map;

/** An optimizer that leaves its work to another and measures by how much weights move. */
final class ObservedOptimizer extends Optimizer {

    private final Optimizer optimizer;
    private final Map<String, double[]> sums = new LinkedHashMap<>();
    private boolean observing;

    ObservedOptimizer(Optimizer optimizer) {
        super(new Plain());
        this.optimizer = optimizer;
    }

    /** Sets whether the coming steps are measured. */
    void observe(boolean wanted) {
        observing = wanted;
    }

    /** {@inheritDoc} */
    @Override
    public void update(String parameterId, NDArray weight, NDArray grad) {
        if (!observing) {
            optimizer.update(parameterId, weight, grad);
            return;
        }
        try (NDManager scope = grad.getManager().newSubManager()) {
            NDArray moved = weight.duplicate();
            moved.attach(scope);
            optimizer.update(parameterId, weight, grad);
            double[] sum = sums.computeIfAbsent(parameterId, id -> new double[2]);
            NDArray distance = moved.sub(weight).abs().mean();
            sum[0] += distance.getFloat();
            sum[1]++;
        }
    }

    /**
     * Returns how far the entries of a parameter moved in a step.
     *
     * @param parameterId the parameter's id
     * @return the mean of absolute values, over entries and the steps measured
     */
    double meanMove(String parameterId) {
        double[] sum = sums.get(parameterId);
        return sum[0] / sum[1];
    }

    private static final class Plain extends OptimizerBuilder<Plain> {

        /** {@inheritDoc} */
        @Override
        protected Plain self() {
            return this;
        }
    }
}
