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
package org.locallearning.djl.creditassignment.loss;

import ai.djl.training.loss.Loss;
import org.locallearning.djl.decorrelation.internal.PrivateFields;

/** The settings of DJL's losses, which have no getters for them. */
final class LossSettings {

    private final Loss loss;

    LossSettings(Loss loss) {
        this.loss = loss;
    }

    float number(String name) {
        return ((Number) read(name)).floatValue();
    }

    boolean flag(String name) {
        return (Boolean) read(name);
    }

    private Object read(String name) {
        return PrivateFields.read(loss.getClass(), loss, name);
    }
}
