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
package org.locallearning.djl.creditassignment.lra;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.loss.Loss;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.locallearning.djl.creditassignment.CreditAssigner;
import org.locallearning.djl.creditassignment.CreditAssignment;
import org.locallearning.djl.creditassignment.rule.FeedbackBuilder;
import org.locallearning.djl.creditassignment.rule.FeedbackDistribution;
import org.locallearning.djl.creditassignment.rule.FeedbackSource;
import org.locallearning.djl.creditassignment.rule.RuleParameters;
import org.locallearning.djl.creditassignment.tape.Feedback;
import org.locallearning.djl.creditassignment.tape.Network;
import org.locallearning.djl.creditassignment.tape.StageOutline;
import org.locallearning.djl.creditassignment.tape.Tape;
import org.locallearning.djl.decorrelation.internal.Descriptions;

/**
 * Recursive local representation alignment (rec-LRA): each layer moves its output towards a target
 * that error matrices make from the errors of other layers, without a derivative of the activation.
 *
 * <p>For a stage with pre-activation {@code h_i}, activation {@code z_i = φ_i(h_i)} and incoming
 * errors {@code e_j}:
 *
 * <pre>
 * d_i = Σ_j E_ji e_j          what arrives, equation 3
 * y_i = φ_i(h_i − β d_i)      the target
 * e_i = z_i − y_i             the error neurons; other forms: {@link ErrorDifference}
 * ∂W_i = e_i x_iᵀ, ∂b_i = e_i  gradients for the optimizer, means over the batch
 * </pre>
 *
 * <p>Errors have the shape of the pre-activation, (N, ...), flattened to (N, units) for an error
 * matrix {@code E} of shape (units of receiver, units of sender). {@code e_L} is the gradient of
 * each sample's loss at the pre-activation of the output layer, for any DJL loss. {@code φ} is the
 * run of known blocks after a layer that keep shape and units, with the dropout mask and batch
 * statistics of the forward pass; a decorrelation layer belongs to the layer after it. A container
 * of branches, such as a residual block, is one stage with exact errors inside, unless the wiring
 * has connections there.
 *
 * <p>The optimizer updates error matrices like weights ({@link ErrorMatrixUpdate}), and {@code
 * CreditTrainer.saveState} saves them. {@code optFeedback} sets their initial values; it is called
 * with the path {@code "from → to"} and the shape of {@code E}. Use an optimizer that divides by
 * the size of gradients.
 *
 * <p>Use it for dense nets, for activations without a derivative ({@link SignActivation} with
 * {@link ErrorDifference#CENTRAL}), for deep logistic nets in which backpropagation stalls, and to
 * cut a residual net into blocks that learn independently. The updates are not a gradient:
 * convolutions without normalization, and unbounded activations with growing error matrices, need
 * tuning.
 *
 * <p>Cost for L layers: 2L products with weights and two per error connection (one if error
 * matrices do not learn), at most 2L + 2(L − 1); backpropagation takes 3L − 1. Every activation
 * runs twice.
 *
 * <p>Making a trainer throws {@code IllegalArgumentException} if the graph has a cycle or a
 * dangling connection; a batch does if an error matrix has the wrong shape, and keeps the gradients
 * left so far.
 *
 * <p>Ororbia, Mali, Kifer and Giles, "Reducing the computational burden of deep learning with
 * recursive local representation alignment", arXiv:2002.03911 (2020), equations 1 to 3, Algorithms
 * 1 and 2; departures: {@code docs/rules.md}.
 */
public final class LocalRepresentationAlignment extends CreditAssignment {

    private final double beta;
    private final double gamma;
    private final ErrorDifference difference;
    private final double norm;
    private final double[] discrepancyWeights;
    private final double magnitudeShare;
    private final ErrorMatrixUpdate update;
    private final ErrorWiring wiring;
    private final int depth;
    private final FeedbackSource source;

    private LocalRepresentationAlignment(Builder builder) {
        super(builder);
        beta = builder.beta;
        gamma = builder.gamma;
        difference = builder.difference;
        norm = builder.norm;
        discrepancyWeights = builder.discrepancyWeights;
        magnitudeShare = builder.magnitudeShare;
        update = builder.update;
        wiring = builder.wiring;
        depth = builder.depth;
        source = builder.getFeedback();
    }

    /**
     * Returns the factor of transmitted errors.
     *
     * @return {@code β}
     */
    public double getBeta() {
        return beta;
    }

    /**
     * Returns the factor of the gradients of error matrices.
     *
     * @return {@code γ}
     */
    public double getGamma() {
        return gamma;
    }

    /**
     * Returns what error neurons compare.
     *
     * @return the difference
     */
    public ErrorDifference getErrorDifference() {
        return difference;
    }

    /**
     * Returns the norm by which the discrepancy of a layer is measured.
     *
     * @return {@code p}
     */
    public double getNorm() {
        return norm;
    }

    /** Returns κ of the stages of a network's outermost sequence by path; none where all are 1. */
    Map<String, Double> getDiscrepancyWeights(Network network) {
        Map<String, Double> weights = new HashMap<>();
        List<StageOutline> stages = network.getOutline();
        for (int l = 0; l < discrepancyWeights.length; l++) {
            // a layer that stands in two places has the weight of the first
            weights.putIfAbsent(stages.get(l).path(), discrepancyWeights[l]);
        }
        return weights;
    }

    /**
     * Returns the share {@code α} of an error's magnitude; the rest is its sign.
     *
     * @return {@code α}
     */
    public double getMagnitudeShare() {
        return magnitudeShare;
    }

    /**
     * Returns how error matrices learn.
     *
     * @return the update
     */
    public ErrorMatrixUpdate getErrorMatrixUpdate() {
        return update;
    }

    /**
     * Returns the error connections of a network under this rule.
     *
     * @param network the network
     * @return the graph
     * @throws IllegalArgumentException if the connections that the wiring chose run in a cycle or
     *     dangle
     */
    public ErrorGraph getErrorGraph(Network network) {
        List<StageOutline> stages = network.getOutline();
        ErrorGraph graph = ErrorGraph.of(stages, wiring.connect(stages));
        return depth == Integer.MAX_VALUE ? graph : graph.limitedTo(depth);
    }

    /** Errors of its own are those that arrive by connections where something learns. */
    @Override
    protected boolean hasErrorsOfItsOwn(Network network) {
        Set<String> useful = network.getStagesWithUseForErrors();
        return !network.getOutline().isEmpty()
                && getErrorGraph(network).getConnections().stream()
                        .anyMatch(connection -> useful.contains(connection.to()));
    }

    /** {@inheritDoc} */
    @Override
    protected CreditAssigner newAssigner(Network network, Loss loss, NDManager manager) {
        int stages = network.getOutline().size();
        if (discrepancyWeights.length > 0 && discrepancyWeights.length != stages) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "There are %d weights κ of the discrepancy, but the network has %d"
                                    + " stages; give one per stage to optDiscrepancyWeights, from the"
                                    + " input to the output.",
                            discrepancyWeights.length,
                            stages));
        }
        if (network.getOutline().isEmpty()) {
            return new WithoutStages();
        }
        ErrorGraph graph = getErrorGraph(network);
        return new AlignmentAssigner(this, graph, newMatrices(network, graph, manager));
    }

    private RuleParameters newMatrices(Network network, ErrorGraph graph, NDManager manager) {
        Map<String, ErrorConnection> connections =
                graph.getConnections().stream()
                        .collect(Collectors.toMap(ErrorConnection::toString, each -> each));
        return new RuleParameters(
                "error matrix",
                manager,
                source,
                update != ErrorMatrixUpdate.NONE,
                connections.keySet(),
                name -> knownShape(connections.get(name), network.getKnownUnits()));
    }

    private static Optional<Shape> knownShape(ErrorConnection connection, Map<String, Long> units) {
        Long receiver = units.get(connection.to());
        Long sender = units.get(connection.from());
        return receiver == null || sender == null
                ? Optional.empty()
                : Optional.of(new Shape(receiver, sender));
    }

    /** Returns the rule and every setting. */
    @Override
    public String toString() {
        return describe(
                String.format(
                        "%s%s, β %s, γ %s, difference %s, norm %s, κ %s, magnitude share %s, error"
                                + " matrices %s, update %s",
                        Descriptions.of(wiring),
                        depth == Integer.MAX_VALUE ? "" : ", depth " + depth,
                        beta,
                        gamma,
                        difference,
                        norm,
                        discrepancyWeights.length == 0 ? "1" : Arrays.toString(discrepancyWeights),
                        magnitudeShare,
                        source.describe(),
                        update));
    }

    /**
     * Creates a builder.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Unknown blocks alone, as somebody accepted them: there is but the error of the output. */
    private static final class WithoutStages implements CreditAssigner {

        /** {@inheritDoc} */
        @Override
        public boolean needsInnerFeedback() {
            return false;
        }

        /** {@inheritDoc} */
        @Override
        public void assign(Tape tape, NDList errors) {
            tape.backward(errors, Feedback.EXACT, false);
        }
    }

    /** Builds a {@link LocalRepresentationAlignment}. */
    public static final class Builder extends FeedbackBuilder<Builder> {

        private double beta = 0.1;
        private double gamma = 1;
        private ErrorDifference difference = ErrorDifference.ONE_SIDED;
        private double norm = 2;
        private double[] discrepancyWeights = {};
        private double magnitudeShare = 1;
        private ErrorMatrixUpdate update = ErrorMatrixUpdate.PAPER;
        private ErrorWiring wiring = ErrorWiring.fromOutput();
        private int depth = Integer.MAX_VALUE;

        private Builder() {
            super(FeedbackDistribution.normal(0.05).seeded(0));
        }

        /**
         * Sets the factor by which a transmitted error moves the target.
         *
         * @param beta the factor {@code β}, at least 0; 0.1 by default. At 0 only the output learns
         * @return this builder
         */
        public Builder optBeta(double beta) {
            if (!(beta >= 0 && beta < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("β is at least 0 and finite, not " + beta + ".");
            }
            this.beta = beta;
            return this;
        }

        /**
         * Sets the factor of the gradients of error matrices. Optimizers that divide by the size of
         * gradients, such as Adam, undo it.
         *
         * @param gamma the factor {@code γ}, above 0; 1 by default
         * @return this builder
         */
        public Builder optGamma(double gamma) {
            if (!(gamma > 0 && gamma < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "γ is above 0 and finite, not "
                                + gamma
                                + "; for error matrices that stay as they are take"
                                + " ErrorMatrixUpdate.NONE.");
            }
            this.gamma = gamma;
            return this;
        }

        /**
         * Sets what error neurons compare.
         *
         * @param difference the difference; {@link ErrorDifference#ONE_SIDED} by default
         * @return this builder
         */
        public Builder optErrorDifference(ErrorDifference difference) {
            this.difference = Objects.requireNonNull(difference, "difference");
            return this;
        }

        /**
         * Sets the norm by which the discrepancy of a hidden layer is measured: its error neurons
         * are {@code sign(Δ) |Δ|^(p − 1)}. At 1, the Manhattan norm, they are signs.
         *
         * @param norm {@code p}, at least 1 and finite; 2, the Euclidean norm, by default
         * @return this builder
         */
        public Builder optNorm(double norm) {
            if (!(norm >= 1 && norm < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "The norm p of the discrepancy is at least 1 and finite, not "
                                + norm
                                + ".");
            }
            this.norm = norm;
            return this;
        }

        /**
         * Sets the weights {@code κ} of the discrepancies of layers. Below 1 a layer learns more
         * slowly, and sends smaller errors on. Optimizers that divide by the size of gradients,
         * such as Adam, undo the first.
         *
         * @param weights one per stage of the outermost sequence from the input to the output, each
         *     at least 0; all 1 by default. Stages inside a container have the weight of that; that
         *     of a stage without error neurons of its own has no effect. Unknown blocks have none
         * @return this builder
         */
        public Builder optDiscrepancyWeights(double... weights) {
            for (double weight : weights) {
                if (!(weight >= 0 && Double.isFinite(weight))) {
                    throw new IllegalArgumentException(
                            "A weight κ of the discrepancy is at least 0 and finite, not "
                                    + weight
                                    + ".");
                }
            }
            discrepancyWeights = weights.clone();
            return this;
        }

        /**
         * Replaces a part of every hidden error by its sign: {@code α e + (1 − α) sign(e)}, as a
         * later version of the paper is said to do with {@code α} about 0.2.
         *
         * @param share the share {@code α} of the magnitude, from 0 to 1; 1 by default
         * @return this builder
         */
        public Builder optMagnitudeShare(double share) {
            if (!(share >= 0 && share <= 1)) {
                throw new IllegalArgumentException(
                        "The share of an error's magnitude is from 0 to 1, not " + share + ".");
            }
            magnitudeShare = share;
            return this;
        }

        /**
         * Sets how error matrices learn.
         *
         * @param update the update; {@link ErrorMatrixUpdate#PAPER} by default
         * @return this builder
         */
        public Builder optErrorMatrixUpdate(ErrorMatrixUpdate update) {
            this.update = Objects.requireNonNull(update, "update");
            return this;
        }

        /**
         * Sets which stage sends its error to which.
         *
         * @param wiring the wiring; {@link ErrorWiring#fromOutput()} by default
         * @return this builder
         */
        public Builder optWiring(ErrorWiring wiring) {
            this.wiring = Objects.requireNonNull(wiring, "wiring");
            return this;
        }

        /**
         * Limits how many error connections an error passes from the output on: the depth of the
         * recursion. Stages beyond learn by backpropagation from the next error neurons above them.
         *
         * @param depth the number of connections, at least 1; not limited by default
         * @return this builder
         */
        public Builder optDepth(int depth) {
            if (depth < 1) {
                throw new IllegalArgumentException(
                        "The depth of the recursion is at least 1 connection, not " + depth + ".");
            }
            this.depth = depth;
            return this;
        }

        /** {@inheritDoc} */
        @Override
        protected Builder self() {
            return this;
        }

        /**
         * Builds the rule.
         *
         * @return the rule
         */
        public LocalRepresentationAlignment build() {
            return new LocalRepresentationAlignment(this);
        }
    }
}
