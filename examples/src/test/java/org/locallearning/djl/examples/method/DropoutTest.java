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

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.util.PairList;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.locallearning.djl.zoo.network.NetworkOptions;
import org.locallearning.djl.zoo.network.Networks;

/** The share of units that a model leaves out, under the stock trainer and under rules. */
class DropoutTest {

    private static final Shape IMAGE = new Shape(1, 4, 5);
    private static final int HIDDEN = 1000;
    private static final float SHARE = 0.3f;

    @ParameterizedTest
    @ValueSource(strings = {"bp", "bp-tape", "fa", "dfa"})
    void leavesUnitsOutInTrainingAlone(String method) {
        Engine.getEngine("PyTorch").setRandomSeed(1);
        try (Model model = model();
                Trainer trainer = trainer(model, method);
                NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDList image = new NDList(manager.ones(new Shape(1).addAll(IMAGE)));
            float[] whole = trainer.evaluate(image).singletonOrThrow().toFloatArray();
            assertArrayEquals(whole, trainer.evaluate(image).singletonOrThrow().toFloatArray());

            boolean[] first = learning(trainer, image);
            boolean[] second = learning(trainer, image);
            assertEquals(1 - SHARE, share(first), 0.05);
            assertEquals(1 - SHARE, share(second), 0.05);
            assertFalse(Arrays.equals(first, second), "units are drawn anew in every step");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bp", "fa"})
    void outputsInTrainingAreThoseOfEvaluationInTheMean(String method) {
        Engine.getEngine("PyTorch").setRandomSeed(1);
        try (Model model = model();
                Trainer trainer = trainer(model, method);
                NDManager manager = NDManager.newBaseManager("PyTorch")) {
            // every row leaves out units of its own
            NDList images = new NDList(manager.ones(new Shape(20_000).addAll(IMAGE)));
            float[] whole = trainer.evaluate(images).singletonOrThrow().get(0).toFloatArray();
            try (GradientCollector collector = trainer.newGradientCollector()) {
                NDArray labels = manager.zeros(new Shape(20_000));
                NDArray outputs = trainer.forward(images, new NDList(labels)).singletonOrThrow();
                float[] mean = outputs.mean(new int[] {0}).toFloatArray();
                // units within ±1 over weights within ±1/√1000: 0.4 at most, over √20000
                assertArrayEquals(whole, mean, 0.012f);
                assertTrue(outputs.get(0).sub(outputs.get(1)).abs().max().getFloat() > 0);
                collector.backward(
                        trainer.getLoss().evaluate(new NDList(labels), new NDList(outputs)));
            }
        }
    }

    /** Trains with one image and returns which hidden units took part, as both weights tell. */
    private static boolean[] learning(Trainer trainer, NDList image) {
        PairList<String, Parameter> parameters = trainer.getModel().getBlock().getParameters();
        NDArray incoming = parameters.get("02Linear_weight").getArray();
        NDArray outgoing = parameters.get("05Linear_weight").getArray();
        try (GradientCollector collector = trainer.newGradientCollector()) {
            collector.zeroGradients();
            NDList labels = new NDList(image.getManager().zeros(new Shape(1)));
            NDList outputs = trainer.forward(image, labels);
            collector.backward(trainer.getLoss().evaluate(labels, outputs));
        }
        boolean[] below = moved(incoming.getGradient(), 1);
        boolean[] above = moved(outgoing.getGradient(), 0);
        assertArrayEquals(above, below);
        return above;
    }

    private static boolean[] moved(NDArray gradient, int axis) {
        float[] size = gradient.abs().sum(new int[] {axis}).toFloatArray();
        boolean[] moved = new boolean[size.length];
        for (int i = 0; i < size.length; i++) {
            moved[i] = size[i] != 0;
        }
        return moved;
    }

    private static double share(boolean[] units) {
        int count = 0;
        for (boolean unit : units) {
            count += unit ? 1 : 0;
        }
        return (double) count / units.length;
    }

    private static Model model() {
        Model model = Model.newInstance("dropout", "PyTorch");
        NetworkOptions options =
                NetworkOptions.builder()
                        .optHidden(HIDDEN)
                        .optActivation("tanh")
                        .optDropout(SHARE)
                        .build();
        model.setBlock(Networks.named("dense").create(options, IMAGE, 3));
        return model;
    }

    private static Trainer trainer(Model model, String method) {
        Trainer trainer =
                Methods.named(method)
                        .trainer()
                        .newTrainer(
                                model,
                                new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss()),
                                1,
                                MethodSettings.preset("dense"));
        trainer.initialize(new Shape(1).addAll(IMAGE));
        return trainer;
    }
}
