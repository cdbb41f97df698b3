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

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Application;
import ai.djl.repository.Artifact;
import ai.djl.repository.MRL;
import ai.djl.util.Progress;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A repository gives what was put in, whatever it lies in, and refuses what leads elsewhere. */
class ModelRepositoryTest {

    private static final String GROUP = ModelMetadata.GROUP_ID;
    private static final String FOLDER = "model/cv/image_classification/org/locallearning/net/";

    @TempDir Path root;

    private byte[] parameters;

    @BeforeEach
    void publish() throws IOException {
        // unlike those of any other test, so that the cache does not have them
        parameters = ("parameters of " + root).getBytes(StandardCharsets.UTF_8);
        add("1.0", "net-one", parameters);
    }

    private boolean add(String version, String name, byte[] content) throws IOException {
        Artifact artifact = new Artifact();
        artifact.setVersion(version);
        artifact.setName(name);
        artifact.setProperties(Map.of("name", name));
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put(name + "-0000.params", content);
        files.put("card.md", "# card".getBytes(StandardCharsets.UTF_8));
        return RepositoryWriter.open(root)
                .add(Application.CV.IMAGE_CLASSIFICATION, "net", "a net", artifact, files);
    }

    private static Path fetch(ModelRepository repository, String name) throws IOException {
        MRL mrl = repository.models(GROUP).get(0);
        Artifact artifact = mrl.match(Map.of("name", name));
        mrl.prepare(artifact);
        return repository.getResourceDirectory(artifact);
    }

    @Test
    void givesWhatWasPutIn() throws IOException {
        Path copy = fetch(ModelRepository.open(root), "net-one");

        assertArrayEquals(parameters, Files.readAllBytes(copy.resolve("net-one-0000.params")));
        assertEquals("# card", Files.readString(copy.resolve("card.md")));
    }

    @Test
    void keepsTheFirstWhenASecondComes() throws IOException {
        assertTrue(add("1.0", "net-two", new byte[] {2}));
        assertFalse(add("1.0", "net-two", new byte[] {2}), "it is there already");
        RepositoryException refused =
                assertThrows(
                        RepositoryException.class, () -> add("1.0", "net-two", new byte[] {3}));
        assertTrue(refused.getMessage().contains("another version"), refused.getMessage());

        ModelRepository repository = ModelRepository.open(root);
        assertArrayEquals(
                parameters,
                Files.readAllBytes(fetch(repository, "net-one").resolve("net-one-0000.params")));
        assertArrayEquals(
                new byte[] {2},
                Files.readAllBytes(fetch(repository, "net-two").resolve("net-two-0000.params")));
    }

    @Test
    void losesNoModelOfThoseAddedAtOnce() throws Exception {
        List<String> names = IntStream.range(0, 8).mapToObj(i -> "net-at-once-" + i).toList();
        ExecutorService threads = Executors.newFixedThreadPool(names.size());
        try {
            List<Future<Boolean>> added = new ArrayList<>();
            for (String name : names) {
                added.add(threads.submit(() -> add("1.0", name, new byte[] {1})));
            }
            for (Future<Boolean> one : added) {
                assertTrue(one.get());
            }
        } finally {
            threads.shutdownNow();
        }

        MRL mrl = ModelRepository.open(root).models(GROUP).get(0);
        for (String name : names) {
            assertEquals(name, mrl.match(Map.of("name", name)).getName());
        }
    }

    @Test
    void givesTheNewestVersion() throws IOException {
        add("1.10", "net-one", new byte[] {10});
        add("1.9", "net-one", new byte[] {9});

        assertArrayEquals(
                new byte[] {10},
                Files.readAllBytes(
                        fetch(ModelRepository.open(root), "net-one")
                                .resolve("net-one-0000.params")));
    }

    @Test
    void isReadFromAJar() throws IOException {
        Path jar = root.resolveSibling(root.getFileName() + ".jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(
                        new JarEntry(
                                "some/models/"
                                        + root.relativize(file).toString().replace('\\', '/')));
                Files.copy(file, out);
                out.closeEntry();
            }
        }
        try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null)) {
            Path copy = fetch(ModelRepository.onClassPath("/some/models", loader), "net-one");
            assertArrayEquals(parameters, Files.readAllBytes(copy.resolve("net-one-0000.params")));
        } finally {
            Files.delete(jar);
        }
    }

    @Test
    void isReadFromTheNetwork() throws IOException {
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/models/",
                exchange -> {
                    Path file = root.resolve(exchange.getRequestURI().getPath().substring(8));
                    byte[] content =
                            Files.isRegularFile(file) ? Files.readAllBytes(file) : new byte[0];
                    exchange.sendResponseHeaders(content.length > 0 ? 200 : 404, 0);
                    exchange.getResponseBody().write(content);
                    exchange.close();
                });
        server.start();
        try {
            String address = "http://localhost:" + server.getAddress().getPort() + "/models";
            Path copy = fetch(ModelRepository.open(address), "net-one");
            assertArrayEquals(parameters, Files.readAllBytes(copy.resolve("net-one-0000.params")));
            add("1.0", "net-\u00fc", new byte[] {8});
            copy = fetch(ModelRepository.open(address), "net-\u00fc");
            assertArrayEquals(
                    new byte[] {8}, Files.readAllBytes(copy.resolve("net-\u00fc-0000.params")));
            Files.delete(root.resolve("index.json"));
            RepositoryException refused =
                    assertThrows(
                            RepositoryException.class,
                            () -> ModelRepository.open(address).models(GROUP));
            assertTrue(refused.getMessage().contains("index.json is missing"), refused.toString());
        } finally {
            server.stop(0);
        }
    }

    @Test
    void replacesACopyThatWasChanged() throws IOException {
        Path copy = fetch(ModelRepository.open(root), "net-one").resolve("net-one-0000.params");
        Files.write(copy, new byte[parameters.length]);

        assertArrayEquals(
                parameters,
                Files.readAllBytes(
                        fetch(ModelRepository.open(root), "net-one")
                                .resolve("net-one-0000.params")));
        Files.delete(copy);
        fetch(ModelRepository.open(root), "net-one");
        assertArrayEquals(parameters, Files.readAllBytes(copy));
    }

    /** Two repositories with models of the same names have different copies. */
    @Test
    void sharesNoCopyWithAnotherContent(@TempDir Path other) throws IOException {
        Path copy = fetch(ModelRepository.open(root), "net-one");
        root = other;
        add("1.0", "net-one", new byte[] {7});

        assertNotEquals(copy, fetch(ModelRepository.open(root), "net-one"));
    }

    @Test
    void refusesFilesCutOrChangedAnywhere() throws IOException {
        Path file = root.resolve(FOLDER + "1.0/net-one/net-one-0000.params");
        for (int i = 0; i < parameters.length; i += 5) {
            Files.write(file, Arrays.copyOf(parameters, i));
            assertRefused(file + " holds ");
            byte[] changed = parameters.clone();
            changed[i] ^= 1;
            Files.write(file, changed);
            assertRefused(file + " has the SHA-1");
        }
        Files.write(file, Arrays.copyOf(parameters, parameters.length + 1));
        assertRefused(file + " holds ");
        Files.delete(file);
        assertRefused(file + " is missing");
        // nothing of it is left in the cache
        try (Stream<Path> cache = Files.list(CacheFolder.root())) {
            assertTrue(cache.noneMatch(each -> each.toString().endsWith(".tmp")));
        }
    }

    @Test
    void refusesALinkOutOfTheRepository(@TempDir Path outside) throws IOException {
        Path file = root.resolve(FOLDER + "1.0/net-one/net-one-0000.params");
        Path target = Files.write(outside.resolve("secret"), parameters);
        Files.delete(file);
        Files.createSymbolicLink(file, target);

        assertRefused("is a link out of the repository");
    }

    /** Each text of good metadata is replaced by one that leads elsewhere or means nothing. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    "name": "net-one"                    | "name": "../../net-one"
                    "name": "net-one"                    | "name": ""
                    "name": "net-one"                    | "name": null
                    "version": "1.0"                     | "version": "../1.0"
                    "version": "1.0"                     | "version": null
                    "uri": "1.0/net-one/card.md"         | "uri": "../../../../../../../etc/passwd"
                    "uri": "1.0/net-one/card.md"         | "uri": "/etc/passwd"
                    "uri": "1.0/net-one/card.md"         | "uri": "file:///etc/passwd"
                    "uri": "1.0/net-one/card.md"         | "uri": "http://localhost/card.md"
                    "uri": "1.0/net-one/card.md"         | "uri": "//localhost/card.md"
                    "uri": "1.0/net-one/card.md"         | "uri": "1.0/net-one/%2e%2e/card.md"
                    "uri": "1.0/net-one/card.md"         | "uri": "1.0/net-one/card.zip"
                    "uri": "1.0/net-one/card.md"         | "uri": null
                    "uri": "1.0/net-one/card.md"         | "uri": 7
                    "name": "card.md"                    | "name": "../card.md"
                    "name": "card.md"                    | "name": "C:card.md"
                    "name": "card.md"                    | "name": "other.md"
                    "name": "card.md"                    | "name": "net-one-0000.params"
                    "type": "file"                       | "type": "dir"
                    "size": 6                            | "size": 0
                    "size": 6                            | "size": -1
                    "size": 6                            | "size": 1e300
                    "size": 6                            | "size": "x"
                    "sha1Hash": "                        | "sha1Hash": "zz
                    "sha1Hash"                           | "sha2Hash"
                    "groupId": "org.locallearning"       | "groupId": "ai.djl.zoo"
                    "artifactId": "net"                  | "artifactId": "other"
                    "application": "cv/image_classification" | "application": "nlp"
                    "version": "1.0"                     | "version": "1.0", "options": {"epoch": "-1"}
                    "version": "1.0"                     | "version": "1.0", "options": {"epoch": null}
                    "version": "1.0"                     | "version": "1.0", "arguments": {"engine": 5}
                    "version": "1.0"                     | "version": "1.0", "arguments": {"engine": null}
                    "files": {                           | "folders": {
                    "artifacts": [                       | "artifacts": [null,
                    "artifacts": [                       | "articles": [
                    {                                    | [
                    """)
    void refusesMetadataThatLeadElsewhere(String good, String bad) throws IOException {
        Path file = root.resolve(FOLDER + "metadata.json");
        String json = Files.readString(file);
        assertTrue(json.contains(good), good);
        Files.writeString(
                file, json.replaceFirst(Pattern.quote(good), Matcher.quoteReplacement(bad)));

        assertRefused(file.toString());
    }

    @Test
    void refusesMetadataCutAnywhere() throws IOException {
        Path file = root.resolve(FOLDER + "metadata.json");
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length - 2; length += 23) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertRefused(file.toString());
        }
    }

    private void assertRefused(String words) {
        RepositoryException refused =
                assertThrows(
                        RepositoryException.class,
                        () -> fetch(ModelRepository.open(root), "net-one"));
        String message = refused.getMessage();
        assertTrue(message.contains(words) && message.lines().count() == 1, message);
    }

    @ParameterizedTest
    @CsvSource({
        "ftp://localhost/models,is not the address",
        "jar:///,index.json is missing",
        "no such folder,does not exist",
        "http://localhost:1/models,can't be read",
        "http://localhost:1/models?key=1,is not the address",
        "http://localhost:1/models#part,is not the address",
        "http:models,is not the address",
        "jar:models,is not the address",
        "jar:file:/models.jar!/models,is not the address",
        "jar:///no%20such/models,index.json is missing",
        "' ',is not the address"
    })
    void refusesWhatIsNoRepository(String address, String words) {
        RepositoryException refused =
                assertThrows(
                        RepositoryException.class,
                        () -> ModelRepository.open(address).models(GROUP));
        assertTrue(refused.getMessage().contains(words), refused.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"../net", "/net", "a/b", "''", "..", "a b", "a:b", "50%"})
    void writesNoHostileName(String name) {
        assertThrows(RepositoryException.class, () -> add("1.0", name, new byte[] {1}));
        assertThrows(RepositoryException.class, () -> add(name, "net-two", new byte[] {1}));
    }

    /** A file that every reader refuses would take the models that are there with it. */
    @ParameterizedTest
    @CsvSource({"my file,1", "../file,1", "serving.properties,1", "file,0", "FILE,2"})
    void writesNoFileThatReadersRefuse(String name, int bytes) throws IOException {
        Artifact artifact = new Artifact();
        artifact.setVersion("1.0");
        artifact.setName("net-two");
        artifact.setProperties(Map.of());
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put(name, new byte[bytes]);
        if (bytes == 2) {
            files.put("file", new byte[bytes]);
        }

        RepositoryException refused =
                assertThrows(
                        RepositoryException.class,
                        () ->
                                RepositoryWriter.open(root)
                                        .add(
                                                Application.CV.IMAGE_CLASSIFICATION,
                                                "net",
                                                "a net",
                                                artifact,
                                                files));

        assertTrue(refused.getMessage().contains(root.toRealPath().toString()), refused.toString());
        assertTrue(Files.notExists(root.resolve(FOLDER + "1.0/net-two")));
        fetch(ModelRepository.open(root), "net-one");
    }

    @Test
    void writesAgainWhatWasDamaged() throws IOException {
        Path file = root.resolve(FOLDER + "1.0/net-one/net-one-0000.params");
        Files.write(file, new byte[] {1});
        Path index = root.resolve("index.json");
        String list = Files.readString(index);

        assertTrue(add("1.0", "net-one", parameters), "one file was damaged");

        assertArrayEquals(parameters, Files.readAllBytes(file));
        // as a program leaves it that stops after the metadata
        Files.delete(index);
        assertFalse(add("1.0", "net-one", parameters), "the files are whole");
        assertEquals(list, Files.readString(index));
    }

    /** A folder that somebody has copied within the repository. */
    @Test
    void refusesAFolderThatNoAddressNames() throws IOException {
        Path copy = root.resolve(FOLDER).resolveSibling("net copy");
        Files.createDirectory(copy);
        Files.copy(root.resolve(FOLDER + "metadata.json"), copy.resolve("metadata.json"));

        assertRefused(copy.toRealPath() + " can't be the folder of an artifact");
    }

    /** Who reads a copy keeps it when a second one is finished. */
    @Test
    void leavesACopyThatAnotherThreadMadeMeanwhile() throws IOException {
        ModelRepository repository = ModelRepository.open(root);
        MRL mrl = repository.models(GROUP).get(0);
        Artifact artifact = mrl.getDefaultArtifact();
        List<Object> made = new ArrayList<>();
        Progress progress =
                new Progress() {
                    @Override
                    public void reset(String message, long max, String trailing) {}

                    @Override
                    public void start(long initial) {}

                    @Override
                    public void end() {}

                    @Override
                    public void increment(long increment) {
                        if (made.isEmpty()) {
                            try {
                                mrl.prepare(artifact);
                                made.add(folderKey(repository.getResourceDirectory(artifact)));
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        }
                    }

                    @Override
                    public void update(long progress, String message) {}
                };

        mrl.prepare(artifact, progress);

        assertEquals(made, List.of(folderKey(repository.getResourceDirectory(artifact))));
    }

    /** What tells a folder from another of the same name. */
    private static Object folderKey(Path folder) throws IOException {
        Object key = Files.readAttributes(folder, BasicFileAttributes.class).fileKey();
        return key == null ? folder : key;
    }

    @Test
    void saysWhichFileTheNetworkCutOff() throws IOException {
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    exchange.sendResponseHeaders(200, 1000);
                    exchange.getResponseBody().write('{');
                    exchange.close();
                });
        server.start();
        try {
            String address = "http://localhost:" + server.getAddress().getPort();
            RepositoryException refused =
                    assertThrows(
                            RepositoryException.class,
                            () -> ModelRepository.open(address).models(GROUP));
            assertTrue(
                    refused.getMessage().startsWith(address + "/index.json can't be read"),
                    refused.getMessage());
        } finally {
            server.stop(0);
        }
    }

    @Test
    void showsHowFarItIs() throws IOException {
        List<Long> shown = new ArrayList<>();
        Progress progress =
                new Progress() {
                    @Override
                    public void reset(String message, long max, String trailing) {
                        shown.add(max);
                    }

                    @Override
                    public void start(long initial) {}

                    @Override
                    public void end() {}

                    @Override
                    public void increment(long increment) {
                        shown.add(increment);
                    }

                    @Override
                    public void update(long progress, String message) {}
                };
        MRL mrl = ModelRepository.open(root).models(GROUP).get(0);

        mrl.prepare(mrl.getDefaultArtifact(), progress);

        assertEquals(List.of(parameters.length + 6L, (long) parameters.length, 6L), shown);
    }
}
