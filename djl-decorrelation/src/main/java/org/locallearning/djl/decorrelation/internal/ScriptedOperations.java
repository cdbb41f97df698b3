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
package org.locallearning.djl.decorrelation.internal;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.SymbolBlock;
import ai.djl.training.ParameterStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Operations of the PyTorch engine that DJL's {@code NDArray} lacks, compiled by the engine from a
 * few lines of TorchScript.
 *
 * <p>The script is packed as the archive that {@code torch.jit.save} would have written: an object
 * without parameters whose class is the source text. It needs only DJL's interface and the engine's
 * natives. Thread-safe.
 */
public final class ScriptedOperations {

    /** The name of the engine that compiles the text. */
    public static final String ENGINE = "PyTorch";

    private static final String HEAD =
            """
            class Operations(Module):
              __parameters__ = []
              __buffers__ = []
              training : bool
            """;

    /** A module has to have it. */
    private static final String FORWARD =
            """
              def forward(self: __torch__.Operations,
                input: Tensor) -> Tensor:
                return input
            """;

    /** Pickle, protocol 2: an Operations object with the state {training: True}. */
    private static final String OBJECT =
            "\u0080\u0002c__torch__\nOperations\n)\u0081}(X\b\0\0\0training\u0088ub.";

    /** Pickle, protocol 2: an empty tuple. */
    private static final String NO_CONSTANTS = "\u0080\u0002).";

    /** Held here since a model without references closes itself. */
    private final Model model;

    private final ParameterStore noParameters;

    /**
     * Compiles operations.
     *
     * @param methods the methods of class {@code __torch__.Operations}, indented by two spaces, in
     *     the form that {@code torch.jit.save} writes
     * @throws IllegalStateException if the engine does not understand the text
     */
    public ScriptedOperations(String methods) {
        model = Model.newInstance("operations", ENGINE);
        noParameters = new ParameterStore(model.getNDManager(), false);
        try {
            model.load(new ByteArrayInputStream(archive(HEAD + methods + FORWARD)));
        } catch (IOException e) {
            throw new UncheckedIOException("The PyTorch engine could not read the script.", e);
        } catch (MalformedModelException e) {
            throw new IllegalStateException("The PyTorch engine refused the script.", e);
        }
    }

    /**
     * Returns the compiled object, for those who call the engine directly.
     *
     * @return the engine's block
     */
    public SymbolBlock getBlock() {
        return (SymbolBlock) model.getBlock();
    }

    /**
     * Runs an operation.
     *
     * @param method the name of the method
     * @param arguments its arguments; without names, which would mean something to the call
     * @return what it returns, attached to the manager of the first argument
     */
    public NDList run(String method, NDArray... arguments) {
        try (NDManager scope = arguments[0].getManager().newSubManager()) {
            NDArray selector = scope.create(new Shape(0));
            selector.setName("module_method:" + method);
            NDList list = new NDList(arguments);
            list.add(selector);
            // "training": outside of it the engine makes arrays that cannot be changed any more
            return model.getBlock().forward(noParameters, list, true);
        }
    }

    private static byte[] archive(String source) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.setMethod(ZipOutputStream.STORED);
            put(zip, "operations/data.pkl", OBJECT.getBytes(StandardCharsets.ISO_8859_1));
            put(zip, "operations/code/__torch__.py", source.getBytes(StandardCharsets.UTF_8));
            put(
                    zip,
                    "operations/constants.pkl",
                    NO_CONSTANTS.getBytes(StandardCharsets.ISO_8859_1));
            put(zip, "operations/version", "3\n".getBytes(StandardCharsets.US_ASCII));
        }
        return bytes.toByteArray();
    }

    private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(content);
        ZipEntry entry = new ZipEntry(name);
        entry.setSize(content.length);
        entry.setCompressedSize(content.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
