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
import ai.djl.nn.Activation;
import org.locallearning.djl.decorrelation.internal.HostValues;

/**
 * The kind of the visible units: how they are distributed once the hidden units are known.
 *
 * <p>Each visible unit has, given the hidden units, an exponential-family distribution with the
 * natural parameter {@code x = a + W h}.
 */
public enum VisibleUnits {
    /** Units that are 0 or 1, with probability {@code σ(x)} of 1. Data lie in [0, 1]. */
    BINARY {
        @Override
        NDArray mean(NDArray natural) {
            return Activation.sigmoid(natural);
        }

        @Override
        double natural(double mean) {
            // units that are always on or off would have infinite biases
            double within = Math.max(LEAST_CHANCE, Math.min(1 - LEAST_CHANCE, mean));
            return Math.log(within / (1 - within));
        }

        @Override
        NDArray variance(NDArray mean) {
            return mean.mul(mean.sub(1)).neg();
        }

        @Override
        NDArray thirdMoment(NDArray mean) {
            return variance(mean).mul(mean.mul(-2).add(1));
        }

        @Override
        NDArray logNormalizer(NDArray natural) {
            return BoltzmannParameters.softPlus(natural).sum(new int[] {-1});
        }

        @Override
        NDArray carrierEnergy(NDArray visible) {
            return null;
        }

        @Override
        NDArray noise(NDArray means) {
            return means.getManager()
                    .randomUniform(
                            0f, 1f, means.getShape(), means.getDataType(), means.getDevice());
        }

        @Override
        NDArray sample(NDArray mean, NDArray noise) {
            return noise.lt(mean).toType(mean.getDataType(), false);
        }

        @Override
        void check(NDArray visible) {
            NDArray range = NDArrays.stack(new NDList(visible.min(), visible.max()));
            double[] values = HostValues.numbers(range);
            double least = values[0];
            double greatest = values[1];
            if (!(least >= 0 && greatest <= 1)) {
                throw new IllegalArgumentException(
                        "Binary visible units take data in [0, 1], but this batch has values from "
                                + least
                                + " to "
                                + greatest
                                + "; scale the data, or choose optVisibleUnits(VisibleUnits.GAUSSIAN).");
            }
        }
    },

    /**
     * Real-valued units of variance 1 around the mean {@code x}. Data are best standardised, to
     * mean 0 and variance 1 for each unit.
     */
    GAUSSIAN {
        @Override
        NDArray mean(NDArray natural) {
            return natural;
        }

        @Override
        double natural(double mean) {
            return mean;
        }

        @Override
        NDArray variance(NDArray mean) {
            return mean.onesLike();
        }

        @Override
        NDArray thirdMoment(NDArray mean) {
            return mean.zerosLike();
        }

        @Override
        NDArray logNormalizer(NDArray natural) {
            double constant = natural.getShape().tail() / 2.0 * Math.log(2 * Math.PI);
            return natural.square().sum(new int[] {-1}).div(2).add(constant);
        }

        @Override
        NDArray carrierEnergy(NDArray visible) {
            return visible.square().sum(new int[] {-1}).div(2);
        }

        @Override
        NDArray noise(NDArray means) {
            return means.getManager()
                    .randomNormal(0f, 1f, means.getShape(), means.getDataType(), means.getDevice());
        }

        @Override
        NDArray sample(NDArray mean, NDArray noise) {
            return mean.add(noise);
        }

        @Override
        void check(NDArray visible) {
            double sum = value(visible.sum());
            if (!Double.isFinite(sum)) {
                throw new IllegalArgumentException(
                        "The visible data of this batch contain NaN or infinite values; check the"
                                + " data set and its transforms.");
            }
        }
    };

    private static final double LEAST_CHANCE = 0.01;

    /** The mean given the hidden units, for natural parameters (N, visible). */
    abstract NDArray mean(NDArray natural);

    /** The natural parameter of a unit that has a mean, as far as it can be had. */
    abstract double natural(double mean);

    /** The variance given the hidden units, for a mean of any shape. */
    abstract NDArray variance(NDArray mean);

    /** Returns the third central moment of units with the given means. */
    abstract NDArray thirdMoment(NDArray mean);

    /** The logarithm of {@code ∫ exp(xᵀv − carrier(v)) dv} for each row x, (N). */
    abstract NDArray logNormalizer(NDArray natural);

    /** The part of a row's energy that no parameter enters, (N); null where it is zero. */
    abstract NDArray carrierEnergy(NDArray visible);

    /** The random numbers that a sample is made of, of the shape of the means. */
    abstract NDArray noise(NDArray means);

    /** A sample with these means, made of these random numbers. */
    abstract NDArray sample(NDArray mean, NDArray noise);

    /** Fails for data that cannot be states of such units. */
    abstract void check(NDArray visible);

    private static double value(NDArray scalar) {
        return HostValues.number(scalar);
    }
}
