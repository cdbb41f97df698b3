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
package org.locallearning.djl.pc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.nn.Block;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.locallearning.djl.creditassignment.NetworkCase;
import org.locallearning.djl.creditassignment.TrainingRun;
import org.locallearning.djl.decorrelation.Decorrelating;

/** A decorrelation layer learns once from a batch, however often inference runs it. */
class DecorrelationInInferenceTest {

    private static final int BATCHES = 3;

    @ParameterizedTest
    @EnumSource(InferenceSchedule.class)
    void aLayerLearnsOnceFromABatch(InferenceSchedule schedule) {
        NetworkCase network =
                NetworkCase.decorrelated().stream()
                        .filter(each -> each.name().equals("decorrelated convolutions"))
                        .findFirst()
                        .orElseThrow();
        InferenceLearning rule =
                InferenceLearning.builder().optSchedule(schedule).optIterations(4).build();
        try (TrainingRun run = TrainingRun.start(network, rule::newTrainer)) {
            List<Decorrelating> layers = new ArrayList<>();
            collect(run.model().getBlock(), layers);
            Map<String, Integer> learned = new TreeMap<>();
            layers.forEach(
                    each ->
                            each.addObserver(
                                    (layer, block, before, after) ->
                                            learned.merge(
                                                    layer.getName() + " " + block,
                                                    1,
                                                    Integer::sum)));
            run.train(0, BATCHES);
            assertEquals(Set.of(BATCHES), Set.copyOf(learned.values()), learned.toString());
        }
    }

    private static void collect(Block block, List<Decorrelating> layers) {
        if (block instanceof Decorrelating layer) {
            layers.add(layer);
        }
        block.getChildren().values().forEach(child -> collect(child, layers));
    }
}
