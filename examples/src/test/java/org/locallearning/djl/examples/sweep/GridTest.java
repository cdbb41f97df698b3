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
package org.locallearning.djl.examples.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.examples.LocalLearning;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.method.Methods;

class GridTest {

    private static final SweptOption RATE = SweptOption.named("learning-rate").orElseThrow();
    private static final SweptOption DECOR_RATE = SweptOption.named("decor-rate").orElseThrow();
    private static final Method FA = Methods.named("fa");
    private static final Method FA_DECOR = Methods.named("fa+decor");

    @Test
    void triesEveryValueWithEveryOther() {
        Grid grid =
                Grid.parse(
                        List.of("learning-rate=1e-4,1e-3", "fa+decor:decor-rate=1e-6,1e-5,1e-4"),
                        List.of(FA, FA_DECOR));

        assertEquals(List.of(Map.of(RATE, "1e-4"), Map.of(RATE, "1e-3")), grid.settings(FA));
        assertEquals(6, grid.settings(FA_DECOR).size());
        assertEquals(Map.of(RATE, "1e-4", DECOR_RATE, "1e-5"), grid.settings(FA_DECOR).get(1));
    }

    @Test
    void withoutAxesHasThePresetsAlone() {
        assertEquals(List.of(Map.of()), Grid.parse(List.of(), List.of(FA)).settings(FA));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "learning-rate=1e-3 | has one value",
                "learning-rate= | takes numbers",
                "learning-rate=1e-3,fast | takes numbers",
                "learning-rate=1e-3,0.001 | twice",
                "learning-rate | takes an axis and its values",
                "epochs=1,2 | has no axis 'epochs'",
                "decor-rate=1e-5,1e-4 | The method 'fa' has no decor-rate",
                "fa+decor:iterations=3,4 | which is for il, seqil and ipc",
                "dfa:learning-rate=1e-4,1e-3 | names the method 'dfa'",
                "learning-rate=1e-4,1e-3 fa:learning-rate=1,2 | for the same method",
            })
    void refusesInOneSentence(String axes, String reason) {
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> Grid.parse(List.of(axes.split(" ")), List.of(FA, FA_DECOR)));
        assertTrue(e.getMessage().contains(reason), e.getMessage());
    }

    static List<SweptOption> axes() {
        return SweptOption.all();
    }

    /** What takes a number and is a setting is an axis, what is none is not. */
    @Test
    void everyNumericSettingIsAnAxis() {
        List<String> names = SweptOption.names();
        for (String setting :
                List.of(
                        "learning-rate",
                        "batch",
                        "slope",
                        "iterations",
                        "inference-step",
                        "inference-clamp",
                        "activity-decay",
                        "error-gap",
                        "error-beta",
                        "error-gamma",
                        "error-norm",
                        "projection-radius",
                        "feedback-density",
                        "decor-rate",
                        "decor-sample",
                        "decor-interval",
                        "decor-samples",
                        "decor-block",
                        "decor-rank",
                        "decor-variance")) {
            assertTrue(names.contains(setting), setting);
        }
        for (String other :
                List.of(
                        "epochs",
                        "seeds",
                        "limit",
                        "test-limit",
                        "validation",
                        "threads",
                        "alignments",
                        "correlations",
                        "evaluations",
                        "optimizer",
                        "hidden",
                        "inference-precisions")) {
            assertFalse(names.contains(other), other);
        }
    }

    /** An axis is an option of compare, and some method has it. */
    @ParameterizedTest
    @MethodSource("axes")
    void everyAxisIsAnOption(SweptOption axis) {
        assertNotNull(
                LocalLearning.commandLine()
                        .getSubcommands()
                        .get("compare")
                        .getCommandSpec()
                        .findOption(axis.option()));
        assertTrue(
                Methods.all().stream()
                        .anyMatch(
                                method ->
                                        axis.belongsTo(method)
                                                || axis.belongsTo(method.withDecorrelation())));
    }
}
