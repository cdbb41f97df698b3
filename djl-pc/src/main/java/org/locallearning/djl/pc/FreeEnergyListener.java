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

import ai.djl.MalformedModelException;
import ai.djl.metric.Metrics;
import ai.djl.training.Trainer;
import ai.djl.training.listener.TrainingListenerAdapter;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.locallearning.djl.creditassignment.CreditTrainer;
import org.locallearning.djl.state.StateReader;
import org.locallearning.djl.state.StateWriter;
import org.locallearning.djl.state.Stateful;

/**
 * Records the free energy of training batches in the trainer's {@code Metrics}: {@code
 * free_energy_T} for the total and {@code free_energy_T_PATH} per stage, after every number {@code
 * T} of iterations.
 *
 * <p>Add it to the listeners of a {@code DefaultTrainingConfig} and set metrics on the trainer,
 * whose rule has to be {@link InferenceLearning}.
 */
public final class FreeEnergyListener extends TrainingListenerAdapter implements Stateful {

    private static final String BATCH = "batch";

    private final int interval;
    private long batch;

    /**
     * Creates a listener.
     *
     * @param interval the number of batches from one measurement to the next, at least 1; the first
     *     batch is measured
     */
    public FreeEnergyListener(int interval) {
        if (interval < 1) {
            throw new IllegalArgumentException(
                    "The interval between measurements is at least 1 batch, not " + interval + ".");
        }
        this.interval = interval;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if the trainer's rule is not {@link InferenceLearning}, or if
     *     it has no metrics
     */
    @Override
    public void onTrainingBatch(Trainer trainer, BatchData batchData) {
        if (batch++ % interval != 0) {
            return;
        }
        Metrics metrics = trainer.getMetrics();
        if (!(trainer instanceof CreditTrainer)
                || !(((CreditTrainer) trainer).getRule() instanceof InferenceLearning)) {
            throw new IllegalStateException(
                    "FreeEnergyListener measures inference learning, which this trainer does not"
                            + " do; leave the listener out.");
        }
        if (metrics == null) {
            throw new IllegalStateException(
                    "FreeEnergyListener puts what it measures into the trainer's metrics, and there"
                            + " are none; call trainer.setMetrics(new Metrics()).");
        }
        Optional<FreeEnergy> measured = InferenceLearning.getFreeEnergy((CreditTrainer) trainer);
        measured.ifPresent(energy -> add(metrics, energy));
    }

    private static void add(Metrics metrics, FreeEnergy energy) {
        for (int t = 0; t < energy.getStates(); t++) {
            metrics.addMetric("free_energy_" + t, energy.getTotal(t));
            for (int l = 0; l < energy.getStages().size(); l++) {
                String name = "free_energy_" + t + "_" + energy.getStages().get(l);
                metrics.addMetric(name, energy.get(t, l));
            }
        }
    }

    /** {@inheritDoc} */
    @Override
    public void saveState(StateWriter out) throws IOException {
        out.putLong(BATCH, batch);
    }

    /** {@inheritDoc} */
    @Override
    public Runnable loadState(StateReader in) throws MalformedModelException {
        in.checkNames(Set.of(BATCH));
        long saved = in.getLong(BATCH);
        return () -> batch = saved;
    }
}
