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
import java.nio.file.Path;
import java.util.Locale;
import org.locallearning.djl.zoo.repository.RepositoryException;

/**
 * The binary form of CIFAR-10 and CIFAR-100 (Krizhevsky, "Learning Multiple Layers of Features from
 * Tiny Images", 2009): for each image its class, after its superclass if there are such, each a
 * byte; then 32x32 pixels each of red, green and blue.
 *
 * @param name what users call the data set
 * @param superclasses the number of superclasses, or 0
 * @param classes the number of classes
 */
record CifarRecords(String name, int superclasses, int classes) {

    static final CifarRecords CIFAR10 = new CifarRecords("CIFAR-10", 0, 10);
    static final CifarRecords CIFAR100 = new CifarRecords("CIFAR-100", 20, 100);

    /** More images than either part has. */
    private static final int MOST_IMAGES = 50_000;

    private static final Shape SHAPE = new Shape(3, 32, 32);
    private static final int PIXELS = 3 * 32 * 32;

    /** Returns the most bytes that a file of records has. */
    long mostBytes() {
        return (long) MOST_IMAGES * recordBytes();
    }

    /**
     * Reads a file of records, gzipped or not.
     *
     * @throws RepositoryException if it is damaged, or holds more images than the data set has
     */
    LabelledImages read(Path file) throws RepositoryException {
        return parse(GzipFiles.read(file, mostBytes()), file.toString());
    }

    /**
     * Takes records apart.
     *
     * @param records the records
     * @param location where they come from, for a message
     * @throws RepositoryException if they are damaged
     */
    LabelledImages parse(byte[] records, String location) throws RepositoryException {
        int record = recordBytes();
        if (records.length == 0 || records.length % record != 0) {
            throw RepositoryException.damaged(
                    location,
                    String.format(
                            Locale.ROOT,
                            "%,d bytes are not a whole number of %,d-byte %s images",
                            records.length,
                            record,
                            name));
        }
        int count = records.length / record;
        byte[] pixels = new byte[count * PIXELS];
        byte[] labels = new byte[count];
        for (int i = 0; i < count; i++) {
            int end = i * record + record - PIXELS;
            int label = records[end - 1] & 0xff;
            int superclass = superclasses > 0 ? records[end - 2] & 0xff : 0;
            if (superclasses > 0 && superclass >= superclasses || label >= classes) {
                throw RepositoryException.damaged(
                        location,
                        String.format(
                                Locale.ROOT,
                                "image %,d has %sclass %d of %d",
                                i,
                                superclasses > 0
                                        ? "superclass "
                                                + superclass
                                                + " of "
                                                + superclasses
                                                + " and "
                                        : "",
                                label,
                                classes));
            }
            labels[i] = (byte) label;
            System.arraycopy(records, end, pixels, i * PIXELS, PIXELS);
        }
        return new LabelledImages(SHAPE, pixels, labels);
    }

    private int recordBytes() {
        return (superclasses > 0 ? 2 : 1) + PIXELS;
    }
}
