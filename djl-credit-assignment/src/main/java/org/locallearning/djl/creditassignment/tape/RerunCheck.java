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

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import java.util.Optional;
import org.locallearning.djl.creditassignment.internal.Autograd;
import org.locallearning.djl.creditassignment.layer.BlockRerun;
import org.locallearning.djl.creditassignment.layer.LayerTable;
import org.locallearning.djl.decorrelation.internal.BlockPath;
import org.locallearning.djl.decorrelation.internal.HostValues;

/** A second run without changes that looks for a block that does not repeat itself. */
final class RerunCheck extends Rerun {

    /** Far above rounding, far below what a random number does. */
    private static final double TOLERANCE = 1e-3;

    private String notRerunnable;

    private RerunCheck(LayerTable table, ForwardPass pass) {
        super(table, pass, (block, outputs) -> outputs);
    }

    /** Runs a network again and returns the first block whose outputs were others than before. */
    static Optional<String> find(Reruns reruns, Trace network, NDList data) {
        RerunCheck check = new RerunCheck(reruns.table(), reruns.newPass());
        Autograd.withoutRecording(() -> network.rerun(check, data));
        return Optional.ofNullable(check.notRerunnable);
    }

    /** {@inheritDoc} */
    @Override
    NDList run(String path, Block block, BlockRerun.FirstRun first, NDList inputs) {
        NDList outputs = super.run(path, block, first, inputs);
        for (int i = 0; i < outputs.size() && notRerunnable == null; i++) {
            if (differ(first.outputs().get(i), outputs.get(i))) {
                String name = BlockPath.display(path);
                notRerunnable = String.format("%s (%s)", name, block.getClass().getName());
            }
        }
        return outputs;
    }

    /** Returns whether two results are further apart than rounding makes them. */
    static boolean differ(NDArray first, NDArray second) {
        if (!first.getDataType().isFloating()) {
            return false;
        }
        try (NDManager temporary = second.getManager().newSubManager()) {
            NDArray expected = Autograd.detach(first, temporary);
            double distance = norm(expected.sub(second));
            return distance > TOLERANCE * norm(expected);
        }
    }

    private static double norm(NDArray array) {
        NDArray wide = array.toType(DataType.FLOAT64, false);
        return Math.sqrt(HostValues.number(wide.square().sum()));
    }
}
