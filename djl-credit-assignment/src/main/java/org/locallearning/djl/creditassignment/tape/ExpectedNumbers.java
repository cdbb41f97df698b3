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
package org.locallearning.djl.creditassignment.tape;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.locallearning.djl.creditassignment.internal.Autograd;
import org.locallearning.djl.decorrelation.internal.HostValues;
import org.locallearning.djl.decorrelation.internal.PendingChecks;

/**
 * Numbers of one batch that are to be checked. They are read together, so the host waits once per
 * device instead of once per number.
 */
final class ExpectedNumbers {

    private final NDManager manager;
    private final List<Expectation> open = new ArrayList<>();

    /**
     * Creates an empty collection.
     *
     * @param manager the manager of the batch
     */
    ExpectedNumbers(NDManager manager) {
        this.manager = manager;
    }

    void add(NDArray numbers, Consumer<double[]> check) {
        open.add(new Expectation(Autograd.detach(numbers, manager), check));
    }

    /** Reads what is open and more, checks what is open in its order, and returns the rest. */
    double[] read(NDList more) {
        List<Expectation> checked = List.copyOf(open);
        open.clear();
        NDList all = new NDList();
        checked.forEach(expectation -> all.add(expectation.numbers()));
        all.addAll(more);
        if (all.isEmpty()) {
            return new double[0];
        }
        double[] values;
        try (NDManager scope = manager.newSubManager()) {
            NDList flat = new NDList();
            for (NDArray each : all) {
                NDArray alias = Autograd.detach(each, scope);
                flat.add(alias.toType(DataType.FLOAT64, false).reshape(-1));
            }
            values = HostValues.numbers(flat.size() == 1 ? flat.head() : NDArrays.concat(flat));
        }
        int at = 0;
        for (Expectation expectation : checked) {
            int size = (int) expectation.numbers().size();
            expectation.numbers().close();
            expectation.check().accept(Arrays.copyOfRange(values, at, at + size));
            at += size;
        }
        return Arrays.copyOfRange(values, at, values.length);
    }

    /** Leaves what is open to be checked in a later batch. */
    void postpone(PendingChecks pending, NDManager owner) {
        for (int i = 0; i < open.size(); i++) {
            NDArray numbers = open.get(i).numbers();
            Key key = new Key(i, numbers.getDevice());
            Consumer<double[]> check = open.get(i).check();
            pending.put(key, numbers, new NDList(), owner, (values, none) -> check.accept(values));
            numbers.close();
        }
        open.clear();
    }

    private record Key(int number, Device device) {}

    private record Expectation(NDArray numbers, Consumer<double[]> check) {}
}
