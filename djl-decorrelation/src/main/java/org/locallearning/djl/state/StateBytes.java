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

import ai.djl.MalformedModelException;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.locallearning.djl.decorrelation.internal.Digest;

/**
 * The bytes of a state file that is open. Nothing is taken at its word: a length is compared with
 * the bytes that are left before there is memory for it.
 */
final class StateBytes {

    private static final int BLOCK = 1 << 16;

    private final SeekableByteChannel channel;
    private final long size;
    private long position;
    private long end;

    /**
     * Takes over a channel.
     *
     * @param channel the channel, which others close
     */
    StateBytes(SeekableByteChannel channel) throws IOException {
        this.channel = channel;
        size = channel.size();
        end = size;
    }

    /** Checks that this is a state file of this version and that it is as it was written. */
    void verify() throws IOException, MalformedModelException {
        ByteBuffer head = ByteBuffer.wrap(read(0, (int) Math.min(size, 2 * Integer.BYTES)));
        if (head.remaining() >= Integer.BYTES) {
            int magic = head.getInt();
            if (StateFormat.MAGIC_OF_VERSION_1.contains(magic)) {
                throw new MalformedModelException(
                        "it has version 1 of the format, which knows no checksum, and this library"
                                + " reads version "
                                + StateFormat.VERSION
                                + "; go on with the build that wrote it, or train again.");
            }
            if (magic != StateFormat.MAGIC) {
                throw new MalformedModelException(
                        "it is no state file; give a file that saveState wrote.");
            }
        }
        if (head.remaining() == Integer.BYTES) {
            int version = head.getInt();
            if (version != StateFormat.VERSION) {
                throw new MalformedModelException(
                        String.format(
                                Locale.ROOT,
                                "it has version %d of the format, and this library reads version"
                                        + " %d; use the version that wrote it.",
                                version,
                                StateFormat.VERSION));
            }
        }
        end = size - StateFormat.DIGEST_BYTES;
        position = 2 * Integer.BYTES;
        if (end < position || !Arrays.equals(digest(), read(end, StateFormat.DIGEST_BYTES))) {
            throw new MalformedModelException(
                    "it is cut short or damaged: its checksum is another; copy it again, or take an"
                            + " older one.");
        }
    }

    private byte[] digest() throws IOException {
        MessageDigest digest = Digest.SHA_256.start();
        for (long begin = 0; begin < end; begin += BLOCK) {
            digest.update(read(begin, (int) Math.min(BLOCK, end - begin)));
        }
        return digest.digest();
    }

    /** Reads the sections and what they hold, all but the numbers of arrays. */
    Map<String, Map<String, StateReader.Entry>> parse()
            throws IOException, MalformedModelException {
        Map<String, Map<String, StateReader.Entry>> sections = new LinkedHashMap<>();
        Map<String, StateReader.Entry> section = null;
        byte kind = take(1).get();
        while (kind != StateFormat.END) {
            String name = takeName();
            if (kind == StateFormat.SECTION) {
                section = new LinkedHashMap<>();
                check(sections.put(name, section) == null, "section '" + name + "' twice");
            } else {
                check(section != null, "'" + name + "' outside of any section");
                check(section.put(name, takeEntry(kind, name)) == null, "'" + name + "' twice");
            }
            kind = take(1).get();
        }
        check(position == end, "bytes after its end");
        return sections;
    }

    private StateReader.Entry takeEntry(byte kind, String name)
            throws IOException, MalformedModelException {
        switch (kind) {
            case StateFormat.ARRAY:
                return takeArray(name);
            case StateFormat.TEXT:
                return new StateReader.TextEntry(takeText());
            case StateFormat.LONG:
                return new StateReader.LongEntry(take(Long.BYTES).getLong());
            case StateFormat.DOUBLE:
                return new StateReader.DoubleEntry(take(Double.BYTES).getDouble());
            default:
                throw malformed("'" + name + "' of the unknown kind " + kind);
        }
    }

    private StateReader.ArrayEntry takeArray(String name)
            throws IOException, MalformedModelException {
        String typeName = takeName();
        DataType type =
                StateFormat.ARRAY_TYPES.stream()
                        .filter(each -> each.name().equals(typeName))
                        .findFirst()
                        .orElseThrow(() -> malformed("'" + name + "' of the type " + typeName));
        int dimensions = take(Integer.BYTES).getInt();
        check(
                dimensions >= 0 && dimensions <= StateFormat.MOST_DIMENSIONS,
                "'" + name + "' of " + dimensions + " dimensions");
        ByteBuffer sizes = take(dimensions * Long.BYTES);
        long[] shape = new long[dimensions];
        long length = type.getNumOfBytes();
        for (int i = 0; i < dimensions; i++) {
            shape[i] = sizes.getLong();
            // by division, since a product of hostile sizes runs over
            check(
                    shape[i] >= 1 && shape[i] <= (end - position) / length,
                    "'" + name + "' of more numbers than the file has");
            length *= shape[i];
        }
        check(
                length <= Math.min(Integer.MAX_VALUE, end - position),
                "'" + name + "' of more numbers than the file has");
        StateReader.ArrayEntry entry = new StateReader.ArrayEntry(type, new Shape(shape), position);
        position += length;
        return entry;
    }

    private String takeName() throws IOException, MalformedModelException {
        String name = takeText();
        check(StateFormat.isName(name), "a bad name: " + StateFormat.NAMES);
        return name;
    }

    private String takeText() throws IOException, MalformedModelException {
        ByteBuffer text = take(take(Integer.BYTES).getInt());
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(text).toString();
        } catch (CharacterCodingException e) {
            throw malformed("a text that is not UTF-8");
        }
    }

    private ByteBuffer take(int length) throws IOException, MalformedModelException {
        check(length >= 0 && length <= end - position, "a length that runs over its end");
        ByteBuffer taken = ByteBuffer.wrap(read(position, length));
        position += length;
        return taken;
    }

    /** Reads bytes that are there. */
    byte[] read(long begin, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        channel.position(begin);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new IOException("it was cut while it was read.");
            }
        }
        return buffer.array();
    }

    private static void check(boolean condition, String found) throws MalformedModelException {
        if (!condition) {
            throw malformed(found);
        }
    }

    private static MalformedModelException malformed(String found) {
        return new MalformedModelException(
                "it was not written by this library: it holds " + found + ".");
    }
}
