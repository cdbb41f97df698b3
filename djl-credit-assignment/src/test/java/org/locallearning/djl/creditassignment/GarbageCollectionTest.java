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
package org.locallearning.djl.creditassignment;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.transformer.ScaledDotProductAttentionBlock;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.locallearning.djl.creditassignment.internal.Autograd;
import org.locallearning.djl.creditassignment.rule.Backpropagation;

/**
 * Gradients are the same with and without garbage collections between the forward, the loss and the
 * backward. What they are without is asked of the stock trainer.
 */
class GarbageCollectionTest {

    private static final int STEPS = 200;
    private static final int SAMPLES = 5;
    private static final int UNITS = 4;
    private static final Shape VECTORS = new Shape(SAMPLES, UNITS);

    /**
     * A block and a loss that compute with Java numbers.
     *
     * @param name the name
     * @param block the network
     * @param input the shape of its input
     * @param loss the loss
     * @param labels makes labels
     */
    private record NumbersCase(
            String name,
            Block block,
            Shape input,
            Loss loss,
            Function<NDManager, NDArray> labels) {}

    private static List<NumbersCase> cases() {
        List<NumbersCase> cases = new ArrayList<>();
        Function<NDManager, NDArray> signs =
                manager -> manager.randomNormal(VECTORS).sign().add(0.25f);
        Function<NDManager, NDArray> classes =
                manager ->
                        manager.arange(SAMPLES).toType(DataType.FLOAT32, false).mul(0.5f).floor();
        List<Loss> toSigns =
                List.of(
                        Loss.l2Loss(),
                        Loss.l1Loss(),
                        Loss.hingeLoss(),
                        Loss.sigmoidBinaryCrossEntropyLoss(),
                        Loss.quantileL1Loss(0.3f),
                        of("label smoothing", GarbageCollectionTest::smoothed),
                        of("masked", GarbageCollectionTest::masked));
        for (Loss loss : toSigns) {
            cases.add(new NumbersCase(loss.getName(), net(NDArray::tanh), VECTORS, loss, signs));
        }
        Map<String, Function<NDArray, NDArray>> lambdas = new TreeMap<>();
        lambdas.put("x.mul(0.5f)", x -> x.mul(0.5f).tanh());
        lambdas.put("x.div(n)", x -> x.div(x.getShape().get(1)).exp());
        lambdas.put("x.sub(1)", x -> x.sub(1).square());
        lambdas.put("x.maximum(x.mul(0.1f))", x -> x.maximum(x.mul(0.1f)));
        lambdas.put("x.pow(3)", x -> x.pow(3).mul(0.1));
        lambdas.put("an array that is closed", GarbageCollectionTest::timesClosedArray);
        lambdas.put("a scope of the block's own", GarbageCollectionTest::inScope);
        lambdas.put("GELU", Activation::gelu);
        lambdas.put(
                "GELU by numbers",
                x ->
                        x.mul(0.5f)
                                .mul(
                                        x.add(x.pow(3).mul(0.044715f))
                                                .mul(0.79788456f)
                                                .tanh()
                                                .add(1)));
        lambdas.forEach(
                (name, lambda) ->
                        cases.add(
                                new NumbersCase(
                                        name,
                                        net(lambda),
                                        VECTORS,
                                        Loss.softmaxCrossEntropyLoss(
                                                "softmax", 0.5f, -1, true, true),
                                        classes)));
        cases.add(
                new NumbersCase(
                        "attention",
                        attention(),
                        new Shape(SAMPLES, 3, UNITS),
                        Loss.softmaxCrossEntropyLoss(),
                        classes));
        return cases;
    }

    private static Block net(Function<NDArray, NDArray> lambda) {
        return new SequentialBlock()
                .add(NetworkCase.linear(6))
                .add(LambdaBlock.singleton(lambda))
                .add(NetworkCase.linear(UNITS));
    }

    private static Block attention() {
        Block attention =
                ScaledDotProductAttentionBlock.builder()
                        .setEmbeddingSize(UNITS)
                        .setHeadCount(2)
                        .optAttentionProbsDropoutProb(0)
                        .build();
        return new SequentialBlock()
                .add(NetworkCase.linear(UNITS))
                .add(attention)
                .add(LambdaBlock.singleton(x -> x.mean(new int[] {1})))
                .add(NetworkCase.linear(UNITS));
    }

    private static NDArray timesClosedArray(NDArray x) {
        try (NDArray factor = x.getManager().create(new float[] {0.5f, 2, -1, 3, 1, 0.1f})) {
            return x.mul(factor).tanh();
        }
    }

    private static NDArray inScope(NDArray x) {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray result = x.mul(0.5f).tanh().mul(3);
            NDScope.unregister(result);
            return result;
        }
    }

    private static Loss of(String name, BiFunction<NDArray, NDArray, NDArray> loss) {
        return new Loss(name) {
            @Override
            public NDArray evaluate(NDList labels, NDList predictions) {
                return loss.apply(labels.singletonOrThrow(), predictions.singletonOrThrow());
            }
        };
    }

    private static NDArray smoothed(NDArray labels, NDArray predictions) {
        NDArray targets = labels.gt(0).toType(DataType.FLOAT32, false).mul(0.9f).add(0.1f / UNITS);
        return predictions.logSoftmax(1).mul(targets).sum().neg().div(SAMPLES).mul(0.7f);
    }

    private static NDArray masked(NDArray labels, NDArray predictions) {
        NDArray mask = labels.gt(0).toType(DataType.FLOAT32, false);
        return predictions.sub(labels).mul(mask).square().mul(0.5f).sum().div(mask.sum().add(1));
    }

    /** A network in training, on the same batch again and again. */
    private static final class Running implements AutoCloseable {

        private final NumbersCase numbers;
        private final Model model;
        private final Trainer trainer;
        private final NDList data;
        private final NDList labels;
        private NDList predictions;
        private NDArray loss;

        Running(NumbersCase numbers, Gradients.TrainerFactory factory) {
            this.numbers = numbers;
            Engine.getEngine("PyTorch").setRandomSeed(3);
            model = Model.newInstance(numbers.name(), "PyTorch");
            model.setBlock(numbers.block());
            trainer = factory.apply(model, new DefaultTrainingConfig(numbers.loss()));
            trainer.initialize(numbers.input());
            NDManager manager = trainer.getManager();
            data = new NDList(manager.randomNormal(numbers.input()));
            labels = new NDList(numbers.labels().apply(manager));
        }

        void forward() {
            predictions = trainer.forward(data, labels);
        }

        void evaluate() {
            loss = numbers.loss().evaluate(labels, predictions);
        }

        Gradients backward(GradientCollector collector) {
            collector.backward(loss);
            Gradients gradients = Gradients.read(model);
            for (Parameter parameter : model.getBlock().getParameters().values()) {
                Autograd.clearGradient(parameter.getArray());
            }
            loss.close();
            predictions.close();
            return gradients;
        }

        @Override
        public void close() {
            trainer.close();
            model.close();
        }
    }

    private static Gradients stock(NumbersCase numbers) {
        return ForcedCollection.without(
                () -> {
                    numbers.block().clear();
                    try (Running running = new Running(numbers, Model::newTrainer);
                            GradientCollector collector = running.trainer.newGradientCollector()) {
                        running.forward();
                        running.evaluate();
                        return running.backward(collector);
                    }
                });
    }

    @Test
    void noGradientDependsOnCollections() {
        Map<String, Integer> wrong = new TreeMap<>();
        List<Gradients> expected = new ArrayList<>();
        List<Running> all = new ArrayList<>();
        for (NumbersCase numbers : cases()) {
            expected.add(stock(numbers));
            numbers.block().clear();
            all.add(new Running(numbers, Backpropagation.builder().build()::newTrainer));
        }
        for (int step = 0; step < STEPS; step++) {
            try (GradientCollector collector = all.get(0).trainer.newGradientCollector()) {
                all.forEach(Running::forward);
                ForcedCollection.run();
                all.forEach(Running::evaluate);
                ForcedCollection.run();
                for (int i = 0; i < all.size(); i++) {
                    double distance;
                    try {
                        distance = all.get(i).backward(collector).distanceTo(expected.get(i));
                    } catch (NonFiniteLossException e) {
                        distance = Double.NaN;
                    }
                    if (!(distance < 1e-5)) {
                        wrong.merge(all.get(i).numbers.name(), 1, Integer::sum);
                    }
                }
            }
        }
        all.forEach(Running::close);
        assertEquals(Map.of(), wrong);
    }
}
