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
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.locallearning.djl.zoo.data.PublishedDataSetTest.assertRefused;

import ai.djl.ndarray.types.Shape;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three classes with images of one colour each: the red channel of training image i of class c is
 * 40c + 10i, that of validation image i is 200 - 10i; validation image 1 is grey.
 */
class TinyImageNetTest {

    private static final List<String> IDS = List.of("n01443537", "n02124075", "n04596742");
    private static final int TRAINING_OF_A_CLASS = 3;

    @TempDir private Path temp;

    @Test
    void readsTheUnpackedFolder() throws Exception {
        unpack(published(), temp.resolve("tiny-imagenet-200"));
        assertRead(temp, "tiny-imagenet-200");
        assertRead(temp.resolve("tiny-imagenet-200"), "tiny-imagenet-200");
    }

    @Test
    void seesThatImagesBehindALinkHaveChanged() throws Exception {
        Path real = temp.resolve("elsewhere");
        Path linked = Files.createDirectories(temp.resolve("tiny-imagenet-200"));
        unpack(published(), real);
        for (String name : List.of("train", "val")) {
            Files.createSymbolicLink(linked.resolve(name), real.resolve(name));
        }
        Files.copy(real.resolve("wnids.txt"), linked.resolve("wnids.txt"));
        Files.copy(real.resolve("words.txt"), linked.resolve("words.txt"));
        String before = digest(linked);
        try (Stream<Path> files = Files.walk(real.resolve("train"))) {
            for (Path image : files.filter(f -> f.toString().endsWith(".JPEG")).toList()) {
                Files.write(image, jpeg(64, 255, 255, 255));
                Files.setLastModifiedTime(image, FileTime.fromMillis(1_000_000));
            }
        }
        assertNotEquals(before, digest(linked));
    }

    private static String digest(Path root) throws Exception {
        DataOptions options = DataOptions.builder().optRepository(root).build();
        try (ImageData data = DataSets.load("tiny-imagenet", options)) {
            return data.describe().sha256();
        }
    }

    @Test
    void readsThePublishedArchive() throws Exception {
        Path zip = temp.resolve("tiny-imagenet-200.zip");
        Files.write(zip, zip("tiny-imagenet-200/", published()));
        assertRead(temp, "tiny-imagenet-200.zip");
        assertRead(zip, "tiny-imagenet-200.zip");
        Path rootless = temp.resolve("other name");
        Files.write(rootless, zip("", published()));
        assertRead(rootless, "other name");
    }

    @Test
    void readsValidationImagesInFoldersOfClasses() throws Exception {
        for (String images : List.of("images/", "")) {
            Map<String, byte[]> sorted = new LinkedHashMap<>();
            for (Map.Entry<String, byte[]> file : published().entrySet()) {
                String name = file.getKey().substring(file.getKey().lastIndexOf('/') + 1);
                if (!file.getKey().startsWith("val/")) {
                    sorted.put(file.getKey(), file.getValue());
                } else if (name.endsWith(".JPEG")) {
                    int number = Integer.parseInt(name.replaceAll("\\D", ""));
                    String folder = "val/" + IDS.get(classOfValidation(number)) + '/' + images;
                    sorted.put(folder + name, file.getValue());
                    sorted.put(folder + "._" + name, bytes("what macOS knows of it"));
                    sorted.put(folder + "Thumbs.db", bytes("what Windows shows of it"));
                }
            }
            Path root = temp.resolve("sorted" + images.length());
            unpack(sorted, root);
            assertRead(root, "val");
            sorted.keySet().removeIf(name -> name.startsWith("val/" + IDS.get(1)));
            Path incomplete = temp.resolve("incomplete" + images.length());
            unpack(sorted, incomplete);
            assertRefused(
                    "tiny-imagenet", options(incomplete), "no images of the class " + IDS.get(1));
        }
    }

    @Test
    void namesInItsListsLeadNowhereElse() throws Exception {
        Files.write(temp.resolve("secret.JPEG"), jpeg(64, 1, 2, 3));
        for (String name : List.of("../../../secret.JPEG", temp + "/secret.JPEG", "a\0b.JPEG")) {
            Map<String, byte[]> files = published();
            files.put("val/val_annotations.txt", bytes(name + "\t" + IDS.get(0) + "\n"));
            Path root = temp.resolve("root");
            unpack(files, root);
            assertRefused("tiny-imagenet", options(root), "instead of a file name and the id");
            files.put("wnids.txt", bytes(name + "\n"));
            unpack(files, root);
            assertRefused("tiny-imagenet", options(root), "instead of the id of a class");
        }
    }

    @Test
    void readsAnArtifact() throws Exception {
        Map<String, byte[]> training = new LinkedHashMap<>();
        Map<String, byte[]> validation = new LinkedHashMap<>();
        for (Map.Entry<String, byte[]> file : published().entrySet()) {
            String[] path = file.getKey().split("/");
            if (path[0].equals("train") && path[path.length - 1].endsWith(".JPEG")) {
                training.put(path[1] + '/' + path[3], file.getValue());
            } else if (path[0].equals("val") && path[path.length - 1].endsWith(".JPEG")) {
                int number = Integer.parseInt(path[2].replaceAll("\\D", ""));
                validation.put(IDS.get(classOfValidation(number)) + '/' + path[2], file.getValue());
            }
        }
        Path root =
                new RepositoryOnDisk(temp)
                        .file("train", RepositoryOnDisk.tarGz(training))
                        .file("test", RepositoryOnDisk.tarGz(validation))
                        .file(
                                "classes",
                                bytes(
                                        "0\tn01443537\tgoldfish, Carassius auratus\n"
                                                + "1\tn02124075\tEgyptian cat\n"
                                                + "2\tn04596742\twok\n"))
                        .write("tiny-imagenet");
        assertRead(root, "ai.djl.basicdataset:tiny-imagenet:1.0");
    }

    @Test
    void theFirstTrainingImagesAreOfAllClasses() throws Exception {
        unpack(published(), temp);
        DataOptions options = options(temp).optLimit(3).build();
        try (ImageData data = DataSets.load("tiny-imagenet", options)) {
            long[] labels = Batches.labels(data.training(3));
            Arrays.sort(labels);
            assertArrayEquals(new long[] {0, 1, 2}, labels);
        }
    }

    @Test
    void filesThatChangeInTheirPlaceAreReadAnew() throws Exception {
        unpack(published(), temp);
        assertRead(temp, "");
        Map<String, byte[]> changed = published();
        changed.put("val/images/val_0.JPEG", jpeg(64, 0, 0, 0));
        unpack(changed, temp);
        try (ImageData data = load(temp)) {
            assertEquals(0, Batches.pixels(data.test(9))[0] & 0xff, 3);
        }
    }

    @Test
    void refusesAnIncompleteFolder() throws Exception {
        Map<String, byte[]> files = published();
        files.keySet().removeIf(name -> name.startsWith("train/n02124075"));
        unpack(files, temp);
        assertRefused(
                "tiny-imagenet",
                options(temp),
                temp.toRealPath() + " holds no images of the class n02124075: there is no ",
                "copy it again.");
        unpack(published(), temp);
        Files.delete(temp.resolve("val/val_annotations.txt"));
        assertRefused("tiny-imagenet", options(temp), "val_annotations.txt can't be read");
        unpack(published(), temp);
        Files.delete(temp.resolve("val/images/val_2.JPEG"));
        assertRefused("tiny-imagenet", options(temp), "val_2.JPEG is not a JPEG image");
    }

    @Test
    void refusesDamagedFiles() throws Exception {
        assertChangeRefused(
                "val/val_annotations.txt",
                bytes("val_0.JPEG\tn00000001\t0\t0\t9\t9\n"),
                "has the line \"val_0.JPEG\tn00000001\t0\t0\t9\t9\" instead of a file name");
        assertChangeRefused("wnids.txt", bytes("\n"), "wnids.txt lists 0 classes instead of 200");
        assertChangeRefused("wnids.txt", new byte[] {(byte) 0xff}, "wnids.txt can't be read");
        assertChangeRefused(
                "val/images/val_2.JPEG", bytes("no image"), "val_2.JPEG is not a JPEG image");
        assertChangeRefused(
                "train/n04596742/images/n04596742_1.JPEG",
                jpeg(32, 1, 2, 3),
                "n04596742_1.JPEG is 32x32 pixels instead of 64x64");
    }

    @Test
    void refusesADamagedArchive() throws Exception {
        Path zip = temp.resolve("tiny-imagenet-200.zip");
        byte[] sound = zip("tiny-imagenet-200/", published());
        Files.write(zip, Arrays.copyOf(sound, sound.length / 2));
        assertRefused("tiny-imagenet", options(temp), zip + " can't be unpacked", "copy it again");
        Path other = temp.resolve("renamed");
        Files.write(other, Arrays.copyOf(sound, sound.length / 2));
        assertRefused("tiny-imagenet", options(other), other + " can't be unpacked");
        Map<String, byte[]> incomplete = published();
        incomplete.keySet().removeIf(name -> name.startsWith("train/n02124075"));
        Files.write(zip, zip("tiny-imagenet-200/", incomplete));
        assertRefused(
                "tiny-imagenet", options(temp), zip + " holds no images of the class n02124075");
        Files.write(zip, zip("imagenet/", published()));
        assertRefused(
                "tiny-imagenet",
                options(temp),
                zip + " holds no tiny-imagenet-200/wnids.txt",
                "get tiny-imagenet-200.zip from");
    }

    private void assertChangeRefused(String name, byte[] content, String part) throws Exception {
        Map<String, byte[]> files = published();
        files.put(name, content);
        unpack(files, temp);
        assertRefused("tiny-imagenet", options(temp), part);
    }

    private static void assertRead(Path root, String source) throws Exception {
        try (ImageData data = load(root)) {
            assertEquals("Tiny ImageNet", data.getTitle());
            assertTrue(data.getProvenance().contains(source), data.getProvenance());
            assertEquals(new Shape(3, 56, 56), data.getSampleShape());
            assertEquals(
                    List.of("goldfish, Carassius auratus", "Egyptian cat", "wok"),
                    data.getClasses());
            assertEquals(9, data.getTrainingSize());
            for (Batches.Content image : Batches.of(data.training(1))) {
                int label = (int) image.labels()[0];
                double red = 255 * image.values()[0];
                // one of the images of that class, with what JPEG may change of a single colour
                long number = Math.round((red - 40 * label) / 10);
                assertTrue(number >= 0 && number < TRAINING_OF_A_CLASS);
                assertColour(image.values(), 40 * label + 10 * (int) number, 100, 50);
            }
            List<Batches.Content> test = Batches.of(data.test(1));
            assertEquals(4, test.size());
            for (int i = 0; i < test.size(); i++) {
                assertEquals(classOfValidation(i), test.get(i).labels()[0]);
                int red = 200 - 10 * i;
                assertColour(test.get(i).values(), red, i == 1 ? red : 20, i == 1 ? red : 10 * i);
            }
        }
    }

    private static void assertColour(float[] values, int... colour) {
        int plane = 56 * 56;
        assertEquals(3 * plane, values.length);
        for (int i = 0; i < values.length; i++) {
            assertEquals(colour[i / plane], 255 * values[i], 3);
        }
    }

    private static int classOfValidation(int number) {
        return (2 * number + 1) % 3;
    }

    /** The published files by their place in the folder. */
    private static Map<String, byte[]> published() throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        // not sorted, as in the published file
        files.put("wnids.txt", bytes("n02124075\nn04596742\nn01443537\n"));
        files.put(
                "words.txt",
                bytes(
                        "n00001740\tentity\nn02124075\tEgyptian cat\n"
                                + "n01443537\tgoldfish, Carassius auratus\nn04596742\twok\n"));
        for (int label = 0; label < IDS.size(); label++) {
            String folder = "train/" + IDS.get(label) + '/';
            files.put(folder + IDS.get(label) + "_boxes.txt", bytes("some boxes\n"));
            files.put(folder + "images/.DS_Store", bytes("no image"));
            for (int i = 0; i < TRAINING_OF_A_CLASS; i++) {
                files.put(
                        folder + "images/" + IDS.get(label) + '_' + i + ".JPEG",
                        jpeg(64, 40 * label + 10 * i, 100, 50));
            }
        }
        StringBuilder annotations = new StringBuilder();
        for (int i = 0; i < 4; i++) {
            annotations.append("val_" + i + ".JPEG\t" + IDS.get(classOfValidation(i)));
            annotations.append("\t0\t32\t44\t62\n");
            int red = 200 - 10 * i;
            files.put(
                    "val/images/val_" + i + ".JPEG",
                    i == 1 ? greyJpeg(64, red) : jpeg(64, red, 20, 10 * i));
        }
        files.put("val/val_annotations.txt", bytes(annotations.toString()));
        files.put("test/images/test_0.JPEG", jpeg(64, 1, 2, 3));
        return files;
    }

    private static byte[] jpeg(int side, int red, int green, int blue) throws IOException {
        BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < side * side; i++) {
            image.setRGB(i % side, i / side, red << 16 | green << 8 | blue);
        }
        return encode(image);
    }

    private static byte[] greyJpeg(int side, int grey) throws IOException {
        BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 0; i < side * side; i++) {
            image.getRaster().setSample(i % side, i / side, 0, grey);
        }
        return encode(image);
    }

    private static byte[] encode(BufferedImage image) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "jpg", bytes);
        return bytes.toByteArray();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void unpack(Map<String, byte[]> files, Path folder) throws IOException {
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Path path = folder.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.write(path, file.getValue());
        }
    }

    private static byte[] zip(String prefix, Map<String, byte[]> files) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                zip.putNextEntry(new ZipEntry(prefix + file.getKey()));
                zip.write(file.getValue());
                zip.closeEntry();
            }
        }
        return bytes.toByteArray();
    }

    private static ImageData load(Path root) throws Exception {
        return DataSets.load("tiny-imagenet", options(root).optStandardize(false).build());
    }

    private static DataOptions.Builder options(Path root) {
        return DataOptions.builder().optRepository(root);
    }
}
