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
 * The mean F1 over classes, the harmonic mean of a class's precision and recall.
 *
 * <p>For the average see {@link ConfusionMatrix#macroF1}; for whether the right class is among the
 * first k use DJL's {@code TopKAccuracy}.
 */
public final class MacroF1 extends ConfusionMatrixEvaluator {

    /** Creates an evaluator named {@code MacroF1}. */
    public MacroF1() {
        this("MacroF1");
    }

    /**
     * Creates an evaluator.
     *
     * @param name the name
     */
    public MacroF1(String name) {
        super(name);
    }

    /** {@inheritDoc} */
    @Override
    protected double measure(ConfusionMatrix matrix) {
        return matrix.macroF1();
    }
}
