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
package org.locallearning.djl.zoo.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/**
 * Numeric arrays out of a MATLAB file of version 5 ("MAT-File Format", The MathWorks, chapter 1),
 * as a stream: nothing is unpacked but the arrays that are asked for, and those no further than
 * their sizes, which have a bound.
 *
 * <p>A file is a header of 128 bytes and elements. An element is a tag, type and length, and
 * content; one of type 15 is such an element, deflated. An array (type 14) holds the elements
 * flags, sizes, name and numbers. Numbers may be stored in a smaller type than the array's.
 */
final class MatlabFile {

    private static final int HEADER_BYTES = 128;
    private static final int VERSION = 0x0100;
    private static final int ARRAY = 14;
    private static final int DEFLATED = 15;
    private static final int MOST_SIZES = 32;
    private static final int MOST_NAME_BYTES = 64;
    private static final int ALIGNMENT = 8;

    private static final Map<Integer, String> CLASSES =
            Map.of(
                    6, "double", 7, "single", 8, "int8", 9, "uint8", 10, "int16", 11, "uint16", 12,
                    "int32", 13, "uint32", 14, "int64", 15, "uint64");

    private MatlabFile() {}

    /**
     * An array.
     *
     * @param type its type in MATLAB's words, such as {@code uint8}
     * @param sizes its sizes
     * @param storage the type of its stored numbers, or 0 if they were not read
     * @param numbers the stored numbers in column-major order, in the file's byte order
     */
    record Numbers(String type, int[] sizes, int storage, ByteBuffer numbers) {

        /** Returns the number of elements. */
        long count() {
            return Arrays.stream(sizes).asLongStream().reduce(1, (a, b) -> a * b);
        }

        /** Returns an element, whatever type it is stored in. */
        double get(int index) {
            return switch (storage) {
                case 1 -> numbers.get(index);
                case 2 -> numbers.get(index) & 0xff;
                case 3 -> numbers.getShort(2 * index);
                case 4 -> numbers.getShort(2 * index) & 0xffff;
                case 5 -> numbers.getInt(4 * index);
                case 6 -> numbers.getInt(4 * index) & 0xffffffffL;
                case 7 -> numbers.getFloat(4 * index);
                case 9 -> numbers.getDouble(8 * index);
                default -> numbers.getLong(8 * index);
            };
        }
    }

    /**
     * Reads the arrays of some names.
     *
     * @param file the file
     * @param bounds how many elements each may have, by name; one that has more is read without its
     *     numbers
     * @return the arrays that the file holds, by name
     * @throws IOException if the file is damaged
     */
    static Map<String, Numbers> read(Path file, Map<String, Integer> bounds) throws IOException {
        Map<String, Numbers> found = new HashMap<>();
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            ByteOrder order = order(bytes(in, HEADER_BYTES));
            int first = in.read();
            while (first >= 0 && found.size() < bounds.size()) {
                Tag tag = Tag.of(bytes(in, ALIGNMENT - 1, first), order);
                if (tag.small() || tag.length() < 0) {
                    throw new IOException("an element has no length");
                }
                Element element = new Element(in, tag.length());
                if (tag.type() == DEFLATED) {
                    inflate(element, order, bounds, found);
                } else if (tag.type() == ARRAY) {
                    array(element, order, bounds, found);
                }
                element.skipRest();
                if (tag.type() != DEFLATED) {
                    in.skipNBytes(padding(tag.length()));
                }
                first = in.read();
            }
        }
        return found;
    }

    private static void inflate(
            Element element,
            ByteOrder order,
            Map<String, Integer> bounds,
            Map<String, Numbers> found)
            throws IOException {
        Inflater inflater = new Inflater();
        try {
            InputStream plain = new InflaterInputStream(element, inflater);
            Tag tag = Tag.of(bytes(plain, ALIGNMENT), order);
            if (tag.type() != ARRAY || tag.small() || tag.length() < 0) {
                return;
            }
            Element content = new Element(plain, tag.length());
            if (array(content, order, bounds, found)) {
                content.skipRest();
                // what follows is the checksum, which the stream compares at its end
                if (plain.read() >= 0) {
                    throw new IOException("an array goes on after its end");
                }
            }
        } finally {
            inflater.end();
        }
    }

    /**
     * Reads an array if it is asked for.
     *
     * @return whether its numbers were read, so that nothing is left but padding
     */
    private static boolean array(
            Element in, ByteOrder order, Map<String, Integer> bounds, Map<String, Numbers> found)
            throws IOException {
        ByteBuffer flags = element(in, order, 2 * Integer.BYTES).content();
        if (flags.remaining() != 2 * Integer.BYTES) {
            throw new IOException("an array has no flags");
        }
        String type = CLASSES.get(flags.getInt(0) & 0xff);
        ByteBuffer sizes = element(in, order, MOST_SIZES * Integer.BYTES).content();
        String name =
                StandardCharsets.ISO_8859_1
                        .decode(element(in, order, MOST_NAME_BYTES).content())
                        .toString();
        if (!bounds.containsKey(name)) {
            return false;
        }
        if (found.containsKey(name)) {
            throw new IOException("it holds two arrays " + name);
        }
        int[] shape = new int[sizes.remaining() / Integer.BYTES];
        long count = 1;
        for (int i = 0; i < shape.length; i++) {
            shape[i] = sizes.getInt(i * Integer.BYTES);
            if (shape[i] < 0) {
                throw new IOException("the array " + name + " has a negative size");
            }
            count = Math.min(count * shape[i], 1L << 31);
        }
        if (type == null || count > bounds.get(name)) {
            found.put(name, new Numbers(String.valueOf(type), shape, 0, null));
            return false;
        }
        Content numbers = element(in, order, Math.toIntExact(Long.BYTES * count));
        if (numbers.content().remaining() != count * bytesOf(numbers.type())) {
            throw new IOException("the array " + name + " has numbers for another size");
        }
        found.put(name, new Numbers(type, shape, numbers.type(), numbers.content()));
        return true;
    }

    private static int bytesOf(int storage) throws IOException {
        return switch (storage) {
            case 1, 2 -> 1;
            case 3, 4 -> 2;
            case 5, 6, 7 -> 4;
            case 9, 12, 13 -> 8;
            default -> throw new IOException("numbers have the unknown type " + storage);
        };
    }

    private record Content(int type, ByteBuffer content) {}

    /** Reads an element of no more than some bytes, and its padding. */
    private static Content element(InputStream in, ByteOrder order, int most) throws IOException {
        byte[] start = bytes(in, ALIGNMENT);
        Tag tag = Tag.of(start, order);
        if (tag.small()) {
            if (tag.length() > Integer.BYTES) {
                throw new IOException("a small element has " + tag.length() + " bytes");
            }
            return new Content(
                    tag.type(),
                    ByteBuffer.wrap(start, Integer.BYTES, tag.length()).slice().order(order));
        }
        if (tag.length() < 0 || tag.length() > most) {
            throw new IOException("an element has " + tag.length() + " bytes");
        }
        ByteBuffer content = ByteBuffer.wrap(bytes(in, tag.length())).order(order);
        in.skipNBytes(padding(tag.length()));
        return new Content(tag.type(), content);
    }

    private static int padding(int length) {
        return -length & (ALIGNMENT - 1);
    }

    private record Tag(int type, int length, boolean small) {

        static Tag of(byte[] bytes, ByteOrder order) {
            ByteBuffer tag = ByteBuffer.wrap(bytes).order(order);
            int word = tag.getInt();
            return word >>> 16 != 0
                    ? new Tag(word & 0xffff, word >>> 16, true)
                    : new Tag(word, tag.getInt(), false);
        }
    }

    private static ByteOrder order(byte[] header) throws IOException {
        boolean little = header[HEADER_BYTES - 2] == 'I' && header[HEADER_BYTES - 1] == 'M';
        boolean big = header[HEADER_BYTES - 2] == 'M' && header[HEADER_BYTES - 1] == 'I';
        ByteOrder order = little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        int version = ByteBuffer.wrap(header).order(order).getShort(HEADER_BYTES - 4);
        if (!little && !big || version != VERSION) {
            throw new IOException("it does not start as such a file does");
        }
        return order;
    }

    private static byte[] bytes(InputStream in, int count) throws IOException {
        // grows as the bytes come, whatever the file says of its length
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException("it ends too early");
        }
        return bytes;
    }

    /** Reads some bytes after one that was read already. */
    private static byte[] bytes(InputStream in, int count, int first) throws IOException {
        byte[] bytes = new byte[count + 1];
        bytes[0] = (byte) first;
        System.arraycopy(bytes(in, count), 0, bytes, 1, count);
        return bytes;
    }

    /** The content of an element, which ends where the element does. */
    private static final class Element extends InputStream {

        private final InputStream in;
        private int left;

        Element(InputStream in, int length) {
            this.in = in;
            left = length;
        }

        @Override
        public int read() throws IOException {
            if (left == 0) {
                return -1;
            }
            int value = in.read();
            left -= value < 0 ? 0 : 1;
            return value;
        }

        @Override
        public int read(byte[] target, int from, int length) throws IOException {
            if (left == 0 && length > 0) {
                return -1;
            }
            int read = in.read(target, from, Math.min(left, length));
            left -= Math.max(read, 0);
            return read;
        }

        void skipRest() throws IOException {
            in.skipNBytes(left);
            left = 0;
        }
    }
}
