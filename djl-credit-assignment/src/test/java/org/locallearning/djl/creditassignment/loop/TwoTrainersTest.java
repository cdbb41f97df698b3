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
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.training.GradientCollector;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.creditassignment.ForcedCollection;
import org.locallearning.djl.creditassignment.Gradients;
import org.locallearning.djl.creditassignment.NetworkCase;
import org.locallearning.djl.creditassignment.RuleCase;

/** A generator and a discriminator, each with its own trainer, in one gradient collector. */
class TwoTrainersTest {

    private static final Gradients.TrainerFactory STOCK = Model::newTrainer;

    private static final Shape NOISE = new Shape(6, 3);
    private static final Shape IMAGES = new Shape(6, 5);
    private static final Shape VERDICTS = new Shape(6, 1);

    private static Block generator() {
        return new SequentialBlock()
                .add(NetworkCase.linear(8))
                .add(BatchNorm.builder().build())
                .add(Activation::relu)
                .add(NetworkCase.linear(5));
    }

    private static Block discriminator() {
        return new SequentialBlock()
                .add(list -> new NDList(list.singletonOrThrow().tanh()))
                .add(NetworkCase.linear(7))
                .add(Activation::tanh)
                .add(NetworkCase.linear(1));
    }

    /** What a batch leaves in the generator and in the discriminator. */
    private record Pair(Gradients generator, Gradients discriminator) {}

    @Test
    void theErrorReachesTheGenerator() {
        Pair stock = ForcedCollection.without(() -> backward(STOCK, STOCK));
        Pair found = backward(Loop.BACKPROPAGATION, Loop.BACKPROPAGATION);
        assertEquals(0, found.generator().distanceTo(stock.generator()), 1e-5);
        assertEquals(0, found.discriminator().distanceTo(stock.discriminator()), 1e-5);
    }

    @Test
    void oneOfTheTwoMayBeOfTheStockTrainer() {
        Pair stock = ForcedCollection.without(() -> backward(STOCK, STOCK));
        Pair generator = backward(Loop.BACKPROPAGATION, STOCK);
        assertEquals(0, generator.generator().distanceTo(stock.generator()), 1e-5);
        assertEquals(0, generator.discriminator().distanceTo(stock.discriminator()), 1e-5);
        Pair discriminator = backward(STOCK, Loop.BACKPROPAGATION);
        assertEquals(0, discriminator.generator().distanceTo(stock.generator()), 1e-5);
        assertEquals(0, discriminator.discriminator().distanceTo(stock.discriminator()), 1e-5);
    }

    private static Pair backward(
            Gradients.TrainerFactory generators, Gradients.TrainerFactory discriminators) {
        try (Loop generator = Loop.start(TwoTrainersTest::generator, NOISE, generators);
                Loop discriminator =
                        Loop.start(TwoTrainersTest::discriminator, IMAGES, discriminators)) {
            try (GradientCollector collector =
                    (discriminators == STOCK ? generator : discriminator).collector()) {
                collector.backward(loss(generator, discriminator));
            }
            return new Pair(generator.gradients(), discriminator.gradients());
        }
    }

    private static NDArray loss(Loop generator, Loop discriminator) {
        NDArray images = generator.noise(2, IMAGES);
        NDArray real = generator.manager().ones(VERDICTS);
        NDArray fake = generator.forward(generator.noise(1, NOISE), images).mul(0.8f).tanh();
        NDArray verdict = discriminator.forward(fake, real);
        return discriminator.loss(real, verdict).add(generator.loss(images, fake));
    }

    static List<RuleCase> rules() {
        return RuleCase.all();
    }

    @ParameterizedTest
    @MethodSource("rules")
    void theDiscriminatorsRuleMakesTheErrorOfTheGenerator(RuleCase rule) {
        if (Loop.isDrivenByLoss(rule)) {
            String message =
                    assertThrows(
                                    IllegalStateException.class,
                                    () -> backward(Loop.BACKPROPAGATION, rule))
                            .getMessage();
            assertTrue(message.contains("sends no error to the inputs"), message);
            assertTrue(message.contains("stopGradient()"), message);
            return;
        }
        Pair found = backward(Loop.BACKPROPAGATION, rule);
        try (Loop generator = Loop.start(TwoTrainersTest::generator, NOISE, Loop.BACKPROPAGATION);
                Loop discriminator = Loop.start(TwoTrainersTest::discriminator, IMAGES, rule)) {
            NDArray images = generator.noise(2, IMAGES);
            NDArray real = generator.manager().ones(VERDICTS);
            NDArray noise = generator.noise(1, NOISE);
            NDArray made;
            try (GradientCollector collector = generator.collector()) {
                made = generator.forward(noise, images).mul(0.8f).tanh().stopGradient();
                collector.zeroGradients();
            }
            // the discriminator alone, on images that ask for their gradient
            made.setRequiresGradient(true);
            try (GradientCollector collector = discriminator.collector()) {
                NDArray verdict = discriminator.forward(made, real);
                collector.backward(discriminator.loss(real, verdict));
            }
            NDArray error = made.getGradient();
            try (GradientCollector collector = generator.collector()) {
                NDArray fake = generator.forward(noise, images).mul(0.8f).tanh();
                collector.backward(generator.loss(images, fake).add(fake.mul(error).sum()));
            }
            assertEquals(0, found.generator().distanceTo(generator.gradients()), 1e-4);
            assertEquals(0, found.discriminator().distanceTo(discriminator.gradients()), 1e-5);
        }
    }

    @Test
    void aStepOfTheGeneratorNeedsAnError() {
        try (Loop generator = Loop.start(TwoTrainersTest::generator, NOISE, Loop.BACKPROPAGATION);
                Loop discriminator =
                        Loop.start(TwoTrainersTest::discriminator, IMAGES, Loop.BACKPROPAGATION)) {
            for (int batch = 0; batch < 2; batch++) {
                try (GradientCollector collector = discriminator.collector()) {
                    NDArray loss = loss(generator, discriminator);
                    collector.backward(loss);
                }
                discriminator.trainer().step();
                generator.trainer().step();
            }
            NDArray images = generator.noise(2, IMAGES);
            NDArray fakes = generator.manager().zeros(VERDICTS);
            try (GradientCollector collector = discriminator.collector()) {
                NDArray fake = generator.forward(generator.noise(1, NOISE), images);
                NDArray verdict = discriminator.forward(fake.stopGradient(), fakes);
                collector.backward(discriminator.loss(fakes, verdict));
            }
            discriminator.trainer().step();
            String message =
                    assertThrows(IllegalStateException.class, generator.trainer()::step)
                            .getMessage();
            assertTrue(message.contains("no error has reached a forward"), message);
        }
    }
}
