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
package org.locallearning.djl.creditassignment.lra;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.listener.SaveModelTrainingListener;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import ai.djl.util.Pair;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.locallearning.djl.creditassignment.CreditAssignment;
import org.locallearning.djl.creditassignment.CreditTrainer;
import org.locallearning.djl.creditassignment.NetworkCase;
import org.locallearning.djl.creditassignment.rule.FeedbackAlignment;

/** Error matrices are saved beside the model, and training goes on from them. */
class RuleStateTest {

    private static final Shape INPUT = new Shape(6, 9);

    @TempDir private Path folder;

    private static LocalRepresentationAlignment rule() {
        return LocalRepresentationAlignment.builder().optWiring(ErrorWiring.skip(2)).build();
    }

    private static Block mlp() {
        return NetworkCase.mlp(4, 8, 7, 5);
    }

    private static DefaultTrainingConfig config() {
        Optimizer descent = Optimizer.sgd().setLearningRateTracker(Tracker.fixed(0.5f)).build();
        return new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss()).optOptimizer(descent);
    }

    private static Model model(Block block) {
        Engine.getEngine("PyTorch").setRandomSeed(11);
        Model model = Model.newInstance("mlp", "PyTorch");
        model.setBlock(block);
        return model;
    }

    private static CreditTrainer trainer(Model model, CreditAssignment rule) {
        CreditTrainer trainer = rule.newTrainer(model, config());
        trainer.initialize(INPUT);
        return trainer;
    }

    private static void train(CreditTrainer trainer, int from, int to) {
        for (int i = from; i < to; i++) {
            Engine.getEngine("PyTorch").setRandomSeed(100 + i);
            try (NDManager manager = trainer.getManager().newSubManager()) {
                NDList data = new NDList(manager.randomNormal(0, 1, INPUT, DataType.FLOAT32));
                NDList labels = new NDList(manager.create(new int[] {0, 1, 2, 3, 0, i % 4}));
                try (GradientCollector collector = trainer.newGradientCollector()) {
                    NDList predictions = trainer.forward(data, labels);
                    collector.backward(trainer.getLoss().evaluate(labels, predictions));
                }
                trainer.step();
            }
        }
    }

    private static Map<String, float[]> parameters(Model model) {
        Map<String, float[]> values = new LinkedHashMap<>();
        for (Pair<String, Parameter> parameter : model.getBlock().getParameters()) {
            NDArray array = parameter.getValue().getArray();
            values.put(parameter.getKey(), array.toFloatArray());
        }
        return values;
    }

    @Test
    void trainingGoesOnBitForBit() throws Exception {
        Map<String, float[]> straight;
        try (Model model = model(mlp());
                CreditTrainer trainer = trainer(model, rule())) {
            train(trainer, 0, 8);
            straight = parameters(model);
        }
        Path state = folder.resolve("states").resolve("rule.state");
        try (Model model = model(mlp());
                CreditTrainer trainer = trainer(model, rule())) {
            train(trainer, 0, 4);
            model.save(folder, "mlp");
            trainer.saveState(state);
        }
        Map<String, float[]> resumed = goOn(state);
        Map<String, float[]> forgotten = goOn(null);
        boolean same = true;
        for (String path : straight.keySet()) {
            assertArrayEquals(straight.get(path), resumed.get(path), path);
            same &= Arrays.equals(straight.get(path), forgotten.get(path));
        }
        assertTrue(!same, "the state makes no difference");
        try (Stream<Path> files = Files.list(state.getParent())) {
            assertEquals(1, files.count(), "files left beside the state");
        }
    }

    private Map<String, float[]> goOn(Path state) throws Exception {
        try (Model model = Model.newInstance("mlp", "PyTorch")) {
            model.setBlock(mlp());
            model.load(folder, "mlp");
            try (CreditTrainer trainer = trainer(model, rule())) {
                if (state != null) {
                    trainer.loadState(state);
                }
                train(trainer, 4, 8);
                return parameters(model);
            }
        }
    }

    /** A linear layer that was loaded has forgotten all but the width of its input. */
    @Test
    void isLoadedIntoAModelThatWasLoaded() throws Exception {
        Path state = folder.resolve("rule.state");
        Map<String, float[]> straight;
        try (Model model = model(mlp());
                CreditTrainer trainer = trainer(model, rule())) {
            train(trainer, 0, 2);
            model.save(folder, "mlp");
            trainer.saveState(state);
            train(trainer, 2, 4);
            straight = parameters(model);
        }
        try (Model model = model(mlp())) {
            model.load(folder, "mlp");
            try (CreditTrainer trainer = rule().newTrainer(model, config())) {
                trainer.loadState(state);
                train(trainer, 2, 4);
                Map<String, float[]> resumed = parameters(model);
                straight.forEach(
                        (path, values) -> assertArrayEquals(values, resumed.get(path), path));
            }
        }
    }

    @Test
    void theListenerThatSavesModelsSavesItToo() throws Exception {
        Path state = folder.resolve("mlp.state");
        SaveModelTrainingListener listener = new SaveModelTrainingListener(folder.toString());
        listener.setSaveModelCallback(
                trainer -> {
                    try {
                        ((CreditTrainer) trainer).saveState(state);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
        try (Model model = model(mlp());
                CreditTrainer trainer =
                        rule().newTrainer(model, config().addTrainingListeners(listener))) {
            trainer.initialize(INPUT);
            train(trainer, 0, 2);
        }
        assertTrue(Files.exists(state));
        load(state, mlp(), rule());
    }

    /** Trains two batches and saves. */
    private Path saved() throws Exception {
        Path state = folder.resolve("rule.state");
        try (Model model = model(mlp());
                CreditTrainer trainer = trainer(model, rule())) {
            train(trainer, 0, 2);
            trainer.saveState(state);
        }
        return state;
    }

    private static void load(Path state, Block block, CreditAssignment rule) throws Exception {
        try (Model model = model(block);
                CreditTrainer trainer = trainer(model, rule)) {
            trainer.loadState(state);
            train(trainer, 0, 1);
        }
    }

    private static void assertRefused(
            Class<? extends Exception> type,
            String clause,
            Path state,
            Block block,
            CreditAssignment rule) {
        String message = assertThrows(type, () -> load(state, block, rule)).getMessage();
        assertTrue(message.contains(clause), message);
    }

    @Test
    void anotherShapeIsNamed() throws Exception {
        Path state = saved();
        try (Model model = model(NetworkCase.mlp(4, 8, 7, 6));
                CreditTrainer trainer = trainer(model, rule())) {
            String sentence =
                    assertThrows(MalformedModelException.class, () -> trainer.loadState(state))
                            .getMessage();
            assertTrue(
                    sentence.contains(
                            "07Linear → 05Linear has shape (5, 4), but this network needs (6, 4)"),
                    sentence);
        }
    }

    @Test
    void aShapeThatOnlyABatchShowsIsNamedThen() throws Exception {
        Path state = folder.resolve("rule.state");
        try (Model model = model(branched(3));
                CreditTrainer trainer = trainer(model, fromOutput())) {
            train(trainer, 0, 1);
            trainer.saveState(state);
        }
        try (Model model = model(branched(2));
                CreditTrainer trainer = trainer(model, fromOutput())) {
            trainer.loadState(state);
            String sentence =
                    assertThrows(IllegalArgumentException.class, () -> train(trainer, 0, 1))
                            .getMessage();
            assertTrue(sentence.contains("has shape (6, 4)"), sentence);
        }
    }

    private static LocalRepresentationAlignment fromOutput() {
        return LocalRepresentationAlignment.builder().build();
    }

    /** Two branches side by side, then the output. */
    private static Block branched(int units) {
        return new SequentialBlock()
                .add(
                        new ParallelBlock(
                                list ->
                                        new NDList(
                                                list.get(0)
                                                        .singletonOrThrow()
                                                        .concat(list.get(1).singletonOrThrow(), 1)),
                                List.of(NetworkCase.linear(units), NetworkCase.linear(units))))
                .add(NetworkCase.linear(4));
    }

    @Test
    void anotherWiringIsNamed() throws Exception {
        Path state = saved();
        assertRefused(
                MalformedModelException.class,
                "the error matrix 03Linear → 01Linear",
                state,
                mlp(),
                LocalRepresentationAlignment.builder().build());
        assertRefused(
                MalformedModelException.class,
                "3 error matrices, but this trainer has 4 connections",
                state,
                mlp(),
                LocalRepresentationAlignment.builder()
                        .optWiring(
                                stages -> {
                                    var more = new ArrayList<>(ErrorWiring.skip(2).connect(stages));
                                    more.add(new ErrorConnection("07Linear", "01Linear"));
                                    return more;
                                })
                        .build());
    }

    @Test
    void anotherRuleIsNamed() throws Exception {
        assertRefused(
                MalformedModelException.class,
                "holds the state of a LocalRepresentationAlignment, but this trainer's rule is a"
                        + " FeedbackAlignment",
                saved(),
                mlp(),
                FeedbackAlignment.builder().build());
    }

    @Test
    void aFileThatIsCutOrOfAnotherKindIsNamed() throws Exception {
        Path state = saved();
        byte[] bytes = Files.readAllBytes(state);
        for (int length : new int[] {0, 3, 20, bytes.length / 2, bytes.length - 1}) {
            Files.write(state, Arrays.copyOf(bytes, length));
            assertRefused(MalformedModelException.class, "is cut short", state, mlp(), rule());
        }
        Files.writeString(state, "something else altogether");
        assertRefused(MalformedModelException.class, "is no state file", state, mlp(), rule());
    }

    @Test
    void afterTheFirstBatchItIsTooLate() throws Exception {
        Path state = saved();
        try (Model model = model(mlp());
                CreditTrainer trainer = trainer(model, rule())) {
            train(trainer, 0, 1);
            assertThrows(IllegalStateException.class, () -> trainer.loadState(state));
        }
    }
}
