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
package org.locallearning.djl.decorrelation.internal;

/** The names that lead from a model to one of its blocks. */
public final class BlockPath {

    private BlockPath() {}

    /**
     * Returns the path of a child.
     *
     * @param path the path of its parent, empty for the model itself
     * @param child the name of the child
     * @return the names with a slash between them
     */
    public static String join(String path, String child) {
        return path.isEmpty() ? child : path + '/' + child;
    }

    /**
     * Returns what a message calls a block.
     *
     * @param path its path, empty for the model itself
     * @return the path, or "the model"
     */
    public static String display(String path) {
        return path.isEmpty() ? "the model" : path;
    }

    /**
     * Returns the name of a child or of one of its parameters, as DJL has it in the names of a
     * model's parameters.
     *
     * @param path the name of its parent, empty for the model itself
     * @param child the name of the child
     * @return the names with an underscore between them
     */
    public static String parameterName(String path, String child) {
        return path.isEmpty() ? child : path + '_' + child;
    }
}
