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
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** Decodes many JPEG files of one size. */
final class JpegImages {

    private JpegImages() {}

    /**
     * Decodes all images in parallel.
     *
     * @param files the files, in the order of the images, with class indices 0 to 255
     * @param origin the archive or folder that holds them
     * @return the images, (3, height, width); grey ones have three equal channels
     * @throws DataRepositoryException if there are no files, or one is damaged or of another size
     */
    static LabelledImages decode(List<JpegFile> files, Path origin) throws IOException {
        if (files.isEmpty()) {
            throw new DataRepositoryException(
                    String.format(
                            Locale.ROOT,
                            "%s holds no JPEG images: it is another data set; replace it.",
                            origin));
        }
        try {
            BufferedImage first = decode(files.get(0));
            Shape shape = new Shape(3, first.getHeight(), first.getWidth());
            int size = Math.toIntExact(shape.size());
            byte[] pixels = new byte[Math.multiplyExact(files.size(), size)];
            byte[] labels = new byte[files.size()];
            IntStream.range(0, files.size())
                    .parallel()
                    .forEach(
                            i -> {
                                labels[i] = (byte) files.get(i).label();
                                copyPixels(files.get(i), shape, pixels, i * size);
                            });
            return new LabelledImages(shape, pixels, labels);
        } catch (UncheckedIOException e) {
            throw new DataRepositoryException(
                    String.format(
                            Locale.ROOT,
                            "%s holds a damaged image (%s); copy it again.",
                            origin,
                            e.getCause().getMessage()),
                    e);
        }
    }

    private static void copyPixels(JpegFile file, Shape shape, byte[] pixels, int offset) {
        BufferedImage image = decode(file);
        int height = (int) shape.get(1);
        int width = (int) shape.get(2);
        if (image.getHeight() != height || image.getWidth() != width) {
            throw new UncheckedIOException(
                    new IOException(
                            String.format(
                                    Locale.ROOT,
                                    "%s is %dx%d pixels instead of %dx%d",
                                    file.name(),
                                    image.getWidth(),
                                    image.getHeight(),
                                    width,
                                    height)));
        }
        int plane = height * width;
        Raster raster = image.getRaster();
        if (raster.getNumBands() == 1) {
            // getRGB would take the grey values for linear light and brighten them
            int[] greys = raster.getSamples(0, 0, width, height, 0, (int[]) null);
            for (int i = 0; i < plane; i++) {
                byte grey = (byte) greys[i];
                pixels[offset + i] = grey;
                pixels[offset + plane + i] = grey;
                pixels[offset + 2 * plane + i] = grey;
            }
            return;
        }
        int[] colours = image.getRGB(0, 0, width, height, null, 0, width);
        for (int i = 0; i < plane; i++) {
            pixels[offset + i] = (byte) (colours[i] >> 16);
            pixels[offset + plane + i] = (byte) (colours[i] >> 8);
            pixels[offset + 2 * plane + i] = (byte) colours[i];
        }
    }

    private static BufferedImage decode(JpegFile file) {
        IOException cause = null;
        try {
            // a stream in memory: ImageIO would put each image through a file otherwise
            BufferedImage image =
                    ImageIO.read(
                            new MemoryCacheImageInputStream(
                                    new ByteArrayInputStream(file.content().read())));
            if (image != null) {
                return image;
            }
        } catch (IOException e) {
            cause = e;
        }
        throw new UncheckedIOException(
                new IOException(file.name() + " is not a JPEG image", cause));
    }
}
