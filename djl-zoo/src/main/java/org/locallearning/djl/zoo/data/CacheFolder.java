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

import ai.djl.util.Utils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** This program's folders below DJL's cache folder. */
final class CacheFolder {

    private CacheFolder() {}

    /** Returns the folder that all others are in. */
    static Path root() {
        return Utils.getCacheDir().resolve("cache").resolve("local-learning");
    }

    /**
     * Returns the folder that belongs to one content of one data set.
     *
     * @param name what its name starts with, for a reader
     * @param identity all that tells this content from others
     */
    static Path of(String name, String identity) {
        return root().resolve(name + '-' + Digests.sha256(identity).substring(0, 16));
    }

    /** Makes a folder, unless it is there. */
    static Path make(Path folder) throws DataRepositoryException {
        try {
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw new DataRepositoryException(
                    String.format(
                            Locale.ROOT,
                            "The cache folder %s can't be made (%s): set DJL_CACHE_DIR to a folder"
                                    + " that can be written.",
                            folder,
                            e),
                    e);
        }
    }
}
