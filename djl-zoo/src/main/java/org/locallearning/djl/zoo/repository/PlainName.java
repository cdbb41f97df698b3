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

import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Pattern;

/**
 * Names that a file of unknown origin gives to other files, and what may not be one: whatever leads
 * to another folder, or means something to one file system alone.
 */
public final class PlainName {

    private static final int LONGEST = 255;
    private static final int LONGEST_QUOTE = 120;

    // no separators, drives, controls (NUL among them) or unpaired surrogates
    private static final Pattern FORBIDDEN = Pattern.compile("[/\\\\:\\p{Cc}\\p{Cs}]");

    private PlainName() {}

    /**
     * Returns whether a text is the name of a file in the very folder that it is looked for in.
     *
     * @param name the text
     * @return false if it is null, empty, {@code .} or {@code ..}, longer than 255 characters,
     *     starts or ends with a blank, or has a slash, backslash, colon or control character
     */
    public static boolean isPlain(String name) {
        return name != null
                && !name.isEmpty()
                && name.length() <= LONGEST
                && name.equals(name.strip())
                && !name.equals(".")
                && !name.equals("..")
                && !FORBIDDEN.matcher(name).find();
    }

    /**
     * Returns the path that an address stands for, if it is one of plain names below the folder
     * that it is relative to.
     *
     * @param address the address, such as {@code 1.0/train%20images.gz}
     * @return the path, such as {@code 1.0/train images.gz}
     * @throws IllegalArgumentException if it is anything else; the message says what, as "is ..."
     *     or "has ..."
     */
    public static String pathOf(String address) {
        URI uri;
        try {
            uri = new URI(address);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(
                    "has a character that an address does not have (a blank is written %20)", e);
        }
        String path = uri.getPath();
        boolean inside =
                uri.getScheme() == null
                        && uri.getRawAuthority() == null
                        && uri.getRawQuery() == null
                        && uri.getRawFragment() == null
                        && path != null;
        if (inside) {
            for (String name : path.split("/", -1)) {
                inside &= isPlain(name);
            }
        }
        if (!inside) {
            throw new IllegalArgumentException(
                    "is not a path of plain names below the folder of the metadata");
        }
        return path;
    }

    /**
     * Returns whether a text is a path of plain names that stands for itself in an address, such as
     * {@code model/cv/mlp}, but not {@code model/cv/my mlp}, which an address writes as {@code
     * my%20mlp}.
     *
     * @param path the path
     * @return false if it leads elsewhere, or has a character that an address has to encode
     */
    static boolean isPath(String path) {
        try {
            return pathOf(path).equals(path);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * Quotes a text of unknown origin for a message of one line.
     *
     * @param text the text
     * @return the text in quotation marks, shortened, without control characters
     */
    public static String quote(String text) {
        String shown =
                text.length() <= LONGEST_QUOTE ? text : text.substring(0, LONGEST_QUOTE) + "...";
        return '"' + shown.replaceAll("[\\p{Cc}\\p{Cs}&&[^\t]]", "?") + '"';
    }
}
