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

/**
 * What one backward pass through a tape, or a piece of it, needs.
 *
 * @param feedback how the error passes weighted layers
 * @param keepGraph whether there will be another backward pass through the piece
 * @param gradientsWanted whether parameters take their gradients
 * @param inputErrorsWanted whether the errors at the inputs of the piece are wanted
 */
record BackwardPass(
        Feedback feedback, boolean keepGraph, boolean gradientsWanted, boolean inputErrorsWanted) {

    /** Returns the pass that only finds the exact errors at the inputs, and may be repeated. */
    static BackwardPass ofInputErrors() {
        return new BackwardPass(Feedback.EXACT, true, false, true);
    }

    /** Returns the pass that only adds exact gradients, and may be repeated. */
    static BackwardPass ofGradients() {
        return new BackwardPass(Feedback.EXACT, true, true, false);
    }

    /** Returns the last exact pass, which adds gradients. */
    static BackwardPass last(boolean inputErrorsWanted) {
        return new BackwardPass(Feedback.EXACT, false, true, inputErrorsWanted);
    }

    /** Returns the backward pass through a part of the piece. */
    BackwardPass within(boolean errorsWantedAtInputs) {
        return new BackwardPass(feedback, keepGraph, gradientsWanted, errorsWantedAtInputs);
    }
}
