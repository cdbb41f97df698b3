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
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.ProviderNotFoundException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipException;
import org.locallearning.djl.zoo.repository.BoundedInputStream;
import org.locallearning.djl.zoo.repository.PlainName;
import org.locallearning.djl.zoo.repository.RepositoryException;

/**
 * Tiny ImageNet (Stanford CS231N): 64x64 pixels, 200 classes of ImageNet, 500 training and 50
 * validation images each. The validation images serve as test images, since the test labels are not
 * published. Class indices follow the sorted WordNet ids.
 *
 * <p>Training images alternate between classes, so the first ones cover all classes; validation
 * images are in their published order, by the numbers in their names, and may also be in one folder
 * per class.
 */
public final class TinyImageNet {

    private static final String ZIP = "tiny-imagenet-200.zip";
    private static final String FOLDER = "tiny-imagenet-200";
    private static final String IDS = "wnids.txt";
    private static final String WORDS = "words.txt";
    private static final String TRAINING = "train";
    private static final String VALIDATION = "val";
    private static final String IMAGES = "images";

    static final PublishedDataSet FILES =
            new PublishedDataSet(
                    "tiny-imagenet",
                    FileLayout.of(
                            files -> new Artifact(files.get(0), files.get(1), files.get(2)),
                            "train",
                            "test",
                            "classes"),
                    List.of(
                            FileLayout.of(Unpacked::of, IDS, WORDS, TRAINING, VALIDATION),
                            FileLayout.of(
                                    Unpacked::of,
                                    FOLDER + '/' + IDS,
                                    FOLDER + '/' + WORDS,
                                    FOLDER + '/' + TRAINING,
                                    FOLDER + '/' + VALIDATION),
                            FileLayout.of(files -> new Zip(files.get(0)), ZIP)),
                    "get "
                            + ZIP
                            + " from http://cs231n.stanford.edu/ and give the folder that holds it,"
                            + " unpacked or not, as data repository");

    private static final int MOST_CLASSES = 256;
    private static final int MOST_IMAGES = 100_000;
    private static final int SIDE = 64;

    // the longest of the text files has 2.6 million
    private static final int MOST_TEXT_BYTES = 16_000_000;

    /** Two image folders in archives, and a text file with index, id and words of each class. */
    private record Artifact(Path trainingArchive, Path testArchive, Path classesFile)
            implements StoredImages {

        /** {@inheritDoc} */
        @Override
        public LabelledImages training() throws IOException {
            return JpegArchive.read(trainingArchive, column(1), SIDE);
        }

        /** {@inheritDoc} */
        @Override
        public LabelledImages test() throws IOException {
            return JpegArchive.read(testArchive, column(1), SIDE);
        }

        /** {@inheritDoc} */
        @Override
        public List<String> classes() throws IOException {
            return column(2);
        }

        private List<String> column(int column) throws IOException {
            List<String> values = new ArrayList<>();
            for (String line : lines(classesFile)) {
                String[] fields = line.split("\t");
                if (fields.length != 3
                        || !fields[0].equals(String.valueOf(values.size()))
                        || !PlainName.isPlain(fields[1])
                        || fields[2].chars().anyMatch(Character::isISOControl)) {
                    throw badLine(classesFile, line, "index, id and words, parted by tabs");
                }
                values.add(fields[column]);
            }
            return values;
        }
    }

    /**
     * The folder as it is published.
     *
     * @param root the folder, which may be inside an archive
     * @param origin the folder or that archive
     */
    private record Unpacked(Path root, Path origin) implements StoredImages {

        static Unpacked of(List<Path> files) {
            Path root = files.get(0).getParent();
            return new Unpacked(root, root);
        }

        /** {@inheritDoc} */
        @Override
        public LabelledImages training() throws IOException {
            return sorted(root.resolve(TRAINING));
        }

        /** {@inheritDoc} */
        @Override
        public LabelledImages test() throws IOException {
            Path folder = root.resolve(VALIDATION);
            Path images = folder.resolve(IMAGES);
            // many sort the images into folders of classes, as PyTorch's loaders want them
            if (!Files.isDirectory(images)
                    && ids().stream().map(folder::resolve).anyMatch(Files::isDirectory)) {
                return sorted(folder);
            }
            Map<String, Integer> labels = new HashMap<>();
            for (String id : ids()) {
                labels.put(id, labels.size());
            }
            Path annotations = folder.resolve("val_annotations.txt");
            List<JpegFile> files = new ArrayList<>();
            for (String line : lines(annotations)) {
                String[] fields = line.split("\t");
                Integer label = fields.length < 2 ? null : labels.get(fields[1]);
                if (label == null || !PlainName.isPlain(fields[0])) {
                    throw badLine(annotations, line, "a file name and the id of a known class");
                }
                files.add(file(images.resolve(fields[0]), label));
            }
            return decode(files);
        }

        /** Reads images that lie in a folder for each class. */
        private LabelledImages sorted(Path parent) throws IOException {
            List<String> ids = ids();
            List<JpegFile> files = new ArrayList<>();
            for (int label = 0; label < ids.size(); label++) {
                Path folder = parent.resolve(ids.get(label));
                Path images = folder.resolve(IMAGES);
                try (Stream<Path> entries =
                        Files.list(Files.isDirectory(images) ? images : folder)) {
                    for (Path entry : entries.toList()) {
                        if (JpegFile.isNamed(entry.getFileName().toString())) {
                            files.add(file(entry, label));
                        }
                    }
                } catch (NoSuchFileException | NotDirectoryException e) {
                    throw new RepositoryException(
                            String.format(
                                    Locale.ROOT,
                                    "%s holds no images of the class %s: there is no %s; unpack or"
                                            + " copy it again.",
                                    origin,
                                    ids.get(label),
                                    images),
                            e);
                }
            }
            return decode(files);
        }

        private LabelledImages decode(List<JpegFile> files) throws IOException {
            if (files.size() > MOST_IMAGES) {
                throw new RepositoryException(
                        String.format(
                                Locale.ROOT,
                                "%s holds %,d images, more than the %,d of Tiny ImageNet: it is"
                                        + " another data set; replace it.",
                                origin,
                                files.size(),
                                MOST_IMAGES));
            }
            files.sort(JpegFile.BY_NUMBER);
            return JpegImages.decode(files, SIDE, origin);
        }

        /** {@inheritDoc} */
        @Override
        public List<String> classes() throws IOException {
            Map<String, String> words = new HashMap<>();
            for (String line : lines(root.resolve(WORDS))) {
                String[] fields = line.split("\t", 2);
                words.put(fields[0], fields[fields.length - 1]);
            }
            return ids().stream().map(id -> words.getOrDefault(id, id)).toList();
        }

        private List<String> ids() throws IOException {
            List<String> ids = lines(root.resolve(IDS)).stream().sorted().distinct().toList();
            for (String id : ids) {
                if (!PlainName.isPlain(id)) {
                    throw badLine(root.resolve(IDS), id, "the id of a class");
                }
            }
            if (ids.isEmpty() || ids.size() > MOST_CLASSES) {
                throw new RepositoryException(
                        String.format(
                                Locale.ROOT,
                                "%s lists %,d classes instead of 200: it is another data set or"
                                        + " damaged; replace it.",
                                root.resolve(IDS),
                                ids.size()));
            }
            return ids;
        }

        private JpegFile file(Path path, int label) {
            return new JpegFile(root.relativize(path).toString(), label, () -> JpegFile.read(path));
        }
    }

    /** The folder in the archive that is published. */
    private record Zip(Path file) implements StoredImages {

        /** Reads something out of the folder. */
        private interface Reading<T> {
            T from(Unpacked folder) throws IOException;
        }

        /** {@inheritDoc} */
        @Override
        public LabelledImages training() throws IOException {
            return read(Unpacked::training);
        }

        /** {@inheritDoc} */
        @Override
        public LabelledImages test() throws IOException {
            return read(Unpacked::test);
        }

        /** {@inheritDoc} */
        @Override
        public List<String> classes() throws IOException {
            return read(Unpacked::classes);
        }

        private <T> T read(Reading<T> reading) throws IOException {
            try (FileSystem zip = FileSystems.newFileSystem(file)) {
                for (Path root : List.of(zip.getPath("/", FOLDER), zip.getPath("/"))) {
                    if (Files.exists(root.resolve(IDS))) {
                        return reading.from(new Unpacked(root, file));
                    }
                }
                throw new RepositoryException(
                        String.format(
                                Locale.ROOT,
                                "%s holds no %s/%s: it is another archive; %s.",
                                file,
                                FOLDER,
                                IDS,
                                FILES.advice()));
            } catch (ZipException | ProviderNotFoundException | InvalidPathException e) {
                throw RepositoryException.notUnpacked(file, e);
            }
        }
    }

    private TinyImageNet() {}

    /**
     * Creates a builder of the data set as a DJL data set.
     *
     * @return a new builder
     */
    public static PublishedImages.Builder builder() {
        return new PublishedImages.Builder(FILES);
    }

    private static List<String> lines(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new RepositoryException(
                    String.format(
                            Locale.ROOT,
                            "%s can't be read (there is no such file): unpack or copy it again.",
                            file));
        }
        byte[] content;
        try (InputStream in =
                new BoundedInputStream(Files.newInputStream(file), MOST_TEXT_BYTES, file)) {
            content = in.readAllBytes();
        }
        try {
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
            return text.lines().filter(line -> !line.isBlank()).map(String::strip).toList();
        } catch (CharacterCodingException e) {
            throw new RepositoryException(
                    String.format(
                            Locale.ROOT,
                            "%s can't be read (it is no text): unpack or copy it again.",
                            file),
                    e);
        }
    }

    private static RepositoryException badLine(Path file, String line, String expected) {
        return new RepositoryException(
                String.format(
                        Locale.ROOT,
                        "%s has the line %s instead of %s: it is damaged; replace it.",
                        file,
                        PlainName.quote(line),
                        expected));
    }
}
