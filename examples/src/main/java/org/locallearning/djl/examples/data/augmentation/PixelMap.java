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
package org.locallearning.djl.examples.data.augmentation;

import java.util.Arrays;
import java.util.Locale;

/**
 * Which pixel of an image each pixel of a new image shows.
 *
 * <p>Crops and flips move whole rows and columns, so a map holds, for each row of the new image, a
 * row of the old one, and the same for columns; a row or column beyond the old image's border shows
 * zeros. Maps are immutable, and their operations are in terms of the new image so far, so they
 * compose without a pixel being copied in between.
 */
public final class PixelMap {

    private static final int BEYOND = -1;

    private final int sourceHeight;
    private final int sourceWidth;
    private final int[] rows;
    private final int[] columns;

    private PixelMap(int sourceHeight, int sourceWidth, int[] rows, int[] columns) {
        this.sourceHeight = sourceHeight;
        this.sourceWidth = sourceWidth;
        this.rows = rows;
        this.columns = columns;
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
        return new PixelMap(height, width, from(0, height), from(0, width));
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
                sourceHeight, sourceWidth, window(rows, top, height), window(columns, left, width));
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
    public PixelMap centreCrop(int height, int width) {
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
        return new PixelMap(sourceHeight, sourceWidth, rows, mirrored);
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
