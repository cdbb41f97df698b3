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
 * What the unit-variance term of the decorrelation rule scales. With the outputs {@code x̄ = M (x −
 * μ)} and {@code v_i = ⟨x̄_i²⟩ − 1}, which is above 0 for an output of too large a variance:
 */
public enum VarianceTerm {
    /**
     * The rows of M, {@code diag(v) M}: an output of too large a variance shrinks. Its fixed points
     * have unit variances.
     */
    ROWS,

    /**
     * The columns of M, {@code M diag(v)}, as the authors' code of decorrelated backpropagation
     * does (decorbp, where {@code v * M} broadcasts along rows): the share of the input of that
     * index in every output shrinks. As long as M is near the identity the two are alike, since
     * {@code M diag(v) − diag(v) M} vanishes for {@code M = I}.
     */
    COLUMNS
}
