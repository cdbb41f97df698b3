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
package org.locallearning.djl.examples.djlprograms;

import java.util.Optional;

/**
 * A training program as a user of DJL writes it, small: a model, a loss, data and a loop. The only
 * line that is not the user's is the one that makes the trainer, {@link Run#newTrainer}.
 */
interface Program {

    /**
     * Returns what the program trains.
     *
     * @return the title, for a table
     */
    String title();

    /**
     * Trains for {@link Run#STEPS} steps.
     *
     * @param run makes trainers, holds data and writes down losses
     * @throws Exception whatever the program throws, which is a trainer's refusal or a defect
     */
    void train(Run run) throws Exception;

    /**
     * Returns whether every step has the same batch and the same loss, so that learning shows.
     *
     * @return false for a game, whose loss depends on the opponent or on what was played
     */
    default boolean repeatsItsBatch() {
        return true;
    }

    /**
     * Returns the program without what it adds to its trainer's loss before {@code backward}.
     *
     * @return the other program, or empty if the loss is the trainer's, or none of it
     */
    default Optional<Program> withTheTrainersLossAlone() {
        return Optional.empty();
    }
}
