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
package org.locallearning.djl.creditassignment.optimizer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Parameter;
import ai.djl.training.optimizer.Optimizer;
import java.util.Objects;
import java.util.Optional;
import org.locallearning.djl.decorrelation.internal.Descriptions;
import org.locallearning.djl.decorrelation.internal.HostNumber;

/**
 * Projects the gradient of every parameter onto a ball before another optimizer uses it: {@code
 * Nm(Δ, c) = c Δ / ‖Δ‖ if ‖Δ‖ ≥ c, else Δ}, with the Frobenius norm of each parameter's gradient
 * {@code Δ}.
 *
 * <p>It works with every rule and with the stock trainer: {@code
 * config.optOptimizer(ProjectedOptimizer.builder().setOptimizer(adam).build())}. Use it if single
 * batches would throw the weights far off; under Adam, which divides by the size of gradients, it
 * matters little. Cost: a norm and a product per element, no matrix product. The other optimizer's
 * weight decay is not projected.
 *
 * <p>Ororbia, Mali, Kifer and Giles, "Reducing the computational burden of deep learning with
 * recursive local representation alignment", arXiv:2002.03911 (2020), appendix "Update
 * re-projection", after Pascanu et al. (2013). The paper uses it for every algorithm but never
 * states {@code c}; 1 is this library's choice.
 */
public final class ProjectedOptimizer extends Optimizer
        implements RuleParameterListener, StatefulOptimizer {

    private final Optimizer optimizer;
    private final double radius;

    private ProjectedOptimizer(Builder builder) {
        super(new Unscaled());
        optimizer = builder.optimizer;
        radius = builder.radius;
    }

    /** {@inheritDoc} */
    @Override
    public void update(String parameterId, NDArray weight, NDArray grad) {
        try (NDManager scope = grad.getManager().newSubManager()) {
            NDArray projected = project(grad, radius);
            projected.attach(scope);
            optimizer.update(parameterId, weight, projected);
        }
    }

    /** Passes a parameter of a rule on to the other optimizer. */
    @Override
    public void onRuleParameter(Parameter parameter) {
        if (optimizer instanceof RuleParameterListener) {
            ((RuleParameterListener) optimizer).onRuleParameter(parameter);
        }
    }

    /** Returns the optimizer that gets the projected gradients. */
    @Override
    public Optional<Optimizer> getInner() {
        return Optional.of(optimizer);
    }

    /** Returns the optimizer, its setting and the other optimizer. */
    @Override
    public String toString() {
        return String.format(
                "ProjectedOptimizer(radius %s, %s)", radius, Descriptions.of(optimizer));
    }

    /**
     * Projects an array onto a ball around zero. The direction stays as it is, and a second
     * projection changes nothing.
     *
     * @param array the array, of any shape
     * @param radius the radius {@code c} of the ball
     * @return a new array of the same shape, of norm {@code min(‖array‖, c)}
     */
    public static NDArray project(NDArray array, double radius) {
        try (NDManager scope = array.getManager().newSubManager()) {
            NDArray alias = array.stopGradient();
            alias.attach(scope);
            DataType type = array.getDataType();
            // squares of half precision overflow and underflow
            NDArray exact =
                    type == DataType.FLOAT64 ? alias : alias.toType(DataType.FLOAT32, false);
            exact.attach(scope);
            // no value is read, so that a device need not wait
            NDArray norm = HostNumber.maximum(exact.square().sum().sqrt(), radius);
            NDArray scale = HostNumber.muli(HostNumber.with(norm, -1, NDArray::pow), radius);
            NDArray projected = exact.mul(scale).toType(type, false);
            projected.attach(array.getManager());
            return projected;
        }
    }

    /**
     * Creates a builder.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** The settings of DJL's optimizers, which are all left to the other optimizer. */
    private static final class Unscaled extends OptimizerBuilder<Unscaled> {

        /** {@inheritDoc} */
        @Override
        protected Unscaled self() {
            return this;
        }
    }

    /** Builds a {@link ProjectedOptimizer}. */
    public static final class Builder {

        private Optimizer optimizer;
        private double radius = 1;

        private Builder() {}

        /**
         * Sets the optimizer that gets the projected gradients.
         *
         * @param optimizer the optimizer
         * @return this builder
         */
        public Builder setOptimizer(Optimizer optimizer) {
            this.optimizer = optimizer;
            return this;
        }

        /**
         * Sets the radius of the ball.
         *
         * @param radius the radius {@code c}, above 0; 1 by default
         * @return this builder
         */
        public Builder optRadius(double radius) {
            if (!(radius > 0 && radius < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "The radius of the ball is above 0 and finite, not " + radius + ".");
            }
            this.radius = radius;
            return this;
        }

        /**
         * Builds the optimizer.
         *
         * @return the optimizer
         */
        public ProjectedOptimizer build() {
            Objects.requireNonNull(optimizer, "Give the optimizer to project for: setOptimizer.");
            return new ProjectedOptimizer(this);
        }
    }
}
