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

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class PictureTest {

    @Test
    void drawsTheMethodsInTheirColours() throws IOException {
        byte[] png;
        try {
            png = ReportPage.curves(ExampleResults.create());
        } catch (FontsMissingException e) {
            abort("This machine has no fonts.");
            return;
        }
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));

        for (int method = 0; method < 2; ++method) {
            assertNotEquals(0, count(image, Palette.colour(method).getRGB()));
        }
    }

    @Test
    void failuresOfFontsAreToldFromOthers() {
        assertTrue(
                FontsMissingException.isCauseOf(
                        new InternalError(
                                new RuntimeException(
                                        "Fontconfig head is null, check your fonts"))));
        assertTrue(
                FontsMissingException.isCauseOf(
                        new UnsatisfiedLinkError("libfreetype.so.6: cannot open shared object")));
        assertFalse(FontsMissingException.isCauseOf(new IllegalArgumentException("no data")));
    }

    private static int count(BufferedImage image, int colour) {
        int found = 0;
        for (int y = 0; y < image.getHeight(); ++y) {
            for (int x = 0; x < image.getWidth(); ++x) {
                if (image.getRGB(x, y) == colour) {
                    ++found;
                }
            }
        }
        return found;
    }
}
