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

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.UninitializedParameterException;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.TrainingConfig;
import ai.djl.util.Pair;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.locallearning.djl.creditassignment.internal.Autograd;
import org.locallearning.djl.creditassignment.tape.MatrixProducts;
import org.locallearning.djl.creditassignment.tape.Network;
import org.locallearning.djl.creditassignment.tape.Tape;
import org.locallearning.djl.decorrelation.DivergedDecorrelationException;
import org.locallearning.djl.decorrelation.NonFiniteInputException;
import org.locallearning.djl.decorrelation.internal.Graph;
import org.locallearning.djl.state.StateFile;
import org.locallearning.djl.state.Stateful;
import org.locallearning.djl.state.StatefulTrainer;

/**
 * A trainer that assigns credit by a rule instead of backpropagation.
 *
 * <p>Use it like any DJL trainer, with {@code EasyTrain} or your own loop: open {@link
 * #newGradientCollector()}, call {@link #forward(NDList, NDList)}, the collector's {@code
 * backward(loss)}, then {@link #step()}. A loss may depend on several forwards, of this trainer or
 * of others while the collector of one of them is open; each forward uses the rule of its own
 * trainer and has one backward.
 *
 * <p>Gradients do not depend on the garbage collector, as they may under the stock trainer when
 * blocks or losses use Java numbers.
 *
 * <p>The rule reads the model's blocks when the trainer is made: change them before that.
 *
 * <p>On several devices one thread sends the parts of a batch, since DJL's parallel form does not
 * wait for its threads; the devices compute in parallel, and their gradients are summed as with the
 * stock trainer.
 *
 * <p>If a loss is not finite, {@code backward} throws {@link NonFiniteLossException}; on several
 * devices, closing the gradient collector does, before any step; with {@link
 * #setLossCheckInterval}, a later step. If a decorrelation layer meets values that are not finite,
 * or diverges, {@code forward} throws. The trainer can then only be closed; listeners are not told
 * that training ended, so none of them saves the broken model.
 */
public final class CreditTrainer extends Trainer implements StatefulTrainer {

    private static final String EVALUATED =
            "The loss depends on what trainer.evaluate returned, which is given no credit; call"
                    + " trainer.forward, or take stopGradient() of it.";

    private final CreditAssignment rule;
    private final Network network;
    private final CreditAssigner assigner;
    private final LossChecks checks;
    private final OwnLossCheck lossCheck = new OwnLossCheck(this);
    private final StepGuard stepGuard = new StepGuard();
    private final FirstBatchChecks firstBatch;
    private final TrainerParameters store;
    private final BlockTree blocks;
    private final List<Parameter> parameters;
    private final List<CreditListener> creditListeners;
    private volatile CreditCollector collector;
    private MatrixProducts products = new MatrixProducts(0, 0, 0, 0);
    private boolean productsOfEarlierBatch;
    private RuntimeException failure;

    CreditTrainer(Model model, TrainingConfig config, CreditAssignment rule, Network network) {
        super(model, config);
        this.rule = rule;
        this.network = network;
        // the stock trainer's store is private, and fills itself only when the stock methods run
        store =
                new TrainerParameters(
                        model, getManager(), config.getOptimizer(), config.getDevices());
        checks = new LossChecks(store.getPendingChecks(), getManager(), this::fail);
        blocks = BlockTree.of(model.getBlock());
        parameters = model.getBlock().getParameters().values();
        creditListeners =
                config.getTrainingListeners().stream()
                        .filter(CreditListener.class::isInstance)
                        .map(CreditListener.class::cast)
                        .collect(Collectors.toList());
        assigner = rule.newAssigner(network, getLoss(), managerOfFirstDevice());
        assigner.checkDevices(getDevices());
        firstBatch = new FirstBatchChecks(rule, network, assigner);
    }

    /** The trainer's own manager is on the model's device, which may be another one. */
    private NDManager managerOfFirstDevice() {
        Device first = getDevices()[0];
        return getManager().getDevice().equals(first)
                ? getManager()
                : getManager().newSubManager(first);
    }

    /**
     * Returns the rule.
     *
     * @return the rule that made this trainer
     */
    public CreditAssignment getRule() {
        return rule;
    }

    /**
     * Returns the model's block tree as the rule sees it.
     *
     * @return the network
     */
    public Network getNetwork() {
        return network;
    }

    /**
     * Returns what assigns credit in this trainer, for what it knows of the last batch.
     *
     * @return the assigner that the rule made for this trainer
     */
    public CreditAssigner getAssigner() {
        return assigner;
    }

    /**
     * Returns the arrays that the rule keeps beside the model's parameters: feedback weights by the
     * path of the weight whose place they take, error matrices by their connection. They are the
     * trainer's working arrays: do not change them, and copy those to keep.
     *
     * @return the arrays by name, as far as batches have needed them; empty for a rule without any
     */
    public Map<String, NDArray> getRuleParameters() {
        return assigner.getRuleParameters();
    }

    /**
     * Returns how many products with weights the last batch took, forward and back. Batches that a
     * listener wanted compared with backpropagation do not count.
     *
     * @return the products; all zero before the first batch
     */
    public MatrixProducts getMatrixProducts() {
        return products;
    }

    /**
     * Sets how often the loss is checked to be finite, and with it the updates of decorrelation
     * layers and the numbers of node perturbation. The check waits until the device has computed
     * the loss, once a step; without it, work is sent to a GPU ahead of time. A value that was not
     * finite in a step without a check is found by the next check, which names the steps in
     * question. So is a loss that is not the one which node perturbation learns from.
     *
     * <p>Pending checks run before {@link #getModel}, {@link #getStatefulParts} or {@link
     * #evaluate} return, and when the trainer is closed: save the model that the trainer returns,
     * as listeners do.
     *
     * @param steps 1, as it is by default, to check every step; n to check every n-th; 0 to check
     *     only then. Inference learning reads its energies in every step all the same
     * @throws IllegalArgumentException if it is negative
     */
    public void setLossCheckInterval(int steps) {
        checks.setInterval(steps);
    }

    /** Returns the checks of this trainer's losses. */
    LossChecks getChecks() {
        return checks;
    }

    /**
     * {@inheritDoc}
     *
     * @throws NonFiniteLossException if there are steps whose loss was not checked, and that was
     *     not finite
     */
    @Override
    public Model getModel() {
        checkPassedSteps();
        return super.getModel();
    }

    /** Makes sure that nothing is put to use that no check has passed. */
    private void checkPassedSteps() {
        // the constructor of DJL's trainer calls listeners before there are any
        if (failure == null && checks != null) {
            checks.run();
        }
    }

    /** Returns whether parts of a batch go to several devices, which compute at the same time. */
    boolean isSpread() {
        return getDevices().length > 1;
    }

    /** Returns whether the rule is going to check the loss of this batch with its own numbers. */
    boolean checksNumbers() {
        // in the first batch, checks of the rule's come before that would find something else
        return assigner.checksNumbers() && checks.getBatch() > 1 && lossCheck.hasPassed();
    }

    /**
     * Reports what the rule found in the model. Shapes of parameters are known once the trainer has
     * been initialized.
     *
     * @return the report
     */
    public CreditReport getReport() {
        return CreditReport.of(rule, network, assigner);
    }

    /**
     * Saves what the rule has learned besides the model's own parameters, such as error matrices,
     * so that training can resume later. The file appears at once or not at all.
     *
     * <p>To save it with every checkpoint, hand this to {@code SaveModelTrainingListener}'s {@code
     * setSaveModelCallback}. What an optimizer remembers is not part of it; a {@link
     * org.locallearning.djl.creditassignment.checkpoint.Checkpoint} holds that too.
     *
     * @param file the file to write; a file that is there is replaced
     * @throws IOException if it cannot be written
     */
    public void saveState(Path file) throws IOException {
        StateFile.save(file, getStatefulParts());
    }

    /**
     * Loads what {@link #saveState} wrote, before the first batch is trained. Gradients that wait
     * for a step stay; {@link org.locallearning.djl.creditassignment.checkpoint.Checkpoint#load}
     * clears them.
     *
     * @param file the file to read
     * @throws IOException if it cannot be read
     * @throws MalformedModelException if it is no such file, of another rule or wiring, or of a
     *     model of other sizes. Sizes that do not show before a batch runs, such as those of blocks
     *     of branches, are compared with the first batch, which throws an {@code
     *     IllegalArgumentException}
     */
    public void loadState(Path file) throws IOException, MalformedModelException {
        StateFile.load(file, getManager(), getStatefulParts());
    }

    /** {@inheritDoc} */
    @Override
    public ParameterStore getParameterStore() {
        return store;
    }

    /** {@inheritDoc} */
    @Override
    public Map<String, Stateful> getStatefulParts() {
        checkPassedSteps();
        checkUsable();
        Map<String, Stateful> parts = new LinkedHashMap<>();
        // first, so that another rule is named and not what it leads to
        parts.put("trainer", new RuleName(rule));
        parts.put("rule", assigner);
        parts.put("rates", store.getRateHistory(assigner));
        return parts;
    }

    /** {@inheritDoc} */
    @Override
    public void forgetPendingStep() {
        stepGuard.forgotten(
                "a checkpoint was loaded after the last backward; call backward(loss) with a loss"
                        + " of new predictions before step()");
    }

    /** {@inheritDoc} */
    @Override
    public void initialize(Shape... shapes) {
        checkBlocks();
        Model model = super.getModel();
        model.getBlock().initialize(model.getNDManager(), model.getDataType(), shapes);
        for (Pair<String, Parameter> parameter : model.getBlock().getParameters()) {
            for (Device device : getDevices()) {
                try {
                    store.getValue(parameter.getValue(), device, true);
                } catch (UninitializedParameterException e) {
                    throw new IllegalStateException(
                            String.format(
                                    "Parameter %s was not initialized; the block that holds it has"
                                            + " to initialize its children in"
                                            + " initializeChildBlocks.",
                                    parameter.getKey()),
                            e);
                }
            }
        }
    }

    /** {@inheritDoc} */
    @Override
    public GradientCollector newGradientCollector() {
        GradientCollector engine = super.newGradientCollector();
        collector = new CreditCollector(this, engine);
        return collector;
    }

    /** Called when a collector of this trainer is closed. */
    void onClose(CreditCollector closed) {
        if (collector == closed) {
            collector = null;
        }
    }

    /** Returns the open collector, of this trainer or of another that was opened on this thread. */
    private Optional<CreditCollector> openCollector() {
        CreditCollector own = collector;
        return own == null ? CreditCollector.onThisThread() : Optional.of(own);
    }

    /**
     * Returns the executor that trains the parts of a batch in parallel.
     *
     * @return the executor of the configuration, or empty on several devices
     */
    @Override
    public Optional<ExecutorService> getExecutorService() {
        // EasyTrain does not wait for its parallel parts before it closes the collector
        return getDevices().length > 1 ? Optional.empty() : super.getExecutorService();
    }

    /** {@inheritDoc} */
    @Override
    public NDList forward(NDList data) {
        return run(data, null);
    }

    /** {@inheritDoc} */
    @Override
    public NDList forward(NDList data, NDList labels) {
        if (labels == null || labels.isEmpty()) {
            throw new IllegalArgumentException(
                    "The batch has no labels; use a dataset that gives labels, or forward(data) and"
                            + " a loss that needs none.");
        }
        return run(data, labels);
    }

    private NDList run(NDList data, NDList labels) {
        checkUsable();
        checkInputs(data);
        checkBlocks();
        checkParameters();
        long begin = System.nanoTime();
        Block block = super.getModel().getBlock();
        if (!block.isInitialized()) {
            initialize(data.getShapes());
            // which may have added to them
            checkBlocks();
        }
        try {
            Optional<CreditCollector> open =
                    Autograd.isRecording() ? openCollector() : Optional.empty();
            if (open.isPresent()) {
                return record(open.get(), data, labels);
            }
            return Autograd.isRecording() ? runApart(data, labels) : runPlain(data, labels);
        } finally {
            addMetric("forward", begin);
        }
    }

    private static void checkInputs(NDList data) {
        if (data.isEmpty()) {
            throw new IllegalArgumentException(
                    "The batch has no inputs; use a dataset that gives data.");
        }
        for (int i = 0; i < data.size(); i++) {
            if (data.get(i).isReleased()) {
                throw new IllegalStateException(
                        String.format(
                                Locale.ROOT,
                                "Input %d of the batch was closed before forward; close a batch"
                                        + " after step.",
                                i));
            }
        }
    }

    private NDList runPlain(NDList data, NDList labels) {
        Block block = super.getModel().getBlock();
        return labels == null
                ? block.forward(store, data, true)
                : block.forward(store, data, labels, null);
    }

    private NDList record(CreditCollector open, NDList data, NDList labels) {
        // blocks and losses may change the lists that they get
        NDList inputs = new NDList(data);
        NDList targets = labels == null ? null : ownLabels(labels, data);
        open.expect(inputs);
        if (targets != null) {
            open.expect(targets);
        }
        Block model = super.getModel().getBlock();
        firstBatch.checkFreezing();
        firstBatch.checkSequences(model, store, inputs);
        firstBatch.checkUses(model, store, inputs);
        Tape tape = newTape(inputs, targets);
        RecordedForward forward = new RecordedForward(this, tape, inputs, targets);
        open.add(forward);
        stepGuard.recorded();
        return new NDList(forward.handedOut());
    }

    private Tape newTape(NDList inputs, NDList targets) {
        try {
            return Tape.record(
                    network,
                    store,
                    inputs,
                    targets,
                    assigner.needsRerun(),
                    assigner.needsInnerFeedback());
        } catch (NonFiniteInputException | DivergedDecorrelationException e) {
            // earlier steps have moved weights to where they are of no use
            fail(e);
            throw e;
        }
    }

    /** Returns the labels as they are, for a rule that needs them after the loss, too. */
    private NDList ownLabels(NDList labels, NDList data) {
        return assigner.getOwnLoss().isPresent()
                ? Autograd.copies(labels, data.head().getManager())
                : new NDList(labels);
    }

    /** Runs a forward under a gradient collector that knows no rule, or on a thread without one. */
    private NDList runApart(NDList data, NDList labels) {
        String reason =
                "the forward ran outside of this trainer's gradient collector; open it by"
                        + " trainer.newGradientCollector()";
        if (data.stream().anyMatch(Graph::holds)) {
            throw new IllegalStateException(
                    "The inputs want a gradient, but " + reason + " to have credit assigned.");
        }
        stepGuard.ranApart(reason);
        NDList made = Autograd.withoutRecording(() -> runPlain(data, labels));
        return copies(leaves(made));
    }

    /** Copies leaves, which could not be changed in place themselves. */
    private static NDList copies(NDList leaves) {
        return new NDList(leaves.stream().map(Autograd::copy).toList());
    }

    private static NDList leaves(NDList arrays) {
        return new NDList(
                arrays.stream().map(array -> Autograd.leaf(array, array.getManager())).toList());
    }

    private void checkBlocks() {
        Block model = super.getModel().getBlock();
        BlockTree now = BlockTree.of(model);
        if (!now.hasBlocksOf(blocks)) {
            throw new IllegalStateException(
                    "The model's blocks were changed after this trainer was made, so that it would"
                            + " not train them; call newTrainer after setBlock, add and the like,"
                            + " and after initialize if that is what adds blocks.");
        }
        Optional<Parameter> added = now.findAddedTo(blocks);
        if (added.isPresent()) {
            throw new IllegalStateException(
                    String.format(
                            "Parameter %s was added after this trainer was made, so that it would"
                                    + " not train it; call newTrainer after initialize, or add the"
                                    + " parameter in the block's constructor.",
                            nameOf(added.get(), model)));
        }
    }

    private static String nameOf(Parameter parameter, Block model) {
        return model.getParameters().stream()
                .filter(each -> each.getValue() == parameter)
                .map(Pair::getKey)
                .findFirst()
                .orElseGet(parameter::getName);
    }

    /** Refuses to train arrays that are no longer the model's. */
    private void checkParameters() {
        Optional<String> replaced = store.findReplaced();
        if (replaced.isPresent()) {
            throw new IllegalStateException(
                    String.format(
                            "Parameter %s has other values than those that this trainer trains, as"
                                    + " after model.load; make a new trainer after that, or put"
                                    + " values back by Checkpoint.load.",
                            replaced.get()));
        }
    }

    /** Called when the first backward of a batch begins that may reach forwards of this trainer. */
    void beginBatch() {
        checks.beginBatch();
        productsOfEarlierBatch = true;
    }

    /** Returns how often parameters have been updated. */
    long getUpdates() {
        return store.getUpdates();
    }

    /** Lets the trainer do nothing any more but close. */
    void fail(RuntimeException cause) {
        failure = cause;
    }

    /**
     * Lets the rule assign credit for a forward.
     *
     * @param tape the tape of the forward
     * @param errors the gradient of the loss with respect to each prediction
     * @param alone whether the loss depends on no other forward
     */
    void assignCredit(Tape tape, NDList errors, boolean alone) {
        assigner.getOwnLoss()
                .ifPresent(
                        own -> {
                            checkSendsNothingOn(tape);
                            lossCheck.check(tape, errors, own, alone);
                        });
        firstBatch.checkRerunnable(tape);
        List<CreditListener> curious =
                creditListeners.stream()
                        .filter(listener -> listener.wantsComparison(this))
                        .collect(Collectors.toList());
        if (curious.isEmpty()) {
            assign(tape, errors);
            MatrixProducts taken = tape.getMatrixProducts();
            products = productsOfEarlierBatch ? taken : products.plus(taken);
            productsOfEarlierBatch = false;
        } else {
            GradientComparison comparison = new GradientComparison(tape, parameters, store);
            comparison.backpropagate(errors);
            curious.forEach(listener -> listener.beforeRule(this));
            store.setBeforeUpdate(comparison::addAssigned);
            try {
                assign(tape, errors);
            } finally {
                store.setBeforeUpdate(() -> {});
            }
            curious.forEach(listener -> listener.afterRule(this));
            List<LayerCredit> layers = comparison.credits(assigner);
            curious.forEach(listener -> listener.onCredit(this, layers));
        }
        // a frozen network may still have sent the error on, to what made its inputs
        if (tape.isInputErrorWanted()
                || parameters.stream().anyMatch(Parameter::requiresGradient)) {
            stepGuard.credited();
        } else {
            stepGuard.creditedInVain(
                    parameters.isEmpty()
                            ? "the model has no parameters"
                            : "every parameter of the model is frozen; unfreeze some by"
                                    + " freezeParameters(false)");
        }
    }

    /**
     * Runs a batch once more, to search what it records.
     *
     * @return what the search found; empty also if the batch cannot run
     */
    Optional<String> searchInRerun(
            NDList data, NDList labels, Function<Tape, Optional<String>> search) {
        try (Tape tape = Tape.record(network, store, data, labels)) {
            return search.apply(tape);
        } catch (RuntimeException e) {
            return Optional.empty();
        }
    }

    /** Says which parameter is not finite on a device, as a clause. */
    Optional<String> findNonFiniteParameter(Device device) {
        return store.findNonFinite(device);
    }

    private void assign(Tape tape, NDList errors) {
        long before = getUpdates();
        try {
            assigner.assign(tape, errors);
        } catch (RuntimeException e) {
            if (getUpdates() != before) {
                // the rule moved weights before it found out
                fail(e);
            }
            throw e;
        }
        // a rule that said it would, and did not
        tape.checkNumbers();
    }

    private void checkSendsNothingOn(Tape tape) {
        if (tape.isInputErrorWanted()) {
            throw new IllegalStateException(RecordedForward.noWayOn(rule));
        }
    }

    /** Checks that the trainer can go on. */
    void checkUsable() {
        if (failure != null) {
            throw new IllegalStateException(
                    "This trainer stopped when " + whenFailed() + "; make a new one.", failure);
        }
    }

    private String whenFailed() {
        if (failure instanceof NonFiniteLossException) {
            return "its loss was not finite";
        }
        return failure instanceof NonFiniteInputException
                ? "the input of a decorrelation layer was not finite"
                : "an update was not as it has to be";
    }

    /**
     * {@inheritDoc}
     *
     * <p>Inside a gradient collector of a trainer like this no error may arrive at what this
     * returns, since no rule says what to make of it.
     */
    @Override
    public NDList evaluate(NDList input) {
        checkUsable();
        checkParameters();
        Block block = super.getModel().getBlock();
        Optional<CreditCollector> open =
                Autograd.isRecording() ? openCollector() : Optional.empty();
        if (open.isEmpty()) {
            checkPassedSteps();
            return block.forward(store, input, false, null);
        }
        NDList made = Autograd.withoutRecording(() -> block.forward(store, input, false, null));
        NDList leaves = leaves(made);
        leaves.stream()
                .filter(NDArray::hasGradient)
                .forEach(leaf -> open.get().addDeadEnd(leaf, EVALUATED));
        return copies(leaves);
    }

    /** {@inheritDoc} */
    @Override
    public void step() {
        checkUsable();
        stepGuard.checkStep();
        checkParameters();
        stepGuard.stepped();
        long begin = System.nanoTime();
        assigner.beforeStep(store, getDevices());
        store.updateAllParameters();
        assigner.afterStep(store, getDevices());
        addMetric("step", begin);
    }

    /**
     * {@inheritDoc}
     *
     * @throws NonFiniteLossException if there are steps whose loss was not checked, and that was
     *     not finite; everything is closed all the same
     */
    @Override
    public void close() {
        try {
            checkPassedSteps();
        } finally {
            if (failure == null) {
                store.sync();
                super.close();
            } else {
                getManager().close();
            }
        }
    }
}
