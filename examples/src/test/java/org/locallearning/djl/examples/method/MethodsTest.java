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
package org.locallearning.djl.examples.method;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.examples.data.DataSets;
import org.locallearning.djl.examples.models.Models;

class MethodsTest {

    static List<Method> methods() {
        return Methods.all();
    }

    @Test
    void namesAreUniqueAndFoundAgain() {
        assertEquals(Methods.names().size(), new HashSet<>(Methods.names()).size());
        for (Method method : Methods.all()) {
            assertSame(method, Methods.named(method.name()));
        }
    }

    @Test
    void baselineIsTheStockTrainer() {
        try (Model model = model();
                Trainer trainer =
                        Methods.named(Methods.BASELINE).trainer().newTrainer(model, config(), 1)) {
            assertSame(Trainer.class, trainer.getClass());
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    void everyMethodMakesATrainer(Method method) {
        try (Model model = model();
                Trainer trainer = method.trainer().newTrainer(model, config(), 1)) {
            trainer.initialize(new Shape(2, 3));
            assertSame(model, trainer.getModel());
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    void everyMethodIsDescribedAndHasRatesForEverything(Method method) {
        assertFalse(method.title().isBlank());
        assertTrue(method.description().endsWith("."));
        for (String dataset : DataSets.names()) {
            for (String model : Models.names()) {
                for (OptimizerKind optimizer : OptimizerKind.values()) {
                    float rate = method.learningRates().rate(dataset, model, optimizer);
                    assertTrue(rate > 0 && rate < 1, model + " " + optimizer + " " + rate);
                }
            }
        }
    }

    @Test
    void unknownMethodListsTheKnownOnes() {
        String message =
                assertThrows(IllegalArgumentException.class, () -> Methods.named("nosuch"))
                        .getMessage();
        Methods.names().forEach(name -> assertTrue(message.contains(name), message));
    }

    @Test
    void presetSetLastOfThoseThatHoldWins() {
        LearningRates rates =
                LearningRates.of(1, 2)
                        .with(LearningRates.ANY, "mlp", OptimizerKind.ADAM, 3)
                        .with("mnist", "mlp", OptimizerKind.ADAM, 4);
        assertEquals(1, rates.rate("mnist", "conv", OptimizerKind.ADAM));
        assertEquals(2, rates.rate("mnist", "mlp", OptimizerKind.SGD));
        assertEquals(3, rates.rate("glyphs", "mlp", OptimizerKind.ADAM));
        assertEquals(4, rates.rate("mnist", "mlp", OptimizerKind.ADAM));
    }

    private static Model model() {
        Model model = Model.newInstance("linear", "PyTorch");
        model.setBlock(Linear.builder().setUnits(2).build());
        return model;
    }

    private static DefaultTrainingConfig config() {
        return new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                .optOptimizer(OptimizerKind.ADAM.create(1e-3f));
    }
}
