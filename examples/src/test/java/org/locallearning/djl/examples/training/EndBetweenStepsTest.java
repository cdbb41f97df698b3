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
package org.locallearning.djl.examples.training;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The end of the program waits for the step under way, and no step follows it. */
class EndBetweenStepsTest {

    private static final long SECONDS = 30;

    @Test
    void trainingGoesOnAsLongAsNothingEnds() {
        try (EndBetweenSteps listener = new EndBetweenSteps()) {
            assertDoesNotThrow(() -> listener.onTrainingBatch(null, null));
            assertDoesNotThrow(() -> listener.onValidationBatch(null, null));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theEndComesAfterTheStepUnderWay(boolean inTraining) throws InterruptedException {
        EndBetweenSteps listener = new EndBetweenSteps();
        CountDownLatch ended = new CountDownLatch(1);
        CountDownLatch nextStep = new CountDownLatch(1);
        Thread end =
                daemon(
                        () -> {
                            listener.end();
                            ended.countDown();
                        });
        end.start();
        while (end.isAlive() && end.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        assertFalse(ended.await(0, TimeUnit.SECONDS), "a step is under way");

        Thread training =
                daemon(
                        () -> {
                            if (inTraining) {
                                listener.onTrainingBatch(null, null);
                            } else {
                                listener.onValidationBatch(null, null);
                            }
                            nextStep.countDown();
                        });
        training.start();

        assertTrue(ended.await(SECONDS, TimeUnit.SECONDS), "the step is over");
        while (training.isAlive() && training.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        assertFalse(nextStep.await(0, TimeUnit.SECONDS), "no step follows");
        listener.close();
    }

    @Test
    void theEndDoesNotWaitForTrainingThatIsOver() throws InterruptedException {
        EndBetweenSteps listener = new EndBetweenSteps();
        listener.close();
        Thread end = daemon(listener::end);
        end.start();
        end.join(TimeUnit.SECONDS.toMillis(5));

        assertFalse(end.isAlive());
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        return thread;
    }
}
