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
package org.locallearning.djl.examples.commandline;

import org.locallearning.djl.examples.method.InferenceSettings;
import org.locallearning.djl.examples.method.MethodSettings;
import picocli.CommandLine.Option;

/** The options of the command line that belong to single methods. */
public final class MethodArguments {

    @Serves(Purpose.INFERENCE)
    @Option(
            names = "--iterations",
            paramLabel = "N",
            description =
                    "Inference iterations of il, seqil and ipc (default: the model's, 3 for most).")
    private Integer iterations;

    @Serves(Purpose.INFERENCE)
    @Option(
            names = "--inference-step",
            paramLabel = "X",
            description =
                    "Step of an activity in inference of il, seqil and ipc (default: the model's,"
                            + " 0.05 for most).")
    private Double stepSize;

    @Serves(Purpose.ERROR_GAP)
    @Option(
            names = "--error-gap",
            paramLabel = "N",
            description =
                    "In lra and lra-e-skip, the output sends its error to every Nth layer; the layers between get"
                            + " theirs from the layer above (default: 1).")
    private Integer errorGap;

    /** Creates the options; picocli fills them in. */
    public MethodArguments() {}

    /**
     * Returns what was chosen, and what suits the model where nothing was.
     *
     * @param model the model's name
     * @return the settings
     * @throws IllegalArgumentException if a value is out of its range
     */
    public MethodSettings settings(String model) {
        MethodSettings preset = MethodSettings.preset(model);
        return new MethodSettings(
                new InferenceSettings(
                        iterations == null ? preset.inference().iterations() : iterations,
                        stepSize == null ? preset.inference().stepSize() : stepSize),
                errorGap == null ? preset.errorGap() : errorGap);
    }
}
