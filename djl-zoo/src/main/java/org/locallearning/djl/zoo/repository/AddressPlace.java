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

import ai.djl.util.JsonUtils;
import com.google.gson.JsonParseException;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.locallearning.djl.decorrelation.internal.FileFailure;

/**
 * A repository at an address, on the network or on the class path, where folders cannot be listed:
 * {@value RepositoryPlace#INDEX} names its artifacts.
 */
final class AddressPlace implements RepositoryPlace {

    private static final int TIMEOUT_MILLIS = 20_000;

    private final String root;
    private final Function<String, URL> addresses;

    private AddressPlace(String root, Function<String, URL> addresses) {
        this.root = root;
        this.addresses = addresses;
    }

    /** A stream that says so where a connection was cut off, which Java's takes for the end. */
    private static final class WholeInputStream extends FilterInputStream {

        private long left;

        /** Creates a stream of some number of bytes, or of any number, for a negative one. */
        WholeInputStream(InputStream in, long length) {
            super(in);
            left = length;
        }

        @Override
        public int read() throws IOException {
            int value = in.read();
            count(value < 0 ? -1 : 1);
            return value;
        }

        @Override
        public int read(byte[] target, int from, int length) throws IOException {
            int read = in.read(target, from, length);
            count(read);
            return read;
        }

        @Override
        public long skip(long bytes) throws IOException {
            long skipped = in.skip(bytes);
            count(skipped);
            return skipped;
        }

        @Override
        public boolean markSupported() {
            return false;
        }

        private void count(long bytes) throws EOFException {
            if (bytes < 0 && left > 0) {
                throw new EOFException("it was cut off " + left + " bytes before its end");
            }
            left -= Math.max(0, bytes);
        }
    }

    /** What the file holds: the folder of each artifact. */
    private record Index(List<String> artifacts) {}

    /**
     * A repository on the network.
     *
     * @throws IllegalArgumentException if the address names no host, or has a query or a fragment,
     *     which the addresses of its files would lack
     */
    static AddressPlace of(URI address) {
        if (address.getHost() == null
                || address.getRawQuery() != null
                || address.getRawFragment() != null) {
            throw new IllegalArgumentException("Not the address of a folder: " + address);
        }
        String root = address.toString().endsWith("/") ? address.toString() : address + "/";
        return new AddressPlace(root, path -> url(URI.create(root).resolve(encoded(path))));
    }

    /** A repository on the class path, in a folder that ends with a slash. */
    static AddressPlace of(String folder, ClassLoader loader) {
        return new AddressPlace("jar:///" + folder, path -> loader.getResource(folder + path));
    }

    /** The path as an address has it, where a blank is %20. */
    private static URI encoded(String path) {
        try {
            return new URI(null, null, path, null);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("Not a path: " + path, e);
        }
    }

    private static URL url(URI address) {
        try {
            return URI.create(address.toASCIIString()).toURL();
        } catch (IOException e) {
            throw new IllegalArgumentException("Not an address: " + address, e);
        }
    }

    @Override
    public InputStream open(String path) throws IOException {
        URL address = addresses.apply(path);
        if (address == null) {
            throw new RepositoryException(
                    describe(path) + " is missing: add it, or name another repository.");
        }
        try {
            URLConnection connection = address.openConnection();
            connection.setConnectTimeout(TIMEOUT_MILLIS);
            connection.setReadTimeout(TIMEOUT_MILLIS);
            connection.setUseCaches(false);
            return new WholeInputStream(
                    connection.getInputStream(), connection.getContentLengthLong());
        } catch (IOException e) {
            throw new RepositoryException(
                    String.format(
                            Locale.ROOT,
                            e instanceof FileNotFoundException
                                    ? "%s is missing: add it, or name another repository."
                                    : "%s can't be read (%s): check the network, or name a folder"
                                            + " as repository.",
                            describe(path),
                            FileFailure.reason(e)),
                    e);
        }
    }

    @Override
    public String describe(String path) {
        return root + path;
    }

    @Override
    public List<String> artifacts() throws IOException {
        byte[] text = ModelRepository.read(this, INDEX, RepositoryMetadata.MOST_BYTES);
        try {
            Index index =
                    JsonUtils.GSON.fromJson(new String(text, StandardCharsets.UTF_8), Index.class);
            if (index == null || index.artifacts() == null) {
                throw new JsonParseException("no list");
            }
            for (String folder : index.artifacts()) {
                if (folder == null
                        || !folder.endsWith("/")
                        || !PlainName.isPath(folder.substring(0, folder.length() - 1))) {
                    throw new JsonParseException("not a folder of the repository");
                }
            }
            return index.artifacts().stream().sorted().toList();
        } catch (JsonParseException e) {
            throw new RepositoryException(
                    describe(INDEX)
                            + " is not a list of folders in the repository: publish into it again.",
                    e);
        }
    }

    /** Returns the text that {@link #artifacts} reads. */
    static String index(List<String> artifacts) {
        return JsonUtils.GSON_PRETTY.toJson(new Index(artifacts));
    }
}
