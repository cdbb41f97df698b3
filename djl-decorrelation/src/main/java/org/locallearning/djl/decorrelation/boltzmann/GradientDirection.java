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

import ai.djl.ndarray.NDManager;
import java.util.Optional;
import org.locallearning.djl.state.Stateful;

/**
 * Turns a gradient into a direction to move in: the metric of steepest ascent.
 *
 * <p>Every direction is the gradient times a positive definite matrix, so a small step along it
 * raises the objective. Where parameters are frozen, it is the step of steepest ascent by the same
 * metric among those that leave them as they are: the metric without their rows and columns counts.
 * An immutable setting; state from batch to batch is in the {@link Preconditioner} that it makes
 * for one trainer.
 */
public interface GradientDirection {

    /** Turns gradients into directions, batch after batch. */
    interface Preconditioner extends Stateful {

        /**
         * Turns a gradient into a direction.
         *
         * @param parameters the machine as it is now
         * @param data the positive phase of the batch
         * @param model the negative phase of the batch
         * @param gradient the gradient with respect to (a, b, W)
         * @return the direction, in the same order
         */
        SufficientStatistics direction(
                BoltzmannParameters parameters,
                Phase data,
                Phase model,
                SufficientStatistics gradient);

        /**
         * Turns a gradient into a direction while parameters are frozen.
         *
         * <p>As it is here, the direction neither sees the gradient of what is frozen nor moves it.
         * That is right for a metric that does not mix a, b and W. Others have to take what is
         * frozen out of the metric, or make up for changes that no step makes.
         *
         * @param parameters the machine as it is now
         * @param data the positive phase of the batch
         * @param model the negative phase of the batch
         * @param gradient the gradient with respect to (a, b, W)
         * @param learning what learns
         * @return the direction, in the same order, with zeros for what is frozen
         */
        default SufficientStatistics direction(
                BoltzmannParameters parameters,
                Phase data,
                Phase model,
                SufficientStatistics gradient,
                LearningParts learning) {
            return learning.keep(direction(parameters, data, model, learning.keep(gradient)));
        }

        /**
         * Returns the coordinates in which this direction is the plain gradient, for a direction
         * that has such.
         *
         * @return the coordinates; empty before the first batch, and without any
         */
        default Optional<WhitenedCoordinates> getCoordinates() {
            return Optional.empty();
        }
    }

    /**
     * Starts for one trainer.
     *
     * @param manager the manager of what is remembered
     * @return what turns that trainer's gradients
     */
    Preconditioner start(NDManager manager);
}
