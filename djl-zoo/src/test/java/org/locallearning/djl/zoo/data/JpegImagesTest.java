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

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.locallearning.djl.zoo.repository.RepositoryException;

class JpegImagesTest {

    private static final int RED = 200;
    private static final int GREEN = 120;
    private static final int BLUE = 40;

    /** What JPEG may change of a single colour. */
    private static final int TOLERANCE = 3;

    @Test
    void decodesColoursHoweverTheyAreCoded() throws Exception {
        assertColour(decode(jpeg(64)), RED, GREEN, BLUE);
        assertColour(decode(rgbJpeg(colours())), RED, GREEN, BLUE);
        BufferedImage grey = new BufferedImage(64, 64, BufferedImage.TYPE_BYTE_GRAY);
        fill(grey.getRaster(), 90);
        assertColour(decode(encode(grey, "jpg")), 90, 90, 90);
        BufferedImage greyAsRgb = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
        fill(greyAsRgb.getRaster(), 90, 90, 90);
        assertColour(decode(encode(greyAsRgb, "jpg")), 90, 90, 90);
    }

    @Test
    void refusesATruncatedImage() throws Exception {
        byte[] sound = noise();
        for (int eighth = 1; eighth < 8; eighth++) {
            byte[] cut = Arrays.copyOf(sound, sound.length * eighth / 8);
            assertRefused(cut, "frog/1.jpg is ");
        }
        for (int missing : new int[] {1, 2, 3, 20}) {
            assertRefused(
                    Arrays.copyOf(sound, sound.length - missing),
                    "frog/1.jpg is truncated or damaged: ");
        }
    }

    @Test
    void refusesInks() throws Exception {
        WritableRaster inks = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 64, 64, 4, null);
        fill(inks, 10, 20, 30, 40);
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(null, new IIOImage(inks, null, null), null);
        } finally {
            writer.dispose();
        }
        assertRefused(bytes.toByteArray(), "frog/1.jpg has 4 components of 8 bits");
    }

    @ParameterizedTest
    @ValueSource(strings = {"palette", "alpha", "16-bit", "16-bit grey"})
    void refusesPngUnderAJpegName(String kind) throws Exception {
        BufferedImage image =
                switch (kind) {
                    case "palette" -> new BufferedImage(64, 64, BufferedImage.TYPE_BYTE_INDEXED);
                    case "alpha" -> new BufferedImage(64, 64, BufferedImage.TYPE_INT_ARGB);
                    case "16-bit" -> sixteenBits();
                    default -> new BufferedImage(64, 64, BufferedImage.TYPE_USHORT_GRAY);
                };
        assertRefused(
                encode(image, "png"), "frog/1.jpg is not a JPEG image but a PNG image: convert it");
    }

    @Test
    void refusesOtherFilesUnderAJpegName() throws Exception {
        assertRefused(encode(colours(), "gif"), "is not a JPEG image but a GIF image: convert it");
        assertRefused(encode(colours(), "bmp"), "frog/1.jpg is not a JPEG image");
        assertRefused(new byte[0], "frog/1.jpg is not a JPEG image");
        assertRefused(new byte[100], "frog/1.jpg is not a JPEG image");
    }

    @Test
    void readsNoFileThatMacOsOrWindowsAdds() {
        for (String name : List.of("._1.jpg", ".DS_Store", "Thumbs.db", ".1.jpg", "1.jpg.txt")) {
            assertEquals(false, JpegFile.isNamed(name), name);
        }
        for (String name : List.of("1.jpg", "n01_2.JPEG", "a.b.Jpeg")) {
            assertEquals(true, JpegFile.isNamed(name), name);
        }
    }

    /** Encodes a square of one colour. */
    static byte[] jpeg(int side) throws IOException {
        BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
        fill(image.getRaster(), RED, GREEN, BLUE);
        return encode(image, "jpg");
    }

    /** Changes what the header says of an image's size. */
    static byte[] withSize(byte[] jpeg, int height, int width) {
        byte[] changed = jpeg.clone();
        for (int at = 0; at < jpeg.length - 9; at++) {
            if (jpeg[at] == (byte) 0xff && jpeg[at + 1] == (byte) 0xc0) {
                changed[at + 5] = (byte) (height >> 8);
                changed[at + 6] = (byte) height;
                changed[at + 7] = (byte) (width >> 8);
                changed[at + 8] = (byte) width;
                return changed;
            }
        }
        throw new IllegalArgumentException("no baseline frame");
    }

    private static BufferedImage colours() {
        BufferedImage image = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
        fill(image.getRaster(), RED, GREEN, BLUE);
        return image;
    }

    private static byte[] noise() throws IOException {
        BufferedImage image = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 64 * 64; i++) {
            image.setRGB(i % 64, i / 64, i * 2_654_435_7 & 0xffffff);
        }
        return encode(image, "jpg");
    }

    private static BufferedImage sixteenBits() {
        ComponentColorModel model =
                new ComponentColorModel(
                        ColorSpace.getInstance(ColorSpace.CS_sRGB),
                        false,
                        false,
                        Transparency.OPAQUE,
                        DataBuffer.TYPE_USHORT);
        return new BufferedImage(model, model.createCompatibleWritableRaster(64, 64), false, null);
    }

    /** Encodes red, green and blue as they are, which a marker of Adobe's tells. */
    private static byte[] rgbJpeg(BufferedImage image) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            IIOMetadata metadata =
                    writer.getDefaultImageMetadata(
                            ImageTypeSpecifier.createFromRenderedImage(image), null);
            String format = "javax_imageio_jpeg_image_1.0";
            IIOMetadataNode root = (IIOMetadataNode) metadata.getAsTree(format);
            IIOMetadataNode variety = (IIOMetadataNode) root.getFirstChild();
            while (variety.hasChildNodes()) {
                variety.removeChild(variety.getFirstChild());
            }
            IIOMetadataNode adobe = new IIOMetadataNode("app14Adobe");
            adobe.setAttribute("version", "100");
            adobe.setAttribute("flags0", "0");
            adobe.setAttribute("flags1", "0");
            adobe.setAttribute("transform", "0");
            root.getLastChild().insertBefore(adobe, root.getLastChild().getFirstChild());
            metadata.setFromTree(format, root);
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, metadata), null);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    private static void fill(WritableRaster raster, int... sample) {
        for (int i = 0; i < 64 * 64; i++) {
            raster.setPixel(i % 64, i / 64, sample);
        }
    }

    private static byte[] encode(BufferedImage image, String format) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        assertTrue(ImageIO.write(image, format, bytes));
        return bytes.toByteArray();
    }

    private static LabelledImages decode(byte[] content) throws IOException {
        return JpegImages.decode(
                List.of(new JpegFile("frog/1.jpg", 6, () -> content)), 64, Path.of("archive"));
    }

    private static void assertColour(LabelledImages image, int... colour) {
        assertArrayEquals(new byte[] {6}, image.labels());
        for (int i = 0; i < image.pixels().length; i++) {
            assertEquals(colour[i / 4096], image.pixels()[i] & 0xff, TOLERANCE);
        }
    }

    private static void assertRefused(byte[] content, String part) {
        String message =
                assertThrows(RepositoryException.class, () -> decode(content)).getMessage();
        assertTrue(message.startsWith("archive holds a damaged image ("), message);
        assertTrue(message.contains(part), message);
    }
}
