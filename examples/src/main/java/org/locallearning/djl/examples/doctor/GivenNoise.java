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

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.locallearning.djl.creditassignment.CreditAssignment;
import org.locallearning.djl.creditassignment.rule.NodePerturbation;
import org.locallearning.djl.creditassignment.rule.RandomSource;
import org.locallearning.djl.creditassignment.rule.SignSymmetricFeedback;
import org.locallearning.djl.creditassignment.rule.WeightMirror;
import org.locallearning.djl.decorrelation.internal.HostNumber;

/**
 * The rules of the methods that draw random numbers in a step, with numbers of the host in place of
 * the engine's, of which every device and type of data has others.
 */
final class GivenNoise {

    /** Fewer than a method has, since only the numbers count here. */
    private static final int MIRROR_PHASES = 5;

    private static final Map<String, Function<RandomSource, CreditAssignment>> RULES =
            Map.of(
                    "np", random -> nodePerturbation(NodePerturbation.Mode.NP, random),
                    "anp", random -> nodePerturbation(NodePerturbation.Mode.ANP, random),
                    "wm",
                            random ->
                                    WeightMirror.builder()
                                            .optInitialPhases(MIRROR_PHASES)
                                            .optRandom(random)
                                            .build(),
                    "brsf", random -> SignSymmetricFeedback.builder().optRandom(random).build());

    private GivenNoise() {}

    private static CreditAssignment nodePerturbation(
            NodePerturbation.Mode mode, RandomSource random) {
        return NodePerturbation.builder()
                .optMode(mode)
                .optNoise(
                        (block, output, scale, manager) ->
                                HostNumber.muli(
                                        random.normal(
                                                manager, output.getShape(), output.getDataType()),
                                        scale))
                .build();
    }

    /**
     * Returns the rule of a method with given noise.
     *
     * @param method the plain name of the method
     * @param seed the seed of the noise
     * @return the rule, or empty if the method draws nothing in a step
     */
    static Optional<CreditAssignment> of(String method, long seed) {
        return Optional.ofNullable(RULES.get(method))
                .map(rule -> rule.apply(RandomSource.ofHost(seed)));
    }
}
