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

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.initializer.Initializer;
import ai.djl.util.Pair;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UTFDataFormatException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.locallearning.djl.zoo.repository.RepositoryException;

/**
 * A file of parameters that DJL wrote, checked before DJL reads it.
 *
 * <p>DJL trusts the types, shapes and lengths of such a file: a wrong one gives a model of another
 * size, an allocator error, or reads beyond the end of a buffer. So the file is compared with what
 * DJL itself writes for a new block of that network: every byte that is not one of a parameter's
 * numbers must be the same. The price is to write the block twice into memory.
 */
final class ParameterFile {

    private static final int VERSION = 1;
    private static final int MOST_PROPERTIES = 1000;
    private static final long LARGEST_BATCH = 1_000_000;

    // a number whose four bytes all differ from those of zero
    private static final float MARK = Float.intBitsToFloat(0x3f7f7f7f);

    private final Path file;
    private final ByteBuffer content;

    private ParameterFile(Path file, ByteBuffer content) {
        this.file = file;
        this.content = content;
    }

    /**
     * Checks a file.
     *
     * @param file the file
     * @param network a new block of the network, not yet initialized
     * @param sample the shape of one input
     * @throws RepositoryException if the file does not hold float32 parameters of that network
     * @throws IOException if it cannot be read
     */
    static void check(Path file, Block network, Shape sample) throws IOException {
        new ParameterFile(file, ByteBuffer.wrap(Files.readAllBytes(file))).check(network, sample);
    }

    /**
     * Checks that a block has taken all parameters of a file that was {@linkplain #check checked}.
     *
     * @param file the file
     * @param block the block, loaded
     * @param sample the shape of one input
     * @throws IllegalArgumentException if some of the file was left
     * @throws IOException if it cannot be read
     */
    static void checkTaken(Path file, Block block, Shape sample) throws IOException {
        ParameterFile whole = new ParameterFile(file, ByteBuffer.wrap(Files.readAllBytes(file)));
        whole.header(sample);
        ByteArrayOutputStream taken = new ByteArrayOutputStream();
        block.saveParameters(new DataOutputStream(taken));
        if (taken.size() != whole.content.remaining()) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "The block has not the structure of the model (it takes %,d of %,d bytes"
                                    + " of %s): give one that has, or none.",
                            taken.size(),
                            whole.content.remaining(),
                            file));
        }
    }

    private void check(Block network, Shape sample) throws IOException {
        Shape input = header(sample);
        try (NDManager manager = NDManager.newBaseManager()) {
            // draws nothing from the engine's random numbers
            network.setInitializer(Initializer.ZEROS, parameter -> true);
            // a new thread records gradients, and then refuses that their values are set
            network.freezeParameters(true);
            network.initialize(manager, DataType.FLOAT32, input);
            checkSize(network);
            byte[] zeros = written(network, 0);
            byte[] marks = written(network, MARK);
            compare(zeros, marks, network.getParameters().keys());
        } catch (EngineException | IllegalArgumentException e) {
            throw refused(
                    "its network cannot be made: " + e.getMessage().lines().findFirst().orElse(""));
        }
    }

    /** Checks the size before any memory is touched. */
    private void checkSize(Block network) throws RepositoryException {
        long numbers = 0;
        for (Pair<String, Parameter> parameter : network.getParameters()) {
            numbers += parameter.getValue().getShape().size();
        }
        if (numbers > content.capacity() / Float.BYTES) {
            throw refused(
                    String.format(
                            Locale.ROOT,
                            "the model has %,d numbers, which %,d bytes do not hold",
                            numbers,
                            content.capacity()));
        }
    }

    /** Reads what comes before the block, and returns the shape of the batch that it names. */
    private Shape header(Shape sample) throws IOException {
        byte[] bytes = content.array();
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            byte[] magic = in.readNBytes(4);
            if (!"DJL@".equals(new String(magic, StandardCharsets.US_ASCII))) {
                throw refused("it does not start with DJL@");
            }
            int version = in.readInt();
            if (version != VERSION) {
                throw refused("it has version " + version + " in the place of " + VERSION);
            }
            in.readUTF();
            String type = in.readUTF();
            if (!type.equals(DataType.FLOAT32.name())) {
                throw refused("its numbers are not float32");
            }
            if (in.readInt() != 1) {
                throw refused("its model does not have one input");
            }
            in.readUTF();
            ByteBuffer expected = ByteBuffer.wrap(new Shape(1).addAll(sample).getEncoded());
            ByteBuffer found = ByteBuffer.wrap(in.readNBytes(expected.capacity()));
            if (found.capacity() < expected.capacity()) {
                throw new EOFException();
            }
            long batch = found.getLong(Integer.BYTES);
            expected.putLong(Integer.BYTES, batch);
            if (!expected.equals(found) || batch < 1 || batch > LARGEST_BATCH) {
                throw refused("its model does not take batches of shape " + sample);
            }
            int properties = in.readInt();
            if (properties < 0 || properties > MOST_PROPERTIES) {
                throw refused("it has " + properties + " properties");
            }
            for (int i = 0; i < properties; i++) {
                in.readUTF();
                in.readUTF();
            }
            content.position(bytes.length - in.available());
            return new Shape(batch).addAll(sample);
        } catch (EOFException e) {
            throw refused("it ends after " + bytes.length + " bytes, in its header");
        } catch (UTFDataFormatException e) {
            throw refused("a text in its header is damaged");
        }
    }

    /** What DJL writes for a block all of whose parameters have one value. */
    private static byte[] written(Block network, float value) throws IOException {
        for (Pair<String, Parameter> parameter : network.getParameters()) {
            NDArray array = parameter.getValue().getArray();
            array.set(new NDIndex("..."), value);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        network.saveParameters(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    private void compare(byte[] zeros, byte[] marks, List<String> names)
            throws RepositoryException {
        int parameter = 0;
        boolean inNumbers = false;
        for (int i = 0; i < zeros.length; i++) {
            boolean number = zeros[i] != marks[i];
            if (inNumbers && !number) {
                parameter++;
            }
            inNumbers = number;
            if (!content.hasRemaining()) {
                throw refused(
                        String.format(
                                Locale.ROOT,
                                "it ends after %,d bytes, %,d too early, at %s",
                                content.limit(),
                                zeros.length - i,
                                place(parameter, names)));
            }
            if (content.get() != zeros[i] && !number) {
                throw refused(
                        String.format(
                                Locale.ROOT,
                                "byte %,d says something else of %s",
                                content.position() - 1,
                                place(parameter, names)));
            }
        }
        if (content.hasRemaining()) {
            throw refused(
                    String.format(Locale.ROOT, "it has %,d bytes too many", content.remaining()));
        }
    }

    private static String place(int parameter, List<String> names) {
        return parameter < names.size() ? "parameter " + names.get(parameter) : "its end";
    }

    private RepositoryException refused(String reason) {
        return new RepositoryException(
                String.format(
                        Locale.ROOT,
                        "%s does not hold the parameters of this model (%s): copy it again, or take"
                                + " it from where the model was saved.",
                        file,
                        reason));
    }
}
