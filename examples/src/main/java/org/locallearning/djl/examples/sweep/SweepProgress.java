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

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import org.locallearning.djl.examples.output.Counted;
import org.locallearning.djl.examples.report.LossValue;
import org.locallearning.djl.examples.report.Percent;
import org.locallearning.djl.examples.results.EpochResult;
import org.locallearning.djl.examples.sweep.trial.TrialRunner;

/** A line for every trial that ends, with the time that is left, and results from time to time. */
final class SweepProgress implements Sweep.Progress {

    private static final long WRITE_NANOSECONDS = 30_000_000_000L;
    private static final int MINUTE = 60;
    private static final int HOUR = 3600;

    private final PrintWriter out;
    private final SweepPlan plan;
    private final TrialRunner runner;
    private final Writer writer;
    private int trials;
    private int ended;
    private int epoch;
    private boolean test;
    private long epochsLeft;
    private long epochsTrained;
    private double seconds;
    private long written = System.nanoTime();

    /** What is called when results are to be written, not more often than every half minute. */
    @FunctionalInterface
    interface Writer {

        /** Writes the results so far. */
        void write() throws IOException;
    }

    SweepProgress(PrintWriter out, SweepPlan plan, TrialRunner runner, Writer writer) {
        this.out = out;
        this.plan = plan;
        this.runner = runner;
        this.writer = writer;
    }

    /** {@inheritDoc} */
    @Override
    public void starts(int missing, int stored, int upTo, boolean toTest, long epochsToTrain) {
        trials = missing + stored;
        ended = stored;
        epoch = upTo;
        test = toTest;
        epochsLeft = epochsToTrain + plan.workAfter(upTo);
        out.printf(
                "%s %s%s%n",
                Counted.of(trials, "trial"),
                test ? "to the end, and to the test" : "up to epoch " + epoch,
                stored == 0 ? "" : ", " + stored + " stored");
        out.flush();
    }

    /** {@inheritDoc} */
    @Override
    public void ended(Trial trial, StoredTrial before, StoredTrial after) throws IOException {
        ended++;
        epochsLeft -= Math.max(0, epoch - before.epochs());
        epochsTrained += after.epochs() - before.epochs();
        double took = after.seconds() - before.seconds();
        seconds += took;
        out.printf(
                Locale.ROOT,
                "[%d of %d] %s: %s; %s%s%n",
                ended,
                trials,
                trial,
                result(after),
                duration(took),
                left());
        out.flush();
        if (System.nanoTime() - written > WRITE_NANOSECONDS) {
            writer.write();
            written = System.nanoTime();
        }
    }

    private String result(StoredTrial trial) {
        if (trial.failed()) {
            String[] lines = trial.failure().split("\n");
            return "failed: " + lines[lines.length - 1];
        }
        EpochResult last = trial.run().last();
        return test
                ? measured(last.testAccuracy(), last.testLoss()) + " on the test images"
                : measured(last.heldOutAccuracy(), last.heldOutLoss())
                        + " held out, epoch "
                        + last.epoch();
    }

    private static String measured(Double accuracy, double loss) {
        return accuracy == null ? "loss " + LossValue.of(loss) : Percent.of(accuracy);
    }

    /** An epoch of those that are left takes as long as one of this start's, all methods alike. */
    private String left() {
        return epochsTrained == 0 || epochsLeft <= 0
                ? ""
                : "; about "
                        + duration(epochsLeft * seconds / epochsTrained / runner.parallel())
                        + " left";
    }

    /** Writes a time as a reader says it. */
    static String duration(double seconds) {
        if (seconds < MINUTE) {
            return String.format(Locale.ROOT, "%.0f s", seconds);
        }
        return seconds < HOUR
                ? String.format(Locale.ROOT, "%.0f min", seconds / MINUTE)
                : String.format(Locale.ROOT, "%.1f h", seconds / HOUR);
    }
}
