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

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.repository.Artifact;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A repository with one artifact of one file, and everything that its metadata may say instead. */
class RepositoryMetadataTest {

    private static final String FOLDER = "dataset/cv/some/group/thing/";
    private static final String SHA1 = "a9993e364706816aba3e25717850c26c9cd0d89d"; // of "abc"

    @TempDir private Path root;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../../../../../secret",
                "1.0/../../secret",
                "%2e%2e/secret",
                "1.0/%2e%2e%2fsecret",
                "1.0/..%5csecret",
                "..\\\\secret",
                "/etc/passwd",
                "//host/share/file",
                "file:/etc/passwd",
                "file:///etc/passwd",
                "http://localhost:1/data",
                "https:data",
                "jar:file:/x.jar!/y",
                "C:/data",
                "C:data",
                "1.0/data%00.gz",
                "1.0/data?x=1",
                "1.0/data#part",
                "1.0//data",
                "1.0/./data",
                "1.0/data/",
                ".",
                "..",
                "",
                " ",
                "1.0/my data.gz",
                " 1.0/data",
                "1.0/data ",
                "1.0/%20data",
                "1.0/data\\n",
                "1.0/data\\u0000",
                "1.0/%zz"
            })
    void refusesAnAddressOutsideTheRepository(String uri) {
        assertRefused(json("\"uri\": \"" + uri + "\""), "the uri \"", "of the file \"data\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../secret",
                "..",
                ".",
                "a/b",
                "/tmp/x",
                "a\\\\b",
                "C:x",
                "x\\u0000",
                "x\\n",
                " x"
            })
    void refusesANameThatIsNotPlain(String name) {
        assertRefused(
                json("\"uri\": \"1.0/data\", \"name\": \"" + name + "\""),
                "of the file \"data\" is not a plain file name");
        assertRefused(
                json("\"uri\": \"1.0/data\"").replace("\"1.0\"", '"' + name + '"'),
                "is not a plain name");
        assertRefused(
                json("\"uri\": \"1.0/data\"")
                        .replace("\"version\"", "\"name\": \"" + name + "\", \"version\""),
                "the artifact name \"");
    }

    @Test
    void refusesANameThatDjlWouldMakeOfTheAddress() {
        assertRefused(json("\"uri\": \"1.0/...gz\""), "the name \"..\" of the file");
    }

    @Test
    void refusesNullsAndOtherTypes() {
        String sound = json("\"uri\": \"1.0/data\"");
        for (String wrong : List.of("null", "3", "[]", "true", "\"x\"")) {
            assertRefused(wrong);
            assertRefused(sound.replaceFirst("\\[.*\\]", wrong.equals("[]") ? "{}" : wrong));
            assertRefused(sound.replaceFirst("\\[.*\\]", "[" + wrong + "]"));
            assertRefused(json(null).replace("{}", wrong));
        }
        assertRefused(json("\"uri\": null"), "the file \"data\" has no uri");
        assertRefused(json("\"uri\": 5"), "the uri of the file \"data\" is \"5\"");
        assertRefused(json("\"uri\": \"1.0/data\", \"name\": 5"), "is \"5\"");
        assertRefused(json("\"uri\": \"1.0/data\", \"type\": {}"));
        assertRefused(sound.replace("\"1.0\"", "null"), "has no version");
        assertRefused(sound.replace("\"thing\"", "null"), "it names none");
        assertRefused("");
        assertRefused("{", "is not a DJL metadata file");
        assertRefused("[".repeat(100_000), "is not a DJL metadata file");
        assertRefused(
                sound.replaceFirst("\\{", "{\"x\": " + "{\"a\":".repeat(100_000)), "metadata file");
    }

    @Test
    void refusesSizesAndChecksumsThatAreNone() {
        for (String size :
                List.of("-1", "1.5", "1e300", "1e1000000000", "\"12\"", "99999999999999999999")) {
            assertRefused(json("\"uri\": \"1.0/data\", \"size\": " + size));
        }
        for (String hash : List.of("", "abc", SHA1 + "0", SHA1.replace('a', 'g'))) {
            assertRefused(
                    json("\"uri\": \"1.0/data\", \"sha1Hash\": \"" + hash + '"'),
                    "is not 40 hexadecimal digits");
        }
    }

    @Test
    void findsFilesInTheRepository() throws Exception {
        write("1.0/my data", "abc");
        Artifact artifact =
                read("\"uri\": \"1.0/my%20data\", \"size\": 3, \"sha1Hash\": \"" + SHA1 + '"');
        ArtifactFiles files = ArtifactFiles.verify(root, artifact);
        assertEquals(root.resolve(FOLDER + "1.0/my data"), files.path("data"));
        assertEquals(Map.of("1.0/my%20data", SHA1), files.digests());
        assertNull(files.path("other"));
    }

    @Test
    void comparesSizeAndChecksum() throws Exception {
        write("1.0/data", "abd");
        assertFilesRefused("\"uri\": \"1.0/data\", \"size\": 4", "holds 3 bytes instead of 4");
        assertFilesRefused(
                "\"uri\": \"1.0/data\", \"size\": 3, \"sha1Hash\": \"" + SHA1 + '"',
                "instead of " + SHA1);
        assertFilesRefused("\"uri\": \"1.0/none\"", "none is missing, though ");
        Files.createDirectory(root.resolve(FOLDER + "1.0/folder"));
        assertFilesRefused("\"uri\": \"1.0/folder\"", "folder is not a regular file");
    }

    @Test
    void followsLinksInsideTheRepositoryAlone(@TempDir Path elsewhere) throws Exception {
        Path secret = Files.writeString(elsewhere.resolve("secret"), "abc");
        write("1.0/data", "abc");
        Path link = root.resolve(FOLDER + "1.0/link");
        Files.createSymbolicLink(link, Path.of("data"));
        ArtifactFiles.verify(root, read("\"uri\": \"1.0/link\""));
        Files.delete(link);
        Files.createSymbolicLink(link, secret);
        assertFilesRefused(
                "\"uri\": \"1.0/link\"",
                "is a link out of the repository, to " + secret.toRealPath());
        Files.delete(link);
        Files.createSymbolicLink(root.resolve(FOLDER + "2.0"), elsewhere);
        assertFilesRefused("\"uri\": \"2.0/secret\"", "is a link out of the repository");

        Path metadata = root.resolve(FOLDER + "metadata.json");
        Files.move(metadata, elsewhere.resolve("metadata.json"));
        Files.createSymbolicLink(metadata, elsewhere.resolve("metadata.json"));
        assertTrue(
                assertThrows(
                                RepositoryException.class,
                                () -> RepositoryMetadata.read(root, FOLDER, "thing"))
                        .getMessage()
                        .contains("is a link out of the repository"));
        Files.delete(elsewhere.resolve("metadata.json"));
        assertTrue(
                assertThrows(
                                RepositoryException.class,
                                () -> RepositoryMetadata.read(root, FOLDER, "thing"))
                        .getMessage()
                        .contains("metadata.json can't be read"));
    }

    private void write(String name, String content) throws IOException {
        Path file = root.resolve(FOLDER + name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    private Artifact read(String file) throws IOException {
        write("metadata.json", json(file));
        return RepositoryMetadata.read(root, FOLDER, "thing").artifact("1.0");
    }

    private void assertFilesRefused(String file, String part) throws IOException {
        Artifact artifact = read(file);
        assertSentence(
                assertThrows(RepositoryException.class, () -> ArtifactFiles.verify(root, artifact)),
                part);
    }

    private static String json(String file) {
        return "{\"artifactId\": \"thing\", \"artifacts\": [{\"version\": \"1.0\", \"files\":"
                + " {\"data\": {"
                + (file == null ? "" : file)
                + "}}}]}";
    }

    private static void assertRefused(String json, String... parts) {
        assertSentence(
                assertThrows(
                        RepositoryException.class,
                        () -> RepositoryMetadata.parse(json, FOLDER, "thing", "here"),
                        json.substring(0, Math.min(200, json.length()))),
                parts);
    }

    private static void assertSentence(RepositoryException refusal, String... parts) {
        String message = refusal.getMessage();
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
        assertTrue(message.endsWith("."), message);
        assertFalse(message.chars().anyMatch(Character::isISOControl), message);
    }
}
