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
package org.locallearning.djl.creditassignment.checkpoint;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.evaluator.Evaluator;
import ai.djl.training.evaluator.IndexEvaluator;
import ai.djl.training.listener.TrainingListener;
import ai.djl.training.loss.AbstractCompositeLoss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.util.Pair;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.locallearning.djl.creditassignment.CreditTrainer;
import org.locallearning.djl.creditassignment.internal.Autograd;
import org.locallearning.djl.creditassignment.internal.TrainerOptimizer;
import org.locallearning.djl.creditassignment.optimizer.ParameterNames;
import org.locallearning.djl.creditassignment.optimizer.StatefulOptimizer;
import org.locallearning.djl.creditassignment.provenance.TrainingRecord;
import org.locallearning.djl.decorrelation.Decorrelating;
import org.locallearning.djl.decorrelation.internal.BlockPath;
import org.locallearning.djl.decorrelation.internal.Descriptions;
import org.locallearning.djl.decorrelation.internal.HostNumber;
import org.locallearning.djl.decorrelation.internal.HostValues;
import org.locallearning.djl.decorrelation.internal.PrivateFields;
import org.locallearning.djl.state.StateReader;
import org.locallearning.djl.state.StateWriter;
import org.locallearning.djl.state.Stateful;
import org.locallearning.djl.state.StatefulTrainer;

/** Every part of training in one trainer that remembers something. */
final class TrainingState {

    /** The section and the text in it that are the record of training. */
    static final String DESCRIPTION = "training";

    static final String RECORD = "record";

    private static final String RULE = "rule";

    private final Trainer trainer;
    private final Block block;
    private final ParameterStore store;
    private final Optimizer optimizer;
    private final ParameterNames names;
    private final Map<String, String> settings;
    private Description description;

    TrainingState(Trainer trainer, Map<String, String> settings) {
        this.trainer = trainer;
        this.settings = settings;
        block = trainer.getModel().getBlock();
        store =
                trainer instanceof StatefulTrainer
                        ? ((StatefulTrainer) trainer).getParameterStore()
                        : TrainerOptimizer.stockStore(trainer);
        optimizer = TrainerOptimizer.of(trainer);
        names =
                new ParameterNames(
                        block,
                        () ->
                                trainer instanceof CreditTrainer
                                        ? ((CreditTrainer) trainer).getAssigner().getParameters()
                                        : Map.of());
        checkInitialized();
    }

    private void checkInitialized() {
        for (Pair<String, Parameter> parameter : block.getParameters()) {
            if (!parameter.getValue().isInitialized()) {
                throw new IllegalStateException(
                        String.format(
                                "The trainer has no values for parameter %s yet; call"
                                        + " trainer.initialize with the shape of a batch first.",
                                parameter.getKey()));
            }
        }
    }

    /** Refuses a moment at which the state is in the middle of a batch. */
    void checkBetweenBatches() {
        if (trainer instanceof StatefulTrainer && ((StatefulTrainer) trainer).isStepPending()) {
            throw new IllegalStateException(
                    "A batch still waits for trainer.step(); save after the step, between two"
                            + " batches.");
        }
        for (Pair<String, Parameter> parameter : block.getParameters()) {
            if (!parameter.getValue().requiresGradient()) {
                continue;
            }
            for (Device device : trainer.getDevices()) {
                NDArray value = store.getValue(parameter.getValue(), device, true);
                if (value.hasGradient() && isWaiting(value)) {
                    throw new IllegalStateException(
                            String.format(
                                    "Parameter %s has a gradient that waits for trainer.step(); save"
                                            + " after the step, between two batches.",
                                    parameter.getKey()));
                }
            }
        }
    }

    private static boolean isWaiting(NDArray value) {
        try (NDManager scope = value.getManager().newSubManager()) {
            NDArray gradient = Autograd.takeGradient(value, false);
            gradient.attach(scope);
            return HostValues.isTrue(HostNumber.with(gradient, 0, NDArray::neq).any());
        }
    }

    /** Forgets a batch that was under way before the state of another moment was taken over. */
    void forgetPendingStep() {
        for (Parameter parameter : block.getParameters().values()) {
            clearGradients(parameter);
        }
        if (trainer instanceof CreditTrainer) {
            for (Parameter parameter :
                    ((CreditTrainer) trainer).getAssigner().getParameters().values()) {
                // the store would take up one that no batch has used
                if (Autograd.hasArrived(parameter.getArray())) {
                    clearGradients(parameter);
                }
            }
        }
        if (trainer instanceof StatefulTrainer) {
            ((StatefulTrainer) trainer).forgetPendingStep();
        }
    }

    private void clearGradients(Parameter parameter) {
        for (Device device : trainer.getDevices()) {
            NDArray value = store.getValue(parameter, device, true);
            if (Autograd.hasArrived(value)) {
                Autograd.clearGradient(value);
            }
        }
    }

    /** Returns how far training had come in the file that was loaded last. */
    TrainingPosition loadedPosition() {
        return description.position();
    }

    /**
     * Returns the parts to save, with a record of how the model was trained.
     *
     * @param position how far training has come
     * @param about adds to the record what the trainer does not know
     */
    Map<String, Stateful> parts(TrainingPosition position, Consumer<TrainingRecord.Builder> about) {
        TrainingRecord.Builder made =
                TrainingRecord.of(trainer).toBuilder()
                        .optSeed("training", position.seed())
                        .optEpochs(position.epoch())
                        .optBatches(position.batch());
        settings.forEach(made::optNote);
        about.accept(made);
        return parts(
                new Description(position, OptionalInt.empty(), describe(), made.build().toJson()));
    }

    /**
     * Returns the parts to load.
     *
     * @param seed the seed that they have to be saved with; empty for any
     */
    Map<String, Stateful> parts(OptionalInt seed) {
        return parts(new Description(null, seed, describe(), null));
    }

    /**
     * Returns the parts in loading order: first those that identify the state, so that an error
     * names another model or rule rather than its consequences.
     */
    private Map<String, Stateful> parts(Description first) {
        description = first;
        Map<String, Stateful> parts = new LinkedHashMap<>();
        parts.put(DESCRIPTION, description);
        parts.put("settings", new Settings(settings));
        for (int i = 0; i < trainer.getDevices().length; i++) {
            parts.put("model" + (i == 0 ? "" : "/" + i), parametersOn(i));
        }
        addBlocks("", block, parts);
        Map<String, Shape> ruleShapes = new HashMap<>();
        if (trainer instanceof StatefulTrainer) {
            ((StatefulTrainer) trainer)
                    .getStatefulParts()
                    .forEach(
                            (name, part) ->
                                    parts.put(
                                            "trainer/" + name,
                                            name.equals(RULE)
                                                    ? remembering(part, ruleShapes)
                                                    : part));
        }
        List<TrainingListener> listeners = new ArrayList<>();
        trainer.notifyListeners(listeners::add);
        Trackers trackers = new Trackers(listeners);
        addOptimizer("optimizer", optimizer, trackers, ruleShapes, parts);
        addSchedules(block, trackers);
        addNumbered("tracker", trackers.getStateful(), Optional::of, parts);
        addNumbered("evaluator", evaluators(), EvaluatorState::of, parts);
        addNumbered("evaluator's own", evaluators(), EvaluatorState::own, parts);
        addNumbered("listener", listeners, ListenerState::of, parts);
        return parts;
    }

    private void addOptimizer(
            String name,
            Optimizer part,
            Trackers trackers,
            Map<String, Shape> ruleShapes,
            Map<String, Stateful> parts) {
        trackers.addOf(part);
        parts.put(name, new OptimizerState(part, names, ruleShapes, trainer.getDevices()));
        if (part instanceof StatefulOptimizer) {
            StatefulOptimizer own = (StatefulOptimizer) part;
            parts.put(name + "'s own", OptimizerState.own(own, names));
            own.getInner()
                    .ifPresent(
                            inner ->
                                    addOptimizer(
                                            name + "/inner", inner, trackers, ruleShapes, parts));
        }
    }

    private List<Evaluator> evaluators() {
        List<Evaluator> evaluators = new ArrayList<>();
        trainer.getEvaluators().forEach(evaluator -> add(evaluator, evaluators));
        return evaluators;
    }

    private static void add(Evaluator evaluator, List<Evaluator> evaluators) {
        evaluators.add(evaluator);
        if (evaluator instanceof AbstractCompositeLoss) {
            // which leaves its sums to its parts
            List<?> components =
                    (List<?>)
                            PrivateFields.read(
                                    AbstractCompositeLoss.class, evaluator, "components");
            components.forEach(component -> add((Evaluator) component, evaluators));
        } else if (evaluator instanceof IndexEvaluator) {
            // which leaves its sums to another
            add(
                    (Evaluator) PrivateFields.read(IndexEvaluator.class, evaluator, "evaluator"),
                    evaluators);
        }
    }

    private Stateful parametersOn(int device) {
        return new ParameterValues(block, store, trainer.getDevices()[device]);
    }

    private static void addBlocks(String path, Block parent, Map<String, Stateful> parts) {
        if (parent instanceof Stateful) {
            parts.put("block/" + path, (Stateful) parent);
        }
        for (Pair<String, Block> child : parent.getChildren()) {
            String name = BlockPath.parameterName(path, child.getKey());
            addBlocks(name, child.getValue(), parts);
        }
    }

    /** Decorrelation layers have a rate of their own. */
    private static void addSchedules(Block parent, Trackers trackers) {
        if (parent instanceof Decorrelating layer) {
            trackers.addOf(layer.getOptions());
        }
        parent.getChildren().values().forEach(child -> addSchedules(child, trackers));
    }

    /** Makes a part of what remembers something. */
    @FunctionalInterface
    private interface Parts<T> {

        Optional<Stateful> of(T whole);
    }

    /** Names parts by their class, so that one more of another class does not rename them. */
    private static <T> void addNumbered(
            String kind, List<T> all, Parts<T> states, Map<String, Stateful> parts) {
        Map<String, Integer> counts = new HashMap<>();
        for (T each : all) {
            Optional<Stateful> state = states.of(each);
            if (state.isPresent()) {
                String name = kind + "/" + Descriptions.nameOf(each.getClass());
                int count = counts.merge(name, 1, Integer::sum);
                parts.put(count == 1 ? name : name + "/" + count, state.get());
            }
        }
    }

    /** Notes the shapes of the arrays that a part reads, for the optimizer's state of them. */
    private static Stateful remembering(Stateful part, Map<String, Shape> shapes) {
        return new Stateful() {

            @Override
            public void saveState(StateWriter out) throws IOException {
                part.saveState(out);
            }

            @Override
            public Runnable loadState(StateReader in) throws IOException, MalformedModelException {
                Runnable accepted = part.loadState(in);
                shapes.clear();
                for (String name : in.getNames()) {
                    in.findShape(name)
                            .ifPresent(shape -> shapes.put(ParameterNames.RULE + name, shape));
                }
                return accepted;
            }
        };
    }

    private Map<String, String> describe() {
        Map<String, String> descriptions = new LinkedHashMap<>();
        descriptions.put("trainer", trainer.getClass().getSimpleName());
        Descriptions.addBlocks(block, descriptions);
        if (trainer instanceof CreditTrainer) {
            descriptions.put(RULE, Descriptions.of(((CreditTrainer) trainer).getRule()));
        }
        descriptions.put("loss", Descriptions.of(trainer.getLoss()));
        descriptions.put("optimizer", TrainerOptimizer.describe(optimizer));
        descriptions.put("number of devices", Integer.toString(trainer.getDevices().length));
        return descriptions;
    }

    /** What makes training this training: how far it came, and the kinds of its parts. */
    private static final class Description implements Stateful {

        private static final String SEED = "position/seed";
        private static final String EPOCH = "position/epoch";
        private static final String BATCH = "position/batch";
        private static final String SAMPLES = "position/samples";

        private final OptionalInt ownSeed;
        private final Map<String, String> own;
        private final String record;
        private TrainingPosition position;

        Description(
                TrainingPosition position,
                OptionalInt ownSeed,
                Map<String, String> own,
                String record) {
            this.position = position;
            this.ownSeed = ownSeed;
            this.own = own;
            this.record = record;
        }

        TrainingPosition position() {
            return position;
        }

        @Override
        public void saveState(StateWriter out) throws IOException {
            // at the beginning of the file, where it is found without this library
            out.putText(RECORD, record);
            out.putLong(SEED, position.seed());
            out.putLong(EPOCH, position.epoch());
            out.putLong(BATCH, position.batch());
            out.putLong(SAMPLES, position.samples());
            for (Map.Entry<String, String> each : own.entrySet()) {
                out.putText(each.getKey(), each.getValue());
            }
        }

        @Override
        public Runnable loadState(StateReader in) throws MalformedModelException {
            long seed = in.getLong(SEED);
            long epoch = in.getLong(EPOCH);
            long batch = in.getLong(BATCH);
            // files of earlier versions did not count them
            long samples = in.getNames().contains(SAMPLES) ? in.getLong(SAMPLES) : 0;
            if (seed != (int) seed || epoch != (int) epoch || batch != (int) batch) {
                throw new MalformedModelException("it holds a position that is out of range.");
            }
            if (epoch < 0 || batch < 0 || samples < 0) {
                throw new MalformedModelException("it holds a position before the first batch.");
            }
            if (ownSeed.isPresent() && ownSeed.getAsInt() != seed) {
                throw new MalformedModelException(
                        String.format(
                                Locale.ROOT,
                                "it was saved with seed %d, but here it is %d; use what it was"
                                        + " saved with, or start over.",
                                seed,
                                ownSeed.getAsInt()));
            }
            Map<String, String> saved = new LinkedHashMap<>();
            for (String name : in.getNames()) {
                if (name.equals(RECORD)) {
                    // not compared: a resumed run may know more
                    TrainingRecord.fromJson(in.getText(name));
                } else if (!name.startsWith("position/")) {
                    saved.put(name, in.getText(name));
                }
            }
            Settings.compare(saved, own, "it was saved with");
            return () ->
                    position = new TrainingPosition((int) seed, (int) epoch, (int) batch, samples);
        }
    }
}
