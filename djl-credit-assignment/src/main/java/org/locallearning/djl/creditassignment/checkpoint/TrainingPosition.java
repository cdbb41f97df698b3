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
package org.locallearning.djl.creditassignment.checkpoint;

import java.util.Locale;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * The position in training, and the seed of its random numbers.
 *
 * <p>DJL's random numbers can be seeded but their state cannot be read. So the order of the data is
 * a function of the seed and the epoch, and the noise of a batch (dropout, perturbations, mirrors)
 * one of the seed, the epoch and the batch. A resumed run draws the same.
 *
 * @param seed the seed of the run
 * @param epoch the number of epochs done
 * @param batch the number of batches done in the next epoch
 * @param samples the number of samples in those batches, 0 if they were not counted
 */
public record TrainingPosition(int seed, int epoch, int batch, long samples) {

    /**
     * Checks the numbers.
     *
     * @param seed the seed of the run
     * @param epoch the number of epochs that are done, at least 0
     * @param batch the number of batches that are done in the epoch after them, at least 0
     * @param samples the number of samples in those batches, 0 if they were not counted
     */
    public TrainingPosition {
        if (epoch < 0 || batch < 0 || samples < 0) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "Training cannot have come to epoch %d, batch %d, %d samples.",
                            epoch,
                            batch,
                            samples));
        }
    }

    /**
     * Creates a position of training whose samples are not counted.
     *
     * @param seed the seed of the run
     * @param epoch the number of epochs that are done, at least 0
     * @param batch the number of batches that are done in the epoch after them, at least 0
     */
    public TrainingPosition(int seed, int epoch, int batch) {
        this(seed, epoch, batch, 0);
    }

    /**
     * Returns the seed of the epoch that comes next or is under way, for the order of its data.
     *
     * @return the seed
     */
    public int epochSeed() {
        // of the seed's high half, Random would drop what is shifted beyond its 48 bits
        long high = (long) (seed >>> Short.SIZE) << Short.SIZE;
        return new Random((long) seed << Integer.SIZE ^ high ^ epoch + 1).nextInt();
    }

    /**
     * Returns the seed of the batch that comes next, for its noise.
     *
     * @return the seed
     */
    public int batchSeed() {
        return new SplittableRandom((long) epochSeed() << Integer.SIZE | batch).nextInt();
    }

    TrainingPosition afterBatch(long batchSamples) {
        boolean isCounted = batch == 0 || samples > 0;
        return new TrainingPosition(seed, epoch, batch + 1, isCounted ? samples + batchSamples : 0);
    }

    TrainingPosition afterEpoch() {
        return new TrainingPosition(seed, epoch + 1, 0);
    }

    /** Returns the position as messages have it. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "epoch %d, batch %d, seed %d", epoch, batch, seed);
    }
}
