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
package org.locallearning.djl.examples.djlprograms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.creditassignment.GeneratedPage;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.method.Methods;

/** Any DJL program trains under every method, or is refused in one sentence. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DjlProgramsTest {

    private final Matrix matrix = new Matrix();

    @BeforeAll
    void keepTheLogReadable() {
        System.setProperty("disableProgressBar", "true");
    }

    static Stream<Named<Program>> programs() {
        return Programs.all().stream().map(program -> Named.of(program.title(), program));
    }

    @ParameterizedTest
    @MethodSource("programs")
    void learnsWithTheStockTrainer(Program program) {
        Outcome outcome = matrix.stock(program);
        outcome.failure()
                .ifPresent(
                        failure -> {
                            throw new AssertionError(failure);
                        });
        assertFalse(outcome.moved().isEmpty());
        List<Float> losses = outcome.losses();
        assertTrue(losses.size() >= Run.STEPS, losses.toString());
        if (program.repeatsItsBatch()) {
            assertTrue(losses.get(losses.size() - 1) < losses.get(0), losses.toString());
        }
    }

    static Stream<Arguments> cells() {
        return programs()
                .flatMap(
                        program ->
                                ProgramsPage.methods().stream()
                                        .map(method -> Arguments.of(program, method)));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("cells")
    void trainsOrIsRefused(Program program, Method method) {
        Verdict verdict = matrix.verdict(program, method);
        Optional<KnownDefects.Defect> known = KnownDefects.of(program, method);
        if (known.isPresent()) {
            assertEquals(
                    Verdict.Kind.WRONG,
                    verdict.kind(),
                    "This cell is right now: take it out of KnownDefects.");
            assertTrue(verdict.reason().startsWith(known.get().sign()), verdict.reason());
        } else {
            assertNotEquals(Verdict.Kind.WRONG, verdict.kind(), verdict.reason());
        }
    }

    @Test
    void thePageIsTheTable() throws IOException {
        assertEquals(Methods.BASELINE, Methods.all().get(0).name());
        GeneratedPage.check(
                Path.of("../docs/programs.md"), ProgramsPage.of(matrix), DjlProgramsTest.class);
    }
}
