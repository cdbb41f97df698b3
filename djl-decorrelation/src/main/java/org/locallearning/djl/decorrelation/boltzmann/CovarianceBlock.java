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

/**
 * The blocks of the covariance of visible and hidden units whose norm can be penalised: those of
 * {@code cov(g, g)} on which, as the paper says, its larger blocks depend.
 *
 * <p>Millea, section 4.1, the expansion of {@code ‖G‖²}.
 */
public enum CovarianceBlock {
    /** {@code cov(v, h)}, (visible, hidden), the paper's example. */
    VISIBLE_HIDDEN,

    /** {@code cov(v, v)}, (visible, visible), with the variances on its diagonal. */
    VISIBLE,

    /** {@code cov(h, h)}, (hidden, hidden), with the variances on its diagonal. */
    HIDDEN
}
