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

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.locallearning.djl.creditassignment.rule.FeedbackAlignment;
import org.locallearning.djl.creditassignment.rule.FeedbackDistribution;
import org.locallearning.djl.creditassignment.rule.FeedbackSource;
import org.locallearning.djl.examples.report.Diagram;
import org.locallearning.djl.examples.report.Diagram.Layer;
import org.locallearning.djl.examples.reproduce.Reproduction;

/** Figure 9: the angle between the two pathways of each hidden neuron, before and after. */
final class NeuronAlignment extends DrawnFigure {

    private static final int INPUTS = 20;
    private static final int HIDDEN = 1000;
    private static final int OUTPUTS = 20;
    private static final int STEPS = 3000;
    private static final int INTERVAL = 100;
    private static final float RATE = 0.01f;
    private static final int BIN = 5;

    /** Creates the target. */
    NeuronAlignment() {
        super("figure-9", "Alignment of each hidden neuron with its feedback", "figure 9");
    }

    /**
     * The angles at one time.
     *
     * @param time before or after learning
     * @param mean the mean over neurons, in degrees
     * @param below the share of neurons below 90 degrees
     * @param histogram the number of neurons in each 5 degrees
     */
    record Angles(String time, double mean, double below, int[] histogram) {}

    /** {@inheritDoc} */
    @Override
    FigureContent draw(Reproduction reproduction) {
        int seed = reproduction.arguments().seed(1);
        reproduction.engine().setRandomSeed(seed);
        FeedbackSource source = FeedbackDistribution.uniform(0.5).seeded(seed);
        List<double[]> curve;
        List<Angles> angles = new ArrayList<>();
        try (NDManager manager = reproduction.engine().newBaseManager();
                RegressionTrial trial =
                        new RegressionTrial(
                                reproduction.engine(),
                                seed,
                                Teachers.learner(HIDDEN, OUTPUTS),
                                INPUTS,
                                0.05f,
                                Teachers.quadratic(manager, INPUTS, OUTPUTS))) {
            NDArray feedback =
                    source.create(
                            manager,
                            "03Linear_weight",
                            new Shape(OUTPUTS, HIDDEN),
                            DataType.FLOAT32);
            float[] values = feedback.toFloatArray();
            angles.add(angles("before", trial.weight("03Linear_weight"), values));
            trial.use(
                    FeedbackAlignment.builder()
                            .optFeedback((m, path, shape, type) -> feedback)
                            .build(),
                    RATE,
                    0);
            curve = Curves.follow(trial, 0, STEPS, INTERVAL);
            angles.add(angles("after", trial.weight("03Linear_weight"), values));
        }
        List<Layer> histograms = new ArrayList<>();
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < angles.size(); i++) {
            Angles each = angles.get(i);
            histograms.add(Layer.lines(each.time + " learning", i, List.of(steps(each.histogram))));
            rows.add(
                    List.of(
                            each.time,
                            String.format(Locale.ROOT, "%.1f°", each.mean),
                            String.format(Locale.ROOT, "%.1f %%", 100 * each.below)));
        }
        return new FigureContent(
                "A 20-1000-20 tanh net learns a random quadratic function by feedback alignment."
                        + " The angle is that between what a hidden neuron sends to the outputs and"
                        + " what it gets back from them; before learning it is about 90°.",
                List.of(
                        new Diagram(
                                "Error",
                                "step",
                                "log10 of NSE",
                                List.of(Layer.lines("feedback alignment", 2, List.of(curve)))),
                        new Diagram(
                                "Angles of forward and feedback weights",
                                "degrees",
                                "neurons",
                                histograms)),
                List.of("Learning", "Mean angle", "Neurons below 90°"),
                rows,
                angles,
                List.of(seed));
    }

    /** Returns the angles between the columns of two matrices (outputs, hidden). */
    static Angles angles(String time, float[] weight, float[] feedback) {
        int[] histogram = new int[180 / BIN];
        double sum = 0;
        int below = 0;
        int hidden = weight.length / OUTPUTS;
        for (int j = 0; j < hidden; j++) {
            double inner = 0;
            double square = 0;
            double other = 0;
            for (int i = 0; i < OUTPUTS; i++) {
                double w = weight[i * hidden + j];
                double b = feedback[i * hidden + j];
                inner += w * b;
                square += w * w;
                other += b * b;
            }
            double cosine = inner / Math.sqrt(square * other);
            double angle = Math.toDegrees(Math.acos(Math.max(-1, Math.min(1, cosine))));
            sum += angle;
            below += angle < 90 ? 1 : 0;
            histogram[Math.min(histogram.length - 1, (int) (angle / BIN))]++;
        }
        return new Angles(time, sum / hidden, (double) below / hidden, histogram);
    }

    private static List<double[]> steps(int[] histogram) {
        List<double[]> line = new ArrayList<>();
        for (int i = 0; i < histogram.length; i++) {
            line.add(new double[] {i * BIN, histogram[i]});
            line.add(new double[] {(i + 1) * BIN, histogram[i]});
        }
        return line;
    }
}
