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

import ai.djl.ndarray.types.DataType;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * The bytes of a state file, all numbers but those of arrays big-endian:
 *
 * <pre>
 * file    = MAGIC VERSION record... END digest
 * record  = SECTION name | ARRAY name type dimensions size... number...
 *         | TEXT name text | LONG name number | DOUBLE name number
 * text    = length, UTF-8                 name, type = text
 * digest  = SHA-256 of all that comes before it
 * </pre>
 *
 * <p>Arrays are little-endian, as processors have them.
 */
final class StateFormat {

    static final int MAGIC = 0x44_4A_4C_53; // DJLS

    static final int VERSION = 2;

    /** The states of rules and of Boltzmann machines had a file each before there was version 2. */
    static final Set<Integer> MAGIC_OF_VERSION_1 = Set.of(0x44_4A_4C_52, 0x44_4A_4C_42);

    static final int DIGEST_BYTES = 32;

    static final byte END = 0;
    static final byte SECTION = 1;
    static final byte ARRAY = 2;
    static final byte TEXT = 3;
    static final byte LONG = 4;
    static final byte DOUBLE = 5;

    static final int MOST_DIMENSIONS = 32;

    /** Types whose every bit pattern is a number. */
    static final Set<DataType> ARRAY_TYPES =
            Collections.unmodifiableSet(
                    EnumSet.of(
                            DataType.FLOAT16,
                            DataType.FLOAT32,
                            DataType.FLOAT64,
                            DataType.INT8,
                            DataType.UINT8,
                            DataType.INT32,
                            DataType.INT64));

    static final String NAMES = "names have 1 to 4096 characters, none of them a control character";

    private StateFormat() {}

    static boolean isName(String name) {
        return !name.isEmpty()
                && name.length() <= 4096
                && name.chars().noneMatch(Character::isISOControl);
    }

    static void writeText(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    /** Turns numbers of an order of bytes into little-endian ones, or back, in place. */
    static void swapBytes(byte[] bytes, int width, ByteOrder order) {
        if (order == ByteOrder.LITTLE_ENDIAN) {
            return;
        }
        for (int begin = 0; begin < bytes.length; begin += width) {
            for (int i = 0; i < width / 2; i++) {
                byte first = bytes[begin + i];
                bytes[begin + i] = bytes[begin + width - 1 - i];
                bytes[begin + width - 1 - i] = first;
            }
        }
    }
}
