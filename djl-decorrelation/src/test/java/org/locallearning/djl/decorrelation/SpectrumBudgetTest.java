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
package org.locallearning.djl.decorrelation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.locallearning.djl.decorrelation.GreedySelection.Choice;

/** A budget that is spent by the spectra of the layers' inputs. */
class SpectrumBudgetTest {

    private static final int ROWS = 256;
    private static final int WIDTH = 200;

    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager("PyTorch");
        manager.getEngine().setRandomSeed(5);
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private static Block linear(long units) {
        return Linear.builder().setUnits(units).build();
    }

    private Block initialized(Block block, Shape batch) {
        block.initialize(manager, DataType.FLOAT32, batch);
        return block;
    }

    /** One layer, in front of which a full matrix takes more than backpropagation. */
    private Block single() {
        return initialized(new SequentialBlock().add(linear(50)), new Shape(ROWS, WIDTH));
    }

    /** A rectifier bends the directions of its input, so that there are more after it. */
    private Block bent() {
        Block block =
                new SequentialBlock().add(linear(WIDTH)).add(Activation::relu).add(linear(WIDTH));
        return initialized(block, new Shape(ROWS, WIDTH));
    }

    /** Rows that are sums of some directions alone. */
    private NDArray latent(int rows, int directions, int width) {
        NDArray basis = manager.randomNormal(new Shape(directions, width));
        return manager.randomNormal(new Shape(rows, directions)).matMul(basis);
    }

    private static DecorrelationReport convert(Block model, double share, NDArray batch) {
        return Decorrelate.builder().optBudget(share, new NDList(batch)).build().convert(model);
    }

    private static int rank(DecorrelationReport report, int layer) {
        return report.converted().get(layer).layer().getOptions().getCost().getRank();
    }

    /** What the layers say of themselves; the first sends no error on. */
    private static long taken(DecorrelationReport report, long samples) {
        long first = report.converted().get(0).layer().getErrorMultiplyAdds(samples);
        return report.multiplyAdds(samples) - first;
    }

    @Test
    void theSpectrumIsThatOfAKnownMatrix() {
        double[][] tall = {{0, 2}, {-1, 0}, {0, 0}};
        double[][] turned = {{0, -1, 0}, {2, 0, 0}};
        for (double[][] rows : List.of(tall, turned)) {
            double[] values = List.of(rows).stream().flatMapToDouble(Arrays::stream).toArray();
            NDArray array = manager.create(values, new Shape(rows.length, rows[0].length));
            InputSpectrum spectrum = InputSpectrum.of(array);
            assertEquals(0, spectrum.share(0));
            assertEquals(0.8, spectrum.share(1), 1e-12);
            assertEquals(1, spectrum.share(2), 1e-12);
            assertEquals(1, spectrum.share(9), 1e-12);
            assertEquals(2, spectrum.directions());
            assertEquals(1, spectrum.directionsOf(0.7));
            assertEquals(2, spectrum.directionsOf(0.9));
        }
    }

    @Test
    void whatRoundingLeavesIsNoDirection() {
        InputSpectrum spectrum = InputSpectrum.ofVariances(1, -1e-17, 1e-7, 3, 0);
        assertEquals(2, spectrum.directions());
        assertEquals(0, InputSpectrum.ofVariances(0, 0).directions());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 23})
    void anInputOfFewDirectionsGetsThose(int directions) {
        NDArray batch = latent(ROWS, directions, WIDTH);
        DecorrelationReport report = convert(single(), 2, batch);
        assertEquals(directions, rank(report, 0));
        Shape core = new Shape(directions + 1, directions + 1);
        assertEquals(core, report.converted().get(0).layer().getMatrix().getShape());
        assertTrue(report.toString().contains(core.toString()), report.toString());
    }

    /** A constant added to every row is a direction more, unless the mean is removed. */
    @Test
    void aMeanThatIsRemovedIsNoDirection() {
        NDArray batch = latent(ROWS, 4, WIDTH).add(manager.randomNormal(new Shape(WIDTH)));
        assertEquals(5, rank(convert(single(), 2, batch), 0));
        DecorrelationReport centred =
                Decorrelate.builder()
                        .optMean(MeanRemoval.BATCH)
                        .optBudget(2, new NDList(batch))
                        .build()
                        .convert(single());
        assertEquals(4, rank(centred, 0));
    }

    /** Of 40 directions of equal variance 39 hold 97.5 %. */
    @Test
    void theMatrixLearnsLessOftenBeforeItMixesLessThan99PercentOfTheVariance() {
        NDArray batch = manager.eye(40, WIDTH, 0, DataType.FLOAT32).repeat(0, 8);
        Block model = single();
        StepCost step = new StepCost(model, batch.getShape());
        Set<Block> layers = Set.copyOf(model.getChildren().values());
        double everyStep = step.decorrelation(layers, width -> Cost.rank(40));
        double share = 0.99 * everyStep / step.backpropagation();
        DecorrelationReport report = convert(model, share, batch);
        assertEquals(40, rank(report, 0));
        Cost cost = report.converted().get(0).layer().getOptions().getCost();
        assertEquals(2, cost.getUpdateInterval());
    }

    @Test
    void whatOneLayerDoesNotNeedGoesToOthersWithinTheBudget() {
        NDArray batch = latent(ROWS, 5, WIDTH);
        int before = 0;
        for (double share : new double[] {0.3, 0.33, 0.5}) {
            Block model = bent();
            double all = new StepCost(model, batch.getShape()).backpropagation();
            DecorrelationReport report = convert(model, share, batch);
            assertEquals(5, rank(report, 0));
            int rank = rank(report, 1);
            // the last step is to a full matrix
            int after = rank == 0 ? WIDTH : rank;
            assertTrue(after > before, after + " after " + before);
            before = after;
            double part = taken(report, ROWS) / all;
            assertTrue(part <= share, part + " of " + share);
        }
    }

    @Test
    void fullMatricesAreTakenWhereTheyFit() {
        DecorrelationReport report = convert(bent(), 64, latent(ROWS, 5, WIDTH));
        for (int i = 0; i < 2; ++i) {
            Shape shape = report.converted().get(i).layer().getMatrix().getShape();
            assertEquals(new Shape(WIDTH, WIDTH), shape);
        }
    }

    @Test
    void aConvolutionKeepsAFullMatrix() {
        Block model =
                new SequentialBlock()
                        .add(Conv2d.builder().setKernelShape(new Shape(3, 3)).setFilters(4).build())
                        .add(Blocks.batchFlattenBlock())
                        .add(linear(10));
        NDArray images = latent(64, 3, 100).reshape(64, 1, 10, 10);
        DecorrelationReport report = convert(initialized(model, images.getShape()), 0.9, images);
        assertEquals(0, rank(report, 0));
        assertEquals(3, rank(report, 1));
    }

    @Test
    void tokensAreRowsOfTheirOwn() {
        NDArray batch = latent(ROWS, 6, WIDTH).reshape(ROWS / 8, 8, WIDTH);
        Block model = initialized(new SequentialBlock().add(linear(50)), batch.getShape());
        assertEquals(6, rank(convert(model, 2, batch), 0));
    }

    @Test
    void foldsToTheSameFunction() {
        NDArray batch = latent(ROWS, 5, WIDTH);
        Block model = bent();
        ParameterStore store = new ParameterStore(manager, false);
        float[] plain = model.forward(store, new NDList(batch), false).head().toFloatArray();
        Block converted =
                Decorrelate.builder()
                        .optRate(1e-4)
                        .optBudget(0.5, new NDList(batch))
                        .build()
                        .convert(model)
                        .block();
        float[] before = converted.forward(store, new NDList(batch), false).head().toFloatArray();
        assertArrayEquals(plain, before, 1e-4f);
        for (int i = 0; i < 3; ++i) {
            converted.forward(store, new NDList(batch), true);
        }
        float[] learned = converted.forward(store, new NDList(batch), false).head().toFloatArray();
        Block folded = Decorrelate.foldForOriginal(converted);
        float[] after = folded.forward(store, new NDList(batch), false).head().toFloatArray();
        assertArrayEquals(learned, after, 1e-4f);
        double moved = 0;
        for (int i = 0; i < learned.length; ++i) {
            moved = Math.max(moved, Math.abs(learned[i] - plain[i]));
        }
        assertTrue(moved > 1e-2, "nothing was learned: " + moved);
    }

    /** Steps of equal cost and falling worth: no selection is worth more. */
    @Test
    void noSelectionIsWorthMore() {
        Random random = new Random(2);
        for (int trial = 0; trial < 20; ++trial) {
            List<List<Choice<Integer>>> layers = new ArrayList<>();
            for (int i = 0; i < 3; ++i) {
                double step = 1;
                double worth = 0;
                List<Choice<Integer>> choices = new ArrayList<>();
                for (int k = 0; k < 4; ++k) {
                    choices.add(new Choice<>(k, 2L + 3 * k, worth));
                    step *= random.nextDouble();
                    worth += step;
                }
                layers.add(choices);
            }
            for (int limit = 6; limit <= 36; ++limit) {
                long budget = limit;
                int[] chosen = GreedySelection.select(layers, cost -> cost <= budget);
                double worth = 0;
                for (int i = 0; i < 3; ++i) {
                    worth += layers.get(i).get(chosen[i]).worth();
                }
                assertEquals(mostWorth(layers, 0, budget), worth, 1e-12);
            }
        }
    }

    private static double mostWorth(List<List<Choice<Integer>>> layers, int from, long budget) {
        if (from == layers.size()) {
            return budget < 0 ? Double.NEGATIVE_INFINITY : 0;
        }
        return layers.get(from).stream()
                .mapToDouble(
                        choice ->
                                choice.worth()
                                        + mostWorth(layers, from + 1, budget - choice.cost()))
                .max()
                .orElseThrow();
    }

    /** What does not fit is passed over for what does. */
    @Test
    void aStepThatDoesNotFitLeavesTheBudgetToOthers() {
        List<List<Choice<Integer>>> layers =
                List.of(
                        List.of(new Choice<>(0, 1, 0), new Choice<>(1, 11, 1)),
                        List.of(new Choice<>(0, 1, 0), new Choice<>(1, 3, 0.1)));
        assertArrayEquals(new int[] {0, 1}, GreedySelection.select(layers, cost -> cost <= 6));
        assertArrayEquals(new int[] {1, 0}, GreedySelection.select(layers, cost -> cost <= 12));
    }

    @Test
    void anEmptyBatchIsRefusedAtOnce() {
        Decorrelate.Builder builder = Decorrelate.builder();
        for (NDList batch : List.of(new NDList(), new NDList(manager.create(new Shape(0, 4))))) {
            String message =
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> builder.optBudget(0.2, batch))
                            .getMessage();
            assertTrue(message.contains("an empty one"), message);
        }
    }

    private String refusal(double share, NDArray batch) {
        Block model = single();
        return assertThrows(IllegalArgumentException.class, () -> convert(model, share, batch))
                .getMessage();
    }

    @Test
    void tooFewRowsAreRefused() {
        String message = refusal(2, latent(63, 5, WIDTH));
        assertTrue(message.contains("'01Linear' has 63 rows"), message);
        assertTrue(message.contains("with 64 or more"), message);
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
    void valuesThatAreNotFiniteAreRefused(float value) {
        NDArray batch = latent(ROWS, 5, WIDTH);
        batch.set(new NDIndex("3, 4"), value);
        String message = refusal(2, batch);
        assertTrue(message.startsWith("The batch for the budget"), message);
        NDArray huge = latent(ROWS, 5, WIDTH).mul(1e38);
        Block model = bent();
        String inside =
                assertThrows(IllegalArgumentException.class, () -> convert(model, 0.5, huge))
                        .getMessage();
        assertTrue(inside.contains("NaN or infinite values"), inside);
    }

    @Test
    void aBudgetThatNothingKeepsToIsRefusedAndLeavesNoArrays() {
        Block model = single();
        NDArray batch = latent(ROWS, 5, WIDTH);
        int before = manager.getManagedArrays().size();
        String message =
                assertThrows(IllegalArgumentException.class, () -> convert(model, 1e-6, batch))
                        .getMessage();
        assertTrue(message.contains("budget of 1.0E-6"), message);
        assertEquals(before, manager.getManagedArrays().size());
    }

    @Test
    void aModelWithoutWeightsIsRefused() {
        Block model = new SequentialBlock().add(linear(50));
        NDArray batch = latent(ROWS, 5, WIDTH);
        String message =
                assertThrows(IllegalStateException.class, () -> convert(model, 2, batch))
                        .getMessage();
        assertTrue(message.contains("needs an initialized model"), message);
    }
}
