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
 * The mean recall over classes. Recall is how much of what belongs into a class was put there.
 *
 * <p>See {@link ConfusionMatrix#macroRecall} for what is averaged, and {@code TopKAccuracy} of DJL
 * for whether the right class is among the first ones.
 */
public final class MacroRecall extends ConfusionMatrixEvaluator {

    /** Creates an evaluator named {@code MacroRecall}. */
    public MacroRecall() {
        this("MacroRecall");
    }

    /**
     * Creates an evaluator.
     *
     * @param name the name
     */
    public MacroRecall(String name) {
        super(name);
    }

    /** {@inheritDoc} */
    @Override
    protected double measure(ConfusionMatrix matrix) {
        return matrix.macroRecall();
    }
}
