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

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Linear;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.locallearning.djl.creditassignment.internal.Autograd;
import org.locallearning.djl.creditassignment.tape.LocalErrors;
import org.locallearning.djl.creditassignment.tape.Region;
import org.locallearning.djl.creditassignment.tape.RegionTrace;
import org.locallearning.djl.creditassignment.tape.Tape;

/**
 * The error neurons of a network on one batch: Algorithm 1, from the arrival of the output's error
 * on. Errors have the shape (N, units of the region), one row per sample, and are kept as {@code e
 * / N}, the share of each sample in a mean over the batch.
 */
final class ErrorNeurons implements LocalErrors {

    private final Tape tape;
    private final ErrorGraph graph;
    private final ErrorMatrices matrices;
    private final LocalRepresentationAlignment rule;
    private final Map<String, NDArray> errors = new HashMap<>();
    private long samples;

    ErrorNeurons(
            Tape tape,
            ErrorGraph graph,
            ErrorMatrices matrices,
            LocalRepresentationAlignment rule) {
        this.tape = tape;
        this.graph = graph;
        this.matrices = matrices;
        this.rule = rule;
    }

    /** {@inheritDoc} */
    @Override
    public boolean hasError(Region region) {
        return !graph.getConnectionsTo(region.path()).isEmpty();
    }

    /** {@inheritDoc} */
    @Override
    public NDArray getError(RegionTrace region) {
        NDArray error = errors.get(region.getRegion().path());
        return error.reshape(region.getPreActivation().getShape());
    }

    /** {@inheritDoc} */
    @Override
    public void onArrival(RegionTrace region, NDList arrived) {
        if (!region.getRegion().path().equals(graph.getOutput())) {
            return;
        }
        samples = arrived.head().getShape().get(0);
        errors.put(graph.getOutput(), outputError(arrived));
        Map<String, RegionTrace> regions =
                tape.getRegions().values().stream()
                        .collect(Collectors.toMap(r -> r.getRegion().path(), r -> r));
        for (String path : graph.getReceivers()) {
            errors.put(path, error(regions.get(path)));
        }
    }

    /** The gradient of each sample's own loss in the mean, e_L / N. */
    private NDArray outputError(NDList arrived) {
        NDArray all = null;
        for (NDArray array : arrived) {
            NDArray flat = Autograd.detach(array, tape.getManager()).reshape(samples, -1);
            all = all == null ? flat : all.concat(flat, 1);
        }
        return all;
    }

    /** e_i / N, e_i as {@link ErrorDifference} says, with d_i = Σ_j E_ji e_j. */
    private NDArray error(RegionTrace region) {
        try (NDManager scope = tape.getManager().newSubManager()) {
            NDArray h = region.getPreActivation();
            h.attach(scope);
            checkSamples(region, h);
            List<NDArray> sent = new ArrayList<>();
            NDArray d = null;
            for (ErrorConnection connection : graph.getConnectionsTo(region.getRegion().path())) {
                NDArray product = send(connection, h, scope);
                sent.add(product);
                NDArray part = Autograd.detach(product, scope);
                d = d == null ? part : d.add(part);
            }
            NDArray z = activationToLearnFrom(region, scope);
            learn(sent, d, z);
            NDArray step = d.mul(rule.getBeta() * samples).reshape(h.getShape());
            NDArray error = mix(difference(region, h, step, z)).divi(samples).reshape(samples, -1);
            error.attach(tape.getManager());
            return error;
        }
    }

    /** The activation, where the error or the update of error matrices is made of it. */
    private NDArray activationToLearnFrom(RegionTrace region, NDManager scope) {
        if (rule.getErrorDifference() == ErrorDifference.CENTRAL
                && rule.getErrorMatrixUpdate() != ErrorMatrixUpdate.LRA_E) {
            return null;
        }
        NDArray z = tape.activateAgain(region);
        z.attach(scope);
        return z;
    }

    private NDArray difference(RegionTrace region, NDArray h, NDArray step, NDArray z) {
        if (rule.getErrorDifference() == ErrorDifference.ONE_SIDED) {
            return z.sub(tape.activate(region, h.sub(step)));
        }
        NDArray below = tape.activate(region, h.sub(step));
        return tape.activate(region, h.add(step)).sub(below).muli(0.5);
    }

    /** α e + (1 − α) sign(e). */
    private NDArray mix(NDArray error) {
        double share = rule.getMagnitudeShare();
        return share == 1 ? error : error.mul(share).addi(error.sign().muli(1 - share));
    }

    private NDArray send(ErrorConnection connection, NDArray h, NDManager scope) {
        NDArray error = Autograd.detach(errors.get(connection.from()), scope);
        Shape shape = new Shape(h.size() / samples, error.getShape().get(1));
        Parameter matrix = matrices.get(connection, shape, h);
        return Linear.linear(error, tape.getValue(matrix)).singletonOrThrow();
    }

    /** Adds to the gradient of each error matrix the mean of a product with the error it sent. */
    private void learn(List<NDArray> sent, NDArray d, NDArray z) {
        ErrorMatrixUpdate update = rule.getErrorMatrixUpdate();
        if (update == ErrorMatrixUpdate.NONE) {
            return;
        }
        // d and the errors that were sent are those of a mean: one of the two factors is too many
        double gamma = rule.getGamma();
        NDArray factor =
                update == ErrorMatrixUpdate.PAPER
                        ? d.mul(-gamma * samples)
                        : z.reshape(samples, -1).mul(gamma);
        sent.forEach(product -> Autograd.backward(product, factor, false));
    }

    private void checkSamples(RegionTrace region, NDArray h) {
        if (h.getShape().get(0) != samples) {
            throw new IllegalArgumentException(
                    String.format(
                            "No error can be sent to region %s: its output %s has another first"
                                    + " dimension than the %d samples of the prediction; let no"
                                    + " error connection lead there.",
                            region.getRegion(), h.getShape(), samples));
        }
    }
}
