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
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.Dataset;
import ai.djl.training.listener.TrainingListenerAdapter;
import ai.djl.translate.TranslateException;
import ai.djl.util.Preconditions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.locallearning.djl.decorrelation.internal.HostValues;
import org.locallearning.djl.state.StateReader;
import org.locallearning.djl.state.StateWriter;
import org.locallearning.djl.state.Stateful;

/**
 * Measures after every epoch the log-likelihood of data under the Boltzmann machine in training:
 * the mean of {@code log p(v)} in nats, as the trainer's metric {@value #METRIC} and in {@link
 * #getLogLikelihoods()}.
 *
 * <p>Log Z is exact up to 20 hidden units, and estimated by {@link AnnealedImportanceSampling}
 * beyond. Data for binary visible units should be binary: for values in between, {@code p(v)} is
 * not a probability.
 */
public final class LogLikelihoodListener extends TrainingListenerAdapter implements Stateful {

    /** The name of the metric. */
    public static final String METRIC = "log_likelihood";

    private static final String EPOCHS = "epochs";
    private static final String MEASURED = "measured/";

    /** The most hidden units whose states are summed over here. */
    private static final int MOST_EXACT = 20;

    private final Dataset data;
    private final AnnealedImportanceSampling sampling;
    private final int interval;
    private final List<Double> logLikelihoods = new ArrayList<>();
    private int epochs;

    private LogLikelihoodListener(Builder builder) {
        data = builder.data;
        sampling = builder.sampling;
        interval = builder.interval;
    }

    /**
     * {@inheritDoc}
     *
     * @throws UncheckedIOException if the data cannot be read
     * @throws IllegalArgumentException if the data are no states of the machine's visible units
     * @throws IllegalStateException if there are no data, a batch cannot be put together, or the
     *     trainer's block is no Boltzmann machine
     */
    @Override
    public void onEpoch(Trainer trainer) {
        if (++epochs % interval != 0) {
            return;
        }
        if (!(trainer.getModel().getBlock() instanceof RestrictedBoltzmannMachine machine)) {
            throw new IllegalStateException(
                    "LogLikelihoodListener measures a RestrictedBoltzmannMachine, but the trainer's"
                            + " block is another.");
        }
        BoltzmannParameters parameters = machine.getBoltzmannParameters();
        double value;
        try {
            value = -meanFreeEnergy(trainer, machine, parameters) - logPartition(parameters);
        } finally {
            parameters.weight().close();
            parameters.visibleBias().close();
            parameters.hiddenBias().close();
        }
        logLikelihoods.add(value);
        if (trainer.getMetrics() != null) {
            trainer.getMetrics().addMetric(METRIC, value);
        }
    }

    private double meanFreeEnergy(
            Trainer trainer, RestrictedBoltzmannMachine machine, BoltzmannParameters parameters) {
        double sum = 0;
        long rows = 0;
        try {
            for (Batch batch : trainer.iterateDataset(data)) {
                try (batch;
                        NDScope scope = new NDScope()) {
                    scope.suppressNotUsedWarning();
                    NDArray visible = machine.rows(batch.getData().singletonOrThrow());
                    machine.getVisibleUnits().check(visible);
                    NDArray energies = parameters.freeEnergy(visible);
                    sum += HostValues.number(energies.toType(DataType.FLOAT64, false).sum());
                    rows += visible.getShape().get(0);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The data of the log-likelihood cannot be read: " + e.getMessage(), e);
        } catch (TranslateException e) {
            throw new IllegalStateException(
                    "A batch for the log-likelihood cannot be put together: " + e.getMessage(), e);
        }
        if (rows == 0) {
            throw new IllegalStateException(
                    "The data of the log-likelihood hold no batch; check the data set and its"
                            + " limit.");
        }
        return sum / rows;
    }

    private double logPartition(BoltzmannParameters parameters) {
        if (parameters.hiddenSize() > MOST_EXACT) {
            return sampling.logPartition(parameters).logPartition();
        }
        try (ExactDistribution enumeration = ExactDistribution.of(parameters)) {
            return enumeration.logPartition();
        }
    }

    /**
     * Returns what was measured.
     *
     * @return the mean log-likelihood of the data after each epoch that was measured, in nats
     */
    public List<Double> getLogLikelihoods() {
        return List.copyOf(logLikelihoods);
    }

    /** {@inheritDoc} */
    @Override
    public void saveState(StateWriter out) throws IOException {
        out.putLong(EPOCHS, epochs);
        for (int i = 0; i < logLikelihoods.size(); i++) {
            out.putDouble(MEASURED + i, logLikelihoods.get(i));
        }
    }

    /** {@inheritDoc} */
    @Override
    public Runnable loadState(StateReader in) throws MalformedModelException {
        int saved = (int) in.getLong(EPOCHS);
        List<Double> measured = new ArrayList<>();
        for (int i = 0; i < in.getNames().size() - 1; i++) {
            measured.add(in.getDouble(MEASURED + i));
        }
        return () -> {
            epochs = saved;
            logLikelihoods.clear();
            logLikelihoods.addAll(measured);
        };
    }

    /**
     * Creates a builder.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** The builder of {@link LogLikelihoodListener}. */
    public static final class Builder {

        private Dataset data;
        private AnnealedImportanceSampling sampling = AnnealedImportanceSampling.builder().build();
        private int interval = 1;

        private Builder() {}

        /**
         * Sets the data whose likelihood is measured.
         *
         * @param data the data, in batches that the machine takes
         * @return this builder
         */
        public Builder setData(Dataset data) {
            this.data = data;
            return this;
        }

        /**
         * Sets how log Z is estimated where it is not exact.
         *
         * @param sampling the sampling
         * @return this builder
         */
        public Builder optSampling(AnnealedImportanceSampling sampling) {
            this.sampling = sampling;
            return this;
        }

        /**
         * Sets after how many epochs it is measured; 1 by default.
         *
         * @param interval the number of epochs, at least 1
         * @return this builder
         */
        public Builder optInterval(int interval) {
            Preconditions.checkArgument(
                    interval >= 1, "The log-likelihood is measured every 1 or more epochs.");
            this.interval = interval;
            return this;
        }

        /**
         * Builds the listener.
         *
         * @return the listener
         * @throws IllegalArgumentException if the data are not set
         */
        public LogLikelihoodListener build() {
            Preconditions.checkArgument(
                    data != null, "The data of the log-likelihood are not set; call setData.");
            return new LogLikelihoodListener(this);
        }
    }
}
