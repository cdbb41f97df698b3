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

import java.math.BigDecimal;

/**
 * What a paper reports of a method that it trains on the same data, which charts draw as a line
 * across: of a classifier its test accuracy, otherwise its test loss.
 *
 * @param method the method's name on the command line
 * @param value the share of test images classified correctly, 0 to 1, or the test loss
 */
public record PaperResult(String method, double value) {

    private static final BigDecimal PERCENT = BigDecimal.valueOf(100);

    /**
     * Converts a test error.
     *
     * @param method the method's name
     * @param percent the error as the paper prints it, in percent
     * @return the accuracy
     */
    public static PaperResult error(String method, double percent) {
        return accuracy(method, PERCENT.subtract(BigDecimal.valueOf(percent)));
    }

    /**
     * Converts a test accuracy.
     *
     * @param method the method's name
     * @param percent the accuracy as the paper prints it, in percent
     * @return the accuracy
     */
    public static PaperResult accuracy(String method, double percent) {
        return accuracy(method, BigDecimal.valueOf(percent));
    }

    private static PaperResult accuracy(String method, BigDecimal percent) {
        return new PaperResult(method, percent.movePointLeft(2).doubleValue());
    }

    /**
     * Takes a test loss.
     *
     * @param method the method's name
     * @param loss the loss as the paper prints it
     * @return the same
     */
    public static PaperResult loss(String method, double loss) {
        return new PaperResult(method, loss);
    }
}
