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

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.util.Preconditions;
import java.util.Arrays;
import java.util.Locale;
import org.locallearning.djl.decorrelation.internal.DeviceArrays;
import org.locallearning.djl.decorrelation.internal.HostValues;

/**
 * Estimates log Z of a restricted Boltzmann machine too large for {@link ExactDistribution}, by
 * annealed importance sampling.
 *
 * <p>Independent chains start at a machine without connections, whose Z is known, and pass through
 * intermediate machines, {@code β} from 0 to 1:
 *
 * <pre>log p*_β(v) = ((1 − β) a₀ + β a)ᵀv + Σ_j log(1 + exp(β (b_j + Σ_i v_i W_ij)))</pre>
 *
 * <p>(minus {@code ½‖v‖²} for Gaussian units). At each β a chain gains {@code log p*_β(v) − log
 * p*_β'(v)} over the previous one and then takes a Gibbs step. The ratio of Z to the initial Z is
 * the mean of the exponential of the gains. The mean is unbiased for Z, so with few chains log Z is
 * too low on average and log-likelihoods too high. {@link Estimate#effectiveChains()} close to 1
 * means that one chain has all the weight: use more temperatures.
 *
 * <p>Cost: {@code 2 · chains · temperatures · visible · hidden} multiply-adds.
 *
 * <p>Salakhutdinov and Murray, "On the quantitative analysis of deep belief networks", 2008.
 */
public final class AnnealedImportanceSampling {

    private final int chains;
    private final int temperatures;
    private final double[] startMeans;

    private AnnealedImportanceSampling(Builder builder) {
        chains = builder.chains;
        temperatures = builder.temperatures;
        startMeans = builder.startMeans;
    }

    /**
     * An estimate of log Z.
     *
     * @param logPartition the estimate of log Z, in nats
     * @param standardError the standard error of Z over Z, which is about that of log Z in nats
     *     where it is small
     * @param low log Z less three standard errors of Z, in nats; negative infinity where the error
     *     is as large as Z
     * @param high log Z plus three standard errors of Z, in nats
     * @param effectiveChains {@code (Σ w)² / Σ w²} over the chains' weights: how many chains of
     *     equal weight would be as good
     */
    public record Estimate(
            double logPartition,
            double standardError,
            double low,
            double high,
            double effectiveChains) {}

    /**
     * Estimates log Z. Random numbers come from the engine's generator.
     *
     * @param parameters the machine
     * @return the estimate
     * @throws IllegalStateException if a parameter is NaN or infinite
     */
    public Estimate logPartition(BoltzmannParameters parameters) {
        try (NDManager manager = parameters.weight().getManager().newSubManager()) {
            NDArray start = startBias(manager, parameters);
            NDArray startRow = start.reshape(1, -1);
            double startLogZ =
                    HostValues.number(parameters.units().logNormalizer(startRow))
                            + parameters.hiddenSize() * Math.log(2);
            NDArray weights = manager.zeros(new Shape(chains), DataType.FLOAT64);
            NDArray mean = parameters.units().mean(startRow);
            NDArray visible =
                    parameters.sampleVisible(
                            mean.broadcast(new Shape(chains, parameters.visibleSize())));
            visible.attach(manager);
            for (int i = 1; i <= temperatures; ++i) {
                double before = (double) (i - 1) / temperatures;
                double beta = (double) i / temperatures;
                visible = step(parameters, start, visible, weights, before, beta);
            }
            return estimate(HostValues.numbers(weights), startLogZ);
        }
    }

    private static NDArray step(
            BoltzmannParameters parameters,
            NDArray start,
            NDArray visible,
            NDArray weights,
            double before,
            double beta) {
        NDArray next;
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray inputs = visible.matMul(parameters.weight()).add(parameters.hiddenBias());
            NDArray tilt = visible.matMul(parameters.visibleBias().sub(start)).mul(beta - before);
            NDArray gain =
                    BoltzmannParameters.softPlus(inputs.mul(beta))
                            .sub(BoltzmannParameters.softPlus(inputs.mul(before)))
                            .sum(new int[] {1})
                            .add(tilt);
            weights.addi(gain.toType(DataType.FLOAT64, false));
            NDArray hidden = parameters.sampleHidden(Activation.sigmoid(inputs.mul(beta)));
            NDArray natural =
                    hidden.matMul(parameters.weight().transpose())
                            .add(parameters.visibleBias())
                            .sub(start)
                            .mul(beta)
                            .add(start);
            next = parameters.sampleVisible(parameters.units().mean(natural));
            NDScope.unregister(next);
            next.attach(visible.getManager());
        }
        visible.close();
        return next;
    }

    /** The natural parameters of the visible units of the machine without connections. */
    private NDArray startBias(NDManager manager, BoltzmannParameters parameters) {
        NDArray bias = parameters.visibleBias();
        if (startMeans == null) {
            NDArray copy = bias.duplicate();
            copy.attach(manager);
            return copy;
        }
        if (startMeans.length != parameters.visibleSize()) {
            throw new IllegalArgumentException(
                    "The means of "
                            + startMeans.length
                            + " units are set, but the machine has "
                            + parameters.visibleSize()
                            + " visible units.");
        }
        double[] natural = Arrays.stream(startMeans).map(parameters.units()::natural).toArray();
        return DeviceArrays.copy(manager.create(natural), bias.getDataType());
    }

    private static Estimate estimate(double[] logWeights, double startLogZ) {
        double greatest = Double.NEGATIVE_INFINITY;
        for (double each : logWeights) {
            greatest = Double.isNaN(each) ? Double.NaN : Math.max(greatest, each);
        }
        double sum = 0;
        double squares = 0;
        for (double each : logWeights) {
            double weight = Math.exp(each - greatest);
            sum += weight;
            squares += weight * weight;
        }
        if (!Double.isFinite(sum)) {
            throw new IllegalStateException(
                    "The Boltzmann machine has no distribution: its energies are NaN or infinite."
                            + " It diverged; train it with a smaller learning rate.");
        }
        int n = logWeights.length;
        double mean = sum / n;
        double variance = Math.max(0, squares / n - mean * mean) / Math.max(1, n - 1);
        double error = Math.sqrt(variance);
        double margin = 3 * error;
        double scale = startLogZ + greatest;
        return new Estimate(
                scale + Math.log(mean),
                error / mean,
                scale + Math.log(Math.max(0, mean - margin)),
                scale + Math.log(mean + margin),
                sum * sum / squares);
    }

    /** Returns every setting. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "AnnealedImportanceSampling(%d chains, %d temperatures, start at the %s)",
                chains,
                temperatures,
                startMeans == null ? "visible biases" : startMeans.length + " means given");
    }

    /**
     * Creates a builder.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** The builder of {@link AnnealedImportanceSampling}. */
    public static final class Builder {

        private int chains = 100;
        private int temperatures = 1000;
        private double[] startMeans;

        private Builder() {}

        /**
         * Sets the number of independent chains; 100 by default.
         *
         * @param chains the number, at least 2
         * @return this builder
         */
        public Builder optChains(int chains) {
            Preconditions.checkArgument(
                    chains >= 2, "Annealed importance sampling needs 2 or more chains: " + chains);
            this.chains = chains;
            return this;
        }

        /**
         * Sets the number of evenly spaced temperatures; 1000 by default.
         *
         * @param temperatures the number, at least 1
         * @return this builder
         */
        public Builder optTemperatures(int temperatures) {
            Preconditions.checkArgument(
                    temperatures >= 1,
                    "Annealed importance sampling needs 1 or more temperatures: " + temperatures);
            this.temperatures = temperatures;
            return this;
        }

        /**
         * Sets the means of the visible units at the start of the chains, preferably those of the
         * data. By default they start at the machine's own visible biases.
         *
         * @param means the mean of each visible unit
         * @return this builder
         */
        public Builder optStartMeans(NDArray means) {
            try (NDArray exact = means.toType(DataType.FLOAT64, true)) {
                startMeans = HostValues.numbers(exact);
            }
            return this;
        }

        /**
         * Builds the sampler.
         *
         * @return the sampler
         */
        public AnnealedImportanceSampling build() {
            return new AnnealedImportanceSampling(this);
        }
    }
}
