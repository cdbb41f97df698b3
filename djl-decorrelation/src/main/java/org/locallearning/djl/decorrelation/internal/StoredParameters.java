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
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.LayoutType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UTFDataFormatException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;

/**
 * Reads what DJL's blocks save, and checks every number before allocating what it announces.
 *
 * <p>DJL trusts the numbers of a file: in a damaged one they ask for any amount of memory, or for
 * arrays of another shape than their values. Here such a file throws {@link
 * MalformedModelException}, and one that ends too early {@link EOFException}.
 */
public final class StoredParameters {

    private static final int MOST_DIMENSIONS = 16;
    private static final int LATEST_ARRAY_VERSION = 3;
    private static final String ARRAY = "NDAR";

    // the numbers of inputs, of dimensions and of layouts, and nothing else
    private static final int SHAPE_OF_NOTHING = 3 * Integer.BYTES;

    private StoredParameters() {}

    /** Reads what a block has saved. */
    @FunctionalInterface
    public interface Reading {

        /**
         * Reads it.
         *
         * @throws IOException if it can't be read or ends too early
         * @throws MalformedModelException if it is not what the block has saved
         */
        void read() throws IOException, MalformedModelException;
    }

    /**
     * Reads what a block has saved, and says of a file that ends too early that it does.
     *
     * @param block what the block is, such as {@code a Boltzmann machine}
     * @param reading reads it
     * @throws IOException if the file can't be read
     * @throws MalformedModelException if it ends too early, or is not what the block has saved
     */
    public static void read(String block, Reading reading)
            throws IOException, MalformedModelException {
        try {
            reading.read();
        } catch (EOFException | UTFDataFormatException e) {
            throw new MalformedModelException(
                    "The file ends, or is no longer readable, in the middle of "
                            + block
                            + ": it is truncated, damaged or of another model; copy it again.",
                    e);
        }
    }

    /**
     * Loads parameters, as {@link Parameter#load} does.
     *
     * @param parameters the parameters, in the order in which they were saved
     * @param manager the manager that keeps their values
     * @param in the file
     * @throws IOException if it can't be read or ends too early
     * @throws MalformedModelException if it does not hold these parameters
     */
    public static void load(Iterable<Parameter> parameters, NDManager manager, DataInputStream in)
            throws IOException, MalformedModelException {
        for (Parameter parameter : parameters) {
            ByteArrayOutputStream checked = new ByteArrayOutputStream();
            Record record = new Record(in, new DataOutputStream(checked), parameter.getName());
            record.copy();
            parameter.load(
                    manager, new DataInputStream(new ByteArrayInputStream(checked.toByteArray())));
        }
    }

    /**
     * Reads the shapes that a block of one input was initialized with.
     *
     * @param in the file
     * @return a stream of these bytes alone, for the method of DJL that reads them
     * @throws IOException if the file can't be read or ends too early
     * @throws MalformedModelException if there is not one shape, or it is none
     */
    public static DataInputStream inputShape(DataInputStream in)
            throws IOException, MalformedModelException {
        int count = in.readInt();
        if (count != 1) {
            throw new MalformedModelException(
                    "The file holds a block of " + count + " inputs in the place of one.");
        }
        ByteArrayOutputStream checked = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(checked);
        out.writeInt(count);
        Record record = new Record(in, out, "input");
        if (record.copyShape(-1) < 1 || out.size() == SHAPE_OF_NOTHING) {
            throw new MalformedModelException(
                    "The file holds a block whose input has no elements: it is damaged or of"
                            + " another model; copy it again.");
        }
        return new DataInputStream(new ByteArrayInputStream(checked.toByteArray()));
    }

    /**
     * Reads a shape, as {@link Shape#decode} does.
     *
     * @param name what has this shape, for a message
     * @param in the file
     * @return the shape
     * @throws IOException if the file can't be read or ends too early
     * @throws MalformedModelException if there is none
     */
    public static Shape shape(String name, DataInputStream in)
            throws IOException, MalformedModelException {
        ByteArrayOutputStream checked = new ByteArrayOutputStream();
        new Record(in, new DataOutputStream(checked), name).copyShape(0);
        return Shape.decode(new DataInputStream(new ByteArrayInputStream(checked.toByteArray())));
    }

    /**
     * Checks that a parameter has the shape that its block needs.
     *
     * @param block what the block is, for a message
     * @param parameter the parameter, loaded or without values
     * @param expected the shape
     * @throws MalformedModelException if it has another one
     */
    public static void checkShape(String block, Parameter parameter, Shape expected)
            throws MalformedModelException {
        if (parameter.isInitialized()
                && !Arrays.equals(
                        parameter.getArray().getShape().getShape(), expected.getShape())) {
            throw new MalformedModelException(
                    String.format(
                            Locale.ROOT,
                            "The file holds a %s of shape %s for %s, which needs %s; load it into"
                                    + " the model that it was saved from.",
                            parameter.getName(),
                            parameter.getArray().getShape(),
                            block,
                            expected));
        }
    }

    /** Copies one record of a file, checked. */
    private static final class Record {

        private final DataInputStream in;
        private final DataOutputStream out;
        private final String name;

        Record(DataInputStream in, DataOutputStream out, String name) {
            this.in = in;
            this.out = out;
            this.name = name;
        }

        void copy() throws IOException, MalformedModelException {
            char start = in.readChar();
            out.writeChar(start);
            if (start == 'N') {
                return;
            }
            int parameterVersion = in.readByte();
            check(start == 'P', "no parameter");
            out.writeByte(parameterVersion);
            String found = copyText();
            check(
                    Objects.equals(found, name),
                    found.chars().allMatch(Character::isLetterOrDigit)
                            ? "the parameter " + found
                            : "a parameter of a damaged name");
            check(ARRAY.equals(copyText()), "no array");
            int version = in.readInt();
            out.writeInt(version);
            check(version >= 1 && version <= LATEST_ARRAY_VERSION, "another version of an array");
            if (version > 1) {
                byte named = in.readByte();
                out.writeByte(named);
                if (named == 1) {
                    copyText();
                }
            }
            copyText(); // the format of sparse arrays, which DJL passes over
            DataType type = type(copyText());
            long size = copyShape(0);
            if (version > 2) {
                out.writeByte(in.readByte());
            }
            int length = in.readInt();
            out.writeInt(length);
            check(
                    length == size * type.getNumOfBytes(),
                    "an array whose values are not those of its shape");
            // grows as the bytes come, whatever the file says of their number
            byte[] values = in.readNBytes(length);
            if (values.length < length) {
                throw new EOFException(
                        "The file ends in the middle of the parameter " + name + ".");
            }
            out.write(values);
        }

        /** Copies a shape whose sizes are at least some number, and returns their product. */
        long copyShape(int least) throws IOException, MalformedModelException {
            int dimensions = in.readInt();
            out.writeInt(dimensions);
            check(dimensions >= 0 && dimensions <= MOST_DIMENSIONS, "an array without a shape");
            long size = 1;
            for (int i = 0; i < dimensions; i++) {
                long length = in.readLong();
                out.writeLong(length);
                check(
                        length >= least && length <= Integer.MAX_VALUE,
                        "an array with a side of " + length);
                // -1 stands for any size
                size = Math.min(size * Math.abs(length), Integer.MAX_VALUE);
            }
            int layouts = in.readInt();
            out.writeInt(layouts);
            check(layouts == dimensions, "an array with another layout than its shape");
            for (int i = 0; i < layouts; i++) {
                char layout = in.readChar();
                out.writeChar(layout);
                check(isLayout(layout), "an array of an unknown layout");
            }
            return size;
        }

        private String copyText() throws IOException, MalformedModelException {
            String text;
            try {
                text = in.readUTF();
            } catch (UTFDataFormatException e) {
                throw new MalformedModelException(notThis("bytes that are no text"), e);
            }
            out.writeUTF(text);
            return text;
        }

        private DataType type(String text) throws MalformedModelException {
            for (DataType type : DataType.values()) {
                if (type.name().equals(text) && (type.isFloating() || type.isInteger())) {
                    return type;
                }
            }
            throw new MalformedModelException(notThis("an array of an unknown type"));
        }

        private static boolean isLayout(char layout) {
            return Arrays.stream(LayoutType.values()).anyMatch(type -> type.getValue() == layout);
        }

        private void check(boolean right, String found) throws MalformedModelException {
            if (!right) {
                throw new MalformedModelException(notThis(found));
            }
        }

        private String notThis(String found) {
            return "The file holds "
                    + found
                    + " in the place of the parameter "
                    + name
                    + ": it is damaged or of another model; copy it again.";
        }
    }
}
