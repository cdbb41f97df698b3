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

import ai.djl.Model;
import ai.djl.training.tracker.Tracker;
import java.util.ArrayList;
import java.util.List;
import org.locallearning.djl.creditassignment.Gradients;
import org.locallearning.djl.creditassignment.RuleCase;
import org.locallearning.djl.creditassignment.checkpoint.ResumableRun.OptimizerCase;
import org.locallearning.djl.creditassignment.checkpoint.ResumeContract;
import org.locallearning.djl.creditassignment.lra.ErrorMatrixUpdate;
import org.locallearning.djl.creditassignment.lra.LocalRepresentationAlignment;
import org.locallearning.djl.creditassignment.optimizer.ProjectedOptimizer;
import org.locallearning.djl.creditassignment.rule.KolenPollack;

/** Inference learning goes on from a checkpoint, and so does Mq under any trainer. */
class InferenceResumeTest extends ResumeContract {

    @Override
    protected List<Gradients.TrainerFactory> trainers() {
        return List.of(
                inference(InferenceSchedule.SEQUENTIAL),
                inference(InferenceSchedule.SIMULTANEOUS),
                inference(InferenceSchedule.INCREMENTAL),
                new RuleCase("Kolen-Pollack", KolenPollack.builder().build()),
                new RuleCase(
                        "representation alignment",
                        LocalRepresentationAlignment.builder()
                                .optErrorMatrixUpdate(ErrorMatrixUpdate.LRA_E)
                                .build()),
                Model::newTrainer);
    }

    private static RuleCase inference(InferenceSchedule schedule) {
        return new RuleCase(
                schedule.toString(),
                InferenceLearning.builder().optSchedule(schedule).optStepSize(0.5).build());
    }

    @Override
    protected List<OptimizerCase> optimizers() {
        List<OptimizerCase> optimizers = new ArrayList<>(ofDjl());
        optimizers.add(new OptimizerCase("Mq", model -> mq(model).build()));
        optimizers.add(
                new OptimizerCase(
                        "projected Mq from the first gradient",
                        model ->
                                ProjectedOptimizer.builder()
                                        .setOptimizer(
                                                mq(model).optInitialAverageFromGradient().build())
                                        .build()));
        return optimizers;
    }

    private static Mq.Builder mq(Model model) {
        return Mq.builder()
                .setBlock(model.getBlock())
                .setLearningRateTracker(Tracker.fixed(0.003f));
    }
}
