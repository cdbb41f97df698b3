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
package org.locallearning.djl.decorrelation;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.nn.Block;
import ai.djl.training.Trainer;
import ai.djl.training.listener.TrainingListenerAdapter;
import ai.djl.util.Pair;
import ai.djl.util.Preconditions;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.locallearning.djl.decorrelation.internal.BlockPath;
import org.locallearning.djl.state.StateReader;
import org.locallearning.djl.state.StateWriter;
import org.locallearning.djl.state.Stateful;

/**
 * Measures the decorrelation loss of every decorrelation layer in training ({@link
 * DecorrelationRule#loss}) and adds it to the trainer's metrics as {@code decorrelation_loss_} and
 * the layer's name, or its path in the model if several layers have that name.
 *
 * <pre>{@code
 * new DefaultTrainingConfig(loss).addTrainingListeners(new DecorrelationLossListener(100))
 * }</pre>
 *
 * <p>It measures the sample that a layer learns from, decorrelated by the matrix before the update,
 * and takes the mean over blocks and over several samples. A layer that does not learn in a
 * measured step is measured when it learns next. Cost: {@code K n²} multiply-adds for a sample of K
 * rows.
 */
public final class DecorrelationLossListener extends TrainingListenerAdapter implements Stateful {

    private static final String METRIC = "decorrelation_loss_";
    private static final String STEP = "step";
    private static final String DUE = "due ";
    private static final String LATEST = "latest ";

    private final int interval;
    private final DecorrelationObserver observer = this::sampled;
    private final Map<Decorrelating, String> layers = new LinkedHashMap<>();
    private final Map<String, Mean> measured = new LinkedHashMap<>();
    private final Map<String, Double> latest = new LinkedHashMap<>();
    private final Map<String, Long> due = new LinkedHashMap<>();
    private long step;

    /**
     * Creates a listener.
     *
     * @param interval the least number of batches from one measurement of a layer to the next, at
     *     least 1; the first batch that it learns from is measured
     */
    public DecorrelationLossListener(int interval) {
        Preconditions.checkArgument(
                interval >= 1,
                "The interval between measurements is at least 1 batch, not " + interval + ".");
        this.interval = interval;
    }

    /** The mean of some values. */
    private static final class Mean {

        private double sum;
        private long count;

        void add(double value) {
            sum += value;
            ++count;
        }

        double value() {
            return sum / count;
        }
    }

    /** {@inheritDoc} */
    @Override
    public void onTrainingBegin(Trainer trainer) {
        // of a training that broke off, whose end nobody was told of
        onTrainingEnd(trainer);
        layers.clear();
        due.clear();
        measured.clear();
        latest.clear();
        collect(trainer.getModel().getBlock(), "");
        nameLayers();
        Preconditions.checkArgument(
                !layers.isEmpty(),
                "The model has no decorrelation layer to measure; convert it by"
                        + " Decorrelate.model(block) before the trainer is made.");
        observe();
    }

    /** {@inheritDoc} */
    @Override
    public void onTrainingBatch(Trainer trainer, BatchData batchData) {
        measured.forEach(
                (name, mean) -> {
                    latest.put(name, mean.value());
                    if (trainer.getMetrics() != null) {
                        trainer.getMetrics().addMetric(METRIC + name, mean.value());
                    }
                });
        measured.clear();
        ++step;
        observe();
    }

    /** {@inheritDoc} */
    @Override
    public void onTrainingEnd(Trainer trainer) {
        layers.keySet().forEach(layer -> layer.removeObserver(observer));
    }

    /** Finds every layer, and the path of the first place where it stands. */
    private void collect(Block block, String path) {
        if (block instanceof Decorrelating layer) {
            layers.putIfAbsent(layer, path);
        }
        for (Pair<String, Block> child : block.getChildren()) {
            collect(child.getValue(), BlockPath.join(path, child.getKey()));
        }
    }

    /** Leaves the path alone to those whose name others have too. */
    private void nameLayers() {
        Map<String, Long> counts =
                layers.keySet().stream()
                        .collect(
                                Collectors.groupingBy(
                                        Decorrelating::getName, Collectors.counting()));
        layers.replaceAll(
                (layer, path) -> counts.get(layer.getName()) == 1 ? layer.getName() : path);
    }

    private void observe() {
        layers.forEach(
                (layer, name) -> {
                    if (step >= due.getOrDefault(name, 0L)) {
                        layer.addObserver(observer);
                    } else {
                        layer.removeObserver(observer);
                    }
                });
    }

    private void sampled(Decorrelating layer, int block, NDArray inputs, NDArray outputs) {
        double loss = DecorrelationRule.loss(outputs, layer.getOptions().getUnitVariance());
        String name = layers.get(layer);
        measured.computeIfAbsent(name, first -> new Mean()).add(loss);
        due.put(name, step + interval);
    }

    /**
     * Returns the latest measurement of every layer.
     *
     * @return the losses by the name of the layer, or its path where others have that name
     */
    public Map<String, Double> getLosses() {
        return Collections.unmodifiableMap(latest);
    }

    /** {@inheritDoc} */
    @Override
    public void saveState(StateWriter out) throws IOException {
        out.putLong(STEP, step);
        for (Map.Entry<String, Long> layer : due.entrySet()) {
            out.putLong(DUE + layer.getKey(), layer.getValue());
        }
        for (Map.Entry<String, Double> layer : latest.entrySet()) {
            out.putDouble(LATEST + layer.getKey(), layer.getValue());
        }
    }

    /** {@inheritDoc} */
    @Override
    public Runnable loadState(StateReader in) throws MalformedModelException {
        long savedStep = in.getLong(STEP);
        Map<String, Long> savedDue = new LinkedHashMap<>();
        Map<String, Double> savedLatest = new LinkedHashMap<>();
        for (String name : in.getNames()) {
            if (name.startsWith(DUE)) {
                savedDue.put(name.substring(DUE.length()), in.getLong(name));
            } else if (name.startsWith(LATEST)) {
                savedLatest.put(name.substring(LATEST.length()), in.getDouble(name));
            }
        }
        return () -> {
            step = savedStep;
            due.clear();
            due.putAll(savedDue);
            latest.clear();
            latest.putAll(savedLatest);
            measured.clear();
            observe();
        };
    }
}
