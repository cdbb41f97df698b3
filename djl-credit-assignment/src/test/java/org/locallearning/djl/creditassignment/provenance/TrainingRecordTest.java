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
package org.locallearning.djl.creditassignment.provenance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.creditassignment.CreditAssignment;
import org.locallearning.djl.creditassignment.NetworkCase;
import org.locallearning.djl.creditassignment.optimizer.ProjectedOptimizer;
import org.locallearning.djl.creditassignment.rule.KolenPollack;
import org.locallearning.djl.decorrelation.Decorrelate;
import org.locallearning.djl.decorrelation.boltzmann.BoltzmannLearning;
import org.locallearning.djl.decorrelation.boltzmann.ReconstructionError;
import org.locallearning.djl.decorrelation.boltzmann.RestrictedBoltzmannMachine;

/** What a record says, and that it is read as it was written or refused. */
class TrainingRecordTest {

    private static final String DIGEST = "0123456789abcdef".repeat(4);

    @TempDir private Path folder;

    /** A record in which nothing is null. */
    private static TrainingRecord full() {
        return TrainingRecord.builder()
                .optModel(
                        new ModelDescription(
                                "mlp",
                                Map.of("hidden", "[12, 10]"),
                                List.of(List.of(1L, 28L, 28L), List.of(3L)),
                                List.of("zero", "one \"1\"", "eins\n<zwei> ü €"),
                                1_234_567_890_123L,
                                Map.of("block", "SequentialBlock[]")))
                .optMethod("kp+decor")
                .optRule("KolenPollack(B normal, decay 1.0E-4)")
                .optLoss("SoftmaxCrossEntropyLoss")
                .optOptimizer("Sgd")
                .optSeed("run", -7)
                .optSeed("feedback", Long.MAX_VALUE)
                .optBatch(20)
                .optEpochs(3)
                .optBatches(0)
                .optData(
                        new DataDescription(
                                "mnist",
                                "a folder",
                                60_000,
                                DIGEST,
                                new Preprocessing(
                                        255,
                                        List.of(0.1, 1.0 / 3),
                                        List.of(Double.MIN_VALUE, 2e300),
                                        64,
                                        "the centre")))
                .optAccuracy(0.1 + 0.2, 10_000)
                .optSoftware(
                        new SoftwareDescription(
                                "1", "2", "PyTorch 3", "17", "Linux", "cpu()", 1, "float32"))
                .optProgram(new ProgramDescription("0a1b2c3", true, "compare --out 'a b'"))
                .optDate(Instant.parse("2026-11-26T17:00:00.5Z"))
                .optNote("licence", "CC")
                .optFile(new ParametersFile("mlp-0000.params", DIGEST))
                .build();
    }

    private static JsonObject json(TrainingRecord record) {
        return JsonParser.parseString(record.toJson()).getAsJsonObject();
    }

    @Test
    void isReadAsItWasWritten() throws Exception {
        TrainingRecord record = full();
        assertEquals(record, TrainingRecord.fromJson(record.toJson()));
        assertEquals(record, record.toBuilder().build());
        Path file = folder.resolve("deeper").resolve("mlp.json");
        record.save(file);
        assertEquals(record, TrainingRecord.load(file));
        try (Stream<Path> files = Files.list(file.getParent())) {
            assertEquals(List.of(file), files.toList());
        }
        TrainingRecord empty = TrainingRecord.builder().build();
        assertEquals(empty, TrainingRecord.fromJson(empty.toJson()));
    }

    @Test
    void whatCouldNotBeReadAgainIsNotWritten() throws Exception {
        List<String> classes = Collections.nCopies(10_000, "c");
        TrainingRecord most = TrainingRecord.builder().optClasses(classes).build();
        assertEquals(most, TrainingRecord.fromJson(most.toJson()));
        TrainingRecord more =
                TrainingRecord.builder().optClasses(Collections.nCopies(10_001, "c")).build();
        Path file = folder.resolve("more.json");
        String message =
                assertThrows(IllegalArgumentException.class, () -> more.save(file)).getMessage();
        assertTrue(message.contains("model.classes has to be at most 10000"), message);
        assertTrue(Files.notExists(file));
    }

    @Test
    void optionsOfADescriptionStay() {
        ModelDescription described =
                TrainingRecord.builder().optOption("hidden", "12").build().model();
        TrainingRecord.Builder builder = TrainingRecord.builder().optModel(described);
        assertEquals(
                Map.of("hidden", "12", "bias", "no"),
                builder.optName("mlp").optOption("bias", "no").build().model().options());
        ModelDescription other = TrainingRecord.builder().optOption("hidden", "7").build().model();
        assertEquals(other, builder.build().toBuilder().optModel(other).build().model());
    }

    @Test
    void isReadableWithoutThisLibrary() {
        JsonObject json = json(full());
        assertEquals("DJL Local Learning training record", json.get("format").getAsString());
        assertEquals(1, json.get("version").getAsInt());
        JsonObject training = json.getAsJsonObject("training");
        assertEquals("KolenPollack(B normal, decay 1.0E-4)", training.get("rule").getAsString());
        assertEquals(-7, training.getAsJsonObject("seeds").get("run").getAsLong());
        JsonObject pixels = json.getAsJsonObject("data").getAsJsonObject("preprocessing");
        assertEquals(255, pixels.get("pixelScale").getAsDouble());
        assertEquals(1.0 / 3, pixels.getAsJsonArray("means").get(1).getAsDouble());
        assertEquals("2026-11-26T17:00:00Z", json.get("date").getAsString());
        assertEquals(0.1 + 0.2, json.getAsJsonObject("accuracy").get("value").getAsDouble());
    }

    @Test
    void whatIsNotKnownIsLeftOut() {
        JsonObject json = json(TrainingRecord.builder().optEpochs(2).build());
        assertEquals("[format, version, training, sha256]", json.keySet().toString());
        assertEquals("{\"epochs\":2}", json.get("training").toString());
    }

    private static Trainer trainer(Model model, CreditAssignment rule, Optimizer optimizer) {
        DefaultTrainingConfig config =
                new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss("name", 2, -1, true, true))
                        .optOptimizer(optimizer);
        Trainer trainer = rule == null ? model.newTrainer(config) : rule.newTrainer(model, config);
        trainer.initialize(new Shape(4, 6));
        return trainer;
    }

    @Test
    void takesFromATrainerWhatThatKnows() throws Exception {
        CreditAssignment rule = KolenPollack.builder().optDecay(0.125).build();
        Optimizer adam =
                Optimizer.adam()
                        .optLearningRateTracker(
                                Tracker.factor()
                                        .setBaseValue(0.75f)
                                        .setFactor(0.5f)
                                        .optMaxUpdates(77)
                                        .build())
                        .optBeta1(0.625f)
                        .build();
        Optimizer projected = ProjectedOptimizer.builder().setOptimizer(adam).optRadius(31).build();
        try (Model model = Model.newInstance("record", "PyTorch")) {
            Block block =
                    Decorrelate.builder()
                            .optRate(0.0625)
                            .build()
                            .convert(NetworkCase.mlp(3, 5))
                            .block();
            model.setBlock(block);
            try (Trainer trainer = trainer(model, rule, projected)) {
                TrainingRecord record = TrainingRecord.of(trainer);
                assertEquals(rule.toString(), record.training().rule());
                assertNames(record.training().loss(), "SoftmaxCrossEntropyLoss", "weight 2.0");
                assertNames(
                        record.training().optimizer(),
                        "ProjectedOptimizer",
                        "31",
                        "Adam",
                        "beta1 0.625",
                        "beta2 0.999",
                        "FactorTracker",
                        "baseValue 0.75",
                        "factor 0.5",
                        "maxUpdates 77");
                Map<String, String> decorrelation = record.training().decorrelation();
                assertEquals(2, decorrelation.size(), decorrelation.toString());
                decorrelation.values().forEach(each -> assertNames(each, "rate=0.0625"));
                // 6 × 5 + 5 and 5 × 3 + 3 weights, 6 × 6 + 6 and 5 × 5 + 5 of decorrelation
                assertEquals(53 + 72, record.model().parameters());
                assertEquals(List.of(List.of(6L)), record.model().inputShapes());
                assertTrue(
                        record.model().blocks().values().stream()
                                .anyMatch(each -> each.startsWith("Linear[units 5")),
                        record.model().blocks().toString());
                assertEquals("float32", record.software().precision());
                assertEquals("cpu()", record.software().device());
                assertTrue(record.software().threads() >= 1);
                assertNames(record.software().engine(), "PyTorch ");
                assertEquals(Engine.getDjlVersion(), record.software().djl());
                assertTrue(
                        record.software().library().matches("\\d.*"), record.software().library());
                assertEquals(record, TrainingRecord.fromJson(record.toJson()));
                assertEquals(record, TrainingRecord.of(trainer));
            }
        }
    }

    @Test
    void knowsDjlsTrainerAndThatOfBoltzmannMachines() {
        Optimizer sgd = Optimizer.sgd().setLearningRateTracker(Tracker.fixed(0.5f)).build();
        try (Model model = Model.newInstance("record", "PyTorch")) {
            model.setBlock(NetworkCase.mlp(3, 5));
            try (Trainer trainer = trainer(model, null, sgd)) {
                assertEquals(
                        "Backpropagation by Trainer", TrainingRecord.of(trainer).training().rule());
            }
        }
        BoltzmannLearning learning = BoltzmannLearning.builder().optWeightDecay(0.375).build();
        try (Model model = Model.newInstance("record", "PyTorch")) {
            model.setBlock(RestrictedBoltzmannMachine.builder().setHiddenUnits(4).build());
            DefaultTrainingConfig config =
                    new DefaultTrainingConfig(new ReconstructionError()).optOptimizer(sgd);
            try (Trainer trainer = learning.newTrainer(model, config)) {
                trainer.initialize(new Shape(4, 6));
                assertEquals(learning.toString(), TrainingRecord.of(trainer).training().rule());
            }
        }
    }

    private static void assertNames(String text, String... parts) {
        for (String part : parts) {
            assertTrue(text.contains(part), text);
        }
    }

    private static String refusal(String json) {
        String message =
                assertThrows(
                                MalformedModelException.class,
                                () -> TrainingRecord.fromJson(json),
                                json)
                        .getMessage();
        assertEquals(1, message.lines().count(), message);
        assertTrue(message.endsWith("."), message);
        assertTrue(message.length() < 400, message);
        return message;
    }

    @Test
    void whatIsCutIsRefused() {
        String json = full().toJson();
        // without the line break at the end nothing is missing
        for (int length = 0; length < json.length() - 1; length++) {
            refusal(json.substring(0, length));
        }
    }

    @Test
    void whatIsChangedIsRefused() throws Exception {
        byte[] good = full().toJson().getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < good.length; i++) {
            byte[] changed = good.clone();
            changed[i] ^= (byte) (1 << i % 8);
            refusal(new String(changed, StandardCharsets.UTF_8));
        }
    }

    @Test
    void filesThatAreNoRecordsAreRefusedByName() throws Exception {
        Path file = folder.resolve("a.json");
        Files.write(file, new byte[] {'{', (byte) 0xff, '}'});
        assertRefused(file, "UTF-8");
        Files.write(file, new byte[(4 << 20) + 1]);
        assertRefused(file, "longer");
        Files.writeString(file, "{}");
        assertRefused(file, "no record");
        Files.writeString(file, full().toJson() + "{}");
        assertRefused(file, "JSON");
        assertThrows(IOException.class, () -> TrainingRecord.load(folder.resolve("none")));
        String message =
                assertThrows(IOException.class, () -> TrainingRecord.load(folder)).getMessage();
        assertNames(message, folder.toString(), "no file");
    }

    private static void assertRefused(Path file, String reason) {
        String message =
                assertThrows(MalformedModelException.class, () -> TrainingRecord.load(file))
                        .getMessage();
        assertTrue(message.startsWith(file + ": "), message);
        assertNames(message, reason);
    }

    /** Changes a record and makes its digest good again, as somebody with bad intent would. */
    private static String signed(Consumer<JsonObject> change) throws Exception {
        JsonObject json = json(full());
        json.remove("sha256");
        change.accept(json);
        String compact = new GsonBuilder().disableHtmlEscaping().create().toJson(json);
        byte[] digest =
                MessageDigest.getInstance("SHA-256")
                        .digest(compact.getBytes(StandardCharsets.UTF_8));
        json.addProperty("sha256", HexFormat.of().formatHex(digest));
        return json.toString();
    }

    private static Consumer<JsonObject> set(String path, JsonElement value) {
        return json -> {
            String[] names = path.split("\\.");
            JsonObject parent = json;
            for (String name : Arrays.copyOf(names, names.length - 1)) {
                parent = parent.getAsJsonObject(name);
            }
            parent.add(names[names.length - 1], value);
        };
    }

    static Stream<Arguments> hostile() {
        JsonArray many = new JsonArray();
        for (int i = 0; i < 10_001; i++) {
            many.add("x");
        }
        JsonArray few = new JsonArray();
        few.add("x");
        JsonElement huge = new JsonPrimitive(new BigDecimal("1e999999999"));
        JsonElement text = new JsonPrimitive("x");
        JsonElement one = new JsonPrimitive(1);
        JsonObject longName = new JsonObject();
        longName.addProperty("x".repeat(1025), 1);
        return Stream.of(
                Arguments.of("version", new JsonPrimitive(2), "version"),
                Arguments.of("format", one, "no record"),
                Arguments.of("model", text, "model has to be an object"),
                Arguments.of("model.name", one, "model.name has to be a text"),
                Arguments.of("model.name", new JsonPrimitive("x".repeat(70_000)), "65536"),
                Arguments.of("model.classes", many, "model.classes has to be at most 10000"),
                Arguments.of("model.classes", text, "model.classes has to be a list"),
                Arguments.of("model.parameters", huge, "model.parameters is no number"),
                Arguments.of("model.parameters", new JsonPrimitive(-1), "at least 0"),
                Arguments.of("model.parameters", text, "model.parameters has to be a whole"),
                Arguments.of("model.inputShapes", few, "model.inputShapes[0] has to be a list"),
                Arguments.of("training.seeds", text, "training.seeds has to be an object"),
                Arguments.of("training.seeds", longName, "at most 1024"),
                Arguments.of("training.batch", new JsonPrimitive(0), "at least 1, not 0"),
                Arguments.of("training.batch", new JsonPrimitive(1.5), "training.batch"),
                Arguments.of("training.epochs", new JsonPrimitive(1L << 40), "training.epochs"),
                Arguments.of("data.sha256", text, "SHA-256"),
                Arguments.of("data.preprocessing.pixelScale", new JsonPrimitive(0), "above 0"),
                Arguments.of("data.preprocessing.means", new JsonArray(), "0 means"),
                Arguments.of("data.preprocessing.pixelScale", huge, "pixelScale"),
                Arguments.of("data.preprocessing.wholeSide", new JsonPrimitive(0), "not 0"),
                Arguments.of("accuracy.value", new JsonPrimitive(1.01), "0 to 1, not 1.01"),
                Arguments.of("accuracy", new JsonObject(), "it has no accuracy.value"),
                Arguments.of("software.threads", new JsonPrimitive(0), "threads"),
                Arguments.of("program.commit", new JsonPrimitive("\u001b[2J"), "hexadecimal"),
                Arguments.of("program.changed", one, "true or false"),
                Arguments.of("date", text, "date"),
                Arguments.of("file.name", new JsonPrimitive("../secret.params"), "plain name"),
                Arguments.of("file.name", new JsonPrimitive("/etc/passwd"), "plain name"),
                Arguments.of("file", new JsonObject(), "plain name"));
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void whatIsHostileIsRefused(String path, JsonElement value, String reason) throws Exception {
        assertNames(refusal(signed(set(path, value))), reason);
    }

    @Test
    void whatIsNestedDeeplyIsRefused() {
        refusal("[".repeat(2_000_000));
        refusal("{\"a\":".repeat(500_000));
    }

    @Test
    void membersOfLaterReleasesArePassedOver() throws Exception {
        String later =
                signed(set("later", new JsonPrimitive("x")).andThen(set("model.later", many(3))));
        assertEquals(full(), TrainingRecord.fromJson(later));
    }

    private static JsonArray many(int count) {
        JsonArray array = new JsonArray();
        for (int i = 0; i < count; i++) {
            array.add(new JsonArray());
        }
        return array;
    }

    @Test
    void isAPropertyOfAModelThatDjlSavesAndLoads() throws Exception {
        // longer than the longest property that DJL can write
        TrainingRecord record = full().toBuilder().optNote("long", "€".repeat(60_000)).build();
        try (Model model = Model.newInstance("saved", "PyTorch")) {
            model.setBlock(NetworkCase.mlp(3, 5));
            model.getBlock().initialize(model.getNDManager(), DataType.FLOAT32, new Shape(1, 6));
            record.putInto(model);
            model.save(folder, "saved");
            full().putInto(model);
            assertEquals(Optional.of(full()), TrainingRecord.find(model));
        }
        try (Model model = Model.newInstance("saved", "PyTorch")) {
            model.setBlock(NetworkCase.mlp(3, 5));
            assertEquals(Optional.empty(), TrainingRecord.find(model));
            model.load(folder, "saved");
            assertEquals(Optional.of(record), TrainingRecord.find(model));
            model.setProperty(TrainingRecord.PROPERTY, "{");
            String message =
                    assertThrows(MalformedModelException.class, () -> TrainingRecord.find(model))
                            .getMessage();
            assertNames(message, "saved", TrainingRecord.PROPERTY);
        }
    }
}
