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
package org.locallearning.djl.creditassignment.checkpoint;

import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.creditassignment.NetworkCase;
import org.locallearning.djl.creditassignment.checkpoint.ResumableRun.OptimizerCase;
import org.locallearning.djl.creditassignment.checkpoint.ResumableRun.Program;
import org.locallearning.djl.decorrelation.boltzmann.BoltzmannLearning;
import org.locallearning.djl.decorrelation.boltzmann.CentredGradient;
import org.locallearning.djl.decorrelation.boltzmann.CovariancePenalty;
import org.locallearning.djl.decorrelation.boltzmann.IncrementalWhitening;
import org.locallearning.djl.decorrelation.boltzmann.NaturalGradient;
import org.locallearning.djl.decorrelation.boltzmann.PeriodicWhitening;
import org.locallearning.djl.decorrelation.boltzmann.PersistentContrastiveDivergence;
import org.locallearning.djl.decorrelation.boltzmann.ReconstructionError;
import org.locallearning.djl.decorrelation.boltzmann.RestrictedBoltzmannMachine;

/** A Boltzmann machine goes on from a checkpoint. */
class BoltzmannResumeTest {

    static Stream<Arguments> cases() {
        List<BoltzmannLearning> all =
                List.of(
                        BoltzmannLearning.builder().build(),
                        BoltzmannLearning.builder()
                                .optNegativePhase(new PersistentContrastiveDivergence(2, 7))
                                .optDirection(new CentredGradient())
                                .optWeightDecay(1e-4)
                                .build(),
                        BoltzmannLearning.builder()
                                .optDirection(new NaturalGradient(0.01, 2))
                                .build(),
                        BoltzmannLearning.builder()
                                .optNegativePhase(new PersistentContrastiveDivergence(1, 14))
                                .optDirection(IncrementalWhitening.builder().build())
                                .optPenalty(CovariancePenalty.builder().build())
                                .build(),
                        BoltzmannLearning.builder()
                                .optDirection(PeriodicWhitening.builder().optInterval(3).build())
                                .build());
        return all.stream()
                .flatMap(
                        learning ->
                                ResumeContract.ofDjl().stream()
                                        .map(optimizer -> Arguments.of(learning, optimizer)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void goesOnAsIfItHadNotStopped(
            BoltzmannLearning learning, OptimizerCase optimizer, @TempDir Path folder)
            throws Exception {
        NetworkCase machine =
                new NetworkCase(
                        "machine",
                        () -> RestrictedBoltzmannMachine.builder().setHiddenUnits(4).build(),
                        new Shape(8, 6),
                        1);
        ResumeContract.checkGoesOn(
                new Program(machine, ReconstructionError::new, learning::newTrainer),
                optimizer,
                folder);
    }
}
