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

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Supplier;

/** What a garbage collection at a bad moment does to Java memory that native code points to. */
public final class ForcedCollection {

    private static final int NUMBERS = 1500;
    private static final int TRIES = 50;

    private ForcedCollection() {}

    /** Frees the buffers that nothing holds any more, and puts NaN where they were. */
    public static void run() {
        ReferenceQueue<Object> collected = new ReferenceQueue<>();
        PhantomReference<Object> canary = new PhantomReference<>(new Object(), collected);
        System.gc();
        try {
            collected.remove(200);
            Thread.sleep(2);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        canary.clear();
        for (int i = 0; i < NUMBERS; i++) {
            ByteBuffer.allocateDirect(4).order(ByteOrder.nativeOrder()).putFloat(0, Float.NaN);
            ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder()).putDouble(0, Double.NaN);
        }
    }

    /** Repeats a small computation until no collection ran in it. */
    public static <T> T without(Supplier<T> computation) {
        for (int i = 0; i < TRIES; i++) {
            long before = collections();
            T result = computation.get();
            if (collections() == before) {
                return result;
            }
        }
        throw new IllegalStateException("A collection ran in each of " + TRIES + " runs.");
    }

    private static long collections() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionCount)
                .sum();
    }
}
