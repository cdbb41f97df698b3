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
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.training.loss.Loss;

/**
 * The mean squared difference between the data and their reconstruction by a Boltzmann machine, per
 * visible unit. Labels are ignored.
 *
 * <p>{@link BoltzmannTrainer} reports it as its loss, so that DJL's listeners and progress bar show
 * a number that mostly falls. It is not what is learned: a machine may reconstruct well and be a
 * bad model. For the quality of the model see {@link LogLikelihoodListener}.
 *
 * <p>With contrastive divergence the reconstructions of a training batch are the means of the
 * visible units at the last Gibbs step; otherwise, and in evaluation, they are the means given the
 * probabilities of the hidden units.
 */
public final class ReconstructionError extends Loss {

    /** Creates the error under its own name. */
    public ReconstructionError() {
        this("ReconstructionError");
    }

    /**
     * Creates the error.
     *
     * @param name the name in metrics
     */
    public ReconstructionError(String name) {
        super(name);
    }

    /**
     * {@inheritDoc}
     *
     * @param labels not looked at
     * @param predictions the reconstructions, (N, visible), and the data, (N, visible)
     */
    @Override
    public NDArray evaluate(NDList labels, NDList predictions) {
        if (predictions.size() != 2) {
            throw new IllegalArgumentException(
                    "The reconstruction error compares reconstructions with data, but got "
                            + predictions.size()
                            + " arrays; use it with a trainer from BoltzmannLearning.newTrainer.");
        }
        // DJL's accumulators read a float
        return predictions
                .get(0)
                .sub(predictions.get(1))
                .square()
                .mean()
                .toType(DataType.FLOAT32, false);
    }
}
