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
package org.locallearning.djl.decorrelation.boltzmann;

/** What turns gradients by a metric of all parameters, of which it takes the part that learns. */
interface PartwisePreconditioner extends GradientDirection.Preconditioner {

    /** {@inheritDoc} */
    @Override
    default SufficientStatistics direction(
            BoltzmannParameters parameters,
            Phase data,
            Phase model,
            SufficientStatistics gradient) {
        return direction(parameters, data, model, gradient, LearningParts.all());
    }

    /** {@inheritDoc} */
    @Override
    SufficientStatistics direction(
            BoltzmannParameters parameters,
            Phase data,
            Phase model,
            SufficientStatistics gradient,
            LearningParts learning);
}
