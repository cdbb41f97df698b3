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
package org.locallearning.djl.creditassignment.checkpoint;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.optimizer.Optimizer;
import java.io.IOException;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.locallearning.djl.creditassignment.optimizer.ParameterNames;
import org.locallearning.djl.creditassignment.optimizer.StatefulOptimizer;
import org.locallearning.djl.decorrelation.internal.PrivateFields;
import org.locallearning.djl.state.StateReader;
import org.locallearning.djl.state.StateWriter;
import org.locallearning.djl.state.Stateful;

/**
 * What DJL's part of an optimizer remembers: the moments and counts of updates that its classes
 * keep in private maps by the ids of parameters. In a file parameters go by name.
 */
final class OptimizerState implements Stateful {

    private static final String PACKAGE = Optimizer.class.getPackageName();
    private static final String LATEST = "updates";
    private static final String COUNT = "updates/";
    private static final String MOMENT = "moment/";

    private final Optimizer optimizer;
    private final ParameterNames names;
    private final Map<String, Shape> ruleShapes;
    private final Device[] devices;

    /**
     * Creates the state of an optimizer.
     *
     * @param optimizer the optimizer
     * @param names the names of parameters
     * @param ruleShapes the shapes of a rule's parameters in the file that is loaded, by name
     * @param devices the devices of the trainer
     * @throws IllegalArgumentException if it is not known what the optimizer remembers
     */
    OptimizerState(
            Optimizer optimizer,
            ParameterNames names,
            Map<String, Shape> ruleShapes,
            Device[] devices) {
        this.optimizer = optimizer;
        this.names = names;
        this.ruleShapes = ruleShapes;
        this.devices = devices.clone();
        if (!isOfDjl(optimizer.getClass()) && !(optimizer instanceof StatefulOptimizer)) {
            throw new IllegalArgumentException(
                    String.format(
                            "Optimizer %s cannot be saved, since it is not known what it remembers;"
                                    + " let it implement StatefulOptimizer.",
                            optimizer.getClass().getName()));
        }
    }

    /** Returns what a class of one's own adds. */
    static Stateful own(StatefulOptimizer optimizer, ParameterNames names) {
        return new Stateful() {

            @Override
            public void saveState(StateWriter out) throws IOException {
                optimizer.saveState(out, names);
            }

            @Override
            public Runnable loadState(StateReader in) throws IOException, MalformedModelException {
                return optimizer.loadState(in, names);
            }
        };
    }

    private static boolean isOfDjl(Class<?> type) {
        return type.getPackageName().equals(PACKAGE);
    }

    /** {@inheritDoc} */
    @Override
    public void saveState(StateWriter out) throws IOException {
        Map<String, Integer> counts = counts();
        out.putLong(LATEST, (Integer) PrivateFields.read(Optimizer.class, optimizer, "numUpdate"));
        for (Map.Entry<String, Parameter> parameter : names.getParameters().entrySet()) {
            Integer count = counts.get(parameter.getValue().getId());
            if (count != null) {
                out.putLong(COUNT + parameter.getKey(), count);
            }
        }
        for (Map.Entry<String, Map<String, Map<Device, NDArray>>> moment : moments().entrySet()) {
            saveMoment(out, moment.getKey(), moment.getValue());
        }
    }

    private void saveMoment(
            StateWriter out, String moment, Map<String, Map<Device, NDArray>> values)
            throws IOException {
        for (Map.Entry<String, Parameter> parameter : names.getParameters().entrySet()) {
            Map<Device, NDArray> value = values.get(parameter.getValue().getId());
            for (int i = 0; value != null && i < devices.length; i++) {
                NDArray onDevice = value.get(devices[i]);
                if (onDevice != null) {
                    out.putArray(momentPrefix(moment, i) + parameter.getKey(), onDevice);
                }
            }
        }
    }

    private static String momentPrefix(String moment, int device) {
        return MOMENT + moment + "/" + device + "/";
    }

    /** {@inheritDoc} */
    @Override
    public Runnable loadState(StateReader in) throws IOException, MalformedModelException {
        int latest = toCount(in.getLong(LATEST));
        Map<String, Integer> counts = new LinkedHashMap<>();
        List<Moment> moments = new ArrayList<>();
        Set<String> own = new TreeSet<>();
        own.add(LATEST);
        for (String name : in.getNames()) {
            if (name.startsWith(COUNT)) {
                String parameter = name.substring(COUNT.length());
                checkKnown(parameter);
                counts.put(parameter, toCount(in.getLong(name)));
                own.add(name);
            }
        }
        for (String moment : moments().keySet()) {
            for (int i = 0; i < devices.length; i++) {
                String prefix = momentPrefix(moment, i);
                for (String name : in.getNames()) {
                    if (name.startsWith(prefix)) {
                        String parameter = name.substring(prefix.length());
                        checkShape(parameter, in.getShape(name), in.getDataType(name));
                        moments.add(new Moment(moment, i, parameter, in.getArray(name)));
                        own.add(name);
                    }
                }
            }
        }
        in.checkNames(own);
        return () -> take(latest, counts, moments);
    }

    private record Moment(String name, int device, String parameter, NDArray value) {}

    private static int toCount(long count) throws MalformedModelException {
        if (count < 0 || count > Integer.MAX_VALUE) {
            throw new MalformedModelException("no optimizer can have made " + count + " updates.");
        }
        return (int) count;
    }

    private void checkKnown(String name) throws MalformedModelException {
        if (names.find(name).isEmpty() && !ruleShapes.containsKey(name)) {
            throw new MalformedModelException(
                    String.format(
                            "it holds an optimizer's memory of %s, which this trainer does not"
                                    + " have; build the model that it was saved with.",
                            name));
        }
    }

    private void checkShape(String name, Shape shape, DataType type)
            throws MalformedModelException {
        checkKnown(name);
        Shape wanted = ruleShapes.get(name);
        if (wanted == null) {
            NDArray value = names.find(name).orElseThrow().getArray();
            wanted = value.getShape();
            if (type != value.getDataType()) {
                wanted = null;
            }
        }
        if (!shape.equals(wanted)) {
            throw new MalformedModelException(
                    String.format(
                            "it holds an optimizer's memory of %s of shape %s and type %s, which"
                                    + " does not fit the parameter; build the model that it was"
                                    + " saved with.",
                            name, shape, type));
        }
    }

    private void take(int latest, Map<String, Integer> counts, List<Moment> moments) {
        Map<String, Integer> ownCounts = counts();
        Map<String, Map<String, Map<Device, NDArray>>> ownMoments = moments();
        for (Parameter parameter : names.getParameters().values()) {
            ownCounts.remove(parameter.getId());
            ownMoments.values().forEach(values -> values.remove(parameter.getId()));
        }
        PrivateFields.write(Optimizer.class, optimizer, "numUpdate", latest);
        counts.forEach((name, count) -> ownCounts.put(idOf(name), count));
        for (Moment moment : moments) {
            Device device = devices[moment.device()];
            NDArray value = moment.value().toDevice(device, false);
            // as DJL's own, which live as long as the optimizer
            value.detach();
            ownMoments
                    .get(moment.name())
                    .computeIfAbsent(idOf(moment.parameter()), id -> new ConcurrentHashMap<>())
                    .put(device, value);
        }
    }

    private String idOf(String name) {
        return names.find(name).orElseThrow().getId();
    }

    @SuppressWarnings("unchecked")
    private Map<String, Integer> counts() {
        return (Map<String, Integer>)
                PrivateFields.read(Optimizer.class, optimizer, "updateCounts");
    }

    /** Finds what DJL's classes keep of parameters, by the name of the field. */
    @SuppressWarnings("unchecked")
    private Map<String, Map<String, Map<Device, NDArray>>> moments() {
        Map<String, Map<String, Map<Device, NDArray>>> moments = new LinkedHashMap<>();
        for (Field field : PrivateFields.of(optimizer.getClass())) {
            Class<?> owner = field.getDeclaringClass();
            boolean kept = field.getType() == Map.class && owner != Optimizer.class;
            if (kept && isOfDjl(owner)) {
                moments.put(
                        field.getName(),
                        (Map<String, Map<Device, NDArray>>)
                                PrivateFields.read(owner, optimizer, field.getName()));
            }
        }
        return moments;
    }
}
