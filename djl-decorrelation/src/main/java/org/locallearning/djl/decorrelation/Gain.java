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
package org.locallearning.djl.decorrelation;

/**
 * How M is rescaled at every update, so that the decorrelated output keeps the norm of the input.
 *
 * <p>Without a gain the rule tends to the trivial solution of zero activity. At fixed points the
 * covariance is proportional to the identity with a scalar gain (whitening up to scale), and
 * diagonal with each unit's variance kept with the unit-wise gain.
 *
 * <p>In the formulas {@code u} is a row of the layer's input, {@code s} the decorrelated row, and
 * sums run over the rows of the sample. The paper's main text prints the inverted {@code
 * ‖s‖²/‖u‖²}, which would shrink M without bound and is not offered.
 */
public enum Gain {
    /** {@code sqrt(Σ‖u‖² / Σ‖s‖²)}: one number, keeps the total energy of the sample exactly. */
    SCALAR {
        @Override
        SampleGain of(ActivitySample sample) {
            return sample.energies().energyRatio();
        }
    },

    /**
     * The mean over rows of {@code ‖u‖ / sqrt(‖s‖² + 1e-8)}: one number, the form of the authors'
     * code. It weighs every row alike and keeps the total energy only roughly. Rows of zeros, such
     * as patches of an empty background, are left out.
     */
    MEAN_OF_RATIOS {
        @Override
        SampleGain of(ActivitySample sample) {
            return sample.energies().meanOfRatios();
        }
    },

    /** {@code sqrt(Σ u_j² / Σ s_j²)} for each unit j, the form of the paper's appendix E. */
    UNITWISE {
        @Override
        SampleGain of(ActivitySample sample) {
            return SampleGain.Computed.unitwise(sample);
        }
    },

    /** Always 1. */
    NONE {
        @Override
        SampleGain of(ActivitySample sample) {
            return new SampleGain.Common(1);
        }
    };

    /**
     * Returns the gain that a sample asks for, not clamped.
     *
     * @param sample the rows before and after decorrelation
     */
    abstract SampleGain of(ActivitySample sample);

    /**
     * Returns this gain with other limits than 0.1 and 10.
     *
     * @param min the lower limit of the gain of one update, above 0 and at most 1
     * @param max the upper limit, at least 1
     * @return the settings
     */
    public GainOptions within(double min, double max) {
        return new GainOptions(this).within(min, max);
    }

    /**
     * Returns this gain, compared with the raw in place of the demeaned input.
     *
     * @return the settings
     * @see GainOptions#ofRawInput
     */
    public GainOptions ofRawInput() {
        return new GainOptions(this).ofRawInput();
    }
}
