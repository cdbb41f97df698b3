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
package org.locallearning.djl.creditassignment.evaluator;

/**
 * The mean precision over classes: the share of the samples put into a class that belong there.
 *
 * <p>For the average see {@link ConfusionMatrix#macroPrecision}; for whether the right class is
 * among the first k use DJL's {@code TopKAccuracy}.
 */
public final class MacroPrecision extends ConfusionMatrixEvaluator {

    /** Creates an evaluator named {@code MacroPrecision}. */
    public MacroPrecision() {
        this("MacroPrecision");
    }

    /**
     * Creates an evaluator.
     *
     * @param name the name
     */
    public MacroPrecision(String name) {
        super(name);
    }

    /** {@inheritDoc} */
    @Override
    protected double measure(ConfusionMatrix matrix) {
        return matrix.macroPrecision();
    }
}
