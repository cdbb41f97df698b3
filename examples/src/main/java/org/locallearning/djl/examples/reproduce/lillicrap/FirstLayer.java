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
package org.locallearning.djl.examples.reproduce.lillicrap;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.Trainer;
import ai.djl.training.listener.TrainingListenerAdapter;
import com.google.gson.reflect.TypeToken;
import java.io.IOException;
import org.locallearning.djl.examples.results.TileSheet;
import org.locallearning.djl.examples.training.JsonEntry;
import org.locallearning.djl.state.StateReader;
import org.locallearning.djl.state.StateWriter;
import org.locallearning.djl.state.Stateful;

/**
 * Keeps what units of the first dense layer receive from each pixel, at the beginning of training
 * and after the last epoch so far.
 */
final class FirstLayer extends TrainingListenerAdapter implements Stateful {

    private static final JsonEntry<Fields> BEFORE =
            new JsonEntry<>("before", TypeToken.get(Fields.class));
    private static final JsonEntry<Fields> AFTER =
            new JsonEntry<>("after", TypeToken.get(Fields.class));

    private final int units;
    private final int side;
    private Fields before;
    private Fields after;

    /**
     * Watches a layer.
     *
     * @param units how many units to keep, the first ones
     * @param side the side of an image, in pixels
     */
    FirstLayer(int units, int side) {
        this.units = units;
        this.side = side;
    }

    /**
     * The receptive fields at one time.
     *
     * @param smoothness the correlation between the weights of neighbouring pixels, over all units
     * @param weights the weights of each of the first units
     */
    record Fields(double smoothness, TileSheet weights) {}

    Fields before() {
        return before;
    }

    Fields after() {
        return after;
    }

    /** {@inheritDoc} */
    @Override
    public void onTrainingBatch(Trainer trainer, BatchData batchData) {
        if (before == null) {
            // the trainer has not taken its first step yet
            before = fields(trainer);
        }
    }

    /** {@inheritDoc} */
    @Override
    public void onEpoch(Trainer trainer) {
        after = fields(trainer);
    }

    /** {@inheritDoc} */
    @Override
    public void saveState(StateWriter out) throws IOException {
        BEFORE.write(out, before);
        AFTER.write(out, after);
    }

    /** {@inheritDoc} */
    @Override
    public Runnable loadState(StateReader in) throws MalformedModelException {
        Fields first = BEFORE.readOrNull(in);
        Fields last = AFTER.readOrNull(in);
        return () -> {
            before = first;
            after = last;
        };
    }

    private Fields fields(Trainer trainer) {
        NDArray weight = trainer.getModel().getBlock().getParameters().valueAt(0).getArray();
        try (NDManager scope = trainer.getManager().newSubManager()) {
            NDArray copy = weight.duplicate();
            copy.attach(scope);
            long shown = Math.min(units, copy.getShape().get(0));
            return new Fields(
                    smoothness(copy.toFloatArray(), side), TileSheet.of(copy.get("0:" + shown)));
        }
    }

    /**
     * Returns the correlation between the numbers of pixels that are neighbours, above or beside.
     *
     * @param images square images, row by row, one after the other
     * @param side their side
     */
    static double smoothness(float[] images, int side) {
        double count = 0;
        double left = 0;
        double right = 0;
        double leftSquare = 0;
        double rightSquare = 0;
        double product = 0;
        for (int i = 0; i < images.length; i++) {
            for (int step : new int[] {1, side}) {
                boolean inside =
                        step == 1 ? i % side < side - 1 : i % (side * side) < side * (side - 1);
                if (inside) {
                    double a = images[i];
                    double b = images[i + step];
                    count++;
                    left += a;
                    right += b;
                    leftSquare += a * a;
                    rightSquare += b * b;
                    product += a * b;
                }
            }
        }
        double covariance = product / count - left / count * (right / count);
        double variances =
                (leftSquare / count - Math.pow(left / count, 2))
                        * (rightSquare / count - Math.pow(right / count, 2));
        return covariance / Math.sqrt(variances);
    }
}
