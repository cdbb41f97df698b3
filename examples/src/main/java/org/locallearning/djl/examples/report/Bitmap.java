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
package org.locallearning.djl.examples.report;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;

/**
 * A small picture made of numbers, one pixel each.
 *
 * @param title what it shows
 * @param width its width in pixels
 * @param rgb its pixels, row by row, 0xRRGGBB
 */
public record Bitmap(String title, int width, int[] rgb) {

    private static final int GAP = 1;
    private static final int GAP_COLOUR = 0x8a93a0;

    /**
     * Draws a matrix: white for 0, blue for negative and red for positive numbers, full at the
     * greatest magnitude.
     *
     * @param title what it shows
     * @param values the numbers, row by row
     * @param columns the number of columns
     * @param power what magnitudes are raised to, 1 to draw them as they are, less to see small
     *     ones beside large ones
     * @return the picture
     */
    public static Bitmap matrix(String title, double[] values, int columns, double power) {
        double greatest = greatest(values);
        int[] rgb = new int[values.length];
        for (int i = 0; i < values.length; ++i) {
            rgb[i] = signed(values[i] / greatest, power);
        }
        return new Bitmap(title, columns, rgb);
    }

    /**
     * Draws square images in a grid: in grey from 0, black, to 1, white.
     *
     * @param title what they show
     * @param images the pixels of each, row by row
     * @param perRow the number of images in a row of the grid
     * @return the picture
     */
    public static Bitmap greyTiles(String title, List<double[]> images, int perRow) {
        return tiles(title, images, perRow, (image, value) -> grey(value));
    }

    /**
     * Draws square filters in a grid, each as {@link #matrix} at its own greatest magnitude.
     *
     * @param title what they show
     * @param filters the numbers of each, row by row
     * @param perRow the number of filters in a row of the grid
     * @return the picture
     */
    public static Bitmap filterTiles(String title, List<double[]> filters, int perRow) {
        return tiles(
                title, filters, perRow, (filter, value) -> signed(value / greatest(filter), 1));
    }

    /** Colours a number of an image. */
    private interface Colouring {
        int rgb(double[] image, double value);
    }

    private static Bitmap tiles(
            String title, List<double[]> images, int perRow, Colouring colouring) {
        int side = (int) Math.round(Math.sqrt(images.get(0).length));
        int rows = (images.size() + perRow - 1) / perRow;
        int width = perRow * (side + GAP) + GAP;
        int height = rows * (side + GAP) + GAP;
        int[] rgb = new int[width * height];
        Arrays.fill(rgb, GAP_COLOUR);
        for (int i = 0; i < images.size(); ++i) {
            int left = GAP + i % perRow * (side + GAP);
            int top = GAP + i / perRow * (side + GAP);
            double[] image = images.get(i);
            for (int p = 0; p < image.length; ++p) {
                rgb[(top + p / side) * width + left + p % side] = colouring.rgb(image, image[p]);
            }
        }
        return new Bitmap(title, width, rgb);
    }

    private static double greatest(double[] values) {
        double greatest = Arrays.stream(values).map(Math::abs).max().orElse(0);
        return greatest == 0 ? 1 : greatest;
    }

    private static int signed(double value, double power) {
        return HeatMap.colour(Math.signum(value) * Math.pow(Math.abs(value), power));
    }

    private static int grey(double value) {
        int level = (int) Math.round(255 * Math.max(0, Math.min(1, value)));
        return level << 16 | level << 8 | level;
    }

    int height() {
        return rgb.length / width;
    }

    BufferedImage image() {
        BufferedImage image = new BufferedImage(width, height(), BufferedImage.TYPE_INT_RGB);
        image.setRGB(0, 0, width, height(), rgb, 0, width);
        return image;
    }

    byte[] png() {
        try {
            ByteArrayOutputStream png = new ByteArrayOutputStream();
            ImageIO.write(image(), "png", png);
            return png.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
