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

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.types.Shape;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.locallearning.djl.zoo.repository.RepositoryException;

class PublishedDataSetTest {

    @TempDir private Path temp;

    @ParameterizedTest
    @CsvSource({
        "cifar100, cifar-100-binary.tar.gz, https://www.cs.toronto.edu/~kriz/cifar.html",
        "svhn, train_32x32.mat, http://ufldl.stanford.edu/housenumbers/",
        "tiny-imagenet, tiny-imagenet-200.zip, http://cs231n.stanford.edu/"
    })
    void saysWhichFilesToGetAndWhereToPutThem(String name, String file, String address)
            throws Exception {
        DataOptions.Builder options = DataOptions.builder();
        assertRefused(name, options, "not read from DJL's own repository", file, address);
        options.optRepositoryUri(URI.create("https://localhost/"));
        assertRefused(name, options, "not read from an address such as https://localhost/", file);
        DataOptions.Builder missing = DataOptions.builder().optRepository(temp.resolve("none"));
        assertRefused(name, missing, temp.resolve("none") + " does not exist: get", address);
        DataOptions.Builder empty =
                DataOptions.builder().optRepository(Files.createDirectories(temp.resolve("empty")));
        assertRefused(
                name,
                empty,
                temp.resolve("empty") + " has no data set " + name + " (looked for dataset/cv/",
                name + "/metadata.json; ",
                file,
                address);
        Path mnist = new RepositoryOnDisk(temp.resolve("mnist")).mnist(20, 10, 10).write("mnist");
        assertRefused(
                name, DataOptions.builder().optRepository(mnist), "has no data set " + name, file);
    }

    @Test
    void refusesAFileWhereAFolderIsMeant() throws Exception {
        Path file = Files.writeString(temp.resolve("train_32x32.mat"), "");
        assertRefused("svhn", DataOptions.builder().optRepository(file), "is not a folder: get");
    }

    @Test
    void refusesAnArtifactWithoutTheFiles() throws Exception {
        Path root = new RepositoryOnDisk(temp).file("other", new byte[1]).write("svhn");
        assertRefused(
                "svhn",
                DataOptions.builder().optRepository(root),
                "metadata.json lists no file \"train_32x32.mat\"");
    }

    @Test
    void decodesOnce() throws Exception {
        LabelledImages images =
                new LabelledImages(new Shape(1, 1, 2), new byte[] {1, 2, 3, 4}, new byte[] {5, 6});
        AtomicInteger times = new AtomicInteger();
        for (int use = 0; use < 3; use++) {
            LabelledImages read =
                    DecodedImages.readOrDecode(
                            temp.resolve("some.images"),
                            () -> {
                                times.incrementAndGet();
                                return images;
                            });
            assertArrayEquals(images.pixels(), read.pixels());
            assertArrayEquals(images.labels(), read.labels());
        }
        assertEquals(1, times.get());
    }

    static void assertRefused(String name, DataOptions.Builder options, String... parts) {
        RepositoryException refusal =
                assertThrows(
                        RepositoryException.class,
                        () -> DataSets.load(name, options.build()).close());
        for (String part : parts) {
            assertTrue(refusal.getMessage().contains(part), refusal.getMessage());
        }
        assertTrue(refusal.getMessage().endsWith("."), refusal.getMessage());
        assertTrue(refusal.getMessage().indexOf('\n') < 0, refusal.getMessage());
    }
}
