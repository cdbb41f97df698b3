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
package org.locallearning.djl.pc;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.locallearning.djl.creditassignment.tape.Tape;

/**
 * The free energy of every state that inference on a batch has been in, by node. Numbers stay on
 * the device until they are asked for, and are then read all at once.
 */
final class EnergyLog {

    private final Tape tape;
    private final int nodes;
    private final List<State> states = new ArrayList<>();
    private final List<double[]> measured = new ArrayList<>();
    private final List<Double> totals = new ArrayList<>();
    private double start = Double.NaN;
    private Rise firstRise;

    /**
     * Creates a log without states.
     *
     * @param tape the tape of the batch, which reads the numbers
     * @param nodes the number of nodes
     */
    EnergyLog(Tape tape, int nodes) {
        this.tape = tape;
        this.nodes = nodes;
    }

    /** The energies of the nodes, null for none, and terms of no one node. */
    private record State(NDArray[] energies, NDList decay) {}

    /** A free energy before and after a step that is too large. */
    record Rise(double from, double to) {}

    /** Begins a state. */
    void newState() {
        states.add(new State(new NDArray[nodes], new NDList()));
    }

    /**
     * Sets the energy of a node in the latest state.
     *
     * @param node the node
     * @param energy the energy, shape (); null for none
     */
    void record(int node, NDArray energy) {
        latest().energies[node] = energy;
    }

    /**
     * Adds the terms of activity decay to the latest state. They count in its total alone.
     *
     * @param parts the terms, each of shape ()
     */
    void recordDecay(NDList parts) {
        latest().decay.addAll(parts);
    }

    private State latest() {
        return states.get(states.size() - 1);
    }

    /** Forgets the states, but not the energy of the first of all, nor the first rise. */
    void rewind() {
        states.clear();
        measured.clear();
        totals.clear();
    }

    /**
     * Returns the energies of all states, by node.
     *
     * @return the energies, shape (states, nodes)
     */
    double[][] measured() {
        read();
        return measured.toArray(double[][]::new);
    }

    /** Returns the energy of a state, with its activity decay. */
    double total(int state) {
        read();
        return totals.get(state);
    }

    /** Returns whether a state has more energy than the one before it, by more than rounding. */
    boolean risesAt(int state) {
        read();
        return state > 0 && rises(totals.get(state - 1), totals.get(state));
    }

    /** Returns whether a state has more energy than the first of all, by more than rounding. */
    boolean isAboveStart(int state) {
        read();
        return rises(start, totals.get(state));
    }

    /** Returns the first rise that was found. */
    Optional<Rise> firstRise() {
        return Optional.ofNullable(firstRise);
    }

    private boolean rises(double from, double to) {
        boolean rises = !(to <= from + rounding() * (1 + Math.abs(from)));
        if (rises && firstRise == null) {
            firstRise = new Rise(from, to);
        }
        return rises;
    }

    /** What rounding makes of a sum over a batch, relative to its largest terms. */
    private double rounding() {
        DataType type = tape.getPredictions().head().getDataType();
        switch (type) {
            case FLOAT64:
                return 0x1p-46;
            case FLOAT32:
                return 0x1p-20;
            default:
                return 0x1p-8;
        }
    }

    /** Reads the energies of all states that were not read. */
    private void read() {
        NDList numbers = new NDList();
        List<State> unread = states.subList(measured.size(), states.size());
        for (State state : unread) {
            for (NDArray energy : state.energies) {
                if (energy != null) {
                    numbers.add(energy);
                }
            }
            numbers.addAll(state.decay);
        }
        double[] values = tape.readNumbers(numbers);
        int next = 0;
        for (State state : unread) {
            double[] energies = new double[nodes];
            double total = 0;
            for (int l = 0; l < nodes; l++) {
                energies[l] = state.energies[l] == null ? 0 : values[next++];
                total += energies[l];
            }
            for (int i = 0; i < state.decay.size(); i++) {
                total += values[next++];
            }
            measured.add(energies);
            totals.add(total);
            start = Double.isNaN(start) ? total : start;
        }
    }
}
