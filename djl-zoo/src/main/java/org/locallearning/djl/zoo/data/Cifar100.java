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
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.locallearning.djl.zoo.repository.RepositoryException;

/**
 * CIFAR-100 in its binary form (Krizhevsky, "Learning Multiple Layers of Features from Tiny
 * Images", 2009): for each image a byte with one of 20 superclasses, a byte with one of 100
 * classes, and 32x32 pixels each of red, green and blue. The class is the label here.
 */
public final class Cifar100 {

    static final PublishedDataSet FILES =
            new PublishedDataSet(
                    "cifar100",
                    FileLayout.of(Unpacked::of, "train.bin", "test.bin"),
                    List.of(
                            FileLayout.of(Unpacked::of, "train.bin", "test.bin"),
                            FileLayout.of(
                                    Unpacked::of,
                                    "cifar-100-binary/train.bin",
                                    "cifar-100-binary/test.bin"),
                            FileLayout.of(
                                    files -> new Archive(files.get(0)), "cifar-100-binary.tar.gz")),
                    "get cifar-100-binary.tar.gz from https://www.cs.toronto.edu/~kriz/cifar.html"
                            + " and give the folder that holds it, unpacked or not, as data"
                            + " repository");

    // both files of records, and as much again for headers and the lists of class names
    private static final long ARCHIVE_BYTES = 4 * CifarRecords.CIFAR100.mostBytes();

    private static final List<String> CLASSES =
            List.of(
                    """
                    apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle
                    bowl boy bridge bus butterfly camel can castle caterpillar cattle
                    chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur
                    dolphin elephant flatfish forest fox girl hamster house kangaroo keyboard
                    lamp lawn_mower leopard lion lizard lobster man maple_tree motorcycle mountain
                    mouse mushroom oak_tree orange orchid otter palm_tree pear pickup_truck pine_tree
                    plain plate poppy porcupine possum rabbit raccoon ray road rocket
                    rose sea seal shark shrew skunk skyscraper snail snake spider
                    squirrel streetcar sunflower sweet_pepper table tank telephone television tiger tractor
                    train trout tulip turtle wardrobe whale willow_tree wolf woman worm
                    """
                            .trim()
                            .split("\\s+"));

    /** The two files of records, possibly gzipped. */
    private record Unpacked(Path trainingFile, Path testFile) implements StoredImages {

        static Unpacked of(List<Path> files) {
            return new Unpacked(files.get(0), files.get(1));
        }

        /** {@inheritDoc} */
        @Override
        public LabelledImages training() throws IOException {
            return CifarRecords.CIFAR100.read(trainingFile);
        }

        /** {@inheritDoc} */
        @Override
        public LabelledImages test() throws IOException {
            return CifarRecords.CIFAR100.read(testFile);
        }

        /** {@inheritDoc} */
        @Override
        public List<String> classes() {
            return CLASSES;
        }
    }

    /** The two files of records in a gzipped tar archive. */
    private record Archive(Path file) implements StoredImages {

        /** {@inheritDoc} */
        @Override
        public LabelledImages training() throws IOException {
            return read("train.bin");
        }

        /** {@inheritDoc} */
        @Override
        public LabelledImages test() throws IOException {
            return read("test.bin");
        }

        /** {@inheritDoc} */
        @Override
        public List<String> classes() {
            return CLASSES;
        }

        private LabelledImages read(String name) throws IOException {
            byte[][] records = new byte[1][];
            GzipFiles.readArchive(
                    file,
                    ARCHIVE_BYTES,
                    (path, content) -> {
                        if (path.equals(name) || path.endsWith('/' + name)) {
                            records[0] = content.readAllBytes();
                        }
                        return records[0] == null;
                    });
            if (records[0] == null) {
                throw new RepositoryException(
                        String.format(
                                Locale.ROOT,
                                "%s holds no file %s: it is another archive; %s.",
                                file,
                                name,
                                FILES.advice()));
            }
            return CifarRecords.CIFAR100.parse(records[0], file + ", " + name);
        }
    }

    private Cifar100() {}

    /**
     * Creates a builder of the data set as a DJL data set.
     *
     * @return a new builder
     */
    public static PublishedImages.Builder builder() {
        return new PublishedImages.Builder(FILES);
    }
}
