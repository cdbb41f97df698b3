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
package org.locallearning.djl.examples.sweep;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Successive halving: all settings train for few epochs, the best part of them goes on for a factor
 * of that, and so on, until those that are left have trained for all epochs.
 *
 * <p>With n settings, E epochs and the factor η there are s + 1 rungs, s = ⌊log<sub>η</sub> min(n,
 * E)⌋; at rung k = 0 ... s, ⌈n / η<sup>k</sup>⌉ settings have trained for E / η<sup>s − k</sup>
 * epochs, rounded. Each rung costs about as much as any other, so all of them cost about (s + 1) /
 * η<sup>s</sup> of the whole grid. A setting that learns slowly at first and well in the end is
 * lost: the less a rate's curve crosses others', the safer it is.
 *
 * <p>Jamieson and Talwalkar, "Non-stochastic Best Arm Identification and Hyperparameter
 * Optimization", AISTATS 2016; the budget of a rung is in epochs as in Li et al., "Hyperband", JMLR
 * 2018, bracket s<sub>max</sub>.
 */
final class Halving {

    private final int factor;
    private final List<Integer> epochs;

    /**
     * Plans the rungs.
     *
     * @param factor η, at least 2
     * @param settings n, the greatest number of settings that a method has
     * @param epochs E, the epochs of the settings that are left in the end
     * @throws IllegalArgumentException if the factor is below 2, or greater than the settings or
     *     the epochs, so that nothing could be halved
     */
    Halving(int factor, int settings, int epochs) {
        if (factor < 2) {
            throw new IllegalArgumentException(
                    "--halving keeps one of at least 2 settings, not of " + factor + ".");
        }
        if (settings < factor || epochs < factor) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "--halving by %d takes at least %d settings of a method and %d epochs,"
                                    + " not %d and %d: leave it out, or halve by less.",
                            factor,
                            factor,
                            factor,
                            settings,
                            epochs));
        }
        this.factor = factor;
        int last = 0;
        long power = 1;
        while (power * factor <= Math.min(settings, epochs)) {
            power *= factor;
            last++;
        }
        List<Integer> planned = new ArrayList<>();
        for (int rung = 0; rung <= last; rung++) {
            planned.add((int) Math.round(epochs / Math.pow(factor, last - rung)));
        }
        this.epochs = List.copyOf(planned);
    }

    /** Returns after which epochs settings are compared, in order; the last is E. */
    List<Integer> epochs() {
        return epochs;
    }

    /** Returns how many of n settings train up to a rung, at least one. */
    int settings(int n, int rung) {
        long power = 1;
        for (int i = 0; i < rung; i++) {
            power *= factor;
        }
        return (int) Math.max(1, (n + power - 1) / power);
    }
}
