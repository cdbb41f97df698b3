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
package org.locallearning.djl.ownrule;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.training.loss.Loss;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.locallearning.djl.creditassignment.CreditAssigner;
import org.locallearning.djl.creditassignment.CreditAssignment;
import org.locallearning.djl.creditassignment.CreditTrainer;
import org.locallearning.djl.creditassignment.Gradients;
import org.locallearning.djl.creditassignment.NetworkCase;
import org.locallearning.djl.creditassignment.TrainingRun;
import org.locallearning.djl.creditassignment.rule.FeedbackAlignment;
import org.locallearning.djl.creditassignment.rule.FeedbackBuilder;
import org.locallearning.djl.creditassignment.rule.FeedbackDistribution;
import org.locallearning.djl.creditassignment.rule.FeedbackRule;
import org.locallearning.djl.creditassignment.rule.FeedbackSource;
import org.locallearning.djl.creditassignment.rule.FeedbackWeights;
import org.locallearning.djl.creditassignment.rule.FixedFeedback;
import org.locallearning.djl.creditassignment.rule.KolenPollack;
import org.locallearning.djl.creditassignment.rule.LearnedFeedback;
import org.locallearning.djl.creditassignment.tape.Layer;
import org.locallearning.djl.creditassignment.tape.Network;
import org.locallearning.djl.creditassignment.tape.Tape;

/** Rules from outside give what the library's own give. */
class OwnRuleTest {

    private static final NetworkCase NETWORK = NetworkCase.twoHiddenLayers();

    /** B stays, or gets the gradients of W. */
    private static final class OwnFeedback extends FeedbackRule {

        private final FeedbackSource source;
        private final boolean learning;

        OwnFeedback(Builder builder) {
            super(builder);
            source = builder.getFeedback();
            learning = builder.learning;
        }

        @Override
        protected FeedbackWeights newWeights(Network network, NDManager manager) {
            return learning
                    ? new Following(network, manager)
                    : new FixedFeedback(network, manager, source);
        }

        private final class Following extends LearnedFeedback {

            Following(Network network, NDManager manager) {
                super(network, manager, source, true);
            }

            @Override
            public void onGradients(Tape tape) {
                forEach(
                        (layer, feedback) -> {
                            try (NDArray gradient = tape.getValue(layer.weight()).getGradient()) {
                                parameters().setGradient(tape, layer.weightPath(), gradient);
                            }
                        });
            }

            @Override
            public String describe(Layer layer) {
                return "through weights that follow";
            }
        }

        private static final class Builder extends FeedbackBuilder<Builder> {

            private final boolean learning;

            Builder(boolean learning) {
                super(FeedbackDistribution.fanInUniform().seeded(0));
                this.learning = learning;
            }

            @Override
            protected Builder self() {
                return this;
            }

            OwnFeedback build() {
                return new OwnFeedback(this);
            }
        }
    }

    private static Map<String, double[]> trained(CreditAssignment rule) {
        try (TrainingRun run = TrainingRun.start(NETWORK, rule::newTrainer)) {
            return run.train(0, 4).parameters();
        }
    }

    private static void assertSame(CreditAssignment expected, CreditAssignment rule) {
        Map<String, double[]> found = trained(rule);
        trained(expected)
                .forEach((path, values) -> assertArrayEquals(values, found.get(path), path));
    }

    @Test
    void fixedFeedbackIsFeedbackAlignment() {
        FeedbackSource source = FeedbackDistribution.normal(0.3).seeded(2);
        assertSame(
                FeedbackAlignment.builder().optFeedback(source).build(),
                new OwnFeedback.Builder(false).optFeedback(source).build());
    }

    @Test
    void feedbackThatFollowsIsKolenAndPollacks() {
        assertSame(
                KolenPollack.builder().optDecay(0).build(), new OwnFeedback.Builder(true).build());
    }

    @Test
    void whatItLearnsIsSavedAndRead(@TempDir Path folder) throws Exception {
        CreditAssignment rule = new OwnFeedback.Builder(true).build();
        Map<String, double[]> straight;
        try (TrainingRun run = TrainingRun.start(NETWORK, rule::newTrainer)) {
            run.train(0, 2).save(folder);
            straight = run.train(2, 4).parameters();
        }
        try (TrainingRun run = TrainingRun.resume(NETWORK, folder, rule::newTrainer)) {
            CreditTrainer trainer = (CreditTrainer) run.trainer();
            assertEquals(2, trainer.getRuleParameters().size());
            Map<String, double[]> resumed = run.train(2, 4).parameters();
            straight.forEach((path, values) -> assertArrayEquals(values, resumed.get(path), path));
        }
    }

    /** The least that a rule has to say. */
    private static final class LeastRule extends CreditAssignment {

        private final BiConsumer<Tape, NDList> assignment;

        LeastRule(Builder builder) {
            super(builder);
            assignment = builder.assignment;
        }

        @Override
        protected CreditAssigner newAssigner(Network network, Loss loss, NDManager manager) {
            return assignment::accept;
        }

        private static final class Builder extends CreditAssignment.Builder<Builder> {

            private final BiConsumer<Tape, NDList> assignment;

            Builder(BiConsumer<Tape, NDList> assignment) {
                this.assignment = assignment;
            }

            @Override
            protected Builder self() {
                return this;
            }
        }
    }

    @Test
    void aRuleSaysNoMoreThanHowCreditIsAssigned(@TempDir Path folder) throws Exception {
        LeastRule rule =
                new LeastRule(
                        new LeastRule.Builder(
                                (tape, errors) ->
                                        tape.backward(
                                                errors,
                                                (layer, delta) ->
                                                        layer.inputError(delta, layer.getWeight()),
                                                false)));
        Gradients stock = Gradients.of(NETWORK, DataType.FLOAT64, ai.djl.Model::newTrainer);
        assertEquals(
                0,
                Gradients.of(NETWORK, DataType.FLOAT64, rule::newTrainer).distanceTo(stock),
                1e-12);
        try (TrainingRun run = TrainingRun.start(NETWORK, rule::newTrainer)) {
            run.train(0, 1).save(folder);
            CreditTrainer trainer = (CreditTrainer) run.trainer();
            assertEquals(Map.of(), trainer.getRuleParameters());
            assertTrue(trainer.getReport().toString().contains("as the rule has it"));
        }
        try (TrainingRun run = TrainingRun.resume(NETWORK, folder, rule::newTrainer)) {
            run.train(1, 2);
        }
    }

    @Test
    void aRuleThatForgotToSayThatItRunsAgainIsTold() {
        LeastRule rule = new LeastRule(new LeastRule.Builder((tape, errors) -> tape.getStages()));
        try (TrainingRun run = TrainingRun.start(NETWORK, rule::newTrainer)) {
            String message =
                    assertThrows(IllegalStateException.class, () -> run.assign(0)).getMessage();
            assertTrue(message.contains("needsRerun()"), message);
        }
    }
}
