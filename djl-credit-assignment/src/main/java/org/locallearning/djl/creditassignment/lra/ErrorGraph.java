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
package org.locallearning.djl.creditassignment.lra;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.locallearning.djl.creditassignment.tape.StageOutline;

/**
 * Which stage of a network sends its error to which, in recursive local representation alignment.
 * The error of the output, the last stage, comes from the loss; every other stage that a connection
 * leads to has error neurons.
 *
 * <p>The graph has no cycle, so each error is known before it is sent on (Algorithm 1 of Ororbia et
 * al., 2020, footnote 2). Errors do not depend on the order of the connections.
 */
public final class ErrorGraph {

    private final String output;
    private final Map<String, List<ErrorConnection>> incoming;
    private final List<String> order;

    private ErrorGraph(String output, List<ErrorConnection> connections) {
        this.output = output;
        incoming = new LinkedHashMap<>();
        for (ErrorConnection connection : connections) {
            incoming.computeIfAbsent(connection.to(), to -> new ArrayList<>()).add(connection);
        }
        order = order();
    }

    /**
     * Checks connections and makes a graph of them.
     *
     * @param stages the stages of a network's outermost sequence, in the order in which they run
     * @param connections the connections, in any order
     * @return the graph
     * @throws IllegalArgumentException if the network has no stage, or if a connection appears
     *     twice, leads to the output, is part of a cycle, or dangles: from or to a stage that is
     *     not there, or from one that no error reaches
     */
    public static ErrorGraph of(List<StageOutline> stages, List<ErrorConnection> connections) {
        if (stages.isEmpty()) {
            throw new IllegalArgumentException(
                    "The network has no weighted layer that errors could be sent from; give a"
                            + " model with layers that the LayerTable knows.");
        }
        Set<String> paths = new LinkedHashSet<>();
        collectPaths(stages, paths);
        String output = stages.get(stages.size() - 1).path();
        Set<ErrorConnection> seen = new LinkedHashSet<>();
        for (ErrorConnection connection : connections) {
            checkEnd(connection, connection.from(), paths);
            checkEnd(connection, connection.to(), paths);
            if (connection.to().equals(output)) {
                throw new IllegalArgumentException(
                        String.format(
                                "The error connection %s leads to the output, whose error comes"
                                        + " from the loss; leave it out.",
                                connection));
            }
            if (!seen.add(connection)) {
                throw new IllegalArgumentException(
                        String.format("The error connection %s is given twice.", connection));
            }
        }
        return new ErrorGraph(output, connections);
    }

    private static void collectPaths(List<StageOutline> stages, Set<String> paths) {
        for (StageOutline stage : stages) {
            paths.add(stage.path());
            stage.branches().forEach(branch -> collectPaths(branch, paths));
        }
    }

    private static void checkEnd(ErrorConnection connection, String path, Set<String> paths) {
        if (!paths.contains(path)) {
            throw new IllegalArgumentException(
                    String.format(
                            "The error connection %s dangles: the network has no stage %s. Its"
                                    + " stages are %s.",
                            connection, path, String.join(", ", paths)));
        }
    }

    /** Sorts the receiving stages so that each follows those that send to it. */
    private List<String> order() {
        List<String> sorted = new ArrayList<>();
        for (String path : incoming.keySet()) {
            visit(path, new ArrayDeque<>(), sorted);
        }
        return List.copyOf(sorted);
    }

    private void visit(String path, Deque<String> way, List<String> sorted) {
        if (sorted.contains(path)) {
            return;
        }
        if (way.contains(path)) {
            List<String> cycle = new ArrayList<>(way);
            cycle = cycle.subList(0, cycle.indexOf(path) + 1);
            throw new IllegalArgumentException(
                    String.format(
                            "The error connections run in a cycle, %s → %s; take one of them"
                                    + " away.",
                            path, String.join(" → ", cycle)));
        }
        way.push(path);
        for (ErrorConnection connection : incoming.get(path)) {
            String from = connection.from();
            if (incoming.containsKey(from)) {
                visit(from, way, sorted);
            } else if (!from.equals(output)) {
                throw new IllegalArgumentException(
                        String.format(
                                "The error connection %s dangles: no error reaches %s. Lead a"
                                        + " connection there, for example %s.",
                                connection, from, new ErrorConnection(output, from)));
            }
        }
        way.pop();
        sorted.add(path);
    }

    /**
     * Returns the graph without the connections that errors reach only after a number of others.
     * Stages that lose all of their connections learn from the next error neurons above them.
     *
     * @param depth the number of connections that an error may pass from the output, at least 1
     * @return the smaller graph
     */
    public ErrorGraph limitedTo(int depth) {
        Map<String, Integer> distances = new HashMap<>(Map.of(output, 0));
        for (String path : order) {
            int nearest =
                    incoming.get(path).stream()
                            .mapToInt(connection -> distances.get(connection.from()))
                            .min()
                            .orElseThrow();
            distances.put(path, nearest + 1);
        }
        return new ErrorGraph(
                output,
                getConnections().stream()
                        .filter(connection -> distances.get(connection.from()) < depth)
                        .collect(Collectors.toList()));
    }

    /**
     * Returns the stage whose error comes from the loss.
     *
     * @return the path of the last stage
     */
    public String getOutput() {
        return output;
    }

    /**
     * Returns the stages with error neurons of their own, each after those that send to it.
     *
     * @return the paths of the stages
     */
    public List<String> getReceivers() {
        return order;
    }

    /**
     * Returns the connections that lead to a stage.
     *
     * @param path the path of the stage
     * @return the connections; empty if the stage has no error neurons of its own
     */
    public List<ErrorConnection> getConnectionsTo(String path) {
        return List.copyOf(incoming.getOrDefault(path, List.of()));
    }

    /**
     * Returns all connections.
     *
     * @return the connections
     */
    public List<ErrorConnection> getConnections() {
        return incoming.values().stream().flatMap(List::stream).collect(Collectors.toList());
    }

    /** Returns the connections, separated by commas. */
    @Override
    public String toString() {
        return getConnections().stream()
                .map(ErrorConnection::toString)
                .collect(Collectors.joining(", "));
    }
}
