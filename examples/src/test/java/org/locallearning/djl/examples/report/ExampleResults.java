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
package org.locallearning.djl.examples.report;

import java.util.List;
import org.locallearning.djl.examples.environment.Build;
import org.locallearning.djl.examples.environment.Machine;
import org.locallearning.djl.examples.method.DecorrelationSettings;
import org.locallearning.djl.examples.method.MethodSettings;
import org.locallearning.djl.examples.method.RateSchedule;
import org.locallearning.djl.examples.results.AlignmentResult;
import org.locallearning.djl.examples.results.ClassificationResult;
import org.locallearning.djl.examples.results.EpochResult;
import org.locallearning.djl.examples.results.ImagePreparation;
import org.locallearning.djl.examples.results.Results;
import org.locallearning.djl.examples.results.RunResult;
import org.locallearning.djl.examples.results.Settings;
import org.locallearning.djl.zoo.task.Task;

/** Results written by hand: two methods, two seeds, two epochs. */
public final class ExampleResults {

    private ExampleResults() {}

    /** Returns the results. */
    public static Results create() {
        Settings settings =
                new Settings(
                        null,
                        List.of(20),
                        "tanh",
                        null,
                        List.of("bp", "fa"),
                        2,
                        List.of(1, 2),
                        0,
                        null,
                        500,
                        Task.CLASSIFICATION,
                        64,
                        "adam",
                        RateSchedule.CONSTANT,
                        MethodSettings.preset("mlp"),
                        true,
                        false,
                        1,
                        1,
                        DecorrelationSettings.DEFAULT,
                        0,
                        1,
                        null,
                        new ImagePreparation(false, false, false, false, false));
        return new Results(
                "glyphs",
                "mlp",
                "Digits <drawn> & \"noisy\"",
                "drawn with seed 7",
                "0".repeat(64),
                "mlp 784-20-10",
                15910,
                settings,
                "compare --methods bp,fa",
                "2026-01-02T03:04:05Z",
                new Build("1.2.3", "0123456789abcdef0123456789abcdef01234567", "0.35.1"),
                new Machine(
                        "Abacus 9",
                        4,
                        15.5,
                        "Linux amd64",
                        "Java 17",
                        "PyTorch 2",
                        "cpu()",
                        1,
                        "float32"),
                List.of(
                        run("bp", 1, 0.80, 0.90),
                        run("fa", 1, 0.50, 0.60),
                        run("bp", 2, 0.82, 0.94),
                        run("fa", 2, 0.54, 0.70)),
                null);
    }

    private static RunResult run(String method, int seed, double first, double second) {
        List<AlignmentResult> alignment =
                method.equals("bp")
                        ? List.of()
                        : List.of(
                                new AlignmentResult(0, "01Linear_weight", 88.0 + seed, 1.5, null),
                                new AlignmentResult(0, "02Linear_weight", 0.0, 1.0, 91.0),
                                new AlignmentResult(1, "01Linear_weight", 60.0 + seed, 1.2, null),
                                new AlignmentResult(1, "02Linear_weight", 0.0, 1.0, 70.0));
        return new RunResult(
                method,
                seed,
                "adam",
                1e-4f,
                null,
                null,
                List.of(
                        new EpochResult(1, 1.5, first, 1.6, first, 2.5),
                        new EpochResult(2, 0.5, second, 0.6, second, 2.5)),
                new ClassificationResult(
                        null, first, second, 0.25, List.of(List.of(8L, 2L), List.of(3L, 7L))),
                alignment,
                List.of(),
                List.of());
    }
}
