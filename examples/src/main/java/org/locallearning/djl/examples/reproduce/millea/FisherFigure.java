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
package org.locallearning.djl.examples.reproduce.millea;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.locallearning.djl.decorrelation.boltzmann.BoltzmannParameters;
import org.locallearning.djl.decorrelation.boltzmann.ExactDistribution;
import org.locallearning.djl.decorrelation.boltzmann.FisherNorm;
import org.locallearning.djl.examples.output.Counted;
import org.locallearning.djl.examples.report.Bitmap;
import org.locallearning.djl.examples.report.FigurePage;
import org.locallearning.djl.examples.reproduce.LearningCurves;
import org.locallearning.djl.examples.reproduce.ReproduceArguments;
import org.locallearning.djl.examples.reproduce.Reproduction;
import org.locallearning.djl.examples.reproduce.RunStore;
import org.locallearning.djl.examples.reproduce.Target;
import org.locallearning.djl.zoo.data.DataOptions;

/**
 * Figure 1: the Fisher matrix of a trained machine and what it is made of.
 *
 * <p>The machine has 7 x 7 visible units, so that every entry gets a pixel of its own; with 28 x 28
 * the matrix would have 8,634 rows.
 */
final class FisherFigure implements Target {

    private static final String METHOD = "cd";
    private static final int POOLING = 4;
    private static final int HIDDEN = 10;
    private static final int EPOCHS = 20;
    private static final double DAMPING = 0.01;
    private static final int COLUMNS = 2;

    /** Magnitudes are drawn by their square root: the product moments would hide the rest. */
    private static final double POWER = 0.5;

    /**
     * The numbers behind the figure.
     *
     * @param data where the images are from
     * @param visibleUnits the number of visible units
     * @param hiddenUnits the number of hidden units
     * @param epochs the epochs of CD-1
     * @param testLogLikelihood the mean log-likelihood of the test images, in nats
     * @param diagonal the Frobenius norm of the Fisher matrix's diagonal
     * @param offDiagonal the Frobenius norm of the rest
     * @param squares what each pair of parts of {@code g = (v, h, v hᵀ)} adds to {@code ‖G‖²}
     */
    record Figure(
            String data,
            int visibleUnits,
            int hiddenUnits,
            int epochs,
            double testLogLikelihood,
            double diagonal,
            double offDiagonal,
            Map<String, Double> squares) {}

    /** {@inheritDoc} */
    @Override
    public String name() {
        return "millea-figure-1";
    }

    /** {@inheritDoc} */
    @Override
    public String title() {
        return "The Fisher matrix of a Boltzmann machine and its parts";
    }

    /** {@inheritDoc} */
    @Override
    public String paper() {
        return "Millea, \"Natural Boltzmann Machines\", figure 1";
    }

    /** {@inheritDoc} */
    @Override
    public Duration expectedTime() {
        return Duration.ofMinutes(5);
    }

    /** {@inheritDoc} */
    @Override
    public Set<String> options() {
        return LearningCurves.optionsWithout("--methods", "--model");
    }

    /** {@inheritDoc} */
    @Override
    public void run(Reproduction reproduction) throws IOException, TranslateException {
        ReproduceArguments arguments = reproduction.arguments();
        int seed = arguments.seed(1);
        int epochs = arguments.epochs(EPOCHS);
        DataOptions options = RbmData.reduced(arguments);
        String dataSet = arguments.dataSet("mnist");
        try (RbmData data = RbmData.load(reproduction.engine(), dataSet, options, POOLING)) {
            RbmMethod method = RbmMethod.named(METHOD);
            RunStore store = RunStore.open(reproduction);
            RunSettings settings =
                    new RunSettings(
                            data.description(),
                            method.learning().toString(),
                            method.smallRate(),
                            seed,
                            epochs);
            List<Bitmap> bitmaps = new ArrayList<>();
            Map<String, Double> squares = new LinkedHashMap<>();
            RbmResult result =
                    new RbmTraining(reproduction.engine(), data, HIDDEN, epochs)
                            .run(
                                    method,
                                    seed,
                                    method.smallRate(),
                                    false,
                                    store.checkpoints(METHOD, settings),
                                    epoch -> {},
                                    parameters -> {
                                        bitmaps.addAll(bitmaps(parameters));
                                        squares.putAll(squares(parameters));
                                    });
            Figure figure =
                    new Figure(
                            data.description(),
                            data.units(),
                            HIDDEN,
                            epochs,
                            result.last().testLogLikelihood(),
                            result.fisher().diagonal(),
                            result.fisher().offDiagonal(),
                            squares);
            write(reproduction, List.of(seed), figure, bitmaps);
            store.deleteCheckpoints(METHOD, settings);
        }
    }

    /** Everything that the run depends on. */
    private record RunSettings(String data, String learning, float rate, int seed, int epochs) {}

    private static void write(
            Reproduction reproduction, List<Integer> seeds, Figure figure, List<Bitmap> bitmaps)
            throws IOException {
        FisherNorm norm = new FisherNorm(figure.diagonal, figure.offDiagonal);
        String text =
                String.format(
                        Locale.ROOT,
                        "The diagonal of G has the Frobenius norm %.3f, the rest %.3f, %.2f times as"
                                + " much: the plain gradient is far from the natural one. Rows and"
                                + " columns are the %d visible units, the %d hidden units and their"
                                + " products, visible unit by visible unit; red is positive, blue is"
                                + " negative. Terms with products make %.0f %% of the squared"
                                + " norm.",
                        norm.diagonal(),
                        norm.offDiagonal(),
                        norm.ratio(),
                        figure.visibleUnits,
                        figure.hiddenUnits,
                        100 * shareOfProducts(figure.squares));
        FigurePage page =
                new FigurePage()
                        .section("Result", text)
                        .figures(COLUMNS, bitmaps)
                        .setting("Images", figure.data)
                        .setting(
                                "Training",
                                Counted.of(figure.epochs, "epoch")
                                        + " of "
                                        + RbmMethod.named("cd").title()
                                        + ", batches of "
                                        + RbmTraining.BATCH);
        reproduction.write(seeds, figure, page);
        reproduction.out().println(text);
    }

    private static double shareOfProducts(Map<String, Double> squares) {
        double all = squares.values().stream().mapToDouble(each -> each).sum();
        return squares.entrySet().stream()
                        .filter(each -> each.getKey().endsWith("vh"))
                        .mapToDouble(Map.Entry::getValue)
                        .sum()
                / all;
    }

    private static List<Bitmap> bitmaps(BoltzmannParameters parameters) {
        try (ExactDistribution exact = ExactDistribution.of(parameters);
                NDManager scope = parameters.weight().getManager().newSubManager()) {
            NDArray second = exact.secondMoments();
            NDArray mean = exact.means().toVector();
            mean.attach(scope);
            NDArray fisher = exact.fisher();
            NDArray inverse = ExactDistribution.dampedInverse(fisher, DAMPING);
            return List.of(
                    bitmap("E[g gᵀ]", second),
                    bitmap("E[g] E[g]ᵀ", mean.reshape(-1, 1).matMul(mean.reshape(1, -1))),
                    bitmap("G = E[g gᵀ] − E[g] E[g]ᵀ", fisher),
                    bitmap("(G + " + DAMPING + " I)⁻¹", inverse));
        }
    }

    /** The terms of {@code ‖G‖²} as section 4.1 expands it: what is off the diagonal, twice. */
    private static Map<String, Double> squares(BoltzmannParameters parameters) {
        int visible = parameters.visibleSize();
        int hidden = parameters.hiddenSize();
        int[] ends = {0, visible, visible + hidden, visible + hidden + visible * hidden};
        List<String> parts = List.of("v", "h", "vh");
        Map<String, Double> squares = new LinkedHashMap<>();
        try (ExactDistribution exact = ExactDistribution.of(parameters);
                NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray terms = exact.fisher().square();
            for (int i = 0; i < parts.size(); i++) {
                for (int j = i; j < parts.size(); j++) {
                    NDIndex block =
                            new NDIndex()
                                    .addSliceDim(ends[i], ends[i + 1])
                                    .addSliceDim(ends[j], ends[j + 1]);
                    double sum = terms.get(block).sum().getDouble();
                    squares.put(parts.get(i) + ", " + parts.get(j), i == j ? sum : 2 * sum);
                }
            }
        }
        return squares;
    }

    private static Bitmap bitmap(String title, NDArray matrix) {
        return Bitmap.matrix(
                        title,
                        "parameter",
                        matrix.toDoubleArray(),
                        (int) matrix.getShape().get(1),
                        POWER)
                .withRemark("by the square root of the magnitude");
    }
}
