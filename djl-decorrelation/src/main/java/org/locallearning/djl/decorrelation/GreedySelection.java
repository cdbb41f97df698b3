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
package org.locallearning.djl.decorrelation;

import java.util.List;
import java.util.function.LongPredicate;

/**
 * Spends a budget on layers with choices of rising cost and worth, repeatedly taking the next
 * choice that adds most worth per cost among those that still fit.
 *
 * <p>If each layer's worth has diminishing returns, no other selection at the same cost is worth
 * more, up to the remainder of the last step.
 */
final class GreedySelection {

    private GreedySelection() {}

    /**
     * One choice of a layer.
     *
     * @param <T> what is chosen
     * @param value what is chosen
     * @param cost its cost
     * @param worth its worth
     */
    record Choice<T>(T value, long cost, double worth) {

        /** The worth that this choice adds to one before it, by what it costs more. */
        double advantage(Choice<T> before) {
            long more = cost - before.cost;
            return more <= 0 ? Double.POSITIVE_INFINITY : (worth - before.worth) / more;
        }
    }

    /**
     * Selects a choice of each layer.
     *
     * @param <T> what is chosen
     * @param layers the choices of each layer; the first of all of them are taken as they are
     * @param fits tells whether a total cost keeps to the budget
     * @return the index of the choice of each layer
     */
    static <T> int[] select(List<List<Choice<T>>> layers, LongPredicate fits) {
        int[] chosen = new int[layers.size()];
        long total = layers.stream().mapToLong(choices -> choices.get(0).cost()).sum();
        for (; ; ) {
            int best = -1;
            double most = 0;
            for (int i = 0; i < chosen.length; ++i) {
                List<Choice<T>> choices = layers.get(i);
                if (chosen[i] + 1 < choices.size()) {
                    Choice<T> present = choices.get(chosen[i]);
                    Choice<T> next = choices.get(chosen[i] + 1);
                    double advantage = next.advantage(present);
                    if (advantage > most && fits.test(total + next.cost() - present.cost())) {
                        best = i;
                        most = advantage;
                    }
                }
            }
            if (best < 0) {
                return chosen;
            }
            List<Choice<T>> choices = layers.get(best);
            total += choices.get(chosen[best] + 1).cost() - choices.get(chosen[best]).cost();
            ++chosen[best];
        }
    }
}
