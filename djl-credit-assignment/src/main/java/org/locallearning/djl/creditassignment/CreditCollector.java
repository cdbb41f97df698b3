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

import ai.djl.ndarray.NDArray;
import ai.djl.training.GradientCollector;

/** Lets the engine differentiate the loss as far as the predictions, and the rule do the rest. */
final class CreditCollector implements GradientCollector {

    private final CreditTrainer trainer;
    private final GradientCollector engine;

    CreditCollector(CreditTrainer trainer, GradientCollector engine) {
        this.trainer = trainer;
        this.engine = engine;
    }

    /** {@inheritDoc} */
    @Override
    public void backward(NDArray loss) {
        trainer.assignCredit(loss, engine);
    }

    /** {@inheritDoc} */
    @Override
    public void zeroGradients() {
        engine.zeroGradients();
    }

    /** {@inheritDoc} */
    @Override
    public void close() {
        engine.close();
    }
}
