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
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.locallearning.djl.zoo.repository.RepositoryException;

/**
 * Street View House Numbers, cropped digits (Netzer et al., "Reading Digits in Natural Images with
 * Unsupervised Feature Learning", 2011): MATLAB files (version 5) with the images {@code X}, uint8
 * of 32 rows x 32 columns x 3 channels x N images in column-major order, and the labels {@code y},
 * in which 10 stands for the digit 0.
 */
public final class Svhn {

    static final PublishedDataSet FILES =
            new PublishedDataSet(
                    "svhn",
                    FileLayout.of(MatlabFiles::of, "train_32x32.mat", "test_32x32.mat"),
                    List.of(FileLayout.of(MatlabFiles::of, "train_32x32.mat", "test_32x32.mat")),
                    "get train_32x32.mat and test_32x32.mat from"
                            + " http://ufldl.stanford.edu/housenumbers/ and give the folder that"
                            + " holds them as data repository");

    private static final int SIDE = 32;
    private static final int CHANNELS = 3;
    private static final int PIXELS = CHANNELS * SIDE * SIDE;
    private static final int CLASSES = 10;

    // MATLAB's number of the type that pixels are stored in
    private static final int UINT8 = 2;

    private static final int MOST_IMAGES = 73_257;

    private record MatlabFiles(Path trainingFile, Path testFile) implements StoredImages {

        static MatlabFiles of(List<Path> files) {
            return new MatlabFiles(files.get(0), files.get(1));
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
            return List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
        }
    }

    private Svhn() {}

    /**
     * Creates a builder of the data set as a DJL data set.
     *
     * @return a new builder
     */
    public static PublishedImages.Builder builder() {
        return new PublishedImages.Builder(FILES);
    }

    private static LabelledImages read(Path file) throws IOException {
        MatlabFile.Numbers images;
        MatlabFile.Numbers digits;
        try {
            Map<String, MatlabFile.Numbers> arrays =
                    MatlabFile.read(file, Map.of("X", MOST_IMAGES * PIXELS, "y", MOST_IMAGES));
            images = array(arrays, "X");
            digits = array(arrays, "y");
        } catch (IOException e) {
            throw new RepositoryException(
                    String.format(
                            Locale.ROOT,
                            "%s can't be read as a MATLAB 5 file with the arrays X and y (%s): it"
                                    + " is truncated or damaged; copy it again.",
                            file,
                            RepositoryException.reason(e)),
                    e);
        }
        return convert(images, digits, file);
    }

    private static MatlabFile.Numbers array(Map<String, MatlabFile.Numbers> arrays, String name)
            throws IOException {
        MatlabFile.Numbers array = arrays.get(name);
        if (array == null) {
            throw new IOException("there is no " + name);
        }
        return array;
    }

    private static LabelledImages convert(
            MatlabFile.Numbers images, MatlabFile.Numbers digits, Path file)
            throws RepositoryException {
        long count = digits.count();
        if (count < 1 || count > MOST_IMAGES) {
            throw new RepositoryException(
                    String.format(
                            Locale.ROOT,
                            "%s holds %,d labels, but parts of SVHN have 1 to %,d: it is another"
                                    + " data set; replace it.",
                            file,
                            count,
                            MOST_IMAGES));
        }
        long[] sizes = Arrays.stream(images.sizes()).asLongStream().toArray();
        if (!images.type().equals("uint8")
                || images.storage() != UINT8
                || digits.numbers() == null
                || !Arrays.equals(sizes, new long[] {SIDE, SIDE, CHANNELS, count})) {
            throw new RepositoryException(
                    String.format(
                            Locale.ROOT,
                            "%s holds X of type %s and size %s with %,d labels instead of uint8 of"
                                    + " size [32, 32, 3, %d]: it is another data set; replace it.",
                            file,
                            images.type(),
                            Arrays.toString(sizes),
                            count,
                            count));
        }
        byte[] labels = new byte[(int) count];
        for (int i = 0; i < count; i++) {
            double digit = digits.get(i);
            if (!(digit >= 1 && digit <= CLASSES) || digit != Math.rint(digit)) {
                throw new RepositoryException(
                        String.format(
                                Locale.ROOT,
                                "%s holds the label %s, but labels are 1 to 10: the data are"
                                        + " damaged; replace them.",
                                file,
                                digit == Math.rint(digit) ? String.valueOf((long) digit) : digit));
            }
            labels[i] = (byte) ((int) digit % CLASSES);
        }
        byte[] pixels = new byte[Math.toIntExact(count * PIXELS)];
        for (int plane = 0; plane < count * CHANNELS; plane++) {
            int from = plane * SIDE * SIDE;
            for (int column = 0; column < SIDE; column++) {
                for (int row = 0; row < SIDE; row++) {
                    pixels[from + row * SIDE + column] =
                            images.numbers().get(from + column * SIDE + row);
                }
            }
        }
        return new LabelledImages(new Shape(CHANNELS, SIDE, SIDE), pixels, labels);
    }
}
