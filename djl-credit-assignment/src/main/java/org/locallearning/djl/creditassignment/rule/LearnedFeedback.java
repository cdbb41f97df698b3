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
package org.locallearning.djl.creditassignment.rule;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.locallearning.djl.creditassignment.internal.Autograd;
import org.locallearning.djl.creditassignment.tape.Layer;
import org.locallearning.djl.creditassignment.tape.Network;
import org.locallearning.djl.creditassignment.tape.PassedLayer;
import org.locallearning.djl.creditassignment.tape.Tape;
import org.locallearning.djl.state.StateReader;
import org.locallearning.djl.state.StateWriter;

/**
 * Feedback weights {@code B} that learn: drawn before first use, or loaded. Subclasses define how
 * they learn.
 */
public abstract class LearnedFeedback implements FeedbackWeights {

    private final List<Layer> layers;
    private final RuleParameters parameters;

    /**
     * Creates feedback weights that are not there yet.
     *
     * @param network the network whose layers may have feedback weights
     * @param manager the trainer's manager
     * @param source where new ones come from
     * @param optimized whether the optimizer updates them
     */
    protected LearnedFeedback(
            Network network, NDManager manager, FeedbackSource source, boolean optimized) {
        layers = network.getAllLayers();
        parameters = RuleParameters.ofWeights(network, manager, source, optimized);
    }

    /**
     * Returns the feedback weights under the paths of the weights whose place they take.
     *
     * @return the parameters
     */
    protected final RuleParameters parameters() {
        return parameters;
    }

    /**
     * Visits every layer that has feedback weights by now.
     *
     * @param visitor what is done with the layer and its feedback weights
     */
    protected final void forEach(BiConsumer<Layer, Parameter> visitor) {
        for (Layer layer : layers) {
            parameters
                    .find(layer.weightPath())
                    .ifPresent(feedback -> visitor.accept(layer, feedback));
        }
    }

    /** {@inheritDoc} */
    @Override
    public NDArray get(Tape tape, PassedLayer layer) {
        return Autograd.detach(tape.getValue(parameters.get(layer)), tape.getManager());
    }

    /** {@inheritDoc} */
    @Override
    public final Map<String, NDArray> getRuleParameters() {
        return parameters.getValues();
    }

    /** {@inheritDoc} */
    @Override
    public final Map<String, Parameter> getParameters() {
        return parameters.getParameters();
    }

    /** {@inheritDoc} */
    @Override
    public final void saveState(StateWriter out) throws IOException {
        parameters.saveState(out);
    }

    /** {@inheritDoc} */
    @Override
    public final Runnable loadState(StateReader in) throws IOException, MalformedModelException {
        return parameters.loadState(in);
    }
}
