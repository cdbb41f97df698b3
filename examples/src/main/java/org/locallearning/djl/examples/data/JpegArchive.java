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
package org.locallearning.djl.examples.data;

import ai.djl.ndarray.types.Shape;
import java.awt.image.BufferedImage;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * An image folder in a gzipped tar archive: one folder a class, one JPEG file an image.
 *
 * <p>As in DJL's image folders, a class index is its folder's place among the sorted folder names,
 * which may carry that index in front ({@code 6_frog}). Images are ordered by file name, whatever
 * their class, since that is the place in the original data set.
 */
final class JpegArchive {

    private record Entry(String folder, String file, byte[] jpeg) {}

    private JpegArchive() {}

    /**
     * Decodes all images.
     *
     * @param archive the archive
     * @param classes the class names that the folders must have, in the order of their indices
     * @return the images, (3, height, width)
     * @throws DataRepositoryException if the archive is damaged or has other classes
     */
    static LabelledImages read(Path archive, List<String> classes) throws IOException {
        List<Entry> entries;
        try {
            entries = entries(archive);
        } catch (IOException e) {
            throw new DataRepositoryException(
                    String.format(
                            Locale.ROOT,
                            "%s can't be unpacked (%s): it is truncated or damaged; copy it"
                                    + " again.",
                            archive,
                            e.getMessage()),
                    e);
        }
        List<String> folders =
                List.copyOf(new TreeSet<>(entries.stream().map(Entry::folder).toList()));
        List<String> names = folders.stream().map(name -> name.replaceFirst("^\\d+_", "")).toList();
        if (!names.equals(classes)) {
            throw new DataRepositoryException(
                    String.format(
                            Locale.ROOT,
                            "%s holds the classes %s instead of %s: it is another data set; replace"
                                    + " it.",
                            archive,
                            names,
                            classes));
        }
        entries.sort(Comparator.comparing(Entry::file));
        try {
            BufferedImage first = decode(entries.get(0));
            Shape shape = new Shape(3, first.getHeight(), first.getWidth());
            int size = Math.toIntExact(shape.size());
            byte[] pixels = new byte[Math.multiplyExact(entries.size(), size)];
            byte[] labels = new byte[entries.size()];
            IntStream.range(0, entries.size())
                    .parallel()
                    .forEach(
                            i -> {
                                labels[i] = (byte) folders.indexOf(entries.get(i).folder());
                                copyPixels(entries.get(i), shape, pixels, i * size);
                            });
            return new LabelledImages(shape, pixels, labels);
        } catch (UncheckedIOException e) {
            throw new DataRepositoryException(
                    String.format(
                            Locale.ROOT,
                            "%s holds a damaged image (%s); copy it again.",
                            archive,
                            e.getCause().getMessage()),
                    e);
        }
    }

    private static List<Entry> entries(Path archive) throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (InputStream file = new BufferedInputStream(Files.newInputStream(archive));
                TarArchiveInputStream tar =
                        new TarArchiveInputStream(new GZIPInputStream(file, 1 << 16))) {
            for (TarArchiveEntry entry = tar.getNextEntry();
                    entry != null;
                    entry = tar.getNextEntry()) {
                String[] path = entry.getName().split("/");
                String name = path[path.length - 1];
                if (entry.isFile()
                        && path.length > 1
                        && name.toLowerCase(Locale.ROOT).endsWith(".jpg")) {
                    entries.add(new Entry(path[path.length - 2], name, tar.readAllBytes()));
                }
            }
        }
        return entries;
    }

    private static void copyPixels(Entry entry, Shape shape, byte[] pixels, int offset) {
        BufferedImage image = decode(entry);
        int height = (int) shape.get(1);
        int width = (int) shape.get(2);
        if (image.getHeight() != height || image.getWidth() != width) {
            throw new UncheckedIOException(
                    new IOException(
                            String.format(
                                    Locale.ROOT,
                                    "%s/%s is %dx%d pixels instead of %dx%d",
                                    entry.folder(),
                                    entry.file(),
                                    image.getWidth(),
                                    image.getHeight(),
                                    width,
                                    height)));
        }
        int plane = height * width;
        int[] colours = image.getRGB(0, 0, width, height, null, 0, width);
        for (int i = 0; i < plane; i++) {
            pixels[offset + i] = (byte) (colours[i] >> 16);
            pixels[offset + plane + i] = (byte) (colours[i] >> 8);
            pixels[offset + 2 * plane + i] = (byte) colours[i];
        }
    }

    private static BufferedImage decode(Entry entry) {
        IOException cause = null;
        try {
            // a stream in memory: ImageIO would put each image through a file otherwise
            BufferedImage image =
                    ImageIO.read(
                            new MemoryCacheImageInputStream(
                                    new ByteArrayInputStream(entry.jpeg())));
            if (image != null) {
                return image;
            }
        } catch (IOException e) {
            cause = e;
        }
        throw new UncheckedIOException(
                new IOException(
                        entry.folder() + '/' + entry.file() + " is not a JPEG image", cause));
    }
}
