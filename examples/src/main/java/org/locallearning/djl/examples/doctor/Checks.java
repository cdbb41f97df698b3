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
package org.locallearning.djl.examples.doctor;

import ai.djl.Device;
import ai.djl.ndarray.types.DataType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.locallearning.djl.creditassignment.device.DeviceRounding;
import org.locallearning.djl.examples.method.ErrorPath;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.method.Methods;

/** One training step of every method on every network. */
final class Checks {

    /** Methods that learn from what a little noise does to the loss. */
    private static final Set<String> PERTURBING = Set.of("np", "anp");

    /** A device may be off by so much more than the host is. */
    private static final double SLACK = 100;

    /** What rounding in float32 makes of no update. */
    private static final double ALLOWED = 1e-3;

    /** The same where updates are differences of nearly equal numbers, of which few digits stay. */
    private static final double ALLOWED_OF_DIFFERENCES = 0.1;

    private static final Set<ErrorPath> INFERENCE =
            EnumSet.of(ErrorPath.INFERENCE, ErrorPath.INCREMENTAL_INFERENCE);

    private final Device device;
    private final DeviceRounding rounding;

    Checks(Device device, DeviceRounding rounding) {
        this.device = device;
        this.rounding = rounding;
    }

    /** Runs all of them, and tells of each when it is done. */
    List<Check> run(Consumer<Check> done) {
        List<Method> methods =
                Stream.concat(
                                Methods.all().stream(),
                                Stream.of("bp", "fa", "seqil")
                                        .map(Methods::named)
                                        .map(Method::withDecorrelation))
                        .toList();
        List<Check> checks = new ArrayList<>();
        for (String network : OneStep.NETWORKS.keySet()) {
            for (Method method : methods) {
                Check check = check(method, network);
                checks.add(check);
                done.accept(check);
            }
        }
        return checks;
    }

    private Check check(Method method, String network) {
        OneStep step = new OneStep(method, network);
        Map<String, double[]> found;
        try {
            found = step.updates(device, DataType.FLOAT32);
        } catch (RuntimeException e) {
            return wrong(method, network, "it fails: " + e.getMessage());
        }
        for (Map.Entry<String, double[]> update : found.entrySet()) {
            if (!Arrays.stream(update.getValue()).allMatch(Double::isFinite)) {
                return wrong(method, network, update.getKey() + " is not finite");
            }
        }
        Map<String, double[]> exact = step.updates(Device.cpu(), DataType.FLOAT64);
        Map<String, double[]> host =
                device.isGpu() ? step.updates(Device.cpu(), DataType.FLOAT32) : found;
        return compare(method, network, exact, host, found);
    }

    private Check compare(
            Method method,
            String network,
            Map<String, double[]> exact,
            Map<String, double[]> host,
            Map<String, double[]> found) {
        String worst = null;
        double most = -1;
        for (String path : exact.keySet()) {
            double error = distance(found.get(path), exact.get(path));
            if (error > most) {
                most = error;
                worst = path;
            }
        }
        double hostError = distance(host.get(worst), exact.get(worst));
        return new Check(
                network,
                method.name(),
                worst,
                hostError,
                most,
                verdict(method, hostError, most, network.equals("conv")),
                "");
    }

    private Check.Verdict verdict(
            Method method, double hostError, double error, boolean convolves) {
        boolean ofDifferences =
                INFERENCE.contains(method.errorPath())
                        || PERTURBING.contains(method.plainName())
                        || method.plainName().startsWith("lra");
        double allowed = ofDifferences ? ALLOWED_OF_DIFFERENCES : ALLOWED;
        if (device.isGpu()) {
            allowed = Math.min(allowed, Math.max(ALLOWED, SLACK * hostError));
        }
        if (error <= allowed) {
            return Check.Verdict.OK;
        }
        double coarser = rounding.unit(convolves) / DeviceRounding.unit(rounding.type());
        // errors grow no faster than the unit of rounding
        return coarser > 1 && error <= SLACK * coarser * hostError
                ? Check.Verdict.REDUCED
                : Check.Verdict.WRONG;
    }

    private static Check wrong(Method method, String network, String remark) {
        return new Check(
                network, method.name(), null, Double.NaN, Double.NaN, Check.Verdict.WRONG, remark);
    }

    /** {@code ‖found − exact‖ / ‖exact‖}. */
    private static double distance(double[] found, double[] exact) {
        double distance = 0;
        double length = 0;
        for (int i = 0; i < exact.length; i++) {
            distance += (found[i] - exact[i]) * (found[i] - exact[i]);
            length += exact[i] * exact[i];
        }
        return length == 0 ? Math.sqrt(distance) : Math.sqrt(distance / length);
    }
}
