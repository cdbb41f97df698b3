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
import org.locallearning.djl.decorrelation.internal.HostNumber;

/**
 * Precisions of theorem 1, which follow from the proximal step of the weights, for each sample:
 * {@code γ_l = α² ‖f(ĥ_{l−1})‖²}.
 */
final class ProximalPrecisions implements Precisions {

    private final InferenceSettings.Proximal step;
    private final boolean normalized;
    private final SampleNorms norms;
    private final NDManager manager;

    /**
     * Creates the precisions of a batch.
     *
     * @param settings with a proximal step
     * @param norms the samples' norms
     * @param manager the manager of the batch
     */
    ProximalPrecisions(InferenceSettings settings, SampleNorms norms, NDManager manager) {
        step = settings.proximal();
        normalized = settings.normalizedStep();
        this.norms = norms;
        this.manager = manager;
    }

    /** {@code e_L = (y − p_L) / (1 + γ_L)}, {@code 1 + γ_L = α (1/β + ‖f(ĥ)‖²)}. */
    @Override
    public NDList outputErrors(ValueNode output, NDList pulls) {
        NDList errors = new NDList(pulls.size());
        checkLearns(output);
        try (NDManager scope = manager.newSubManager()) {
            NDArray whole = norms.ofInput(output.stage(), scope);
            NDArray share = rate(output, scope).mul(HostNumber.add(whole, 1 / step.beta()));
            for (NDArray pull : pulls) {
                NDArray error = pull.div(share);
                error.attach(manager);
                errors.add(error);
            }
        }
        pulls.close();
        return errors;
    }

    /** The step of a layer explains what its error sends down, so that it has to take one. */
    private void checkLearns(ValueNode node) {
        if (node.stage().isInputErrorWanted() && !norms.isLearning(node.stage())) {
            throw new IllegalArgumentException(
                    String.format(
                            "The proximal step needs every layer above the lowest one that learns to"
                                    + " learn too, but %s is frozen; unfreeze it, freeze what is"
                                    + " below it, or leave the option out.",
                            node.stage()));
        }
    }

    /** Returns α of each sample, (N, 1), at the layer below a node. */
    private NDArray rate(ValueNode node, NDManager scope) {
        return normalized
                ? HostNumber.muli(norms.reciprocal(node.stage(), scope), step.rate())
                : HostNumber.muli(norms.ofInput(node.stage(), scope).onesLike(), step.rate());
    }

    /** {@inheritDoc} */
    @Override
    public NDArray weigh(NDArray rows, ValueNode node, NDManager scope) {
        checkLearns(node);
        NDArray whole = norms.ofInput(node.stage(), scope);
        return rows.mul(rate(node, scope).square().mul(whole));
    }

    /** {@inheritDoc} */
    @Override
    public boolean hasDecay(ValueNode above) {
        return above.errors() != null && norms.isWeightLearning(above.stage());
    }

    /**
     * {@code γ_decay = α² ‖e_{l+1}‖²}, from the slope of {@code ½ α² ‖e‖² ‖f(ĥ)‖²}. Of normalized
     * steps that is {@code ½ ‖e‖² / ‖f(ĥ)‖²}, whose slope has the other sign.
     */
    @Override
    public NDArray decay(NDArray rows, ValueNode above, NDManager scope) {
        NDArray squares = SampleNorms.squares(above.errors().head(), scope);
        NDArray decay = rows.mul(rate(above, scope).square().mul(squares));
        return step.exact() ? decay.neg() : decay;
    }

    /** The theorem has no precision in the steps of weights. */
    @Override
    public double ofLearning(ValueNode node) {
        return 1;
    }

    /** {@inheritDoc} */
    @Override
    public NDArray energy(ValueNode node, NDArray error) {
        try (NDManager scope = manager.newSubManager()) {
            NDArray square = error.square();
            square.attach(scope);
            double half = 0.5 / error.getShape().get(0);
            NDArray energy = HostNumber.muli(weigh(square, node, scope).sum(), half);
            energy.attach(manager);
            return energy;
        }
    }
}
