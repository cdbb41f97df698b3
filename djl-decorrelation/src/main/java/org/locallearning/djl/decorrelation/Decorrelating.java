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
package org.locallearning.djl.decorrelation;

import ai.djl.ndarray.NDList;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import org.locallearning.djl.state.Stateful;

/**
 * A layer that decorrelates its input by a matrix it learns itself, inside the training forward.
 *
 * <p>The matrix and the running mean are saved with the model, need no gradient and are not changed
 * by any optimizer. Each device has its own copy, like the statistics of batch normalization; only
 * the copy on the model's device is saved.
 *
 * <p>{@link Block#freezeParameters(boolean)}, on the layer or a block around it, freezes the matrix
 * and the running mean; a frozen layer computes the same in training as in evaluation, except that
 * it still uses the batch mean if it removes that one, and {@link BatchWhitening} the batch's own
 * matrix. They stay frozen when DJL makes a trainer for a loaded model, which unfreezes weights:
 * freeze those after making the trainer. {@code freezeParameters(false)} unfreezes.
 */
public interface Decorrelating extends Block, Stateful {

    /**
     * The name of a forward parameter of type {@link Boolean}: with {@code false} a training
     * forward computes the same output, but changes neither the matrix nor the running mean. For
     * rules that run a layer more than once in a step. It reaches a layer only through blocks that
     * pass forward parameters on, which DJL's {@code SequentialBlock} does not.
     */
    String LEARN = "decorrelation.learn";

    /**
     * Runs a training forward that leaves the matrix and the running mean as they are.
     *
     * @param parameterStore the parameter store
     * @param inputs the inputs
     * @return the outputs, as of a training forward
     */
    default NDList forwardWithoutLearning(ParameterStore parameterStore, NDList inputs) {
        PairList<String, Object> params = new PairList<>();
        params.add(LEARN, Boolean.FALSE);
        return forward(parameterStore, inputs, true, params);
    }

    /**
     * Learns from a batch like a training forward, without computing the output.
     *
     * <p>After {@link #forwardWithoutLearning}, the matrix does not change while a rule still works
     * with it, and need not be copied for backpropagation, which pays off if it is large. The
     * sample is decorrelated once more. Call it after the last backward pass through the layer:
     * engines refuse one after the matrix has changed.
     *
     * @param parameterStore the parameter store
     * @param inputs the inputs of the forward
     */
    void learn(ParameterStore parameterStore, NDList inputs);

    /**
     * Returns the name of this layer in messages.
     *
     * @return the name given to the builder, such as the path in the model, or the type
     */
    String getName();

    /**
     * Returns the settings of this layer.
     *
     * @return the settings
     */
    DecorrelationOptions getOptions();

    /**
     * Returns the learned matrix. Its meaning is documented by each layer.
     *
     * @return the matrix
     */
    Parameter getMatrix();

    /**
     * Returns the running mean of the input, by feature or by channel.
     *
     * @return the running mean
     */
    Parameter getRunningMean();

    /**
     * Returns the gain of the latest update.
     *
     * @return the gain, its mean over units where each has its own; of the last block or group
     *     where the matrix has several; NaN before the first update
     */
    double getLastGain();

    /**
     * Adds an observer, which sees the sample of each update. One that was added before stays once.
     *
     * @param observer the observer
     */
    void addObserver(DecorrelationObserver observer);

    /**
     * Removes an observer.
     *
     * @param observer the observer; nothing happens if it was not added
     */
    void removeObserver(DecorrelationObserver observer);

    /**
     * Returns the multiply-adds that this layer adds to a training step: in the forward pass, for
     * the error of its input in the backward pass, and for learning the matrix, averaged over the
     * steps from one update to the next.
     *
     * @param batchSize the batch size
     * @return the number of multiply-adds
     * @throws IllegalStateException if the layer is not initialized
     */
    long getMultiplyAdds(long batchSize);

    /**
     * Returns how many of {@link #getMultiplyAdds} carry the error to the input. A training step
     * saves them where no error is wanted there, as below the first layer with weights.
     *
     * @param batchSize the batch size
     * @return the number of multiply-adds
     * @throws IllegalStateException if the layer is not initialized
     */
    long getErrorMultiplyAdds(long batchSize);

    /**
     * Returns a block of DJL's own with the function that this layer has in evaluation.
     *
     * @return the block, initialized; its arrays belong to the manager of this layer's arrays
     * @throws IllegalStateException if the layer is not initialized
     */
    Block fold();
}
