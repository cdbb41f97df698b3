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
package org.locallearning.djl.creditassignment.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.training.GradientCollector;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.creditassignment.Gradients;
import org.locallearning.djl.creditassignment.HandWritten;
import org.locallearning.djl.creditassignment.NetworkCase;
import org.locallearning.djl.creditassignment.RuleCase;

/** A loop that closes what a batch makes by a scope: what a rule keeps is not closed with it. */
class ArrayScopeTest {

    private static final Shape INPUT = new Shape(6, 5);
    private static final Shape OUTPUT = new Shape(6, 4);

    private static Block walked() {
        return new SequentialBlock()
                .add(NetworkCase.linear(7))
                .add(Activation::tanh)
                .add(NetworkCase.linear(6))
                .add(Activation::tanh)
                .add(NetworkCase.linear(4));
    }

    private static Block piece() {
        return new SequentialBlock()
                .add(NetworkCase.linear(7))
                .add(
                        new HandWritten(
                                NetworkCase.linear(6),
                                Activation.tanhBlock(),
                                NetworkCase.linear(5)))
                .add(NetworkCase.linear(4));
    }

    static List<Arguments> rules() {
        List<Arguments> rules = new ArrayList<>();
        for (RuleCase rule : RuleCase.all()) {
            rules.add(Arguments.of(rule, "walked"));
            rules.add(Arguments.of(rule, "piece"));
        }
        return rules;
    }

    private static Gradients train(Supplier<Block> block, RuleCase rule, boolean scoped) {
        try (Loop loop = Loop.start(block, INPUT, rule)) {
            for (int batch = 0; batch < 3; batch++) {
                if (scoped) {
                    try (NDScope scope = new NDScope()) {
                        scope.suppressNotUsedWarning();
                        step(loop, batch);
                    }
                } else {
                    step(loop, batch);
                }
            }
            NDManager manager = loop.manager();
            NDArray data = loop.noise(9, INPUT);
            try (GradientCollector collector = loop.collector()) {
                NDList predictions =
                        loop.trainer().forward(new NDList(data), new NDList(manager.zeros(OUTPUT)));
                collector.backward(
                        loop.loss(manager.zeros(OUTPUT), predictions.singletonOrThrow()));
            }
            return loop.gradients();
        }
    }

    private static void step(Loop loop, int batch) {
        NDArray data = loop.noise(2 * batch, INPUT);
        NDArray labels = loop.noise(2 * batch + 1, OUTPUT);
        try (GradientCollector collector = loop.collector()) {
            collector.backward(loop.loss(labels, loop.forward(data, labels)));
        }
        loop.trainer().step();
    }

    /** Parameters are made in the first forward, inside of the scope. */
    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("rules")
    void aModelThatItsFirstBatchInitializesStaysOpen(RuleCase rule, String kind) {
        Supplier<Block> block =
                "piece".equals(kind) ? ArrayScopeTest::piece : ArrayScopeTest::walked;
        try (Loop loop = Loop.startWithoutShapes(block, rule)) {
            for (int batch = 0; batch < 3; batch++) {
                try (NDScope scope = new NDScope()) {
                    scope.suppressNotUsedWarning();
                    step(loop, batch);
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("rules")
    void whatTheRuleKeepsStaysOpen(RuleCase rule, String kind) {
        Supplier<Block> block =
                "piece".equals(kind) ? ArrayScopeTest::piece : ArrayScopeTest::walked;
        Gradients expected = train(block, rule, false);
        assertEquals(0, train(block, rule, true).distanceTo(expected), 1e-6);
    }
}
