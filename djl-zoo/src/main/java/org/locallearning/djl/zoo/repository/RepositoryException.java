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

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.locallearning.djl.decorrelation.internal.FileFailure;

/**
 * Thrown if a repository of data or models cannot be used: it does not exist, lacks the requested
 * item, or has a file that is damaged or not trusted.
 *
 * <p>The message is one sentence for the user: which file or folder, what is wrong with it, what to
 * do.
 */
public final class RepositoryException extends IOException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param message which file, what is wrong, what to do
     */
    public RepositoryException(String message) {
        super(message);
    }

    /**
     * Creates an exception.
     *
     * @param message which file, what is wrong, what to do
     * @param cause what was caught
     */
    public RepositoryException(String message, Throwable cause) {
        super(message, cause);
    }

    /**
     * Says that a file can't be read.
     *
     * @param file the path of the file
     * @param cause what was caught
     * @return an exception to throw
     */
    public static RepositoryException unreadable(String file, IOException cause) {
        return new RepositoryException(
                String.format(
                        Locale.ROOT,
                        "%s can't be read (%s): allow it to be read, or copy it again.",
                        file,
                        FileFailure.reason(cause)),
                cause);
    }

    /**
     * Says that an archive on this machine can't be unpacked.
     *
     * @param archive the archive
     * @param cause what was caught
     * @return an exception to throw
     */
    public static RepositoryException notUnpacked(Path archive, Exception cause) {
        if (cause instanceof RepositoryException refusal) {
            return refusal;
        }
        return new RepositoryException(
                String.format(
                        Locale.ROOT,
                        "%s can't be unpacked (%s): it is truncated or damaged; copy it again.",
                        archive,
                        reason(cause)),
                cause);
    }

    /**
     * Says why a file can't be read.
     *
     * @param cause what was caught
     * @return a few words for a message
     */
    public static String reason(Exception cause) {
        return cause instanceof EOFException || cause.getMessage() == null
                ? "it ends too early"
                : cause.getMessage();
    }

    /**
     * Says that a file on this machine holds what it can't.
     *
     * @param location the file
     * @param what what is wrong with its content
     * @return an exception to throw
     */
    public static RepositoryException damaged(Object location, String what) {
        return new RepositoryException(
                String.format(Locale.ROOT, "%s is damaged (%s): replace it.", location, what));
    }
}
