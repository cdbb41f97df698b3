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
package org.locallearning.djl.examples.compare;

import ai.djl.engine.Engine;
import ai.djl.training.Trainer;
import ai.djl.training.listener.TrainingListenerAdapter;
import java.util.Random;

/**
 * Sets the engine's seed before every epoch, so that every method sees the images in the same order
 * however many random numbers it draws itself.
 */
final class SeededEpochs extends TrainingListenerAdapter {

    private final Engine engine;
    private final int seed;
    private int epoch;

    SeededEpochs(Engine engine, int seed) {
        this.engine = engine;
        this.seed = seed;
    }

    /** Sets the seed of the next epoch. */
    void next() {
        ++epoch;
        engine.setRandomSeed(new Random((long) seed << Integer.SIZE | epoch).nextInt());
    }

    /** {@inheritDoc} */
    @Override
    public void onEpoch(Trainer trainer) {
        next();
    }
}
