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
package org.locallearning.djl.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What was saved comes back as it was, or is refused with the file and the reason. */
class StateFileTest {

    @TempDir private Path folder;

    private NDManager manager;
    private Path file;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager();
        file = folder.resolve("training.state");
    }

    @AfterEach
    void close() {
        manager.close();
    }

    /** A part that remembers an array, and what it was told to. */
    private static final class Part implements Stateful {

        private final NDManager manager;
        private NDArray weight;
        private long steps;
        private double rate;
        private String name;

        Part(NDManager manager) {
            this.manager = manager;
        }

        static Part of(NDManager manager, double... weight) {
            Part part = new Part(manager);
            part.weight = manager.create(weight);
            part.steps = -5;
            part.rate = 0.1;
            part.name = "Bᵀ δ";
            return part;
        }

        @Override
        public void saveState(StateWriter out) throws IOException {
            out.putArray("02Linear_weight", weight);
            out.putLong("steps", steps);
            out.putDouble("rate", rate);
            out.putText("name", name);
        }

        @Override
        public Runnable loadState(StateReader in) throws IOException, MalformedModelException {
            NDArray array = in.getArray("02Linear_weight");
            long savedSteps = in.getLong("steps");
            double savedRate = in.getDouble("rate");
            String savedName = in.getText("name");
            return () -> {
                array.attach(manager);
                weight = array;
                steps = savedSteps;
                rate = savedRate;
                name = savedName;
            };
        }
    }

    private static Map<String, Part> parts(Part first, Part second) {
        Map<String, Part> parts = new LinkedHashMap<>();
        parts.put("rule", first);
        parts.put("optimizer", second);
        return parts;
    }

    private byte[] saved() throws IOException {
        StateFile.save(file, parts(Part.of(manager, 1, 2, 3), Part.of(manager, 4)));
        return Files.readAllBytes(file);
    }

    private void load() throws IOException, MalformedModelException {
        StateFile.load(file, manager, parts(new Part(manager), new Part(manager)));
    }

    private String refused(byte[] bytes) throws IOException {
        Files.write(file, bytes);
        return refused();
    }

    private String refused() {
        String message = assertThrows(MalformedModelException.class, this::load).getMessage();
        assertTrue(message.startsWith(file + ": "), message);
        return message;
    }

    /** Puts a true checksum on bytes that nobody would write. */
    private static byte[] sealed(byte[] bytes) throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
        byte[] sealed = Arrays.copyOf(bytes, bytes.length + digest.length);
        System.arraycopy(digest, 0, sealed, bytes.length, digest.length);
        return sealed;
    }

    private static byte[] unsealed(byte[] bytes) {
        return Arrays.copyOf(bytes, bytes.length - 32);
    }

    @Test
    void everyPartGetsItsOwn() throws Exception {
        saved();
        Part first = new Part(manager);
        Part second = new Part(manager);
        StateFile.load(file, manager, parts(first, second));
        assertArrayEquals(new double[] {1, 2, 3}, first.weight.toDoubleArray());
        assertArrayEquals(new double[] {4}, second.weight.toDoubleArray());
        assertEquals(-5, first.steps);
        assertEquals(0.1, first.rate);
        assertEquals("Bᵀ δ", first.name);
    }

    static Stream<DataType> types() {
        return StateFormat.ARRAY_TYPES.stream();
    }

    @ParameterizedTest
    @MethodSource("types")
    void arraysComeBackBitForBit(DataType type) throws Exception {
        NDArray matrix = manager.arange(24f).sub(3).reshape(2, 3, 4).toType(type, true);
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        arrays.put("matrix", matrix);
        arrays.put("a view that lies the other way round", matrix.transpose(2, 0, 1));
        arrays.put("scalar", manager.create(7).toType(type, true));
        Stateful writing =
                new Stateful() {
                    @Override
                    public void saveState(StateWriter out) throws IOException {
                        for (Map.Entry<String, NDArray> array : arrays.entrySet()) {
                            out.putArray(array.getKey(), array.getValue());
                        }
                    }
                };
        Map<String, NDArray> found = new LinkedHashMap<>();
        Stateful reading =
                new Stateful() {
                    @Override
                    public Runnable loadState(StateReader in)
                            throws IOException, MalformedModelException {
                        for (String name : in.getNames()) {
                            NDArray array = in.getArray(name);
                            assertEquals(array.getShape(), in.getShape(name));
                            assertEquals(array.getDataType(), in.getDataType(name));
                            array.attach(manager);
                            found.put(name, array);
                        }
                        return () -> {};
                    }
                };
        StateFile.save(file, Map.of("arrays", writing));
        StateFile.load(file, manager, Map.of("arrays", reading));
        assertEquals(List.copyOf(arrays.keySet()), List.copyOf(found.keySet()));
        for (Map.Entry<String, NDArray> array : arrays.entrySet()) {
            NDArray back = found.get(array.getKey());
            assertEquals(type, back.getDataType());
            assertEquals(array.getValue().getShape(), back.getShape());
            assertArrayEquals(array.getValue().toByteArray(), back.toByteArray(), array.getKey());
        }
    }

    @Test
    void aFileThatIsCutAnywhereIsRefused() throws Exception {
        byte[] bytes = saved();
        for (int length = 0; length < bytes.length; length++) {
            String message = refused(Arrays.copyOf(bytes, length));
            assertTrue(message.contains("is cut short"), length + " bytes: " + message);
        }
    }

    @Test
    void everyFlippedBitIsFound() throws Exception {
        byte[] bytes = saved();
        for (int bit = 0; bit < 8 * bytes.length; bit++) {
            byte[] flipped = bytes.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            refused(flipped);
        }
    }

    /** Neither an engine nor memory is ever asked for what is not there. */
    @Test
    void bytesOfATrueChecksumAreNotTakenAtTheirWord() throws Exception {
        byte[] bytes = unsealed(saved());
        Random random = new Random(5);
        int accepted = 0;
        for (int i = 0; i < 1000; i++) {
            byte[] changed = bytes.clone();
            for (int j = random.nextInt(3); j >= 0; j--) {
                // as many times in the front, where the structure is
                int place = 8 + random.nextInt(random.nextInt(changed.length - 8) + 1);
                changed[place] = (byte) random.nextInt(256);
            }
            Files.write(file, sealed(changed));
            try {
                load();
                accepted++;
            } catch (MalformedModelException e) {
                assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
            }
        }
        // numbers may be any
        assertTrue(accepted > 0 && accepted < 1000);
    }

    /** What a file holds between its version and its checksum. */
    @FunctionalInterface
    private interface Record {
        void write(DataOutputStream out) throws IOException;
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        StateFormat.writeText(out, text);
    }

    private static void section(DataOutputStream out, String name) throws IOException {
        out.writeByte(StateFormat.SECTION);
        text(out, name);
    }

    private static Record array(String type, int dimensions, long... sizes) {
        return out -> {
            section(out, "rule");
            out.writeByte(StateFormat.ARRAY);
            text(out, "02Linear_weight");
            text(out, type);
            out.writeInt(dimensions);
            for (long size : sizes) {
                out.writeLong(size);
            }
            out.writeLong(0);
            out.writeByte(StateFormat.END);
        };
    }

    private static Record name(String name) {
        return out -> {
            section(out, "rule");
            out.writeByte(StateFormat.LONG);
            text(out, name);
            out.writeLong(0);
            out.writeByte(StateFormat.END);
        };
    }

    private static Record length(int length) {
        return out -> {
            section(out, "rule");
            out.writeByte(StateFormat.TEXT);
            text(out, "name");
            out.writeInt(length);
            out.writeByte(StateFormat.END);
        };
    }

    static Stream<Arguments> hostile() {
        String tooMany = "more numbers than the file has";
        Record twice =
                out -> {
                    section(out, "rule");
                    section(out, "rule");
                };
        Record outside =
                out -> {
                    out.writeByte(StateFormat.LONG);
                    text(out, "steps");
                    out.writeLong(0);
                };
        Record kind =
                out -> {
                    section(out, "rule");
                    out.writeByte(99);
                    text(out, "steps");
                };
        Record endless = out -> section(out, "rule");
        Record after =
                out -> {
                    out.writeByte(StateFormat.END);
                    out.writeByte(StateFormat.END);
                };
        Record bytes =
                out -> {
                    out.writeByte(StateFormat.SECTION);
                    out.writeInt(2);
                    out.write(new byte[] {(byte) 0xC3, 0x28});
                };
        return Stream.of(
                Arguments.of("huge", array("FLOAT32", 1, Long.MAX_VALUE), tooMany),
                Arguments.of("runs over", array("FLOAT32", 2, 1L << 33, 1L << 33), tooMany),
                Arguments.of("runs over to 0", array("INT8", 2, 1L << 32, 1L << 32), tooMany),
                Arguments.of("2 GB", array("FLOAT64", 1, 1L << 28), tooMany),
                Arguments.of("one too many", array("FLOAT64", 1, 2), tooMany),
                Arguments.of("negative", array("FLOAT32", 1, -1), tooMany),
                Arguments.of("empty", array("FLOAT32", 2, 0, 1L << 62), tooMany),
                Arguments.of("dimensions", array("FLOAT32", Integer.MAX_VALUE), "dimensions"),
                Arguments.of("no dimensions", array("FLOAT32", -1), "dimensions"),
                Arguments.of("type", array("STRING", 0), "of the type STRING"),
                Arguments.of("no type", array("java.lang.Runtime", 0), "java.lang.Runtime"),
                Arguments.of("control", name("steps\u001b[2J"), "a bad name"),
                Arguments.of("line", name("steps\n"), "a bad name"),
                Arguments.of("no name", name(""), "a bad name"),
                Arguments.of("long name", name("n".repeat(4097)), "a bad name"),
                Arguments.of("huge text", length(Integer.MAX_VALUE), "runs over its end"),
                Arguments.of("negative text", length(-1), "runs over its end"),
                Arguments.of("section twice", twice, "section 'rule' twice"),
                Arguments.of("outside", outside, "outside of any section"),
                Arguments.of("kind", kind, "unknown kind 99"),
                Arguments.of("no end", endless, "runs over its end"),
                Arguments.of("more", after, "bytes after its end"),
                Arguments.of("no text", bytes, "not UTF-8"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hostile")
    void hostileLengthsAndNamesAreRefused(String name, Record content, String clause)
            throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(StateFormat.MAGIC);
        out.writeInt(StateFormat.VERSION);
        content.write(out);
        String message = refused(sealed(bytes.toByteArray()));
        assertTrue(message.contains(clause), message);
        assertTrue(message.chars().noneMatch(Character::isISOControl), message);
    }

    @Test
    void anotherVersionIsNamed() throws Exception {
        byte[] bytes = unsealed(saved());
        ByteBuffer.wrap(bytes).putInt(4, 3);
        String message = refused(sealed(bytes));
        assertTrue(message.contains("has version 3") && message.contains("reads version 2"));
        for (String magic : List.of("DJLR", "DJLB")) {
            // as they were before there was a checksum: a name, then what the rule wrote
            ByteArrayOutputStream old = new ByteArrayOutputStream();
            DataOutputStream out = new DataOutputStream(old);
            out.writeBytes(magic);
            out.writeByte(1);
            out.writeUTF("KolenPollack");
            out.writeInt(0);
            message = refused(old.toByteArray());
            assertTrue(message.contains("has version 1") && message.contains("reads version 2"));
        }
    }

    @Test
    void filesOfOtherKindsAreNamed() throws Exception {
        Files.writeString(file, "something else altogether");
        assertTrue(refused().contains("is no state file"));
        Path missing = folder.resolve("missing");
        assertTrue(
                assertThrows(
                                NoSuchFileException.class,
                                () -> StateFile.load(missing, manager, Map.of()))
                        .getMessage()
                        .contains("missing"));
        assertTrue(
                assertThrows(IOException.class, () -> StateFile.load(folder, manager, Map.of()))
                        .getMessage()
                        .contains(folder + " is no file"));
    }

    @Test
    void nothingIsHalfLoaded() throws Exception {
        saved();
        Part first = Part.of(manager, 9, 9);
        Stateful refusing =
                new Stateful() {
                    @Override
                    public Runnable loadState(StateReader in) throws MalformedModelException {
                        in.getShape("steps");
                        return () -> {};
                    }
                };
        Map<String, Stateful> parts = new LinkedHashMap<>();
        parts.put("rule", first);
        parts.put("optimizer", refusing);
        String message =
                assertThrows(
                                MalformedModelException.class,
                                () -> StateFile.load(file, manager, parts))
                        .getMessage();
        assertTrue(message.contains("no 'steps' that is an array"), message);
        assertArrayEquals(new double[] {9, 9}, first.weight.toDoubleArray());
    }

    @Test
    void sectionsThatNobodyExpectsAreNamed() throws Exception {
        saved();
        Part part = new Part(manager);
        String message =
                assertThrows(
                                MalformedModelException.class,
                                () -> StateFile.load(file, manager, Map.of("rule", part)))
                        .getMessage();
        assertTrue(message.contains("[optimizer]"), message);
        assertNull(part.weight);
        message =
                assertThrows(
                                MalformedModelException.class,
                                () -> StateFile.load(file, manager, Map.of("epochs", part)))
                        .getMessage();
        assertTrue(message.contains("no section 'epochs', only [rule, optimizer]"), message);
        Stateful forgetful = new Stateful() {};
        message =
                assertThrows(
                                MalformedModelException.class,
                                () ->
                                        StateFile.load(
                                                file,
                                                manager,
                                                Map.of("rule", forgetful, "optimizer", forgetful)))
                        .getMessage();
        assertTrue(message.contains("remembers nothing"), message);
    }

    @Test
    void anInterruptedThreadIsNamed() throws Exception {
        byte[] before = saved();
        Map<String, Part> parts = parts(Part.of(manager, 9, 9), Part.of(manager, 9));
        for (Executable use :
                List.<Executable>of(
                        () -> StateFile.save(file, parts),
                        () -> StateFile.load(file, manager, parts))) {
            Thread.currentThread().interrupt();
            String message;
            try {
                message = assertThrows(IOException.class, use).getMessage();
            } finally {
                assertTrue(Thread.interrupted());
            }
            assertTrue(message.startsWith(file.toString()), message);
            assertTrue(message.contains("the thread was interrupted"), message);
            assertFalse(message.contains("null"), message);
        }
        assertArrayEquals(before, Files.readAllBytes(file));
        assertArrayEquals(new double[] {9, 9}, parts.get("rule").weight.toDoubleArray());
    }

    @Test
    void whatCannotBeSavedLeavesTheLastFile() throws Exception {
        byte[] before = saved();
        List<Record> bad =
                List.of(
                        out -> new StateWriter(out, "s").putArray("a", manager.create("text")),
                        out ->
                                new StateWriter(out, "s")
                                        .putArray("a", manager.create(new Shape(0, 3))),
                        out -> new StateWriter(out, "s").putLong("a\n", 1),
                        out -> {
                            StateWriter writer = new StateWriter(out, "s");
                            writer.putLong("a", 1);
                            writer.putDouble("a", 1);
                        });
        for (Record content : bad) {
            DataOutputStream nowhere = new DataOutputStream(new ByteArrayOutputStream());
            Stateful part =
                    new Stateful() {
                        @Override
                        public void saveState(StateWriter out) throws IOException {
                            content.write(nowhere);
                        }
                    };
            assertThrows(
                    IllegalArgumentException.class, () -> StateFile.save(file, Map.of("s", part)));
        }
        assertArrayEquals(before, Files.readAllBytes(file));
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(1, files.count(), "files left beside the state");
        }
    }

    @Test
    void modesAreThoseOfAnyNewFile() throws Exception {
        Assumptions.assumeTrue(
                FileSystems.getDefault().supportedFileAttributeViews().contains("posix"));
        saved();
        Path plain = Files.createFile(folder.resolve("plain"));
        assertEquals(Files.getPosixFilePermissions(plain), Files.getPosixFilePermissions(file));
    }
}
