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
import ai.djl.ndarray.types.Shape;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Random;
import org.locallearning.djl.creditassignment.layer.Fan;
import org.locallearning.djl.decorrelation.internal.HostNumber;

/**
 * The distribution of random feedback weights: uniform or normal, with a scale that may depend on
 * the shape, and a density below one for sparse feedback.
 *
 * <p>Shapes are those of weights, (out, in, kernel...); the fan-in is {@code in · kernel} and the
 * fan-out {@code out · kernel}, as in PyTorch. Papers differ in the scale: Ahmad's code uses
 * Kaiming's, {@code ±√(6 / fan-in)}, the default here; biotorch uses Xavier's for weights and
 * feedback; dfa-torch uses {@code ±1 / √(fan-in)}.
 */
public final class FeedbackDistribution {

    private final Form form;
    private final Scale scale;
    private final String name;
    private final double gain;
    private final double density;

    private FeedbackDistribution(Form form, Scale scale, String name, double gain, double density) {
        this.form = form;
        this.scale = scale;
        this.name = name;
        this.gain = gain;
        this.density = density;
    }

    private static FeedbackDistribution of(Form form, Scale scale, String name) {
        return new FeedbackDistribution(form, scale, name, 1, 1);
    }

    /**
     * Uniform within {@code ±√(6 / fan-in)}: standard deviation {@code √(2 / fan-in)}.
     *
     * @return the distribution
     */
    public static FeedbackDistribution kaimingUniform() {
        return of(Form.UNIFORM, (fanIn, fanOut) -> Math.sqrt(2.0 / fanIn), "Kaiming uniform");
    }

    /**
     * Uniform within {@code ±√(6 / (fan-in + fan-out))}: standard deviation {@code √(2 / (fan-in +
     * fan-out))}.
     *
     * @return the distribution
     */
    public static FeedbackDistribution xavierUniform() {
        return of(
                Form.UNIFORM,
                (fanIn, fanOut) -> Math.sqrt(2.0 / (fanIn + fanOut)),
                "Xavier uniform");
    }

    /**
     * Uniform within {@code ±1 / √(fan-in)}, PyTorch's default for weights: standard deviation
     * {@code 1 / √(3 · fan-in)}.
     *
     * @return the distribution
     */
    public static FeedbackDistribution fanInUniform() {
        return of(
                Form.UNIFORM, (fanIn, fanOut) -> 1 / Math.sqrt(3.0 * fanIn), "uniform ±1/√fan-in");
    }

    /**
     * Uniform within {@code ±bound}.
     *
     * @param bound the bound, above 0
     * @return the distribution
     */
    public static FeedbackDistribution uniform(double bound) {
        checkPositive("bound", bound);
        return of(Form.UNIFORM, (fanIn, fanOut) -> bound / Math.sqrt(3), "uniform ±" + bound);
    }

    /**
     * Normal with mean zero.
     *
     * @param standardDeviation the standard deviation, above 0
     * @return the distribution
     */
    public static FeedbackDistribution normal(double standardDeviation) {
        checkPositive("standard deviation", standardDeviation);
        return of(
                Form.NORMAL,
                (fanIn, fanOut) -> standardDeviation,
                "normal with σ = " + standardDeviation);
    }

    /**
     * Returns this distribution, with every weight multiplied by a factor.
     *
     * @param gain the factor, above 0
     * @return the scaled distribution
     */
    public FeedbackDistribution withGain(double gain) {
        checkPositive("gain", gain);
        return new FeedbackDistribution(form, scale, name, this.gain * gain, density);
    }

    /**
     * Returns this distribution, with each weight kept with a probability and zero otherwise. The
     * weights that are kept keep their size.
     *
     * @param density the probability, above 0 and at most 1
     * @return the sparse distribution
     */
    public FeedbackDistribution withDensity(double density) {
        if (!(density > 0 && density <= 1)) {
            throw new IllegalArgumentException(
                    "The density of feedback weights is above 0 and at most 1, not "
                            + density
                            + ".");
        }
        return new FeedbackDistribution(form, scale, name, gain, density);
    }

    private static void checkPositive(String what, double value) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    String.format("The %s of feedback weights is above 0, not %s.", what, value));
        }
    }

    /**
     * Returns the standard deviation of the weights that are not left out.
     *
     * @param shape the shape of the weights, (out, in, kernel...)
     * @return the standard deviation
     */
    public double standardDeviation(Shape shape) {
        return standardDeviation(Fan.of(shape));
    }

    /**
     * Returns the standard deviation of the weights that are not left out.
     *
     * @param fan the fan of the weights
     * @return the standard deviation
     */
    public double standardDeviation(Fan fan) {
        return gain * scale.standardDeviation(fan.in(), fan.out());
    }

    /**
     * Returns weights that are a function of only a seed, the path and the shape: a program that
     * restarts or resumes has the same weights.
     *
     * @param seed the seed
     * @return the source of weights
     */
    public FeedbackSource seeded(long seed) {
        return new SeededFeedback(this, seed);
    }

    double getDensity() {
        return density;
    }

    /** Draws weights that are a function of the arguments alone. */
    NDArray draw(NDManager manager, long seed, String path, Shape shape, DataType type, Fan fan) {
        // java.util.Random's sequences are part of its specification
        Random random = new Random(hash(seed, path, shape));
        double deviation = standardDeviation(fan);
        double[] values = new double[Math.toIntExact(shape.size())];
        for (int i = 0; i < values.length; i++) {
            double value = deviation * form.draw(random);
            boolean kept = density == 1 || random.nextDouble() < density;
            values[i] = kept ? value : 0;
        }
        return create(manager, values, shape, type);
    }

    private static NDArray create(NDManager manager, double[] values, Shape shape, DataType type) {
        if (type == DataType.FLOAT64) {
            return manager.create(values, shape);
        }
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        NDArray array = manager.create(floats, shape);
        return array.toType(type, false);
    }

    /**
     * Draws weights.
     *
     * @param random the random numbers
     * @param manager the manager to create them with
     * @param shape the shape
     * @param type the type of data
     * @param fan the fan of the weights
     * @return the weights
     */
    NDArray draw(RandomSource random, NDManager manager, Shape shape, DataType type, Fan fan) {
        NDArray values =
                HostNumber.muli(form.draw(random, manager, shape, type), standardDeviation(fan));
        if (density < 1) {
            NDArray place = random.uniform(manager, 0, 1, shape, DataType.FLOAT32);
            NDArray kept = HostNumber.with(place, density, NDArray::lt);
            values.muli(kept.toType(type, false));
        }
        return values;
    }

    /** A 64-bit FNV-1a hash. */
    private static long hash(long seed, String path, Shape shape) {
        long hash = 0xcbf29ce484222325L;
        String text = seed + "/" + path + "/" + shape;
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
        }
        // the generator keeps the lower 48 bits: let the upper ones count
        return hash ^ (hash >>> 32);
    }

    /** {@inheritDoc} */
    @Override
    public boolean equals(Object o) {
        if (!(o instanceof FeedbackDistribution)) {
            return false;
        }
        FeedbackDistribution other = (FeedbackDistribution) o;
        return name.equals(other.name) && gain == other.gain && density == other.density;
    }

    /** {@inheritDoc} */
    @Override
    public int hashCode() {
        return Objects.hash(name, gain, density);
    }

    /** Returns the form and scale in words. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(name);
        if (gain != 1) {
            text.append(", gain ").append(gain);
        }
        if (density != 1) {
            text.append(", density ").append(density);
        }
        return text.toString();
    }

    /** A standard deviation that follows the shape. */
    @FunctionalInterface
    private interface Scale {
        double standardDeviation(long fanIn, long fanOut);
    }

    /** A form of standard deviation one. */
    private enum Form {
        UNIFORM {
            @Override
            double draw(Random random) {
                return Math.sqrt(3) * (2 * random.nextDouble() - 1);
            }

            @Override
            NDArray draw(RandomSource random, NDManager manager, Shape shape, DataType type) {
                double bound = Math.sqrt(3);
                return random.uniform(manager, -bound, bound, shape, type);
            }
        },
        NORMAL {
            @Override
            double draw(Random random) {
                return random.nextGaussian();
            }

            @Override
            NDArray draw(RandomSource random, NDManager manager, Shape shape, DataType type) {
                return random.normal(manager, shape, type);
            }
        };

        abstract double draw(Random random);

        abstract NDArray draw(RandomSource random, NDManager manager, Shape shape, DataType type);
    }
}
