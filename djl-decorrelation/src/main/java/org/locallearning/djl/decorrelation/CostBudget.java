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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.locallearning.djl.decorrelation.GreedySelection.Choice;

/**
 * How many multiply-adds decorrelation may add to a training step, as a share of those of
 * backpropagation. Of a list of costs, each cheaper than the one before, it takes the first that
 * keeps to it. Where the spectra of the layers' inputs are known, the first costs after the full
 * matrix are left out, and what the next one leaves of the budget goes to the directions, of any
 * layer, that hold most variance for their multiply-adds.
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

    /** The share of the variance that each matrix mixes at the least, up to the rank of a level. */
    private static final double LEAST_VARIANCE = 0.99;

    /** Where the directions are known, they are chosen for each layer, down to this rank. */
    private static final int CHOSEN_RANK = 64;

    /** The number of steps of directions from none to the width. */
    private static final int RANK_STEPS = 128;

    CostBudget {
        Preconditions.checkArgument(
                share > 0 && Double.isFinite(share),
                "The budget of decorrelation must be a positive share, but is " + share);
        inputs = List.copyOf(inputs);
        Preconditions.checkArgument(
                !inputs.isEmpty(),
                "The budget of decorrelation needs the shape of a batch of each input of the model,"
                        + " but got none.");
        for (Shape batch : inputs) {
            Preconditions.checkArgument(
                    Arrays.stream(batch.getShape()).allMatch(size -> size > 0),
                    "The budget of decorrelation needs a batch whose sizes are all 1 or more, but"
                            + " got the shape "
                            + batch);
        }
    }

    /** One of the costs: a rank, or 0 for a full matrix; patches, and steps between updates. */
    private record Level(int rank, int patches, int interval) {

        /** Returns the cost of a matrix of a given width, full where that takes no more. */
        Cost of(Cost settings, long width) {
            return of(settings, width, rank);
        }

        private Cost of(Cost settings, long width, int directions) {
            boolean full = LowRankMatrix.multiplyAdds(1, width, directions) >= width * width;
            return settings.withRank(full ? 0 : directions)
                    .withMaxPatches(patches)
                    .withUpdateInterval(interval);
        }

        /** Returns the costs of a matrix from the least to the one that mixes all directions. */
        List<Cost> upTo(InputSpectrum spectrum, Cost settings, long width) {
            int step = (int) Math.max(1, width / RANK_STEPS);
            int last = Math.max(1, spectrum.directions());
            int directions = Math.max(1, Math.min(rank, spectrum.directionsOf(LEAST_VARIANCE)));
            List<Cost> costs = new ArrayList<>();
            costs.add(of(settings, width, directions));
            while (directions < last && costs.get(costs.size() - 1).getRank() > 0) {
                directions = Math.min(last, directions + step);
                costs.add(of(settings, width, directions));
            }
            return costs;
        }

        /** Whether it stands in the list for a choice that spectra make better. */
        boolean isChosenBySpectrum() {
            return rank > CHOSEN_RANK;
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
     * @param options the settings, of which all stay but the form, the patches and the interval of
     *     updates
     * @param model the model before the conversion
     * @param decorrelated the layers that are to be decorrelated
     * @param spectra the spectrum of the input of each dense layer among them, or empty where they
     *     are not known
     * @return the settings of each layer with its cost
     * @throws IllegalArgumentException if no cost keeps to the budget
     */
    Function<Block, DecorrelationOptions> choose(
            DecorrelationOptions options,
            Block model,
            Set<Block> decorrelated,
            Map<Block, InputSpectrum> spectra) {
        StepCost step = new StepCost(model, inputs.toArray(new Shape[0]));
        Map<Block, Long> widths = step.widths();
        List<Block> blocks = step.inOrder(decorrelated);
        double all = step.backpropagation();
        double taken = 0;
        for (Level level : LEVELS) {
            if (!spectra.isEmpty() && level.isChosenBySpectrum()) {
                continue;
            }
            List<List<Choice<Cost>>> layers = new ArrayList<>();
            for (Block block : blocks) {
                InputSpectrum spectrum = level.rank == 0 ? null : spectra.get(block);
                layers.add(choices(step, block, level, options.getCost(), spectrum, widths));
            }
            taken = layers.stream().mapToLong(choices -> choices.get(0).cost()).sum() / all;
            if (taken <= share) {
                int[] chosen = GreedySelection.select(layers, cost -> cost / all <= share);
                Map<Block, Cost> costs = new IdentityHashMap<>();
                for (int i = 0; i < chosen.length; ++i) {
                    costs.put(blocks.get(i), layers.get(i).get(chosen[i]).value());
                }
                return block -> with(options, costs.get(block));
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

    /** The costs that a layer may have at a level, of which one alone if no spectrum is known. */
    private static List<Choice<Cost>> choices(
            StepCost step,
            Block block,
            Level level,
            Cost settings,
            InputSpectrum spectrum,
            Map<Block, Long> widths) {
        long width = widths.get(block);
        List<Cost> costs =
                spectrum == null
                        ? List.of(level.of(settings, width))
                        : level.upTo(spectrum, settings, width);
        Set<Block> layer = Collections.singleton(block);
        return costs.stream()
                .map(
                        cost ->
                                new Choice<>(
                                        cost,
                                        step.decorrelation(layer, any -> cost),
                                        spectrum == null ? 0 : worth(spectrum, cost)))
                .toList();
    }

    private static double worth(InputSpectrum spectrum, Cost cost) {
        return cost.getRank() == 0 ? 1 : spectrum.share(cost.getRank());
    }
}
