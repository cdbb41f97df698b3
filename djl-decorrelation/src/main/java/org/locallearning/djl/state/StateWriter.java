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

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.Set;
import org.locallearning.djl.decorrelation.internal.HostValues;

/** Writes one section of a state file: arrays, numbers and texts by name. */
public final class StateWriter {

    private final DataOutputStream out;
    private final String section;
    private final Set<String> names = new HashSet<>();

    StateWriter(DataOutputStream out, String section) {
        this.out = out;
        this.section = section;
    }

    /**
     * Writes an array.
     *
     * @param name the name
     * @param array the array, of numbers, with at least one element
     * @throws IOException if it cannot be written
     * @throws IllegalArgumentException if the section has something of that name already, or if the
     *     array is empty, larger than 2 GB, or of a type that is not kept
     */
    public void putArray(String name, NDArray array) throws IOException {
        DataType type = array.getDataType();
        Shape shape = array.getShape();
        if (!StateFormat.ARRAY_TYPES.contains(type)) {
            throw refuse(name, "is of type " + type + "; kept are " + StateFormat.ARRAY_TYPES);
        }
        if (shape.size() < 1 || shape.size() > Integer.MAX_VALUE / type.getNumOfBytes()) {
            throw refuse(name, "has shape " + shape + "; kept are 1 byte to 2 GB");
        }
        begin(StateFormat.ARRAY, name);
        StateFormat.writeText(out, type.name());
        out.writeInt(shape.dimension());
        for (long size : shape.getShape()) {
            out.writeLong(size);
        }
        byte[] numbers = HostValues.bytes(array);
        StateFormat.swapBytes(numbers, type.getNumOfBytes(), ByteOrder.nativeOrder());
        out.write(numbers);
    }

    /**
     * Writes a text.
     *
     * @param name the name
     * @param text the text
     * @throws IOException if it cannot be written
     * @throws IllegalArgumentException if the section has something of that name already
     */
    public void putText(String name, String text) throws IOException {
        begin(StateFormat.TEXT, name);
        StateFormat.writeText(out, text);
    }

    /**
     * Writes a whole number.
     *
     * @param name the name
     * @param number the number
     * @throws IOException if it cannot be written
     * @throws IllegalArgumentException if the section has something of that name already
     */
    public void putLong(String name, long number) throws IOException {
        begin(StateFormat.LONG, name);
        out.writeLong(number);
    }

    /**
     * Writes a number.
     *
     * @param name the name
     * @param number the number
     * @throws IOException if it cannot be written
     * @throws IllegalArgumentException if the section has something of that name already
     */
    public void putDouble(String name, double number) throws IOException {
        begin(StateFormat.DOUBLE, name);
        out.writeDouble(number);
    }

    private void begin(byte kind, String name) throws IOException {
        if (!StateFormat.isName(name)) {
            throw refuse(name, "has no good name: " + StateFormat.NAMES);
        }
        if (!names.add(name)) {
            throw refuse(name, "is there twice");
        }
        out.writeByte(kind);
        StateFormat.writeText(out, name);
    }

    private IllegalArgumentException refuse(String name, String reason) {
        return new IllegalArgumentException(
                String.format(
                        "'%s' of section '%s' cannot be saved: it %s.", name, section, reason));
    }
}
