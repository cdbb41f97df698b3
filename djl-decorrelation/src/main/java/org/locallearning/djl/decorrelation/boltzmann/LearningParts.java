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
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Parameter;
import java.util.List;

/**
 * Which of the three parameters of a restricted Boltzmann machine learn; the others are frozen.
 *
 * @param visibleBias whether the visible biases a learn
 * @param hiddenBias whether the hidden biases b learn
 * @param weight whether the weights W learn
 */
public record LearningParts(boolean visibleBias, boolean hiddenBias, boolean weight) {

    private static final LearningParts ALL = new LearningParts(true, true, true);

    /**
     * Returns that everything learns.
     *
     * @return the three parts
     */
    public static LearningParts all() {
        return ALL;
    }

    /** Returns what learns of a machine. */
    static LearningParts of(RestrictedBoltzmannMachine machine) {
        // the machine's order of parameters: weight, visible bias, hidden bias
        List<Parameter> parameters = machine.getParameters().values();
        return new LearningParts(
                parameters.get(1).requiresGradient(),
                parameters.get(2).requiresGradient(),
                parameters.get(0).requiresGradient());
    }

    /** Returns whether everything is frozen. */
    boolean isNone() {
        return !visibleBias && !hiddenBias && !weight;
    }

    /**
     * Puts zeros in the place of what is frozen.
     *
     * @param statistics a gradient or a direction
     * @return the same of what learns, and zeros elsewhere
     */
    public SufficientStatistics keep(SufficientStatistics statistics) {
        return new SufficientStatistics(
                keep(visibleBias, statistics.visible()),
                keep(hiddenBias, statistics.hidden()),
                keep(weight, statistics.product()));
    }

    private static NDArray keep(boolean learns, NDArray part) {
        return learns ? part : part.zerosLike();
    }

    /**
     * Takes what is frozen out of an axis of all parameters.
     *
     * @param array an array with an axis in the order of {@link SufficientStatistics#toVector}
     * @param axis the axis
     * @param visibleSize the number of visible units
     * @param hiddenSize the number of hidden units
     * @return the array without the places of frozen parameters
     */
    NDArray select(NDArray array, int axis, long visibleSize, long hiddenSize) {
        if (equals(ALL)) {
            return array;
        }
        NDList parts = array.split(new long[] {visibleSize, visibleSize + hiddenSize}, axis);
        boolean[] learn = {visibleBias, hiddenBias, weight};
        NDList kept = new NDList();
        for (int i = 0; i < learn.length; ++i) {
            if (learn[i]) {
                kept.add(parts.get(i));
            }
        }
        return NDArrays.concat(kept, axis);
    }

    /**
     * Puts a vector of what learns back in its place.
     *
     * @param vector one number for each parameter that learns, as {@link #select} leaves them
     * @param like statistics of the same shapes
     * @return the numbers, and zeros elsewhere
     */
    SufficientStatistics spread(NDArray vector, SufficientStatistics like) {
        NDList all = like.toList();
        boolean[] learn = {visibleBias, hiddenBias, weight};
        NDList parts = new NDList();
        long begin = 0;
        for (int i = 0; i < learn.length; ++i) {
            NDArray part = all.get(i);
            if (learn[i]) {
                long end = begin + part.size();
                parts.add(vector.get(begin + ":" + end).reshape(part.getShape()));
                begin = end;
            } else {
                parts.add(part.zerosLike());
            }
        }
        return SufficientStatistics.fromList(parts);
    }
}
