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

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.locallearning.djl.creditassignment.NonFiniteLossException;
import org.locallearning.djl.creditassignment.tape.Stage;
import org.locallearning.djl.creditassignment.tape.Tape;
import org.locallearning.djl.decorrelation.internal.HostNumber;
import org.locallearning.djl.decorrelation.internal.HostValues;

/** Inference and learning on one batch. Node 0 is the lowest; the last one is the output. */
final class Inference {

    /** The most halvings of the step, down to about a millionth of the one that was set. */
    private static final int MOST_HALVINGS = 20;

    private final InferenceSettings settings;
    private final Tape tape;
    private final OutputClamp clamp;
    private final SampleNorms norms;
    private final Precisions precisions;
    private final List<ValueNode> nodes = new ArrayList<>();
    private final EnergyLog energies;
    private final int output;
    private int halvings;
    private boolean givenUp;

    /** Whether weights have taken steps within the batch. */
    private boolean weightsMoved;

    /**
     * Starts at the forward pass.
     *
     * @param norms the samples' norms, null where neither precisions nor steps follow from them
     */
    Inference(
            InferenceSettings settings,
            Tape tape,
            List<Stage> stages,
            OutputClamp clamp,
            SampleNorms norms) {
        this.settings = settings;
        this.tape = tape;
        this.clamp = clamp;
        this.norms = norms;
        precisions =
                settings.proximal() == null
                        ? new FixedPrecisions(settings.activityDecay())
                        : new ProximalPrecisions(settings, norms, tape.getManager());
        energies = new EnergyLog(tape, stages.size());
        output = stages.size() - 1;
        for (int l = 0; l <= output; l++) {
            nodes.add(
                    new ValueNode(
                            stages.get(l), settings.precision(l, stages.size()), l == output));
        }
    }

    /** Infers activities and leaves the gradients of the free energy in the parameters. */
    void run() {
        if (settings.schedule() == InferenceSchedule.INCREMENTAL) {
            runIncrementally();
        } else {
            infer();
            checkFinite();
            addGradients();
        }
    }

    /** Infers with ever smaller steps until the free energy no longer rises. */
    private void infer() {
        int most = isGuarded() ? MOST_HALVINGS : 0;
        while (!attempt(halvings < most)) {
            rewind();
            if (halvings == most) {
                refreshAll(false);
                givenUp = true;
                return;
            }
            halvings++;
        }
    }

    /**
     * Runs all iterations with the current step.
     *
     * @param stopsAtRise whether to stop when the free energy rises from one state to the next
     * @return false if it rose, or if it ends higher than after the forward pass
     */
    private boolean attempt(boolean stopsAtRise) {
        int iterations = settings.iterations();
        for (int t = 0; t < iterations; t++) {
            refreshAll(true);
            if (stopsAtRise && isReadingFree() && energies.risesAt(t)) {
                return false;
            }
            move(Math.scalb(settings.step(t), -halvings));
        }
        refreshAll(false);
        if (!isGuarded()) {
            return true;
        }
        for (int t = 0; stopsAtRise && !isReadingFree() && t < iterations; t++) {
            if (energies.risesAt(t)) {
                return false;
            }
        }
        if (stopsAtRise) {
            return !energies.risesAt(iterations) && !energies.isAboveStart(iterations);
        }
        // values that are not finite are an error of their own
        return !Double.isFinite(energies.total(iterations)) || !energies.isAboveStart(iterations);
    }

    private boolean isGuarded() {
        return settings.backtracking() && settings.isDescent();
    }

    /** On a GPU, running all iterations costs less than waiting for each of them. */
    private boolean isReadingFree() {
        return HostValues.isReadingFree(tape.getManager().getDevice());
    }

    private void rewind() {
        nodes.forEach(ValueNode::rewind);
        energies.rewind();
    }

    /** Moves every activity once, by current errors or those from before the iteration. */
    private void move(double step) {
        if (settings.schedule() == InferenceSchedule.SEQUENTIAL) {
            // algorithm 2, from the output down
            for (int l = output - 1; l >= 0; l--) {
                move(l, step);
            }
        } else {
            // algorithm 1, from below, so that a node moves before its error is changed by that
            for (int l = 0; l < output; l++) {
                move(l, step);
            }
        }
    }

    private void runIncrementally() {
        for (int t = 0; t < settings.iterations(); t++) {
            refreshAll(true);
            boolean last = t == settings.iterations() - 1;
            if (last || isReadingFree()) {
                checkFinite();
            }
            addGradients();
            move(settings.step(t));
            if (!last) {
                tape.updateParameters();
                weightsMoved = true;
                nodes.forEach(ValueNode::expectRerun);
            }
        }
    }

    private void refreshAll(boolean inputErrorsWanted) {
        energies.newState();
        for (int l = 0; l <= output; l++) {
            refresh(l, inputErrorsWanted);
        }
        if (isGuarded()) {
            energies.recordDecay(decay());
        }
    }

    /** The energy of activity decay, which inference minimizes too. */
    private NDList decay() {
        NDList parts = new NDList();
        try (NDManager scope = tape.getManager().newSubManager()) {
            for (int l = 0; settings.activityDecay() > 0 && l < output; l++) {
                NDList activations = nodes.get(l + 1).stage().getFront().keepOutputs();
                activations.attach(scope);
                NDArray squares = activations.singletonOrThrow().square().sum();
                parts.add(HostNumber.mul(squares, settings.activityDecay() / 2 / samples()));
            }
            parts.attach(tape.getManager());
        }
        return parts;
    }

    private double samples() {
        return tape.getPredictions().head().getShape().get(0);
    }

    /** Updates the prediction and the error of a node, and measures its energy. */
    private void refresh(int l, boolean inputErrorWanted) {
        ValueNode node = nodes.get(l);
        if (node.needsRerun()) {
            boolean recorded = inputErrorWanted && node.hasLearningBelow();
            if (l == 0) {
                node.rerun(node.stage().getInputs(), recorded);
            } else {
                try (NDArray activity = nodes.get(l - 1).activity()) {
                    node.rerun(new NDList(activity), recorded);
                }
            }
        }
        if (l == output) {
            NDList predictions = node.stage().keepOutputs();
            NDList errors = clamp.errors(predictions);
            node.clamp(precisions.outputErrors(node, errors));
            predictions.close();
        } else {
            node.compare();
        }
        energies.record(l, energy(l));
    }

    /**
     * Equation 2: {@code ĥ_l ← ĥ_l + ε (γ_{l+1} f'(ĥ_l) W_lᵀ e_{l+1} − γ_l e_l − γ_decay f'(ĥ_l)
     * f(ĥ_l))}.
     */
    private void move(int l, double step) {
        ValueNode node = nodes.get(l);
        ValueNode above = nodes.get(l + 1);
        if (!above.hasLearningBelow()) {
            return;
        }
        try (NDManager scope = tape.getManager().newSubManager()) {
            NDArray drive = drive(node, above, scope);
            if (drive == null) {
                return;
            }
            NDArray moved = HostNumber.mul(drive, step);
            moved.attach(tape.getManager());
            node.move(moved);
        }
        if (!settings.fixedPredictions()) {
            above.expectRerun();
        }
    }

    /** Returns {@code −∂F/∂ĥ_l}, or null if it is exactly zero. */
    private NDArray drive(ValueNode node, ValueNode above, NDManager scope) {
        NDArray drive = null;
        if (above.errors() != null) {
            NDList pull = above.stage().inputErrors(above.errors());
            pull.attach(scope);
            drive = precisions.weigh(pull.singletonOrThrow(), above, scope);
        }
        if (node.errors() != null) {
            NDArray error = precisions.weigh(node.errors().head(), node, scope);
            error.attach(scope);
            drive = drive == null ? error.neg() : drive.sub(error);
        }
        if (precisions.hasDecay(above)) {
            Stage front = above.stage().getFront();
            NDList activations = front.keepOutputs();
            NDList shrink = front.inputErrors(activations);
            activations.attach(scope);
            shrink.attach(scope);
            NDArray decay = precisions.decay(shrink.singletonOrThrow(), above, scope);
            drive = drive == null ? decay.neg() : drive.sub(decay);
        }
        return drive;
    }

    /** Equation 4: {@code ∂F/∂W_l = −γ_{l+1} e_{l+1} f(ĥ_l)ᵀ}, as a mean over samples. */
    private void addGradients() {
        for (ValueNode node : nodes) {
            if (node.errors() == null || !node.stage().isTrainable()) {
                continue;
            }
            double precision = precisions.ofLearning(node);
            NDList down = new NDList(node.errors().size());
            for (NDArray error : node.errors()) {
                down.add(HostNumber.mul(error, -precision / samples()));
            }
            if (settings.normalizedStep()) {
                normalize(down, node);
            }
            node.stage().addGradients(down);
            down.close();
        }
    }

    private void normalize(NDList down, ValueNode node) {
        try (NDManager scope = tape.getManager().newSubManager()) {
            NDArray share = norms.reciprocal(node.stage(), scope);
            down.forEach(rows -> rows.muli(share));
        }
    }

    private NDArray energy(int l) {
        ValueNode node = nodes.get(l);
        if (l == output) {
            return HostNumber.mul(clamp.energy(), node.precision());
        }
        if (node.errors() == null) {
            return null;
        }
        return precisions.energy(node, node.errors().head());
    }

    private void checkFinite() {
        double[][] measured = energies.measured();
        for (int t = 0; t < measured.length; t++) {
            for (int l = 0; l <= output; l++) {
                if (!Double.isFinite(measured[t][l])) {
                    throw new NonFiniteLossException(
                            String.format(
                                    Locale.ROOT,
                                    "Inference broke down: after %d of %d iterations the error at"
                                            + " layer %s is not finite. %s; try a smaller step, see"
                                            + " optStepSize.",
                                    t,
                                    settings.iterations(),
                                    nodes.get(l).stage(),
                                    weightsMoved
                                            ? "Weights had moved in this batch before that was"
                                                    + " found, so go on from an earlier checkpoint"
                                            : "No gradients were left in the parameters"));
                }
            }
        }
    }

    /** Returns how far a step too large raised the free energy, if one did. */
    Optional<EnergyLog.Rise> rise() {
        return energies.firstRise();
    }

    /** Returns how often the step was halved. */
    int halvings() {
        return halvings;
    }

    /** Returns whether no step was small enough, and the activities were left alone. */
    boolean isGivenUp() {
        return givenUp;
    }

    /** Returns the free energy of every state so far. */
    FreeEnergy freeEnergy() {
        return new FreeEnergy(
                nodes.stream().map(node -> node.stage().getPath()).collect(Collectors.toList()),
                energies.measured());
    }
}
