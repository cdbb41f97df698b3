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

/**
 * The parameters' file that a record belongs to.
 *
 * @param name the name of the file, in the same folder
 * @param sha256 the SHA-256 of the file, in hexadecimal digits
 */
public record ParametersFile(String name, String sha256) {

    /**
     * Checks the name and the digest.
     *
     * @param name the name of the file, without a folder
     * @param sha256 the digest, 64 hexadecimal digits
     */
    public ParametersFile {
        if (name == null || !SavedModel.isPlainName(name)) {
            throw new IllegalArgumentException(
                    "The file of parameters has a plain name without a folder, not '"
                            + RecordJson.quote(String.valueOf(name))
                            + "'.");
        }
        if (sha256 == null) {
            throw new IllegalArgumentException("The file of parameters has no digest.");
        }
        RecordJson.checkDigest(sha256);
    }
}
