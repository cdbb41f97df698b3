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

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import java.util.Optional;

/** Says in words why a file, folder or address cannot be read or written. */
public final class FileFailure {

    private FileFailure() {}

    /**
     * Returns the reason.
     *
     * @param e what was thrown
     * @return a few words, without the path
     */
    public static String reason(IOException e) {
        if (isInterrupt(e)) {
            return "the thread was interrupted";
        }
        if (e instanceof AccessDeniedException) {
            return "no permission";
        }
        if (e instanceof NoSuchFileException) {
            return "no such file or folder";
        }
        if (e instanceof FileAlreadyExistsException taken) {
            return taken.getFile() + " is no folder";
        }
        if (e instanceof FileNotFoundException) {
            return "no such file";
        }
        if (e instanceof UnknownHostException) {
            return "there is no host " + e.getMessage();
        }
        if (e instanceof CharacterCodingException) {
            return "no text in UTF-8";
        }
        if (e instanceof FileSystemException failure && failure.getReason() != null) {
            return failure.getReason().toLowerCase(Locale.ROOT);
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    /**
     * Returns whether nothing is wrong with the file: the thread was interrupted, and the JDK
     * closed the file.
     *
     * @param e what was thrown
     * @return true if that is what it, or the cause of it, says
     */
    public static boolean isInterrupt(Throwable e) {
        return e instanceof ClosedByInterruptException
                || e.getCause() != null && isInterrupt(e.getCause());
    }

    /**
     * Says what failed, for an exception whose message is no sentence: the JDK's about files name
     * the file alone.
     *
     * @param e what was thrown
     * @return a sentence, or empty where the message is one
     */
    public static Optional<String> sentence(Exception e) {
        boolean wraps =
                e instanceof UncheckedIOException
                        && String.valueOf(e.getCause()).equals(e.getMessage());
        Throwable cause = wraps ? e.getCause() : e;
        if (cause instanceof FileSystemException failure && failure.getFile() != null) {
            return Optional.of(
                    String.format(
                            Locale.ROOT,
                            "%s can't be read or written (%s): check its permissions, or name"
                                    + " another.",
                            failure.getFile(),
                            reason(failure)));
        }
        return Optional.empty();
    }
}
