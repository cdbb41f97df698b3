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
package org.locallearning.djl.examples.results;

import java.util.Collection;
import java.util.DoubleSummaryStatistics;
import java.util.function.DoubleFunction;

/**
 * One quantity over several seeds.
 *
 * @param mean the mean
 * @param least the least value
 * @param greatest the greatest value
 */
public record SeedSummary(double mean, double least, double greatest) {

    /**
     * Summarises values.
     *
     * @param values at least one value
     * @return mean, least and greatest
     */
    public static SeedSummary of(Collection<Double> values) {
        DoubleSummaryStatistics statistics =
                values.stream().mapToDouble(Double::doubleValue).summaryStatistics();
        if (statistics.getCount() == 0) {
            throw new IllegalArgumentException("There is nothing to summarise.");
        }
        return new SeedSummary(statistics.getAverage(), statistics.getMin(), statistics.getMax());
    }

    /**
     * Writes the range.
     *
     * @param format writes a value
     * @return least and greatest, or one of them where both are written alike
     */
    public String text(DoubleFunction<String> format) {
        String from = format.apply(least);
        String to = format.apply(greatest);
        return from.equals(to) ? from : from + " to " + to;
    }
}
