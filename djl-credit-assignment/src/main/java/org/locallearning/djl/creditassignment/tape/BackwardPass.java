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

import java.util.Optional;

/**
 * What one way back through a tape, or a piece of it, needs.
 *
 * @param feedback how the error passes weighted layers
 * @param localErrors the errors that regions have of their own, if there are such
 * @param keepGraph whether the piece is to be sent back through again
 * @param inputErrorsWanted whether the errors at the inputs of the piece are wanted
 */
record BackwardPass(
        Feedback feedback,
        Optional<LocalErrors> localErrors,
        boolean keepGraph,
        boolean inputErrorsWanted) {

    /** Returns the way back through a part of the piece. */
    BackwardPass within(boolean errorsWantedAtInputs) {
        return new BackwardPass(feedback, localErrors, keepGraph, errorsWantedAtInputs);
    }

    /** Returns whether a region has an error of its own. */
    boolean hasOwnError(RegionTrace region) {
        return localErrors.isPresent() && localErrors.get().hasError(region.getRegion());
    }
}
