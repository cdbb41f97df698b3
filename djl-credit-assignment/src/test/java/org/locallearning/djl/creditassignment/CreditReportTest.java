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
package org.locallearning.djl.creditassignment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.nn.Block;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.loss.Loss;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.locallearning.djl.creditassignment.rule.FeedbackAlignment;
import org.locallearning.djl.creditassignment.rule.FeedbackDistribution;

/** The report of what a rule found in a model. */
class CreditReportTest {

    private static final FeedbackAlignment RULE =
            FeedbackAlignment.builder()
                    .optFeedback(FeedbackDistribution.uniform(0.5).seeded(3))
                    .build();

    @Test
    void aSmallNetAsATable() {
        String expected =
                String.join(
                        System.lineSeparator(),
                        "FeedbackAlignment(B uniform ±0.5, seed 3)",
                        "layer          type         parameters                 role      how the"
                                + " error passes",
                        "01Linear       Linear       weight (12, 9), bias (12)  weighted  not"
                                + " needed: nothing learns below",
                        "02LambdaBlock  LambdaBlock                             exact     exact",
                        "03Linear       Linear       weight (4, 12), bias (4)   weighted  through B"
                                + " uniform ±0.5, seed 3",
                        "");
        NetworkCase network = NetworkCase.small().get(0);
        assertEquals("one hidden layer", network.name());
        assertEquals(expected, report(network, true).toString());
    }

    @Test
    void shapesAreNotKnownBeforeTheTrainerIsInitialized() {
        CreditReport report = report(NetworkCase.small().get(0), false);
        assertEquals("weight ?, bias ?", report.getRows().get(0).parameters());
    }

    @Test
    void aResidualNetHasARowForEveryLeaf() {
        NetworkCase network =
                NetworkCase.zoo().stream()
                        .filter(candidate -> "ResNetV1".equals(candidate.name()))
                        .findFirst()
                        .orElseThrow();
        List<Block> leaves = new ArrayList<>();
        collectLeaves(network.block().get(), leaves);
        List<CreditReport.Row> rows = report(network, true).getRows();
        assertEquals(
                leaves.stream().map(leaf -> leaf.getClass().getSimpleName()).toList(),
                rows.stream().map(CreditReport.Row::type).toList());
        long weighted =
                leaves.stream()
                        .filter(leaf -> leaf instanceof Conv2d || leaf instanceof Linear)
                        .count();
        // a first convolution, 9 blocks of two, 3 shortcuts and an output layer
        assertEquals(1 + 9 * 2 + 3 + 1, weighted);
        assertEquals(weighted, having(rows, "weighted").count());
        assertEquals(rows.size() - weighted, having(rows, "exact").count());
        // the first convolution is the only one with nothing below
        assertEquals(
                List.of(rows.get(0)),
                rows.stream().filter(row -> row.feedback().startsWith("not needed")).toList());
        assertTrue(rows.get(0).parameters().startsWith("weight (16, 3, 3, 3)"));
    }

    private static Stream<CreditReport.Row> having(List<CreditReport.Row> rows, String role) {
        return rows.stream().filter(row -> role.equals(row.role()));
    }

    private static void collectLeaves(Block block, List<Block> leaves) {
        if (block instanceof SequentialBlock || block instanceof ParallelBlock) {
            block.getChildren().values().forEach(child -> collectLeaves(child, leaves));
        } else {
            leaves.add(block);
        }
    }

    private static CreditReport report(NetworkCase network, boolean initialized) {
        try (Model model = Model.newInstance(network.name(), "PyTorch")) {
            model.setBlock(network.block().get());
            DefaultTrainingConfig config =
                    new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss());
            try (CreditTrainer trainer = RULE.newTrainer(model, config)) {
                if (initialized) {
                    trainer.initialize(network.input());
                }
                return trainer.getReport();
            }
        }
    }
}
