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
package org.locallearning.djl.zoo.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.util.Pair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.locallearning.djl.zoo.repository.RepositoryException;

/** Whatever passes the check is read by DJL as the model that it should be. */
class ParameterFileTest {

    private static final Shape IMAGE = new Shape(1, 2, 2);

    @TempDir Path folder;

    private Path file;
    private byte[] whole;

    @BeforeEach
    void save() throws IOException {
        try (Model model = Model.newInstance("net", "PyTorch")) {
            Block block = network(2);
            block.initialize(model.getNDManager(), DataType.FLOAT32, new Shape(4).addAll(IMAGE));
            model.setBlock(block);
            model.setProperty("about", "a test");
            model.save(folder, "net");
        }
        file = folder.resolve("net-0000.params");
        whole = Files.readAllBytes(file);
    }

    private static Block network(int units) {
        return new SequentialBlock()
                .add(Blocks.batchFlattenBlock())
                .add(Linear.builder().setUnits(units).build())
                .add(BatchNorm.builder().build());
    }

    private static List<Shape> load(Path folder) throws IOException, MalformedModelException {
        try (Model model = Model.newInstance("net", "PyTorch")) {
            model.setBlock(network(2));
            model.load(folder, "net");
            return model.getBlock().getParameters().stream()
                    .map(Pair::getValue)
                    .map(parameter -> parameter.getArray().getShape())
                    .toList();
        }
    }

    @Test
    void takesWhatDjlWrote() throws IOException {
        ParameterFile.check(file, network(2), IMAGE);
    }

    @Test
    void refusesWhatIsCutAnywhere() throws IOException {
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertRefused(2, IMAGE, "");
        }
        Files.write(file, Arrays.copyOf(whole, whole.length + 1));
        assertRefused(2, IMAGE, "1 bytes too many");
    }

    /** Every bit of every byte: numbers may change, and texts that mean nothing to DJL. */
    @Test
    void takesNoChangeButOfNumbers() throws IOException, MalformedModelException {
        List<Shape> expected = load(folder);
        int taken = 0;
        for (int i = 0; i < whole.length; i++) {
            byte[] changed = whole.clone();
            changed[i] ^= (byte) (1 << i % 8);
            Files.write(file, changed);
            try {
                ParameterFile.check(file, network(2), IMAGE);
            } catch (RepositoryException e) {
                continue;
            }
            taken++;
            assertEquals(expected, load(folder), "byte " + i);
        }
        // 4 + 1 weights, 4 of the normalization, 2 * 4 + 2: 19 numbers; and "net", "about", "a
        // test"
        // and the name of the input, of which a bit may make no text
        assertTrue(taken >= 4 * 19 && taken <= 4 * 19 + 18, taken + " changes were taken");
    }

    @Test
    void namesTheParameterThatDiffers() {
        assertRefused(3, IMAGE, "02Linear_weight");
        assertRefused(2, new Shape(1, 2, 3), "batches of shape (1, 2, 3)");
        assertRefused(1000, IMAGE, "the model has 9,000 numbers");
        assertRefused(2_000_000_000, IMAGE, "cannot be made");
    }

    private void assertRefused(int units, Shape image, String words) {
        RepositoryException refused =
                assertThrows(
                        RepositoryException.class,
                        () -> ParameterFile.check(file, network(units), image));
        String message = refused.getMessage();
        assertTrue(
                message.startsWith(file.toString())
                        && message.contains(words)
                        && message.lines().count() == 1,
                message);
    }
}
