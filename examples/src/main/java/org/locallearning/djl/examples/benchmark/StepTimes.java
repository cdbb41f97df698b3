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
package org.locallearning.djl.examples.benchmark;

import ai.djl.engine.Engine;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.locallearning.djl.examples.method.DecorrelationSettings;
import org.locallearning.djl.examples.method.Methods;

/** How long a step of some methods takes, quickly. */
public final class StepTimes {

    private static final int WARM_UP = 2;
    private static final int TIMED = 7;

    private StepTimes() {}

    /**
     * Times a step without the optimizer's part, method by method.
     *
     * @param engine the engine
     * @param model the name of a model of the benchmark
     * @param methods the names of the methods
     * @return the median of some steps, in milliseconds, by the name of the method
     */
    public static Map<String, Double> medians(Engine engine, String model, List<String> methods) {
        Workload workload = Workload.named(model);
        Map<String, Double> medians = new LinkedHashMap<>();
        for (String method : methods) {
            List<Double> times = new ArrayList<>();
            try (Step step =
                    new Step(
                            engine,
                            Methods.named(method),
                            DecorrelationSettings.DEFAULT,
                            workload,
                            workload.batch())) {
                for (int i = 0; i < WARM_UP + TIMED; i++) {
                    double milliseconds = step.nanoseconds() / 1e6;
                    step.optimizerNanoseconds();
                    if (i >= WARM_UP) {
                        times.add(milliseconds);
                    }
                }
            }
            medians.put(
                    method, Quartiles.of(times.stream().mapToDouble(t -> t).toArray()).median());
        }
        return medians;
    }
}
