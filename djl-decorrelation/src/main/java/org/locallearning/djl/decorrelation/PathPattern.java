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
package org.locallearning.djl.decorrelation;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A glob over the paths of blocks: {@code *} stands for any characters within a level, {@code **}
 * across levels, {@code ?} for one character, {@code [a-c]} and {@code [!a-c]} for one of some
 * characters, {@code {a,b}} for alternatives, and a backslash takes the next character literally.
 *
 * <p>The file system's own globs will not do: on some systems a path must not hold a colon.
 */
record PathPattern(String glob, Pattern pattern) {

    static PathPattern of(String glob) {
        StringBuilder regex = new StringBuilder();
        int open = 0;
        for (int i = 0; i < glob.length(); ++i) {
            int c = glob.codePointAt(i);
            int end;
            if (c == '\\' && i + 1 < glob.length()) {
                int next = glob.codePointAt(i + 1);
                regex.append(Pattern.quote(Character.toString(next)));
                i += Character.charCount(next);
            } else if (c == '*') {
                boolean levels = glob.startsWith("**", i);
                regex.append(levels ? ".*" : "[^/]*");
                i += levels ? 1 : 0;
            } else if (c == '?') {
                regex.append("[^/]");
            } else if (c == '[' && (end = glob.indexOf(']', i + 2)) > 0) {
                String members = glob.substring(i + 1, end).replaceAll("[\\\\\\[&^]", "\\\\$0");
                regex.append("(?!/)[").append(members.replaceFirst("^!", "^")).append(']');
                i = end;
            } else if (c == '{') {
                regex.append("(?:");
                ++open;
            } else if (c == '}' && open > 0) {
                regex.append(')');
                --open;
            } else if (c == ',' && open > 0) {
                regex.append('|');
            } else {
                regex.append(Pattern.quote(Character.toString(c)));
                i += Character.charCount(c) - 1;
            }
        }
        try {
            return new PathPattern(glob, Pattern.compile(regex.toString(), Pattern.DOTALL));
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "'" + glob + "' is no pattern over block paths: " + e.getDescription(), e);
        }
    }

    boolean matches(String path) {
        return pattern.matcher(path).matches();
    }

    @Override
    public String toString() {
        return glob;
    }
}
