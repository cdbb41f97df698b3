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
package org.locallearning.djl.creditassignment.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.modality.rl.ActionSpace;
import ai.djl.modality.rl.agent.QAgent;
import ai.djl.modality.rl.env.RlEnv;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.SequentialBlock;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.creditassignment.ForcedCollection;
import org.locallearning.djl.creditassignment.Gradients;
import org.locallearning.djl.creditassignment.NetworkCase;
import org.locallearning.djl.creditassignment.RuleCase;

/** DJL's agent for reinforcement learning, whose loop has no labels. */
class QAgentTest {

    /** Observation and action are joined by the network. */
    private static SequentialBlock net() {
        return new SequentialBlock()
                .add(list -> new NDList(list.get(0).concat(list.get(1), 1)))
                .add(NetworkCase.linear(7))
                .add(list -> new NDList(list.head().tanh()))
                .add(NetworkCase.linear(1));
    }

    /** A step from one place on a line to the next. */
    private record LineStep(NDManager manager, int from, boolean isDone) implements RlEnv.Step {

        private NDList place(int at) {
            return new NDList(manager.create(new float[] {at, 1 - at}));
        }

        private ActionSpace actions() {
            ActionSpace actions = new ActionSpace();
            actions.add(new NDList(manager.create(new float[] {0})));
            actions.add(new NDList(manager.create(new float[] {1})));
            return actions;
        }

        @Override
        public NDList getPreObservation() {
            return place(from);
        }

        @Override
        public NDList getAction() {
            return actions().get(1);
        }

        @Override
        public NDList getPostObservation() {
            return place(from + 1);
        }

        @Override
        public ActionSpace getPostActionSpace() {
            return actions();
        }

        @Override
        public NDArray getReward() {
            return manager.create(isDone ? 1f : 0.25f);
        }

        @Override
        public void close() {
            // its arrays are the manager's
        }
    }

    private static Gradients trainBatch(Gradients.TrainerFactory factory) {
        try (Loop loop = Loop.start(QAgentTest::net, new Shape(1, 2), factory, new Shape(1, 1))) {
            QAgent agent = new QAgent(loop.trainer(), 0.9f);
            RlEnv.Step[] steps = {
                new LineStep(loop.manager(), 0, false), new LineStep(loop.manager(), 1, true)
            };
            agent.trainBatch(steps);
            Gradients gradients = loop.gradients();
            loop.trainer().step();
            return gradients;
        }
    }

    @Test
    void gradientsAreThoseOfTheStockTrainer() {
        Gradients stock = ForcedCollection.without(() -> trainBatch(Model::newTrainer));
        assertEquals(0, trainBatch(Loop.BACKPROPAGATION).distanceTo(stock), 1e-5);
    }

    static List<RuleCase> rules() {
        return RuleCase.all();
    }

    @ParameterizedTest
    @MethodSource("rules")
    void rulesThatNeedNoLabelsTrain(RuleCase rule) {
        if (Loop.isDrivenByLoss(rule)) {
            String message =
                    assertThrows(IllegalArgumentException.class, () -> trainBatch(rule))
                            .getMessage();
            assertTrue(message.contains("call forward(data, labels)"), message);
        } else {
            trainBatch(rule);
        }
    }
}
