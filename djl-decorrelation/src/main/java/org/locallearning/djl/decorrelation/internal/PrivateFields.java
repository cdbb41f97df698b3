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

/**
 * Settings of DJL's classes that are private fields without getters: the loss's weight, the axis of
 * a normalization, the function by which a parallel block combines its branches, the tracker of an
 * optimizer. A learning rule cannot do without them, since it computes again, piece by piece, what
 * these classes compute, nor without the memory of the arrays that graphs point to. All finding of
 * private fields is here.
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

    private static Field find(Class<?> owner, String name) throws NoSuchFieldException {
        Field field = owner.getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }

    private static IllegalStateException elsewhere(
            Class<?> owner, String name, ReflectiveOperationException cause) {
        return new IllegalStateException(
                String.format(
                        "This version of DJL keeps the %s of a %s elsewhere; use the DJL version"
                                + " that this library was built for.",
                        name, owner.getSimpleName()),
                cause);
    }
}
