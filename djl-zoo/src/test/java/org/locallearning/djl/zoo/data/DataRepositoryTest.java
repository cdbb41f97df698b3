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

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.locallearning.djl.zoo.repository.RepositoryException;

class DataRepositoryTest {

    @TempDir private Path temp;

    @Test
    void repositoriesOfTheSameArtifactNeverShareACacheEntry() throws Exception {
        Path dark = new RepositoryOnDisk(temp.resolve("dark")).mnist(20, 10, 10).write("mnist");
        Path light =
                new RepositoryOnDisk(temp.resolve("light & \u00e4"))
                        .mnist(30, 10, 200)
                        .write("mnist");
        assertPixel(10, 20, dark);
        assertPixel(200, 30, light);
        assertPixel(10, 20, dark);
    }

    @Test
    void equalMetadataInAnotherFolderIsAnotherSource() throws Exception {
        // no size and no checksum: the two metadata files are the same to the byte
        RepositoryOnDisk dark = new RepositoryOnDisk(temp.resolve("a")).withoutChecksums();
        RepositoryOnDisk light = new RepositoryOnDisk(temp.resolve("b")).withoutChecksums();
        Path darkRoot = dark.mnist(20, 10, 10).write("mnist");
        Path lightRoot = light.mnist(20, 10, 200).write("mnist");
        assertEquals(
                -1,
                Files.mismatch(
                        dark.artifact("mnist").resolve("metadata.json"),
                        light.artifact("mnist").resolve("metadata.json")));
        assertPixel(10, 20, darkRoot);
        assertPixel(200, 20, lightRoot);
    }

    @Test
    void filesThatChangeInTheirPlaceAreReadAnew() throws Exception {
        Path root = temp.resolve("changing");
        assertPixel(
                10,
                20,
                new RepositoryOnDisk(root).withoutChecksums().mnist(20, 10, 10).write("mnist"));
        assertPixel(
                200,
                20,
                new RepositoryOnDisk(root).withoutChecksums().mnist(20, 10, 200).write("mnist"));
    }

    @Test
    void networkRepositoriesAreKeptApartAndWorkOfflineOnceRead() throws Exception {
        // without checksums the two metadata files are the same: only the address differs
        Path dark =
                new RepositoryOnDisk(temp.resolve("dark"))
                        .withoutChecksums()
                        .mnist(20, 10, 10)
                        .write("mnist");
        Path light =
                new RepositoryOnDisk(temp.resolve("light"))
                        .withoutChecksums()
                        .mnist(20, 10, 200)
                        .write("mnist");
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        serve(server, "/dark/", dark);
        serve(server, "/light/", light);
        server.start();
        String address = "http://localhost:" + server.getAddress().getPort();
        URI darkUri = URI.create(address + "/dark/");
        URI lightUri = URI.create(address + "/light/");
        URI neverRead = URI.create(address + "/other");
        try {
            assertPixel(10, 20, DataOptions.builder().optRepositoryUri(darkUri));
            assertPixel(200, 20, DataOptions.builder().optRepositoryUri(lightUri));
        } finally {
            server.stop(0);
        }
        assertPixel(10, 20, DataOptions.builder().optRepositoryUri(darkUri));
        assertPixel(200, 20, DataOptions.builder().optRepositoryUri(lightUri));
        assertRefused(
                "mnist",
                DataOptions.builder().optRepositoryUri(neverRead),
                "/other/dataset/cv/ai/djl/basicdataset/mnist/metadata.json can't be read",
                "check the network");
    }

    @Test
    void refusesAnAddressThatIsNone() throws Exception {
        for (String address :
                new String[] {
                    "mirror/data", "", "file:data", "mailto:a@b", "http://host/data?key=1"
                }) {
            assertRefused(
                    "mnist",
                    DataOptions.builder().optRepositoryUri(URI.create(address)),
                    "\"" + address + "\" is not the address of a data repository",
                    "optRepository");
        }
        assertRefused(
                "mnist",
                DataOptions.builder().optRepositoryUri(URI.create("nothing://host/data")),
                "unknown protocol: nothing",
                "give a folder");
    }

    @Test
    void refusesADamagedDownload() throws Exception {
        RepositoryOnDisk repository = new RepositoryOnDisk(temp).mnist(20, 10, 10);
        Path root = repository.write("mnist");
        Files.write(
                repository.place("mnist", "test_labels"),
                RepositoryOnDisk.gzip(RepositoryOnDisk.idxLabels(10, 3)));
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        serve(server, "/", root);
        server.start();
        try {
            URI uri = URI.create("http://localhost:" + server.getAddress().getPort() + "/");
            assertRefused(
                    "mnist",
                    DataOptions.builder().optRepositoryUri(uri),
                    uri + "dataset/cv/ai/djl/basicdataset/mnist/1.0/test_labels.gz can't be",
                    "Checksum error",
                    "check the network and try again");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void refusesAFolderThatIsNoRepository() throws Exception {
        assertRefused("mnist", temp.resolve("nowhere"), "nowhere does not exist: give a folder");
        Path file = Files.writeString(temp.resolve("file"), "");
        assertRefused("mnist", file, "is not a folder: give a folder");
        Path empty = Files.createDirectory(temp.resolve("empty"));
        assertRefused("mnist", empty, "empty is not a data repository: give a folder");
    }

    @Test
    void refusesADataSetThatTheRepositoryLacks() throws Exception {
        Path root = new RepositoryOnDisk(temp).mnist(20, 10, 10).write("mnist");
        assertRefused("fashion-mnist", root, "has no data set fashmnist (it has: mnist)", "add ");
        assertRefused("cifar10", root, "has no data set cifar10 or cifar10-jpeg");
    }

    @Test
    void refusesATruncatedArchive() throws Exception {
        RepositoryOnDisk repository = new RepositoryOnDisk(temp).mnist(20, 10, 10);
        Path root = repository.write("mnist");
        Path file = repository.place("mnist", "train_data");
        truncate(file);
        assertRefused("mnist", root, file + " holds ", "truncated", "copy it again");
    }

    @Test
    void refusesATruncatedArchiveWithoutChecksum() throws Exception {
        RepositoryOnDisk repository =
                new RepositoryOnDisk(temp).withoutChecksums().mnist(20, 10, 10);
        Path root = repository.write("mnist");
        Path file = repository.place("mnist", "train_data");
        truncate(file);
        assertRefused("mnist", root, file + " can't be unpacked", "copy it again");
    }

    @Test
    void refusesAWrongChecksumEvenWhenASoundCopyIsCached() throws Exception {
        RepositoryOnDisk repository = new RepositoryOnDisk(temp).mnist(20, 10, 10);
        Path root = repository.write("mnist");
        assertPixel(10, 20, root);
        Path file = repository.place("mnist", "test_labels");
        byte[] content = Files.readAllBytes(file);
        content[content.length - 1] ^= 1;
        Files.write(file, content);
        assertRefused("mnist", root, file + " has the SHA-1 checksum", "copy it again");
    }

    @Test
    void refusesAMissingFile() throws Exception {
        RepositoryOnDisk repository = new RepositoryOnDisk(temp).mnist(20, 10, 10);
        Path root = repository.write("mnist");
        Path file = repository.place("mnist", "train_labels");
        Files.delete(file);
        assertRefused("mnist", root, file + " is missing", "copy it into the repository again");
    }

    @Test
    void refusesDamagedMetadata() throws Exception {
        RepositoryOnDisk repository = new RepositoryOnDisk(temp).mnist(20, 10, 10);
        Path root = repository.write("mnist");
        Path metadata = repository.artifact("mnist").resolve("metadata.json");
        String json = Files.readString(metadata);
        Files.writeString(metadata, json.substring(0, json.length() / 2));
        assertRefused("mnist", root, metadata + " is not a DJL metadata file", "replace it");
        Files.write(metadata, new byte[] {(byte) 0xff, 0, (byte) 0xc0});
        assertRefused("mnist", root, metadata.toString(), "replace it");
        Files.writeString(metadata, "");
        assertRefused("mnist", root, metadata + " does not describe the artifact mnist");
        for (String part : new String[] {"version", "uri", "artifacts", "artifactId"}) {
            Files.writeString(metadata, json.replace('"' + part + '"', "\"other\""));
            assertRefused("mnist", root, metadata + " does not describe the artifact mnist");
        }
        Files.writeString(metadata, json.replace("\"1.0\"", "\"2.0\""));
        assertRefused("mnist", root, metadata + " has no version 1.0 of mnist");
        Files.writeString(metadata, json.replace("\"train_data\"", "\"something\""));
        assertRefused("mnist", root, "metadata.json lists no file \"train_data\"");
    }

    @Test
    void refusesFilesThatAreNotMnist() throws Exception {
        byte[] images = RepositoryOnDisk.idxImages(20, 10);
        byte[] labels = RepositoryOnDisk.idxLabels(20, 0);
        assertMnistRefused(labels, labels, "not an IDX file of 28x28 images");
        assertMnistRefused(images, images, "not an IDX file of labels");
        assertMnistRefused(Arrays.copyOf(images, 1000), labels, "1,000 bytes are not those of 20");
        assertMnistRefused(new byte[3], labels, "3 bytes are no IDX file");
        assertMnistRefused(
                images, RepositoryOnDisk.idxLabels(19, 0), "19 labels are not for 20 images");
        assertMnistRefused(images, RepositoryOnDisk.idxLabels(20, 5), "the class index 10");
    }

    private void assertMnistRefused(byte[] images, byte[] labels, String problem) throws Exception {
        Path root =
                new RepositoryOnDisk(Files.createTempDirectory(temp, "mnist"))
                        .mnist(20, 10, 10)
                        .file("train_data", RepositoryOnDisk.gzip(images))
                        .file("train_labels", RepositoryOnDisk.gzip(labels))
                        .write("mnist");
        assertRefused("mnist", root, problem, "replace");
    }

    private static void assertPixel(int pixel, int images, Path repository) throws Exception {
        assertPixel(pixel, images, DataOptions.builder().optRepository(repository));
    }

    private static void assertPixel(int pixel, int images, DataOptions.Builder options)
            throws Exception {
        try (ImageData data = DataSets.load("mnist", options.optStandardize(false).build())) {
            assertEquals(images, data.getTrainingSize());
            float[] first = Batches.firstImage(data.training(10));
            assertEquals(784, first.length);
            for (float value : first) {
                assertEquals(pixel / 255f, value, 1e-6f);
            }
        }
    }

    private static void assertRefused(String name, Path repository, String... parts) {
        assertRefused(name, DataOptions.builder().optRepository(repository), parts);
    }

    private static void assertRefused(String name, DataOptions.Builder options, String... parts) {
        RepositoryException refusal =
                assertThrows(
                        RepositoryException.class,
                        () -> DataSets.load(name, options.build()).close());
        String message = refusal.getMessage();
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
        assertTrue(message.endsWith("."), message);
        assertFalse(message.contains("\n"), message);
    }

    private static void truncate(Path file) throws IOException {
        byte[] content = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(content, content.length / 2));
    }

    private static void serve(HttpServer server, String context, Path root) {
        server.createContext(
                context,
                exchange -> {
                    String path = exchange.getRequestURI().getPath().substring(context.length());
                    Path file = root.resolve(path);
                    try (exchange) {
                        if (Files.isRegularFile(file)) {
                            byte[] content = Files.readAllBytes(file);
                            exchange.sendResponseHeaders(200, content.length);
                            exchange.getResponseBody().write(content);
                        } else {
                            exchange.sendResponseHeaders(404, -1);
                        }
                    }
                });
    }
}
