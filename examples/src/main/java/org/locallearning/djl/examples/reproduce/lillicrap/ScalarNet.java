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
package org.locallearning.djl.examples.reproduce.lillicrap;

/**
 * The network of one linear neuron in each layer, {@code y = W (A x + c) + b}, under feedback
 * alignment, for the pattern (x, y*) and the feedback weight B. Its parameters are {@code (W, b, A,
 * c)}.
 *
 * <p>Lillicrap et al. (2016), supplementary note 16 and figure 10.
 *
 * @param x the input
 * @param target the target y*
 * @param feedback the feedback weight B
 */
record ScalarNet(double x, double target, double feedback) {

    /** Returns the updates of the parameters per unit of rate, equations 75 to 78. */
    double[] update(double[] parameters) {
        double hidden = parameters[2] * x + parameters[3];
        double error = target - parameters[0] * hidden - parameters[1];
        return new double[] {error * hidden, error, feedback * error * x, feedback * error};
    }

    /**
     * Returns the derivative of the updates with respect to the parameters: equation 79 with its
     * first row corrected, where the paper has {@code h²} for {@code −h²} and {@code −W + e} for
     * {@code −W h + e}. It is not symmetric, so that the updates are the gradient of nothing.
     */
    double[][] jacobian(double[] parameters) {
        double weight = parameters[0];
        double hidden = parameters[2] * x + parameters[3];
        double error = target - weight * hidden - parameters[1];
        return new double[][] {
            {-hidden * hidden, -hidden, -weight * x * hidden + error * x, -weight * hidden + error},
            {-hidden, -1, -weight * x, -weight},
            {
                -feedback * hidden * x,
                -feedback * x,
                -feedback * weight * x * x,
                -feedback * weight * x
            },
            {-feedback * hidden, -feedback, -feedback * weight * x, -feedback * weight}
        };
    }
}
