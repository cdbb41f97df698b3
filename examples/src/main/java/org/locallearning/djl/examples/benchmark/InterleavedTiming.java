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
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.locallearning.djl.creditassignment.tape.MatrixProducts;
import org.locallearning.djl.decorrelation.Cost;
import org.locallearning.djl.examples.environment.ProcessorTime;
import org.locallearning.djl.examples.method.DecorrelationSettings;
import org.locallearning.djl.examples.method.ErrorPath;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.method.Methods;

/**
 * Times methods in turn: in every round each method takes one step, so that whatever else the
 * machine does meets all of them alike.
 *
 * <p>Decorrelation layers may learn in one of k steps. Medians would leave that step out, so that
 * they are of means over k rounds each; no round is in two of them, since means that share rounds
 * differ less than repeated measurements do.
 */
final class InterleavedTiming {

    /** The virtual machine compiles what runs often: fewer rounds time its interpreter too. */
    private static final int WARM_UP_ROUNDS = 10;

    /** Quartiles of fewer values would say that they hardly differ. */
    private static final int LEAST_FOR_QUARTILES = 4;

    private static final double NANOS_PER_MILLI = 1e6;

    private final Engine engine;
    private final int repeats;
    private final DecorrelationSettings decorrelation;

    InterleavedTiming(Engine engine, int repeats, DecorrelationSettings decorrelation) {
        this.engine = engine;
        this.repeats = repeats;
        this.decorrelation = decorrelation;
    }

    /**
     * Times methods on a model.
     *
     * @param methods the methods, stock backpropagation among them
     * @param rates gets the matrix rate of every round
     * @return one row per method, without memory
     */
    List<BenchmarkResults.Row> time(
            Workload workload,
            int batch,
            List<Method> methods,
            MatrixRate matrix,
            List<Double> rates) {
        Map<String, Step> steps = new LinkedHashMap<>();
        try {
            for (Method method : methods) {
                steps.put(method.name(), new Step(engine, method, decorrelation, workload, batch));
            }
            int period = Math.toIntExact(period(methods, decorrelation, batch));
            // whole periods, in each of which every layer learns once
            for (int i = 0; i < rounds(WARM_UP_ROUNDS, period); ++i) {
                steps.values().forEach(Step::nanoseconds);
                steps.values().forEach(Step::optimizerNanoseconds);
                matrix.gflops();
            }
            int rounds = rounds(repeats, period);
            Map<String, double[]> milliseconds = new LinkedHashMap<>();
            Map<String, double[]> optimizers = new LinkedHashMap<>();
            Map<String, double[]> processor = new LinkedHashMap<>();
            for (Method method : methods) {
                milliseconds.put(method.name(), new double[rounds]);
                optimizers.put(method.name(), new double[rounds]);
                if (ProcessorTime.isFine()) {
                    processor.put(method.name(), new double[rounds]);
                }
            }
            for (int i = 0; i < rounds; ++i) {
                int round = i;
                for (Map.Entry<String, Step> each : steps.entrySet()) {
                    String name = each.getKey();
                    long before = processor.isEmpty() ? 0 : processorTime();
                    milliseconds.get(name)[round] = each.getValue().nanoseconds() / NANOS_PER_MILLI;
                    if (!processor.isEmpty()) {
                        processor.get(name)[round] = (processorTime() - before) / NANOS_PER_MILLI;
                    }
                }
                steps.forEach(
                        (name, step) ->
                                optimizers.get(name)[round] =
                                        step.optimizerNanoseconds() / NANOS_PER_MILLI);
                rates.add(matrix.gflops());
            }
            milliseconds.replaceAll((name, times) -> means(times, period));
            processor.replaceAll((name, times) -> means(times, period));
            return rows(workload, batch, methods, steps, milliseconds, optimizers, processor);
        } finally {
            steps.values().forEach(Step::close);
        }
    }

    private List<BenchmarkResults.Row> rows(
            Workload workload,
            int batch,
            List<Method> methods,
            Map<String, Step> steps,
            Map<String, double[]> milliseconds,
            Map<String, double[]> optimizers,
            Map<String, double[]> processor) {
        double[] baseline = milliseconds.get(Methods.BASELINE);
        long baselineMultiplyAdds = multiplyAdds(Methods.named(Methods.BASELINE), steps);
        long layers = MultiplyAdds.layers(steps.get(Methods.BASELINE).block());
        long iterations = Step.METHODS.inference().iterations();
        long baselineProducts =
                ProductFormulas.paper(ErrorPath.LAYER_BY_LAYER, layers, iterations).orElseThrow();
        List<BenchmarkResults.Row> rows = new ArrayList<>();
        for (Method method : methods) {
            double[] times = milliseconds.get(method.name());
            Quartiles ratio = ratios(times, baseline);
            double[] processorTimes = processor.get(method.name());
            double median = Quartiles.of(times).median();
            long multiplyAdds = multiplyAdds(method, steps);
            long products =
                    steps.get(method.name())
                            .products()
                            .map(MatrixProducts::total)
                            .orElse(baselineProducts);
            rows.add(
                    new BenchmarkResults.Row(
                            workload.name(),
                            method.name(),
                            batch,
                            median,
                            1000 / median,
                            1000 / median * batch,
                            ratio.median(),
                            hasQuartiles(times) ? ratio.low() : null,
                            hasQuartiles(times) ? ratio.high() : null,
                            Quartiles.of(optimizers.get(method.name())).median(),
                            products,
                            (double) products / baselineProducts,
                            boxed(ProductFormulas.paper(method.errorPath(), layers, iterations)),
                            boxed(ProductFormulas.code(method.errorPath(), layers, iterations)),
                            multiplyAdds,
                            (double) multiplyAdds / baselineMultiplyAdds,
                            2 * multiplyAdds / (median * NANOS_PER_MILLI),
                            null,
                            null,
                            engine.defaultDevice().toString(),
                            processorTimes == null ? null : Quartiles.of(processorTimes).median(),
                            processorTimes == null
                                    ? null
                                    : ratios(processorTimes, processor.get(Methods.BASELINE))
                                            .median()));
        }
        return rows;
    }

    /** Whether there are enough values for quartiles. */
    static boolean hasQuartiles(double... values) {
        return values.length >= LEAST_FOR_QUARTILES;
    }

    /** Returns how many rounds there are at least so many of, with no mean cut short. */
    static int rounds(int repeats, int period) {
        return (repeats + period - 1) / period * period;
    }

    /** The rounds in which every layer of the methods learns once. */
    static long period(List<Method> methods, DecorrelationSettings decorrelation, int batch) {
        if (methods.stream().noneMatch(Method::decorrelated)) {
            return 1;
        }
        Cost cost = decorrelation.at(Step.DECORRELATION_RATE).getCost();
        return cost.getUpdateInterval() * cost.getUpdatesAtOnce(batch);
    }

    /**
     * Averages times over rounds that follow each other.
     *
     * @param times the time of each round
     * @param length the number of rounds in a mean
     * @return the mean of the first so many, of as many after them, and so on
     */
    static double[] means(double[] times, int length) {
        return IntStream.range(0, times.length / length)
                .map(block -> block * length)
                .mapToDouble(
                        first ->
                                Arrays.stream(times, first, first + length).average().orElseThrow())
                .toArray();
    }

    private static Quartiles ratios(double[] times, double[] baseline) {
        double[] ratios = new double[times.length];
        for (int i = 0; i < times.length; ++i) {
            ratios[i] = times[i] / baseline[i];
        }
        return Quartiles.of(ratios);
    }

    private static long processorTime() {
        return ProcessorTime.nanoseconds().orElseThrow();
    }

    private static Long boxed(OptionalLong number) {
        return number.isPresent() ? number.getAsLong() : null;
    }

    private static long multiplyAdds(Method method, Map<String, Step> steps) {
        Step step = steps.get(method.name());
        boolean inference =
                method.errorPath() == ErrorPath.INFERENCE
                        || method.errorPath() == ErrorPath.INCREMENTAL_INFERENCE;
        if (inference && !method.decorrelated()) {
            // which errors are still zero, and need no product, the run knows best
            return step.products().orElseThrow().multiplyAdds();
        }
        return MultiplyAdds.ofStep(
                step.block(),
                method.errorPath(),
                Step.METHODS.inference().iterations(),
                Workload.CLASSES);
    }
}
