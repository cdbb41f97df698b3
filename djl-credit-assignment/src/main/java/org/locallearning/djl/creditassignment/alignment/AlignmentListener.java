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
package org.locallearning.djl.creditassignment.alignment;

import ai.djl.MalformedModelException;
import ai.djl.training.Trainer;
import ai.djl.training.listener.TrainingListenerAdapter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import org.locallearning.djl.creditassignment.CreditListener;
import org.locallearning.djl.creditassignment.CreditTrainer;
import org.locallearning.djl.creditassignment.LayerCredit;
import org.locallearning.djl.state.StateReader;
import org.locallearning.djl.state.StateWriter;
import org.locallearning.djl.state.Stateful;

/**
 * Measures, every given number of batches and for every weighted layer, the angle between the
 * rule's gradient and backpropagation's, the ratio of their norms, and the angle between the weight
 * and the feedback weights.
 *
 * <p>Add it to the listeners of a {@code DefaultTrainingConfig}. Measurements are kept ({@link
 * #getAlignments}) and added to the trainer's {@code Metrics}, if it has them, as {@code
 * alignment_gradient_PATH}, {@code alignment_norm_PATH} and {@code alignment_feedback_PATH}. A
 * measurement costs one more backward.
 *
 * <p>Lillicrap et al. (2016), figures 2 and 5.
 */
public final class AlignmentListener extends TrainingListenerAdapter
        implements CreditListener, Stateful {

    private static final String STEP = "step";
    private static final String MEASURED = "measured";

    private final int interval;
    private final List<LayerAlignment> alignments = new ArrayList<>();
    private long step;

    /**
     * Creates a listener.
     *
     * @param interval the number of forwards in training from one measurement to the next, at least
     *     1; a batch has one forward for each device. The first one is measured, and a second
     *     trainer with this listener continues the count
     */
    public AlignmentListener(int interval) {
        if (interval < 1) {
            throw new IllegalArgumentException(
                    "The interval between measurements is at least 1 forward, not "
                            + interval
                            + ".");
        }
        this.interval = interval;
    }

    /**
     * Refuses a trainer that assigns no credit.
     *
     * @throws IllegalArgumentException if the trainer is not a rule's
     */
    @Override
    public void onTrainingBegin(Trainer trainer) {
        if (!(trainer instanceof CreditTrainer)) {
            throw new IllegalArgumentException(
                    "AlignmentListener compares a rule's gradients with backpropagation's, but this"
                            + " trainer has no rule; make it by rule.newTrainer(model, config), or"
                            + " leave the listener out.");
        }
    }

    /** {@inheritDoc} */
    @Override
    public boolean wantsComparison(CreditTrainer trainer) {
        return step++ % interval == 0;
    }

    /** {@inheritDoc} */
    @Override
    public void onCredit(CreditTrainer trainer, List<LayerCredit> layers) {
        for (LayerCredit layer : layers) {
            String path = layer.layer().weightPath();
            OptionalDouble feedbackAngle =
                    layer.feedback()
                            .map(b -> OptionalDouble.of(Angles.degrees(layer.weight(), b)))
                            .orElse(OptionalDouble.empty());
            LayerAlignment alignment =
                    new LayerAlignment(
                            step,
                            path,
                            Angles.degrees(layer.gradient(), layer.reference()),
                            Angles.norm(layer.gradient()) / Angles.norm(layer.reference()),
                            feedbackAngle);
            alignments.add(alignment);
            addMetrics(trainer, alignment);
        }
    }

    private static void addMetrics(CreditTrainer trainer, LayerAlignment alignment) {
        if (trainer.getMetrics() == null) {
            return;
        }
        String path = alignment.path();
        addMetric(trainer, "alignment_gradient_" + path, alignment.gradientAngle());
        addMetric(trainer, "alignment_norm_" + path, alignment.normRatio());
        alignment
                .feedbackAngle()
                .ifPresent(angle -> addMetric(trainer, "alignment_feedback_" + path, angle));
    }

    private static void addMetric(CreditTrainer trainer, String name, double value) {
        trainer.getMetrics().addMetric(name, value);
    }

    /**
     * Returns every measurement so far, in order.
     *
     * @return the measurements
     */
    public List<LayerAlignment> getAlignments() {
        return Collections.unmodifiableList(alignments);
    }

    /** {@inheritDoc} */
    @Override
    public void saveState(StateWriter out) throws IOException {
        out.putLong(STEP, step);
        out.putText(
                MEASURED,
                alignments.stream().map(LayerAlignment::toText).collect(Collectors.joining("\n")));
    }

    /** {@inheritDoc} */
    @Override
    public Runnable loadState(StateReader in) throws MalformedModelException {
        in.checkNames(Set.of(STEP, MEASURED));
        long saved = in.getLong(STEP);
        List<LayerAlignment> measured = new ArrayList<>();
        for (String line : in.getText(MEASURED).lines().toList()) {
            measured.add(LayerAlignment.parse(line));
        }
        return () -> {
            step = saved;
            alignments.clear();
            alignments.addAll(measured);
        };
    }
}
