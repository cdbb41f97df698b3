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
package org.locallearning.djl.examples.results;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DivergenceTest {

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            nullValues = "none",
            value = {
                "the values first stop being finite in layer 03Linear,03Linear",
                "it is in layer '02Sequential.01DecorrelatedLinear'. Try less,"
                        + "02Sequential.01DecorrelatedLinear",
                "the error at layer 01Linear.02x is not finite. Stopped,01Linear.02x",
                "every layer is finite: it is the loss function's own,none",
                "the outputs of all layers are finite,none"
            })
    void namesTheLayerOfTheMessage(String reason, String layer) {
        Divergence divergence = Divergence.of(2, 17, reason);
        assertEquals(layer, divergence.layer());
        assertEquals(
                "epoch 2, batch 17" + (layer == null ? "" : ", layer " + layer),
                divergence.place());
    }
}
