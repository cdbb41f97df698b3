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

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HalvingTest {

    private static List<Integer> settings(Halving halving, int n) {
        return IntStream.range(0, halving.epochs().size())
                .mapToObj(rung -> halving.settings(n, rung))
                .toList();
    }

    /** Table 1 of Li et al. 2018, the first column. */
    @Test
    void hasTheRungsOfHyperbandsGreatestBracket() {
        Halving halving = new Halving(3, 81, 81);

        assertEquals(List.of(1, 3, 9, 27, 81), halving.epochs());
        assertEquals(List.of(81, 27, 9, 3, 1), settings(halving, 81));
    }

    @Test
    void roundsUpSettingsAndKeepsAllEpochsForTheLast() {
        Halving halving = new Halving(3, 5, 10);

        assertEquals(List.of(3, 10), halving.epochs());
        assertEquals(List.of(5, 2), settings(halving, 5));
        assertEquals(List.of(2, 1), settings(halving, 2), "a method with fewer settings");
        assertEquals(List.of(1, 1), settings(halving, 1));
    }

    /** Epochs bound the rungs, too: with three epochs there is one rung before the last. */
    @Test
    void hasNoRungBeforeTheFirstEpoch() {
        assertEquals(List.of(1, 3), new Halving(3, 100, 3).epochs());
        // 9/8, 9/4, 9/2 and 9
        assertEquals(List.of(1, 2, 5, 9), new Halving(2, 100, 9).epochs());
    }

    @ParameterizedTest
    @CsvSource({"1, 9, 9", "3, 2, 9", "3, 9, 2"})
    void refusesWhereNothingCanBeHalved(int factor, int settings, int epochs) {
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> new Halving(factor, settings, epochs));
        assertTrue(e.getMessage().startsWith("--halving"), e.getMessage());
    }
}
