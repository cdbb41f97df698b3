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

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;

/**
 * A stream that stops at a bound: a small archive may unpack to more than a machine holds.
 *
 * <p>Skipped bytes count as well.
 */
public final class BoundedInputStream extends FilterInputStream {

    private final long most;
    private final String location;
    private long left;

    /**
     * Creates a stream.
     *
     * @param in where the bytes come from
     * @param most how many bytes there may be
     * @param location the file that they come from, for a message
     */
    public BoundedInputStream(InputStream in, long most, Object location) {
        super(in);
        this.most = most;
        this.location = location.toString();
        left = most;
    }

    /**
     * {@inheritDoc}
     *
     * @throws RepositoryException if there are more bytes than allowed
     */
    @Override
    public int read() throws IOException {
        int value = in.read();
        return value < 0 ? value : (int) count(1, value);
    }

    /**
     * {@inheritDoc}
     *
     * @throws RepositoryException if there are more bytes than allowed
     */
    @Override
    public int read(byte[] target, int from, int length) throws IOException {
        int read = in.read(target, from, length);
        return read < 0 ? read : (int) count(read, read);
    }

    /**
     * {@inheritDoc}
     *
     * @throws RepositoryException if there are more bytes than allowed
     */
    @Override
    public long skip(long bytes) throws IOException {
        long skipped = in.skip(Math.min(bytes, left + 1));
        return count(skipped, skipped);
    }

    /** Returns false: bytes that are read again would count again. */
    @Override
    public boolean markSupported() {
        return false;
    }

    private long count(long bytes, long result) throws RepositoryException {
        left -= bytes;
        if (left < 0) {
            throw new RepositoryException(
                    String.format(
                            Locale.ROOT,
                            "%s unpacks to more than %,d bytes, which is all that it may hold: it is"
                                    + " something else or was made to fill the machine; replace it.",
                            location,
                            most));
        }
        return result;
    }
}
