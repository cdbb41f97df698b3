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
package org.locallearning.djl.examples.commandline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class LayerSizesTest {

    private final LayerSizes.Converter converter = new LayerSizes.Converter();

    @Test
    void readsListsAndRepetitions() {
        assertEquals(List.of(300, 100), converter.convert("300,100").sizes());
        assertEquals(List.of(1000, 1000, 1000, 1000), converter.convert("1000x4").sizes());
        assertEquals(List.of(8, 8, 5), converter.convert("8x2, 5").sizes());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "10,", "x4", "10x0", "-3", "ten", "10x", "99999999999"})
    void refusesWhatIsNoSize(String text) {
        String message =
                assertThrows(TypeConversionException.class, () -> converter.convert(text))
                        .getMessage();
        assertTrue(message.contains("'" + text + "'"), message);
    }
}
