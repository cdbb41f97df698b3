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
package org.locallearning.djl.examples.report;

import java.util.Arrays;

/** This Java cannot write text into a picture, because it finds no font or no font library. */
public final class FontsMissingException extends Exception {

    private static final long serialVersionUID = 1L;

    FontsMissingException(Throwable cause) {
        super("This machine has no fonts that Java can draw with.", cause);
    }

    /** Tells a failure of Java's fonts from any other by the classes it passed through. */
    static boolean isCauseOf(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage()).toLowerCase(java.util.Locale.ROOT);
            if (message.contains("font") || message.contains("freetype")) {
                return true;
            }
            if (Arrays.stream(cause.getStackTrace())
                    .anyMatch(
                            frame ->
                                    frame.getClassName().startsWith("sun.font.")
                                            || frame.getClassName().startsWith("sun.awt.Font")
                                            || frame.getClassName().startsWith("sun.awt.X11Font")
                                            || frame.getClassName().equals("java.awt.Font"))) {
                return true;
            }
        }
        return false;
    }
}
