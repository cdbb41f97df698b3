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
package org.locallearning.djl.examples.method;

import java.util.List;
import org.locallearning.djl.creditassignment.lra.ErrorDifference;
import org.locallearning.djl.creditassignment.lra.ErrorMatrixUpdate;
import org.locallearning.djl.creditassignment.lra.ErrorWiring;
import org.locallearning.djl.creditassignment.lra.LocalRepresentationAlignment;

/**
 * What was chosen in the place of a method's own settings of local representation alignment; null
 * where nothing was.
 *
 * @param beta the factor of transmitted errors, β
 * @param gamma the factor of the gradients of error matrices, γ
 * @param wiring which layer sends its error to which
 * @param update how error matrices learn
 * @param difference what error neurons compare
 * @param norm the norm of the discrepancy, p
 * @param weights the weights of the discrepancies of layers from the input to the output, κ
 */
public record AlignmentSettings(
        Double beta,
        Double gamma,
        Wiring wiring,
        ErrorMatrixUpdate update,
        ErrorDifference difference,
        Double norm,
        List<Double> weights) {

    /** Nothing chosen. */
    public static final AlignmentSettings NONE =
            new AlignmentSettings(null, null, null, null, null, null, null);

    /** Which layer sends its error to which. */
    public enum Wiring {
        /** The output to every layer. */
        OUTPUT(ErrorWiring.fromOutput()),
        /** Every layer to the one below. */
        CHAIN(ErrorWiring.chain()),
        /** The output to every residual block. */
        BLOCKS(ErrorWiring.residualBlocks());

        private final transient ErrorWiring connections;

        Wiring(ErrorWiring connections) {
            this.connections = connections;
        }
    }

    /**
     * Creates the settings.
     *
     * @param beta β, at least 0, or null
     * @param gamma γ, above 0, or null
     * @param wiring which layer sends its error to which, or null
     * @param update how error matrices learn, or null
     * @param difference what error neurons compare, or null
     * @param norm p, at least 1, or null
     * @param weights κ of each layer, at least 0, or null
     * @throws IllegalArgumentException if a value is out of its range
     */
    public AlignmentSettings {
        LocalRepresentationAlignment.Builder check = LocalRepresentationAlignment.builder();
        if (beta != null) {
            check.optBeta(beta);
        }
        if (gamma != null) {
            check.optGamma(gamma);
        }
        if (norm != null) {
            check.optNorm(norm);
        }
        if (weights != null) {
            weights = List.copyOf(weights);
            check.optDiscrepancyWeights(numbers(weights));
        }
    }

    private static double[] numbers(List<Double> weights) {
        return weights.stream().mapToDouble(each -> each).toArray();
    }

    /** Puts what was chosen into a rule. */
    LocalRepresentationAlignment.Builder applyTo(LocalRepresentationAlignment.Builder rule) {
        if (beta != null) {
            rule.optBeta(beta);
        }
        if (gamma != null) {
            rule.optGamma(gamma);
        }
        if (wiring != null) {
            rule.optWiring(wiring.connections);
        }
        if (update != null) {
            rule.optErrorMatrixUpdate(update);
        }
        if (norm != null) {
            rule.optNorm(norm);
        }
        if (weights != null) {
            rule.optDiscrepancyWeights(numbers(weights));
        }
        return difference == null ? rule : rule.optErrorDifference(difference);
    }
}
