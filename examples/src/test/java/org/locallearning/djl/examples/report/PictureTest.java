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

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PictureTest {

    @Test
    void drawsTheMethodsInTheirColours() throws IOException {
        byte[] png;
        try {
            png = ReportPage.curves(List.of(ExampleResults.create()));
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
    void needsNoTemporaryFiles(@TempDir Path folder) throws IOException {
        Path missing = Files.createDirectory(folder.resolve("cache"));
        ImageIO.setUseCache(true);
        ImageIO.setCacheDirectory(missing.toFile());
        try {
            Files.delete(missing);
            byte[] png = Png.encode(new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB));
            assertEquals(
                    3,
                    ImageIO.read(new MemoryCacheImageInputStream(new ByteArrayInputStream(png)))
                            .getWidth());
            Bitmap bitmap = Bitmap.greyTiles("tiles", List.of(new double[] {0, 1, 1, 0}), 1);
            byte[] picture = Picture.png(List.of(new Panels("", 0, List.of(bitmap))));
            BufferedImage image =
                    ImageIO.read(
                            new MemoryCacheImageInputStream(new ByteArrayInputStream(picture)));
            // the white pixels of the tile are there
            assertTrue(count(image, 0xff8a93a0) > 1000, "gaps of the grid");
            assertTrue(count(image, 0xff000000) > 1000, "black pixels");
        } catch (FontsMissingException e) {
            abort("This machine has no fonts.");
        } finally {
            ImageIO.setCacheDirectory(null);
        }
    }

    @Test
    void holdsAsManyPointsAsThereAre() throws IOException {
        List<double[]> points =
                IntStream.range(0, 5000)
                        .mapToObj(i -> new double[] {i % 100, Math.floorDiv(i, 100)})
                        .toList();
        Diagram.Layer layer = Diagram.Layer.points("all", 0, points);
        Diagram diagram = new Diagram("points", "", "", List.of(layer));
        try {
            byte[] picture = Picture.png(List.of(new Panels("", 0, List.of(diagram))));
            BufferedImage image = ImageIO.read(new ByteArrayInputStream(picture));
            assertTrue(count(image, Palette.colour(0).getRGB()) > 5000, "points");
        } catch (FontsMissingException e) {
            abort("This machine has no fonts.");
        }
    }

    @Test
    void overviewFitsLightAndDarkPages() {
        String svg = ReportPage.overview(ExampleResults.create(), List.of("bp", "fa"));

        assertTrue(svg.startsWith("<svg xmlns=\"http://www.w3.org/2000/svg\""));
        assertTrue(svg.contains("prefers-color-scheme: dark"));
        assertTrue(svg.contains(">Test accuracy<") && svg.contains(">Angle to backpropagation<"));
        // 89, 90 and 61, 62 degrees in the hidden layer of the two seeds
        assertTrue(svg.contains("epoch 0: 89.5° (89.0° to 90.0°)"), svg);
        assertTrue(svg.contains("epoch 1: 61.5° (61.0° to 62.0°)"), svg);
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
