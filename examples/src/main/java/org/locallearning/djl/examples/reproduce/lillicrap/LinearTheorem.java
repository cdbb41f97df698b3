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

import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.locallearning.djl.examples.report.Diagram;
import org.locallearning.djl.examples.report.Diagram.Layer;
import org.locallearning.djl.examples.reproduce.Reproduction;

/** Note 11: from zero weights the error of a linear net goes to zero, and C stays zero. */
final class LinearTheorem extends DrawnFigure {

    private static final double[] RATES = {0.08, 0.04, 0.02};
    private static final double TIME = 60;
    private static final int MEASURED = 100;

    /** Below this V is what rounding leaves of it. */
    private static final double ROUNDING = 1e-24;

    /** Creates the target. */
    LinearTheorem() {
        super("note-11", "Feedback alignment takes the error of a linear net to zero", "note 11");
    }

    /**
     * One run.
     *
     * @param rate the rate η
     * @param steps the number of steps
     * @param error the last normalized squared error
     * @param invariant the norm of C at the end
     * @param falling whether V fell from measurement to measurement
     */
    record Run(double rate, int steps, double error, double invariant, boolean falling) {}

    /** {@inheritDoc} */
    @Override
    FigureContent draw(Reproduction reproduction) {
        int seed = reproduction.arguments().seed(1);
        List<Run> runs = new ArrayList<>();
        List<Layer> errors = new ArrayList<>();
        List<Layer> invariants = new ArrayList<>();
        for (int r = 0; r < RATES.length; r++) {
            reproduction.engine().setRandomSeed(seed);
            try (NDManager manager = reproduction.engine().newBaseManager()) {
                LinearNet net = new LinearNet(manager, 30, 20, 10, 0);
                int steps = (int) Math.round(TIME / RATES[r]);
                int interval = steps / MEASURED;
                List<double[]> error = new ArrayList<>();
                List<double[]> invariant = new ArrayList<>();
                boolean falling = true;
                double last = Double.POSITIVE_INFINITY;
                for (int step = 0; step <= steps; step++) {
                    if (step % interval == 0) {
                        double time = step * RATES[r];
                        error.add(new double[] {time, Math.log10(net.normalizedSquaredError())});
                        invariant.add(new double[] {time, net.normOfInvariant()});
                        double lyapunov = net.lyapunov();
                        falling &= lyapunov < last || lyapunov < ROUNDING;
                        last = lyapunov;
                    }
                    net.step(RATES[r], true, true);
                }
                runs.add(
                        new Run(
                                RATES[r],
                                steps,
                                net.normalizedSquaredError(),
                                net.normOfInvariant(),
                                falling));
                String name = String.format(Locale.ROOT, "η = %s", RATES[r]);
                errors.add(Layer.lines(name, r, List.of(error)));
                invariants.add(Layer.lines(name, r, List.of(invariant)));
            }
        }
        List<List<String>> rows = new ArrayList<>();
        for (Run run : runs) {
            rows.add(
                    List.of(
                            String.valueOf(run.rate),
                            String.valueOf(run.steps),
                            String.format(Locale.ROOT, "%.2e", run.error),
                            String.format(Locale.ROOT, "%.5f", run.invariant),
                            String.format(Locale.ROOT, "%.4f", run.invariant / run.rate),
                            run.falling ? "yes" : "no"));
        }
        return new FigureContent(
                "A 30-20-10 linear net from zero weights, in explicit steps. The error goes to"
                        + " zero. In continuous time C stays exactly zero; in steps of η it changes"
                        + " by −η² B E (B E)ᵀ each, so that its norm is proportional to η.",
                List.of(
                        new Diagram("Error", "time, η · steps", "log10 of NSE", errors),
                        new Diagram("Invariant", "time, η · steps", "‖C‖", invariants)),
                List.of("η", "Steps", "NSE at the end", "‖C‖", "‖C‖ / η", "V fell throughout"),
                rows,
                runs,
                List.of(seed));
    }
}
