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

import static net.bytebuddy.matcher.ElementMatchers.isNative;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import ai.djl.Device;
import java.lang.management.MemoryUsage;
import net.bytebuddy.agent.ByteBuddyAgent;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.MethodDelegation;
import net.bytebuddy.implementation.bind.annotation.Morph;

/**
 * GPUs that a machine does not have, for tests. DJL and PyTorch are told that there are some, every
 * tensor carries the device that it would be on, and every native call is checked as PyTorch would
 * check it there. The numbers are computed on the CPU, so that results are the CPU's to the bit.
 *
 * <p>What it finds: operations with tensors of two devices; what reads memory that nobody has
 * written, since fresh memory holds NaN; how often the host waits for a device; how many Java
 * numbers are sent to one; what is left on a device. What it cannot find: kernels that are missing
 * or round otherwise, and races between streams.
 *
 * <p>It has to be installed before DJL is loaded and stays for the life of the JVM, which is why
 * the tests with it run in a JVM of their own: they have the tag {@link #TAG}.
 */
public final class EmulatedGpus {

    /** The JUnit tag of tests that run on emulated GPUs. */
    public static final String TAG = "emulated-gpus";

    private static boolean installed;

    private EmulatedGpus() {}

    /**
     * Pretends that this machine has GPUs.
     *
     * @param count how many
     */
    public static synchronized void install(int count) {
        Presence.count = count;
        if (installed) {
            return;
        }
        new AgentBuilder.Default()
                .disableClassFormatChanges()
                .with(AgentBuilder.RedefinitionStrategy.RETRANSFORMATION)
                .type(named("ai.djl.util.cuda.CudaUtils"))
                .transform(
                        (builder, type, loader, module, domain) ->
                                builder.visit(
                                                Advice.to(Presence.Count.class)
                                                        .on(named("getGpuCount")))
                                        .visit(
                                                Advice.to(Presence.Version.class)
                                                        .on(named("getCudaVersion")))
                                        .visit(
                                                Advice.to(Presence.Capability.class)
                                                        .on(named("getComputeCapability")))
                                        .visit(
                                                Advice.to(Presence.Memory.class)
                                                        .on(
                                                                named("getGpuMemory")
                                                                        .and(takesArguments(1)))))
                .installOn(ByteBuddyAgent.install());
        new AgentBuilder.Default()
                .enableNativeMethodPrefix("emulated_")
                .with(AgentBuilder.Listener.StreamWriting.toSystemError().withErrorsOnly())
                .type(named("ai.djl.pytorch.jni.PyTorchLibrary"))
                .transform(
                        (builder, type, loader, module, domain) ->
                                builder.method(isNative())
                                        .intercept(
                                                MethodDelegation.withDefaultConfiguration()
                                                        .filter(named("call"))
                                                        .withBinders(
                                                                Morph.Binder.install(
                                                                        NativeCall.class))
                                                        .to(EmulatedCalls.class)))
                .installOn(ByteBuddyAgent.install());
        installed = true;
    }

    /** What DJL is told of the GPUs of the machine. */
    public static final class Presence {

        /** How many GPUs there are. */
        public static volatile int count;

        private Presence() {}

        /** Says how many bytes of a device are in use. */
        public static MemoryUsage memory(Device device) {
            long used = EmulatedCalls.bytesOn(device.getDeviceId());
            return new MemoryUsage(-1, used, used, 1L << 34);
        }

        /** Takes the place of a question for the number of GPUs. */
        static final class Count {
            @Advice.OnMethodExit
            static void exit(@Advice.Return(readOnly = false) int result) {
                result = count;
            }
        }

        /** Takes the place of a question for the version of CUDA. */
        static final class Version {
            @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
            static int enter() {
                return 12080;
            }

            @Advice.OnMethodExit
            static void exit(
                    @Advice.Enter int version, @Advice.Return(readOnly = false) int result) {
                result = version;
            }
        }

        /** Takes the place of a question for what a device can do. */
        static final class Capability {
            @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
            static String enter() {
                return "80";
            }

            @Advice.OnMethodExit
            static void exit(
                    @Advice.Enter String found, @Advice.Return(readOnly = false) String result) {
                result = found;
            }
        }

        /** Takes the place of a question for the memory of a device. */
        static final class Memory {
            @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
            static MemoryUsage enter(@Advice.Argument(0) Device device) {
                return memory(device);
            }

            @Advice.OnMethodExit
            static void exit(
                    @Advice.Enter MemoryUsage found,
                    @Advice.Return(readOnly = false) MemoryUsage result) {
                result = found;
            }
        }
    }
}
