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

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.locallearning.djl.zoo.repository.RepositoryException;

/**
 * An image folder in a gzipped tar archive: one folder a class, one JPEG file an image.
 *
 * <p>As in DJL's image folders, a class index is its folder's place among the sorted folder names,
 * which may carry that index in front ({@code 6_frog}). Images are ordered by the number in their
 * file name, whatever their class, since that is the place in the original data set.
 */
final class JpegArchive {

    private static final int LISTED_CLASSES = 12;

    // those of Tiny ImageNet, the biggest of the data sets
    private static final int MOST_IMAGES = 100_000;
    private static final int TAR_BLOCK = 512;

    private record Entry(String folder, String file, byte[] jpeg) {}

    private JpegArchive() {}

    /**
     * Decodes all images.
     *
     * @param archive the archive
     * @param classes the class names that the folders must have, in the order of their indices
     * @param side the height and the width of each image
     * @return the images, (3, side, side)
     * @throws RepositoryException if the archive is damaged, has other classes or more images than
     *     any of the data sets
     */
    static LabelledImages read(Path archive, List<String> classes, int side) throws IOException {
        List<Entry> entries = entries(archive, side);
        Map<String, Integer> labels = new TreeMap<>();
        entries.forEach(entry -> labels.put(entry.folder(), 0));
        List<String> names =
                labels.keySet().stream().map(name -> name.replaceFirst("^\\d+_", "")).toList();
        if (!names.equals(classes)) {
            throw new RepositoryException(
                    String.format(
                            Locale.ROOT,
                            "%s holds the classes %s instead of %s: it is another data set; replace"
                                    + " it.",
                            archive,
                            list(names),
                            list(classes)));
        }
        int label = 0;
        for (Map.Entry<String, Integer> folder : labels.entrySet()) {
            folder.setValue(label++);
        }
        List<JpegFile> files =
                entries.stream()
                        .map(
                                entry ->
                                        new JpegFile(
                                                entry.folder() + '/' + entry.file(),
                                                labels.get(entry.folder()),
                                                entry::jpeg))
                        .sorted(JpegFile.BY_NUMBER)
                        .toList();
        return JpegImages.decode(files, side, archive);
    }

    private static List<Entry> entries(Path archive, int side) throws IOException {
        List<Entry> entries = new ArrayList<>();
        // no more than the bare pixels would take, and a block of the archive for each header
        long most = MOST_IMAGES * (3L * side * side + TAR_BLOCK);
        GzipFiles.readArchive(
                archive,
                most,
                (place, content) -> {
                    String[] path = place.split("/");
                    String name = path[path.length - 1];
                    if (path.length > 1 && JpegFile.isNamed(name)) {
                        entries.add(
                                new Entry(
                                        path[path.length - 2],
                                        name,
                                        JpegFile.read(content, place)));
                    }
                    return true;
                });
        return entries;
    }

    private static String list(List<String> names) {
        return names.size() <= LISTED_CLASSES
                ? names.toString()
                : String.format(
                        Locale.ROOT,
                        "%s and %d more",
                        names.subList(0, LISTED_CLASSES),
                        names.size() - LISTED_CLASSES);
    }
}
