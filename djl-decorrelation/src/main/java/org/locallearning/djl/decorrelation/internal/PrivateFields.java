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

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Private fields of DJL's classes that have no getters. All such access is here.
 *
 * <p>Settings (a loss's weight, the axis of a normalization, the function that combines a parallel
 * block's branches, an optimizer's tracker) are read, because learning rules recompute what these
 * classes compute. What training changes (an optimizer's moments and counts, an evaluator's sums)
 * is read and set, because DJL does not save it and resumed training would differ without it. The
 * memory of arrays that graphs point to is kept through it too.
 */
public final class PrivateFields {

    private PrivateFields() {}

    /**
     * Reads a private field.
     *
     * @param owner the class that declares the field
     * @param object the object
     * @param name the name of the field
     * @return the value
     * @throws IllegalStateException if this version of DJL has no such field
     */
    public static Object read(Class<?> owner, Object object, String name) {
        try {
            return find(owner, name).get(object);
        } catch (ReflectiveOperationException e) {
            throw elsewhere(owner, name, e);
        }
    }

    /**
     * Sets a private field.
     *
     * @param owner the class that declares the field
     * @param object the object
     * @param name the name of the field
     * @param value the value
     * @throws IllegalStateException if this version of DJL has no such field
     */
    public static void write(Class<?> owner, Object object, String name, Object value) {
        try {
            find(owner, name).set(object, value);
        } catch (ReflectiveOperationException e) {
            throw elsewhere(owner, name, e);
        }
    }

    /**
     * Finds a private field that is read or written often.
     *
     * @param owner the class that declares the field
     * @param name the name of the field
     * @param type its declared type
     * @return the field, which may be read and written
     * @throws IllegalStateException if this version of DJL has no such field
     */
    public static Field find(Class<?> owner, String name, Class<?> type) {
        try {
            Field field = find(owner, name);
            if (field.getType() != type) {
                throw new NoSuchFieldException(name + " is a " + field.getType().getName());
            }
            return field;
        } catch (ReflectiveOperationException e) {
            throw elsewhere(owner, name, e);
        }
    }

    /**
     * Returns the fields of objects, not of the class, that a class and those that it extends
     * declare.
     *
     * @param type the class
     * @return the fields, those of the class itself first
     */
    public static List<Field> of(Class<?> type) {
        List<Field> fields = new ArrayList<>();
        for (Class<?> c = type; c != null && c != Object.class; c = c.getSuperclass()) {
            for (Field field : c.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers()) && !field.isSynthetic()) {
                    fields.add(field);
                }
            }
        }
        return fields;
    }

    /**
     * Returns what an object's own fields of a type hold, as far as they may be read.
     *
     * @param <T> the type
     * @param owner the object
     * @param type the type that fields are declared with, or one that they extend
     * @return the values, those of the object's own class first; none for a field that is null or
     *     closed to reflection
     */
    public static <T> List<T> values(Object owner, Class<T> type) {
        List<T> values = new ArrayList<>();
        for (Field field : of(owner.getClass())) {
            if (type.isAssignableFrom(field.getType())) {
                valueOf(field, owner).map(type::cast).ifPresent(values::add);
            }
        }
        return values;
    }

    private static Optional<Object> valueOf(Field field, Object owner) {
        try {
            return Optional.ofNullable(read(field.getDeclaringClass(), owner, field.getName()));
        } catch (RuntimeException e) {
            return Optional.empty();
        }
    }

    private static Field find(Class<?> owner, String name) throws NoSuchFieldException {
        Field field = owner.getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }

    private static IllegalStateException elsewhere(Class<?> owner, String name, Exception cause) {
        return new IllegalStateException(
                String.format(
                        "This version of DJL keeps the %s of a %s elsewhere; use the DJL version"
                                + " that this library was built for.",
                        name, owner.getSimpleName()),
                cause);
    }
}
