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
import java.util.Locale;
import org.locallearning.djl.decorrelation.internal.HostValues;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Rejects input that a matrix cannot learn from, and warns once per layer if it may diverge. */
final class DivergenceGuard {

    private static final Logger logger = LoggerFactory.getLogger(DivergenceGuard.class);

    /** Beyond this amplification of the sample, an update that overshoots cannot recover. */
    private static final double MAX_AMPLIFICATION = 1e3;

    private final Decorrelating layer;
    private volatile boolean warned;

    DivergenceGuard(Decorrelating layer) {
        this.layer = layer;
    }

    /** Fails if an array has an entry that is not finite. */
    void checkFinite(NDArray array) {
        checkFinite(HostValues.number(array.sum()));
    }

    /** Fails if the sum of an input's entries is not finite. */
    void checkFinite(double sum) {
        if (!Double.isFinite(sum)) {
            throw new NonFiniteInputException(
                    "The input of decorrelation layer '"
                            + layer.getName()
                            + "' contains NaN or infinite values; check the data and the learning"
                            + " rate of the layers before it.");
        }
    }

    /**
     * Fails if the input is not finite, or if an update at this rate cannot recover.
     *
     * @param inputs the rows before the matrix, (K, n)
     * @param outputs the rows after it, (K, n)
     * @param input the energy of the rows before the matrix
     * @param output the energy of those after it
     * @param rate the rate of the update
     */
    void checkUpdate(NDArray inputs, NDArray outputs, double input, double output, double rate) {
        checkFinite(input);
        // the trace bounds the largest eigenvalue, so most steps need no more than this
        double trace = output / outputs.getShape().get(0);
        if (rate * trace < 2) {
            return;
        }
        double amplification = Math.sqrt(output / input);
        boolean finite = Double.isFinite(amplification);
        if (finite && rate * CorrelationStatistics.largestSecondMoment(outputs) < 2) {
            return;
        }
        if (finite && amplification < MAX_AMPLIFICATION) {
            warnOnce(
                    "The update of decorrelation layer '{}' overshoots at rate {}; it may diverge.",
                    layer.getName(),
                    rate);
            return;
        }
        throw new DivergedDecorrelationException(
                String.format(
                        Locale.ROOT,
                        "Decorrelation layer '%s' diverged at rate %.3g: its matrix amplifies the"
                                + " sampled input %s. The largest stable rate for this input is"
                                + " about %.2g; set a lower rate and start again.",
                        layer.getName(),
                        rate,
                        finite
                                ? String.format(Locale.ROOT, "%.3g times", amplification)
                                : "beyond all numbers",
                        1 / CorrelationStatistics.largestSecondMoment(inputs)));
    }

    /** Warns that the gain of an update was clamped. */
    void gainAtLimit(double gain) {
        warnOnce(
                "The gain of decorrelation layer '{}' reached its limit ({}); the rate may be too"
                        + " high, or the layer's input may be dead.",
                layer.getName(),
                gain);
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
