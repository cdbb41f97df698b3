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
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.training.ParameterStore;
import ai.djl.training.TrainingConfig;
import ai.djl.training.loss.Loss;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.locallearning.djl.creditassignment.internal.GraphMemory;
import org.locallearning.djl.creditassignment.internal.Parameters;
import org.locallearning.djl.creditassignment.layer.LayerTable;
import org.locallearning.djl.creditassignment.tape.Network;
import org.locallearning.djl.creditassignment.tape.UnknownBlocks;
import org.locallearning.djl.decorrelation.internal.BlockPath;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A credit assignment rule: turns the error of a network into the gradient of each of its
 * parameters.
 *
 * <p>One line replaces backpropagation in a DJL program:
 *
 * <pre>{@code
 * CreditAssignment rule = FeedbackAlignment.builder().build();
 * try (Trainer trainer = rule.newTrainer(model, config)) { // was: model.newTrainer(config)
 *     trainer.initialize(new Shape(64, 784));
 *     EasyTrain.fit(trainer, 10, training, validation);
 * }
 * }</pre>
 *
 * <p>A rule is an immutable set of settings and can make any number of trainers; its state belongs
 * to the trainer.
 */
public abstract class CreditAssignment {

    private static final Logger logger = LoggerFactory.getLogger(CreditAssignment.class);

    private final LayerTable layers;
    private final UnknownBlocks unknownBlocks;

    /**
     * Creates a rule.
     *
     * @param builder the builder with the settings that all rules share
     */
    protected CreditAssignment(Builder<?> builder) {
        layers = builder.layers;
        unknownBlocks = builder.unknownBlocks;
    }

    /**
     * Creates a trainer that trains a model by this rule, in place of {@link
     * Model#newTrainer(TrainingConfig)}.
     *
     * <p>Initializers, frozen parameters, devices, the loss, the optimizer, evaluators and
     * listeners work as with the stock trainer.
     *
     * @param model the model; its engine is PyTorch
     * @param config the configuration
     * @return the trainer
     * @throws IllegalArgumentException if the model's engine is not PyTorch, if the rule cannot
     *     share a batch between the devices of the configuration, if the model holds a block that
     *     this rule does not know and the policy is {@link UnknownBlocks#FAIL}, or if the rule
     *     would be backpropagation by another name, unless unknown blocks are the reason and the
     *     policy is {@link UnknownBlocks#ACCEPT}
     * @throws IllegalStateException if this version of DJL is another than this library was built
     *     for, and gradients would depend on the garbage collector
     */
    public CreditTrainer newTrainer(Model model, TrainingConfig config) {
        if (!"PyTorch".equals(model.getNDManager().getEngine().getEngineName())) {
            throw new IllegalArgumentException(
                    String.format(
                            "The model runs on the engine %s, but only PyTorch is supported; create"
                                    + " it with Model.newInstance(name, \"PyTorch\").",
                            model.getNDManager().getEngine().getEngineName()));
        }
        GraphMemory.check();
        // the stock trainer applies initializers and unfreezes loaded models; none of that is
        // public
        RuleModel.withoutRule(model).newTrainer(new SilentTrainingConfig(config)).close();
        Network network = Network.of(model.getBlock(), layers);
        checkErrorsOfItsOwn(network);
        CreditTrainer trainer = new CreditTrainer(model, config, this, network);
        if (unknownBlocks == UnknownBlocks.WARN) {
            warnOfUnknownBlocks(trainer);
        }
        return trainer;
    }

    /**
     * Returns a model whose trainers train by this rule, for code that calls {@link
     * Model#newTrainer(TrainingConfig)} itself, such as {@code EasyHpo}.
     *
     * @param model the model; its engine is PyTorch
     * @return the same model with another {@code newTrainer}; closing it closes the model
     */
    public Model wrap(Model model) {
        return new RuleModel(model, this);
    }

    /**
     * Returns a zoo model whose trainers train by this rule, see {@link #wrap(Model)}.
     *
     * @param <I> the type of the model's input
     * @param <O> the type of the model's output
     * @param model the model; its engine is PyTorch
     * @return the same model with another {@code newTrainer}; closing it closes the model
     */
    public <I, O> ZooModel<I, O> wrap(ZooModel<I, O> model) {
        return new ZooModel<>(wrap(model.getWrappedModel()), model.getTranslator());
    }

    void checkErrorsOfItsOwn(Network network) {
        List<Network.Member> unknown = unknownBlocks(network);
        if (unknownBlocks == UnknownBlocks.FAIL && !unknown.isEmpty()) {
            throw new IllegalArgumentException(
                    String.format(
                            "%s does not know %s: it would be run as one piece. Add it to the"
                                    + " LayerTable with optLayers, or choose"
                                    + " optUnknownBlocks(ACCEPT).",
                            getClass().getSimpleName(), names(unknown)));
        }
        List<Network.Member> learning =
                unknown.stream().filter(CreditAssignment::isTrainable).toList();
        if (learning.isEmpty()) {
            checkStages(network);
        } else if (!network.isSingleLayer()) {
            checkUnknown(network, learning);
        }
    }

    private void checkUnknown(Network network, List<Network.Member> learning) {
        if (unknownBlocks != UnknownBlocks.ACCEPT && !hasErrorsOfItsOwn(network)) {
            throw new IllegalArgumentException(
                    String.format(
                            "%s would be backpropagation by another name: it backpropagates inside"
                                    + " blocks that it does not know, %s, and no weighted layer"
                                    + " that it knows sends an error to anything that learns."
                                    + " Declare which blocks they run one after the other with"
                                    + " LayerTable.withSequence and optLayers, accept it with"
                                    + " optUnknownBlocks(ACCEPT), or take another rule.",
                            getClass().getSimpleName(), names(learning)));
        }
    }

    /**
     * Refuses an unknown block that uses the one layer that learns several times, as a recurrent
     * one does.
     */
    void checkSingleUse(Network network, Block model, ParameterStore store, NDList data) {
        List<Network.Member> learning =
                unknownBlocks(network).stream().filter(CreditAssignment::isTrainable).toList();
        if (!learning.isEmpty()
                && network.isSingleLayer()
                && network.getMostRuns(model, store, data) > 1) {
            checkUnknown(network, learning);
        }
    }

    private void checkStages(Network network) {
        boolean sendsErrors = !network.getLayersWithLearningBelow().isEmpty();
        if (sendsErrors && network.learnsInOneStage() && !hasErrorsOfItsOwn(network)) {
            throw new IllegalArgumentException(
                    String.format(
                            "%s would be backpropagation by another name: all that learns is in one"
                                    + " stage (branches, or a sequence that returns what its blocks"
                                    + " put out), inside which errors go back exactly. Take a rule"
                                    + " that sends an error of its own through every layer, such as"
                                    + " FeedbackAlignment.",
                            getClass().getSimpleName()));
        }
    }

    private void warnOfUnknownBlocks(CreditTrainer trainer) {
        for (Network.Member each : unknownBlocks(trainer.getNetwork())) {
            logger.warn(
                    "{} does not know {}, which runs as one piece: {}. optUnknownBlocks(ACCEPT)"
                            + " silences this warning.",
                    getClass().getSimpleName(),
                    names(List.of(each)),
                    trainer.getAssigner().describeUnknownBlock(each.inner()));
        }
    }

    private static List<Network.Member> unknownBlocks(Network network) {
        return network.getMembers().stream()
                .filter(member -> member.role() == Network.Role.OPAQUE)
                .toList();
    }

    private static boolean isTrainable(Network.Member member) {
        return member.block().getParameters().values().stream().anyMatch(Parameters::isLearning);
    }

    private static String names(List<Network.Member> members) {
        return members.stream()
                .map(
                        member ->
                                String.format(
                                        "%s (%s)",
                                        BlockPath.display(member.path()),
                                        member.block().getClass().getName()))
                .collect(Collectors.joining(", "));
    }

    /**
     * Returns whether this rule's own errors, other than those of backpropagation, reach anything
     * that learns in a network. If they do not, because blocks are unknown or the network is one
     * stage, making a trainer fails.
     *
     * @param network the network
     * @return true if a weighted layer that runs by itself has learning below it, by default
     */
    protected boolean hasErrorsOfItsOwn(Network network) {
        return !network.getLayersWithLearningBelow().isEmpty();
    }

    /**
     * Prints the rule for {@code toString}: its class, its own settings, and those that all rules
     * share where they are not the usual ones.
     *
     * @param settings the rule's own settings, empty if it has none
     * @return the text, such as {@code KolenPollack(decay 0.1, unknown blocks ACCEPT)}
     */
    protected final String describe(String settings) {
        List<String> all = new ArrayList<>();
        all.add(settings);
        if (layers != LayerTable.standard()) {
            all.add("layers " + layers);
        }
        if (unknownBlocks != UnknownBlocks.WARN) {
            all.add("unknown blocks " + unknownBlocks);
        }
        all.removeIf(String::isEmpty);
        return getClass().getSimpleName() + "(" + String.join(", ", all) + ")";
    }

    /**
     * Creates the assigner of one trainer, with its state from batch to batch.
     *
     * @param network the network to train
     * @param loss the trainer's loss
     * @param manager the trainer's manager, which closes what the assigner keeps
     * @return the assigner
     */
    protected abstract CreditAssigner newAssigner(Network network, Loss loss, NDManager manager);

    /**
     * The settings that all rules share.
     *
     * @param <T> the type of the builder
     */
    public abstract static class Builder<T extends Builder<T>> {

        private LayerTable layers = LayerTable.standard();
        private UnknownBlocks unknownBlocks = UnknownBlocks.WARN;

        /** Creates a builder. */
        protected Builder() {}

        /**
         * Sets which layers are known.
         *
         * @param layers the table; {@link LayerTable#standard()} by default
         * @return this builder
         */
        public T optLayers(LayerTable layers) {
            this.layers = layers;
            return self();
        }

        /**
         * Sets what to do about a block that the table does not know.
         *
         * @param unknownBlocks the policy; {@link UnknownBlocks#WARN} by default
         * @return this builder
         */
        public T optUnknownBlocks(UnknownBlocks unknownBlocks) {
            this.unknownBlocks = unknownBlocks;
            return self();
        }

        /**
         * Returns this builder as its own type.
         *
         * @return this builder
         */
        protected abstract T self();
    }
}
