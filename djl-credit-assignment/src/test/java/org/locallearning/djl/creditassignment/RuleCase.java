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

import ai.djl.Model;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.Trainer;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.locallearning.djl.creditassignment.lra.ErrorDifference;
import org.locallearning.djl.creditassignment.lra.ErrorMatrixUpdate;
import org.locallearning.djl.creditassignment.lra.LocalRepresentationAlignment;
import org.locallearning.djl.creditassignment.rule.Backpropagation;
import org.locallearning.djl.creditassignment.rule.DirectFeedbackAlignment;
import org.locallearning.djl.creditassignment.rule.FeedbackAlignment;
import org.locallearning.djl.creditassignment.rule.KolenPollack;
import org.locallearning.djl.creditassignment.rule.NodePerturbation;
import org.locallearning.djl.creditassignment.rule.Pseudobackpropagation;
import org.locallearning.djl.creditassignment.rule.SignSymmetricFeedback;
import org.locallearning.djl.creditassignment.rule.WeightMirror;

/**
 * A rule to test, as data: a new one is a line in the list.
 *
 * @param name the name, for the test's title
 * @param rule the rule
 */
public record RuleCase(String name, CreditAssignment rule) implements Gradients.TrainerFactory {

    /** Every rule in each of its forms. */
    public static List<RuleCase> all() {
        return Stream.of(sendingErrors(), perturbing()).flatMap(List::stream).toList();
    }

    /**
     * One rule of each kind: fixed feedback, feedback that learns from gradients and from noise,
     * direct feedback, targets, noise. The others of a kind differ in what they multiply with.
     */
    public static List<RuleCase> oneOfEachKind() {
        Set<String> names =
                Set.of(
                        "feedback alignment",
                        "Kolen-Pollack",
                        "weight mirror",
                        "direct, dense",
                        "representation alignment",
                        "node perturbation by activity, antithetic");
        List<RuleCase> cases = all().stream().filter(rule -> names.contains(rule.name())).toList();
        if (cases.size() != names.size()) {
            throw new IllegalStateException("A kind of rule is missing among " + cases);
        }
        return cases;
    }

    /** The rules that know the nodes' share in the loss by the loss itself alone. */
    public static List<RuleCase> perturbing() {
        return List.of(
                new RuleCase("node perturbation", NodePerturbation.builder().build()),
                new RuleCase(
                        "node perturbation by activity, antithetic",
                        NodePerturbation.builder()
                                .optMode(NodePerturbation.Mode.ANP)
                                .optAntithetic(true)
                                .build()));
    }

    /** The rules that start from the error at the predictions. */
    public static List<RuleCase> sendingErrors() {
        return List.of(
                new RuleCase("backpropagation", Backpropagation.builder().build()),
                new RuleCase("feedback alignment", FeedbackAlignment.builder().build()),
                new RuleCase("Kolen-Pollack", KolenPollack.builder().build()),
                new RuleCase("weight mirror", WeightMirror.builder().build()),
                new RuleCase("pseudobackprop", Pseudobackpropagation.builder().build()),
                new RuleCase(
                        "direct, dense",
                        DirectFeedbackAlignment.builder()
                                .optConvolutionForm(DirectFeedbackAlignment.ConvolutionForm.DENSE)
                                .build()),
                new RuleCase(
                        "direct, broadcast",
                        DirectFeedbackAlignment.builder()
                                .optConvolutionForm(
                                        DirectFeedbackAlignment.ConvolutionForm.BROADCAST)
                                .build()),
                signSymmetric("uniform signs", SignSymmetricFeedback.Mode.UNIFORM),
                signSymmetric("batchwise signs", SignSymmetricFeedback.Mode.BATCHWISE_RANDOM),
                signSymmetric("fixed signs", SignSymmetricFeedback.Mode.FIXED_MAGNITUDE),
                new RuleCase(
                        "representation alignment",
                        LocalRepresentationAlignment.builder()
                                // the paper's own grows without bound under plain descent
                                .optErrorMatrixUpdate(ErrorMatrixUpdate.LRA_E)
                                .build()),
                new RuleCase(
                        "representation alignment, both sides",
                        LocalRepresentationAlignment.builder()
                                .optErrorDifference(ErrorDifference.CENTRAL)
                                .optMagnitudeShare(0.5)
                                .optErrorMatrixUpdate(ErrorMatrixUpdate.NONE)
                                .build()));
    }

    private static RuleCase signSymmetric(String name, SignSymmetricFeedback.Mode mode) {
        return new RuleCase(name, SignSymmetricFeedback.builder().optMode(mode).build());
    }

    @Override
    public Trainer apply(Model model, DefaultTrainingConfig config) {
        return rule.newTrainer(model, config);
    }

    @Override
    public String toString() {
        return name;
    }
}
