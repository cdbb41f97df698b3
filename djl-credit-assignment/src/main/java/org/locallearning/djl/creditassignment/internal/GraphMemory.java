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

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.pytorch.engine.PtNDArray;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.locallearning.djl.decorrelation.internal.PrivateFields;

/**
 * Keeps alive the Java memory that the engine's graphs point to, so that no gradient depends on the
 * garbage collector.
 *
 * <p>On a CPU the engine makes an array of Java numbers by pointing to a Java buffer. {@code
 * array.mul(number)} makes such an array and closes it at once, but the graph keeps the pointer for
 * the backward pass; if the buffer has been collected, gradients are computed from whatever is
 * there by then. DJL's losses, attention and activations do this, and so may any lambda of a user.
 *
 * <p>Every new array registers with the innermost {@link NDScope} of its thread, while it still has
 * its buffer. This class puts a scope that closes nothing below those of the thread and notes the
 * buffers of everything registered with any of them, including scopes opened later; other scopes
 * close what they always close. Cost: one lookup per new array.
 *
 * <p>It sees only arrays made while it is open, on the thread that opened it and on those that call
 * {@link #watchThread}; {@link #keep} adds earlier arrays. It does not see numbers set by {@code
 * NDArray.set}: close such an array after the backward pass.
 *
 * <p>{@code NDScope} has no hook, so its stack and map, and an array's buffer, are read by
 * reflection. {@link #check} tells whether DJL still has them.
 */
public final class GraphMemory implements AutoCloseable {

    private final Internals internals;
    private final Queue<ByteBuffer> buffers = new ConcurrentLinkedQueue<>();
    private volatile Object owner;
    private volatile boolean open = true;

    private GraphMemory(Internals internals, Object owner) {
        this.internals = internals;
        this.owner = owner;
    }

    /**
     * Starts to keep the buffers of arrays that this thread makes.
     *
     * @param owner what {@link #ownerOnThisThread} returns until this is closed; may be null
     * @return the memory, to be closed once nothing is left to differentiate
     */
    public static GraphMemory open(Object owner) {
        GraphMemory memory = new GraphMemory(Internals.find(NDScope.class, PtNDArray.class), owner);
        memory.watchThread();
        return memory;
    }

    /**
     * Makes sure that buffers can be kept, by doing it once.
     *
     * @throws IllegalStateException if they cannot, in this version of DJL
     */
    public static void check() {
        // the holder could not say it twice
        Internals.find(NDScope.class, PtNDArray.class);
        try (GraphMemory memory = open(null);
                NDManager manager = Engine.getEngine("PyTorch").newBaseManager(Device.cpu());
                NDArray number = manager.create(1f)) {
            if (!memory.buffers.contains(memory.internals.bufferOf(number))) {
                throw new IllegalStateException(
                        "This version of DJL does not register arrays with NDScope, so that"
                                + " gradients would depend on the garbage collector; use the DJL"
                                + " version that this library was built for.");
            }
        }
    }

    /**
     * Returns the owner of what was last opened on this thread and is not closed.
     *
     * @return the owner, or empty
     */
    public static Optional<Object> ownerOnThisThread() {
        Deque<NDScope> scopes = Holder.INTERNALS.scopes().get();
        return scopes instanceof WatchedScopes
                ? Optional.ofNullable(((WatchedScopes) scopes).memory).map(memory -> memory.owner)
                : Optional.empty();
    }

    /** Keeps the buffers of arrays that the calling thread makes from now on, too. */
    public void watchThread() {
        Deque<NDScope> scopes = internals.scopes().get();
        if (!(scopes instanceof WatchedScopes)) {
            // pushes itself, like every scope, and is taken away again
            NDScope ground = new NDScope();
            scopes.remove(ground);
            WatchedScopes watched = new WatchedScopes(internals, ground);
            scopes.forEach(watched::addLast);
            internals.scopes().set(watched);
            scopes = watched;
        }
        ((WatchedScopes) scopes).watch(this);
    }

    /**
     * Keeps the buffers of arrays that were made before.
     *
     * @param arrays the arrays
     */
    public void keep(NDList arrays) {
        arrays.forEach(this::keep);
    }

    private void keep(NDArray array) {
        ByteBuffer buffer = internals.bufferOf(array);
        if (buffer != null && open) {
            buffers.add(buffer);
        }
    }

    /** Lets go of the buffers. Other threads stop to keep any, too. */
    @Override
    public void close() {
        open = false;
        owner = null;
        buffers.clear();
        Deque<NDScope> scopes = internals.scopes().get();
        if (scopes instanceof WatchedScopes) {
            ((WatchedScopes) scopes).unwatch(this);
        }
    }

    /** Looks for the private parts of DJL once. */
    private static final class Holder {
        static final Internals INTERNALS = Internals.find(NDScope.class, PtNDArray.class);
    }

    /** The scopes that are open on a thread, above one that closes nothing. */
    private static final class WatchedScopes extends ArrayDeque<NDScope> {

        private static final long serialVersionUID = 1L;

        private final transient Internals internals;
        private final transient Deque<GraphMemory> outer = new ArrayDeque<>();
        private transient GraphMemory memory;

        WatchedScopes(Internals internals, NDScope ground) {
            this.internals = internals;
            super.addLast(ground);
            internals.setArrays(ground, new WatchedArrays(this, false));
        }

        void watch(GraphMemory next) {
            if (memory == next) {
                return;
            }
            if (memory != null && memory.open) {
                outer.push(memory);
            }
            memory = next;
        }

        void unwatch(GraphMemory closed) {
            outer.remove(closed);
            if (memory == closed) {
                memory = outer.poll();
            }
            if (memory == null && size() == 1) {
                internals.scopes().remove();
            }
        }

        /** Adopts an opened scope and makes it report what is registered with it. */
        @Override
        public void addLast(NDScope scope) {
            IdentityHashMap<NDArray, NDArray> arrays = internals.arrays(scope);
            WatchedArrays watched = new WatchedArrays(this, true);
            arrays.forEach(watched::putUnseen);
            internals.setArrays(scope, watched);
            super.addLast(scope);
        }

        void see(NDArray array) {
            if (memory != null && memory.open) {
                memory.keep(array);
            }
        }
    }

    /** The arrays that are registered with a scope, and will be closed with it. */
    private static final class WatchedArrays extends IdentityHashMap<NDArray, NDArray> {

        private static final long serialVersionUID = 1L;

        private final transient WatchedScopes scopes;
        private final boolean closing;

        WatchedArrays(WatchedScopes scopes, boolean closing) {
            this.scopes = scopes;
            this.closing = closing;
        }

        @Override
        public NDArray put(NDArray array, NDArray same) {
            scopes.see(array);
            return closing ? super.put(array, same) : null;
        }

        void putUnseen(NDArray array, NDArray same) {
            super.put(array, same);
        }
    }

    /**
     * The private parts of DJL that are reached.
     *
     * @param scopes the scopes that are open on each thread
     * @param arraysOfScope the arrays that are registered with a scope
     * @param bufferOfArray the Java memory that an array points to
     */
    record Internals(ThreadLocal<Deque<NDScope>> scopes, Field arraysOfScope, Field bufferOfArray) {

        /**
         * Finds them.
         *
         * @throws IllegalStateException if one is not there or of another type
         */
        @SuppressWarnings("unchecked") // the declared type of the field
        static Internals find(Class<?> scope, Class<?> array) {
            Field stack = PrivateFields.find(scope, "SCOPE_STACK", ThreadLocal.class);
            return new Internals(
                    (ThreadLocal<Deque<NDScope>>) get(stack, null),
                    PrivateFields.find(scope, "resources", IdentityHashMap.class),
                    PrivateFields.find(array, "dataRef", ByteBuffer.class));
        }

        @SuppressWarnings("unchecked") // the declared type of the field
        IdentityHashMap<NDArray, NDArray> arrays(NDScope scope) {
            return (IdentityHashMap<NDArray, NDArray>) get(arraysOfScope, scope);
        }

        void setArrays(NDScope scope, IdentityHashMap<NDArray, NDArray> arrays) {
            try {
                arraysOfScope.set(scope, arrays);
            } catch (IllegalAccessException e) {
                throw new AssertionError("the field was made accessible", e);
            }
        }

        /** Returns the buffer that an array points to, or null if it owns its memory. */
        ByteBuffer bufferOf(NDArray array) {
            return array instanceof PtNDArray ? (ByteBuffer) get(bufferOfArray, array) : null;
        }

        private static Object get(Field field, Object owner) {
            try {
                return field.get(owner);
            } catch (IllegalAccessException e) {
                throw new AssertionError("the field was made accessible", e);
            }
        }
    }
}
