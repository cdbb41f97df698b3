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
package org.locallearning.djl.decorrelation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The matrix of low rank against the full one, of which it is a projection. */
class LowRankMatrixTest extends ArrayTest {

    LowRankMatrixTest() {
        super(13);
    }

    @ParameterizedTest
    @EnumSource(names = {"SCALAR", "MEAN_OF_RATIOS", "NONE"})
    void asManyDirectionsAsFeaturesAreTheFullRule(Gain gain) {
        DecorrelationOptions options = DecorrelationOptions.builder().optGain(gain).build();
        NDArray full = eye(5);
        NDArray core = eye(6);
        NDArray directions = LowRankMatrix.principalDirections(random(3, 5), 5);
        for (int step = 0; step < 50; ++step) {
            NDArray input = random(8, 5).matMul(random(5, 5));
            NDArray expected = input.matMul(full.transpose());
            NDArray actual = matrix(core, directions).multiply(input);
            assertClose(expected, actual, 1e-11);
            DecorrelationRule.update(full, input, expected, 0.01, options);
            matrix(core, directions)
                    .learn(new ActivitySample(input, actual), new UpdateRate.Known(0.01), options);
        }
        assertClose(full, matrix(core, directions).toFull(), 1e-11);
        assertTrue(full.sub(eye(5)).abs().max().getDouble() > 0.1);
    }

    @Test
    void updateIsTheRuleWithAProjectedCovariance() {
        double rate = 0.02;
        DecorrelationOptions options = DecorrelationOptions.builder().optGain(Gain.SCALAR).build();
        NDArray core = eye(3);
        NDArray directions = LowRankMatrix.principalDirections(random(20, 6), 2);
        NDArray projection = directions.matMul(directions.transpose());
        NDArray matrix = eye(6);
        for (int step = 0; step < 20; ++step) {
            NDArray input = random(9, 6).mul(2);
            NDArray outputs = input.matMul(matrix.transpose());
            double gain =
                    Math.sqrt(
                            input.square().sum().getDouble() / outputs.square().sum().getDouble());
            NDArray covariance = outputs.transpose().matMul(outputs).div(9);
            NDArray projected = projection.matMul(covariance).matMul(projection);
            matrix = matrix.sub(projected.matMul(matrix).mul(rate)).mul(gain);
            NDArray low = matrix(core, directions).multiply(input);
            double applied =
                    matrix(core, directions)
                            .learn(
                                    new ActivitySample(input, low),
                                    new UpdateRate.Known(rate),
                                    options)
                            .mean();
            assertEquals(gain, applied, 1e-12);
            assertClose(matrix, matrix(core, directions).toFull(), 1e-12);
        }
    }

    @Test
    void layerIsTheFullLayerWhereTheInputVariesInFewDirections() {
        DecorrelationOptions options =
                DecorrelationOptions.builder()
                        .optRate(0.01)
                        .optCost(Cost.full().withSampleFraction(1))
                        .build();
        Decorrelation full = layer(options, 7);
        Decorrelation low =
                layer(options.toBuilder().optCost(Cost.rank(3).withSampleFraction(1)).build(), 7);
        NDArray mixing = random(3, 7);
        for (int step = 0; step < 40; ++step) {
            NDArray input = random(10, 3).matMul(mixing).add(0.3);
            NDArray expected = forward(full, input);
            assertClose(expected, forward(low, input), 1e-10);
            assertEquals(full.getLastGain(), low.getLastGain(), 1e-6);
        }
        assertTrue(full.getMatrix().getArray().sub(eye(7)).abs().max().getDouble() > 0.1);
    }

    /** The running mean has not moved by then, and the mean is no direction that varies. */
    @Test
    void aRunningMeanSpendsNoDirectionOnTheMean() {
        DecorrelationOptions options =
                DecorrelationOptions.builder()
                        .optMean(MeanRemoval.RUNNING)
                        .optCost(Cost.rank(2).withSampleFraction(1))
                        .build();
        NDArray mixing = random(2, 7);
        NDArray input = random(10, 2).matMul(mixing).add(random(7).mul(20));
        for (boolean apart : new boolean[] {false, true}) {
            Decorrelation layer = layer(options, 7);
            if (apart) {
                layer.learn(store, new NDList(input));
            } else {
                forward(layer, input);
            }
            NDArray found = layer.getParameters().get("directions").getArray();
            NDArray missed = mixing.sub(mixing.matMul(found).matMul(found.transpose()));
            assertEquals(0, missed.abs().max().getDouble(), 1e-10);
        }
    }

    @Test
    void findsTheDirectionsOfLargestVariance() {
        NDArray basis = LowRankMatrix.principalDirections(random(6, 6), 6).transpose();
        NDArray deviations = manager.create(new double[] {9, 5, 3, 0.3, 0.2, 0.1});
        NDArray rows = random(400, 6).mul(deviations).matMul(basis);
        NDArray found = LowRankMatrix.principalDirections(rows, 3);
        assertClose(eye(3), found.transpose().matMul(found), 1e-13);
        // what the found directions miss of the leading three
        NDArray leading = basis.get("0:3");
        NDArray missed = leading.sub(leading.matMul(found).matMul(found.transpose()));
        assertTrue(missed.abs().max().getDouble() < 0.02, missed.toString());
    }

    @Test
    void directionsStayOrthonormalWhereTheInputHasFewer() {
        for (NDArray rows :
                new NDArray[] {
                    random(2, 5),
                    random(30, 2).matMul(random(2, 5)),
                    manager.zeros(new Shape(4, 5), DataType.FLOAT64)
                }) {
            NDArray found = LowRankMatrix.principalDirections(rows, 4);
            assertClose(eye(4), found.transpose().matMul(found), 1e-13);
        }
    }

    @Test
    void fileFromBeforeTheFirstUpdateFindsItsDirectionsAnew() throws Exception {
        DecorrelationOptions options =
                DecorrelationOptions.builder()
                        .optRate(0.01)
                        .optCost(Cost.rank(2).withSampleFraction(1))
                        .build();
        Decorrelation layer = layer(options, 5);
        ByteArrayOutputStream fresh = new ByteArrayOutputStream();
        layer.saveParameters(new DataOutputStream(fresh));
        NDArray input = random(9, 5);
        forward(layer, input);
        NDArray learned = layer.decorrelator().fullMatrix();
        layer.loadParameters(
                manager, new DataInputStream(new ByteArrayInputStream(fresh.toByteArray())));
        // one that has not handed out the arrays from before
        store = new ParameterStore(manager, false);
        forward(layer, input);
        assertClose(learned, layer.decorrelator().fullMatrix(), 0);
    }

    @Test
    void narrowLayersKeepAFullMatrix() {
        DecorrelationOptions options = DecorrelationOptions.builder().optCost(Cost.rank(6)).build();
        assertEquals(new Shape(6, 6), layer(options, 6).getMatrix().getShape());
        assertEquals(new Shape(7, 7), layer(options, 8).getMatrix().getShape());
    }

    @Test
    void settingsAboutSingleFeaturesAreRefused() {
        DecorrelationOptions.Builder[] excluded = {
            DecorrelationOptions.builder().optGain(Gain.UNITWISE),
            DecorrelationOptions.builder().optUnitVariance(0.1),
            DecorrelationOptions.builder().optDiagonal(false)
        };
        for (DecorrelationOptions.Builder builder : excluded) {
            assertThrows(IllegalArgumentException.class, builder.optCost(Cost.rank(2))::build);
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> RecurrentDecorrelation.builder().optCost(Cost.rank(2)).build());
    }

    private Decorrelation layer(DecorrelationOptions options, int features) {
        Decorrelation layer = Decorrelation.builder().optOptions(options).build();
        layer.initialize(manager, DataType.FLOAT64, new Shape(1, features));
        return layer;
    }

    private NDArray forward(Decorrelation layer, NDArray input) {
        return layer.forward(store, new NDList(input), true).singletonOrThrow();
    }

    private static LowRankMatrix matrix(NDArray core, NDArray directions) {
        return new LowRankMatrix(core, directions, Set.of());
    }
}
