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

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.nn.Block;
import ai.djl.training.Trainer;
import ai.djl.util.Pair;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.locallearning.djl.creditassignment.CreditTrainer;
import org.locallearning.djl.creditassignment.internal.TrainerOptimizer;
import org.locallearning.djl.decorrelation.Decorrelating;
import org.locallearning.djl.decorrelation.boltzmann.BoltzmannTrainer;
import org.locallearning.djl.decorrelation.internal.AtomicFile;
import org.locallearning.djl.decorrelation.internal.BlockPath;
import org.locallearning.djl.decorrelation.internal.Descriptions;
import org.locallearning.djl.decorrelation.internal.Digest;

/**
 * How a model was trained: what is needed to identify it, to prepare its input, and to train it
 * again. Immutable; unknown components are null.
 *
 * <pre>{@code
 * TrainingRecord made =
 *         TrainingRecord.of(trainer).toBuilder()
 *                 .optName("mlp")
 *                 .optData(data)
 *                 .optSeed("run", 7)
 *                 .optEpochs(20)
 *                 .optAccuracy(0.979, 10_000)
 *                 .build();
 * SavedModel.save(Decorrelate.fold(model.getBlock()), made, folder, "mlp");
 * }</pre>
 *
 * <p>In JSON it is an object with {@code "format"} and {@code "version"}, one member per component
 * below, and {@code "sha256"}, the digest of all other members as JSON without white space, in
 * order. Unknown members are ignored; a record with another version number is rejected.
 *
 * @param model what the model is
 * @param training how it was trained
 * @param data what it was trained on
 * @param accuracy its measured accuracy
 * @param software what it was trained on: library, versions, device
 * @param program the program that trained it
 * @param date when, in ISO 8601 and UTC, such as {@code 2026-11-26T17:00:00Z}
 * @param notes anything else, by name
 * @param file the file with its parameters, if the record is stored next to one
 */
public record TrainingRecord(
        ModelDescription model,
        TrainingDescription training,
        DataDescription data,
        MeasuredAccuracy accuracy,
        SoftwareDescription software,
        ProgramDescription program,
        String date,
        Map<String, String> notes,
        ParametersFile file) {

    /** The name of the property of a DJL model in which its record is, as JSON. */
    public static final String PROPERTY = "trainingRecord";

    private static final String FORMAT = "format";
    private static final String FORMAT_NAME = "DJL Local Learning training record";
    private static final String VERSION = "version";
    private static final int CURRENT_VERSION = 1;
    private static final String DIGEST = "sha256";
    private static final int MOST_BYTES = 4 << 20;

    /** At most, in UTF-8. */
    private static final int BYTES_OF_CHARACTER = 3;

    /** DJL writes properties by {@code writeUTF}, which takes 65,535 bytes, up to 3 of a char. */
    private static final int LONGEST_PROPERTY = 20_000;

    private static final Gson PRETTY =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();
    private static final Gson COMPACT = new GsonBuilder().disableHtmlEscaping().create();

    /**
     * Checks the date.
     *
     * @param model what the model is
     * @param training how it was trained
     * @param data what it was trained on
     * @param accuracy how good it was found to be
     * @param software on what it was trained
     * @param program which program trained it
     * @param date when, in ISO 8601 and UTC
     * @param notes whatever else is worth knowing
     * @param file the file with its parameters
     */
    public TrainingRecord {
        notes = RecordJson.copy(notes);
        if (date != null) {
            try {
                Instant.parse(date);
            } catch (DateTimeException e) {
                throw new IllegalArgumentException(
                        "A date is written like 2026-11-26T17:00:00Z, not '"
                                + RecordJson.quote(date)
                                + "'.",
                        e);
            }
        }
    }

    /**
     * Describes what a trainer trains, how and on what: model, rule, loss, optimizer, decorrelation
     * and software. What a trainer does not know, such as the data set, is for {@link #toBuilder}.
     *
     * @param trainer the trainer, initialized
     * @return the record
     * @throws IllegalStateException if the trainer is not initialized
     */
    public static TrainingRecord of(Trainer trainer) {
        Block block = trainer.getModel().getBlock();
        Builder builder = builder();
        builder.model = ModelDescription.of(null, block);
        builder.rule = RecordJson.shorten(describeRule(trainer));
        builder.loss = RecordJson.shorten(Descriptions.of(trainer.getLoss()));
        builder.optimizer =
                RecordJson.shorten(TrainerOptimizer.describe(TrainerOptimizer.of(trainer)));
        addDecorrelation("", block, builder.decorrelation);
        builder.software = SoftwareDescription.of(trainer);
        return builder.build();
    }

    private static String describeRule(Trainer trainer) {
        if (trainer instanceof CreditTrainer) {
            return Descriptions.of(((CreditTrainer) trainer).getRule());
        }
        return trainer instanceof BoltzmannTrainer
                ? Descriptions.of(((BoltzmannTrainer) trainer).getLearning())
                : "Backpropagation by " + Descriptions.nameOf(trainer.getClass());
    }

    private static void addDecorrelation(String path, Block block, Map<String, String> settings) {
        if (block instanceof Decorrelating) {
            settings.put(path, RecordJson.shorten(((Decorrelating) block).getOptions().toString()));
        }
        for (Pair<String, Block> child : block.getChildren()) {
            String name = BlockPath.parameterName(path, child.getKey());
            addDecorrelation(name, child.getValue(), settings);
        }
    }

    /**
     * Creates a builder of an empty record.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Creates a builder with the contents of this record.
     *
     * @return a new builder
     */
    public Builder toBuilder() {
        return new Builder().set(this);
    }

    /**
     * Returns this record for another form of the same model, such as the folded one.
     *
     * @param form the model, initialized
     * @return the record with the blocks and the number of parameters of that form
     */
    TrainingRecord as(Block form) {
        Builder builder = toBuilder();
        builder.model = model == null ? ModelDescription.of(null, form) : model.as(form);
        // what this is stored beside is another file
        builder.file = null;
        return builder.build();
    }

    /**
     * Writes the record as JSON.
     *
     * @return the text, which ends with a line break
     * @throws IllegalArgumentException if a text or a list in it is longer than is read again
     */
    public String toJson() {
        return PRETTY.toJson(toReadable()) + "\n";
    }

    /** What cannot be read is not written, so that nobody finds out after the training. */
    private JsonObject toReadable() {
        JsonObject json = toObject();
        try {
            RecordJson.read(TrainingRecord.class, json, "");
        } catch (MalformedModelException e) {
            throw new IllegalArgumentException(
                    "The record could not be read again: " + e.getMessage(), e);
        }
        if (PRETTY.toJson(json).length() > MOST_BYTES / BYTES_OF_CHARACTER) {
            throw new IllegalArgumentException(
                    "The record is longer than the " + MOST_BYTES + " bytes that are read again.");
        }
        return json;
    }

    private JsonObject toObject() {
        JsonObject json = new JsonObject();
        json.addProperty(FORMAT, FORMAT_NAME);
        json.addProperty(VERSION, CURRENT_VERSION);
        RecordJson.write(this).entrySet().forEach(e -> json.add(e.getKey(), e.getValue()));
        json.addProperty(DIGEST, digest(json));
        return json;
    }

    private static String digest(JsonObject json) {
        JsonObject others = new JsonObject();
        for (Map.Entry<String, JsonElement> member : json.entrySet()) {
            if (!member.getKey().equals(DIGEST)) {
                others.add(member.getKey(), member.getValue());
            }
        }
        return Digest.SHA_256.of(COMPACT.toJson(others));
    }

    /**
     * Reads a record.
     *
     * @param json what {@link #toJson} wrote
     * @return the record
     * @throws MalformedModelException if it is no record, is damaged or of another version; the
     *     message has the reason in one sentence
     */
    public static TrainingRecord fromJson(String json) throws MalformedModelException {
        JsonObject object = parse(json);
        if (!isText(object.get(FORMAT), FORMAT_NAME)) {
            throw new MalformedModelException("it is no record of training.");
        }
        if (!isText(object.get(VERSION), Integer.toString(CURRENT_VERSION))) {
            throw new MalformedModelException(
                    "it is a record of another version than "
                            + CURRENT_VERSION
                            + ", which is the one that this library reads.");
        }
        if (!isText(object.get(DIGEST), digest(object))) {
            throw new MalformedModelException(
                    "it was changed or damaged, since its digest is another; take the file as it"
                            + " was written.");
        }
        return RecordJson.read(TrainingRecord.class, object, "");
    }

    private static boolean isText(JsonElement element, String text) {
        return element != null && element.isJsonPrimitive() && element.getAsString().equals(text);
    }

    private static JsonObject parse(String json) throws MalformedModelException {
        try (JsonReader reader = new JsonReader(new StringReader(json))) {
            reader.setStrictness(Strictness.STRICT);
            JsonElement element = JsonParser.parseReader(reader);
            if (element.isJsonObject() && reader.peek() == JsonToken.END_DOCUMENT) {
                return element.getAsJsonObject();
            }
        } catch (JsonParseException | IOException | IllegalStateException e) {
            throw new MalformedModelException("it is no JSON, or cut off.", e);
        }
        throw new MalformedModelException("it is no JSON object.");
    }

    /**
     * Writes the record into a file, which appears at once or not at all.
     *
     * @param file the file to write; a file that is there is replaced
     * @throws IOException if it cannot be written; what was there is then there still
     */
    public void save(Path file) throws IOException {
        AtomicFile.write(file, out -> out.write(toJson().getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Reads a record from a file.
     *
     * @param file the file
     * @return the record
     * @throws IOException if the file cannot be read
     * @throws MalformedModelException if it is no record, is damaged or of another version; the
     *     message names the file and the reason
     */
    public static TrainingRecord load(Path file) throws IOException, MalformedModelException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new IOException(file + " is no file; give a file that TrainingRecord wrote.");
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw new MalformedModelException(
                        "it is longer than " + MOST_BYTES + " bytes, which no record is.");
            }
            return fromJson(
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (CharacterCodingException e) {
            throw new MalformedModelException(file + ": it is no text in UTF-8.", e);
        } catch (MalformedModelException e) {
            throw new MalformedModelException(file + ": " + e.getMessage(), e);
        }
    }

    /**
     * Writes the record into the properties of a model, which DJL saves with the parameters.
     *
     * <p>The JSON is the property {@link #PROPERTY}. What is longer than a property of DJL's may be
     * goes on in {@code trainingRecord.2} and so on.
     *
     * @param target the model
     */
    public void putInto(Model target) {
        target.getProperties().keySet().removeIf(TrainingRecord::isProperty);
        String json = COMPACT.toJson(toReadable());
        for (int i = 0, begin = 0; begin < json.length(); i++, begin += LONGEST_PROPERTY) {
            int end = Math.min(json.length(), begin + LONGEST_PROPERTY);
            target.setProperty(property(i), json.substring(begin, end));
        }
    }

    private static boolean isProperty(String name) {
        return name.equals(PROPERTY) || name.startsWith(PROPERTY + ".");
    }

    private static String property(int i) {
        return i == 0 ? PROPERTY : PROPERTY + "." + (i + 1);
    }

    /**
     * Finds the record in the properties of a model.
     *
     * @param source the model, such as one that was loaded
     * @return the record, if there is one
     * @throws MalformedModelException if it is damaged or of another version; the message names the
     *     model and the reason
     */
    public static Optional<TrainingRecord> find(Model source) throws MalformedModelException {
        StringBuilder json = new StringBuilder();
        for (int i = 0; source.getProperty(property(i)) != null; i++) {
            json.append(source.getProperty(property(i)));
        }
        try {
            return json.length() == 0 ? Optional.empty() : Optional.of(fromJson(json.toString()));
        } catch (MalformedModelException e) {
            throw new MalformedModelException(
                    String.format(
                            "Property %s of model %s: %s",
                            PROPERTY, source.getName(), e.getMessage()),
                    e);
        }
    }

    /** Returns the record as JSON. */
    @Override
    public String toString() {
        return PRETTY.toJson(toObject()) + "\n";
    }

    /** Builds a {@link TrainingRecord}. */
    public static final class Builder {

        private ModelDescription model;
        private String name;
        private final Map<String, String> options = new LinkedHashMap<>();
        private List<String> classes;
        private String method;
        private String rule;
        private String loss;
        private String optimizer;
        private final Map<String, String> decorrelation = new LinkedHashMap<>();
        private final Map<String, Long> seeds = new LinkedHashMap<>();
        private Integer batch;
        private Integer epochs;
        private Integer batches;
        private DataDescription data;
        private MeasuredAccuracy accuracy;
        private SoftwareDescription software;
        private ProgramDescription program;
        private String date;
        private final Map<String, String> notes = new LinkedHashMap<>();
        private ParametersFile file;

        private Builder() {}

        private Builder set(TrainingRecord record) {
            model = record.model;
            TrainingDescription training = record.training;
            if (training != null) {
                method = training.method();
                rule = training.rule();
                loss = training.loss();
                optimizer = training.optimizer();
                if (training.decorrelation() != null) {
                    decorrelation.putAll(training.decorrelation());
                }
                if (training.seeds() != null) {
                    seeds.putAll(training.seeds());
                }
                batch = training.batch();
                epochs = training.epochs();
                batches = training.batches();
            }
            data = record.data;
            accuracy = record.accuracy;
            software = record.software;
            program = record.program;
            date = record.date;
            if (record.notes != null) {
                notes.putAll(record.notes);
            }
            file = record.file;
            return this;
        }

        /**
         * Sets what the model is, instead of the trainer's description.
         *
         * @param model the description
         * @return this builder
         */
        public Builder optModel(ModelDescription model) {
            this.model = model;
            return this;
        }

        /**
         * Sets the name of the model's structure.
         *
         * @param name the name, such as {@code mlp}
         * @return this builder
         */
        public Builder optName(String name) {
            this.name = name;
            return this;
        }

        /**
         * Adds what was chosen for the model's structure.
         *
         * @param option the name of the option, such as {@code hidden}
         * @param value what was chosen
         * @return this builder
         */
        public Builder optOption(String option, String value) {
            options.put(option, value);
            return this;
        }

        /**
         * Sets the names of the classes.
         *
         * @param classes the names, in the order of their indices
         * @return this builder
         */
        public Builder optClasses(List<String> classes) {
            this.classes = List.copyOf(classes);
            return this;
        }

        /**
         * Sets what a program calls the method.
         *
         * @param method the name, such as {@code kp+decor}
         * @return this builder
         */
        public Builder optMethod(String method) {
            this.method = method;
            return this;
        }

        /**
         * Sets the learning rule, for records without a trainer.
         *
         * @param rule the rule with every setting
         * @return this builder
         */
        public Builder optRule(String rule) {
            this.rule = rule;
            return this;
        }

        /**
         * Sets the loss, for records without a trainer.
         *
         * @param loss the loss with every setting
         * @return this builder
         */
        public Builder optLoss(String loss) {
            this.loss = loss;
            return this;
        }

        /**
         * Sets the optimizer, for records without a trainer.
         *
         * @param optimizer the optimizer with every setting
         * @return this builder
         */
        public Builder optOptimizer(String optimizer) {
            this.optimizer = optimizer;
            return this;
        }

        /**
         * Adds a seed.
         *
         * @param purpose what it is for, such as {@code run} or {@code initial weights}
         * @param seed the seed
         * @return this builder
         */
        public Builder optSeed(String purpose, long seed) {
            seeds.put(purpose, seed);
            return this;
        }

        /**
         * Sets how many samples a batch has.
         *
         * @param batch the number, at least 1
         * @return this builder
         */
        public Builder optBatch(int batch) {
            this.batch = batch;
            return this;
        }

        /**
         * Sets how many epochs are done.
         *
         * @param epochs the number, at least 0
         * @return this builder
         */
        public Builder optEpochs(int epochs) {
            this.epochs = epochs;
            return this;
        }

        /**
         * Sets how many batches are done after the epochs.
         *
         * @param batches the number, at least 0
         * @return this builder
         */
        public Builder optBatches(int batches) {
            this.batches = batches;
            return this;
        }

        /**
         * Sets what the model was trained on.
         *
         * @param data the data
         * @return this builder
         */
        public Builder optData(DataDescription data) {
            this.data = data;
            return this;
        }

        /**
         * Sets the accuracy that was measured.
         *
         * @param value the share of samples whose class was found, 0 to 1
         * @param samples how many samples it was measured on, at least 1
         * @return this builder
         */
        public Builder optAccuracy(double value, int samples) {
            accuracy = new MeasuredAccuracy(value, samples);
            return this;
        }

        /**
         * Sets what the model was trained on, for records without a trainer.
         *
         * @param software the description
         * @return this builder
         */
        public Builder optSoftware(SoftwareDescription software) {
            this.software = software;
            return this;
        }

        /**
         * Sets which program trained the model.
         *
         * @param program the program
         * @return this builder
         */
        public Builder optProgram(ProgramDescription program) {
            this.program = program;
            return this;
        }

        /**
         * Sets when the model was trained.
         *
         * @param date the time
         * @return this builder
         */
        public Builder optDate(Instant date) {
            this.date = date.truncatedTo(ChronoUnit.SECONDS).toString();
            return this;
        }

        /**
         * Adds whatever else is worth knowing.
         *
         * @param about what it is about, such as {@code licence of the data}
         * @param text the text
         * @return this builder
         */
        public Builder optNote(String about, String text) {
            notes.put(about, text);
            return this;
        }

        /**
         * Sets the file with the parameters, beside which the record is.
         *
         * @param file the file
         * @return this builder
         */
        public Builder optFile(ParametersFile file) {
            this.file = file;
            return this;
        }

        private Map<String, String> allOptions(ModelDescription whole) {
            Map<String, String> all = new LinkedHashMap<>();
            if (whole.options() != null) {
                all.putAll(whole.options());
            }
            all.putAll(options);
            return all;
        }

        /**
         * Builds the record.
         *
         * @return the record
         * @throws IllegalArgumentException if something cannot be right, such as a batch of 0
         */
        public TrainingRecord build() {
            boolean described = name != null || classes != null || !options.isEmpty();
            ModelDescription whole =
                    model == null && described
                            ? new ModelDescription(null, null, null, null, null, null)
                            : model;
            TrainingDescription training =
                    new TrainingDescription(
                            method,
                            rule,
                            loss,
                            optimizer,
                            decorrelation,
                            seeds,
                            batch,
                            epochs,
                            batches);
            boolean trained =
                    !training.equals(
                            new TrainingDescription(
                                    null, null, null, null, null, null, null, null, null));
            return new TrainingRecord(
                    described ? whole.with(name, allOptions(whole), classes) : whole,
                    trained ? training : null,
                    data,
                    accuracy,
                    software,
                    program,
                    date,
                    notes,
                    file);
        }
    }
}
