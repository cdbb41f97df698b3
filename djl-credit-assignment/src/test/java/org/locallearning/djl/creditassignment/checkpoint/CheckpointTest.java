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
package org.locallearning.djl.creditassignment.checkpoint;

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
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.evaluator.Accuracy;
import ai.djl.training.evaluator.Evaluator;
import ai.djl.training.evaluator.IndexEvaluator;
import ai.djl.training.loss.ElasticNetWeightDecay;
import ai.djl.training.loss.L1WeightDecay;
import ai.djl.training.loss.L2WeightDecay;
import ai.djl.training.loss.Loss;
import ai.djl.training.loss.SimpleCompositeLoss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.creditassignment.CreditAssignment;
import org.locallearning.djl.creditassignment.NetworkCase;
import org.locallearning.djl.creditassignment.optimizer.StatefulOptimizer;
import org.locallearning.djl.creditassignment.provenance.TrainingDescription;
import org.locallearning.djl.creditassignment.provenance.TrainingRecord;
import org.locallearning.djl.creditassignment.rule.Backpropagation;
import org.locallearning.djl.creditassignment.rule.FeedbackAlignment;
import org.locallearning.djl.creditassignment.rule.KolenPollack;
import org.locallearning.djl.creditassignment.rule.NodePerturbation;
import org.locallearning.djl.creditassignment.rule.Pseudobackpropagation;
import org.locallearning.djl.creditassignment.rule.SignSymmetricFeedback;
import org.locallearning.djl.decorrelation.Cost;
import org.locallearning.djl.decorrelation.Decorrelate;
import org.locallearning.djl.decorrelation.Decorrelating;
import org.locallearning.djl.decorrelation.DecorrelationReport;
import org.locallearning.djl.state.Stateful;

/** What a checkpoint refuses, and that nothing is half loaded. */
class CheckpointTest {

    private static final TrainingPosition POSITION = new TrainingPosition(3, 2, 1);
    private static final int DIGEST = 32;

    @TempDir private Path folder;
    private Path file;

    @BeforeEach
    void nameFile() {
        file = folder.resolve("checkpoint");
    }

    /** Training with everything that a test may want to be different. */
    private static final class Program {

        private Supplier<Block> block = () -> NetworkCase.mlp(3, 5);
        private CreditAssignment rule = KolenPollack.builder().build();
        private Optimizer optimizer = adam(0.9f);
        private Loss loss = Loss.softmaxCrossEntropyLoss();
        private Evaluator evaluator = new Accuracy();
        private Map<String, String> settings = Map.of("data set", "noise");

        private static Optimizer adam(float beta) {
            return Optimizer.adam()
                    .optLearningRateTracker(Tracker.fixed(0.01f))
                    .optBeta1(beta)
                    .build();
        }

        Running start() {
            return new Running(this);
        }
    }

    /** A trainer of such a program. */
    private static final class Running implements AutoCloseable {

        private final Model model;
        private final Trainer trainer;
        private final Map<String, String> settings;

        Running(Program program) {
            Engine.getEngine("PyTorch").setRandomSeed(1);
            model = Model.newInstance("checkpoint", "PyTorch");
            model.setBlock(program.block.get());
            DefaultTrainingConfig config =
                    new DefaultTrainingConfig(program.loss)
                            .optOptimizer(program.optimizer)
                            .addEvaluator(program.evaluator);
            trainer =
                    program.rule == null
                            ? model.newTrainer(config)
                            : program.rule.newTrainer(model, config);
            trainer.initialize(new Shape(4, 6));
            settings = program.settings;
        }

        void backward() {
            try (NDManager manager = trainer.getManager().newSubManager();
                    GradientCollector collector = trainer.newGradientCollector()) {
                NDArray data = manager.randomNormal(0, 1, new Shape(4, 6), DataType.FLOAT32);
                NDList labels = new NDList(manager.create(new float[] {0, 1, 2, 1}));
                NDList predictions = trainer.forward(new NDList(data), labels);
                collector.backward(trainer.getLoss().evaluate(labels, predictions));
            }
        }

        Running train(int batches) {
            for (int i = 0; i < batches; i++) {
                backward();
                trainer.step();
            }
            return this;
        }

        void save(Path to) throws IOException {
            Checkpoint.save(trainer, POSITION, settings, made -> made.optBatch(4), to);
        }

        float[] values() {
            NDArray first = model.getBlock().getParameters().get(0).getValue().getArray();
            return first.toFloatArray();
        }

        TrainingPosition load(Path from) throws IOException, MalformedModelException {
            return Checkpoint.load(trainer, settings, OptionalInt.empty(), from);
        }

        @Override
        public void close() {
            trainer.close();
            model.close();
        }
    }

    private void saved(Program program) throws IOException {
        try (Running running = program.start()) {
            running.train(3).save(file);
        }
    }

    /** Loads into a fresh trainer, which has to refuse and to stay as it is. */
    private String refusal(Program program) throws IOException {
        try (Running running = program.start()) {
            Path before = folder.resolve("before");
            running.save(before);
            String message =
                    assertThrows(MalformedModelException.class, () -> running.load(file))
                            .getMessage();
            assertTrue(message.startsWith(file + ": "), message);
            assertEquals(1, message.lines().count(), message);
            Path after = folder.resolve("after");
            running.save(after);
            assertEquals(-1, Files.mismatch(before, after), message);
            return message;
        }
    }

    private static void assertNames(String message, String... parts) {
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
    }

    @Test
    void returnsHowFarTrainingHadCome() throws Exception {
        saved(new Program());
        try (Running running = new Program().start()) {
            assertEquals(POSITION, running.load(file));
        }
    }

    /** Directions that a layer found after the checkpoint are found again. */
    @Test
    void goesBackToBeforeTheFirstBatch() throws Exception {
        Program program = new Program();
        program.rule = FeedbackAlignment.builder().build();
        program.block =
                () ->
                        Decorrelate.builder()
                                .optRate(1e-2)
                                .optCost(Cost.rank(2))
                                .build()
                                .convert(NetworkCase.mlp(3, 5))
                                .block();
        try (Running running = program.start()) {
            running.save(file);
            Path once = folder.resolve("once");
            Path twice = folder.resolve("twice");
            Engine.getEngine("PyTorch").setRandomSeed(2);
            running.train(5).save(once);
            running.load(file);
            Engine.getEngine("PyTorch").setRandomSeed(2);
            running.train(5).save(twice);
            assertEquals(-1, Files.mismatch(once, twice));
        }
    }

    static List<CreditAssignment> rulesThatGoBack() {
        return Arrays.asList(
                null,
                Backpropagation.builder().build(),
                FeedbackAlignment.builder().build(),
                SignSymmetricFeedback.builder().build(),
                Pseudobackpropagation.builder().build(),
                NodePerturbation.builder().build());
    }

    /** A batch that was not finished leaves its gradients. */
    @ParameterizedTest
    @MethodSource("rulesThatGoBack")
    void goesBackFromTheMiddleOfABatch(CreditAssignment rule) throws Exception {
        Program program = new Program();
        program.rule = rule;
        program.block =
                () ->
                        Decorrelate.builder()
                                .optRate(1e-2)
                                .build()
                                .convert(NetworkCase.mlp(3, 5))
                                .block();
        try (Running running = program.start()) {
            running.train(3).save(file);
            Path once = folder.resolve("once");
            Path twice = folder.resolve("twice");
            Engine.getEngine("PyTorch").setRandomSeed(2);
            running.train(2).save(once);
            running.load(file);
            running.backward();
            running.load(file);
            if (rule != null) {
                String message =
                        assertThrows(IllegalStateException.class, running.trainer::step)
                                .getMessage();
                assertNames(message, "a checkpoint was loaded", "call backward(loss)");
            }
            Engine.getEngine("PyTorch").setRandomSeed(2);
            running.train(2).save(twice);
            assertEquals(-1, Files.mismatch(once, twice));
        }
    }

    /** Such a loss holds the arrays of a model, which are others in another run. */
    @Test
    void goesOnWithALossOfTheParameters() throws Exception {
        List<Function<NDList, Loss>> decays =
                List.of(
                        values -> new L1WeightDecay("decay", values, 0.01f),
                        values -> new L2WeightDecay("decay", values, 0.01f),
                        values -> new ElasticNetWeightDecay("decay", values, 0.01f));
        for (CreditAssignment rule : Arrays.asList(null, FeedbackAlignment.builder().build())) {
            for (Function<NDList, Loss> decay : decays) {
                Path once = folder.resolve("once");
                Path twice = folder.resolve("twice");
                try (NDManager manager = NDManager.newBaseManager("PyTorch");
                        Running running = decaying(rule, decay, manager).start()) {
                    running.train(2).save(file);
                    Engine.getEngine("PyTorch").setRandomSeed(2);
                    running.train(2).save(once);
                }
                try (NDManager manager = NDManager.newBaseManager("PyTorch");
                        Running running = decaying(rule, decay, manager).start()) {
                    running.train(1).load(file);
                    Engine.getEngine("PyTorch").setRandomSeed(2);
                    running.train(2).save(twice);
                }
                assertEquals(-1, Files.mismatch(once, twice));
            }
        }
    }

    private static Program decaying(
            CreditAssignment rule, Function<NDList, Loss> decay, NDManager manager) {
        Block block = NetworkCase.mlp(3, 5);
        block.initialize(manager, DataType.FLOAT32, new Shape(4, 6));
        NDList values = new NDList();
        block.getParameters().values().forEach(parameter -> values.add(parameter.getArray()));
        Program program = new Program();
        program.rule = rule;
        program.block = () -> block;
        program.loss = composite(List.of(Loss.softmaxCrossEntropyLoss(), decay.apply(values)));
        return program;
    }

    /** An evaluator with weights of classes. */
    private static class ByNumber extends Accuracy {

        private final Map<Integer, Float> weights = new HashMap<>(Map.of(0, 1f, 1, 2f));

        @Override
        public NDArray evaluate(NDList labels, NDList predictions) {
            return super.evaluate(labels, predictions).mul(weights.get(1));
        }
    }

    /** An evaluator with weights of classes by their names. */
    private static class ByName extends Accuracy {

        private final Map<String, Float> weights;

        ByName(Map<String, Float> weights) {
            this.weights = weights;
        }

        @Override
        public NDArray evaluate(NDList labels, NDList predictions) {
            return super.evaluate(labels, predictions).mul(weights.size());
        }
    }

    private static final class KnownByNumber extends ByNumber implements Stateful {}

    private static final class KnownByName extends ByName implements Stateful {
        KnownByName() {
            super(Map.of("cat", 1f));
        }
    }

    @Test
    void mapsThatAreNoSumsAreRefused() throws Exception {
        saved(new Program());
        for (Evaluator evaluator :
                List.of(
                        new ByNumber(),
                        new ByName(Map.of("cat", 1f)),
                        new ByName(Map.of()),
                        new ByName(Collections.emptyMap()),
                        new ByName(Collections.singletonMap("cat", 1f)),
                        new ByName(Collections.unmodifiableMap(new HashMap<>())),
                        new ByName(null))) {
            Program program = new Program();
            program.evaluator = evaluator;
            try (Running running = program.start()) {
                float[] before = running.values();
                for (Executable use :
                        List.<Executable>of(
                                () -> running.save(folder.resolve("refused")),
                                () -> running.load(file))) {
                    String message = assertThrows(IllegalArgumentException.class, use).getMessage();
                    assertNames(message, evaluator.getClass().getName(), " weights ", "Stateful");
                }
                assertArrayEquals(before, running.values());
            }
        }
    }

    /** Which says that it remembers nothing but its sums. */
    @Test
    void mapsOfAStatefulEvaluatorAreItsOwn() throws Exception {
        List<Supplier<Evaluator>> evaluators =
                List.of(
                        KnownByNumber::new,
                        KnownByName::new,
                        () -> new ByName(new HashMap<>(Map.of("sum", 1f))));
        String sum = "train_epoch";
        for (Supplier<Evaluator> each : evaluators) {
            Program program = new Program();
            program.evaluator = each.get();
            try (Running running = program.start();
                    NDManager manager = NDManager.newBaseManager("PyTorch")) {
                NDList labels = new NDList(manager.create(new float[] {0}));
                NDList predictions = new NDList(manager.create(new float[] {2, 1}).reshape(1, 2));
                program.evaluator.addAccumulator(sum);
                program.evaluator.updateAccumulator(sum, labels, predictions);
                running.save(file);
            }
            Program next = new Program();
            next.evaluator = each.get();
            try (Running running = next.start()) {
                running.load(file);
                assertEquals(
                        program.evaluator.getAccumulator(sum), next.evaluator.getAccumulator(sum));
            }
        }
    }

    /** Which leaves its sums to the one that it is made of. */
    @Test
    void holdsTheSumsOfAnEvaluatorOfOneOutput() throws Exception {
        Program program = new Program();
        program.evaluator = new IndexEvaluator(new Accuracy(), 0);
        String sum = "train_epoch";
        try (Running running = program.start();
                NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDList labels = new NDList(manager.create(new float[] {0, 1, 1, 1}));
            NDList predictions =
                    new NDList(manager.create(new float[] {2, 1, 2, 1, 2, 1, 1, 2}).reshape(4, 2));
            program.evaluator.addAccumulator(sum);
            program.evaluator.updateAccumulator(sum, labels, predictions);
            running.save(file);
        }
        assertEquals(0.5f, program.evaluator.getAccumulator(sum));
        Program next = new Program();
        next.evaluator = new IndexEvaluator(new Accuracy(), 0);
        try (Running running = next.start()) {
            running.load(file);
            assertEquals(0.5f, next.evaluator.getAccumulator(sum));
        }
    }

    /** An evaluator that goes on from a checkpoint has no sums but the checkpoint's. */
    @Test
    void dropsSumsThatTheCheckpointDoesNotHave() throws Exception {
        saved(new Program());
        Program program = new Program();
        String sum = "train_epoch";
        try (Running running = program.start();
                NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDList labels = new NDList(manager.create(new float[] {0}));
            NDList predictions = new NDList(manager.create(new float[] {2, 1}).reshape(1, 2));
            program.evaluator.addAccumulator(sum);
            program.evaluator.updateAccumulator(sum, labels, predictions);
            assertEquals(1, program.evaluator.getAccumulator(sum));
            running.load(file);
            assertEquals(Float.NaN, program.evaluator.getAccumulator(sum));
        }
    }

    @Test
    void holdsTheGainOfALayersLatestUpdate() throws Exception {
        Program program = new Program();
        program.rule = FeedbackAlignment.builder().build();
        Decorrelating layer = decorrelatedLayer(program);
        try (Running running = program.start()) {
            running.train(3).save(file);
        }
        double gain = layer.getLastGain();
        assertTrue(Double.isFinite(gain) && gain != 1, "gain " + gain);
        Decorrelating loaded = decorrelatedLayer(program);
        try (Running running = program.start()) {
            running.load(file);
            assertEquals(gain, loaded.getLastGain());
        }
    }

    /** Gives a program a decorrelated block, and returns its first layer. */
    private static Decorrelating decorrelatedLayer(Program program) {
        DecorrelationReport report =
                Decorrelate.builder().optRate(1e-2).build().convert(NetworkCase.mlp(3, 5));
        program.block = report::block;
        return report.converted().get(0).layer();
    }

    @Test
    void holdsTheSumsOfThePartsOfALoss() throws Exception {
        String sum = "train_epoch";
        List<Loss> saved = List.of(Loss.l2Loss(), Loss.l1Loss());
        Program program = new Program();
        program.loss = composite(saved);
        try (Running running = program.start();
                NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDList labels = new NDList(manager.create(new float[] {0, 1}));
            NDList predictions = new NDList(manager.create(new float[] {2, 4}));
            program.loss.addAccumulator(sum);
            program.loss.updateAccumulator(sum, labels, predictions);
            running.save(file);
        }
        // half of (4 + 9) / 2, and (2 + 3) / 2
        assertEquals(3.25f, saved.get(0).getAccumulator(sum));
        assertEquals(2.5f, saved.get(1).getAccumulator(sum));
        List<Loss> loaded = List.of(Loss.l2Loss(), Loss.l1Loss());
        Program next = new Program();
        next.loss = composite(loaded);
        try (Running running = next.start()) {
            running.load(file);
            assertEquals(3.25f, loaded.get(0).getAccumulator(sum));
            assertEquals(2.5f, loaded.get(1).getAccumulator(sum));
        }
    }

    private static Loss composite(List<Loss> parts) {
        SimpleCompositeLoss loss = new SimpleCompositeLoss();
        parts.forEach(loss::addLoss);
        return loss;
    }

    @Test
    void holdsARecordOfHowTheModelWasTrained() throws Exception {
        Program program = new Program();
        saved(program);
        TrainingRecord record = Checkpoint.readRecord(file).orElseThrow();
        TrainingDescription training = record.training();
        assertEquals(program.rule.toString(), training.rule());
        assertEquals(Map.of("training", 3L), training.seeds());
        assertEquals(2, training.epochs());
        assertEquals(1, training.batches());
        assertEquals(4, training.batch());
        assertEquals(Map.of("data set", "noise"), record.notes());
        // found without the library, near the beginning
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        int begin = text.indexOf('{');
        assertTrue(begin < 100, "at " + begin);
        String json = text.substring(begin, text.indexOf("\n}\n") + 3);
        byte[] bytes = json.getBytes(StandardCharsets.ISO_8859_1);
        assertEquals(record, TrainingRecord.fromJson(new String(bytes, StandardCharsets.UTF_8)));
    }

    @Test
    void anotherModelIsNamed() throws Exception {
        saved(new Program());
        Program wider = new Program();
        wider.block = () -> NetworkCase.mlp(3, 7);
        assertNames(refusal(wider), "01Linear", "5", "7");
        Program deeper = new Program();
        deeper.block = () -> NetworkCase.mlp(3, 5, 5);
        assertNames(refusal(deeper), "03Linear");
    }

    @Test
    void anotherTypeOfDataIsNamed() throws Exception {
        saved(new Program());
        byte[] bytes = Files.readAllBytes(file);
        byte[] type = "FLOAT32".getBytes(StandardCharsets.UTF_8);
        int at = indexOf(bytes, type);
        // the only other name of a type of four bytes is shorter, as is then the file
        byte[] other = new byte[bytes.length - 2];
        System.arraycopy(bytes, 0, other, 0, at);
        System.arraycopy("INT32".getBytes(StandardCharsets.UTF_8), 0, other, at, 5);
        System.arraycopy(bytes, at + 7, other, at + 5, bytes.length - at - 7);
        other[at - 1] = 5;
        Files.write(file, signed(other));
        assertNames(refusal(new Program()), "int32", "float32");
    }

    private static int indexOf(byte[] bytes, byte[] part) {
        for (int i = 0; i + part.length <= bytes.length; i++) {
            if (Arrays.equals(part, Arrays.copyOfRange(bytes, i, i + part.length))) {
                return i;
            }
        }
        throw new AssertionError("not there");
    }

    @Test
    void anotherRuleOrSettingIsNamed() throws Exception {
        saved(new Program());
        Program other = new Program();
        other.rule = FeedbackAlignment.builder().build();
        assertNames(refusal(other), "rule", "KolenPollack", "FeedbackAlignment");
        Program decaying = new Program();
        decaying.rule = KolenPollack.builder().optDecay(0.5).build();
        assertNames(refusal(decaying), "decay 0.5", "decay 1.0E-4");
        Program stock = new Program();
        stock.rule = null;
        assertNames(refusal(stock), "CreditTrainer", "Trainer");
        Program data = new Program();
        data.settings = Map.of("data set", "digits");
        assertNames(refusal(data), "data set", "'noise'", "'digits'");
        Program loss = new Program();
        loss.loss = Loss.softmaxCrossEntropyLoss("loss", 2, -1, true, true);
        assertNames(refusal(loss), "loss", "weight 1.0", "weight 2.0");
    }

    @Test
    void anotherOptimizerIsNamed() throws Exception {
        saved(new Program());
        Program sgd = new Program();
        sgd.optimizer = Optimizer.sgd().setLearningRateTracker(Tracker.fixed(0.01f)).build();
        assertNames(refusal(sgd), "optimizer", "Adam", "Sgd");
        Program beta = new Program();
        beta.optimizer = Program.adam(0.5f);
        assertNames(refusal(beta), "beta1 0.9", "beta1 0.5");
    }

    @Test
    void optimizersOfOnesOwnHaveToSayWhatTheyRemember() throws Exception {
        Program unknown = new Program();
        unknown.optimizer = new Nudge();
        try (Running running = unknown.start()) {
            String message =
                    assertThrows(IllegalArgumentException.class, () -> running.save(file))
                            .getMessage();
            assertNames(message, Nudge.class.getName(), "StatefulOptimizer");
        }
        Program known = new Program();
        known.optimizer = new KnownNudge();
        saved(known);
        Program again = new Program();
        again.optimizer = new KnownNudge();
        try (Running running = again.start()) {
            assertEquals(POSITION, running.load(file));
        }
    }

    /** An optimizer that does nothing. */
    private static class Nudge extends Optimizer {

        Nudge() {
            super(Optimizer.sgd().setLearningRateTracker(Tracker.fixed(1)));
        }

        @Override
        public void update(String parameterId, NDArray weight, NDArray grad) {
            updateCount(parameterId);
            weight.getGradient().subi(weight.getGradient());
        }
    }

    /** An optimizer that remembers nothing and says so. */
    private static final class KnownNudge extends Nudge implements StatefulOptimizer {}

    @Test
    void theMiddleOfABatchIsRefused() throws Exception {
        for (CreditAssignment rule : Arrays.asList(null, KolenPollack.builder().build())) {
            Program program = new Program();
            program.rule = rule;
            try (Running running = program.start()) {
                running.train(1).backward();
                String message =
                        assertThrows(IllegalStateException.class, () -> running.save(file))
                                .getMessage();
                assertNames(message, "Linear_weight", "trainer.step()");
                assertTrue(Files.notExists(file));
            }
        }
    }

    @Test
    void aTrainerWithoutValuesIsRefused() {
        try (Model model = Model.newInstance("empty", "PyTorch")) {
            model.setBlock(NetworkCase.mlp(3, 5));
            DefaultTrainingConfig config = new DefaultTrainingConfig(Loss.l2Loss());
            try (Trainer trainer = model.newTrainer(config)) {
                String message =
                        assertThrows(
                                        IllegalStateException.class,
                                        () -> Checkpoint.save(trainer, POSITION, file))
                                .getMessage();
                assertNames(message, "01Linear_weight", "initialize");
            }
        }
    }

    @Test
    void cutAndChangedFilesAreRefused() throws Exception {
        saved(new Program());
        byte[] good = Files.readAllBytes(file);
        Random random = new Random(1);
        for (int i = 0; i < 25; i++) {
            Files.write(file, Arrays.copyOf(good, random.nextInt(good.length)));
            refusal(new Program());
            byte[] flipped = good.clone();
            flipped[random.nextInt(good.length)] ^= (byte) (1 << random.nextInt(8));
            Files.write(file, flipped);
            refusal(new Program());
        }
    }

    /** Files that somebody wrote on purpose: changed, and the checksum made good again. */
    @Test
    void hostileFilesAreLoadedOrRefusedAsAWhole() throws Exception {
        saved(new Program());
        byte[] good = Files.readAllBytes(file);
        Random random = new Random(2);
        int refused = 0;
        try (Running running = new Program().start()) {
            Path before = folder.resolve("before");
            Path after = folder.resolve("after");
            for (int i = 0; i < 150; i++) {
                byte[] changed = good.clone();
                for (int n = 0; n <= i % 3; n++) {
                    int at = random.nextInt(good.length - DIGEST);
                    changed[at] = (byte) (random.nextBoolean() ? 255 : random.nextInt(256));
                }
                Files.write(file, signed(changed));
                running.save(before);
                try {
                    running.load(file);
                } catch (MalformedModelException e) {
                    refused++;
                    assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
                    running.save(after);
                    assertEquals(-1, Files.mismatch(before, after), e.getMessage());
                }
            }
        }
        assertTrue(refused > 50, "only " + refused + " were refused");
    }

    private static byte[] signed(byte[] bytes) throws Exception {
        byte[] body = Arrays.copyOf(bytes, bytes.length - DIGEST);
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(body);
        System.arraycopy(digest, 0, bytes, body.length, DIGEST);
        return bytes;
    }
}
