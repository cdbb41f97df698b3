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

import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.locallearning.djl.creditassignment.tape.Layer;
import org.locallearning.djl.creditassignment.tape.Network;

/**
 * What a rule found in a model: every block that is not a plain container, the shapes of its
 * parameters, its role, and how the error passes it. {@link #toString} formats it as a table.
 */
public final class CreditReport {

    private static final String NOT_NEEDED = "not needed: nothing learns below";

    private final String rule;
    private final List<Row> rows;

    private CreditReport(String rule, List<Row> rows) {
        this.rule = rule;
        this.rows = List.copyOf(rows);
    }

    /** Reports on a network, whose parameters have shapes once it has been initialized. */
    static CreditReport of(CreditAssignment rule, Network network, CreditAssigner assigner) {
        List<Row> rows = new ArrayList<>();
        for (Network.Member member : network.getMembers()) {
            rows.add(
                    new Row(
                            member.path(),
                            member.block().getClass().getSimpleName(),
                            shapes(member.block()),
                            member.role().getDescription(),
                            feedback(member, network, assigner)));
            for (Layer layer : member.inner()) {
                rows.add(
                        new Row(
                                layer.weightPath(),
                                layer.block().getClass().getSimpleName(),
                                shape(layer.weight().getName(), layer.weight()),
                                "weight inside",
                                network.getInnerLayersWithLearningBelow().contains(layer)
                                        ? assigner.describeInnerFeedback(layer)
                                        : NOT_NEEDED));
            }
        }
        return new CreditReport(rule.toString(), rows);
    }

    private static String feedback(
            Network.Member member, Network network, CreditAssigner assigner) {
        switch (member.role()) {
            case EXACT:
                return "exact";
            case OPAQUE:
                return assigner.describeUnknownBlock(member.inner());
            default:
                return network.getLayersWithLearningBelow().stream()
                        .filter(layer -> layer.path().equals(member.path()))
                        .findFirst()
                        .map(assigner::describeFeedback)
                        .orElse(NOT_NEEDED);
        }
    }

    private static String shapes(Block block) {
        return block.getParameters().stream()
                .map(parameter -> shape(parameter.getKey(), parameter.getValue()))
                .collect(Collectors.joining(", "));
    }

    private static String shape(String name, Parameter parameter) {
        return name + " " + (parameter.isInitialized() ? parameter.getArray().getShape() : "?");
    }

    /**
     * Returns one row per block, in the order in which blocks run.
     *
     * @return the rows
     */
    public List<Row> getRows() {
        return rows;
    }

    /** Returns the report as a table of text. */
    @Override
    public String toString() {
        List<String[]> cells = new ArrayList<>();
        cells.add(new String[] {"layer", "type", "parameters", "role", "how the error passes"});
        for (Row row : rows) {
            cells.add(
                    new String[] {
                        row.path(), row.type(), row.parameters(), row.role(), row.feedback()
                    });
        }
        int[] widths = new int[cells.get(0).length];
        for (String[] row : cells) {
            for (int i = 0; i < row.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        StringBuilder table = new StringBuilder(rule).append(System.lineSeparator());
        for (String[] row : cells) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.length; i++) {
                line.append(String.format("%-" + (widths[i] + 2) + "s", row[i]));
            }
            table.append(line.toString().stripTrailing()).append(System.lineSeparator());
        }
        return table.toString();
    }

    /**
     * A block.
     *
     * @param path the names of the children that lead to it
     * @param type the simple name of its class
     * @param parameters the shapes of its parameters, by name; empty if it has none
     * @param role what it is to the rule: weighted, exact or unknown
     * @param feedback how the error passes it
     */
    public record Row(String path, String type, String parameters, String role, String feedback) {}
}
