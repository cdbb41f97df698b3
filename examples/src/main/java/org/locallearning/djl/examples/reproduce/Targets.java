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
package org.locallearning.djl.examples.reproduce;

import java.util.List;
import org.locallearning.djl.examples.reproduce.ahmad.CorrelatedRegression;
import org.locallearning.djl.examples.reproduce.ahmad.DecorrelatedLearning;
import org.locallearning.djl.examples.reproduce.ahmad.DecorrelationRules;
import org.locallearning.djl.examples.reproduce.ahmad.SkewedRegression;
import org.locallearning.djl.examples.reproduce.alonso.IterationSweep;
import org.locallearning.djl.examples.reproduce.alonso.LearningTime;
import org.locallearning.djl.examples.reproduce.alonso.LocalErrors;
import org.locallearning.djl.examples.reproduce.alonso.MemoryTable;
import org.locallearning.djl.examples.reproduce.alonso.PredictiveLearning;
import org.locallearning.djl.examples.reproduce.alonso.ProductTable;
import org.locallearning.djl.examples.reproduce.alonso.ProximalObjective;
import org.locallearning.djl.examples.reproduce.alonso.UpdateMagnitudes;
import org.locallearning.djl.examples.reproduce.lillicrap.AlignmentDynamics;
import org.locallearning.djl.examples.reproduce.lillicrap.Autoencoders;
import org.locallearning.djl.examples.reproduce.lillicrap.DigitClassifiers;
import org.locallearning.djl.examples.reproduce.lillicrap.FlowField;
import org.locallearning.djl.examples.reproduce.lillicrap.FrozenLayer;
import org.locallearning.djl.examples.reproduce.lillicrap.LinearTheorem;
import org.locallearning.djl.examples.reproduce.lillicrap.Momentum;
import org.locallearning.djl.examples.reproduce.lillicrap.NeuronAlignment;
import org.locallearning.djl.examples.reproduce.lillicrap.ReceptiveFields;
import org.locallearning.djl.examples.reproduce.lillicrap.SecondOrderAngles;
import org.locallearning.djl.examples.reproduce.lillicrap.SwitchToFeedback;
import org.locallearning.djl.examples.reproduce.lillicrap.Xor;
import org.locallearning.djl.examples.reproduce.millea.FisherFigure;
import org.locallearning.djl.examples.reproduce.millea.PenaltyGrid;
import org.locallearning.djl.examples.reproduce.millea.RbmLearningCurves;
import org.locallearning.djl.examples.reproduce.millea.StepCost;
import org.locallearning.djl.examples.reproduce.millea.WeightFilters;
import org.locallearning.djl.examples.reproduce.ororbia.DeepLogisticLearning;
import org.locallearning.djl.examples.reproduce.ororbia.ErrorRates;
import org.locallearning.djl.examples.reproduce.ororbia.NoiseMapsAgainstControls;

/** The table of targets: a new one is one class and one entry here. */
public final class Targets {

    private static final List<Target> ALL =
            List.of(
                    new SkewedRegression(),
                    new CorrelatedRegression(),
                    new DecorrelationRules(),
                    new DecorrelatedLearning(),
                    new ReceptiveFields(),
                    new FrozenLayer(),
                    new Xor(),
                    new DigitClassifiers(),
                    new Momentum(),
                    new Autoencoders(),
                    new NeuronAlignment(),
                    new FlowField(),
                    new LinearTheorem(),
                    AlignmentDynamics.figure11(),
                    AlignmentDynamics.figure12(),
                    new SecondOrderAngles(),
                    new SwitchToFeedback(),
                    new ErrorRates(),
                    new DeepLogisticLearning(),
                    new NoiseMapsAgainstControls(),
                    ProximalObjective.figure1(),
                    UpdateMagnitudes.figure2(),
                    LocalErrors.figure3(),
                    new IterationSweep(),
                    PredictiveLearning.figure5(),
                    PredictiveLearning.figure6(),
                    LocalErrors.figure7(),
                    ProximalObjective.figure8(),
                    UpdateMagnitudes.figure9(),
                    new LearningTime(),
                    PredictiveLearning.table2(),
                    new MemoryTable(),
                    ProductTable.table4(),
                    ProductTable.table5(),
                    new FisherFigure(),
                    new PenaltyGrid(),
                    new WeightFilters(),
                    new RbmLearningCurves(),
                    new StepCost());

    private Targets() {}

    /**
     * Returns every target.
     *
     * @return the targets, paper by paper
     */
    public static List<Target> all() {
        return ALL;
    }

    /**
     * Finds a target by its name.
     *
     * @param name the name
     * @return the target
     * @throws IllegalArgumentException if there is none of that name; the message lists the names
     */
    public static Target named(String name) {
        return ALL.stream()
                .filter(target -> target.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "Unknown target '"
                                                + name
                                                + "': choose from "
                                                + String.join(
                                                        ", ",
                                                        ALL.stream().map(Target::name).toList())
                                                + "."));
    }
}
