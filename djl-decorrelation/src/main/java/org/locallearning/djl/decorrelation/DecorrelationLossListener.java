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

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Block;
import ai.djl.training.Trainer;
import ai.djl.training.listener.TrainingListenerAdapter;
import ai.djl.util.Preconditions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures the decorrelation loss of every decorrelation layer in training, {@link
 * DecorrelationRule#loss}, and adds it to the trainer's metrics as {@code decorrelation_loss_} and
 * the layer's name.
 *
 * <pre>{@code
 * new DefaultTrainingConfig(loss).addTrainingListeners(new DecorrelationLossListener(100))
 * }</pre>
 *
 * <p>It looks at the sample that a layer learns from, after the matrix that it had before the
 * update; of a matrix in blocks, and of several samples, it takes the mean. A layer that does not
 * learn in a step that is to be measured is measured when it learns next. A measurement costs
 * {@code K n²} multiply-adds for a sample of K rows. It is the {@linkplain
 * Decorrelating#setObserver observer} of the layers, of which there is one.
 */
public final class DecorrelationLossListener extends TrainingListenerAdapter {

    private static final String METRIC = "decorrelation_loss_";

    private final int interval;
    private final List<Decorrelating> layers = new ArrayList<>();
    private final Map<String, Mean> measured = new LinkedHashMap<>();
    private final Map<String, Double> latest = new LinkedHashMap<>();
    private final Map<Decorrelating, Long> due = new HashMap<>();
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
        layers.clear();
        due.clear();
        collect(trainer.getModel().getBlock());
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
        layers.forEach(layer -> layer.setObserver(null));
    }

    private void collect(Block block) {
        if (block instanceof Decorrelating layer && !layers.contains(layer)) {
            layers.add(layer);
        }
        block.getChildren().values().forEach(this::collect);
    }

    private void observe() {
        for (Decorrelating layer : layers) {
            layer.setObserver(step >= due.getOrDefault(layer, 0L) ? this::sampled : null);
        }
    }

    private void sampled(Decorrelating layer, int block, NDArray inputs, NDArray outputs) {
        double loss = DecorrelationRule.loss(outputs, layer.getOptions().getUnitVariance());
        measured.computeIfAbsent(layer.getName(), name -> new Mean()).add(loss);
        due.put(layer, step + interval);
    }

    /**
     * Returns the latest measurement of every layer.
     *
     * @return the losses by the name of the layer
     */
    public Map<String, Double> getLosses() {
        return Collections.unmodifiableMap(latest);
    }
}
