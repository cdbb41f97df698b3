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
package org.locallearning.djl.examples.djlprograms;

import ai.djl.basicmodelzoo.basic.Mlp;
import ai.djl.modality.rl.ActionSpace;
import ai.djl.modality.rl.LruReplayBuffer;
import ai.djl.modality.rl.agent.EpsilonGreedy;
import ai.djl.modality.rl.agent.QAgent;
import ai.djl.modality.rl.agent.RlAgent;
import ai.djl.modality.rl.env.RlEnv;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.tracker.Tracker;

/** DJL's {@code TrainTicTacToe}: its agent for Q-learning, here in a corridor. */
final class QLearning implements Program {

    private static final int CELLS = 4;

    @Override
    public String title() {
        return "reinforcement, Q-learning";
    }

    @Override
    public boolean repeatsItsBatch() {
        return false;
    }

    @Override
    public void train(Run run) {
        Block block =
                new SequentialBlock()
                        .add(inputs -> new NDList(NDArrays.concat(inputs, 1)))
                        .add(new Mlp(CELLS + 1, 1, new int[] {8, 6}));
        Trainer trainer =
                run.newTrainer(
                        block,
                        run.config(Loss.l2Loss(), 0.05f),
                        new Shape(Run.BATCH, CELLS),
                        new Shape(Run.BATCH, 1));
        RlAgent agent = new EpsilonGreedy(new QAgent(trainer, 0.9f), Tracker.fixed(0.5f));
        try (Corridor corridor = new Corridor(run.manager())) {
            for (int step = 0; step < Run.STEPS; step++) {
                corridor.runEnvironment(agent, true);
                agent.trainBatch(corridor.getBatch());
                trainer.step();
            }
        }
    }

    /** A row of cells; the reward is at its right end, and a walk ends after some steps. */
    private static final class Corridor implements RlEnv {

        private final NDManager manager;
        private final LruReplayBuffer buffer = new LruReplayBuffer(Run.BATCH, 32);
        private final ActionSpace actions = new ActionSpace();
        private int cell;
        private int steps;

        Corridor(NDManager manager) {
            this.manager = manager;
            actions.add(new NDList(manager.create(new float[] {-1})));
            actions.add(new NDList(manager.create(new float[] {1})));
        }

        @Override
        public void reset() {
            cell = 0;
            steps = 0;
        }

        @Override
        public NDList getObservation() {
            float[] place = new float[CELLS];
            place[cell] = 1;
            return new NDList(manager.create(place));
        }

        @Override
        public ActionSpace getActionSpace() {
            return actions;
        }

        @Override
        public Step step(NDList action, boolean training) {
            NDList before = getObservation();
            int direction = (int) action.singletonOrThrow().getFloat();
            cell = Math.min(CELLS - 1, Math.max(0, cell + direction));
            steps++;
            boolean found = cell == CELLS - 1;
            Walk step =
                    new Walk(
                            before,
                            action,
                            getObservation(),
                            actions,
                            manager.create(new float[] {found ? 1 : 0}).squeeze(),
                            found || steps == 2 * CELLS);
            if (training) {
                buffer.addStep(step);
            }
            return step;
        }

        @Override
        public Step[] getBatch() {
            return buffer.getBatch();
        }

        @Override
        public void close() {
            actions.forEach(NDList::close);
        }
    }

    private record Walk(
            NDList before,
            NDList action,
            NDList after,
            ActionSpace actions,
            NDArray reward,
            boolean done)
            implements RlEnv.Step {

        @Override
        public NDList getPreObservation() {
            return before;
        }

        @Override
        public NDList getAction() {
            return action;
        }

        @Override
        public NDList getPostObservation() {
            return after;
        }

        @Override
        public ActionSpace getPostActionSpace() {
            return actions;
        }

        @Override
        public NDArray getReward() {
            return reward;
        }

        @Override
        public boolean isDone() {
            return done;
        }

        @Override
        public void close() {
            before.close();
            after.close();
            reward.close();
        }
    }
}
