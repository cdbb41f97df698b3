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
package org.locallearning.djl.examples.reproduce.alonso;

import java.util.List;
import org.locallearning.djl.examples.reproduce.Target;

/**
 * The figures and tables of Alonso, Krichmar and Neftci, "Understanding and Improving Optimization
 * in Predictive Coding Networks" (2023).
 */
public final class AlonsoTargets {

    /** Every target, in the order of the paper. */
    public static final List<Target> ALL =
            List.of(
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
                    new ProximalTheorem());

    private AlonsoTargets() {}
}
