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
package org.locallearning.djl.examples.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.locallearning.djl.creditassignment.CreditTrainer;
import org.locallearning.djl.decorrelation.Cost;
import org.locallearning.djl.emulation.EmulatedCalls;
import org.locallearning.djl.emulation.EmulatedGpus;
import org.locallearning.djl.examples.method.DecorrelationSettings;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.method.MethodSettings;
import org.locallearning.djl.examples.method.Methods;
import org.locallearning.djl.examples.method.OptimizerKind;

/** How often a step of every method waits for its GPU, as docs/gpu.md has it. */
@Tag(EmulatedGpus.TAG)
class WaitsTest {

    static {
        EmulatedGpus.install(2);
    }

    private static final Path DOCUMENT = Path.of("..", "docs", "gpu.md");

    /** The name, two numbers of before, and three that are measured here. */
    private static final Pattern ROW =
            Pattern.compile("\\| ([a-z-]+) \\| \\d+ \\| \\d+ \\| (\\d+ \\| \\d+ \\| \\d+) \\|");

    private static final Shape BATCH = new Shape(4, 6);
    private static final int WARM_UP = 2;

    /** A decorrelation layer learns from the samples in one of so many steps. */
    private static final long PERIOD = Cost.full().getUpdatesAtOnce(BATCH.get(0));

    @Test
    void theTableIsWhatIsMeasured() throws Exception {
        List<String> measured = Methods.all().stream().map(WaitsTest::row).toList();
        List<String> written =
                Files.readAllLines(DOCUMENT).stream()
                        .map(ROW::matcher)
                        .filter(Matcher::matches)
                        .map(row -> row.group(1) + ": " + row.group(2))
                        .toList();
        assertEquals(String.join("\n", measured), String.join("\n", written));
    }

    private static String row(Method method) {
        long plain = waits(method, 1);
        long decorrelated = waits(method.withDecorrelation(), 1);
        long unchecked = Math.max(waits(method, 0), waits(method.withDecorrelation(), 0));
        return method.name() + ": " + plain + " | " + decorrelated + " | " + unchecked;
    }

    /** Returns the most waits of one step, after some others. */
    private static long waits(Method method, int interval) {
        Device gpu = Device.gpu(0);
        Engine engine = Engine.getEngine("PyTorch");
        engine.setRandomSeed(1);
        try (Model model = Model.newInstance("waits", gpu, engine.getEngineName())) {
            Block plain =
                    new SequentialBlock()
                            .add(Linear.builder().setUnits(7).build())
                            .add(Activation::tanh)
                            .add(Linear.builder().setUnits(7).build())
                            .add(Activation::tanh)
                            .add(Linear.builder().setUnits(4).build());
            Block block =
                    method.prepare(
                            plain,
                            DecorrelationSettings.DEFAULT.at(1e-3).toBuilder()
                                    .optCost(Cost.full().withCheckInterval(interval))
                                    .build());
            model.setBlock(block);
            DefaultTrainingConfig config =
                    new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                            .optDevices(new Device[] {gpu})
                            .optOptimizer(OptimizerKind.SGD.create(0.01f, block));
            try (Trainer trainer =
                    method.trainer().newTrainer(model, config, 1, MethodSettings.preset(""))) {
                trainer.initialize(BATCH);
                if (trainer instanceof CreditTrainer credit) {
                    credit.setLossCheckInterval(interval);
                }
                for (int step = 0; step < WARM_UP; step++) {
                    step(trainer);
                }
                long most = 0;
                for (int step = 0; step < PERIOD; step++) {
                    most = Math.max(most, step(trainer));
                }
                return most;
            }
        }
    }

    private static long step(Trainer trainer) {
        try (NDManager manager = trainer.getManager().newSubManager()) {
            NDList data = new NDList(manager.randomNormal(0, 1, BATCH, DataType.FLOAT32));
            NDList labels = new NDList(manager.zeros(new Shape(BATCH.get(0))));
            long before = EmulatedCalls.counts().waits();
            try (GradientCollector collector = trainer.newGradientCollector()) {
                NDList predictions = trainer.forward(data, labels);
                collector.backward(trainer.getLoss().evaluate(labels, predictions));
            }
            trainer.step();
            return EmulatedCalls.counts().waits() - before;
        }
    }
}
