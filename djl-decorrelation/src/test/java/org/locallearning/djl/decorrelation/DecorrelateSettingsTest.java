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

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import org.junit.jupiter.api.Test;

/** The settings that the documentation shows. */
class DecorrelateSettingsTest {

    @Test
    void settingsReachTheLayersThatAreNotExcluded() {
        // shown: begin
        Decorrelate usual =
                Decorrelate.builder()
                        .optRate(1e-5) // how fast M learns
                        .optGain(Gain.SCALAR) // what keeps the size of the activity
                        .optMean(MeanRemoval.BATCH) // whose mean is removed
                        .optCost(Cost.rank(64).withSampleFraction(0.1)) // what a step may cost
                        .optExclude("01*") // which blocks stay as they are
                        .build();

        Decorrelate likeDecorbp =
                Decorrelate.builder()
                        .optGain(Gain.NONE)
                        .optMean(MeanRemoval.NONE)
                        .optOptions(
                                options ->
                                        options.optDiagonal(false)
                                                .optUnitVariance(0.5, VarianceTerm.COLUMNS))
                        .build();
        // shown: end

        DecorrelationOptions second = optionsOf(usual, 1);
        assertEquals(64, second.getCost().getRank());
        assertEquals(Gain.SCALAR, second.getGain().kind());
        assertEquals(MeanRemoval.BATCH, second.getMean().removal());
        DecorrelationOptions first = optionsOf(likeDecorbp, 0);
        assertFalse(first.isDiagonal());
        assertEquals(0.5, first.getUnitVariance());
    }

    /** The settings of the layer that is a child of a converted model of two dense layers. */
    private static DecorrelationOptions optionsOf(Decorrelate decorrelate, int child) {
        SequentialBlock block =
                new SequentialBlock()
                        .add(Linear.builder().setUnits(4).build())
                        .add(Linear.builder().setUnits(2).build());
        return ((Decorrelation)
                        decorrelate.convert(block).block().getChildren().get(child).getValue())
                .getOptions();
    }
}
