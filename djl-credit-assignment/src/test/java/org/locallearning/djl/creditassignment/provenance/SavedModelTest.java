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
import static org.junit.jupiter.api.Assertions.assertNull;
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
import ai.djl.training.ParameterStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.locallearning.djl.creditassignment.NetworkCase;
import org.locallearning.djl.decorrelation.Decorrelate;

/** Models that are saved with their record. */
class SavedModelTest {

    private static final TrainingRecord MADE =
            TrainingRecord.builder().optName("mlp").optEpochs(2).optAccuracy(0.5, 10).build();

    @TempDir private Path folder;
    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager("PyTorch");
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private Block decorrelated(int seed) {
        Engine.getEngine("PyTorch").setRandomSeed(seed);
        Block block = Decorrelate.model(NetworkCase.mlp(3, 5));
        block.initialize(manager, DataType.FLOAT32, new Shape(4, 6));
        return block;
    }

    private NDArray predict(Block block) {
        NDArray data = manager.arange(24f).reshape(4, 6).div(24);
        ParameterStore store = new ParameterStore(manager, false);
        return block.forward(store, new NDList(data), false).singletonOrThrow();
    }

    @Test
    void djlAloneLoadsWhatWasSaved(@TempDir Path elsewhere) throws Exception {
        Block block = decorrelated(1);
        // a record that knows another file
        TrainingRecord made = SavedModel.save(block, MADE, elsewhere, "other");
        TrainingRecord saved = SavedModel.save(Decorrelate.fold(block), made, folder, "net");
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(
                    List.of("net-0000.params", "net.json"),
                    files.map(file -> file.getFileName().toString()).sorted().toList());
        }
        assertEquals(saved, SavedModel.check(folder, "net"));
        assertEquals(53, saved.model().parameters());
        assertEquals("mlp", saved.model().name());
        assertEquals(0.5, saved.accuracy().value());
        try (Model model = Model.newInstance("net", "PyTorch")) {
            model.setBlock(NetworkCase.mlp(3, 5));
            model.load(folder, "net");
            assertEquals(predict(Decorrelate.fold(block)), predict(model.getBlock()));
            Optional<TrainingRecord> inside = TrainingRecord.find(model);
            assertNull(inside.orElseThrow().file());
            assertEquals(saved, inside.get().toBuilder().optFile(saved.file()).build());
        }
    }

    @Test
    void savingAgainReplacesBothFiles() throws Exception {
        SavedModel.save(decorrelated(1), MADE, folder, "net");
        TrainingRecord other = MADE.toBuilder().optEpochs(3).build();
        SavedModel.save(decorrelated(2), other, folder, "net");
        assertEquals(3, SavedModel.check(folder, "net").training().epochs());
    }

    @Test
    void whatAKilledProgramLeftIsDeletedAndOthersStay() throws Exception {
        String id = ".12345678-1234-1234-1234-123456789abc.tmp";
        Path unfinished = Files.createDirectory(folder.resolve("net" + id));
        Files.write(unfinished.resolve("net-0000.params"), new byte[1]);
        Files.write(folder.resolve("net.json" + id), new byte[1]);
        Files.write(folder.resolve("network" + id), new byte[1]);
        Files.write(folder.resolve("net.notes.tmp"), new byte[1]);
        SavedModel.save(decorrelated(1), MADE, folder, "net");
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(
                    List.of("net-0000.params", "net.json", "net.notes.tmp", "network" + id),
                    files.map(file -> file.getFileName().toString()).sorted().toList());
        }
    }

    @Test
    void aNameThatIsTooLongLeavesNoFile() throws Exception {
        Block block = decorrelated(1);
        SavedModel.save(block, MADE, folder.resolve("longest"), "n".repeat(189));
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> SavedModel.save(block, MADE, folder, "n".repeat(190)))
                        .getMessage();
        assertTrue(message.contains("at most 189 characters, not 190"), message);
        assertTrue(
                assertThrows(
                                IllegalArgumentException.class,
                                () -> SavedModel.save(block, MADE, folder, "n".repeat(300)))
                        .getMessage()
                        .contains("not 300"));
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of(folder.resolve("longest")), files.toList());
        }
    }

    @Test
    void parametersOfAnotherModelOrDamagedOnesAreRefused() throws Exception {
        SavedModel.save(decorrelated(1), MADE, folder, "one");
        SavedModel.save(decorrelated(2), MADE, folder, "two");
        Path parameters = folder.resolve("one-0000.params");
        byte[] bytes = Files.readAllBytes(parameters);
        bytes[bytes.length - 1] ^= 1;
        Files.write(parameters, bytes);
        assertRefused("one", parameters + ": ", "one.json", "digest");
        Files.copy(
                parameters, folder.resolve("two-0000.params"), StandardCopyOption.REPLACE_EXISTING);
        assertRefused("two", "two-0000.params", "digest");
        Files.delete(parameters);
        assertThrows(NoSuchFileException.class, () -> SavedModel.check(folder, "one"));
        MADE.save(folder.resolve("one.json"));
        assertRefused("one", "one.json", "does not say");
    }

    private void assertRefused(String name, String... parts) {
        String message =
                assertThrows(MalformedModelException.class, () -> SavedModel.check(folder, name))
                        .getMessage();
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
    }

    @Test
    void whatDjlWouldLoadInItsPlaceIsRefused() throws IOException {
        Block block = decorrelated(1);
        Path later = folder.resolve("net-0007.params");
        Files.write(later, new byte[1]);
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> SavedModel.save(block, MADE, folder, "net"))
                        .getMessage();
        assertTrue(message.startsWith(later + " "), message);
        Files.delete(later);
        for (String name : List.of("../net", "a/b", "", "a\nb", ".net")) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> SavedModel.save(block, MADE, folder, name),
                    name);
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of(), files.toList());
        }
    }
}
