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

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.BiConsumer;
import org.locallearning.djl.decorrelation.internal.DeviceArrays;
import org.locallearning.djl.decorrelation.internal.HostValues;

/**
 * The exact distribution of a small restricted Boltzmann machine, by a sum over all states of its
 * hidden units. The sum over visible units has a closed form, so their number hardly matters.
 *
 * <p>With {@code p(h) ∝ exp(bᵀh) Π_i (1 + exp(a_i + (W h)_i))}, the means of {@code g = (v, h, v
 * hᵀ)} and their covariance, the Fisher matrix of the joint distribution, follow from the
 * conditional moments of v, which is factorial given h (Millea, section 3).
 *
 * <p>Everything is computed in float64 from the parameters at creation. Creation and each mean cost
 * {@code 2^hidden · visible · hidden} multiply-adds; {@link #fisher} costs {@code 2^hidden · D²}
 * for D parameters. Close it after use; arrays that it returned may be closed with it.
 *
 * <p>Grosse and Salakhutdinov, "Scaling up natural gradient by sparsely factorizing the inverse
 * Fisher matrix", 2015.
 */
public final class ExactDistribution implements AutoCloseable {

    /** The most hidden units that are enumerated: their log-weights take 128 MiB. */
    static final int MOST_HIDDEN = 24;

    /** The largest relative error of a solution that still counts as one. */
    private static final double SOLVED = 1e-6;

    private final NDManager manager;
    private final BoltzmannParameters parameters;
    private final int visibleSize;
    private final int hiddenSize;
    private final double[] probabilities;
    private final double logPartition;
    private final SufficientStatistics means;

    private ExactDistribution(BoltzmannParameters source) {
        visibleSize = source.visibleSize();
        hiddenSize = source.hiddenSize();
        checkHidden(hiddenSize);
        manager = source.weight().getManager().newSubManager();
        manager.setName("enumeration");
        parameters =
                new BoltzmannParameters(
                        copy(source.weight()),
                        copy(source.visibleBias()),
                        copy(source.hiddenBias()),
                        source.units());
        try {
            probabilities = logWeights();
            logPartition = normalize(probabilities);
            means = moments(null);
        } catch (IllegalStateException e) {
            manager.close();
            throw e;
        }
    }

    /**
     * Enumerates a machine.
     *
     * @param parameters its parameters, which are copied
     * @return its exact distribution
     * @throws IllegalArgumentException if it has more hidden units than can be enumerated
     * @throws IllegalStateException if a parameter is NaN or infinite
     */
    public static ExactDistribution of(BoltzmannParameters parameters) {
        return new ExactDistribution(parameters);
    }

    /**
     * Fails for more hidden units than can be enumerated.
     *
     * @param hiddenSize the number of hidden units
     * @throws IllegalArgumentException if they are too many; the message says how many fit
     */
    static void checkHidden(int hiddenSize) {
        if (hiddenSize > MOST_HIDDEN) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "The states of %d hidden units cannot be enumerated: 2^%d numbers take"
                                    + " %s, and %d units with 128 MiB are the most. Use"
                                    + " AnnealedImportanceSampling for log Z, and"
                                    + " ContrastiveDivergence to learn.",
                            hiddenSize,
                            hiddenSize,
                            bytes(hiddenSize),
                            MOST_HIDDEN));
        }
    }

    private static String bytes(int hiddenSize) {
        return hiddenSize < 27
                ? (1L << hiddenSize - 17) + " MiB"
                : String.format(Locale.ROOT, "%.3g GiB", Math.pow(2, hiddenSize - 27));
    }

    private NDArray copy(NDArray source) {
        try (NDArray alias = source.stopGradient()) {
            NDArray copy = DeviceArrays.kept(DeviceArrays.copy(alias, DataType.FLOAT64));
            copy.attach(manager);
            return copy;
        }
    }

    /** The logarithm of {@code Σ_v exp(−E(v, h))} for every h. */
    private double[] logWeights() {
        double[] weights = new double[1 << hiddenSize];
        int[] done = {0};
        forEachRun(
                null,
                (hidden, none) -> {
                    NDArray natural = parameters.visibleNatural(hidden);
                    double[] chunk =
                            HostValues.numbers(
                                    parameters
                                            .units()
                                            .logNormalizer(natural)
                                            .add(hidden.matMul(parameters.hiddenBias())));
                    System.arraycopy(chunk, 0, weights, done[0], chunk.length);
                    done[0] += chunk.length;
                });
        return weights;
    }

    /** Turns log-weights into probabilities and returns the logarithm of their sum. */
    private static double normalize(double[] weights) {
        double greatest = Arrays.stream(weights).max().orElseThrow();
        double sum = 0;
        for (int i = 0; i < weights.length; ++i) {
            weights[i] = Math.exp(weights[i] - greatest);
            sum += weights[i];
        }
        if (!Double.isFinite(sum)) {
            throw new IllegalStateException(
                    "The Boltzmann machine has no distribution: its energies are NaN or infinite."
                            + " It diverged; train it with a smaller learning rate.");
        }
        for (int i = 0; i < weights.length; ++i) {
            weights[i] /= sum;
        }
        return greatest + Math.log(sum);
    }

    private void forEachRun(double[] shares, BiConsumer<NDArray, NDArray> body) {
        new BinaryStates(manager, hiddenSize, visibleSize + hiddenSize).forEachRun(shares, body);
    }

    /** {@code E[g]}, or {@code E[q g]} with the form {@code q} of a block of the covariance. */
    private SufficientStatistics moments(CovarianceBlock block) {
        NDArray visible = manager.zeros(new Shape(visibleSize), DataType.FLOAT64);
        NDArray hidden = manager.zeros(new Shape(hiddenSize), DataType.FLOAT64);
        NDArray product = manager.zeros(new Shape(visibleSize, hiddenSize), DataType.FLOAT64);
        NDArray covariance = block == null ? null : covariance(block);
        forEachRun(
                probabilities,
                (states, share) -> {
                    NDArray mean = parameters.visibleMeans(states);
                    NDArray shared = states.mul(share);
                    NDArray weighted = mean.mul(share);
                    if (block != null) {
                        Form q = form(block, covariance, states, mean);
                        shared = shared.mul(q.mean);
                        weighted = weighted.mul(q.mean).add(q.withVisible.mul(share));
                    }
                    visible.addi(weighted.sum(new int[] {0}));
                    hidden.addi(shared.sum(new int[] {0}));
                    product.addi(weighted.transpose().matMul(states));
                });
        return new SufficientStatistics(visible, hidden, product);
    }

    /**
     * The form {@code q = (x − E x)ᵀ K (y − E y)} of a block {@code K = cov(x, y)}, given h.
     *
     * @param mean {@code E[q | h]}, (R, 1)
     * @param withVisible {@code cov(v, q | h)}, (R, visible) or 0
     */
    private record Form(NDArray mean, NDArray withVisible) {}

    private Form form(CovarianceBlock block, NDArray covariance, NDArray states, NDArray mean) {
        NDArray hidden = states.sub(means.hidden());
        NDArray visible = mean.sub(means.visible());
        NDArray variance = parameters.units().variance(mean);
        return switch (block) {
            case VISIBLE_HIDDEN -> {
                NDArray pull = hidden.matMul(covariance.transpose());
                yield new Form(rowSums(visible.mul(pull)), variance.mul(pull));
            }
            case HIDDEN -> {
                NDArray ofHidden = rowSums(hidden.mul(hidden.matMul(covariance)));
                yield new Form(ofHidden, ofHidden.zerosLike());
            }
            case VISIBLE -> {
                // given h visible units vary on their own: v = E[v | h] + u with independent u
                NDArray pull = visible.matMul(covariance);
                NDArray diagonal =
                        covariance
                                .mul(manager.eye(visibleSize, visibleSize, 0, DataType.FLOAT64))
                                .sum(new int[] {0});
                yield new Form(
                        rowSums(visible.mul(pull).add(variance.mul(diagonal))),
                        variance.mul(pull)
                                .mul(2)
                                .add(parameters.units().thirdMoment(mean).mul(diagonal)));
            }
        };
    }

    private static NDArray rowSums(NDArray rows) {
        return rows.sum(new int[] {1}, true);
    }

    /**
     * Returns the logarithm of the partition function {@code Z = Σ exp(−E(v, h))}.
     *
     * @return log Z, in nats
     */
    public double logPartition() {
        return logPartition;
    }

    /**
     * Returns the mean log-likelihood of data, {@code −F(v) − log Z} for each row.
     *
     * @param visible rows of visible states, (N, visible)
     * @return the mean of {@code log p(v)} over the rows, in nats
     * @throws IllegalArgumentException if they are no states of the machine's visible units
     */
    public double logLikelihood(NDArray visible) {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray rows = visible.toType(DataType.FLOAT64, false);
            parameters.units().check(rows);
            return -HostValues.number(parameters.freeEnergy(rows).mean()) - logPartition;
        }
    }

    /**
     * Returns the means {@code E[g]} of the model, the gradient of log Z.
     *
     * @return the means, float64
     */
    public SufficientStatistics means() {
        return means;
    }

    /**
     * Returns the gradient of the mean log-likelihood of data, {@code E_data[g] − E_model[g]}.
     *
     * @param visible rows of visible states, (N, visible)
     * @return the gradient with respect to (a, b, W), float64
     */
    public SufficientStatistics gradient(NDArray visible) {
        NDArray rows = visible.toType(DataType.FLOAT64, false);
        return SufficientStatistics.mean(rows, parameters.hiddenProbabilities(rows)).minus(means);
    }

    /**
     * Returns the covariance {@code K = cov(v, h)} of visible and hidden units under the model.
     *
     * @return the covariance, (visible, hidden), float64
     */
    public NDArray covariance() {
        return means.covariance();
    }

    /**
     * Returns a block of the covariance of the units under the model.
     *
     * @param block the block
     * @return the block, float64
     */
    public NDArray covariance(CovarianceBlock block) {
        if (block == CovarianceBlock.VISIBLE_HIDDEN) {
            return covariance();
        }
        boolean ofVisible = block == CovarianceBlock.VISIBLE;
        int size = ofVisible ? visibleSize : hiddenSize;
        NDArray covariance = manager.zeros(new Shape(size, size), DataType.FLOAT64);
        forEachRun(
                probabilities,
                (states, share) -> {
                    NDArray mean = ofVisible ? parameters.visibleMeans(states) : states;
                    NDArray centred = mean.sub(ofVisible ? means.visible() : means.hidden());
                    covariance.addi(centred.mul(share).transpose().matMul(centred));
                    if (ofVisible) {
                        NDArray within = parameters.units().variance(mean).mul(share);
                        NDArray eye = manager.eye(size, size, 0, DataType.FLOAT64);
                        covariance.addi(eye.mul(within.sum(new int[] {0})));
                    }
                });
        return covariance;
    }

    /**
     * Returns the gradient of {@code ‖cov(v, h)‖²}, see {@link
     * #covarianceNormGradient(CovarianceBlock)}.
     *
     * @return the gradient with respect to (a, b, W), float64
     */
    public SufficientStatistics covarianceNormGradient() {
        return covarianceNormGradient(CovarianceBlock.VISIBLE_HIDDEN);
    }

    /**
     * Returns the gradient of {@code ‖cov(x, y)‖²}, the squared Frobenius norm of a block {@code K}
     * of the covariance under the model:
     *
     * <pre>∂‖K‖²/∂θ_t = 2 Σ_kl K_kl κ(x_k, y_l, g_t)</pre>
     *
     * <p>with the third cumulants κ. Since a third cumulant is a third central moment, this is
     * {@code 2 cov(q, g)} for {@code q = (x − E x)ᵀ K (y − E y)}. The paper approximates the
     * derivatives by differences from step to step; here they are exact.
     *
     * @param block the block
     * @return the gradient with respect to (a, b, W), float64
     */
    public SufficientStatistics covarianceNormGradient(CovarianceBlock block) {
        double meanOfQ;
        try (NDArray squares = covariance(block).square()) {
            meanOfQ = HostValues.number(squares.sum());
        }
        return moments(block).minus(means.times(meanOfQ)).times(2);
    }

    /**
     * Returns the Fisher matrix of the joint distribution, {@code G = cov(g, g)} with {@code g =
     * (v, h, vec(v hᵀ))}, the Hessian of log Z. That of {@code p(v)} is {@link #marginalFisher}.
     *
     * @return the matrix, (D, D) with {@code D = visible + hidden + visible · hidden}, in the order
     *     of {@link SufficientStatistics#toVector}, float64
     * @throws IllegalArgumentException if it is too large; the message says how large
     */
    public NDArray fisher() {
        return fisherMatrices().joint();
    }

    /**
     * Returns the second moments {@code E[g gᵀ]}, from which {@code G = E[g gᵀ] − E[g] E[g]ᵀ}.
     *
     * @return the matrix, as {@link #fisher}
     * @throws IllegalArgumentException if it is too large; the message says how large
     */
    public NDArray secondMoments() {
        return fisherMatrices().secondMoments();
    }

    /**
     * Returns the Fisher matrix of {@code p(v)}, {@code cov(E[g | v], E[g | v])}: what natural
     * gradient of the log-likelihood of data means where hidden units are not part of the data. It
     * is {@link #fisher} minus {@code E[cov(g | v)]}, so no direction is longer in it. The paper
     * uses that of the joint distribution.
     *
     * <p>All visible states are enumerated: {@code 2^visible · D²} multiply-adds.
     *
     * @return the matrix, as {@link #fisher}
     * @throws IllegalArgumentException if it is too large, if there are more than {@value
     *     #MOST_HIDDEN} visible units, or if they are not binary
     */
    public NDArray marginalFisher() {
        if (parameters.units() != VisibleUnits.BINARY || visibleSize > MOST_HIDDEN) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "The Fisher matrix of p(v) is a sum over all visible states: it takes"
                                    + " binary units, %d at most, not %d that are %s. Use fisher(),"
                                    + " that of the joint distribution.",
                            MOST_HIDDEN,
                            visibleSize,
                            parameters.units().name().toLowerCase(Locale.ROOT)));
        }
        return fisherMatrices().marginal();
    }

    private FisherMatrices fisherMatrices() {
        return new FisherMatrices(manager, parameters, probabilities, logPartition, means);
    }

    /**
     * Returns the inverse of the damped Fisher matrix, {@code (G + ε I)⁻¹}.
     *
     * @param fisher the Fisher matrix, from {@link #fisher}
     * @param damping ε, at least 0, in squared units of the statistics
     * @return the inverse, (D, D), float64
     * @throws IllegalStateException if the matrix is singular
     */
    public static NDArray dampedInverse(NDArray fisher, double damping) {
        int size = (int) fisher.getShape().get(0);
        try (NDArray eye = fisher.getManager().eye(size, size, 0, DataType.FLOAT64);
                NDArray damped = fisher.add(eye.muli(damping))) {
            NDArray inverse = damped.inverse();
            try (NDArray ones = fisher.getManager().ones(new Shape(size), DataType.FLOAT64);
                    NDArray back = damped.matMul(inverse.matMul(ones)).subi(ones)) {
                double error = HostValues.number(back.abs().max());
                if (!(error < SOLVED)) {
                    inverse.close();
                    throw singular(damping, null);
                }
            }
            return inverse;
        } catch (EngineException e) {
            throw singular(damping, e);
        }
    }

    private static IllegalStateException singular(double damping, Exception cause) {
        return new IllegalStateException(
                "The Fisher matrix is singular at damping "
                        + damping
                        + ", as it is where units never change or copy each other; use a larger"
                        + " damping, such as 0.01.",
                cause);
    }

    /**
     * Draws independent states of the visible units, exactly from the model.
     *
     * @param rows the number of states
     * @return the states, (rows, visible), float64, of this machine's manager
     */
    public NDArray sample(int rows) {
        double[] cumulative = probabilities.clone();
        Arrays.parallelPrefix(cumulative, Double::sum);
        double[] uniform =
                HostValues.numbers(
                        manager.randomUniform(0f, 1f, new Shape(rows), DataType.FLOAT64));
        double[] bits = new double[rows * hiddenSize];
        for (int row = 0; row < rows; ++row) {
            int place = Arrays.binarySearch(cumulative, uniform[row]);
            int state = Math.min(place < 0 ? -place - 1 : place, cumulative.length - 1);
            for (int j = 0; j < hiddenSize; ++j) {
                bits[row * hiddenSize + j] = state >> j & 1;
            }
        }
        NDArray hidden = manager.create(bits, new Shape(rows, hiddenSize));
        return parameters.sampleVisible(parameters.visibleMeans(hidden));
    }

    /** {@inheritDoc} */
    @Override
    public void close() {
        manager.close();
    }
}
