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
package org.locallearning.djl.creditassignment.rule;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.Random;
import org.locallearning.djl.creditassignment.tape.BlockTrace;

/**
 * Normal noise that is a function of the block and the position, times a scale.
 *
 * @param factor what the noise is multiplied by, such as −1 for the opposite noise
 */
record FixedNoise(double factor) implements NoiseSource {

    static double[] unitNoise(String path, int size) {
        Random random = new Random(path.hashCode());
        return random.doubles(size).map(ignored -> random.nextGaussian()).toArray();
    }

    @Override
    public NDArray draw(BlockTrace block, NDArray output, double scale, NDManager manager) {
        double[] noise = unitNoise(block.getPath(), (int) output.size());
        for (int i = 0; i < noise.length; i++) {
            noise[i] *= factor * scale;
        }
        NDArray array = manager.create(noise, output.getShape());
        return output.getDataType() == DataType.FLOAT64
                ? array
                : array.toType(output.getDataType(), false);
    }
}
