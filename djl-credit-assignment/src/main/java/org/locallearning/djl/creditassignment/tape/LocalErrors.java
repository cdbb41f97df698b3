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

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;

/**
 * Errors that regions have of their own, in place of what would arrive from above: the way back
 * through a tape is cut above each such region.
 *
 * <p>Regions are met from the last to the first, those in the branches of a region after itself.
 */
public interface LocalErrors {

    /**
     * Returns whether a region has an error of its own. Nothing is then sent to it from above.
     *
     * @param region the region
     * @return true if {@link #getError} gives it
     */
    boolean hasError(Region region);

    /**
     * Returns the error of a region that has one of its own. Its layer takes it as the error at the
     * pre-activation, without a derivative of the activation; parameters of the activation, such as
     * those of a normalization, take it as the error at the activation's output.
     *
     * @param region the region
     * @return the error, of the shape of the region's pre-activation; closed after its use
     */
    NDArray getError(RegionTrace region);

    /**
     * Called when an error arrives from above at a region that has none of its own.
     *
     * @param region the region
     * @param errors the error at each output of the region's layer or block; closed after its use
     */
    void onArrival(RegionTrace region, NDList errors);
}
