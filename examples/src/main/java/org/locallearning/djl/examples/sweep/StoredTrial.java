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
package org.locallearning.djl.examples.sweep;

import java.util.List;
import org.locallearning.djl.examples.results.EpochResult;
import org.locallearning.djl.examples.results.Results;
import org.locallearning.djl.examples.results.RunResult;
import org.locallearning.djl.examples.sweep.trial.TrialOutcome;

/**
 * How far a trial has come.
 *
 * @param arguments its command line to its end, which tells it from all others
 * @param attempts how many processes were started for it so far
 * @param seconds how long those ran together, starting up and loading included
 * @param results what the last of them left, null before
 * @param failure why it goes no further: the last lines of its process, null otherwise
 * @param died whether its processes died, so that another start of the sweep tries it again, where
 *     there is a failure
 */
record StoredTrial(
        List<String> arguments,
        int attempts,
        double seconds,
        Results results,
        String failure,
        boolean died) {

    StoredTrial {
        if (results != null && (results.build() == null || results.runs().size() != 1)) {
            throw new IllegalArgumentException("The results of a trial are one run of a build.");
        }
    }

    static StoredTrial begin(List<String> arguments) {
        return new StoredTrial(arguments, 0, 0, null, null, false);
    }

    /** Returns how far the trial has come after another process. */
    StoredTrial after(TrialOutcome outcome) {
        boolean finished = outcome.kind() == TrialOutcome.Kind.FINISHED;
        return new StoredTrial(
                arguments,
                attempts + outcome.attempts(),
                seconds + outcome.seconds(),
                finished ? Results.fromJson(outcome.results()) : results,
                finished ? null : outcome.lines(),
                outcome.kind() == TrialOutcome.Kind.DIED);
    }

    /** Returns the trial as it was before it died, to be tried again. */
    StoredTrial revived() {
        return died ? new StoredTrial(arguments, attempts, seconds, results, null, false) : this;
    }

    /** Returns whether this trial and another are known to have seen different images. */
    boolean isOfOtherImages(StoredTrial other) {
        return results != null
                && other.results != null
                && results.imagesSha256() != null
                && other.results.imagesSha256() != null
                && !other.results.imagesSha256().equals(results.imagesSha256());
    }

    boolean failed() {
        return failure != null;
    }

    /** Returns the run, or null if there is none yet. */
    RunResult run() {
        return results == null ? null : results.runs().get(0);
    }

    /** Returns whether it has come so far, or will never. */
    boolean hasReached(int epoch, boolean tested) {
        return failed() || results != null && epochs() >= epoch && (!tested || isTested());
    }

    int epochs() {
        return results == null ? 0 : run().epochs().size();
    }

    boolean isTested() {
        return results != null && run().last().testLoss() != null;
    }

    /** Returns the result of an epoch that it has reached, from 1, or null. */
    EpochResult epoch(int epoch) {
        return epochs() < epoch ? null : run().epochs().get(epoch - 1);
    }
}
