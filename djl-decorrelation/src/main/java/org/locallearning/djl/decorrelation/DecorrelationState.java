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

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.util.PairList;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a decorrelation layer keeps beside its arrays, and the guard around its updates. */
final class DecorrelationState {

    private static final Logger logger = LoggerFactory.getLogger(DecorrelationState.class);

    /** Beyond this amplification of the sample, an update that overshoots cannot recover. */
    private static final double MAX_AMPLIFICATION = 1e3;

    private final DecorrelationOptions options;
    private final MatrixUpdate update;
    private final Map<Device, Long> steps = new ConcurrentHashMap<>();
    private volatile long restoredSteps;
    private volatile double lastGain = Double.NaN;
    private volatile boolean warned;
    private volatile DecorrelationObserver observer;

    /**
     * Creates the state of a layer.
     *
     * @param options the settings
     * @param update the rule that the matrix learns by; null if it is not learned by a rule
     */
    DecorrelationState(DecorrelationOptions options, MatrixUpdate update) {
        this.options = options;
        this.update = update;
    }

    static boolean learns(boolean training, PairList<String, Object> params) {
        return training
                && (params == null || !Boolean.FALSE.equals(params.get(Decorrelating.LEARN)));
    }

    /** Refuses the encoding of another version of a layer. */
    static void checkVersion(String layer, byte version, byte expected)
            throws MalformedModelException {
        if (version != expected) {
            throw new MalformedModelException(
                    "Decorrelation layer '"
                            + layer
                            + "' cannot read encoding version "
                            + version
                            + "; the file was written by a newer release, or for another model.");
        }
    }

    DecorrelationOptions getOptions() {
        return options;
    }

    double getLastGain() {
        return lastGain;
    }

    void setObserver(DecorrelationObserver observer) {
        this.observer = observer;
    }

    /** The furthest count of training forwards over the devices. */
    long getSteps() {
        return steps.values().stream().mapToLong(Long::longValue).max().orElse(restoredSteps);
    }

    void restoreSteps(long count) {
        steps.clear();
        restoredSteps = count;
    }

    /** Counts a training forward on a device. */
    void countStep(Device device) {
        steps.put(device, step(device) + 1);
    }

    /** Whether the training forward that has begun on a device is to update M. */
    boolean isUpdateDue(Device device) {
        return step(device) % options.getUpdateInterval() == 0 && rate(device) > 0;
    }

    double rate(Device device) {
        return options.getRate(step(device));
    }

    private long step(Device device) {
        return steps.getOrDefault(device, restoredSteps);
    }

    /**
     * Fails if a batch mean is not finite, where the check of the sample does not tell: where the
     * sample is not looked at, or is centred by another mean.
     */
    void checkMean(Decorrelating layer, NDArray batchMean, boolean due) {
        if (batchMean != null && !(due && options.getMeanRemoval() == MeanRemoval.BATCH)) {
            NDArray sum = batchMean.stopGradient().sum().toType(DataType.FLOAT64, false);
            checkFinite(layer, sum.getDouble());
        }
    }

    /** Moves a running average towards the value of a batch. */
    void blend(NDArray average, NDArray batchValue) {
        NDArray value = batchValue.stopGradient().reshape(average.getShape());
        average.addi(value.sub(average).mul(options.getMeanMomentum()));
    }

    /** Shows a sample to the observer. */
    void observe(Decorrelating layer, int block, NDArray centred, NDArray outputs) {
        if (observer != null) {
            observer.sampled(layer, block, centred, outputs);
        }
    }

    /** Updates one block of M from its sample, unless the sample shows that M has diverged. */
    void learn(
            Decorrelating layer,
            int block,
            NDArray matrix,
            NDArray raw,
            NDArray centred,
            NDArray outputs) {
        learn(layer, block, matrix, raw, centred, outputs, update);
    }

    /** Does so by another rule than the layer's usual one. */
    void learn(
            Decorrelating layer,
            int block,
            NDArray matrix,
            NDArray raw,
            NDArray centred,
            NDArray outputs,
            MatrixUpdate rule) {
        double rate = rate(matrix.getDevice());
        ActivitySample sample = new ActivitySample(centred, outputs);
        check(layer, sample, rate);
        observe(layer, block, centred, outputs);
        ActivitySample compared =
                options.isRawInputNorm() ? new ActivitySample(raw, outputs) : sample;
        double gain = rule.apply(matrix, compared, rate, options);
        lastGain = gain;
        if (gain <= options.getMinGain() || gain >= options.getMaxGain()) {
            warnOnce(
                    "The gain of decorrelation layer '{}' reached its limit ({}); the rate may be"
                            + " too high, or the layer's input may be dead.",
                    layer.getName(),
                    gain);
        }
    }

    /** Fails if the input is not finite, or if an update at this rate cannot recover. */
    void check(Decorrelating layer, ActivitySample sample, double rate) {
        double input = sample.inputEnergy();
        double output = sample.outputEnergy();
        checkFinite(layer, input);
        // the trace bounds the largest eigenvalue, so most steps need no more than this
        double trace = output / sample.rows();
        if (rate * trace < 2) {
            return;
        }
        double amplification = Math.sqrt(output / input);
        boolean finite = Double.isFinite(amplification);
        if (finite && rate * CorrelationStatistics.largestSecondMoment(sample.outputs()) < 2) {
            return;
        }
        if (finite && amplification < MAX_AMPLIFICATION) {
            warnOnce(
                    "The update of decorrelation layer '{}' overshoots at rate {}; it may diverge.",
                    layer.getName(),
                    rate);
            return;
        }
        throw new IllegalStateException(
                String.format(
                        "Decorrelation layer '%s' diverged at rate %.3g: its matrix amplifies the"
                                + " sampled input %s. The largest stable rate for this input is"
                                + " about %.2g; set a lower rate and start again.",
                        layer.getName(),
                        rate,
                        finite ? String.format("%.3g times", amplification) : "beyond all numbers",
                        1 / CorrelationStatistics.largestSecondMoment(sample.inputs())));
    }

    /** Fails if a sum over a layer's input is not finite. */
    void checkFinite(Decorrelating layer, double sum) {
        if (!Double.isFinite(sum)) {
            throw new IllegalArgumentException(
                    "The input of decorrelation layer '"
                            + layer.getName()
                            + "' contains NaN or infinite values; check the data and the learning"
                            + " rate of the layers before it.");
        }
    }

    private void warnOnce(String message, Object... arguments) {
        if (warned) {
            logger.debug(message, arguments);
        } else {
            warned = true;
            logger.warn(message, arguments);
        }
    }
}
