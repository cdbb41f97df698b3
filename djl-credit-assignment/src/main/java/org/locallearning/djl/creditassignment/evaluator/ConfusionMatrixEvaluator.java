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
package org.locallearning.djl.creditassignment.evaluator;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.training.evaluator.Evaluator;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.locallearning.djl.state.StateReader;
import org.locallearning.djl.state.StateWriter;
import org.locallearning.djl.state.Stateful;

/**
 * An evaluator whose value is computed from a {@link ConfusionMatrix}, which is also available.
 *
 * <p>The value of an accumulator is that of all its samples together, not a mean over batches. Of
 * several labels or predictions it uses the first, as DJL's evaluators do.
 */
public abstract class ConfusionMatrixEvaluator extends Evaluator implements Stateful {

    private static final String COUNTS = "counts/";

    private final Map<String, Optional<ConfusionMatrix>> matrices = new ConcurrentHashMap<>();

    /**
     * Creates an evaluator.
     *
     * @param name the name
     */
    protected ConfusionMatrixEvaluator(String name) {
        super(name);
    }

    /**
     * Returns the value of a matrix.
     *
     * @param matrix the matrix, with at least one sample
     * @return the value
     */
    protected abstract double measure(ConfusionMatrix matrix);

    /**
     * Returns what an accumulator has counted.
     *
     * @param key the key of the accumulator
     * @return the counts, or empty before the first sample
     * @throws IllegalArgumentException if no accumulator was added with this key
     */
    public final Optional<ConfusionMatrix> getConfusionMatrix(String key) {
        Optional<ConfusionMatrix> matrix = matrices.get(key);
        if (matrix == null) {
            throw new IllegalArgumentException(
                    "There is no accumulator '" + key + "'; add it with addAccumulator.");
        }
        return matrix;
    }

    /** {@inheritDoc} */
    @Override
    public final NDArray evaluate(NDList labels, NDList predictions) {
        ConfusionMatrix matrix = count(labels, predictions);
        return predictions.head().getManager().create((float) measure(matrix));
    }

    private ConfusionMatrix count(NDList labels, NDList predictions) {
        if (labels.isEmpty() || predictions.isEmpty()) {
            throw new IllegalArgumentException(
                    String.format(
                            "%s compares predictions with labels, but the batch has no %s.",
                            getName(), labels.isEmpty() ? "labels" : "predictions"));
        }
        return ConfusionMatrix.of(labels.head(), predictions.head());
    }

    /** {@inheritDoc} */
    @Override
    public final void addAccumulator(String key) {
        totalInstances.put(key, 0L);
        matrices.put(key, Optional.empty());
    }

    /** {@inheritDoc} */
    @Override
    public final void updateAccumulator(String key, NDList labels, NDList predictions) {
        updateAccumulators(new String[] {key}, labels, predictions);
    }

    /** {@inheritDoc} */
    @Override
    public final void updateAccumulators(String[] keys, NDList labels, NDList predictions) {
        ConfusionMatrix batch = count(labels, predictions);
        for (String key : keys) {
            getConfusionMatrix(key);
            matrices.computeIfPresent(
                    key, (k, before) -> Optional.of(before.map(batch::plus).orElse(batch)));
            totalInstances.compute(key, (k, before) -> before + batch.getTotal());
        }
    }

    /** {@inheritDoc} */
    @Override
    public final void resetAccumulator(String key) {
        getConfusionMatrix(key);
        addAccumulator(key);
    }

    /**
     * {@inheritDoc}
     *
     * @return the value, not a number before the first sample
     */
    @Override
    public final float getAccumulator(String key) {
        return getConfusionMatrix(key).map(matrix -> (float) measure(matrix)).orElse(Float.NaN);
    }

    /** {@inheritDoc} */
    @Override
    public final void saveState(StateWriter out) throws IOException {
        for (Map.Entry<String, Optional<ConfusionMatrix>> matrix : matrices.entrySet()) {
            String counts = matrix.getValue().map(ConfusionMatrix::toText).orElse("");
            out.putText(COUNTS + matrix.getKey(), counts);
        }
    }

    /** {@inheritDoc} */
    @Override
    public final Runnable loadState(StateReader in) throws MalformedModelException {
        Map<String, Optional<ConfusionMatrix>> loaded = new HashMap<>();
        for (String name : in.getNames()) {
            if (!name.startsWith(COUNTS)) {
                throw new MalformedModelException(
                        "it holds '" + name + "' for " + getName() + ", which has counts alone.");
            }
            String text = in.getText(name);
            loaded.put(
                    name.substring(COUNTS.length()),
                    text.isEmpty() ? Optional.empty() : Optional.of(ConfusionMatrix.parse(text)));
        }
        return () -> {
            matrices.clear();
            matrices.putAll(loaded);
        };
    }
}
