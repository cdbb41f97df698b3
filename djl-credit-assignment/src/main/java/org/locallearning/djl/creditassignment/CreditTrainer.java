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
import ai.djl.ndarray.types.DataType;
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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.stream.Collectors;
import org.locallearning.djl.creditassignment.internal.Autograd;
import org.locallearning.djl.creditassignment.tape.Layer;
import org.locallearning.djl.creditassignment.tape.MatrixProducts;
import org.locallearning.djl.creditassignment.tape.Network;
import org.locallearning.djl.creditassignment.tape.Tape;
import org.locallearning.djl.decorrelation.state.StateFile;
import org.locallearning.djl.decorrelation.state.StateReader;
import org.locallearning.djl.decorrelation.state.StateWriter;
import org.locallearning.djl.decorrelation.state.Stateful;
import org.locallearning.djl.decorrelation.state.StatefulTrainer;

/**
 * A trainer that assigns credit by a rule. It knows no rule itself.
 *
 * <p>Use it as any DJL trainer, with {@code EasyTrain} or a loop of your own: open {@link
 * #newGradientCollector()}, then {@link #forward(NDList, NDList)}, then the collector's {@code
 * backward(loss)}, then {@link #step()}. Between the forward and the backward of one device's part
 * of a batch no other forward may happen on that device.
 *
 * <p>On several devices the parts of a batch are trained one after another, since DJL's parallel
 * form does not wait for them; as with the stock trainer their gradients are summed.
 *
 * <p>When a loss is not finite, {@code backward} throws {@link NonFiniteLossException}. The trainer
 * is then good only for closing, and closing it does not tell listeners that training ended, so
 * that none of them saves the broken model over a good one.
 */
public final class CreditTrainer extends Trainer implements StatefulTrainer {

    private final CreditAssignment rule;
    private final Network network;
    private final CreditAssigner assigner;
    private final TrainerParameters store;
    private final List<Parameter> parameters;
    private final List<CreditListener> creditListeners;
    private final Map<Device, Tape> tapes = new ConcurrentHashMap<>();
    private MatrixProducts products = new MatrixProducts(0, 0, 0, 0);
    private boolean credited;
    private long batches;
    private NonFiniteLossException failure;

    CreditTrainer(Model model, TrainingConfig config, CreditAssignment rule, Network network) {
        super(model, config);
        this.rule = rule;
        this.network = network;
        // the stock trainer's store is private, and fills itself only when the stock methods run
        store =
                new TrainerParameters(
                        model, getManager(), config.getOptimizer(), config.getDevices());
        parameters = model.getBlock().getParameters().values();
        creditListeners =
                config.getTrainingListeners().stream()
                        .filter(CreditListener.class::isInstance)
                        .map(CreditListener.class::cast)
                        .collect(Collectors.toList());
        assigner = rule.newAssigner(network, getLoss(), getManager());
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
     * Returns what assigns credit in this trainer, for what it knows of the last batch.
     *
     * @return the assigner that the rule made for this trainer
     */
    public CreditAssigner getAssigner() {
        return assigner;
    }

    /**
     * Returns the arrays that the rule keeps beside the model's parameters: feedback weights by the
     * path of the weight whose place they take, error matrices by their connection. They are those
     * that the trainer works with: read them, and copy what is to be kept.
     *
     * @return the arrays by name, as far as batches have needed them; none for a rule without any
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
     * Reports what the rule found in the model. Shapes of parameters are known once the trainer has
     * been initialized.
     *
     * @return the report
     */
    public CreditReport getReport() {
        Set<Layer> passed = network.getLayersWithLearningBelow();
        Map<String, Layer> layers =
                network.getLayers().stream().collect(Collectors.toMap(Layer::path, layer -> layer));
        List<CreditReport.Row> rows = new ArrayList<>();
        for (Network.Member member : network.getMembers()) {
            String feedback;
            if (member.role() != Network.Role.WEIGHTED) {
                feedback = "exact";
            } else if (passed.contains(layers.get(member.path()))) {
                feedback = assigner.describeFeedback(layers.get(member.path()));
            } else {
                feedback = "not needed: nothing learns below";
            }
            rows.add(
                    new CreditReport.Row(
                            member.path(),
                            member.block().getClass().getSimpleName(),
                            shapes(member.block()),
                            member.role().getDescription(),
                            feedback));
        }
        return new CreditReport(rule.toString(), rows);
    }

    private static String shapes(Block block) {
        List<String> shapes = new ArrayList<>();
        for (Pair<String, Parameter> parameter : block.getParameters()) {
            Parameter value = parameter.getValue();
            String shape = value.isInitialized() ? value.getArray().getShape().toString() : "?";
            shapes.add(parameter.getKey() + " " + shape);
        }
        return String.join(", ", shapes);
    }

    /**
     * Saves what the rule has learned besides the model's own parameters, such as error matrices,
     * so that training can go on later. The file appears at once or not at all.
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
     * Loads what {@link #saveState} wrote, before the first batch is trained.
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
        checkUsable();
        Map<String, Stateful> parts = new LinkedHashMap<>();
        // first, so that another rule is named and not what it leads to
        parts.put("trainer", new RuleName());
        parts.put("rule", assigner);
        parts.put("rates", store.getRateHistory(assigner));
        return parts;
    }

    /** {@inheritDoc} */
    @Override
    public void initialize(Shape... shapes) {
        Model model = getModel();
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
        return new CreditCollector(this, super.newGradientCollector());
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
        long begin = System.nanoTime();
        Block block = getModel().getBlock();
        if (!block.isInitialized()) {
            initialize(data.getShapes());
        }
        try {
            if (!Autograd.isRecording()) {
                return labels == null
                        ? block.forward(store, data, true)
                        : block.forward(store, data, labels, null);
            }
            Tape tape = Tape.record(network, store, data, labels, assigner.needsRerun());
            Tape unused = tapes.put(data.head().getDevice(), tape);
            if (unused != null) {
                unused.close();
            }
            return tape.getPredictions();
        } finally {
            addMetric("forward", begin);
        }
    }

    /**
     * Differentiates the loss as far as the predictions and lets the rule go on from there.
     *
     * @param loss the loss, a value of the predictions of the last forward on its device
     * @param engine the engine's collector
     */
    void assignCredit(NDArray loss, GradientCollector engine) {
        checkUsable();
        Tape tape = tapes.remove(loss.getDevice());
        if (tape == null) {
            throw new IllegalStateException(
                    "There is no forward to assign credit for; call trainer.forward inside the"
                            + " gradient collector, once for each backward.");
        }
        try (tape) {
            batches++;
            checkFinite(loss, tape);
            checkDifferentiable(loss);
            engine.backward(loss);
            NDList errors = tape.getOutputErrors();
            List<CreditListener> curious =
                    creditListeners.stream()
                            .filter(listener -> listener.wantsComparison(this))
                            .collect(Collectors.toList());
            if (curious.isEmpty()) {
                assigner.assign(tape, errors);
            } else {
                List<LayerCredit> layers =
                        new GradientComparison(tape, parameters, store).assign(assigner, errors);
                curious.forEach(listener -> listener.onCredit(this, layers));
            }
            products = curious.isEmpty() ? tape.getMatrixProducts() : products;
            credited = true;
        }
    }

    private void checkDifferentiable(NDArray loss) {
        if (!Autograd.isDifferentiable(loss)) {
            throw new IllegalArgumentException(
                    String.format(
                            "The loss has no gradient with respect to the predictions (the"
                                    + " trainer's is %s), so there is no error to start from; use a"
                                    + " differentiable loss.",
                            getLoss().getName()));
        }
    }

    private void checkFinite(NDArray loss, Tape tape) {
        double value;
        try (NDArray sum = loss.sum().toType(DataType.FLOAT64, true)) {
            value = sum.getDouble();
        }
        if (!Double.isFinite(value)) {
            String where =
                    tape.findNonFinite()
                            .orElse("every layer is finite, so it is the loss function's own");
            failure =
                    new NonFiniteLossException(
                            String.format(
                                    "The loss is %s in batch %d: %s. Training stopped and nothing"
                                            + " was saved; try a smaller learning rate, or check"
                                            + " the data.",
                                    value, batches, where));
            throw failure;
        }
    }

    private void checkUsable() {
        if (failure != null) {
            throw new IllegalStateException(
                    "This trainer stopped when its loss was not finite; make a new one.", failure);
        }
    }

    /** {@inheritDoc} */
    @Override
    public NDList evaluate(NDList input) {
        return getModel().getBlock().forward(store, input, false, null);
    }

    /** {@inheritDoc} */
    @Override
    public void step() {
        checkUsable();
        if (!credited) {
            throw new IllegalStateException(
                    "No credit was assigned since this trainer was made; call backward(loss) of its"
                            + " gradient collector before step().");
        }
        long begin = System.nanoTime();
        store.updateAllParameters();
        assigner.afterStep(store, getDevices());
        addMetric("step", begin);
    }

    /** {@inheritDoc} */
    @Override
    public void close() {
        tapes.values().forEach(Tape::close);
        tapes.clear();
        if (failure == null) {
            store.sync();
            super.close();
        } else {
            getManager().close();
        }
    }

    /** The name of the rule, in the file with its state. */
    private final class RuleName implements Stateful {

        private static final String NAME = "rule";

        /** {@inheritDoc} */
        @Override
        public void saveState(StateWriter out) throws IOException {
            out.putText(NAME, rule.getClass().getSimpleName());
        }

        /** {@inheritDoc} */
        @Override
        public Runnable loadState(StateReader in) throws MalformedModelException {
            String saved = in.getText(NAME);
            String own = rule.getClass().getSimpleName();
            if (!saved.equals(own)) {
                throw new MalformedModelException(
                        String.format(
                                "it holds the state of a %s, but this trainer's rule is a %s.",
                                saved, own));
            }
            return () -> {};
        }
    }
}
