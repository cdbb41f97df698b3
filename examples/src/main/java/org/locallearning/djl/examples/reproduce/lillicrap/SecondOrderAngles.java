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
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.locallearning.djl.examples.report.Diagram;
import org.locallearning.djl.examples.report.Diagram.Layer;
import org.locallearning.djl.examples.reproduce.Reproduction;

/**
 * Figure 13: the hidden changes of feedback alignment come closer to pseudobackprop than to
 * backpropagation where weights start small.
 */
final class SecondOrderAngles extends DrawnFigure {

    private static final double[] BOUNDS = {1e-4, 1e-3, 0.01, 0.05, 0.1, 0.125, 0.15, 0.2, 0.25};
    private static final double RATE = 0.02;
    private static final int STEPS = 2000;
    private static final int INTERVAL = 20;

    /** Creates the target. */
    SecondOrderAngles() {
        super(
                "figure-13",
                "Angles of feedback alignment to backpropagation and pseudobackprop",
                "figure 13");
    }

    /**
     * One run.
     *
     * @param bound weights started uniform within this bound
     * @param error the last normalized squared error
     * @param toBackpropagation the mean angle to backpropagation in the second half, in degrees
     * @param toPseudobackpropagation the same to pseudobackprop
     */
    record Run(
            double bound, double error, double toBackpropagation, double toPseudobackpropagation) {}

    /** {@inheritDoc} */
    @Override
    FigureContent draw(Reproduction reproduction) {
        int seed = reproduction.arguments().seed(1);
        List<Run> runs = new ArrayList<>();
        List<Layer> errors = new ArrayList<>();
        List<Layer> first = new ArrayList<>();
        List<Layer> second = new ArrayList<>();
        for (int i = 0; i < BOUNDS.length; i++) {
            reproduction.engine().setRandomSeed(seed);
            List<double[]> error = new ArrayList<>();
            List<double[]> toBackpropagation = new ArrayList<>();
            List<double[]> toPseudobackpropagation = new ArrayList<>();
            try (NDManager manager = reproduction.engine().newBaseManager()) {
                LinearNet net = new LinearNet(manager, 30, 20, 10, BOUNDS[i]);
                for (int step = 0; step <= STEPS; step++) {
                    if (step % INTERVAL == 0) {
                        error.add(new double[] {step, Math.log10(net.normalizedSquaredError())});
                        toBackpropagation.add(new double[] {step, net.angleToBackpropagation()});
                        toPseudobackpropagation.add(
                                new double[] {step, net.angleToPseudobackpropagation()});
                    }
                    net.step(RATE, true, true);
                }
                runs.add(
                        new Run(
                                BOUNDS[i],
                                net.normalizedSquaredError(),
                                meanOfSecondHalf(toBackpropagation),
                                meanOfSecondHalf(toPseudobackpropagation)));
            }
            String name = "ω = " + plain(BOUNDS[i]);
            errors.add(Layer.lines(name, i, List.of(error)));
            first.add(Layer.lines(name, i, List.of(toBackpropagation)));
            second.add(Layer.lines(name, i, List.of(toPseudobackpropagation)));
        }
        List<List<String>> rows = new ArrayList<>();
        for (Run run : runs) {
            rows.add(
                    List.of(
                            plain(run.bound),
                            String.format(Locale.ROOT, "%.2e", run.error),
                            String.format(Locale.ROOT, "%.1f°", run.toBackpropagation),
                            String.format(Locale.ROOT, "%.1f°", run.toPseudobackpropagation)));
        }
        return new FigureContent(
                "A 30-20-10 linear net whose weights start uniform within ±ω, everything else being"
                        + " the same. Angles are between the changes of all patterns taken"
                        + " together.",
                List.of(
                        new Diagram("Error", "step", "log10 of NSE", errors),
                        new Diagram(
                                "Feedback alignment to backpropagation", "step", "degrees", first),
                        new Diagram(
                                "Feedback alignment to pseudobackprop", "step", "degrees", second)),
                List.of("ω", "NSE at the end", "To backpropagation", "To pseudobackprop"),
                rows,
                runs,
                List.of(seed));
    }

    private static String plain(double bound) {
        return BigDecimal.valueOf(bound).stripTrailingZeros().toPlainString();
    }

    private static double meanOfSecondHalf(List<double[]> line) {
        return line.stream()
                .skip(line.size() / 2)
                .mapToDouble(point -> point[1])
                .average()
                .orElseThrow();
    }
}
