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
package org.locallearning.djl.creditassignment;

import java.util.Optional;

/** Refuses a step that has no credit to step by. */
final class StepGuard {

    private boolean everCredited;
    private boolean credited;
    private Optional<String> reason = Optional.empty();

    /** Notes a forward, which waits for an error from now on. */
    void recorded() {
        reason =
                Optional.of(
                        "no error has reached a forward since the last step; call backward(loss)"
                                + " with a loss of its predictions before step()");
    }

    /**
     * Notes a forward that no credit can be assigned to.
     *
     * @param why the reason, as a clause
     */
    void ranApart(String why) {
        reason = Optional.of(why);
    }

    /**
     * Notes that the credit is gone, and not by a step.
     *
     * @param why the reason, as a clause
     */
    void forgotten(String why) {
        credited = false;
        reason = Optional.of(why);
    }

    /** Notes that a forward has its credit. */
    void credited() {
        everCredited = true;
        credited = true;
    }

    /**
     * Notes that a forward has its credit, which nothing takes.
     *
     * @param why the reason, as a clause
     */
    void creditedInVain(String why) {
        everCredited = true;
        if (!credited) {
            reason = Optional.of(why);
        }
    }

    /**
     * Makes sure that there is something to step by.
     *
     * @throws IllegalStateException if not
     */
    void checkStep() {
        if (!everCredited) {
            throw new IllegalStateException(
                    "No credit was assigned since this trainer was made; call backward(loss) of its"
                            + " gradient collector before step().");
        }
        if (!credited && reason.isPresent()) {
            throw new IllegalStateException("There is nothing to step by: " + reason.get() + ".");
        }
    }

    /** Notes a step, which uses the credit up. */
    void stepped() {
        credited = false;
        reason = Optional.empty();
    }
}
