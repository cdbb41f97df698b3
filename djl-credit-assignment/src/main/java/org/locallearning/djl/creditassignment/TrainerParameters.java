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

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.training.optimizer.Optimizer;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.locallearning.djl.creditassignment.internal.LearningRate;
import org.locallearning.djl.creditassignment.optimizer.ParameterNames;
import org.locallearning.djl.creditassignment.optimizer.RuleParameterListener;
import org.locallearning.djl.decorrelation.state.StateReader;
import org.locallearning.djl.decorrelation.state.StateWriter;
import org.locallearning.djl.decorrelation.state.Stateful;

/**
 * The parameters of a trainer: those of the model, and those that its rule keeps, which become the
 * trainer's by being asked for. An optimizer that wants to know of the latter is told.
 *
 * <p>It is what {@link CreditAssigner#afterStep} gets from a {@link CreditTrainer}.
 */
public final class TrainerParameters extends ParameterStore {

    private final Model model;
    private final Optimizer optimizer;
    private final Optional<LearningRate> rate;
    private final Set<String> known = ConcurrentHashMap.newKeySet();
    private final Map<String, Double> largestRates = new ConcurrentHashMap<>();
    private long updates;

    TrainerParameters(Model model, NDManager manager, Optimizer optimizer, Device[] devices) {
        super(manager, false);
        this.model = model;
        this.optimizer = optimizer;
        rate = LearningRate.of(optimizer);
        setParameterServer(manager.getEngine().newParameterServer(optimizer), devices);
    }

    /**
     * Returns the learning rate of the optimizer's last step relative to the largest of the
     * schedule so far, its first included: 1 for a constant rate, 0 for a step at the rate 0.
     *
     * @param parameter a parameter that was updated
     * @return the share, or empty if the optimizer does not show its rate
     */
    public OptionalDouble getRateShare(Parameter parameter) {
        if (rate.isEmpty()) {
            return OptionalDouble.empty();
        }
        String id = parameter.getId();
        double last = rate.get().last(id);
        double largest = largestRates.merge(id, Math.max(last, rate.get().first(id)), Math::max);
        return OptionalDouble.of(largest > 0 ? last / largest : 0);
    }

    /** Returns how often the optimizer has moved the parameters. */
    long getUpdates() {
        return updates;
    }

    /** {@inheritDoc} */
    @Override
    public void updateAllParameters() {
        updates++;
        super.updateAllParameters();
    }

    /** The largest rates so far, by which a schedule is followed, as part of a trainer's state. */
    Stateful getRateHistory(CreditAssigner assigner) {
        ParameterNames names = new ParameterNames(model.getBlock(), assigner::getParameters);
        return new Stateful() {

            @Override
            public void saveState(StateWriter out) throws IOException {
                for (Map.Entry<String, Parameter> named : names.getParameters().entrySet()) {
                    Double largest = largestRates.get(named.getValue().getId());
                    if (largest != null) {
                        out.putDouble(named.getKey(), largest);
                    }
                }
            }

            @Override
            public Runnable loadState(StateReader in) throws MalformedModelException {
                Map<String, Double> saved = new LinkedHashMap<>();
                for (String name : in.getNames()) {
                    if (names.find(name).isEmpty() && !name.startsWith(ParameterNames.RULE)) {
                        throw new MalformedModelException(
                                String.format(
                                        "it holds the learning rate of %s, which this model does not"
                                                + " have; build the model that it was saved with.",
                                        name));
                    }
                    saved.put(name, in.getDouble(name));
                }
                return () -> {
                    largestRates.clear();
                    saved.forEach(
                            (name, largest) ->
                                    names.find(name)
                                            .ifPresent(
                                                    parameter ->
                                                            largestRates.put(
                                                                    parameter.getId(), largest)));
                };
            }
        };
    }

    /** {@inheritDoc} */
    @Override
    public NDArray getValue(Parameter parameter, Device device, boolean training) {
        if (parameter != null && !known.contains(parameter.getId())) {
            introduce(parameter);
        }
        return super.getValue(parameter, device, training);
    }

    private void introduce(Parameter parameter) {
        // blocks may add parameters up to their initialization
        model.getBlock().getParameters().values().forEach(own -> known.add(own.getId()));
        if (known.add(parameter.getId()) && optimizer instanceof RuleParameterListener) {
            ((RuleParameterListener) optimizer).onRuleParameter(parameter);
        }
    }
}
