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
import java.util.Locale;

/**
 * A data repository can't be used: it does not exist, lacks the data set, or holds a damaged file.
 *
 * <p>The message is one sentence for the person at the keyboard: which file or folder, what is
 * wrong with it, what to do.
 */
public final class DataRepositoryException extends IOException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param message which file, what is wrong, what to do
     */
    public DataRepositoryException(String message) {
        super(message);
    }

    /**
     * Creates an exception.
     *
     * @param message which file, what is wrong, what to do
     * @param cause what was caught
     */
    public DataRepositoryException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Says that an archive on this machine can't be unpacked. */
    static DataRepositoryException notUnpacked(Path archive, Exception cause) {
        return new DataRepositoryException(
                String.format(
                        Locale.ROOT,
                        "%s can't be unpacked (%s): it is truncated or damaged; copy it again.",
                        archive,
                        cause.getMessage()),
                cause);
    }
}
