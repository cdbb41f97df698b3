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

/**
 * Predictive coding: the learning rule {@link org.locallearning.djl.pc.InferenceLearning} in its
 * sequential, simultaneous and incremental forms, and the optimizer {@link
 * org.locallearning.djl.pc.Mq} that goes with it.
 *
 * <pre>{@code
 * Block block = model.getBlock();
 * Optimizer mq = Mq.builder().setBlock(block).setLearningRateTracker(Tracker.fixed(3e-5f)).build();
 * TrainingConfig config = new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss()).optOptimizer(mq);
 * try (Trainer trainer = InferenceLearning.builder().build().newTrainer(model, config)) {
 *     EasyTrain.fit(trainer, 10, train, test);
 * }
 * }</pre>
 */
package org.locallearning.djl.pc;
