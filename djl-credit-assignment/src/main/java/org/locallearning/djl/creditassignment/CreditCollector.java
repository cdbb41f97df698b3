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

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.training.GradientCollector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.locallearning.djl.creditassignment.internal.Autograd;
import org.locallearning.djl.creditassignment.internal.GraphMemory;
import org.locallearning.djl.creditassignment.tape.Tape;
import org.locallearning.djl.decorrelation.internal.HostValues;

/**
 * The engine differentiates a loss down to the predictions of the forwards that ran while this is
 * open; the rules do the rest.
 *
 * <p>A loss may depend on any number of forwards, of one trainer or of several: on all of those in
 * which the engine's backward leaves a gradient at the predictions. Credit is assigned from the
 * last forward to the first, since an earlier one may have made the inputs of a later one; the
 * error at these inputs is sent on through whatever is in between.
 *
 * <p>Only one collector may be open at a time, as with the stock trainer.
 */
final class CreditCollector implements GradientCollector {

    private final CreditTrainer trainer;
    private final GradientCollector engine;
    private final GraphMemory memory;
    private final List<RecordedForward> forwards = new ArrayList<>();
    private final List<DeadEnd> deadEnds = new ArrayList<>();
    private final Map<CreditTrainer, Long> updatesAtBackward = new HashMap<>();
    private boolean checkedWhenClosed;

    CreditCollector(CreditTrainer trainer, GradientCollector engine) {
        this.trainer = trainer;
        this.engine = engine;
        memory = GraphMemory.open(this);
    }

    /** Returns the collector that was opened on this thread, whichever trainer it is of. */
    static Optional<CreditCollector> onThisThread() {
        return GraphMemory.ownerOnThisThread()
                .filter(CreditCollector.class::isInstance)
                .map(CreditCollector.class::cast);
    }

    /** Prepares for a forward on the calling thread, of which buffers have to be kept. */
    void expect(NDList inputs) {
        memory.watchThread();
        memory.keep(inputs);
    }

    synchronized void add(RecordedForward forward) {
        forwards.add(forward);
    }

    /** Adds a leaf of the graph at which no error may arrive, and why. */
    synchronized void addDeadEnd(NDArray leaf, String reason) {
        deadEnds.add(new DeadEnd(leaf, reason));
    }

    /** {@inheritDoc} */
    @Override
    public synchronized void backward(NDArray loss) {
        if (forwards.isEmpty()) {
            trainer.checkUsable();
            throw new IllegalStateException(
                    "There is no forward to assign credit for; call trainer.forward inside the"
                            + " gradient collector, once for each backward.");
        }
        List<CreditTrainer> trainers =
                forwards.stream().map(RecordedForward::trainer).distinct().toList();
        trainers.forEach(this::begin);
        forwards.forEach(RecordedForward::checkOpen);
        expectFinite(loss, trainers);
        checkDifferentiable(loss);
        deadEnds.removeIf(end -> end.leaf().isReleased());
        List<DeadEnd> closed = List.copyOf(deadEnds);
        closed.forEach(DeadEnd::clear);

        differentiate(loss);
        closed.forEach(DeadEnd::check);
        if (!assignCredit()) {
            throw new IllegalStateException(
                    "The loss depends on no forward of this gradient collector, so that there is"
                            + " nothing to assign credit for; make it of what trainer.forward"
                            + " returned since the collector was opened.");
        }
        // what learns from the error at the inputs of a forward may have led here, too
        closed.forEach(DeadEnd::check);
    }

    /** The parts of a batch on several devices have a backward each, and one step. */
    private void begin(CreditTrainer reached) {
        reached.checkUsable();
        Long updates = reached.getUpdates();
        if (!updates.equals(updatesAtBackward.put(reached, updates))) {
            reached.beginBatch();
        }
    }

    private void differentiate(NDArray loss) {
        if (forwards.stream().noneMatch(RecordedForward::isInputErrorWanted)) {
            engine.backward(loss);
            return;
        }
        // the way from the loss to an earlier forward may share a piece with that from a later one
        try (NDArray ones = loss.onesLike()) {
            Autograd.backward(loss, ones, true);
        }
    }

    /** Assigns the credit of all forwards that errors arrive at, and returns if there are any. */
    private boolean assignCredit() {
        boolean alone = forwards.size() == 1;
        boolean any = false;
        for (int i = forwards.size() - 1; i >= 0; i--) {
            RecordedForward forward = forwards.get(i);
            if (forward.isReached()) {
                any = true;
                forwards.remove(i);
                forward.assignCredit(alone);
                forward.predictions().stream()
                        .filter(NDArray::hasGradient)
                        .forEach(leaf -> addDeadEnd(leaf, RecordedForward.USED_UP));
            }
        }
        return any;
    }

    /**
     * Checks the loss, and what else is to be checked by then: at once, together with the numbers
     * that the rule checks, when all devices are at work, or in a later batch.
     */
    private void expectFinite(NDArray loss, List<CreditTrainer> trainers) {
        CreditTrainer first = trainers.get(0);
        LossCheck check = new LossCheck(trainers, forwards);
        try (NDArray sum = loss.sum()) {
            if (trainers.stream().noneMatch(each -> each.getChecks().isDue())) {
                trainers.forEach(each -> each.getChecks().putOff(check, sum));
                forwards.forEach(RecordedForward::putOffChecks);
            } else if (forwards.size() == 1 && first.checksNumbers()) {
                Tape tape = forwards.get(0).tape();
                first.getChecks().moveTo(sum.getDevice(), tape);
                tape.expect(sum, value -> check.accept(value[0]));
            } else if (trainer.isSpread()) {
                // to wait here would keep the next device from its part of the batch
                trainer.getChecks().putOff(check, sum);
                checkedWhenClosed = true;
            } else {
                trainers.stream().skip(1).forEach(each -> each.getChecks().run(sum.getDevice()));
                check.accept(first.getChecks().runAndRead(sum));
            }
        }
    }

    private void checkDifferentiable(NDArray loss) {
        if (!Autograd.isDifferentiable(loss)) {
            throw new IllegalArgumentException(
                    String.format(
                            "The loss has no gradient with respect to the predictions (the"
                                    + " trainer's is %s), so there is no error to start from; use a"
                                    + " differentiable loss.",
                            trainer.getLoss().getName()));
        }
    }

    /** {@inheritDoc} */
    @Override
    public void zeroGradients() {
        engine.zeroGradients();
    }

    /** {@inheritDoc} */
    @Override
    public synchronized void close() {
        try {
            if (checkedWhenClosed) {
                trainer.getChecks().run();
            }
        } finally {
            release();
        }
    }

    private void release() {
        forwards.forEach(RecordedForward::close);
        forwards.clear();
        deadEnds.clear();
        trainer.onClose(this);
        memory.close();
        engine.close();
    }

    /** A leaf of the graph at which no error may arrive, since nothing learns from it. */
    private record DeadEnd(NDArray leaf, String reason) {

        void clear() {
            if (Autograd.hasArrived(leaf)) {
                Autograd.clearGradient(leaf);
            }
        }

        void check() {
            if (leaf.isReleased() || !Autograd.hasArrived(leaf)) {
                return;
            }
            try (NDArray gradient = Autograd.takeGradient(leaf, false);
                    NDArray size = gradient.abs();
                    NDArray sum = size.sum()) {
                // clearing it left zeros there
                if (HostValues.number(sum) != 0) {
                    throw new IllegalStateException(reason);
                }
            }
        }
    }
}
