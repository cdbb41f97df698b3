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
package org.locallearning.djl.zoo.repository;

import ai.djl.util.Hex;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;

/** Digests of texts and files, in hexadecimal. */
public final class Digests {

    private Digests() {}

    /**
     * Returns the SHA-256 digest of a text.
     *
     * @param text the text, taken as UTF-8
     * @return 64 hexadecimal digits
     */
    public static String sha256(String text) {
        return Hex.toHexString(of("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Returns the SHA-1 digest of a file, which DJL's metadata give for each.
     *
     * @param file the file
     * @return 40 hexadecimal digits
     * @throws RepositoryException if it can't be read
     */
    public static String sha1(Path file) throws RepositoryException {
        MessageDigest digest = of("SHA-1");
        try (InputStream in = Files.newInputStream(file)) {
            byte[] buffer = new byte[1 << 16];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        } catch (IOException e) {
            throw new RepositoryException(
                    String.format(
                            Locale.ROOT,
                            "%s can't be read (%s): allow it to be read, or copy it again.",
                            file,
                            e),
                    e);
        }
        return Hex.toHexString(digest.digest());
    }

    /**
     * Starts a digest that every Java platform has.
     *
     * @param algorithm SHA-1 or SHA-256
     * @return a new digest
     * @throws IllegalStateException if it is another algorithm, which this platform does not have
     */
    public static MessageDigest of(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has " + algorithm, e);
        }
    }
}
