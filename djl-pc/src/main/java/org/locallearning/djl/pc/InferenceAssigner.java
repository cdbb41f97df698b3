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

import ai.djl.Device;
import ai.djl.ndarray.NDList;
import ai.djl.training.loss.Loss;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.locallearning.djl.creditassignment.CreditAssigner;
import org.locallearning.djl.creditassignment.OwnLoss;
import org.locallearning.djl.creditassignment.tape.Layer;
import org.locallearning.djl.creditassignment.tape.Stage;
import org.locallearning.djl.creditassignment.tape.Tape;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs inference on every batch of one trainer. */
final class InferenceAssigner implements CreditAssigner {

    private static final Logger logger = LoggerFactory.getLogger(InferenceLearning.class);

    /** The relative rise of an unguarded free energy that triggers a warning. */
    private static final double NOTEWORTHY = 0.01;

    private final InferenceSettings settings;
    private final Loss loss;
    private final SampleNorms norms;
    private boolean warned;
    private boolean warnedOfRise;
    private FreeEnergy freeEnergy;

    InferenceAssigner(InferenceSettings settings, Loss loss, SampleNorms norms) {
        this.settings = settings;
        this.loss = loss;
        this.norms = norms;
    }

    /** {@inheritDoc} */
    @Override
    public boolean needsRerun() {
        return true;
    }

    /** {@inheritDoc} */
    @Override
    public void checkDevices(Device[] devices) {
        if (settings.schedule() == InferenceSchedule.INCREMENTAL && devices.length > 1) {
            throw new IllegalArgumentException(
                    String.format(
                            "Incremental inference moves weights within a batch and so cannot share"
                                    + " it between %s; give optDevices one device.",
                            Arrays.toString(devices)));
        }
    }

    /** {@inheritDoc} */
    @Override
    public boolean checksNumbers() {
        return true;
    }

    /** {@inheritDoc} */
    @Override
    public Optional<OwnLoss> getOwnLoss() {
        return Optional.of(OwnLoss.ofTrainer(loss));
    }

    /** {@inheritDoc} */
    @Override
    public void assign(Tape tape, NDList errors) {
        NDList labels =
                tape.getLabels()
                        .orElseThrow(
                                () ->
                                        new IllegalStateException(
                                                "The output cannot be clamped, since the batch has"
                                                        + " no labels; call forward(data, labels)."));
        List<Stage> all = tape.getStages();
        List<Stage> stages = withOneArrayBetween(all);
        if (stages.size() == 1) {
            checkOneNode(all);
        }
        warnOfSilentStages(stages);
        OutputClamp clamp =
                new OutputClamp(loss, settings.clampStrength(), labels, tape.getManager());
        clamp.expectLabels(tape);
        if (freeEnergy == null) {
            // a property of the loss, so checking the first batch is enough
            clamp.checkMean(tape.getPredictions());
        }
        Inference inference = new Inference(settings, tape, stages, clamp, norms);
        inference.run();
        freeEnergy = inference.freeEnergy();
        if (!warnedOfRise) {
            warnOfRise(inference);
        }
    }

    private void warnOfRise(Inference inference) {
        EnergyLog.Rise rise = inference.rise().orElseGet(this::riseOfBatch);
        warnedOfRise = rise != null;
        if (inference.isGivenUp()) {
            logger.warn(
                    "Inference raised the free energy of a batch, from {} to {}, even with {} of"
                            + " its step of {}: activities were left where the forward pass put them,"
                            + " and only the last layer learned. Look for a block that gives another"
                            + " output each time it runs.",
                    rise.from(),
                    rise.to(),
                    Math.scalb(1, -inference.halvings()),
                    settings.stepSize());
        } else if (inference.halvings() > 0) {
            double step = Math.scalb(settings.stepSize(), -inference.halvings());
            logger.warn(
                    "Inference with a step of {} raised the free energy of a batch from {} to {};"
                            + " the batch was inferred again with {}, and others will be where they"
                            + " need it. optStepSize({}) saves the time.",
                    settings.stepSize(),
                    rise.from(),
                    rise.to(),
                    step,
                    step);
        } else if (rise != null) {
            logger.warn(
                    "Inference with a step of {} raised the free energy of a batch from {} to {},"
                            + " so that weights learn what explains it less; take a smaller step with"
                            + " optStepSize, or optBacktracking(true), which finds one.",
                    settings.stepSize(),
                    rise.from(),
                    rise.to());
        }
    }

    /** Compares the first and the last state of a batch whose free energy was not guarded. */
    private EnergyLog.Rise riseOfBatch() {
        double from = freeEnergy.getTotal(0);
        double to = freeEnergy.getTotal(freeEnergy.getStates() - 1);
        // inference also minimizes the activity decay, which is not in the measured energy
        boolean isTold =
                !settings.backtracking() && settings.isDescent() && settings.activityDecay() == 0;
        return isTold && to - from > NOTEWORTHY * Math.abs(from)
                ? new EnergyLog.Rise(from, to)
                : null;
    }

    /** Joins stages that have no single output array, made by weights, for a value node. */
    private static List<Stage> withOneArrayBetween(List<Stage> stages) {
        List<Stage> joined = new ArrayList<>();
        boolean open = false;
        for (Stage stage : stages) {
            int last = joined.size() - 1;
            if (open) {
                joined.set(last, joined.get(last).joinedWith(stage));
            } else {
                joined.add(stage);
            }
            NDList outputs = stage.getWeighted().getOutputs();
            open =
                    !stage.isWeighted()
                            || outputs.size() != 1
                            || !outputs.head().getDataType().isFloating();
        }
        if (joined.size() > 1 && !joined.get(joined.size() - 1).isWeighted()) {
            // the last node is the predictions, whatever produces them
            Stage rest = joined.remove(joined.size() - 1);
            int last = joined.size() - 1;
            joined.set(last, joined.get(last).joinedWith(rest));
        }
        return joined;
    }

    /** Refuses stages that learn and have all become one, in which errors go back exactly. */
    private static void checkOneNode(List<Stage> all) {
        long learning =
                all.stream().filter(each -> each.isWeighted() && each.isTrainable()).count();
        if (learning > 1) {
            throw new IllegalArgumentException(
                    String.format(
                            "Inference learning would be backpropagation by another name: no value"
                                    + " node can stand between %s and %s, since what is put out"
                                    + " there is not one array of numbers, and there are no other"
                                    + " places. Join the arrays in the block that puts them out, or"
                                    + " take another rule, such as FeedbackAlignment.",
                            all.get(0), all.get(all.size() - 1)));
        }
    }

    private void warnOfSilentStages(List<Stage> stages) {
        int silent = settings.stagesWithoutError(stages.size());
        if (silent > 0 && !warned) {
            logger.warn(
                    "With T = {} in {} inference no error reaches the lowest {} of {} layers, which"
                            + " will learn nothing; take at least {} iterations, or"
                            + " sequential inference.",
                    settings.iterations(),
                    settings.schedule().name().toLowerCase(Locale.ROOT),
                    silent,
                    stages.size(),
                    settings.iterations() + silent);
        }
        warned = true;
    }

    /** Returns the free energy of the last batch. */
    Optional<FreeEnergy> freeEnergy() {
        return Optional.ofNullable(freeEnergy);
    }

    /** {@inheritDoc} */
    @Override
    public String describeUnknownBlock(List<Layer> inner) {
        return "one stage with its values at the output; backpropagated through inside";
    }

    /** {@inheritDoc} */
    @Override
    public String describeFeedback(Layer layer) {
        return "through the layer's own weight, from the node above or exactly inside branches";
    }
}
