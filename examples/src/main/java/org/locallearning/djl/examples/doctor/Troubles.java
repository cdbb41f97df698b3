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

import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The usual troubles with a GPU, each in a sentence that says what to do. */
final class Troubles {

    private static final int DRIVER_TOO_OLD = 35;
    private static final int NO_DEVICE = 100;

    private Troubles() {}

    /**
     * Looks for what keeps the engine from a GPU.
     *
     * @param found what there is
     * @param gpus how many GPUs the engine uses
     * @return the sentences, none on a machine without a GPU
     */
    static List<String> of(Surroundings found, int gpus) {
        List<String> troubles = new ArrayList<>();
        if (found.libraryPath().isPresent() && found.libraries().isEmpty()) {
            troubles.add(
                    String.format(
                            "PYTORCH_LIBRARY_PATH names %s, where there are no files: name the"
                                    + " folder that holds libtorch.",
                            found.libraryPath().get()));
        }
        if (gpus > 0 || found.driver().isEmpty()) {
            return troubles;
        }
        if (!found.isForCuda()) {
            troubles.add(
                    found.libraryPath().isPresent()
                            ? "There is an NVIDIA driver, but the libtorch of PYTORCH_LIBRARY_PATH"
                                    + " is for the CPU: take one with libtorch_cuda."
                            : found.packagedNatives().isEmpty()
                                    ? "There is an NVIDIA driver, but the engine took natives for"
                                            + " the CPU: it fetches those for CUDA only where it"
                                            + " finds CUDA's runtime."
                                    : "There is an NVIDIA driver, but natives for the CPU are on"
                                            + " the class path: build with -Pgpu, or remove"
                                            + " pytorch-native-cpu from lib.");
        }
        if (found.cudaStatus().isEmpty()) {
            troubles.add(
                    "libcudart was not found, by which DJL counts GPUs: put the folder of CUDA's"
                            + " libcudart.so into LD_LIBRARY_PATH.");
        } else if (found.cudaStatus().getAsInt() == DRIVER_TOO_OLD) {
            troubles.add(
                    String.format(
                            "The driver is too old for this CUDA runtime (%s): update the driver,"
                                    + " or put an older libcudart into LD_LIBRARY_PATH.",
                            found.driver().get()));
        } else if (found.cudaStatus().getAsInt() == NO_DEVICE) {
            troubles.add(
                    "There is an NVIDIA driver but no device that it lets this process see: look at"
                            + " nvidia-smi, and at CUDA_VISIBLE_DEVICES.");
        } else if (found.cudaStatus().getAsInt() != 0) {
            troubles.add(
                    String.format(
                            Locale.ROOT,
                            "CUDA's runtime answers with error %d when it is asked for devices:"
                                    + " look at nvidia-smi.",
                            found.cudaStatus().getAsInt()));
        }
        return troubles;
    }

    /**
     * Says why the engine did not start.
     *
     * @param failure what it threw
     * @param found what there is
     * @return the sentence
     */
    static String ofStart(Throwable failure, Surroundings found) {
        StringBuilder text = new StringBuilder();
        String root = "";
        boolean unreachable = false;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            text.append(cause.getMessage()).append(' ');
            root = String.valueOf(cause.getMessage());
            unreachable |= cause instanceof UnknownHostException;
        }
        String said = text.toString();
        if (said.contains("libcudart") || said.contains("libcuda.so")) {
            return "libcudart, or another library of CUDA, was not found by the natives: put its"
                    + " folder into LD_LIBRARY_PATH ("
                    + said.trim()
                    + ").";
        }
        if (said.contains("No PyTorch native library matches")) {
            return "There are no PyTorch natives for this CUDA version or system: install a CUDA"
                    + " that DJL has natives for, or name a libtorch by PYTORCH_LIBRARY_PATH ("
                    + said.trim()
                    + ").";
        }
        if (said.contains("jni")) {
            return "The library between Java and this libtorch was not found: put pytorch-jni of"
                    + " the same version into lib, and set PYTORCH_VERSION and PYTORCH_FLAVOR to"
                    + " those of the libtorch ("
                    + said.trim()
                    + ").";
        }
        if (unreachable || found.offline() || said.contains("download")) {
            return "The natives are neither on the class path nor in DJL's cache, and could not be"
                    + " fetched since this machine is offline: name a libtorch by"
                    + " PYTORCH_LIBRARY_PATH ("
                    + root
                    + ").";
        }
        return "The engine did not start: " + said.trim();
    }
}
