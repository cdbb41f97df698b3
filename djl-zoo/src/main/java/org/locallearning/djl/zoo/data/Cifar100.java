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

import ai.djl.ndarray.types.Shape;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

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

    private static final Shape SHAPE = new Shape(3, 32, 32);
    private static final int PIXELS = 3 * 32 * 32;
    private static final int RECORD = 2 + PIXELS;
    private static final int SUPERCLASSES = 20;

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
            return read(trainingFile);
        }

        /** {@inheritDoc} */
        @Override
        public LabelledImages test() throws IOException {
            return read(testFile);
        }

        /** {@inheritDoc} */
        @Override
        public List<String> classes() {
            return CLASSES;
        }

        private static LabelledImages read(Path file) throws IOException {
            byte[] records;
            try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
                in.mark(2);
                boolean gzipped = in.read() == 0x1f && in.read() == 0x8b;
                in.reset();
                records = gzipped ? new GZIPInputStream(in).readAllBytes() : in.readAllBytes();
            } catch (IOException e) {
                throw DataRepositoryException.notUnpacked(file, e);
            }
            return parse(records, file.toString());
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
            byte[] records = null;
            try (InputStream in = new BufferedInputStream(Files.newInputStream(file));
                    TarArchiveInputStream tar =
                            new TarArchiveInputStream(new GZIPInputStream(in, 1 << 16))) {
                for (TarArchiveEntry entry = tar.getNextEntry();
                        entry != null && records == null;
                        entry = tar.getNextEntry()) {
                    if (entry.isFile() && Path.of(entry.getName()).endsWith(name)) {
                        records = tar.readAllBytes();
                    }
                }
            } catch (IOException e) {
                throw DataRepositoryException.notUnpacked(file, e);
            }
            if (records == null) {
                throw new DataRepositoryException(
                        String.format(
                                Locale.ROOT,
                                "%s holds no file %s: it is another archive; %s.",
                                file,
                                name,
                                FILES.advice()));
            }
            return parse(records, file + ", " + name);
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

    private static LabelledImages parse(byte[] records, String location)
            throws DataRepositoryException {
        if (records.length == 0 || records.length % RECORD != 0) {
            throw new DataRepositoryException(
                    String.format(
                            Locale.ROOT,
                            "%s is damaged (%,d bytes are not a whole number of %,d-byte CIFAR-100"
                                    + " images): replace it.",
                            location,
                            records.length,
                            RECORD));
        }
        int count = records.length / RECORD;
        byte[] pixels = new byte[count * PIXELS];
        byte[] labels = new byte[count];
        for (int i = 0; i < count; i++) {
            int superclass = records[i * RECORD] & 0xff;
            int label = records[i * RECORD + 1] & 0xff;
            if (superclass >= SUPERCLASSES || label >= CLASSES.size()) {
                throw new DataRepositoryException(
                        String.format(
                                Locale.ROOT,
                                "%s is damaged (image %,d has superclass %d of %d and class %d of"
                                        + " %d): replace it.",
                                location,
                                i,
                                superclass,
                                SUPERCLASSES,
                                label,
                                CLASSES.size()));
            }
            labels[i] = (byte) label;
            System.arraycopy(records, i * RECORD + 2, pixels, i * PIXELS, PIXELS);
        }
        return new LabelledImages(SHAPE, pixels, labels);
    }
}
