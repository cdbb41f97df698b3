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
package org.locallearning.djl.examples.hostile;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.locallearning.djl.decorrelation.internal.FolderDeletion;
import org.locallearning.djl.zoo.repository.RepositoryException;

/**
 * Folders of data that somebody else has made: names that lead elsewhere, archives that unpack to
 * more than a machine holds, images that are no such images. Each has to be refused in one
 * sentence. A new one is a line in a list.
 */
final class Corruptions implements Trials {

    private static final List<String> ADDRESSES =
            List.of(
                    "../../../../../../secret",
                    "1.0/../../secret",
                    "%2e%2e/secret",
                    "1.0/%2e%2e%2fsecret",
                    "1.0/..%5csecret",
                    "..\\\\secret",
                    "/etc/passwd",
                    "//localhost/share",
                    "file:/etc/passwd",
                    "file:///etc/passwd",
                    "http://localhost:9/data",
                    "https://localhost:9/data",
                    "jar:file:/x.jar!/y",
                    "C:/data",
                    "1.0/data%00",
                    "1.0/data?x",
                    "1.0/data#x",
                    "1.0//data",
                    "1.0/my data",
                    " 1.0/data",
                    "1.0/data\\u0000",
                    "1.0/data\\n",
                    "1.0",
                    "1.0/link-out",
                    "1.0/no-such-file",
                    "..",
                    ".",
                    "");

    private static final List<String> NAMES =
            List.of(
                    "../secret",
                    "..",
                    ".",
                    "/tmp/secret",
                    "a/b",
                    "a\\\\b",
                    "C:x",
                    "x\\u0000",
                    " x");

    private static final List<String> OTHER_JSON =
            List.of("", "{", "null", "[]", "3", "{}", "[[[[", "\\u0000");

    private static final String METADATA = "dataset/cv/ai/djl/basicdataset/mnist/metadata.json";
    private static final String MNIST = "dataset/cv/ai/djl/basicdataset/mnist/1.0/";

    /** {@inheritDoc} */
    @Override
    public String kind() {
        return "data";
    }

    private record Corruption(String name, SmallData data) {}

    private static List<Corruption> all() {
        List<Corruption> all = new ArrayList<>();
        SmallData mnist = SmallData.of("mnist artifact");
        String sound = new String(mnist.files().get(METADATA), StandardCharsets.UTF_8);
        for (String address : ADDRESSES) {
            all.add(metadata("address " + address, sound.replace("1.0/train_data", address)));
        }
        for (String name : NAMES) {
            all.add(
                    metadata(
                            "file name " + name,
                            sound.replace(
                                    "\"1.0/train_data\"",
                                    "\"1.0/train_data\", \"name\": \"" + name + '"')));
            all.add(metadata("version " + name, sound.replace("\"1.0\"", '"' + name + '"')));
        }
        for (String json : OTHER_JSON) {
            all.add(metadata("metadata " + json, json));
        }
        all.add(metadata("deep metadata", "[".repeat(200_000)));
        all.add(metadata("long metadata", " ".repeat(11_000_000)));
        for (String field : List.of("artifactId", "artifacts", "version", "uri")) {
            all.add(
                    metadata(
                            "null in place of " + field,
                            sound.replaceFirst(
                                    '"' + field + "\": (\"[^\"]*\"|\\[.*\\])",
                                    '"' + field + "\": null")));
        }
        for (String size : List.of("-1", "1e300", "7", "\"x\"")) {
            all.add(
                    metadata(
                            "size " + size,
                            sound.replace(
                                    "\"1.0/train_data\"",
                                    "\"1.0/train_data\", \"size\": " + size)));
        }
        for (String sha1 : List.of("", "x", "a9993e364706816aba3e25717850c26c9cd0d89d")) {
            all.add(
                    metadata(
                            "SHA-1 " + sha1,
                            sound.replace(
                                    "\"1.0/train_data\"",
                                    "\"1.0/train_data\", \"sha1Hash\": \"" + sha1 + '"')));
        }
        byte[] bomb = SmallData.gzip(new byte[60_000_000]);
        all.add(new Corruption("gzip bomb", mnist.with(MNIST + "train_data", bomb)));
        all.add(new Corruption("gzip bomb of labels", mnist.with(MNIST + "test_labels", bomb)));
        all.add(new Corruption("empty gzip", mnist.with(MNIST + "train_data", new byte[0])));
        SmallData tiny = SmallData.of("tiny-imagenet");
        String image = "train/n01/images/n01_0.JPEG";
        byte[] jpeg = SmallData.jpeg(64);
        all.add(new Corruption("huge JPEG", tiny.with(image, huge(jpeg))));
        all.add(
                new Corruption(
                        "JPEG cut in half",
                        tiny.with(image, Arrays.copyOf(jpeg, jpeg.length / 2))));
        all.add(
                new Corruption(
                        "JPEG without its end",
                        tiny.with(image, Arrays.copyOf(jpeg, jpeg.length - 2))));
        all.add(new Corruption("small JPEG", tiny.with(image, SmallData.jpeg(32))));
        for (int type :
                new int[] {
                    BufferedImage.TYPE_BYTE_INDEXED,
                    BufferedImage.TYPE_INT_ARGB,
                    BufferedImage.TYPE_USHORT_GRAY
                }) {
            all.add(new Corruption("PNG of type " + type, tiny.with(image, png(type))));
        }
        all.add(new Corruption("long image", tiny.with(image, new byte[2_000_000])));
        all.add(new Corruption("long list", tiny.with("wnids.txt", new byte[20_000_000])));
        for (String name : List.of("../../x.JPEG", "/etc/passwd", "a\0b", "..")) {
            all.add(
                    new Corruption(
                            "image name " + name.replace('\0', '0'),
                            tiny.with(
                                    "val/val_annotations.txt", SmallData.text(name + "\tn01\n"))));
            all.add(
                    new Corruption(
                            "class " + name.replace('\0', '0'),
                            tiny.with("wnids.txt", SmallData.text(name + "\n"))));
        }
        Map<String, byte[]> zipped = new LinkedHashMap<>();
        zipped.put("words.txt", new byte[0]);
        zipped.put("wnids.txt", new byte[20_000_000]);
        all.add(
                new Corruption(
                        "zip bomb",
                        SmallData.of("tiny-imagenet zip")
                                .with("tiny-imagenet-200.zip", SmallData.zip(zipped))));
        byte[] tar = SmallData.tarGz(Map.of("0_airplane/0.jpg", new byte[2_000_000]));
        all.add(
                new Corruption(
                        "long image in an archive",
                        SmallData.of("cifar10-jpeg artifact")
                                .with(
                                        "dataset/cv/ai/djl/basicdataset/cifar10-jpeg/1.0/train.tgz",
                                        tar)));
        SmallData svhn = SmallData.of("svhn");
        byte[] matlab = svhn.files().get("train_32x32.mat");
        // the sizes of X begin after the header, three tags and the flags
        for (int size : new int[] {-1, 0, 31, 100_000_000}) {
            byte[] changed = matlab.clone();
            ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN).putInt(128 + 8 + 16 + 8, size);
            all.add(
                    new Corruption(
                            "MATLAB array of size " + size, svhn.with("train_32x32.mat", changed)));
        }
        return all;
    }

    private static Corruption metadata(String name, String json) {
        return new Corruption(
                name, SmallData.of("mnist artifact").with(METADATA, SmallData.text(json)));
    }

    private static byte[] huge(byte[] jpeg) {
        byte[] changed = jpeg.clone();
        for (int at = 0; at < jpeg.length - 9; at++) {
            if (jpeg[at] == (byte) 0xff && jpeg[at + 1] == (byte) 0xc0) {
                ByteBuffer.wrap(changed)
                        .putShort(at + 5, (short) 20_000)
                        .putShort(at + 7, (short) 20_000);
            }
        }
        return changed;
    }

    private static byte[] png(int type) {
        return SmallData.bytes(out -> ImageIO.write(new BufferedImage(64, 64, type), "png", out));
    }

    /** {@inheritDoc} */
    @Override
    public void run(Path folder, Tally tally) throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "secret");
        Path root = folder.resolve("data");
        for (Corruption corruption : all()) {
            FolderDeletion.delete(root);
            corruption.data().write(root);
            if (Files.isDirectory(root.resolve(MNIST))) {
                Files.createSymbolicLink(root.resolve(MNIST + "link-out"), secret);
            }
            tryOne(corruption, root, tally);
        }
        FolderDeletion.delete(root);
    }

    private static void tryOne(Corruption corruption, Path root, Tally tally) throws IOException {
        String name = corruption.name().replaceAll("\\p{Cc}", "?");
        String what = name.length() <= 80 ? name : name.substring(0, 80) + "...";
        try {
            tally.failed(what, "accepted as " + corruption.data().read(root));
        } catch (RepositoryException e) {
            tally.refused(what, e.getMessage());
        } catch (IOException | RuntimeException | OutOfMemoryError | StackOverflowError e) {
            tally.failed(what, e.toString());
        }
    }
}
