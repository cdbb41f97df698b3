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
package org.locallearning.djl.examples.training;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.Trainer;
import ai.djl.training.listener.TrainingListenerAdapter;
import com.google.gson.reflect.TypeToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.locallearning.djl.decorrelation.CorrelationStatistics;
import org.locallearning.djl.decorrelation.Decorrelating;
import org.locallearning.djl.decorrelation.DecorrelationObserver;
import org.locallearning.djl.decorrelation.DecorrelationRule;
import org.locallearning.djl.decorrelation.internal.HostValues;
import org.locallearning.djl.examples.results.CorrelationMap;
import org.locallearning.djl.examples.results.CorrelationResult;
import org.locallearning.djl.state.StateReader;
import org.locallearning.djl.state.StateWriter;
import org.locallearning.djl.state.Stateful;

/**
 * Measures, from time to time, how correlated the inputs of every decorrelation layer are before
 * and after its matrix.
 *
 * <p>It looks at the samples that the layers learn from. As one of them holds few rows, it puts
 * together those of the steps that follow one another until there are {@value #ROWS} rows.
 */
final class CorrelationListener extends TrainingListenerAdapter implements Stateful {

    private static final JsonEntry<List<CorrelationResult>> RESULTS =
            new JsonEntry<>("results", new TypeToken<>() {});
    private static final JsonEntry<List<CorrelationMap>> MAPS =
            new JsonEntry<>("maps", new TypeToken<>() {});
    private static final JsonEntry<Progress> PROGRESS =
            new JsonEntry<>("progress", TypeToken.get(Progress.class));

    private static final int ROWS = 256;
    private static final int MOST_MAPPED_FEATURES = 64;

    private final long interval;
    private final long batches;
    private final TrainingClock clock;
    private final DecorrelationObserver observer = this::sampled;
    private final List<Decorrelating> layers = new ArrayList<>();
    private final Map<String, Sample> samples = new LinkedHashMap<>();
    private final List<CorrelationResult> results = new ArrayList<>();
    private final Map<String, CorrelationMap> maps = new LinkedHashMap<>();

    private long steps;
    private double sampledSince;
    private boolean sampling;
    private NDManager manager;

    /** How far it has come, and how many arrays of each sample follow. */
    private record Progress(long steps, double sampledSince, boolean sampling, List<Part> parts) {}

    /** A sample by its place: which layer it is of, and how many rows it has. */
    private record Part(String name, int layer, int arrays) {}

    /**
     * Creates a listener.
     *
     * @param interval the number of steps from one measurement to the next
     * @param batches the number of steps of an epoch
     * @param clock the clock of training, which stands still while something is measured
     */
    CorrelationListener(long interval, long batches, TrainingClock clock) {
        this.interval = interval;
        this.batches = batches;
        this.clock = clock;
    }

    List<CorrelationResult> results() {
        return List.copyOf(results);
    }

    /** Returns the latest map of every layer. */
    List<CorrelationMap> maps() {
        return List.copyOf(maps.values());
    }

    /** {@inheritDoc} */
    @Override
    public void onTrainingBegin(Trainer trainer) {
        manager = trainer.getManager();
        collect(trainer.getModel().getBlock());
        sample();
    }

    /** {@inheritDoc} */
    @Override
    public void saveState(StateWriter out) throws IOException {
        List<Part> parts = new ArrayList<>();
        for (Map.Entry<String, Sample> each : samples.entrySet()) {
            Sample sample = each.getValue();
            parts.add(new Part(each.getKey(), layers.indexOf(sample.layer), sample.inputs.size()));
            try (NDManager scope = manager.newSubManager()) {
                for (int i = 0; i < sample.inputs.size(); i++) {
                    out.putArray(each.getKey() + "/in/" + i, sample.rows(scope, sample.inputs, i));
                    out.putArray(
                            each.getKey() + "/out/" + i, sample.rows(scope, sample.outputs, i));
                }
            }
        }
        PROGRESS.write(out, new Progress(steps, sampledSince, sampling, parts));
        RESULTS.write(out, results);
        MAPS.write(out, List.copyOf(maps.values()));
    }

    /** {@inheritDoc} */
    @Override
    public Runnable loadState(StateReader in) throws IOException, MalformedModelException {
        Progress progress = PROGRESS.read(in);
        List<CorrelationResult> measured = RESULTS.read(in);
        List<CorrelationMap> drawn = MAPS.read(in);
        Map<String, Sample> sampled = new LinkedHashMap<>();
        for (Part part : progress.parts) {
            if (part.layer < 0 || part.layer >= layers.size()) {
                throw new MalformedModelException(
                        "it holds a sample of a layer that is not there.");
            }
            Sample sample = new Sample(layers.get(part.layer));
            for (int i = 0; i < part.arrays; i++) {
                sample.add(
                        in.getArray(part.name + "/in/" + i), in.getArray(part.name + "/out/" + i));
            }
            sampled.put(part.name, sample);
        }
        return () -> {
            steps = progress.steps;
            samples.clear();
            samples.putAll(sampled);
            results.clear();
            results.addAll(measured);
            maps.clear();
            drawn.forEach(map -> maps.put(map.layer(), map));
            observe(progress.sampling);
            sampledSince = progress.sampledSince;
        };
    }

    /** {@inheritDoc} */
    @Override
    public void onTrainingBatch(Trainer trainer, BatchData batchData) {
        ++steps;
        boolean due = steps % interval == 0;
        boolean enough = samples.values().stream().allMatch(sample -> sample.count >= ROWS);
        if (!samples.isEmpty() && (due || enough)) {
            clock.pauseFor(() -> measure(trainer.getManager()));
        }
        if (due) {
            sample();
        }
    }

    /** {@inheritDoc} */
    @Override
    public void onTrainingEnd(Trainer trainer) {
        if (!samples.isEmpty()) {
            measure(trainer.getManager());
        }
        observe(false);
    }

    private void collect(Block block) {
        if (block instanceof Decorrelating layer) {
            layers.add(layer);
        }
        block.getChildren().values().forEach(this::collect);
    }

    private void sample() {
        sampledSince = (double) steps / batches;
        observe(true);
    }

    private void observe(boolean on) {
        sampling = on;
        layers.forEach(
                layer -> {
                    if (on) {
                        layer.addObserver(observer);
                    } else {
                        layer.removeObserver(observer);
                    }
                });
    }

    private void sampled(Decorrelating layer, int block, NDArray inputs, NDArray outputs) {
        String name = block == 0 ? layer.getName() : layer.getName() + ", block " + (block + 1);
        Sample sample = samples.computeIfAbsent(name, key -> new Sample(layer));
        if (sample.count < ROWS) {
            clock.pauseFor(() -> sample.add(inputs, outputs));
        }
    }

    private void measure(NDManager manager) {
        observe(false);
        samples.forEach(
                (name, sample) -> {
                    if (sample.count > 1) {
                        try (NDManager scope = manager.newSubManager()) {
                            measure(scope, name, sample);
                        }
                    }
                });
        samples.clear();
    }

    private void measure(NDManager scope, String name, Sample sample) {
        NDArray before = sample.join(scope, sample.inputs);
        NDArray after = sample.join(scope, sample.outputs);
        results.add(
                new CorrelationResult(
                        sampledSince,
                        name,
                        sample.features,
                        sample.count,
                        CorrelationStatistics.decorrelationLoss(before),
                        CorrelationStatistics.decorrelationLoss(after),
                        finite(CorrelationStatistics.sampleConditionNumber(before)),
                        finite(CorrelationStatistics.sampleConditionNumber(after)),
                        sample.layer.getLastGain(),
                        finite(
                                DecorrelationRule.loss(
                                        after, sample.layer.getOptions().getUnitVariance()))));
        maps.put(
                name,
                new CorrelationMap(
                        sampledSince,
                        name,
                        (int) Math.min(sample.features, MOST_MAPPED_FEATURES),
                        map(sample, sample.inputs, scope),
                        map(sample, sample.outputs, scope)));
    }

    private static String map(Sample sample, List<float[]> parts, NDManager scope) {
        int width = (int) sample.features;
        int kept = Math.min(width, MOST_MAPPED_FEATURES);
        float[] values = new float[(int) sample.count * kept];
        int i = 0;
        for (float[] part : parts) {
            for (int row = 0; row < part.length; row += width) {
                for (int k = 0; k < kept; ++k) {
                    values[i++] = part[row + (int) ((long) k * width / kept)];
                }
            }
        }
        NDArray rows = scope.create(values, new Shape(sample.count, kept));
        return CorrelationMap.pack(HostValues.floats(CorrelationStatistics.correlation(rows)));
    }

    private static Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }

    /** Rows before and after the matrix of one layer. */
    private static final class Sample {

        private final Decorrelating layer;
        private final List<float[]> inputs = new ArrayList<>();
        private final List<float[]> outputs = new ArrayList<>();
        private long features;
        private long count;

        Sample(Decorrelating layer) {
            this.layer = layer;
        }

        void add(NDArray before, NDArray behind) {
            features = before.getShape().get(1);
            count += before.getShape().get(0);
            inputs.add(HostValues.floats(before));
            outputs.add(HostValues.floats(behind));
        }

        NDArray rows(NDManager manager, List<float[]> parts, int index) {
            float[] values = parts.get(index);
            return manager.create(values, new Shape(values.length / features, features));
        }

        NDArray join(NDManager manager, List<float[]> parts) {
            float[] values = new float[Math.toIntExact(count * features)];
            int i = 0;
            for (float[] part : parts) {
                System.arraycopy(part, 0, values, i, part.length);
                i += part.length;
            }
            return manager.create(values, new Shape(count, features));
        }
    }
}
