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
package org.locallearning.djl.creditassignment.pseudoconv;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Random;

/** The distribution that the elements of noise maps are drawn from; its mean is zero. */
public enum NoiseDistribution {
    /**
     * Uniform within plus and minus the level: standard deviation {@code level / √3}. The authors'
     * code of perturbative layers (Juefei-Xu, Boddeti and Savvides, CVPR 2018).
     */
    UNIFORM {
        @Override
        double draw(Random random) {
            return 2 * random.nextDouble() - 1;
        }

        @Override
        NDArray draw(NDManager manager, Shape shape, DataType type) {
            return manager.randomUniform(-1, 1, shape, type);
        }
    },
    /**
     * Normal, the level being the standard deviation (Ororbia, Mali, Kifer and Giles,
     * arXiv:2002.03911).
     */
    GAUSSIAN {
        @Override
        double draw(Random random) {
            return random.nextGaussian();
        }

        @Override
        NDArray draw(NDManager manager, Shape shape, DataType type) {
            return manager.randomNormal(0, 1, shape, type);
        }
    };

    abstract double draw(Random random);

    abstract NDArray draw(NDManager manager, Shape shape, DataType type);
}
