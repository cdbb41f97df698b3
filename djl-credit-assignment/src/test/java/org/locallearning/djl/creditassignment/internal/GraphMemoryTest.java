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
package org.locallearning.djl.creditassignment.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Buffers are kept as long as they have to be, and scopes do what they did. */
class GraphMemoryTest {

    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
    }

    @AfterEach
    void close() {
        assertEquals(Optional.empty(), GraphMemory.ownerOnThisThread());
        manager.close();
    }

    /** Makes an array by a function, closes it, and returns its buffer. */
    private WeakReference<ByteBuffer> closed(Function<NDManager, NDArray> maker) {
        NDArray array = maker.apply(manager);
        ByteBuffer buffer =
                GraphMemory.Internals.find(NDScope.class, PtNDArray.class).bufferOf(array);
        array.close();
        return new WeakReference<>(buffer);
    }

    private static boolean isKept(WeakReference<ByteBuffer> buffer) {
        for (int i = 0; i < 5 && buffer.get() != null; i++) {
            System.gc();
        }
        return buffer.get() != null;
    }

    private static NDArray number(NDManager manager) {
        return manager.create(0.5f);
    }

    @Test
    void thisVersionOfDjlIsKnown() {
        GraphMemory.check();
    }

    @Test
    void buffersOfClosedArraysAreKeptUntilItCloses() {
        assertFalse(isKept(closed(GraphMemoryTest::number)));
        WeakReference<ByteBuffer> buffer;
        try (GraphMemory memory = GraphMemory.open(this)) {
            assertSame(this, GraphMemory.ownerOnThisThread().orElseThrow());
            buffer = closed(GraphMemoryTest::number);
            assertTrue(isKept(buffer));
            memory.watchThread();
            assertTrue(isKept(buffer));
        }
        assertFalse(isKept(buffer));
        assertFalse(isKept(closed(GraphMemoryTest::number)));
    }

    @Test
    void arraysFromBeforeAreKeptOnDemand() {
        NDArray before = manager.create(new float[] {1, 2});
        WeakReference<ByteBuffer> buffer =
                new WeakReference<>(
                        GraphMemory.Internals.find(NDScope.class, PtNDArray.class)
                                .bufferOf(before));
        try (GraphMemory memory = GraphMemory.open(null)) {
            memory.keep(new NDList(before, manager.ones(before.getShape())));
            before.close();
            assertTrue(isKept(buffer));
        }
        assertFalse(isKept(buffer));
    }

    @Test
    void scopesInsideCloseWhatIsMadeInThem() {
        try (GraphMemory memory = GraphMemory.open(null)) {
            assertTrue(GraphMemory.ownerOnThisThread().isEmpty());
            NDArray first = manager.ones(new Shape(1));
            WeakReference<ByteBuffer> buffer;
            NDArray made;
            NDArray kept;
            try (NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                made = number(manager);
                kept = number(manager);
                NDScope.unregister(kept);
                buffer = closed(GraphMemoryTest::number);
            }
            NDScope.register(kept);
            assertTrue(made.isReleased());
            assertFalse(kept.isReleased());
            assertFalse(first.isReleased());
            assertTrue(isKept(buffer));
            memory.watchThread();
        }
    }

    @Test
    void scopesAroundItCloseWhatIsMadeInIt() {
        NDArray before;
        NDArray inside;
        NDArray after;
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            before = number(manager);
            for (int i = 0; i < 2; i++) {
                WeakReference<ByteBuffer> buffer;
                try (GraphMemory memory = GraphMemory.open(null)) {
                    buffer = closed(GraphMemoryTest::number);
                    assertTrue(isKept(buffer));
                    memory.watchThread();
                }
                assertFalse(isKept(buffer));
            }
            try (GraphMemory memory = GraphMemory.open(null)) {
                inside = number(manager);
                memory.watchThread();
            }
            after = number(manager);
            assertFalse(before.isReleased() || inside.isReleased() || after.isReleased());
        }
        assertTrue(before.isReleased() && inside.isReleased() && after.isReleased());
    }

    @Test
    void scopesThatAreClosedInAnotherOrder() {
        NDArray inside;
        NDScope scope;
        try (GraphMemory memory = GraphMemory.open(null)) {
            scope = new NDScope();
            inside = number(manager);
            memory.watchThread();
        }
        NDArray after = number(manager);
        assertFalse(inside.isReleased());
        scope.close();
        assertTrue(inside.isReleased());
        assertTrue(after.isReleased());
        NDArray without = number(manager);
        assertFalse(without.isReleased());
    }

    @Test
    void anException() {
        WeakReference<?>[] buffer = new WeakReference<?>[1];
        assertThrows(
                ArithmeticException.class,
                () -> {
                    try (GraphMemory memory = GraphMemory.open(null)) {
                        memory.watchThread();
                        buffer[0] = closed(GraphMemoryTest::number);
                        throw new ArithmeticException();
                    }
                });
        for (int i = 0; i < 5 && buffer[0].get() != null; i++) {
            System.gc();
        }
        assertEquals(null, buffer[0].get());
    }

    @Test
    void oneInsideAnother() {
        try (GraphMemory outer = GraphMemory.open("outer")) {
            try (GraphMemory inner = GraphMemory.open("inner")) {
                assertEquals(Optional.of("inner"), GraphMemory.ownerOnThisThread());
                assertNotSame(outer, inner);
            }
            assertEquals(Optional.of("outer"), GraphMemory.ownerOnThisThread());
            assertTrue(isKept(closed(GraphMemoryTest::number)));
        }
    }

    @Test
    void otherThreadsAreSeenOnceTheyAreWatched() {
        WeakReference<ByteBuffer> unseen;
        WeakReference<ByteBuffer> seen;
        try (GraphMemory memory = GraphMemory.open(this)) {
            unseen = onAnotherThread(() -> closed(GraphMemoryTest::number));
            assertFalse(isKept(unseen));
            seen =
                    onAnotherThread(
                            () -> {
                                memory.watchThread();
                                return closed(GraphMemoryTest::number);
                            });
            assertTrue(isKept(seen));
        }
        assertFalse(isKept(seen));
    }

    private static <T> T onAnotherThread(Supplier<T> task) {
        return CompletableFuture.supplyAsync(task, command -> new Thread(command).start()).join();
    }

    /** Scopes of another version of DJL, without a stack. */
    private static final class NoStack {}

    /** Scopes that keep their arrays otherwise. */
    @SuppressWarnings("unused")
    private static final class OtherMap {
        private static final ThreadLocal<Deque<NDScope>> SCOPE_STACK = new ThreadLocal<>();
        private final Deque<NDArray> resources = null;
    }

    /** Arrays that keep no buffer. */
    private static final class NoBuffer {}

    @Test
    void anotherVersionOfDjlIsRefusedInOneSentence() {
        assertRefused("the SCOPE_STACK of a NoStack", NoStack.class, PtNDArray.class);
        assertRefused("the resources of a OtherMap", OtherMap.class, PtNDArray.class);
        assertRefused("the dataRef of a NoBuffer", NDScope.class, NoBuffer.class);
    }

    private static void assertRefused(String difference, Class<?> scope, Class<?> array) {
        String message =
                assertThrows(
                                IllegalStateException.class,
                                () -> GraphMemory.Internals.find(scope, array))
                        .getMessage();
        assertTrue(message.contains(difference), message);
        assertTrue(message.contains("use the DJL version"), message);
    }
}
