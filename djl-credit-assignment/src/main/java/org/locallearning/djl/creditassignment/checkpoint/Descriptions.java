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

import ai.djl.nn.Block;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.ParameterTracker;
import ai.djl.util.Pair;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.locallearning.djl.creditassignment.optimizer.StatefulOptimizer;
import org.locallearning.djl.decorrelation.Decorrelating;
import org.locallearning.djl.decorrelation.internal.PrivateFields;
import org.locallearning.djl.decorrelation.state.Stateful;

/**
 * Settings of a part of training in words that are the same in another run. DJL's classes do not
 * print theirs, so that their numbers are read; a class of somebody else that prints nothing but an
 * address is called by its name.
 */
final class Descriptions {

    /** What is counted in training, and so is no setting. */
    private static final Set<String> COUNTS = Set.of("numUpdate", "version");

    private Descriptions() {}

    static String nameOf(Class<?> type) {
        // the rest of a lambda's or an anonymous class's name is another in another run
        String name = type.getName().substring(type.getName().lastIndexOf('.') + 1);
        int end = name.indexOf("$$");
        return end < 0 ? name : name.substring(0, end);
    }

    static String of(Object part) {
        String name = nameOf(part.getClass());
        if (part instanceof Stateful && part instanceof ParameterTracker) {
            // prints the rate of now
            return name;
        }
        if (isOfDjl(part.getClass())) {
            return name + numbers(part);
        }
        String text = part.toString();
        boolean prints = !text.startsWith(part.getClass().getName() + "@");
        String own = prints && !text.contains("$$") ? text : name;
        return part instanceof StatefulOptimizer
                ? ((StatefulOptimizer) part)
                        .getInner()
                        .map(inner -> own + " around " + of(inner))
                        .orElse(own)
                : own;
    }

    private static boolean isOfDjl(Class<?> type) {
        return type.getName().startsWith("ai.djl.");
    }

    private static List<String> numbers(Object part) {
        List<String> settings = new ArrayList<>();
        for (Field field : PrivateFields.of(part.getClass())) {
            Class<?> type = field.getType();
            boolean number = type.isPrimitive() && !COUNTS.contains(field.getName());
            boolean nested =
                    ParameterTracker.class.isAssignableFrom(type)
                            || Optimizer.class.isAssignableFrom(type);
            if (isOfDjl(field.getDeclaringClass()) && (number || nested || type.isEnum())) {
                Object value = PrivateFields.read(field.getDeclaringClass(), part, field.getName());
                settings.add(field.getName() + " " + (nested ? of(value) : value));
            }
        }
        return settings;
    }

    /** Describes every block of a model under its path. */
    static void addBlocks(Block block, Map<String, String> descriptions) {
        addBlocks("block", block, descriptions);
    }

    private static void addBlocks(String path, Block block, Map<String, String> descriptions) {
        String name = nameOf(block.getClass());
        if (block instanceof Decorrelating) {
            name += " " + ((Decorrelating) block).getOptions();
        } else if (isOfDjl(block.getClass())) {
            name += numbers(block);
        }
        descriptions.put(path, name);
        for (Pair<String, Block> child : block.getChildren()) {
            addBlocks(path + "_" + child.getKey(), child.getValue(), descriptions);
        }
    }
}
