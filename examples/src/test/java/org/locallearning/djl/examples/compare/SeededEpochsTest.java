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

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import ai.djl.engine.Engine;
import ai.djl.util.RandomUtils;
import org.junit.jupiter.api.Test;

class SeededEpochsTest {

    private final Engine engine = Engine.getEngine("PyTorch");

    @Test
    void orderOfAnEpochDoesNotDependOnWhatWasDrawnBefore() {
        SeededEpochs quiet = new SeededEpochs(engine, 1);
        quiet.next();
        int first = RandomUtils.nextInt();
        quiet.onEpoch(null);
        int second = RandomUtils.nextInt();

        SeededEpochs drawing = new SeededEpochs(engine, 1);
        drawing.next();
        assertEquals(first, RandomUtils.nextInt());
        RandomUtils.nextInt();
        drawing.onEpoch(null);
        assertEquals(second, RandomUtils.nextInt());
        assertNotEquals(first, second);
    }

    @Test
    void seedsDiffer() {
        new SeededEpochs(engine, 1).next();
        int one = RandomUtils.nextInt();
        new SeededEpochs(engine, 2).next();
        assertNotEquals(one, RandomUtils.nextInt());
    }
}
