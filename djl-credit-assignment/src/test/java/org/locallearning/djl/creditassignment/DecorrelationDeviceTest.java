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

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.creditassignment.rule.FeedbackAlignment;
import org.locallearning.djl.decorrelation.Cost;
import org.locallearning.djl.decorrelation.Decorrelate;
import org.locallearning.djl.decorrelation.Decorrelating;
import org.locallearning.djl.decorrelation.Decorrelation;
import org.locallearning.djl.decorrelation.DecorrelationOptions;
import org.locallearning.djl.decorrelation.DivergedDecorrelationException;
import org.locallearning.djl.decorrelation.Gain;
import org.locallearning.djl.decorrelation.LateralRule;
import org.locallearning.djl.decorrelation.MeanRemoval;
import org.locallearning.djl.decorrelation.NonFiniteInputException;
import org.locallearning.djl.decorrelation.RecurrentDecorrelation;
import org.locallearning.djl.decorrelation.internal.HostValues;
import org.locallearning.djl.emulation.EmulatedCalls;
import org.locallearning.djl.emulation.EmulatedGpus;

/** Decorrelation layers on a GPU: what they learn, how often they wait, and what they refuse. */
@Tag(EmulatedGpus.TAG)
class DecorrelationDeviceTest {

    static {
        EmulatedGpus.install(2);
    }

    private static final Device GPU = Device.gpu(0);
    private static final Shape BATCH = new Shape(12, 6);

    static Stream<DecorrelationOptions> settings() {
        Cost all = Cost.full().withSampleFraction(1);
        return Stream.of(
                        options().optGain(Gain.SCALAR),
                        options().optGain(Gain.MEAN_OF_RATIOS),
                        options().optGain(Gain.UNITWISE),
                        options().optGain(Gain.NONE),
                        options().optGain(Gain.SCALAR.within(0.99, 1.01)),
                        options().optGain(Gain.MEAN_OF_RATIOS.ofRawInput()),
                        options().optDiagonal(false),
                        options().optUnitVariance(0.3),
                        options().optMean(MeanRemoval.RUNNING),
                        options().optMean(MeanRemoval.NONE),
                        options().optCost(Cost.rank(3).withSampleFraction(1)),
                        options().optCost(Cost.blocks(3).withSampleFraction(1)),
                        options().optCost(all.withUpdateInterval(2)),
                        several(Cost.full(), 0.05),
                        // limited to where it does not overshoot
                        several(Cost.full(), 0.3),
                        several(Cost.full(), 0.3).optUnitVariance(0.3),
                        several(Cost.rank(3), 0.3),
                        // limited to the rate of a single one
                        several(Cost.full(), 0.8))
                .map(DecorrelationOptions.Builder::build);
    }

    /** Two updates at once from eight of twelve samples. */
    private static DecorrelationOptions.Builder several(Cost form, double rate) {
        Cost cost = form.withSampleFraction(0.25).withSamplesPerUpdate(8);
        return DecorrelationOptions.builder().optRate(rate).optCost(cost);
    }

    private static DecorrelationOptions.Builder options() {
        return DecorrelationOptions.builder()
                .optRate(0.05)
                .optCost(Cost.full().withSampleFraction(1));
    }

    @ParameterizedTest
    @MethodSource("settings")
    void learnsWhatTheHostLearns(DecorrelationOptions settings) {
        assertSameLearning(
                Decorrelation.builder().optOptions(settings).build(),
                Decorrelation.builder().optOptions(settings).build());
    }

    @ParameterizedTest
    @CsvSource({"LOCAL", "EXACT", "FOLDIAK"})
    void lateralConnectionsLearnWhatTheHostLearns(LateralRule rule) {
        assertSameLearning(lateral(rule), lateral(rule));
    }

    private static Decorrelating lateral(LateralRule rule) {
        return RecurrentDecorrelation.builder()
                .optRule(rule)
                .optRate(0.05)
                .optCost(Cost.full().withSampleFraction(1))
                .build();
    }

    private static void assertSameLearning(Decorrelating onHost, Decorrelating onGpu) {
        double[] expected = learned(onHost, Device.cpu());
        assertArrayEquals(expected, learned(onGpu, GPU), 1e-6);
        assertEquals(onHost.getLastGain(), onGpu.getLastGain(), 1e-6);
    }

    private static double[] learned(Decorrelating layer, Device device) {
        try (NDManager manager = NDManager.newBaseManager(device)) {
            layer.initialize(manager, DataType.FLOAT32, BATCH);
            for (int step = 0; step < 5; step++) {
                forward(layer, manager, batch(step));
            }
            layer.getLastGain();
            return HostValues.numbers(layer.getMatrix().getArray());
        }
    }

    private static float[] batch(int number) {
        Random random = new Random(number);
        float[] values = new float[(int) BATCH.size()];
        for (int i = 0; i < values.length; i++) {
            // a unit that is dead, and one that follows another
            float own = (float) random.nextGaussian() + 0.3f;
            values[i] = i % 6 == 2 ? 0 : i % 6 == 4 ? values[i - 1] + 0.5f * own : own;
        }
        return values;
    }

    private static void forward(Block layer, NDManager manager, float[] values) {
        try (NDManager scope = manager.newSubManager()) {
            NDArray input = scope.create(values, BATCH);
            layer.forward(new ParameterStore(manager, false), new NDList(input), true);
        }
    }

    /** Three decorrelation layers. */
    private static NetworkCase network(DecorrelationOptions.Builder options) {
        DecorrelationOptions settings = options.build();
        return new NetworkCase(
                "three layers",
                () ->
                        Decorrelate.builder()
                                .optOptions(settings)
                                .build()
                                .convert(
                                        new SequentialBlock()
                                                .add(Linear.builder().setUnits(5).build())
                                                .add(Linear.builder().setUnits(5).build())
                                                .add(Linear.builder().setUnits(4).build()))
                                .block(),
                BATCH,
                4);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "0, 0"})
    void theStockTrainerWaitsOnceForAllLayers(int interval, int waits) {
        Cost cost = Cost.full().withSampleFraction(1).withCheckInterval(interval);
        DeviceContract.assertWaits(
                waits,
                (model, config) -> model.newTrainer(config),
                network(options().optCost(cost)),
                run -> {});
    }

    /** One wait in each step that learns, which is every second, to check the update before. */
    @Test
    void anUpdateInThePlaceOfSeveralDoesNotWaitForItsRate() {
        Decorrelation layer =
                Decorrelation.builder().optOptions(several(Cost.full(), 0.3).build()).build();
        try (NDManager manager = NDManager.newBaseManager(GPU)) {
            layer.initialize(manager, DataType.FLOAT32, BATCH);
            forward(layer, manager, batch(0));
            long before = EmulatedCalls.counts().waits();
            for (int step = 1; step < 3; step++) {
                forward(layer, manager, batch(step));
            }
            assertEquals(2, EmulatedCalls.counts().waits() - before);
        }
    }

    @Test
    void aLayerChecksEverySoManyUpdates() {
        Cost cost = Cost.full().withSampleFraction(1).withCheckInterval(3);
        Decorrelation layer = Decorrelation.builder().optRate(0.01).optCost(cost).build();
        try (NDManager manager = NDManager.newBaseManager(GPU)) {
            layer.initialize(manager, DataType.FLOAT32, BATCH);
            long before = EmulatedCalls.counts().waits();
            for (int step = 0; step < 10; step++) {
                forward(layer, manager, batch(step));
            }
            assertEquals(3, EmulatedCalls.counts().waits() - before);
        }
    }

    @Test
    void aBatchThatIsNotFiniteIsFoundOneStepLaterAndNothingIsSaved() {
        Decorrelation layer = Decorrelation.builder().optName("third").optRate(0.01).build();
        try (NDManager manager = NDManager.newBaseManager(GPU)) {
            layer.initialize(manager, DataType.FLOAT32, BATCH);
            float[] broken = batch(0);
            broken[3] = Float.NaN;
            forward(layer, manager, broken);
            NonFiniteInputException thrown =
                    assertThrows(
                            NonFiniteInputException.class, () -> forward(layer, manager, batch(1)));
            assertTrue(thrown.getMessage().contains("'third'"), thrown.getMessage());
            assertRefused(layer, thrown);
            assertSame(
                    thrown,
                    assertThrows(
                                    IllegalStateException.class,
                                    () -> forward(layer, manager, batch(1)))
                            .getCause());
        }
    }

    @Test
    void whatIsBrokenIsFoundBeforeItIsSavedOrFolded() {
        for (boolean folded : new boolean[] {false, true}) {
            Cost cost = Cost.full().withCheckInterval(0);
            Decorrelation layer = Decorrelation.builder().optRate(0.01).optCost(cost).build();
            try (NDManager manager = NDManager.newBaseManager(GPU)) {
                layer.initialize(manager, DataType.FLOAT32, BATCH);
                float[] broken = batch(0);
                broken[3] = Float.POSITIVE_INFINITY;
                forward(layer, manager, broken);
                // the batches after it are finite
                forward(layer, manager, batch(1));
                forward(layer, manager, batch(2));
                assertThrows(
                        NonFiniteInputException.class,
                        () -> {
                            if (folded) {
                                layer.fold();
                            } else {
                                save(layer);
                            }
                        });
            }
        }
    }

    private static void save(Block layer) {
        try (DataOutputStream nowhere = new DataOutputStream(OutputStream.nullOutputStream())) {
            layer.saveParameters(nowhere);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void assertRefused(Block layer, Throwable cause) {
        IllegalStateException refused =
                assertThrows(IllegalStateException.class, () -> save(layer));
        assertSame(cause, refused.getCause());
        assertTrue(refused.getMessage().contains("earlier checkpoint"), refused.getMessage());
    }

    @Test
    void aMatrixThatDivergesStopsTheTrainerBeforeItsStep() {
        // M grows a thousandfold in one update, without gain
        NetworkCase network = network(options().optRate(1e7).optGain(Gain.NONE));
        FeedbackAlignment rule = FeedbackAlignment.builder().build();
        try (TrainingRun run = DeviceContract.start(rule::newTrainer, network, GPU)) {
            IllegalStateException thrown =
                    assertThrows(IllegalStateException.class, () -> run.train(0, 3));
            assertTrue(
                    thrown instanceof DivergedDecorrelationException
                            || thrown.getCause() instanceof DivergedDecorrelationException,
                    thrown.toString());
            assertTrue(thrown.getMessage().contains("01Linear"), thrown.getMessage());
            assertThrows(IllegalStateException.class, run.trainer()::step);
            assertThrows(IllegalStateException.class, () -> save(run.model().getBlock()));
        }
    }

    @Test
    void aLossThatNobodyAskedForIsFoundBeforeTheModelIsUsed() {
        FeedbackAlignment rule = FeedbackAlignment.builder().build();
        NetworkCase network = NetworkCase.twoHiddenLayers();
        TrainingRun run = DeviceContract.start(rule::newTrainer, network, GPU);
        CreditTrainer trainer = (CreditTrainer) run.trainer();
        trainer.setLossCheckInterval(0);
        run.train(0, 2);
        assertDoesNotThrow(trainer::getModel);
        NDArray weight = run.model().getBlock().getParameters().valueAt(0).getArray();
        weight.stopGradient().muli(Float.NaN);
        run.train(2, 4);
        NonFiniteLossException thrown =
                assertThrows(NonFiniteLossException.class, trainer::getModel);
        assertTrue(thrown.getMessage().contains("batches 3 to 4"), thrown.getMessage());
        assertTrue(thrown.getMessage().contains("parameter 01Linear"), thrown.getMessage());
        assertThrows(IllegalStateException.class, trainer::getStatefulParts);
        run.close();
    }

    @Test
    void aTrainerThatIsClosedTellsOfALossThatNobodyAskedFor() {
        FeedbackAlignment rule = FeedbackAlignment.builder().build();
        NetworkCase network = NetworkCase.twoHiddenLayers();
        TrainingRun run = DeviceContract.start(rule::newTrainer, network, GPU);
        ((CreditTrainer) run.trainer()).setLossCheckInterval(5);
        run.train(0, 2);
        NDArray weight = run.model().getBlock().getParameters().valueAt(0).getArray();
        weight.stopGradient().muli(Float.NaN);
        run.train(2, 3);
        assertThrows(NonFiniteLossException.class, run.trainer()::close);
        run.model().close();
    }
}
