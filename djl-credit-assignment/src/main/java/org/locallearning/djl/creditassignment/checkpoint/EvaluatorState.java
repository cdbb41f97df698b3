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

import ai.djl.MalformedModelException;
import ai.djl.training.evaluator.Evaluator;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.locallearning.djl.decorrelation.internal.PrivateFields;
import org.locallearning.djl.state.StateReader;
import org.locallearning.djl.state.StateWriter;
import org.locallearning.djl.state.Stateful;

/**
 * The sums of an evaluator in an epoch that is under way. DJL's evaluators and losses keep them in
 * maps of numbers, by the name of the accumulator, and evaluators of one's own do as they do. Other
 * maps, such as weights of classes, are refused before anything is saved or loaded.
 */
final class EvaluatorState implements Stateful {

    private static final Set<Type> KINDS =
            Set.of(Long.class, Integer.class, Float.class, Double.class);

    private final Evaluator evaluator;

    private EvaluatorState(Evaluator evaluator) {
        this.evaluator = evaluator;
    }

    static Optional<Stateful> of(Evaluator evaluator) {
        EvaluatorState state = new EvaluatorState(evaluator);
        // so that one that cannot be saved is known at once
        state.sums();
        return Optional.of(state);
    }

    /** Returns what an evaluator of one's own adds. */
    static Optional<Stateful> own(Evaluator evaluator) {
        return Optional.of(evaluator).filter(Stateful.class::isInstance).map(Stateful.class::cast);
    }

    /** {@inheritDoc} */
    @Override
    public void saveState(StateWriter out) throws IOException {
        for (Map.Entry<String, Sums> sums : sums().entrySet()) {
            for (Map.Entry<String, Number> sum : sums.getValue().values().entrySet()) {
                String name = sums.getKey() + "/" + sum.getKey();
                if (sums.getValue().isWhole()) {
                    out.putLong(name, sum.getValue().longValue());
                } else {
                    out.putDouble(name, sum.getValue().doubleValue());
                }
            }
        }
    }

    /** {@inheritDoc} */
    @Override
    public Runnable loadState(StateReader in) throws MalformedModelException {
        Map<Sums, Map<String, Number>> loaded = new IdentityHashMap<>();
        Set<String> own = new HashSet<>();
        for (Map.Entry<String, Sums> sums : sums().entrySet()) {
            Map<String, Number> values = new LinkedHashMap<>();
            for (String name : in.getNames()) {
                if (name.startsWith(sums.getKey() + "/")) {
                    String key = name.substring(sums.getKey().length() + 1);
                    values.put(key, sums.getValue().read(in, name));
                    own.add(name);
                }
            }
            loaded.put(sums.getValue(), values);
        }
        in.checkNames(own);
        return () ->
                loaded.forEach(
                        (sums, values) -> {
                            sums.values().clear();
                            sums.values().putAll(values);
                        });
    }

    private Map<String, Sums> sums() {
        Map<String, Sums> sums = new LinkedHashMap<>();
        for (Field field : PrivateFields.of(evaluator.getClass())) {
            if (Map.class.isAssignableFrom(field.getType())) {
                Optional<Type> kind = kind(field);
                if (kind.isPresent() && (isOfDjl(field) || canChange(values(field)))) {
                    sums.put(field.getName(), new Sums(values(field), kind.get()));
                } else if (!(evaluator instanceof Stateful)) {
                    throw new IllegalArgumentException(
                            String.format(
                                    "Evaluator %s cannot be saved, since it is not known what its"
                                            + " %s is, which is no map of sums by name; let it"
                                            + " implement Stateful.",
                                    evaluator.getClass().getName(), field.getName()));
                }
            }
        }
        return sums;
    }

    /** Returns the class of the numbers in a map by name; empty for any other map. */
    private static Optional<Type> kind(Field field) {
        if (!(field.getGenericType() instanceof ParameterizedType type)) {
            return Optional.empty();
        }
        Type[] types = type.getActualTypeArguments();
        return types.length == 2 && types[0] == String.class && KINDS.contains(types[1])
                ? Optional.of(types[1])
                : Optional.empty();
    }

    private static boolean isOfDjl(Field field) {
        return field.getDeclaringClass().getName().startsWith("ai.djl.");
    }

    /** Finds out whether a map takes entries, by those that are in it: nothing changes. */
    private static boolean canChange(Map<String, Number> values) {
        if (values == null || values.getClass() == Collections.emptyMap().getClass()) {
            return false;
        }
        try {
            values.putAll(new HashMap<>(values));
            return true;
        } catch (UnsupportedOperationException e) {
            return false;
        }
    }

    @SuppressWarnings("unchecked")
    private Map<String, Number> values(Field field) {
        return (Map<String, Number>)
                PrivateFields.read(field.getDeclaringClass(), evaluator, field.getName());
    }

    /** The sums in one map. */
    private record Sums(Map<String, Number> values, Type kind) {

        boolean isWhole() {
            return kind == Long.class || kind == Integer.class;
        }

        Number read(StateReader in, String name) throws MalformedModelException {
            if (kind == Long.class) {
                return in.getLong(name);
            } else if (kind == Integer.class) {
                return (int) in.getLong(name);
            }
            double value = in.getDouble(name);
            return kind == Float.class ? (Number) (float) value : (Number) value;
        }
    }
}
