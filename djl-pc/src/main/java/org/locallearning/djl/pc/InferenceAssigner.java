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
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.training.loss.Loss;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;
import org.locallearning.djl.creditassignment.CreditAssigner;
import org.locallearning.djl.creditassignment.tape.Layer;
import org.locallearning.djl.creditassignment.tape.LayerTrace;
import org.locallearning.djl.creditassignment.tape.Stage;
import org.locallearning.djl.creditassignment.tape.Tape;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs inference on every batch of one trainer. */
final class InferenceAssigner implements CreditAssigner {

    private static final Logger logger = LoggerFactory.getLogger(InferenceLearning.class);

    private final InferenceSettings settings;
    private final Loss loss;
    private boolean warned;
    private Device device;
    private FreeEnergy freeEnergy;

    InferenceAssigner(InferenceSettings settings, Loss loss) {
        this.settings = settings;
        this.loss = loss;
    }

    /** {@inheritDoc} */
    @Override
    public boolean isRerunning() {
        return true;
    }

    /** {@inheritDoc} */
    @Override
    public Optional<BiFunction<NDList, NDList, NDArray>> getOwnLoss() {
        return Optional.of(loss::evaluate);
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
        checkDevice(tape);
        List<Stage> stages = tape.getStages();
        warnOfSilentStages(stages);
        OutputClamp clamp =
                new OutputClamp(loss, settings.clampStrength(), labels, tape.getManager());
        clamp.checkLabels(tape.getPredictions());
        Inference inference = new Inference(settings, tape, stages, clamp);
        inference.run();
        freeEnergy = inference.freeEnergy();
    }

    private void checkDevice(Tape tape) {
        Device now = tape.getManager().getDevice();
        if (settings.schedule() == InferenceSchedule.INCREMENTAL
                && device != null
                && !device.equals(now)) {
            throw new IllegalStateException(
                    String.format(
                            "Incremental inference moves weights within a batch and so cannot share"
                                    + " it between %s and %s; give optDevices one device.",
                            device, now));
        }
        device = now;
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
    public String describeFeedback(Layer layer) {
        return "through the layer's own weight, from the node above";
    }

    /** {@inheritDoc} */
    @Override
    public Optional<NDArray> getFeedback(LayerTrace layer) {
        return Optional.empty();
    }
}
