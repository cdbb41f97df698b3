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
package org.locallearning.djl.decorrelation.boltzmann;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.ArrayDataset;
import java.util.ArrayList;
import java.util.List;

/**
 * Pictures of 3 x 3 units whose rows are all on or all off, or whose columns are: 14 states of
 * equal chance out of 512, so that no machine can be more likely than {@code log(1 / 14)} on
 * average.
 */
final class BarsAndStripes {

    static final int SIDE = 3;
    static final int UNITS = SIDE * SIDE;
    static final double BEST = -Math.log(14);

    private BarsAndStripes() {}

    /** Every picture once, (14, 9), float64. */
    static NDArray pictures(NDManager manager) {
        List<double[]> pictures = new ArrayList<>();
        for (int state = 0; state < 1 << SIDE; ++state) {
            double[] bars = new double[UNITS];
            double[] stripes = new double[UNITS];
            for (int row = 0; row < SIDE; ++row) {
                for (int column = 0; column < SIDE; ++column) {
                    bars[row * SIDE + column] = state >> row & 1;
                    stripes[row * SIDE + column] = state >> column & 1;
                }
            }
            pictures.add(bars);
            // all off and all on are bars already
            if (state != 0 && state != (1 << SIDE) - 1) {
                pictures.add(stripes);
            }
        }
        return manager.create(pictures.toArray(new double[0][])).duplicate();
    }

    /** The pictures as a data set, a label 1 for those with a bar and none for the rest. */
    static ArrayDataset dataset(NDManager manager, int batch, boolean random) {
        NDArray pictures = pictures(manager);
        long rows = pictures.getShape().get(0);
        return new ArrayDataset.Builder()
                .setData(pictures)
                .optLabels(manager.arange((int) rows).mod(2))
                .setSampling(batch, random)
                .build();
    }
}
