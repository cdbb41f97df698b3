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
package org.locallearning.djl.creditassignment;

import ai.djl.training.listener.TrainingListener;
import java.util.List;

/**
 * A training listener that compares a rule's gradient with backpropagation's on the same batch.
 *
 * <p>A {@link CreditTrainer} finds it among the listeners of its configuration; other trainers
 * treat it as an ordinary listener.
 */
public interface CreditListener extends TrainingListener {

    /**
     * Decides whether to compare the batch at hand. A comparison costs one backward more.
     *
     * @param trainer the trainer
     * @return true to be given the comparison
     */
    boolean wantsComparison(CreditTrainer trainer);

    /**
     * Called in a batch that is compared, after backpropagation's backward pass and before the
     * rule's. What runs from {@link #wantsComparison} to here and from {@link #afterRule} to the
     * end of {@link #onCredit} is measurement, which a clock of training may leave out.
     *
     * @param trainer the trainer
     */
    default void beforeRule(CreditTrainer trainer) {}

    /**
     * Called in a batch that is compared, after the rule's backward pass.
     *
     * @param trainer the trainer
     */
    default void afterRule(CreditTrainer trainer) {}

    /**
     * Receives the comparison of a batch, layer by layer, before the optimizer's step.
     *
     * @param trainer the trainer
     * @param layers one entry per trainable weighted layer, in the order in which layers run, those
     *     inside blocks that run as one piece last; the arrays are closed after the call
     */
    void onCredit(CreditTrainer trainer, List<LayerCredit> layers);
}
