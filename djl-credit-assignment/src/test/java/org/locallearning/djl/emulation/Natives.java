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
package org.locallearning.djl.emulation;

import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;

/** The engine's native calls that the emulation makes itself. Their class is not public. */
final class Natives {

    private Natives() {}

    static long copy(long handle) {
        return (Long) call("tensorClone", new Class<?>[] {long.class}, handle);
    }

    static void delete(long handle) {
        call("torchDeleteTensor", new Class<?>[] {long.class}, handle);
    }

    static boolean isNumber(long handle) {
        return ((long[]) call("torchSizes", new Class<?>[] {long.class}, handle)).length == 0;
    }

    /** Makes a tensor of two others. */
    static long pair(String name, long left, long right) {
        return (Long) call(name, new Class<?>[] {long.class, long.class}, left, right);
    }

    /** Makes a tensor of one value, with the arguments of {@code torchEmpty}. */
    static long full(double value, Object[] empty) {
        Class<?>[] types = {
            long[].class, double.class, int.class, int.class, int[].class, boolean.class
        };
        return (Long)
                call("torchFull", types, empty[0], value, empty[1], empty[2], empty[3], empty[4]);
    }

    private static Object call(String name, Class<?>[] types, Object... arguments) {
        try {
            Method method = Library.TYPE.getDeclaredMethod(name, types);
            method.setAccessible(true);
            return method.invoke(Library.INSTANCE, arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException) {
                throw (RuntimeException) e.getCause();
            }
            throw new IllegalStateException(e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Found when the engine is there. */
    private static final class Library {

        static final Class<?> TYPE;
        static final Object INSTANCE;

        static {
            try {
                TYPE = Class.forName("ai.djl.pytorch.jni.PyTorchLibrary");
                Field instance = TYPE.getDeclaredField("LIB");
                instance.setAccessible(true);
                INSTANCE = instance.get(null);
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        private Library() {}
    }
}
