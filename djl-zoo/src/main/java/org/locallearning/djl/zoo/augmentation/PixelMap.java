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
package org.locallearning.djl.zoo.augmentation;

import java.util.Arrays;
import java.util.Locale;

/**
 * Maps each pixel of a new image to a place in an old one.
 *
 * <p>Crops and flips move whole rows and columns, so a map has a row of the old image for each row
 * of the new one, and the same for columns; rows and columns beyond the border are zeros. An
 * additional displacement moves every pixel separately, with bilinear interpolation. Maps are
 * immutable and compose without copying pixels in between.
 */
public final class PixelMap {

    private static final int BEYOND = -1;

    private final int sourceHeight;
    private final int sourceWidth;
    private final int[] rows;
    private final int[] columns;

    /** What rows and columns count in, where that is not the old image itself; else null. */
    private final Displaced displaced;

    private PixelMap(
            int sourceHeight, int sourceWidth, int[] rows, int[] columns, Displaced displaced) {
        this.sourceHeight = sourceHeight;
        this.sourceWidth = sourceWidth;
        this.rows = rows;
        this.columns = columns;
        this.displaced = displaced;
    }

    /** An image in which each pixel shows another place of the image below. */
    private record Displaced(PixelMap image, float[][] down, float[][] right) {

        float pixel(byte[] source, int plane, int row, int column) {
            float y = row + down[row][column];
            float x = column + right[row][column];
            int top = (int) Math.floor(y);
            int left = (int) Math.floor(x);
            float lower = y - top;
            float righter = x - left;
            float above =
                    (1 - righter) * image.pixelOrZero(source, plane, top, left)
                            + righter * image.pixelOrZero(source, plane, top, left + 1);
            float below =
                    (1 - righter) * image.pixelOrZero(source, plane, top + 1, left)
                            + righter * image.pixelOrZero(source, plane, top + 1, left + 1);
            return (1 - lower) * above + lower * below;
        }
    }

    /**
     * Creates the map that shows an image as it is.
     *
     * @param height the image's height in pixels
     * @param width the image's width in pixels
     * @return the map
     * @throws IllegalArgumentException if a side is not positive
     */
    public static PixelMap identity(int height, int width) {
        checkSides(height, width);
        return new PixelMap(height, width, from(0, height), from(0, width), null);
    }

    /**
     * Returns the height of the new image.
     *
     * @return the height in pixels
     */
    public int getHeight() {
        return rows.length;
    }

    /**
     * Returns the width of the new image.
     *
     * @return the width in pixels
     */
    public int getWidth() {
        return columns.length;
    }

    /**
     * Cuts a window out of the image. Where the window reaches beyond the border, it shows zeros.
     *
     * @param top the window's first row; negative for rows above the image
     * @param left the window's first column; negative for columns left of the image
     * @param height the window's height in pixels
     * @param width the window's width in pixels
     * @return the map of the window
     * @throws IllegalArgumentException if a side is not positive
     */
    public PixelMap crop(int top, int left, int height, int width) {
        checkSides(height, width);
        return new PixelMap(
                sourceHeight,
                sourceWidth,
                window(rows, top, height),
                window(columns, left, width),
                displaced);
    }

    /**
     * Cuts the centre out of the image; of an odd number of pixels left over, the one more is below
     * and to the right.
     *
     * @param height the centre's height in pixels
     * @param width the centre's width in pixels
     * @return the map of the centre
     * @throws IllegalArgumentException if a side is not positive, or longer than the image's
     */
    public PixelMap centerCrop(int height, int width) {
        if (height > rows.length || width > columns.length) {
            throw tooSmall(height, width, 0);
        }
        return crop((rows.length - height) / 2, (columns.length - width) / 2, height, width);
    }

    /**
     * Mirrors the image, left to right.
     *
     * @return the map of the mirror image
     */
    public PixelMap flipHorizontally() {
        int[] mirrored = new int[columns.length];
        for (int i = 0; i < mirrored.length; i++) {
            mirrored[i] = columns[columns.length - 1 - i];
        }
        return new PixelMap(sourceHeight, sourceWidth, rows, mirrored, displaced);
    }

    /**
     * Moves every pixel by itself: pixel (i, j) of the new image shows the place (i + down, j +
     * right) of the image so far, interpolated between the four pixels around it.
     *
     * @param down how far down the place of each pixel lies, (height, width), in pixels
     * @param right how far to the right it lies
     * @return the map of the displaced image, of the same size
     * @throws IllegalArgumentException if the displacements are not of the image's size
     */
    public PixelMap displace(float[][] down, float[][] right) {
        checkDisplacement(down);
        checkDisplacement(right);
        return new PixelMap(
                sourceHeight,
                sourceWidth,
                from(0, rows.length),
                from(0, columns.length),
                new Displaced(this, down, right));
    }

    private void checkDisplacement(float[][] displacement) {
        if (displacement.length != rows.length || displacement[0].length != columns.length) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "A displacement has one number for each of %dx%d pixels, not %dx%d.",
                            rows.length,
                            columns.length,
                            displacement.length,
                            displacement[0].length));
        }
    }

    private float pixelOrZero(byte[] source, int plane, int row, int column) {
        if (row < 0 || row >= rows.length || column < 0 || column >= columns.length) {
            return 0;
        }
        int sourceRow = rows[row];
        int sourceColumn = columns[column];
        if (sourceRow == BEYOND || sourceColumn == BEYOND) {
            return 0;
        }
        return displaced == null
                ? source[plane + sourceRow * sourceWidth + sourceColumn] & 0xff
                : displaced.pixel(source, plane, sourceRow, sourceColumn);
    }

    /**
     * Makes the new image.
     *
     * @param source an array that holds the old image, (channels, height, width) in row-major order
     * @param from the index of the old image's first pixel
     * @param channels the number of channels
     * @param target the array to hold the new image
     * @param to the index of the new image's first pixel
     */
    public void copy(byte[] source, int from, int channels, byte[] target, int to) {
        int at = to;
        for (int channel = 0; channel < channels; channel++) {
            int plane = from + channel * sourceHeight * sourceWidth;
            if (displaced != null) {
                for (int row = 0; row < rows.length; row++) {
                    for (int column = 0; column < columns.length; column++) {
                        target[at++] = (byte) Math.round(pixelOrZero(source, plane, row, column));
                    }
                }
                continue;
            }
            for (int row : rows) {
                if (row == BEYOND) {
                    Arrays.fill(target, at, at + columns.length, (byte) 0);
                    at += columns.length;
                    continue;
                }
                int line = plane + row * sourceWidth;
                for (int column : columns) {
                    target[at++] = column == BEYOND ? 0 : source[line + column];
                }
            }
        }
    }

    /** Describes that a window is larger than the image with a padding around it. */
    IllegalArgumentException tooSmall(int height, int width, int padding) {
        return new IllegalArgumentException(
                String.format(
                        Locale.ROOT,
                        "A window of %dx%d pixels does not fit into an image of %dx%d pixels%s:"
                                + " choose a smaller window.",
                        height,
                        width,
                        rows.length,
                        columns.length,
                        padding == 0 ? "" : " with " + padding + " more on each side"));
    }

    private static int[] from(int first, int count) {
        int[] indices = new int[count];
        Arrays.setAll(indices, i -> first + i);
        return indices;
    }

    private static int[] window(int[] indices, int first, int count) {
        int[] window = new int[count];
        for (int i = 0; i < count; i++) {
            int at = first + i;
            window[i] = at < 0 || at >= indices.length ? BEYOND : indices[at];
        }
        return window;
    }

    private static void checkSides(int height, int width) {
        if (height < 1 || width < 1) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "An image has at least 1x1 pixels, not %dx%d.",
                            height,
                            width));
        }
    }
}
