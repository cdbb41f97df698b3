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
import java.util.Arrays;
import java.util.List;
import org.locallearning.djl.examples.results.CorrelationMap;

/**
 * A small picture made of numbers, one pixel each.
 *
 * @param title what it shows
 * @param remark what is written below the title
 * @param index what a row and a column of a matrix stand for, or null where rows have no numbers
 * @param width its width in pixels
 * @param rgb its pixels, row by row, 0xRRGGBB
 * @param scale what the colours stand for
 */
public record Bitmap(
        String title, String remark, String index, int width, int[] rgb, ColourScale scale)
        implements Figure {

    private static final int GAP = 1;
    private static final int GAP_COLOUR = 0x8a93a0;

    /**
     * Draws a matrix: white for 0, blue for negative and red for positive numbers, full at the
     * greatest magnitude.
     *
     * @param title what it shows
     * @param index what a row and a column stand for
     * @param values the numbers, row by row
     * @param columns the number of columns
     * @param power what magnitudes are raised to, 1 to draw them as they are, less to see small
     *     ones beside large ones
     * @return the picture
     */
    public static Bitmap matrix(
            String title, String index, double[] values, int columns, double power) {
        double greatest = greatest(values);
        int[] rgb = new int[values.length];
        for (int i = 0; i < values.length; ++i) {
            double magnitude = Math.pow(Math.abs(values[i]) / greatest, power);
            rgb[i] = Palette.signed(Math.signum(values[i]) * magnitude);
        }
        ColourScale scale =
                ColourScale.signed(
                        colour ->
                                Math.signum(colour)
                                        * greatest
                                        * Math.pow(Math.abs(colour), 1 / power),
                        -1,
                        -0.5,
                        0,
                        0.5,
                        1);
        return new Bitmap(title, "", index, columns, rgb, scale);
    }

    /** Draws the correlations of the features of a layer. */
    static Bitmap correlations(String title, String remark, CorrelationMap map, String packed) {
        float[] values = CorrelationMap.unpack(packed);
        int[] rgb = new int[values.length];
        for (int i = 0; i < values.length; ++i) {
            rgb[i] = Palette.signed(values[i]);
        }
        ColourScale scale = ColourScale.signed(value -> value, -1, 0, 1);
        return new Bitmap(title, remark, "feature", map.features(), rgb, scale);
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
        return tiles(
                title, images, perRow, (image, value) -> Palette.grey(value), ColourScale.greys());
    }

    /**
     * Draws square filters in a grid, white for 0, blue for negative and red for positive numbers,
     * full at the greatest magnitude of each filter.
     *
     * @param title what they show
     * @param filters the numbers of each, row by row
     * @param perRow the number of filters in a row of the grid
     * @return the picture
     */
    public static Bitmap filterTiles(String title, List<double[]> filters, int perRow) {
        return tiles(
                title,
                filters,
                perRow,
                (filter, value) -> Palette.signed(value / greatest(filter)),
                ColourScale.signed(value -> value, -1, 0, 1));
    }

    /**
     * Returns the same picture with a remark.
     *
     * @param text what is written below the title
     * @return the picture
     */
    public Bitmap withRemark(String text) {
        return new Bitmap(title, text, index, width, rgb, scale);
    }

    /** {@inheritDoc} */
    @Override
    public String description() {
        return remark.isEmpty() ? title : title + ": " + remark;
    }

    /** Colours a number of an image. */
    private interface Colouring {
        int rgb(double[] image, double value);
    }

    private static Bitmap tiles(
            String title,
            List<double[]> images,
            int perRow,
            Colouring colouring,
            ColourScale scale) {
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
        return new Bitmap(title, "", null, width, rgb, scale);
    }

    private static double greatest(double[] values) {
        double greatest = Arrays.stream(values).map(Math::abs).max().orElse(0);
        return greatest == 0 ? 1 : greatest;
    }

    int height() {
        return rgb.length / width;
    }

    BufferedImage image() {
        BufferedImage image = new BufferedImage(width, height(), BufferedImage.TYPE_INT_RGB);
        image.setRGB(0, 0, width, height(), rgb, 0, width);
        return image;
    }
}
