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
package org.locallearning.djl.decorrelation.internal;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.loss.Loss;
import ai.djl.training.tracker.MultiFactorTracker;
import ai.djl.training.tracker.ParameterTracker;
import ai.djl.util.Pair;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Settings of a part of training in words that are the same in another run. DJL's classes do not
 * print theirs, so that their fields are read. Any other class prints its own; one that prints
 * nothing is called by its name.
 */
public final class Descriptions {

    /** What training changes, and so is no setting, or follows from the data. */
    private static final Set<String> COUNTS =
            Set.of("numUpdate", "version", "stepIndex", "inputShape");

    /** Where trackers, optimizers and losses are, and what they are made of. */
    private static final String TRAINING = "ai.djl.training.";

    /** What another run writes in another way: numbers of lambdas and addresses of objects. */
    private static final Pattern OF_THIS_RUN =
            Pattern.compile("\\$\\$Lambda[\\w$/.]*|(?<=[\\w$])@[0-9a-f]{1,8}\\b");

    private static final String FIRST = "baseValue";

    /** How many digits of a number of single precision are left after some products. */
    private static final int DIGITS = 6;

    private Descriptions() {}

    /**
     * Returns the name of a class without its package.
     *
     * @param type the class
     * @return the name, for a lambda that of the class it is written in
     */
    public static String nameOf(Class<?> type) {
        // the rest of a lambda's or an anonymous class's name is another in another run
        String name = type.getName().substring(type.getName().lastIndexOf('.') + 1);
        int end = name.indexOf("$$");
        return end < 0 ? name : name.substring(0, end);
    }

    /**
     * Describes a part of training, such as a rule, a loss, an optimizer or a tracker.
     *
     * @param part the part
     * @return its class and settings; of an array, whose values training changes, shape and type
     */
    public static String of(Object part) {
        if (part instanceof NDArray array) {
            return array.getShape() + " " + array.getDataType();
        }
        if (isOfDjl(part.getClass())) {
            return nameOf(part.getClass()) + settings(part);
        }
        return prints(part) ? inAnyRun(part.toString()) : nameOf(part.getClass());
    }

    private static String inAnyRun(String text) {
        return OF_THIS_RUN.matcher(text).replaceAll("");
    }

    private static boolean isOfDjl(Class<?> type) {
        return type.getName().startsWith("ai.djl.");
    }

    private static boolean prints(Object part) {
        try {
            Class<?> printing = part.getClass().getMethod("toString").getDeclaringClass();
            return printing != Object.class && !isOfDjl(printing);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("Every object has toString.", e);
        }
    }

    /** Reads what DJL's classes were built with. */
    private static List<String> settings(Object part) {
        List<String> settings = new ArrayList<>();
        for (Field field : PrivateFields.of(part.getClass())) {
            Class<?> owner = field.getDeclaringClass();
            if (isOfDjl(owner) && !COUNTS.contains(field.getName())) {
                Class<?> type = field.getType();
                boolean single =
                        type.isPrimitive()
                                || type.isEnum()
                                || Number.class.isAssignableFrom(type)
                                || type == String.class
                                || type == Shape.class
                                || type.isArray() && type.getComponentType().isPrimitive();
                boolean nested = type.getName().startsWith(TRAINING);
                boolean losses = part instanceof Loss && List.class.isAssignableFrom(type);
                boolean rates = part instanceof ParameterTracker && type == Map.class;
                if (single || nested || losses || rates) {
                    Object value = PrivateFields.read(owner, part, field.getName());
                    if (part instanceof MultiFactorTracker && field.getName().equals(FIRST)) {
                        value = firstValue((MultiFactorTracker) part, (Float) value);
                    }
                    settings.add(field.getName() + " " + print(value, single));
                }
            }
        }
        return settings;
    }

    /** This tracker multiplies its first value in place, step by step. */
    private static float firstValue(MultiFactorTracker tracker, float now) {
        Class<?> type = MultiFactorTracker.class;
        int steps = (Integer) PrivateFields.read(type, tracker, "stepIndex");
        float factor = (Float) PrivateFields.read(type, tracker, "factor");
        return new BigDecimal(now / Math.pow(factor, steps))
                .round(new MathContext(DIGITS))
                .floatValue();
    }

    private static Object print(Object value, boolean single) {
        if (value instanceof String) {
            // a LambdaBlock without a name of its own has that of its lambda
            return inAnyRun((String) value);
        }
        if (value == null || single && !value.getClass().isArray()) {
            return value;
        }
        if (value instanceof List) {
            return ((List<?>) value).stream().map(Descriptions::of).toList();
        }
        if (value instanceof Map) {
            // by the ids of parameters, which are others in another run
            return ((Map<?, ?>) value).values().stream().sorted().toList();
        }
        if (value.getClass().isArray()) {
            List<Object> numbers = new ArrayList<>();
            for (int i = 0; i < Array.getLength(value); i++) {
                numbers.add(Array.get(value, i));
            }
            return numbers;
        }
        return of(value);
    }

    /**
     * Describes every block of a model under its path.
     *
     * @param block the model
     * @param descriptions where to put the descriptions; the model itself is {@code block}
     */
    public static void addBlocks(Block block, Map<String, String> descriptions) {
        addBlocks("block", block, descriptions);
    }

    private static void addBlocks(String path, Block block, Map<String, String> descriptions) {
        descriptions.put(path, of(block));
        for (Pair<String, Block> child : block.getChildren()) {
            String name = BlockPath.parameterName(path, child.getKey());
            addBlocks(name, child.getValue(), descriptions);
        }
    }
}
