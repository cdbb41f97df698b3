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
package org.locallearning.djl.examples.reproduce.lillicrap;

import java.util.ArrayList;
import java.util.List;

/** A learning curve: the logarithm of the normalized squared error after each so many steps. */
final class Curves {

    /** A curve, as it is kept. */
    record Kept(List<double[]> points) {}

    private Curves() {}

    /** Trains and measures as it goes. */
    static List<double[]> follow(RegressionTrial trial, int firstStep, int steps, int interval) {
        return follow(trial, firstStep, steps, interval, () -> {});
    }

    /** The same, and calls something after every interval. */
    static List<double[]> follow(
            RegressionTrial trial, int firstStep, int steps, int interval, Runnable done) {
        List<double[]> curve = new ArrayList<>();
        for (int step = 0; step <= steps; step += interval) {
            curve.add(new double[] {firstStep + step, Math.log10(trial.normalizedSquaredError())});
            if (step < steps) {
                trial.train(interval);
                done.run();
            }
        }
        return curve;
    }

    /** Returns the last normalized squared error of a curve. */
    static double last(List<double[]> curve) {
        return Math.pow(10, curve.get(curve.size() - 1)[1]);
    }
}
