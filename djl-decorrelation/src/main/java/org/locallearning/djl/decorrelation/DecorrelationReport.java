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

import ai.djl.nn.Block;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The result of a conversion: the new block, the added layers, and the weighted blocks left alone.
 *
 * @param block the converted model
 * @param converted the layers put in, in the order of the model
 * @param skipped the weighted blocks left alone
 */
public record DecorrelationReport(Block block, List<Converted> converted, List<Skipped> skipped) {

    private static final Object[] HEADINGS = {"path", "type", "M", "multiply-adds (batch 256)"};

    /**
     * Creates a report.
     *
     * @param block the converted model
     * @param converted the layers put in, in the order of the model
     * @param skipped the weighted blocks left alone
     */
    public DecorrelationReport {
        converted = List.copyOf(converted);
        skipped = List.copyOf(skipped);
    }

    /**
     * A layer that was put in.
     *
     * @param path the path of the weighted block in the original model
     * @param type the type of the weighted block
     * @param layer the decorrelation layer before it or in its place
     */
    public record Converted(String path, String type, Decorrelating layer) {}

    /**
     * A weighted block that was left alone.
     *
     * @param path the path of the block in the original model
     * @param type the type of the block
     * @param reason why it was left alone
     */
    public record Skipped(String path, String type, String reason) {}

    /**
     * Returns the number of values in all matrices M.
     *
     * @return the number of values
     * @throws IllegalStateException if the model is not initialized yet
     */
    public long matrixValues() {
        converted.forEach(DecorrelationReport::requireInitialized);
        // a layer used in several places has one matrix
        return converted.stream()
                .map(Converted::layer)
                .distinct()
                .mapToLong(layer -> layer.getMatrix().getShape().size())
                .sum();
    }

    /**
     * Returns the multiply-adds that the decorrelation layers add to a training step.
     *
     * @param batchSize the batch size
     * @return the multiply-adds
     * @throws IllegalStateException if the model is not initialized yet
     */
    public long multiplyAdds(long batchSize) {
        long sum = 0;
        for (Converted entry : converted) {
            requireInitialized(entry);
            sum += entry.layer().getMultiplyAdds(batchSize);
        }
        return sum;
    }

    private static void requireInitialized(Converted entry) {
        if (!entry.layer().isInitialized()) {
            throw new IllegalStateException(
                    "The size of the decorrelation layer at '"
                            + entry.path()
                            + "' is known once the model is initialized.");
        }
    }

    /**
     * Returns a table of the conversion: path, type, shape of M, and the multiply-adds that the
     * layer adds to a training step of 256 samples; the latter two once the model is initialized.
     *
     * @return the table
     */
    @Override
    public String toString() {
        List<Object[]> rows = new ArrayList<>();
        rows.add(HEADINGS);
        for (Converted entry : converted) {
            boolean known = entry.layer().isInitialized();
            rows.add(
                    new Object[] {
                        entry.path(),
                        entry.type(),
                        known ? entry.layer().getMatrix().getShape() : "?",
                        known ? entry.layer().getMultiplyAdds(256) : "?"
                    });
        }
        for (Skipped entry : skipped) {
            rows.add(new Object[] {entry.path(), entry.type(), "-", entry.reason()});
        }
        String row =
                String.format(
                        Locale.ROOT,
                        "%%-%ds %%-%ds %%-18s %%s%%n",
                        width(rows, 0, 48),
                        width(rows, 1, 12));
        StringBuilder table = new StringBuilder();
        rows.forEach(cells -> table.append(String.format(row, cells)));
        return table.toString();
    }

    private static int width(List<Object[]> rows, int column, int least) {
        int longest =
                rows.stream().mapToInt(row -> row[column].toString().length()).max().orElse(0);
        return Math.max(longest, least);
    }
}
