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

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Locale;

/**
 * The frame header of a JPEG file (ITU T.81, B.2.2), read before any pixel: a decoder allocates
 * whatever size it announces, and takes four components for colors with alpha.
 *
 * @param precision bits a sample
 * @param height rows
 * @param width columns
 * @param components 1 for grey, 3 for colours, 4 for inks
 */
record JpegHeader(int precision, int height, int width, int components) {

    private static final int START_OF_IMAGE = 0xffd8;
    private static final int RESTART_0 = 0xd0;
    private static final int RESTART_7 = 0xd7;
    private static final int TEMPORARY = 0x01;
    private static final int PNG = 0x89504e47;
    private static final int GIF = 0x47494638;

    /**
     * Reads the header.
     *
     * @param name the file's name, for a message
     * @throws IOException if there is none; the message says what the file is
     */
    static JpegHeader of(byte[] file, String name) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(file);
        if (in.remaining() < 4) {
            throw new IOException(name + " is not a JPEG image");
        }
        int start = in.getInt(0);
        if (start == PNG || start == GIF) {
            throw new IOException(
                    String.format(
                            Locale.ROOT,
                            "%s is not a JPEG image but a %s image: convert it",
                            name,
                            start == PNG ? "PNG" : "GIF"));
        }
        if ((in.getShort() & 0xffff) != START_OF_IMAGE) {
            throw new IOException(name + " is not a JPEG image");
        }
        while (in.remaining() >= 2) {
            if ((in.get() & 0xff) != 0xff) {
                break;
            }
            int marker = in.get() & 0xff;
            while (marker == 0xff && in.hasRemaining()) {
                marker = in.get() & 0xff;
            }
            if (marker == TEMPORARY || marker >= RESTART_0 && marker <= RESTART_7) {
                continue;
            }
            int length = in.remaining() < 2 ? 0 : in.getShort() & 0xffff;
            if (length < 2 || length - 2 > in.remaining()) {
                break;
            }
            if (isFrame(marker) && length >= 8) {
                return new JpegHeader(
                        in.get() & 0xff,
                        in.getShort() & 0xffff,
                        in.getShort() & 0xffff,
                        in.get() & 0xff);
            }
            in.position(in.position() + length - 2);
        }
        throw new IOException(name + " is not a JPEG image: it ends before its size is given");
    }

    /** Tells whether a marker starts a frame: C0 to CF without DHT, JPG and DAC. */
    private static boolean isFrame(int marker) {
        return marker >= 0xc0
                && marker <= 0xcf
                && marker != 0xc4
                && marker != 0xc8
                && marker != 0xcc;
    }
}
