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
package org.locallearning.djl.zoo.repository;

import ai.djl.util.Utils;
import java.nio.file.Path;
import org.locallearning.djl.decorrelation.internal.Digest;

/** This library's folders below DJL's cache folder, which {@code DJL_CACHE_DIR} names. */
public final class CacheFolder {

    private CacheFolder() {}

    /**
     * Returns the folder that all others are in.
     *
     * @return the folder, which may not be there yet
     */
    public static Path root() {
        return Utils.getCacheDir().resolve("cache").resolve("local-learning");
    }

    /**
     * Returns the folder that belongs to one content of one artifact or data set.
     *
     * @param name what its name starts with, for a reader
     * @param identity all that tells this content from others
     * @return the folder, which may not be there yet
     */
    public static Path of(String name, String identity) {
        return root().resolve(name + '-' + Digest.SHA_256.of(identity).substring(0, 16));
    }
}
