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

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.util.Preconditions;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.stream.Collectors;

/**
 * How many multiply-adds decorrelation may add to a training step, as a share of those of
 * backpropagation. Of a list of costs, each cheaper than the one before, it takes the first that
 * keeps to it.
 *
 * @param share the share, such as 0.2 for a fifth
 * @param inputs the shapes of a batch, one for each input of the model
 */
record CostBudget(double share, List<Shape> inputs) {

    /** What is spared first is what costs least accuracy: directions of small variance. */
    private static final List<Level> LEVELS =
            List.of(
                    new Level(0, 1024, 1),
                    new Level(256, 1024, 1),
                    new Level(128, 1024, 1),
                    new Level(64, 1024, 1),
                    new Level(64, 512, 1),
                    new Level(64, 256, 1),
                    new Level(64, 256, 2),
                    new Level(32, 256, 4),
                    new Level(16, 256, 8),
                    new Level(8, 256, 16));

    CostBudget {
        Preconditions.checkArgument(
                share > 0 && Double.isFinite(share),
                "The budget of decorrelation must be a positive share, but is " + share);
        inputs = List.copyOf(inputs);
        Preconditions.checkArgument(
                !inputs.isEmpty(),
                "The budget of decorrelation needs the shape of a batch of each input of the model,"
                        + " but got none.");
    }

    /** One of the costs: a rank, or 0 for a full matrix; patches, and steps between updates. */
    private record Level(int rank, int patches, int interval) {

        /** Returns the cost of a matrix of a given width, full where that takes no more. */
        Cost of(Cost settings, long width) {
            boolean full = LowRankMatrix.multiplyAdds(1, width, rank) >= width * width;
            return settings.withRank(full ? 0 : rank)
                    .withMaxPatches(patches)
                    .withUpdateInterval(interval);
        }
    }

    /** Returns settings with the cheapest cost, to see whether they go with it. */
    static DecorrelationOptions cheapest(DecorrelationOptions options) {
        Level last = LEVELS.get(LEVELS.size() - 1);
        return with(options, last.of(options.getCost(), Integer.MAX_VALUE));
    }

    private static DecorrelationOptions with(DecorrelationOptions options, Cost cost) {
        return options.toBuilder().optCost(cost).build();
    }

    /**
     * Chooses the cost.
     *
     * @param options the settings, of which the fraction of samples stays
     * @param model the model before the conversion
     * @param decorrelated the layers that are to be decorrelated
     * @return the settings of each layer with its cost
     * @throws IllegalArgumentException if no cost keeps to the budget
     */
    Function<Block, DecorrelationOptions> choose(
            DecorrelationOptions options, Block model, Set<Block> decorrelated) {
        StepCost step = new StepCost(model, inputs.toArray(new Shape[0]));
        Map<Block, Long> widths = step.widths();
        double all = step.backpropagation();
        double taken = 0;
        for (Level level : LEVELS) {
            LongFunction<Cost> costs = width -> level.of(options.getCost(), width);
            taken = step.decorrelation(decorrelated, costs) / all;
            if (taken <= share) {
                return block -> with(options, costs.apply(widths.get(block)));
            }
        }
        throw new IllegalArgumentException(
                String.format(
                        Locale.ROOT,
                        "Decorrelation of this model on batches of %s adds %.3g of"
                                + " backpropagation's multiply-adds at the least, more than the"
                                + " budget of %s; give it that, larger batches, or leave layers"
                                + " out by optExclude.",
                        inputs.stream().map(Shape::toString).collect(Collectors.joining(", ")),
                        taken,
                        share));
    }
}
