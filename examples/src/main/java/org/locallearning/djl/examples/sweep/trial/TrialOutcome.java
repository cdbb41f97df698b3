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
package org.locallearning.djl.examples.sweep.trial;

import java.io.Serializable;

/**
 * What became of a job.
 *
 * @param kind how it ended
 * @param attempts how many processes were started for it
 * @param results the content of its {@code results.json}, null unless it is finished
 * @param lines the last lines that it printed, or why none could be started; null if it is finished
 * @param seconds how long its processes ran together
 */
public record TrialOutcome(Kind kind, int attempts, String results, String lines, double seconds)
        implements Serializable {

    private static final long serialVersionUID = 1L;

    /** How a job ends. */
    public enum Kind {
        /** It has results. */
        FINISHED,
        /** Its run cannot go on, and could not another time: a loss is not finite. */
        STOPPED,
        /** Every attempt died without results. */
        DIED,
        /** It cannot run here, and the others of the sweep could not either. */
        IMPOSSIBLE
    }

    /**
     * Says why no job can run.
     *
     * @param sentence what is wrong, and what to do
     * @return the outcome
     */
    public static TrialOutcome impossible(String sentence) {
        return new TrialOutcome(Kind.IMPOSSIBLE, 0, null, sentence, 0);
    }
}
