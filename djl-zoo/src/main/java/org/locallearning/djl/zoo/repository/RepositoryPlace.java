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

import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** Where a repository is: a folder, an address on the network, or a folder of the class path. */
interface RepositoryPlace {

    /** The file that lists the artifacts of a repository whose folders cannot be listed. */
    String INDEX = "index.json";

    /**
     * Opens a file.
     *
     * @param path its path in the repository, of plain names
     * @return its content
     * @throws RepositoryException if it is missing, or leads out of the repository
     * @throws IOException if it cannot be read
     */
    InputStream open(String path) throws IOException;

    /**
     * Returns what a message calls a file.
     *
     * @param path its path in the repository
     * @return the path or address
     */
    String describe(String path);

    /**
     * Lists the artifacts.
     *
     * @return the path of each one's folder, such as {@code
     *     model/cv/image_classification/org/locallearning/mlp/}, sorted
     * @throws IOException if they cannot be listed
     */
    List<String> artifacts() throws IOException;
}
