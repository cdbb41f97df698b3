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
package org.locallearning.djl.decorrelation.boltzmann;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import ai.djl.ndarray.BaseNDManager;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.locallearning.djl.state.StateFile;

/** The covariance penalty in the paper's form and in the exact one. */
class CovariancePenaltyTest {

    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager();
        Engine.getInstance().setRandomSeed(25);
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void stepPenaltyIsTheChangeOfTheCovarianceLessTheProductOfChanges() {
        SufficientStatistics before = random(6, 4);
        SufficientStatistics after = random(6, 4);
        NDArray expected =
                after.covariance()
                        .sub(before.covariance())
                        .sub(
                                SufficientStatistics.outer(
                                        after.visible().sub(before.visible()),
                                        after.hidden().sub(before.hidden())));
        NDArray difference = CovariancePenalty.stepPenalty(before, after).sub(expected);
        assertEquals(0, difference.abs().max().getDouble(), 1e-14);
    }

    @Test
    void penaltyIsAveragedAndItsWeightFollowsTheShareAboveTheThreshold() {
        double threshold = 0.4;
        double share = 0.3;
        int window = 3;
        Penalty.Term term =
                CovariancePenalty.builder()
                        .optThreshold(threshold)
                        .optShare(share)
                        .optWindow(window)
                        .build()
                        .start(manager);
        double weight = Math.sqrt(1e-5);
        Deque<NDArray> recent = new ArrayDeque<>();
        SufficientStatistics before = null;
        boolean rose = false;
        boolean fell = false;
        for (int batch = 0; batch < 12; ++batch) {
            SufficientStatistics now = random(6, 4).times(batch < 6 ? 1 : 0.1);
            SufficientStatistics gradient = random(6, 4);
            NDArray product = gradient.product().mul(1 - weight);
            if (before != null) {
                recent.add(CovariancePenalty.stepPenalty(before, now));
                if (recent.size() > window) {
                    recent.remove();
                }
                NDArray average = manager.zeros(new Shape(6, 4), DataType.FLOAT64);
                recent.forEach(each -> average.addi(each.div(recent.size())));
                double above = 0;
                for (double each : average.toDoubleArray()) {
                    above += Math.abs(each) > threshold ? 1 / 24.0 : 0;
                }
                boolean grows = above > share;
                rose |= grows;
                fell |= !grows;
                weight = Math.max(1e-5, Math.min(1, grows ? weight * 1.1 : weight / 1.1));
                product = gradient.product().mul(1 - weight).sub(average.mul(weight));
            }
            SufficientStatistics joined = term.join(null, Phase.of(null, null, now), gradient);
            assertEquals(weight, term.getWeight(), 1e-15);
            assertArrayEquals(product.toDoubleArray(), joined.product().toDoubleArray(), 1e-14);
            assertArrayEquals(
                    gradient.visible().mul(1 - weight).toDoubleArray(),
                    joined.visible().toDoubleArray(),
                    1e-15);
            before = now;
        }
        assertTrue(rose && fell);
    }

    @Test
    void weightStaysInItsRange() {
        Penalty.Term always =
                CovariancePenalty.builder().optThreshold(0).optShare(0).build().start(manager);
        Penalty.Term never = CovariancePenalty.builder().optShare(1).build().start(manager);
        for (int batch = 0; batch < 200; ++batch) {
            Phase phase = Phase.of(null, null, random(3, 2));
            always.join(null, phase, random(3, 2));
            never.join(null, phase, random(3, 2));
        }
        assertEquals(1, always.getWeight(), 1e-15);
        assertEquals(1e-5, never.getWeight(), 1e-20);
    }

    @Test
    void binaryWeightIsOneUntilThePenaltyIsSmallAndThenZeroForGood() {
        Penalty.Term term =
                CovariancePenalty.builder()
                        .optThreshold(0.5)
                        .optShare(0.2)
                        .optWindow(1)
                        .optWeight(new PenaltyWeight.Binary())
                        .build()
                        .start(manager);
        List<Double> weights = new ArrayList<>();
        SufficientStatistics gradient = random(3, 2);
        SufficientStatistics still = random(3, 2);
        for (int batch = 0; batch < 6; ++batch) {
            SufficientStatistics now = batch == 2 || batch == 3 ? still : random(3, 2).times(9);
            SufficientStatistics joined = term.join(null, Phase.of(null, null, now), gradient);
            weights.add(term.getWeight());
            assertArrayEquals(
                    gradient.visible().mul(1 - term.getWeight()).toDoubleArray(),
                    joined.visible().toDoubleArray(),
                    1e-15);
        }
        // nothing changes from the third batch to the fourth
        assertEquals(List.of(1.0, 1.0, 1.0, 0.0, 0.0, 0.0), weights);
    }

    @Test
    void scheduledWeightIsTheSchedules(@TempDir Path folder) throws Exception {
        CovariancePenalty penalty =
                CovariancePenalty.builder()
                        .optWeight(new PenaltyWeight.Scheduled(step -> 0.5f / (1 + step)))
                        .build();
        Penalty.Term term = penalty.start(manager);
        List<Double> weights = new ArrayList<>();
        for (int batch = 0; batch < 5; ++batch) {
            if (batch == 3) {
                Path file = folder.resolve("term.state");
                StateFile.save(file, Map.of("term", term));
                term = penalty.start(manager);
                StateFile.load(file, manager, Map.of("term", term));
            }
            term.join(null, Phase.of(null, null, random(3, 2)), random(3, 2));
            weights.add(term.getWeight());
        }
        assertEquals(List.of(0.5, 0.5, 0.25, (double) (0.5f / 3), 0.125), weights);
        Penalty.Term above =
                CovariancePenalty.builder()
                        .optWeight(new PenaltyWeight.Scheduled(step -> step < 1 ? 1 : 1.5f))
                        .build()
                        .start(manager);
        above.join(null, Phase.of(null, null, random(3, 2)), random(3, 2));
        above.join(null, Phase.of(null, null, random(3, 2)), random(3, 2));
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () ->
                                        above.join(
                                                null,
                                                Phase.of(null, null, random(3, 2)),
                                                random(3, 2)))
                        .getMessage();
        assertTrue(message.contains("1.5 at step 1"), message);
    }

    /** The window, which is empty after one batch, is all that a save adds. */
    @Test
    void savesLeaveNoArrays(@TempDir Path folder) throws Exception {
        Penalty.Term term = CovariancePenalty.builder().build().start(manager);
        term.join(null, Phase.of(null, null, random(3, 2)), random(3, 2));
        int before = ((BaseNDManager) manager).getManagedArrays().size();
        for (int save = 0; save < 2; ++save) {
            StateFile.save(folder.resolve("term.state"), Map.of("term", term));
            assertEquals(before + 1, ((BaseNDManager) manager).getManagedArrays().size());
        }
    }

    @ParameterizedTest
    @EnumSource(CovarianceBlock.class)
    void descendingTheExactPenaltyLowersItsBlock(CovarianceBlock block) {
        SlowMachine machine = SlowMachine.random(4, 3, 1, 3);
        SufficientStatistics none =
                SufficientStatistics.fromVector(
                        manager.zeros(new Shape(19), DataType.FLOAT64), 4, 3);
        for (int step = 0; step < 20; ++step) {
            double[] direction =
                    new ExactCovariancePenalty(1, block)
                            .start(manager)
                            .join(machine.parameters(manager), null, none)
                            .toVector()
                            .toDoubleArray();
            double[] theta = machine.theta();
            for (int t = 0; t < theta.length; ++t) {
                theta[t] += 0.2 * direction[t];
            }
            SlowMachine next = machine.with(theta);
            assertTrue(next.covarianceNorm(block) < machine.covarianceNorm(block), "step " + step);
            machine = next;
        }
    }

    @Test
    void exactPenaltyJoinsBothGradients() {
        BoltzmannParameters parameters = SlowMachine.random(4, 3, 1, 2).parameters(manager);
        SufficientStatistics gradient = random(4, 3);
        SufficientStatistics joined =
                new ExactCovariancePenalty(0.3).start(manager).join(parameters, null, gradient);
        try (ExactDistribution exact = ExactDistribution.of(parameters)) {
            SufficientStatistics expected =
                    gradient.times(0.7).minus(exact.covarianceNormGradient().times(0.3));
            assertArrayEquals(
                    expected.toVector().toDoubleArray(), joined.toVector().toDoubleArray(), 1e-15);
        }
    }

    @Test
    void descendingTheExactPenaltyLowersTheCovariance() {
        SlowMachine machine = SlowMachine.random(4, 3, 1, 2);
        double before = machine.covarianceNorm();
        for (int step = 0; step < 200; ++step) {
            BoltzmannParameters parameters = machine.parameters(manager);
            SufficientStatistics none =
                    SufficientStatistics.fromVector(
                            manager.zeros(new Shape(19), DataType.FLOAT64), 4, 3);
            double[] direction =
                    new ExactCovariancePenalty(1)
                            .start(manager)
                            .join(parameters, null, none)
                            .toVector()
                            .toDoubleArray();
            double[] theta = machine.theta();
            for (int t = 0; t < theta.length; ++t) {
                theta[t] += direction[t];
            }
            SlowMachine next = machine.with(theta);
            assertTrue(next.covarianceNorm() < machine.covarianceNorm(), "step " + step);
            machine = next;
        }
        assertTrue(machine.covarianceNorm() < before / 5);
    }

    @Test
    void badInputIsNamed() {
        assertThrows(IllegalArgumentException.class, () -> new ExactCovariancePenalty(1.5));
        assertThrows(
                IllegalArgumentException.class, () -> CovariancePenalty.builder().optWindow(0));
        assertThrows(IllegalArgumentException.class, () -> CovariancePenalty.builder().optShare(2));
        assertThrows(
                IllegalArgumentException.class, () -> CovariancePenalty.builder().optThreshold(-1));
        assertThrows(IllegalArgumentException.class, () -> new PenaltyWeight.Adaptive(1, 1e-5, 1));
        assertThrows(IllegalArgumentException.class, () -> new PenaltyWeight.Adaptive(2, 0, 1));
    }

    private SufficientStatistics random(int visible, int hidden) {
        return new SufficientStatistics(
                manager.randomNormal(0, 1, new Shape(visible), DataType.FLOAT64),
                manager.randomNormal(0, 1, new Shape(hidden), DataType.FLOAT64),
                manager.randomNormal(0, 1, new Shape(visible, hidden), DataType.FLOAT64));
    }
}
