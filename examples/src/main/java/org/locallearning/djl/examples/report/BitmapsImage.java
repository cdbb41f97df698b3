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

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.List;

/** Small pictures with their titles, side by side in one PNG picture. */
public final class BitmapsImage {

    private static final int SIDE = 520;
    private static final int MARGIN = 24;
    private static final int TITLE = 36;

    private BitmapsImage() {}

    /**
     * Draws pictures side by side, each enlarged to the same width.
     *
     * @param bitmaps the pictures
     * @return the content of a PNG file
     * @throws FontsMissingException if this Java has no fonts to write with
     * @throws IOException if the picture cannot be encoded
     */
    public static byte[] png(List<Bitmap> bitmaps) throws IOException, FontsMissingException {
        return ChartsImage.withFonts(() -> draw(bitmaps));
    }

    private static BufferedImage draw(List<Bitmap> bitmaps) {
        int tallest = bitmaps.stream().mapToInt(BitmapsImage::height).max().orElse(SIDE);
        BufferedImage image =
                new BufferedImage(
                        bitmaps.size() * (SIDE + MARGIN) + MARGIN,
                        tallest + TITLE + MARGIN,
                        BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
        graphics.setRenderingHint(
                RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 16));
        int left = MARGIN;
        for (Bitmap bitmap : bitmaps) {
            graphics.setColor(Color.DARK_GRAY);
            graphics.drawString(bitmap.title(), left, TITLE - 10);
            graphics.setRenderingHint(
                    RenderingHints.KEY_INTERPOLATION,
                    bitmap.width() < SIDE
                            ? RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR
                            : RenderingHints.VALUE_INTERPOLATION_BICUBIC);
            graphics.drawImage(bitmap.image(), left, TITLE, SIDE, height(bitmap), null);
            left += SIDE + MARGIN;
        }
        graphics.dispose();
        return image;
    }

    private static int height(Bitmap bitmap) {
        return Math.round((float) SIDE * bitmap.height() / bitmap.width());
    }
}
