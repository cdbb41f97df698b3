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
package org.locallearning.djl.creditassignment.provenance;

import java.util.regex.Pattern;

/**
 * The program that trained a model. Unknown components are null.
 *
 * @param commit the commit of its sources, in hexadecimal digits
 * @param changed whether the sources had uncommitted changes
 * @param command the command that started it
 */
public record ProgramDescription(String commit, Boolean changed, String command) {

    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{7,64}");

    /**
     * Checks the commit.
     *
     * @param commit the commit of its sources, 7 to 64 hexadecimal digits
     * @param changed whether the sources had changes
     * @param command the command that it was started with
     */
    public ProgramDescription {
        if (commit != null && !COMMIT.matcher(commit).matches()) {
            throw new IllegalArgumentException(
                    "A commit is 7 to 64 hexadecimal digits, not '"
                            + RecordJson.quote(commit)
                            + "'.");
        }
    }
}
