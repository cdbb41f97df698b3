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

import java.util.List;
import org.locallearning.djl.creditassignment.lra.ErrorDifference;
import org.locallearning.djl.creditassignment.lra.ErrorMatrixUpdate;
import org.locallearning.djl.examples.method.AlignmentSettings;
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
                    "Inference iterations of il, seqil and ipc (default: the model's, 3 for most,"
                            + " and more where the error of one of them would not reach every"
                            + " layer).")
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
                    "In lra and lra-e-skip, the output sends its error to every Nth layer; the"
                            + " layers between get theirs from the layer above (default: 1).")
    private Integer errorGap;

    @Serves(Purpose.INFERENCE)
    @Option(
            names = "--inference-clamp",
            paramLabel = "X",
            description =
                    "How hard il, seqil and ipc clamp the output: the target weighs X / (1 + X),"
                            + " 1e9 is as good as fully (default: 100).")
    private Double clamp;

    @Serves(Purpose.INFERENCE)
    @Option(
            names = "--inference-constant-steps",
            description = "Steps of il, seqil and ipc stay as large as the first.")
    private boolean constantSteps;

    @Serves(Purpose.INFERENCE)
    @Option(
            names = "--inference-precisions",
            paramLabel = "X",
            split = ",",
            description =
                    "Weight of the error of every layer in il, seqil and ipc, from the input to the"
                            + " output (default: 1 for all).")
    private List<Double> precisions;

    @Serves(Purpose.INFERENCE)
    @Option(
            names = "--activity-decay",
            paramLabel = "X",
            description =
                    "Weight of what keeps activities small in il, seqil and ipc (default: 0).")
    private Double activityDecay;

    @Serves(Purpose.ERROR_MATRICES)
    @Option(
            names = "--error-beta",
            paramLabel = "X",
            description =
                    "How far an error moves a target in methods of representation alignment"
                            + " (default: 0.1; 0.5 for lra-sign).")
    private Double beta;

    @Serves(Purpose.ERROR_MATRICES)
    @Option(
            names = "--error-gamma",
            paramLabel = "X",
            description =
                    "Factor of the gradients of error matrices, which Adam undoes (default: 1).")
    private Double gamma;

    @Serves(Purpose.ERROR_MATRICES)
    @Option(
            names = "--error-wiring",
            paramLabel = "NAME",
            description =
                    "Which layer sends its error to which, in the place of the method's own and of"
                            + " --error-gap: output (to every layer), chain (every layer to the one"
                            + " below) or blocks (the output to every residual block).")
    private AlignmentSettings.Wiring wiring;

    @Serves(Purpose.ERROR_MATRICES)
    @Option(
            names = "--error-update",
            paramLabel = "NAME",
            description =
                    "How error matrices learn, in the place of the method's own: paper (as"
                            + " printed), lra_e (as in the authors' earlier code) or none.")
    private ErrorMatrixUpdate update;

    @Serves(Purpose.ERROR_MATRICES)
    @Option(
            names = "--error-difference",
            paramLabel = "NAME",
            description =
                    "What error neurons compare, in the place of the method's own: one_sided (the"
                            + " output and its target) or central (both sides of the output).")
    private ErrorDifference difference;

    @Serves(Purpose.ERROR_MATRICES)
    @Option(
            names = "--error-norm",
            paramLabel = "P",
            description =
                    "Norm of the discrepancy between a layer and its target; 1 makes errors signs"
                            + " (default: 2).")
    private Double norm;

    @Serves(Purpose.ERROR_MATRICES)
    @Option(
            names = "--error-weights",
            paramLabel = "X",
            split = ",",
            description =
                    "Weight of the discrepancy of every layer, from the input to the output"
                            + " (default: 1 for all).")
    private List<Double> discrepancyWeights;

    @Serves(Purpose.FEEDBACK)
    @Option(
            names = "--feedback-density",
            paramLabel = "FRACTION",
            description =
                    "Share of the random feedback weights of fa and dfa that are not zero"
                            + " (default: 1).")
    private Double feedbackDensity;

    /** Creates the options; picocli fills them in. */
    public MethodArguments() {}

    /**
     * Returns what was chosen, and what suits the model where nothing was. Iterations that were not
     * chosen are left to {@link MethodSettings#on}, which knows the layers of the model.
     *
     * @param model the model's name
     * @return the settings
     * @throws IllegalArgumentException if a value is out of its range, or two say the same
     */
    public MethodSettings settings(String model) {
        Values.checkLeast("--error-gap", 1, errorGap);
        if (beta != null && !(beta >= 0 && Double.isFinite(beta))) {
            throw new IllegalArgumentException(
                    "--error-beta is at least 0 and finite, not " + beta + ".");
        }
        if (gamma != null && !(gamma > 0 && Double.isFinite(gamma))) {
            throw new IllegalArgumentException(
                    "--error-gamma is above 0 and finite, not "
                            + gamma
                            + "; --error-update none leaves error matrices as they are.");
        }
        if (wiring != null && errorGap != null) {
            throw new IllegalArgumentException(
                    "--error-gap is the gap of the methods' own wiring, which --error-wiring"
                            + " replaces: leave one of the two out.");
        }
        if (gamma != null && update == ErrorMatrixUpdate.NONE) {
            throw new IllegalArgumentException(
                    "--error-gamma is the factor of gradients that --error-update none does not"
                            + " have: leave one of the two out.");
        }
        MethodSettings preset = MethodSettings.preset(model);
        return new MethodSettings(
                new InferenceSettings(
                        iterations,
                        stepSize == null ? preset.inference().stepSize() : stepSize,
                        clamp,
                        constantSteps ? Boolean.FALSE : null,
                        activityDecay,
                        precisions),
                errorGap == null ? preset.errorGap() : errorGap,
                new AlignmentSettings(
                        beta, gamma, wiring, update, difference, norm, discrepancyWeights),
                feedbackDensity);
    }
}
