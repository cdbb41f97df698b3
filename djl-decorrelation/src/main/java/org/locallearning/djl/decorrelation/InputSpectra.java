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
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.locallearning.djl.decorrelation.internal.DeviceArrays;
import org.locallearning.djl.decorrelation.internal.HostValues;

/** Looks at what reaches the dense layers of a model on one batch. */
final class InputSpectra {

    /** More rows hardly change what is chosen, and a decomposition takes their number cubed. */
    static final int MOST_ROWS = 1024;

    /** Fewer rows would hide directions that are worth learning. */
    static final int LEAST_ROWS = 64;

    private static final int[] ALONG_COLUMNS = {0};

    private InputSpectra() {}

    /**
     * Runs a model on a batch in evaluation.
     *
     * @param model the model with its decorrelation layers, initialized, none of which has learned
     * @param layers the decorrelation layer of each block
     * @param batch the inputs of the model
     * @param scope the manager of what is made meanwhile
     * @return the spectrum of the input of each dense layer; none for convolutions
     * @throws IllegalArgumentException if there are too few rows, or values that are not finite
     */
    static Map<Block, InputSpectrum> of(
            Block model, Map<Block, Decorrelating> layers, NDList batch, NDManager scope) {
        Map<Block, NDList> seen = new IdentityHashMap<>();
        layers.forEach(
                (block, layer) -> {
                    if (layer instanceof FeatureDecorrelation dense) {
                        NDList rows = new NDList();
                        seen.put(block, rows);
                        dense.setInputWatcher(input -> rows.add(kept(input, scope)));
                    }
                });
        try (NDScope arrays = new NDScope()) {
            arrays.suppressNotUsedWarning();
            NDList inputs = new NDList();
            for (NDArray array : batch) {
                NDArray alias = array.stopGradient();
                alias.attach(scope);
                checkFinite(alias, "The batch for the budget of decorrelation");
                inputs.add(alias.toDevice(scope.getDevice(), false));
            }
            model.forward(new ParameterStore(scope, false), inputs, false);
            Map<Block, InputSpectrum> spectra = new IdentityHashMap<>();
            seen.forEach((block, rows) -> spectra.put(block, spectrum(layers.get(block), rows)));
            return spectra;
        }
    }

    /** Copies evenly spaced rows, which outlive the scopes inside the model. */
    private static NDArray kept(NDArray rows, NDManager scope) {
        long count = rows.getShape().get(0);
        NDArray some = rows.stopGradient().get(new NDIndex().addSliceDim(0, count, step(count)));
        NDArray copy = DeviceArrays.copy(some, DataType.FLOAT64);
        copy.attach(scope);
        NDScope.unregister(copy);
        return copy;
    }

    private static long step(long count) {
        return Math.max(1, (count + MOST_ROWS - 1) / MOST_ROWS);
    }

    /** The rows of all places where the layer stands, with the mean that it removes. */
    private static InputSpectrum spectrum(Decorrelating layer, List<NDArray> places) {
        String name = "The input of decorrelation layer '" + layer.getName() + "'";
        NDArray all = NDArrays.concat(new NDList(places));
        long count = all.getShape().get(0);
        if (count < LEAST_ROWS) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "%s has %d rows in the batch for the budget, too few to show in how"
                                    + " many directions it varies; give optBudget a batch with %d"
                                    + " or more, or the shape of a batch in its place.",
                            name,
                            count,
                            LEAST_ROWS));
        }
        NDArray rows = all.get(new NDIndex().addSliceDim(0, count, step(count)));
        checkFinite(rows, name);
        boolean centred = layer.getOptions().getMean().removal() != MeanRemoval.NONE;
        return InputSpectrum.of(centred ? rows.sub(rows.mean(ALONG_COLUMNS)) : rows);
    }

    private static void checkFinite(NDArray array, String name) {
        if (array.getDataType().isFloating()
                && HostValues.isTrue(array.isInfinite().logicalOr(array.isNaN()).any())) {
            throw new IllegalArgumentException(
                    name
                            + " has NaN or infinite values; give optBudget a batch of finite inputs"
                            + " and a model that makes finite values of them.");
        }
    }
}
