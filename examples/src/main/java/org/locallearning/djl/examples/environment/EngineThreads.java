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
import ai.djl.pytorch.jni.JniUtils;

/**
 * Sets how many threads one operation of the engine uses.
 *
 * <p>The order in which a matrix product is summed depends on this number, so a result repeats bit
 * for bit only with the same one.
 */
public final class EngineThreads {

    private EngineThreads() {}

    /**
     * Starts the engine and sets its threads.
     *
     * @param threads how many threads one operation uses, at least 1
     * @return the engine
     */
    public static Engine start(int threads) {
        // read once by the engine, when it starts; independent operations never run side by side
        if (System.getProperty("ai.djl.pytorch.num_interop_threads") == null) {
            System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
        }
        Engine engine = Engine.getEngine("PyTorch");
        JniUtils.setNumThreads(threads);
        return engine;
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
