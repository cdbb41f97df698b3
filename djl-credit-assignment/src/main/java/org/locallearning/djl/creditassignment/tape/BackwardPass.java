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
 * @param keepGraph whether the piece is to be sent back through again
 * @param gradientsWanted whether parameters take their gradients
 * @param inputErrorsWanted whether the errors at the inputs of the piece are wanted
 * @param localErrors the errors that regions have of their own, if there are such
 */
record BackwardPass(
        Feedback feedback,
        boolean keepGraph,
        boolean gradientsWanted,
        boolean inputErrorsWanted,
        Optional<LocalErrors> localErrors) {

    /** A way back on which no region has an error of its own. */
    BackwardPass(
            Feedback feedback,
            boolean keepGraph,
            boolean gradientsWanted,
            boolean inputErrorsWanted) {
        this(feedback, keepGraph, gradientsWanted, inputErrorsWanted, Optional.empty());
    }

    /** Returns the way back through a part of the piece. */
    BackwardPass within(boolean errorsWantedAtInputs) {
        return new BackwardPass(
                feedback, keepGraph, gradientsWanted, errorsWantedAtInputs, localErrors);
    }

    /** Returns whether a region has an error of its own. */
    boolean hasOwnError(RegionTrace region) {
        return localErrors.isPresent() && localErrors.get().hasError(region.getRegion());
    }
}
