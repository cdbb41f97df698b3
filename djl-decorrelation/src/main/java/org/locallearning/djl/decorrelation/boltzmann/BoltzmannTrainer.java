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
package org.locallearning.djl.decorrelation.boltzmann;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.TrainingConfig;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.Dataset;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.translate.TranslateException;
import ai.djl.util.Pair;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.locallearning.djl.decorrelation.internal.Descriptions;
import org.locallearning.djl.decorrelation.internal.HostValues;
import org.locallearning.djl.state.StateFile;
import org.locallearning.djl.state.StateReader;
import org.locallearning.djl.state.StateWriter;
import org.locallearning.djl.state.Stateful;
import org.locallearning.djl.state.StatefulTrainer;

/**
 * Trains a restricted Boltzmann machine; made by {@link BoltzmannLearning#newTrainer}.
 *
 * <p>Use it like any DJL trainer, with {@code EasyTrain} or your own loop: {@link #forward(NDList,
 * NDList)} runs both phases and computes the direction, {@link #step()} passes it to the optimizer.
 * Each forward needs its own step: directions do not add up, since some compare a step with the one
 * before. Gradient collectors have nothing to do. Labels are ignored, and a data set may have none.
 * Frozen parameters do not change.
 *
 * <p>Predictions are the reconstructions and the data, in this order, as {@link
 * ReconstructionError} expects.
 *
 * <p>{@code forward} throws {@link IllegalArgumentException} for data that cannot be states of the
 * visible units and for a batch without rows, and {@link IllegalStateException} if the step of the
 * previous forward is still to come, or if parameters or probabilities are no longer finite. In the
 * latter case the trainer can only be closed; listeners are not told that training ended, so none
 * of them saves the broken model.
 */
public final class BoltzmannTrainer extends Trainer implements StatefulTrainer {

    private final BoltzmannLearning learning;
    private final RestrictedBoltzmannMachine machine;
    private final Optimizer optimizer;
    private final ParameterStore store;
    private final NegativePhase.Sampler sampler;
    private final GradientDirection.Preconditioner preconditioner;
    private final Penalty.Term penalty;
    private SufficientStatistics direction;
    private long batches;
    private IllegalStateException failure;

    BoltzmannTrainer(
            Model model,
            TrainingConfig config,
            BoltzmannLearning learning,
            RestrictedBoltzmannMachine machine) {
        super(model, config);
        this.learning = learning;
        this.machine = machine;
        optimizer = config.getOptimizer();
        // the stock trainer's store is private, and fills itself only when the stock methods run
        store = new ParameterStore(getManager(), false);
        store.setParameterServer(
                getManager().getEngine().newParameterServer(optimizer), config.getDevices());
        sampler = learning.negativePhase().start(getManager());
        preconditioner = learning.direction().start(getManager());
        penalty = learning.penalty() == null ? null : learning.penalty().start(getManager());
    }

    /**
     * Returns how this trainer learns.
     *
     * @return the settings that made it
     */
    public BoltzmannLearning getLearning() {
        return learning;
    }

    /**
     * Returns the weight γ of the penalty in the last batch.
     *
     * @return the weight, 0 without a penalty
     */
    public double getPenaltyWeight() {
        return penalty == null ? 0 : penalty.getWeight();
    }

    /**
     * Returns the coordinates in which learning follows the plain gradient.
     *
     * @return the coordinates, which change with the next batch; empty before the first one, and
     *     for a direction without any
     */
    public Optional<WhitenedCoordinates> getCoordinates() {
        return preconditioner.getCoordinates();
    }

    /** {@inheritDoc} */
    @Override
    public void initialize(Shape... shapes) {
        Model model = getModel();
        machine.initialize(model.getNDManager(), model.getDataType(), shapes);
        machine.getParameters()
                .values()
                .forEach(parameter -> store.getValue(parameter, getDevices()[0], true));
    }

    /**
     * {@inheritDoc}
     *
     * <p>Batches without labels get their data in the place of labels, since {@code EasyTrain} asks
     * for the device of the first label.
     */
    @Override
    public Iterable<Batch> iterateDataset(Dataset dataset) throws IOException, TranslateException {
        Iterable<Batch> batches = super.iterateDataset(dataset);
        return () -> {
            Iterator<Batch> iterator = batches.iterator();
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return iterator.hasNext();
                }

                @Override
                public Batch next() {
                    Batch batch = iterator.next();
                    if (batch.getLabels().isEmpty()) {
                        batch.getLabels().addAll(batch.getData());
                    }
                    return batch;
                }
            };
        };
    }

    /** {@inheritDoc} */
    @Override
    public GradientCollector newGradientCollector() {
        return new NothingToCollect();
    }

    /** {@inheritDoc} */
    @Override
    public NDList forward(NDList data, NDList labels) {
        return forward(data);
    }

    /** {@inheritDoc} */
    @Override
    public NDList forward(NDList data) {
        checkUsable();
        checkParameters();
        if (isStepPending()) {
            throw new IllegalStateException(
                    "The direction of the forward before still waits for its step; call step after"
                            + " each forward, evaluate to reconstruct without learning, or"
                            + " forgetPendingStep to leave that batch out.");
        }
        long begin = System.nanoTime();
        RestrictedBoltzmannMachine.checkNotEmpty(data.singletonOrThrow().getShape());
        if (!machine.isInitialized()) {
            initialize(data.getShapes());
        }
        ++batches;
        SufficientStatistics found;
        NDList predictions;
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray visible = machine.rows(data.singletonOrThrow().stopGradient());
            machine.getVisibleUnits().check(visible);
            BoltzmannParameters parameters = parameters(visible);
            Phase positive = Phase.of(parameters, visible, visible);
            Phase negative = sampler.sample(parameters, positive);
            // a penalty looks at the model's mean, so that it has to be known by itself
            SufficientStatistics gradient =
                    penalty == null
                            ? positive.minus(negative)
                            : positive.mean().minus(negative.mean());
            if (penalty != null) {
                gradient = penalty.join(parameters, negative, gradient);
            }
            if (learning.weightDecay() > 0) {
                gradient.product().subi(parameters.weight().mul(learning.weightDecay()));
            }
            found =
                    preconditioner.direction(
                            parameters, positive, negative, gradient, LearningParts.of(machine));
            NDArray reconstruction =
                    learning.negativePhase().startsAtData()
                            ? negative.visibleMeans()
                            : parameters.visibleMeans(positive.hidden());
            checkFinite(found, parameters, positive);
            found.toList().forEach(each -> each.attach(getManager()));
            NDScope.unregister(found.toList());
            predictions = new NDList(reconstruction, visible);
            predictions.attach(data.head().getManager());
            NDScope.unregister(predictions);
        }
        direction = found;
        addMetric("forward", begin);
        return predictions;
    }

    /** The parameters outside any gradient's graph. */
    private BoltzmannParameters parameters(NDArray data) {
        BoltzmannParameters values = machine.parameters(store, data, false);
        return new BoltzmannParameters(
                values.weight().stopGradient(),
                values.visibleBias().stopGradient(),
                values.hiddenBias().stopGradient(),
                values.units());
    }

    private void checkFinite(
            SufficientStatistics found, BoltzmannParameters parameters, Phase positive) {
        NDArray sum = found.product().sum();
        if (isFinite(sum.addi(found.visible().sum()).addi(found.hidden().sum()))) {
            return;
        }
        String where;
        if (!isFinite(parameters.weight().sum())) {
            where = "its weights are NaN or infinite";
        } else if (!isFinite(parameters.visibleBias().sum())
                || !isFinite(parameters.hiddenBias().sum())) {
            where = "its biases are NaN or infinite";
        } else if (!isFinite(positive.hidden().sum())) {
            where = "the probabilities of its hidden units are NaN";
        } else {
            where = "the direction to learn in is NaN or infinite";
        }
        failure =
                new IllegalStateException(
                        "The Boltzmann machine diverged in batch "
                                + batches
                                + ": "
                                + where
                                + ". Training stopped and nothing was saved; try a smaller learning"
                                + " rate.");
        throw failure;
    }

    private static boolean isFinite(NDArray sum) {
        return Double.isFinite(HostValues.number(sum));
    }

    private void checkUsable() {
        if (failure != null) {
            throw new IllegalStateException(
                    "This trainer stopped when its machine diverged; make a new one.", failure);
        }
    }

    /** Refuses to train arrays that are no longer the machine's. */
    private void checkParameters() {
        for (Pair<String, Parameter> each : machine.getParameters()) {
            Parameter parameter = each.getValue();
            if (!parameter.isInitialized()) {
                continue;
            }
            NDArray own = parameter.getArray();
            boolean isHere = own.getDevice().equals(getDevices()[0]);
            if (isHere && store.getValue(parameter, getDevices()[0], true) != own) {
                throw new IllegalStateException(
                        String.format(
                                "Parameter %s has other values than those that this trainer trains,"
                                        + " as after model.load; make a new trainer after that.",
                                each.getKey()));
            }
        }
    }

    /**
     * Reconstructs data without learning from it.
     *
     * @param input the data, (batch, *)
     * @return the reconstructions and the data, (batch, visible) each
     */
    @Override
    public NDList evaluate(NDList input) {
        checkUsable();
        checkParameters();
        NDList predictions;
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray visible = machine.rows(input.singletonOrThrow().stopGradient());
            machine.getVisibleUnits().check(visible);
            BoltzmannParameters parameters = parameters(visible);
            NDArray hidden = parameters.hiddenProbabilities(visible);
            predictions = new NDList(parameters.visibleMeans(hidden), visible);
            predictions.attach(input.head().getManager());
            NDScope.unregister(predictions);
        }
        return predictions;
    }

    /**
     * {@inheritDoc}
     *
     * <p>A step that fails, as where the optimizer or its tracker throws, is not to be had again:
     * the parameters before the one that failed have moved, and the direction is forgotten.
     */
    @Override
    public void step() {
        checkUsable();
        checkParameters();
        if (!isStepPending()) {
            throw new IllegalStateException(
                    "There is no direction to step in; call forward with a batch before step.");
        }
        long begin = System.nanoTime();
        SufficientStatistics due = direction;
        // a step that fails is over: parameters before the one that failed have taken it
        direction = null;
        try {
            take(due);
        } finally {
            due.toList().close();
        }
        addMetric("step", begin);
    }

    private void take(SufficientStatistics due) {
        List<Parameter> parameters = machine.getParameters().values();
        // the machine's order of parameters: weight, visible bias, hidden bias
        List<NDArray> directions = List.of(due.product(), due.visible(), due.hidden());
        for (int i = 0; i < directions.size(); ++i) {
            Parameter parameter = parameters.get(i);
            if (parameter.requiresGradient()) {
                NDArray value = store.getValue(parameter, getDevices()[0], true);
                // an optimizer goes down; asked directly, since a parameter server makes a copy
                // first
                try (NDArray down = directions.get(i).neg()) {
                    optimizer.update(parameter.getId(), value, down);
                }
            }
        }
    }

    /** {@inheritDoc} */
    @Override
    public boolean isStepPending() {
        return direction != null;
    }

    /** {@inheritDoc} */
    @Override
    public void forgetPendingStep() {
        if (direction != null) {
            direction.toList().close();
            direction = null;
        }
    }

    /**
     * Saves the learning state besides the machine's own parameters, such as persistent chains and
     * whitening matrices, so that training can resume later. The file appears at once or not at
     * all. What an optimizer remembers is not part of it; a checkpoint holds that too.
     *
     * @param file the file to write; a file that is there is replaced
     * @throws IOException if it cannot be written
     */
    public void saveState(Path file) throws IOException {
        StateFile.save(file, getStatefulParts());
    }

    /**
     * Loads what {@link #saveState} wrote, before the first batch. A direction that waits for its
     * step is forgotten.
     *
     * @param file the file to read
     * @throws IOException if it cannot be read
     * @throws MalformedModelException if it is no such file, or of training with other settings
     */
    public void loadState(Path file) throws IOException, MalformedModelException {
        StateFile.load(file, getManager(), getStatefulParts());
        forgetPendingStep();
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
        // first, so that other settings are named and not what they lead to
        parts.put("learning", new Settings());
        parts.put("negativePhase", sampler);
        parts.put("direction", preconditioner);
        if (penalty != null) {
            parts.put("penalty", penalty);
        }
        return parts;
    }

    /** {@inheritDoc} */
    @Override
    public void close() {
        if (failure == null) {
            store.sync();
            super.close();
        } else {
            getManager().close();
        }
    }

    /** What the state of learning fits: the settings, and the machine's sizes and type of data. */
    private final class Settings implements Stateful {

        private static final String LEARNING = "learning";
        private static final String MACHINE = "machine";

        /** {@inheritDoc} */
        @Override
        public void saveState(StateWriter out) throws IOException {
            out.putText(LEARNING, Descriptions.of(learning));
            if (machine.isInitialized()) {
                out.putText(MACHINE, describeMachine());
            }
        }

        /** {@inheritDoc} */
        @Override
        public Runnable loadState(StateReader in) throws MalformedModelException {
            String saved = in.getText(LEARNING);
            if (!saved.equals(Descriptions.of(learning))) {
                throw new MalformedModelException(
                        String.format(
                                "it was saved by %s, but this trainer's is %s; build the same"
                                        + " settings.",
                                saved, Descriptions.of(learning)));
            }
            boolean sized = machine.isInitialized() && in.getNames().contains(MACHINE);
            if (sized && !in.getText(MACHINE).equals(describeMachine())) {
                throw new MalformedModelException(
                        String.format(
                                "it was saved with a machine of %s, but this one is of %s; load"
                                        + " the machine that it was saved with.",
                                in.getText(MACHINE), describeMachine()));
            }
            return () -> {};
        }

        private String describeMachine() {
            // the machine's order of parameters: weight, visible bias, hidden bias
            NDArray weight = machine.getParameters().get(0).getValue().getArray();
            return String.format(
                    Locale.ROOT,
                    "%d visible and %d hidden units, %s",
                    weight.getShape().get(0),
                    weight.getShape().get(1),
                    weight.getDataType());
        }
    }

    /** Stands where DJL's loop wants a collector. */
    private static final class NothingToCollect implements GradientCollector {

        /** {@inheritDoc} */
        @Override
        public void backward(NDArray target) {
            // both phases ran in the forward
        }

        /** {@inheritDoc} */
        @Override
        public void zeroGradients() {
            // there are none
        }

        /** {@inheritDoc} */
        @Override
        public void close() {
            // nothing is open
        }
    }
}
