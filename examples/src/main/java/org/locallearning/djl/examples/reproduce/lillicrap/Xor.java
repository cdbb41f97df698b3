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

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.locallearning.djl.creditassignment.CreditAssignment;
import org.locallearning.djl.creditassignment.rule.Backpropagation;
import org.locallearning.djl.creditassignment.rule.FeedbackAlignment;
import org.locallearning.djl.examples.report.Diagram;
import org.locallearning.djl.examples.report.Diagram.Layer;
import org.locallearning.djl.examples.reproduce.Pieces;
import org.locallearning.djl.examples.reproduce.Reproduction;

/**
 * Figure 7 and note 4: exclusive or, with two and with 25 hidden neurons.
 *
 * <p>The paper gives the rate 0.5, the first output weights and B of the small net, and the weights
 * after training. Logistic neurons, targets of 0 and 1, summed updates of all four patterns and
 * hidden weights uniform within ±1 lead there; the small net depends on its start.
 */
final class Xor extends DrawnFigure {

    private static final float[] OUTPUT_WEIGHTS = {0.15f, -0.13f};
    private static final float[] FEEDBACK = {-3.75f, -4.53f};
    private static final float[] PAPER_WEIGHTS = {-4.65f, -4.55f};
    private static final int PATTERNS = 4;
    private static final float RATE = 0.5f;
    private static final String OUTPUT = "03Linear_weight";
    private static final int STEPS = 5000;
    private static final int INTERVAL = 5;
    private static final double SOLVED = 0.01;
    private static final double FEEDBACK_DEVIATION = 3;

    /** Creates the target. */
    Xor() {
        super("figure-7", "Exclusive or", "note 4 and figure 7");
    }

    /**
     * One run.
     *
     * @param net the net and the rule
     * @param seed the seed of hidden weights
     * @param stepsToSolve the steps until the mean squared error is below 0.01, null if never
     * @param nearest for two hidden neurons, the output weights at their closest to the paper's
     * @param nearestStep the step of that
     * @param weights the output weights at the end
     * @param error the mean squared error at the end
     * @param angle the angle of the output weights to their feedback at the end, in degrees; null
     *     without feedback
     */
    record Run(
            String net,
            int seed,
            Integer stepsToSolve,
            float[] nearest,
            int nearestStep,
            float[] weights,
            double error,
            Double angle) {}

    private record Course(Run run, List<double[]> curve) {}

    /** Everything that a run depends on. */
    private record Settings(String net, int seed, int steps, float rate) {}

    /** {@inheritDoc} */
    @Override
    public Duration expectedTime() {
        return Duration.ofMinutes(2);
    }

    /** {@inheritDoc} */
    @Override
    public Set<String> options() {
        return Pieces.OPTIONS;
    }

    /** {@inheritDoc} */
    @Override
    FigureContent draw(Reproduction reproduction) throws IOException, TranslateException {
        List<Integer> seeds = reproduction.arguments().seeds(List.of(1, 2, 3, 4, 5));
        List<Run> runs = new ArrayList<>();
        List<List<String>> rows = new ArrayList<>();
        List<Diagram> diagrams = new ArrayList<>();
        Pieces pieces = new Pieces(reproduction, 2 * 2 * seeds.size());
        for (int hidden : new int[] {2, 25}) {
            List<List<double[]>> exact = new ArrayList<>();
            List<List<double[]>> random = new ArrayList<>();
            for (int seed : seeds) {
                Course backpropagation =
                        course(pieces, reproduction, "backpropagation", hidden, seed, null);
                Course alignment =
                        course(
                                pieces,
                                reproduction,
                                "feedback alignment",
                                hidden,
                                seed,
                                feedback(reproduction, hidden, seed));
                exact.add(backpropagation.curve);
                random.add(alignment.curve);
                for (Course course : List.of(backpropagation, alignment)) {
                    runs.add(course.run);
                    rows.add(row(course.run));
                }
            }
            diagrams.add(
                    new Diagram(
                            "2-" + hidden + "-1",
                            "step",
                            "mean squared error",
                            List.of(
                                    Layer.lines("backpropagation", 7, exact),
                                    Layer.lines("feedback alignment", 2, random))));
        }
        diagrams.add(scatter(reproduction, seeds.get(0), runs));
        return new FigureContent(
                solved("2-2-1", runs)
                        + "; "
                        + solved("2-25-1", runs)
                        + ". After training the output weights of the larger nets lie with their"
                        + " feedback weights, which have a deviation of "
                        + FEEDBACK_DEVIATION
                        + " where W starts from 1; the paper names neither. Its small net ends at W ="
                        + " (−4.65, −4.55).",
                diagrams,
                List.of(
                        "Net and rule",
                        "Seed",
                        "Steps to an error of " + SOLVED,
                        "W at its closest to the paper's, and when",
                        "Error at the end"),
                rows,
                runs,
                seeds);
    }

    /** Says from how many starts a net solves it by each rule. */
    private static String solved(String net, List<Run> runs) {
        List<String> counts = new ArrayList<>();
        for (String rule : List.of("backpropagation", "feedback alignment")) {
            List<Run> starts =
                    runs.stream().filter(run -> run.net.equals(net + ", " + rule)).toList();
            long solved = starts.stream().filter(run -> run.stepsToSolve != null).count();
            counts.add(rule + " from " + solved + " of " + starts.size() + " starts");
        }
        return "A " + net + " net solves it by " + String.join(", by ", counts);
    }

    private static Diagram scatter(Reproduction reproduction, int seed, List<Run> runs) {
        float[] feedback = feedback(reproduction, 25, seed);
        Run run =
                runs.stream()
                        .filter(
                                each ->
                                        each.seed == seed
                                                && each.net.equals("2-25-1, feedback alignment"))
                        .findFirst()
                        .orElseThrow();
        float[] first = outputWeights(reproduction, 25, seed);
        List<double[]> before = new ArrayList<>();
        List<double[]> after = new ArrayList<>();
        for (int i = 0; i < feedback.length; i++) {
            before.add(new double[] {feedback[i], first[i]});
            after.add(new double[] {feedback[i], run.weights[i]});
        }
        return new Diagram(
                "2-25-1, seed " + seed,
                "B",
                "W",
                List.of(
                        Layer.points("before learning", 7, before),
                        Layer.points("after", 2, after)));
    }

    private static float[] feedback(Reproduction reproduction, int hidden, int seed) {
        if (hidden == FEEDBACK.length) {
            return FEEDBACK;
        }
        return normal(reproduction, hidden, 1000 + seed, FEEDBACK_DEVIATION);
    }

    private static float[] outputWeights(Reproduction reproduction, int hidden, int seed) {
        return hidden == OUTPUT_WEIGHTS.length
                ? OUTPUT_WEIGHTS
                : normal(reproduction, hidden, 2000 + seed, 1);
    }

    private static float[] normal(
            Reproduction reproduction, int count, int seed, double deviation) {
        reproduction.engine().setRandomSeed(seed);
        try (NDManager manager = reproduction.engine().newBaseManager()) {
            return manager.randomNormal(0, (float) deviation, new Shape(count), DataType.FLOAT32)
                    .toFloatArray();
        }
    }

    /** A run by feedback alignment, or by backpropagation where the feedback is null. */
    private static Course course(
            Pieces pieces,
            Reproduction reproduction,
            String rulesName,
            int hidden,
            int seed,
            float[] feedback)
            throws IOException, TranslateException {
        String net = String.format(Locale.ROOT, "2-%d-1, %s", hidden, rulesName);
        return pieces.get(
                net + ", seed " + seed,
                new Settings(net, seed, STEPS, RATE),
                Course.class,
                STEPS + 1,
                step -> run(reproduction, new Watch(net, seed, feedback), hidden, step));
    }

    private static Course run(
            Reproduction reproduction, Watch watch, int hidden, Runnable stepDone) {
        SequentialBlock block = newBlock(hidden, outputWeights(reproduction, hidden, watch.seed));
        reproduction.engine().setRandomSeed(watch.seed);
        // the loss is a mean over the four patterns, and updates are sums over them
        DefaultTrainingConfig config =
                new DefaultTrainingConfig(new HalfSquaredError())
                        .optOptimizer(
                                Optimizer.sgd()
                                        .setLearningRateTracker(Tracker.fixed(RATE * PATTERNS))
                                        .build());
        try (Model model = Model.newInstance("xor", reproduction.engine().getEngineName());
                NDManager manager = reproduction.engine().newBaseManager()) {
            model.setBlock(block);
            try (Trainer trainer = rule(watch.feedback).newTrainer(model, config)) {
                trainer.initialize(new Shape(PATTERNS, 2));
                NDArray weight = block.getParameters().get(OUTPUT).getArray();
                for (int step = 0; step <= STEPS; step++) {
                    watch.stepDone(step, step(trainer, manager), weight);
                    stepDone.run();
                }
                return watch.course(weight.toFloatArray());
            }
        }
    }

    private static CreditAssignment rule(float[] feedback) {
        return feedback == null
                ? Backpropagation.builder().build()
                : FeedbackAlignment.builder()
                        .optFeedback((m, path, shape, type) -> m.create(feedback, shape))
                        .build();
    }

    private static SequentialBlock newBlock(int hidden, float[] output) {
        SequentialBlock block =
                new SequentialBlock()
                        .add(Linear.builder().setUnits(hidden).build())
                        .add(Activation.sigmoidBlock())
                        .add(Linear.builder().setUnits(1).build())
                        .add(Activation.sigmoidBlock());
        for (Parameter.Type type : List.of(Parameter.Type.WEIGHT, Parameter.Type.BIAS)) {
            block.setInitializer((m, shape, data) -> m.randomUniform(-1, 1, shape, data), type);
        }
        block.getParameters()
                .get(OUTPUT)
                .setInitializer((m, shape, data) -> m.create(output, shape));
        return block;
    }

    /** What is looked at while a net learns. */
    private static final class Watch {

        private final String net;
        private final int seed;
        private final float[] feedback;
        private final List<double[]> curve = new ArrayList<>();
        private Integer solved;
        private float[] nearest;
        private int nearestStep;
        private double distance = Double.POSITIVE_INFINITY;
        private double error;

        Watch(String net, int seed, float[] feedback) {
            this.net = net;
            this.seed = seed;
            this.feedback = feedback;
        }

        void stepDone(int step, double newError, NDArray outputWeight) {
            error = newError;
            if (solved == null && error < SOLVED) {
                solved = step;
            }
            if (step % INTERVAL == 0) {
                curve.add(new double[] {step, error});
                compareWithPaper(step, outputWeight.toFloatArray());
            }
        }

        private void compareWithPaper(int step, float[] weights) {
            if (weights.length == PAPER_WEIGHTS.length && distance(weights) < distance) {
                distance = distance(weights);
                nearest = weights;
                nearestStep = step;
            }
        }

        Course course(float[] weights) {
            Double angle = feedback == null ? null : angle(weights, feedback);
            return new Course(
                    new Run(net, seed, solved, nearest, nearestStep, weights, error, angle), curve);
        }
    }

    /** The angle of the output weights to their feedback, in degrees. */
    static double angle(float[] weights, float[] feedback) {
        double product = 0;
        double squares = 0;
        double feedbackSquares = 0;
        for (int i = 0; i < weights.length; i++) {
            product += weights[i] * feedback[i];
            squares += weights[i] * weights[i];
            feedbackSquares += feedback[i] * feedback[i];
        }
        double cosine = product / Math.sqrt(squares * feedbackSquares);
        return Math.toDegrees(Math.acos(Math.max(-1, Math.min(1, cosine))));
    }

    private static double step(Trainer trainer, NDManager manager) {
        try (NDManager scope = manager.newSubManager()) {
            NDArray data = scope.create(new float[] {0, 0, 0, 1, 1, 0, 1, 1}, new Shape(4, 2));
            NDList labels = new NDList(scope.create(new float[] {0, 1, 1, 0}, new Shape(4, 1)));
            float loss;
            try (GradientCollector collector = trainer.newGradientCollector()) {
                NDList predictions = trainer.forward(new NDList(data), labels);
                NDArray half = trainer.getLoss().evaluate(labels, predictions);
                loss = half.getFloat();
                collector.backward(half);
            }
            trainer.step();
            return 2 * loss;
        }
    }

    private static double distance(float[] weights) {
        return Math.hypot(weights[0] - PAPER_WEIGHTS[0], weights[1] - PAPER_WEIGHTS[1]);
    }

    private static List<String> row(Run run) {
        return List.of(
                run.net,
                String.valueOf(run.seed),
                run.stepsToSolve == null ? "more than " + STEPS : run.stepsToSolve.toString(),
                run.nearest == null
                        ? ""
                        : String.format(
                                Locale.ROOT,
                                "(%.2f, %.2f) at %d",
                                run.nearest[0],
                                run.nearest[1],
                                run.nearestStep),
                String.format(Locale.ROOT, "%.4f", run.error));
    }
}
