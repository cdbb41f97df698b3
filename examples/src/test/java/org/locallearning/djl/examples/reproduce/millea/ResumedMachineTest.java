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
package org.locallearning.djl.examples.reproduce.millea;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.engine.Engine;
import com.google.gson.GsonBuilder;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.locallearning.djl.examples.training.RunCheckpoints;
import org.locallearning.djl.zoo.data.DataOptions;

/** A machine whose training was stopped finds what one finds that was left alone. */
class ResumedMachineTest {

    private static final DataOptions OPTIONS =
            DataOptions.builder().optLimit(200).optTestLimit(50).optStandardize(false).build();

    @TempDir private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"cd", "pcd", "whitening", "penalty"})
    void findsTheSame(String method) throws Exception {
        Engine engine = Engine.getEngine("PyTorch");
        try (RbmData data = RbmData.load(engine, "glyphs", OPTIONS, 4)) {
            String expected = timeless(run(engine, data, method, "alone", 0, epoch -> {}));
            Consumer<RbmEpoch> stop =
                    epoch -> {
                        if (epoch.epoch() == 2) {
                            throw new IllegalStateException("stopped");
                        }
                    };
            assertThrows(
                    IllegalStateException.class,
                    () -> run(engine, data, method, "stopped", 1, stop));
            assertEquals(expected, timeless(run(engine, data, method, "stopped", 1, epoch -> {})));
        }
    }

    private RbmResult run(
            Engine engine,
            RbmData data,
            String method,
            String checkpoints,
            int saveEvery,
            Consumer<RbmEpoch> progress)
            throws Exception {
        RbmMethod chosen = RbmMethod.named(method);
        return new RbmTraining(engine, data, 6, 3)
                .run(
                        chosen,
                        1,
                        chosen.smallRate(),
                        false,
                        new RunCheckpoints(folder.resolve(checkpoints), saveEvery, Map.of()),
                        progress,
                        parameters -> {});
    }

    private static String timeless(RbmResult result) {
        return new GsonBuilder()
                .serializeSpecialFloatingPointValues()
                .create()
                .toJson(result)
                .replaceAll("\"seconds\":[^,}]*", "");
    }
}
