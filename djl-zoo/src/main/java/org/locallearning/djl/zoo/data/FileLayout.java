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

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * One way in which the files of a data set may lie in a folder.
 *
 * @param names the names of its files and folders, as paths from that folder
 * @param reader reads the images from those, given in the same order
 */
record FileLayout(List<String> names, Function<List<Path>, StoredImages> reader) {

    /** Creates a layout of the given names. */
    static FileLayout of(Function<List<Path>, StoredImages> reader, String... names) {
        return new FileLayout(Arrays.asList(names), reader);
    }

    /** Returns the names for a reader, such as {@code train.bin and test.bin}. */
    @Override
    public String toString() {
        return String.join(" and ", names);
    }
}
