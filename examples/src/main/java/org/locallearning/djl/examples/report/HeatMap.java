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
import java.util.Base64;
import javax.imageio.ImageIO;
import org.locallearning.djl.examples.results.CorrelationMap;

/** A matrix of correlations as a picture: blue for -1, white for 0, red for 1. */
final class HeatMap {

    private static final int[] NEGATIVE = {0x1f, 0x6f, 0xb4};
    private static final int[] POSITIVE = {0xc2, 0x2f, 0x2f};
    private static final int WHITE = 255;

    private HeatMap() {}

    /** Draws two matrices side by side, with what stands below them. */
    static String figure(CorrelationMap map, String caption) {
        return "<figure><figcaption>"
                + Html.escape(caption)
                + " <span>correlations of "
                + map.features()
                + " of its inputs</span></figcaption>\n<div class=\"maps\">"
                + image(map, map.before(), "before the matrix")
                + image(map, map.after(), "behind the matrix")
                + "</div></figure>\n";
    }

    private static String image(CorrelationMap map, String packed, String where) {
        return "<div><img alt=\"Correlations "
                + where
                + "\" src=\"data:image/png;base64,"
                + Base64.getEncoder()
                        .encodeToString(png(CorrelationMap.unpack(packed), map.features()))
                + "\"><span>"
                + where
                + "</span></div>";
    }

    private static byte[] png(float[] values, int size) {
        BufferedImage image = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < values.length; ++i) {
            image.setRGB(i % size, i / size, colour(values[i]));
        }
        try {
            ByteArrayOutputStream png = new ByteArrayOutputStream();
            ImageIO.write(image, "png", png);
            return png.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Mixes white with the colour of a sign. */
    static int colour(double correlation) {
        int[] end = correlation < 0 ? NEGATIVE : POSITIVE;
        double share = Math.min(1, Math.abs(correlation));
        int rgb = 0;
        for (int channel : end) {
            rgb = rgb << 8 | (int) Math.round(WHITE + share * (channel - WHITE));
        }
        return rgb;
    }
}
