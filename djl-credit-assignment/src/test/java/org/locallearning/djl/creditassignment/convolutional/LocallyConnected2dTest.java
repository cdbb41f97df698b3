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
package org.locallearning.djl.creditassignment.convolutional;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.creditassignment.internal.Window;

class LocallyConnected2dTest {

    private static final int FILTERS = 3;

    private final NDManager manager = NDManager.newBaseManager("PyTorch");

    private record Case(Shape image, Window window) {

        Shape positions() {
            return window.positions(image);
        }

        Shape weight() {
            return new Shape(positions().size() * FILTERS, image.get(1)).addAll(window.kernel());
        }

        NDArray apply(NDArray input, NDArray weight, NDArray bias) {
            return LocallyConnected2d.locallyConnected2d(
                    input, weight, bias, window.stride(), window.padding(), window.dilation());
        }

        NDArray inputError(NDArray delta, NDArray weight) {
            return LocallyConnected2d.inputError(
                    delta, image, weight, window.stride(), window.padding(), window.dilation());
        }
    }

    static List<Case> cases() {
        return List.of(
                new Case(new Shape(2, 1, 5, 4), window(2, 3, 1, 1, 0, 0, 1, 1)),
                new Case(new Shape(3, 2, 6, 7), window(3, 2, 2, 3, 1, 0, 1, 1)),
                new Case(new Shape(1, 2, 7, 9), window(2, 3, 1, 2, 0, 2, 3, 2)),
                new Case(new Shape(2, 4, 3, 2), window(1, 1, 1, 1, 0, 0, 1, 1)));
    }

    /** Kernel, stride, padding and dilation, down and right each. */
    private static Window window(long... sizes) {
        return new Window(
                new Shape(sizes[0], sizes[1]),
                new Shape(sizes[2], sizes[3]),
                new Shape(sizes[4], sizes[5]),
                new Shape(sizes[6], sizes[7]));
    }

    @BeforeEach
    void seed() {
        Engine.getEngine("PyTorch").setRandomSeed(6);
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private NDArray normal(Shape shape) {
        return manager.randomNormal(0, 1, shape, DataType.FLOAT64);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyUnitIsTheProductOfItsWindowAndItsKernel(Case layer) {
        NDArray input = normal(layer.image());
        NDArray weight = normal(layer.weight());
        NDArray bias = normal(new Shape(FILTERS).addAll(layer.positions()));
        NDArray output = layer.apply(input, weight, bias);
        assertEquals(
                new Shape(layer.image().get(0), FILTERS).addAll(layer.positions()),
                output.getShape());
        assertArrayEquals(loop(layer, input, weight, bias), output.toDoubleArray(), 1e-12);
    }

    /** One unit and one weight after the other. */
    private static double[] loop(Case layer, NDArray input, NDArray weight, NDArray bias) {
        Window window = layer.window();
        double[] pixels = input.toDoubleArray();
        double[] weights = weight.toDoubleArray();
        double[] biases = bias.toDoubleArray();
        int channels = (int) layer.image().get(1);
        int height = (int) layer.image().get(2);
        int width = (int) layer.image().get(3);
        int down = (int) layer.positions().get(0);
        int right = (int) layer.positions().get(1);
        int rows = (int) window.kernel().get(0);
        int columns = (int) window.kernel().get(1);
        double[] output = new double[(int) layer.image().get(0) * FILTERS * down * right];
        int at = 0;
        for (int n = 0; n < layer.image().get(0); n++) {
            for (int f = 0; f < FILTERS; f++) {
                for (int i = 0; i < down; i++) {
                    for (int j = 0; j < right; j++) {
                        int unit = (i * right + j) * FILTERS + f;
                        double sum = biases[(f * down + i) * right + j];
                        for (int c = 0; c < channels; c++) {
                            for (int k = 0; k < rows; k++) {
                                for (int l = 0; l < columns; l++) {
                                    long y =
                                            i * window.stride().get(0)
                                                    + k * window.dilation().get(0)
                                                    - window.padding().get(0);
                                    long x =
                                            j * window.stride().get(1)
                                                    + l * window.dilation().get(1)
                                                    - window.padding().get(1);
                                    if (y >= 0 && y < height && x >= 0 && x < width) {
                                        sum +=
                                                weights[
                                                                ((unit * channels + c) * rows + k)
                                                                                * columns
                                                                        + l]
                                                        * pixels[
                                                                (int)
                                                                        (((n * channels + c)
                                                                                                        * height
                                                                                                + y)
                                                                                        * width
                                                                                + x)];
                                    }
                                }
                            }
                        }
                        output[at++] = sum;
                    }
                }
            }
        }
        return output;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void gradientsAreFiniteDifferences(Case layer) {
        NDArray input = normal(layer.image());
        NDArray weight = normal(layer.weight());
        NDArray bias = normal(new Shape(FILTERS).addAll(layer.positions()));
        NDArray delta = normal(layer.apply(input, weight, bias).getShape());
        List<NDArray> leaves = List.of(input, weight, bias);
        leaves.forEach(leaf -> leaf.setRequiresGradient(true));
        try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            collector.backward(layer.apply(input, weight, bias).tanh().mul(delta).sum());
        }
        double step = 1e-5;
        for (NDArray leaf : leaves) {
            double[] gradient = leaf.getGradient().toDoubleArray();
            double[] values = leaf.toDoubleArray();
            int stride = Math.max(1, values.length / 40);
            for (int i = 0; i < values.length; i += stride) {
                double[] loss = new double[2];
                for (int side = 0; side < 2; side++) {
                    double[] moved = values.clone();
                    moved[i] += side == 0 ? -step : step;
                    NDArray other = manager.create(moved, leaf.getShape());
                    NDArray output =
                            layer.apply(
                                    leaf == input ? other : input.stopGradient(),
                                    leaf == weight ? other : weight.stopGradient(),
                                    leaf == bias ? other : bias.stopGradient());
                    loss[side] = output.tanh().mul(delta).sum().getDouble();
                }
                assertEquals((loss[1] - loss[0]) / (2 * step), gradient[i], 1e-7);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void inputErrorIsTheAdjointOfTheForward(Case layer) {
        NDArray input = normal(layer.image());
        NDArray weight = normal(layer.weight());
        NDArray output = layer.apply(input, weight, null);
        NDArray delta = normal(output.getShape());
        NDArray error = layer.inputError(delta, weight);
        assertEquals(layer.image(), error.getShape());
        double above = output.mul(delta).sum().getDouble();
        assertTrue(Math.abs(above) > 1e-3);
        assertEquals(above, input.mul(error).sum().getDouble(), 1e-10);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void equalKernelsAreAConvolution(Case layer) {
        NDArray input = normal(layer.image());
        NDArray kernel =
                normal(new Shape(FILTERS, layer.image().get(1)).addAll(layer.window().kernel()));
        NDArray everywhere = kernel.tile(new long[] {layer.positions().size(), 1, 1, 1});
        NDArray convolved =
                Conv2d.conv2d(
                                input,
                                kernel,
                                null,
                                layer.window().stride(),
                                layer.window().padding(),
                                layer.window().dilation())
                        .singletonOrThrow();
        assertEquals(convolved.getShape(), layer.apply(input, everywhere, null).getShape());
        assertArrayEquals(
                convolved.toDoubleArray(),
                layer.apply(input, everywhere, null).toDoubleArray(),
                1e-12);
    }

    @Test
    void theFirstLayerOfThePaperHasItsNumberOfUnits() {
        LocallyConnected2d layer =
                LocallyConnected2d.builder().setFilters(6).setKernelShape(new Shape(6, 6)).build();
        layer.initialize(manager, DataType.FLOAT32, new Shape(100, 1, 28, 28));
        assertEquals(
                3174,
                layer.getOutputShapes(new Shape[] {new Shape(100, 1, 28, 28)})[0].slice(1).size());
        assertEquals(
                new Shape(3174, 1, 6, 6),
                layer.getParameters().get("weight").getArray().getShape());
        assertEquals(new Shape(6, 23, 23), layer.getParameters().get("bias").getArray().getShape());
    }

    @Test
    void survivesSavingAndLoading(@TempDir Path folder) throws Exception {
        Shape shape = new Shape(2, 1, 6, 5);
        NDArray input = manager.randomNormal(0, 1, shape, DataType.FLOAT32);
        float[] expected;
        try (Model model = Model.newInstance("saved", "PyTorch")) {
            model.setBlock(small());
            model.getBlock().initialize(model.getNDManager(), DataType.FLOAT32, shape);
            expected = predict(model, input);
            model.save(folder, "saved");
        }
        try (Model model = Model.newInstance("saved", "PyTorch")) {
            model.setBlock(small());
            model.load(folder, "saved");
            assertArrayEquals(expected, predict(model, input));
        }
    }

    private static LocallyConnected2d small() {
        return LocallyConnected2d.builder().setFilters(2).setKernelShape(new Shape(3, 3)).build();
    }

    private float[] predict(Model model, NDArray input) {
        return model.getBlock()
                .forward(new ParameterStore(manager, false), new NDList(input), false)
                .singletonOrThrow()
                .toFloatArray();
    }

    /** Four 3 by 3 positions of one filter are no four filters at one position. */
    @Test
    void biasTellsHowManyFiltersThereAre() {
        NDArray weight = manager.ones(new Shape(4, 1, 3, 3));
        NDArray bias = manager.ones(new Shape(1, 2, 2));
        NDArray image = manager.ones(new Shape(1, 1, 3, 3));
        Shape one = new Shape(1, 1);
        assertThrows(
                IllegalArgumentException.class,
                () ->
                        LocallyConnected2d.locallyConnected2d(
                                image, weight, bias, one, new Shape(0, 0), one));
    }

    @Test
    void otherSizesAreRefused() {
        LocallyConnected2d layer = small();
        layer.initialize(manager, DataType.FLOAT32, new Shape(1, 1, 6, 5));
        ParameterStore store = new ParameterStore(manager, false);
        NDList larger = new NDList(manager.zeros(new Shape(1, 1, 7, 5)));
        assertThrows(IllegalArgumentException.class, () -> layer.forward(store, larger, false));
        // as many positions, at other places
        NDList turned = new NDList(manager.zeros(new Shape(1, 1, 5, 6)));
        Exception e =
                assertThrows(
                        IllegalArgumentException.class, () -> layer.forward(store, turned, false));
        assertTrue(e.getMessage().contains("(1, 1, 6, 5)"), e.getMessage());
        assertTrue(e.getMessage().contains("(1, 1, 5, 6)"), e.getMessage());
        assertThrows(
                IllegalArgumentException.class,
                () -> layer.initialize(manager, DataType.FLOAT32, new Shape(1, 1, 5, 6)));
        layer.initialize(manager, DataType.FLOAT32, new Shape(3, 1, 6, 5));
        assertThrows(
                IllegalArgumentException.class,
                () -> small().initialize(manager, DataType.FLOAT32, new Shape(1, 1, 2, 5)));
        assertThrows(
                IllegalArgumentException.class,
                () -> LocallyConnected2d.builder().setFilters(2).build());
        assertThrows(
                IllegalArgumentException.class,
                () -> LocallyConnected2d.builder().setKernelShape(new Shape(2, 2)).build());
        assertThrows(IllegalArgumentException.class, () -> window(3, 3, 0, 1, 0, 0, 1, 1));
    }
}
