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

import ai.djl.ndarray.types.DataType;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import net.bytebuddy.implementation.bind.annotation.AllArguments;
import net.bytebuddy.implementation.bind.annotation.Morph;
import net.bytebuddy.implementation.bind.annotation.Origin;
import net.bytebuddy.implementation.bind.annotation.RuntimeType;

/**
 * The native calls of DJL's PyTorch engine on emulated GPUs. Each handle of a tensor has the number
 * of its device; what a call returns is on the device of what it was given.
 */
public final class EmulatedCalls {

    private static final int HOST = -1;
    private static final int CPU = 0;
    private static final int GPU = 1;

    /** Handles are addresses, other numbers of the engine's calls are smaller. */
    private static final long LEAST_ADDRESS = 1L << 32;

    private static final int MOST_PLACES = 10_000;

    /** Calls whose results are handles of something that is on no device. */
    private static final Set<String> NO_TENSORS =
            Set.of("moduleLoad", "torchIndexInit", "torchGetItem0", "iValueToLong");

    /** Calls that may be given tensors of the host, too. */
    private static final Set<String> INDEX_OF_HOST_ALLOWED =
            Set.of("torchIndexAdvGet", "torchIndexAppendArray", "torchIndexAdvPut");

    /** Calls whose result has a size that the host has to wait for. */
    private static final Set<String> WAITING =
            Set.of("torchMaskedSelect", "torchNonZeros", "torchUnique", "contentEqual");

    private static final Map<Long, Integer> DEVICES = new ConcurrentHashMap<>();
    private static final Set<Long> NUMBERS = ConcurrentHashMap.newKeySet();
    private static final Map<Long, Long> BYTES = new ConcurrentHashMap<>();

    /** What tensors were set to; views of a tensor may need it after the tensor is closed. */
    private static final Queue<ByteBuffer> MEMORY = new ConcurrentLinkedQueue<>();

    private static final AtomicLong WAITS = new AtomicLong();
    private static final AtomicLong SENT = new AtomicLong();
    private static final AtomicLong CREATED = new AtomicLong();
    private static final List<StackTraceElement[]> WAITED_AT = new ArrayList<>();
    private static final List<StackTraceElement[]> SENT_AT = new ArrayList<>();

    private static volatile boolean tensorFloat32;

    private EmulatedCalls() {}

    /** Lets GPUs convolve in TF32, as cuDNN does by default, or in float32. */
    public static void setTensorFloat32(boolean on) {
        tensorFloat32 = on;
    }

    /** Rounds float32 to 10 bits of mantissa: {@code x (2¹³ + 1) − (x (2¹³ + 1) − x)}. */
    private static long rounded(long handle) {
        Object[] number = {new long[0], DataType.FLOAT32.ordinal(), 0, new int[] {CPU, -1}, false};
        long factor = Natives.full(0x1p13 + 1, number);
        long large = Natives.pair("torchMul", handle, factor);
        long rest = Natives.pair("torchSub", large, handle);
        long result = Natives.pair("torchSub", large, rest);
        List.of(factor, large, rest).forEach(Natives::delete);
        return result;
    }

    /** Counts of what has happened so far. */
    public record Counts(long waits, long sent, long created) {

        /** Returns what has happened since. */
        public Counts since(Counts before) {
            return new Counts(waits - before.waits, sent - before.sent, created - before.created);
        }
    }

    /** Returns the counts of now. */
    public static Counts counts() {
        return new Counts(WAITS.get(), SENT.get(), CREATED.get());
    }

    /** Returns where the host waited since the last call of this. */
    public static List<String> takeWaits() {
        return take(WAITED_AT);
    }

    /** Returns where numbers were sent to a device since the last call of this. */
    public static List<String> takeSent() {
        return take(SENT_AT);
    }

    private static List<String> take(List<StackTraceElement[]> places) {
        synchronized (places) {
            List<String> taken = places.stream().map(EmulatedCalls::place).toList();
            places.clear();
            return taken;
        }
    }

    private static void remember(List<StackTraceElement[]> places) {
        synchronized (places) {
            if (places.size() < MOST_PLACES) {
                places.add(Thread.currentThread().getStackTrace());
            }
        }
    }

    private static String place(StackTraceElement[] trace) {
        return String.join(
                " < ",
                Arrays.stream(trace)
                        .filter(at -> at.getClassName().startsWith("org.locallearning"))
                        .filter(at -> !at.getClassName().contains("emulation"))
                        .limit(4)
                        .map(at -> at.getFileName() + ":" + at.getLineNumber())
                        .toList());
    }

    /** Returns how many tensors there are on a device. */
    public static long tensorsOn(int gpu) {
        return DEVICES.values().stream().filter(device -> device == gpu).count();
    }

    /** Returns how many bytes tensors on a device have, views included. */
    static long bytesOn(int gpu) {
        return BYTES.entrySet().stream()
                .filter(each -> DEVICES.getOrDefault(each.getKey(), HOST) == gpu)
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** Takes the place of every native call. */
    @RuntimeType
    public static Object call(
            @Origin Method method, @AllArguments Object[] arguments, @Morph NativeCall call) {
        String name = method.getName();
        switch (name) {
            case "torchDevice":
                int device = DEVICES.getOrDefault((Long) arguments[0], HOST);
                return device == HOST ? new int[] {CPU, -1} : new int[] {GPU, device};
            case "torchTo":
                return move(arguments, call);
            case "torchDeleteTensor":
            case "torchDeleteIValue":
                DEVICES.remove((Long) arguments[0]);
                BYTES.remove((Long) arguments[0]);
                return call.with(arguments);
            case "torchDirectByteBuffer":
            case "torchDataPtr":
                if (DEVICES.getOrDefault((Long) arguments[0], HOST) != HOST) {
                    throw new IllegalStateException("The host reads memory of a GPU.");
                }
                return call.with(arguments);
            case "torchSet":
                return set(arguments, call);
            case "torchShowConfig":
                showConfig(arguments[0]);
                return call.with(arguments);
            case "torchBackward":
            case "torchSizes":
            case "torchDType":
            default:
                return compute(name, arguments, call);
        }
    }

    @SuppressWarnings("unchecked") // the declared type of the argument
    private static void showConfig(Object set) {
        ((Set<String>) set).add("CUDA");
        ((Set<String>) set).add("CUDNN");
    }

    private static Object move(Object[] arguments, NativeCall call) {
        long handle = (Long) arguments[0];
        int from = DEVICES.getOrDefault(handle, HOST);
        int to = device((int[]) arguments[2]);
        Object[] onHost = arguments.clone();
        onHost[2] = new int[] {CPU, -1};
        long moved = (Long) call.with(onHost);
        if (from != to) {
            // the engine returns the same memory where it has nothing to do
            long copy = Natives.copy(moved);
            Natives.delete(moved);
            moved = copy;
            if (to == HOST) {
                waited();
            } else {
                sent();
            }
        }
        register(moved, to);
        return moved;
    }

    /**
     * Gives a tensor what a buffer of the host holds. On the CPU the engine takes the buffer itself
     * for the tensor's memory, and DJL keeps it; to a GPU it is copied, and DJL forgets it.
     */
    private static Object set(Object[] arguments, NativeCall call) {
        if (DEVICES.getOrDefault((Long) arguments[0], HOST) == HOST) {
            return call.with(arguments);
        }
        ByteBuffer values = ((ByteBuffer) arguments[1]).duplicate();
        ByteBuffer copy = ByteBuffer.allocateDirect(values.capacity()).put(values.clear());
        MEMORY.add(copy);
        sent();
        return call.with(new Object[] {arguments[0], copy});
    }

    private static void waited() {
        WAITS.incrementAndGet();
        remember(WAITED_AT);
    }

    private static void sent() {
        SENT.incrementAndGet();
        remember(SENT_AT);
    }

    private static int device(int[] device) {
        return device[0] == CPU ? HOST : device[1];
    }

    private static void register(long handle, int device) {
        DEVICES.put(handle, device);
        if (device != HOST) {
            CREATED.incrementAndGet();
        }
    }

    private static Object compute(String name, Object[] arguments, NativeCall call) {
        Object[] onHost = arguments.clone();
        Integer wanted = null;
        for (int i = 0; i < arguments.length; i++) {
            if (arguments[i] instanceof int[] && isDevice(name)) {
                wanted = device((int[]) arguments[i]);
                onHost[i] = new int[] {CPU, -1};
            }
        }
        int device = wanted == null ? commonDevice(name, arguments) : wanted;
        if (device != HOST && WAITING.contains(name)) {
            waited();
        }
        if (device != HOST && name.equals("torchEmpty")) {
            return fresh(onHost, device, call);
        }
        boolean rounds = device != HOST && tensorFloat32 && name.equals("torchNNConvNd");
        if (rounds) {
            onHost[0] = rounded((Long) onHost[0]);
            onHost[1] = rounded((Long) onHost[1]);
        }
        Object result = call.with(onHost);
        if (device != HOST && name.equals("torchFromBlob")) {
            // a GPU has its own memory
            long copy = Natives.copy((Long) result);
            Natives.delete((Long) result);
            sent();
            register(copy, device);
            return copy;
        }
        if (!NO_TENSORS.contains(name)) {
            registerResult(result, device);
        }
        if (name.equals("iValueFromTensor")) {
            // a script takes them with tensors of a GPU, as an operation does
            NUMBERS.remove((Long) result);
            if (Natives.isNumber((Long) arguments[0])) {
                NUMBERS.add((Long) result);
            }
        }
        return result;
    }

    private static void registerResult(Object result, int device) {
        if (result instanceof Long && (Long) result > LEAST_ADDRESS) {
            register((Long) result, device);
        } else if (result instanceof long[]) {
            for (long each : (long[]) result) {
                if (each > LEAST_ADDRESS) {
                    register(each, device);
                }
            }
        }
    }

    private static boolean isDevice(String name) {
        return name.startsWith("torch")
                || name.equals("tensorUniform")
                || name.equals("moduleLoad");
    }

    /** Makes memory that nobody has written. */
    private static long fresh(Object[] arguments, int device, NativeCall call) {
        DataType type = DataType.values()[(Integer) arguments[1]];
        long handle =
                type.isFloating()
                        ? Natives.full(Double.NaN, arguments)
                        : (Long) call.with(arguments);
        register(handle, device);
        return handle;
    }

    /** Returns the device of what a call is given, after the checks of PyTorch. */
    private static int commonDevice(String name, Object[] arguments) {
        int common = HOST;
        for (Object argument : arguments) {
            for (long handle : handles(argument)) {
                int device = DEVICES.getOrDefault(handle, HOST);
                if (device != HOST && common != HOST && device != common) {
                    throw twoDevices(name, common, device);
                }
                common = Math.max(common, device);
            }
        }
        if (common == HOST) {
            return HOST;
        }
        boolean first = true;
        for (Object argument : arguments) {
            for (long handle : handles(argument)) {
                boolean isHosts = DEVICES.get(handle) == HOST;
                boolean changed = first && isInPlace(name);
                if (isHosts && (changed || !isAllowed(name, handle))) {
                    throw twoDevices(name, HOST, common);
                }
                first = false;
            }
        }
        return common;
    }

    private static boolean isInPlace(String name) {
        return name.matches("torch(Add|Sub|Mul|TrueDivide|Pow|Remainder)i|.*Put");
    }

    /** PyTorch takes single numbers and indices of the host together with tensors of a GPU. */
    private static boolean isAllowed(String name, long handle) {
        if (name.startsWith("iValue") || name.startsWith("module")) {
            return NUMBERS.contains(handle);
        }
        return INDEX_OF_HOST_ALLOWED.contains(name)
                || !name.equals("torchStack")
                        && !name.equals("torchCat")
                        && Natives.isNumber(handle);
    }

    private static long[] handles(Object argument) {
        if (argument instanceof Long) {
            return Arrays.stream(new long[] {(Long) argument})
                    .filter(DEVICES::containsKey)
                    .toArray();
        }
        return argument instanceof long[]
                ? Arrays.stream((long[]) argument).filter(DEVICES::containsKey).toArray()
                : new long[0];
    }

    private static IllegalStateException twoDevices(String name, int one, int other) {
        return new IllegalStateException(
                String.format(
                        "Expected all tensors to be on the same device, but found at least two"
                                + " devices, %s and %s! (when checking arguments of %s)",
                        name(one), name(other), name));
    }

    private static String name(int device) {
        return device == HOST ? "cpu" : "cuda:" + device;
    }
}
