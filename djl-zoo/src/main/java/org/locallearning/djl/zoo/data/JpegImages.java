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
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.locallearning.djl.zoo.repository.RepositoryException;

/** Decodes many JPEG files of one size. */
final class JpegImages {

    private JpegImages() {}

    /**
     * Decodes all images in parallel.
     *
     * @param files the files, in the order of the images, with class indices 0 to 255
     * @param side the height and the width of each
     * @param origin the archive or folder that holds them
     * @return the images, (3, side, side); grey ones have three equal channels
     * @throws RepositoryException if there are no files, or one is damaged, truncated, of another
     *     size, or not of 8-bit grey values or colours
     */
    static LabelledImages decode(List<JpegFile> files, int side, Path origin) throws IOException {
        if (files.isEmpty()) {
            throw new RepositoryException(
                    String.format(
                            Locale.ROOT,
                            "%s holds no JPEG images: it is another data set; replace it.",
                            origin));
        }
        try {
            // before room is made for all of them
            decode(files.get(0), side);
            Shape shape = new Shape(3, side, side);
            int size = Math.toIntExact(shape.size());
            byte[] pixels = new byte[Math.multiplyExact(files.size(), size)];
            byte[] labels = new byte[files.size()];
            IntStream.range(0, files.size())
                    .parallel()
                    .forEach(
                            i -> {
                                labels[i] = (byte) files.get(i).label();
                                copyPixels(decode(files.get(i), side), side, pixels, i * size);
                            });
            return new LabelledImages(shape, pixels, labels);
        } catch (UncheckedIOException e) {
            throw new RepositoryException(
                    String.format(
                            Locale.ROOT,
                            "%s holds a damaged image (%s); copy it again.",
                            origin,
                            e.getCause().getMessage()),
                    e);
        }
    }

    private static void copyPixels(BufferedImage image, int side, byte[] pixels, int offset) {
        int plane = side * side;
        Raster raster = image.getRaster();
        if (raster.getNumBands() == 1) {
            // getRGB would take the grey values for linear light and brighten them
            int[] greys = raster.getSamples(0, 0, side, side, 0, (int[]) null);
            for (int i = 0; i < plane; i++) {
                byte grey = (byte) greys[i];
                pixels[offset + i] = grey;
                pixels[offset + plane + i] = grey;
                pixels[offset + 2 * plane + i] = grey;
            }
            return;
        }
        int[] colours = image.getRGB(0, 0, side, side, null, 0, side);
        for (int i = 0; i < plane; i++) {
            pixels[offset + i] = (byte) (colours[i] >> 16);
            pixels[offset + plane + i] = (byte) (colours[i] >> 8);
            pixels[offset + 2 * plane + i] = (byte) colours[i];
        }
    }

    private static BufferedImage decode(JpegFile file, int side) {
        byte[] content;
        try {
            content = file.content().read();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    new IOException(file.name() + " is not a JPEG image: " + e.getMessage(), e));
        }
        try {
            JpegHeader header = JpegHeader.of(content, file.name());
            if (header.height() != side || header.width() != side) {
                throw new IOException(
                        String.format(
                                Locale.ROOT,
                                "%s is %dx%d pixels instead of %dx%d",
                                file.name(),
                                header.width(),
                                header.height(),
                                side,
                                side));
            }
            if (header.precision() != 8 || header.components() != 1 && header.components() != 3) {
                throw new IOException(
                        String.format(
                                Locale.ROOT,
                                "%s has %d components of %d bits instead of 8-bit grey values or"
                                        + " colours: convert it",
                                file.name(),
                                header.components(),
                                header.precision()));
            }
            return decode(content, file.name());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Decodes an image whose header was read. Where data are missing, the reader only warns. */
    private static BufferedImage decode(byte[] content, String name) throws IOException {
        List<String> warnings = new ArrayList<>();
        BufferedImage image;
        ImageReader reader = ImageIO.getImageReadersByFormatName("jpeg").next();
        // a stream in memory: ImageIO would put each image through a file otherwise
        try (ImageInputStream in =
                new MemoryCacheImageInputStream(new ByteArrayInputStream(content))) {
            reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
            reader.setInput(in, true, true);
            image = reader.read(0);
        } catch (IOException | RuntimeException e) {
            // the reader meets damage with whatever its tables come to
            throw new IOException(name + " is not a sound JPEG image: " + e, e);
        } finally {
            reader.dispose();
        }
        if (!warnings.isEmpty()) {
            throw new IOException(name + " is truncated or damaged: " + warnings.get(0));
        }
        return image;
    }
}
