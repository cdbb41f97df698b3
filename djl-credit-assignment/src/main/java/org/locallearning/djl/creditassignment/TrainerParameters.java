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
import ai.djl.util.Pair;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.locallearning.djl.creditassignment.internal.Autograd;
import org.locallearning.djl.creditassignment.internal.LearningRate;
import org.locallearning.djl.creditassignment.optimizer.ParameterNames;
import org.locallearning.djl.creditassignment.optimizer.RuleParameterListener;
import org.locallearning.djl.decorrelation.internal.CheckingStore;
import org.locallearning.djl.decorrelation.internal.DeviceArrays;
import org.locallearning.djl.decorrelation.internal.HostNumber;
import org.locallearning.djl.decorrelation.internal.HostValues;
import org.locallearning.djl.decorrelation.internal.PendingChecks;
import org.locallearning.djl.state.StateReader;
import org.locallearning.djl.state.StateWriter;
import org.locallearning.djl.state.Stateful;

/**
 * The parameters of a trainer: those of the model, and those of its rule, registered at first use.
 * A {@link RuleParameterListener} optimizer is notified of the latter.
 */
final class TrainerParameters extends ParameterStore implements CheckingStore, ScheduledRates {

    private final Model model;
    private final Optimizer optimizer;
    private final Optional<LearningRate> rate;
    private final List<Device> devices;
    private final Map<Device, NDManager> managers = new ConcurrentHashMap<>();
    private final Set<String> known = ConcurrentHashMap.newKeySet();
    private final Map<String, NDArray> placed = new ConcurrentHashMap<>();
    private final Map<String, Double> largestRates = new ConcurrentHashMap<>();
    private final PendingChecks pending = new PendingChecks();
    private Runnable beforeUpdate = () -> {};
    private long updates;

    TrainerParameters(Model model, NDManager manager, Optimizer optimizer, Device[] devices) {
        super(manager, false);
        this.model = model;
        this.devices = List.of(devices);
        this.optimizer = optimizer;
        rate = LearningRate.of(optimizer);
        setParameterServer(new SummedStep(optimizer), inOrder(devices));
    }

    /**
     * Returns devices in the order of such a map, in which the store makes their arrays; it looks
     * for them in the order that it is given.
     */
    private static Device[] inOrder(Device[] devices) {
        Map<Device, Integer> ordered = new ConcurrentHashMap<>();
        for (Device device : devices) {
            ordered.put(device, ordered.size());
        }
        return ordered.keySet().toArray(new Device[0]);
    }

    /** {@inheritDoc} */
    @Override
    public OptionalDouble getRateShare(Parameter parameter) {
        if (rate.isEmpty()) {
            return OptionalDouble.empty();
        }
        String id = parameter.getId();
        double last = rate.get().last(id);
        double largest = largestRates.merge(id, Math.max(last, rate.get().first(id)), Math::max);
        return OptionalDouble.of(largest > 0 ? last / largest : 0);
    }

    /** {@inheritDoc} */
    @Override
    public boolean haveSameRate(Parameter one, Parameter other) {
        return rate.isEmpty()
                || rate.get().first(one.getId()) == rate.get().first(other.getId())
                        && rate.get().last(one.getId()) == rate.get().last(other.getId());
    }

    /** Sets what happens before every update, while gradients are still there. */
    void setBeforeUpdate(Runnable beforeUpdate) {
        this.beforeUpdate = beforeUpdate;
    }

    /** Returns how often the optimizer has moved the parameters. */
    long getUpdates() {
        return updates;
    }

    /** {@inheritDoc} */
    @Override
    public PendingChecks getPendingChecks() {
        return pending;
    }

    /** Says which parameter of the model is not finite on a device, as a clause. */
    Optional<String> findNonFinite(Device device) {
        for (Pair<String, Parameter> each : model.getBlock().getParameters()) {
            NDArray value = getValue(each.getValue(), device, true);
            try (NDArray alias = value.stopGradient();
                    NDArray zeros = HostNumber.mul(alias, 0);
                    NDArray sum = zeros.sum()) {
                if (Double.isNaN(HostValues.number(sum))) {
                    return Optional.of("by now parameter " + each.getKey() + " is not finite");
                }
            }
        }
        return Optional.empty();
    }

    /** {@inheritDoc} */
    @Override
    public void updateAllParameters() {
        updates++;
        beforeUpdate.run();
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
                                        "it holds the learning rate of %s, which this model does"
                                                + " not have; build the model that it was saved with.",
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
        if (parameter == null) {
            return null;
        }
        if (!known.contains(parameter.getId())) {
            introduce(parameter);
        }
        if (!placed.containsKey(parameter.getId())) {
            place(parameter, training);
        }
        NDArray value = super.getValue(parameter, device, training);
        if (training && value != parameter.getArray()) {
            freezeLike(parameter.getArray(), value);
        }
        return value;
    }

    /** Freezes and unfreezes a copy with the parameter's own array, which is told alone. */
    private static void freezeLike(NDArray own, NDArray copy) {
        boolean learns = own.hasGradient();
        if (copy.hasGradient() != learns) {
            if (!learns) {
                Autograd.clearGradient(copy);
            }
            copy.setRequiresGradient(learns);
        }
    }

    /**
     * Makes the copies of a parameter for all devices, each with a manager of its device, so that
     * arrays computed from it are there too.
     */
    private synchronized void place(Parameter parameter, boolean training) {
        if (placed.containsKey(parameter.getId()) || !parameter.isInitialized()) {
            return;
        }
        // the first device to ask gets the parameter's own array if it is there, the others copies
        Device home = parameter.getArray().getDevice();
        if (devices.contains(home)) {
            super.getValue(parameter, home, training);
        }
        for (Device device : devices) {
            // which stays when a scope around the batch closes
            NDArray value = DeviceArrays.kept(super.getValue(parameter, device, training));
            if (!value.getManager().getDevice().equals(device)) {
                value.attach(managers.computeIfAbsent(device, getManager()::newSubManager));
            }
        }
        placed.put(parameter.getId(), parameter.getArray());
    }

    /**
     * Returns the path of a parameter of the model that has another array by now, if there is one.
     */
    Optional<String> findReplaced() {
        for (Pair<String, Parameter> each : model.getBlock().getParameters()) {
            Parameter parameter = each.getValue();
            NDArray own = placed.get(parameter.getId());
            if (own != null && !(parameter.isInitialized() && parameter.getArray() == own)) {
                return Optional.of(each.getKey());
            }
        }
        return Optional.empty();
    }

    private void introduce(Parameter parameter) {
        // blocks may add parameters up to their initialization
        model.getBlock().getParameters().values().forEach(own -> known.add(own.getId()));
        if (known.add(parameter.getId()) && optimizer instanceof RuleParameterListener) {
            ((RuleParameterListener) optimizer).onRuleParameter(parameter);
        }
    }
}
