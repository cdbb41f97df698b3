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
package org.locallearning.djl.examples.environment;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.util.Utils;
import java.io.IOException;
import java.net.SocketException;
import java.net.UnknownHostException;
import org.locallearning.djl.decorrelation.internal.FileFailure;

/**
 * Sets how many threads one operation of the engine uses.
 *
 * <p>The order in which a matrix product is summed depends on this number, so a result repeats bit
 * for bit only with the same one.
 */
public final class EngineThreads {

    /** More than any processor that runs one operation; thousands stop the machine. */
    private static final int MOST = 256;

    private EngineThreads() {}

    /**
     * Checks a number of threads.
     *
     * @param threads how many threads one operation is to use
     * @throws IllegalArgumentException if it is not from 1 to 256
     */
    public static void check(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("--threads is at least 1, not " + threads + ".");
        }
        if (threads > MOST) {
            throw new IllegalArgumentException(
                    "--threads is at most " + MOST + ", not " + threads + ".");
        }
    }

    /**
     * Starts the engine and sets its threads.
     *
     * @param threads how many threads one operation uses, at least 1
     * @return the engine
     * @throws IllegalStateException if its native library is not there, or cannot be unpacked
     */
    public static Engine start(int threads) {
        // read once by the engine, when it starts; independent operations never run side by side
        if (System.getProperty("ai.djl.pytorch.num_interop_threads") == null) {
            System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
        }
        Engine engine;
        try {
            engine = Engine.getEngine("PyTorch");
        } catch (EngineException | IllegalStateException e) {
            throw explained(e);
        }
        JniUtils.setNumThreads(threads);
        return engine;
    }

    /** Names the folder and the setting where the native library is not, or cannot be unpacked. */
    private static RuntimeException explained(RuntimeException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException failure) {
                if (isUnreachable(failure)) {
                    return new IllegalStateException(
                            String.format(
                                    "The native library of PyTorch is neither on the class path nor"
                                            + " in '%s', and could not be fetched (%s): name the"
                                            + " folder of a libtorch by PYTORCH_LIBRARY_PATH.",
                                    Utils.getEngineCacheDir("pytorch"), failure.getMessage()),
                            e);
                }
                return new IllegalStateException(
                        String.format(
                                "The native library of PyTorch cannot be unpacked to '%s' (%s): set"
                                        + " ENGINE_CACHE_DIR to a folder that can be written.",
                                Utils.getEngineCacheDir("pytorch"), FileFailure.reason(failure)),
                        e);
            }
        }
        return e;
    }

    /** DJL says by words alone that it may not fetch anything. */
    private static boolean isUnreachable(IOException failure) {
        return failure instanceof UnknownHostException
                || failure instanceof SocketException
                || String.valueOf(failure.getMessage()).startsWith("Offline mode");
    }

    /**
     * Returns the default number of threads: half of the processors, at least one.
     *
     * <p>Processors mostly come as two per core, and threads that wait for a busy processor slow
     * small models down many times over.
     *
     * @return the number of threads
     */
    public static int byDefault() {
        return Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    }
}
