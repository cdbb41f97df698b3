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

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Digests, in lower-case hexadecimal digits, by algorithms that every Java platform has. */
public enum Digest {

    /** 40 digits, which DJL's metadata give for each file. */
    SHA_1("SHA-1"),

    /** 64 digits. */
    SHA_256("SHA-256");

    private final String algorithm;

    Digest(String algorithm) {
        this.algorithm = algorithm;
    }

    /**
     * Digests bytes.
     *
     * @param bytes the bytes
     * @return the digits
     */
    public String of(byte[] bytes) {
        return digits(start().digest(bytes));
    }

    /**
     * Digests a text.
     *
     * @param text the text, taken as UTF-8
     * @return the digits
     */
    public String of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Digests a file.
     *
     * @param file the file
     * @return the digits
     * @throws IOException if it cannot be read
     */
    public String of(Path file) throws IOException {
        MessageDigest digest = start();
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return digits(digest.digest());
    }

    /**
     * Begins to digest what comes in parts.
     *
     * @return a digest of nothing yet
     */
    public MessageDigest start() {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(
                    "Every Java platform has " + algorithm + ", but this one.", e);
        }
    }

    /**
     * Returns the digits of a digest that was made in parts.
     *
     * @param digest its bytes
     * @return the digits
     */
    public static String digits(byte[] digest) {
        return HexFormat.of().formatHex(digest);
    }
}
