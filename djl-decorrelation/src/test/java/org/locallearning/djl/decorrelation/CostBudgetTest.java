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
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.ParameterStore;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The cost of a step that is told from shapes, and the cost that keeps to a budget. */
class CostBudgetTest {

    /** A model and a batch. */
    record ModelCase(String name, Supplier<Block> model, Shape batch) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Block linear(long units) {
        return Linear.builder().setUnits(units).build();
    }

    private static Conv2d.Builder convolution(int size, int filters) {
        return Conv2d.builder().setKernelShape(new Shape(size, size)).setFilters(filters);
    }

    private static Block dense() {
        return new SequentialBlock()
                .add(linear(90))
                .add(Activation::relu)
                .add(new SequentialBlock().add(linear(40)).add(Activation::relu))
                .add(linear(10));
    }

    private static Block convolutional() {
        return new SequentialBlock()
                .add(convolution(3, 8).build())
                .add(Activation::relu)
                .add(Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2)))
                .add(
                        convolution(3, 12)
                                .optStride(new Shape(2, 2))
                                .optPadding(new Shape(1, 1))
                                .optGroups(2)
                                .build())
                .add(Activation::relu)
                .add(Blocks.batchFlattenBlock())
                .add(linear(10));
    }

    static List<ModelCase> models() {
        return List.of(
                new ModelCase("dense", CostBudgetTest::dense, new Shape(24, 120)),
                new ModelCase("tokens", CostBudgetTest::dense, new Shape(6, 5, 120)),
                new ModelCase(
                        "convolutional", CostBudgetTest::convolutional, new Shape(12, 4, 19, 19)));
    }

    private static List<Cost> costs() {
        return List.of(
                Cost.full(),
                Cost.rank(16),
                Cost.full().withMaxPatches(40).withUpdateInterval(3),
                Cost.full().withSamplesPerUpdate(9),
                Cost.rank(7).withSampleFraction(0.5));
    }

    private static Set<Block> weighted(Block block) {
        Set<Block> found = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Block child : block.getChildren().values()) {
            if (child instanceof Linear || child instanceof Conv2d) {
                found.add(child);
            }
            found.addAll(weighted(child));
        }
        return found;
    }

    /** What the layers say of themselves once they are there; the first sends no error on. */
    @ParameterizedTest
    @MethodSource("models")
    void shapesTellWhatTheLayersTell(ModelCase model) {
        for (Cost cost : costs()) {
            Block plain = model.model.get();
            long told =
                    new StepCost(plain, model.batch).decorrelation(weighted(plain), width -> cost);
            DecorrelationReport report = Decorrelate.builder().optCost(cost).build().convert(plain);
            try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
                assertEquals(taken(report, model.batch, manager), told, cost.toString());
            }
        }
    }

    private static long taken(DecorrelationReport report, Shape batch, NDManager manager) {
        report.block().initialize(manager, DataType.FLOAT32, batch);
        long samples = batch.get(0);
        long first = report.converted().get(0).layer().getErrorMultiplyAdds(samples);
        return report.multiplyAdds(samples) - first;
    }

    @Test
    void backpropagationTakesThreeProductsALayerAndTwoInTheFirst() {
        long dense = 24 * (2 * 120 * 90 + 3 * 90 * 40 + 3 * 40 * 10);
        assertEquals(dense, new StepCost(dense(), new Shape(24, 120)).backpropagation());
        // 17 x 17 positions of 36 inputs, 4 x 4 of 36 in each of two groups, 192 features
        long convolutional = 12 * (2 * 17 * 17 * 36 * 8 + 3 * 16 * 36 * 12 + 3 * 192 * 10);
        Shape images = new Shape(12, 4, 19, 19);
        assertEquals(convolutional, new StepCost(convolutional(), images).backpropagation());
    }

    @ParameterizedTest
    @MethodSource("models")
    void theRichestCostWithinTheBudgetIsTaken(ModelCase model) {
        double all = new StepCost(model.model.get(), model.batch).backpropagation();
        double share = 64;
        List<Double> shares = new ArrayList<>();
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            for (; ; ) {
                Decorrelate decorrelate =
                        Decorrelate.builder().optBudget(share, model.batch).build();
                DecorrelationReport report;
                try {
                    report = decorrelate.convert(model.model.get());
                } catch (IllegalArgumentException e) {
                    assertTrue(e.getMessage().contains("budget of " + share), e.getMessage());
                    break;
                }
                double taken = taken(report, model.batch, manager) / all;
                assertTrue(taken <= share, taken + " of " + share);
                if (shares.isEmpty()) {
                    report.converted()
                            .forEach(each -> assertTrue(isRichest(each.layer()), each.path()));
                }
                shares.add(taken);
                // just enough for this cost is enough, and a little less is not
                double next = taken * (1 + 1e-12);
                if (share > next) {
                    DecorrelationReport same =
                            Decorrelate.builder()
                                    .optBudget(next, model.batch)
                                    .build()
                                    .convert(model.model.get());
                    assertEquals(taken, taken(same, model.batch, manager) / all);
                }
                share = taken * (1 - 1e-12);
            }
        }
        assertTrue(shares.size() > 3, shares.toString());
    }

    private static boolean isRichest(Decorrelating layer) {
        return layer.getOptions().getCost().toString().equals(Cost.full().toString());
    }

    /** A budget chooses, and changes nothing else. */
    @Test
    void trainsAsWithTheCostByHand() {
        Shape batch = new Shape(24, 120);
        Block plain = dense();
        Cost cost = Cost.rank(16).withMaxPatches(256).withUpdateInterval(8);
        StepCost step = new StepCost(plain, batch);
        double share =
                (double) step.decorrelation(weighted(plain), width -> cost)
                        / step.backpropagation();
        float[] byBudget = train(Decorrelate.builder().optBudget(share, batch), batch);
        // 16 directions are fewer products than the full matrix in the widths of this model, 40 up
        float[] byHand = train(Decorrelate.builder().optCost(cost), batch);
        assertArrayEquals(byHand, byBudget);
    }

    private static float[] train(Decorrelate.Builder builder, Shape batch) {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            manager.getEngine().setRandomSeed(3);
            Block block = builder.optRate(1e-3).build().convert(dense()).block();
            block.initialize(manager, DataType.FLOAT32, batch);
            ParameterStore store = new ParameterStore(manager, false);
            NDArray data = manager.randomNormal(batch);
            for (int i = 0; i < 3; ++i) {
                block.forward(store, new NDList(data), true);
            }
            Parameter matrix = block.getParameters().get(1).getValue();
            assertTrue(matrix.isInitialized());
            return block.forward(store, new NDList(data), false).head().toFloatArray();
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.1, Double.NaN, Double.POSITIVE_INFINITY})
    void aBudgetIsPositive(double share) {
        Decorrelate.Builder builder = Decorrelate.builder();
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> builder.optBudget(share, new Shape(4, 120)))
                        .getMessage();
        assertTrue(message.contains("positive share, but is " + share), message);
    }

    @Test
    void aBudgetHasTheShapeOfABatch() {
        Decorrelate.Builder builder = Decorrelate.builder();
        String message =
                assertThrows(IllegalArgumentException.class, () -> builder.optBudget(0.2))
                        .getMessage();
        assertTrue(message.contains("shape of a batch"), message);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1})
    void theSizesOfABatchAreKnown(long size) {
        Decorrelate.Builder builder = Decorrelate.builder();
        for (Shape batch : List.of(new Shape(size, 120), new Shape(4, size))) {
            String message =
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> builder.optBudget(0.2, new Shape(4, 120), batch))
                            .getMessage();
            assertTrue(message.contains("got the shape " + batch), message);
        }
    }

    @Test
    void settingsThatExcludeALowRankAreRefusedAtOnce() {
        Decorrelate.Builder builder =
                Decorrelate.builder().optGain(Gain.UNITWISE).optBudget(0.2, new Shape(4, 120));
        String message = assertThrows(IllegalArgumentException.class, builder::build).getMessage();
        assertTrue(message.contains("low rank"), message);
        assertTrue(message.contains("leave out optBudget"), message);
    }
}
