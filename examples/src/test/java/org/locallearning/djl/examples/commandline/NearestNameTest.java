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

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A slip of the keyboard finds the name that was meant; another word finds none. */
class NearestNameTest {

    private static final List<String> NAMES =
            List.of("--epochs", "--methods", "--seeds", "--model", "--out", "ahmad-figure-1");

    @ParameterizedTest
    @CsvSource({
        "--epoch,         --epochs",
        "-epochs,         --epochs",
        "--sedes,         ", // two letters of five are too many
        "--seed,          --seeds",
        "--method,        --methods",
        "--mothods,       --methods",
        "--models,        --model", // one letter from it, two from --methods
        "ahmad-fig-1,     ahmad-figure-1",
        "ahmad-figure-17, ahmad-figure-1",
        "--learning-rate, ",
        "--oot,           --out",
        "--,              ",
    })
    void isTheOneThatWasMeant(String given, String meant) {
        assertEquals(Optional.ofNullable(meant), NearestName.of(given, NAMES));
    }
}
