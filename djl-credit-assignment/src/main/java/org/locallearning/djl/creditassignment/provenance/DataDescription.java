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
 * What a model was trained on. Unknown components are null.
 *
 * @param name the name of the data set
 * @param origin where the data came from and which part of them was used
 * @param samples the number of training samples
 * @param sha256 the SHA-256 of the training samples and labels, in hexadecimal digits
 * @param preprocessing how a sample is prepared for the model
 */
public record DataDescription(
        String name, String origin, Integer samples, String sha256, Preprocessing preprocessing) {

    /**
     * Checks number and digest.
     *
     * @param name the name of the data set
     * @param origin where the data came from
     * @param samples how many samples were trained on, at least 1
     * @param sha256 the digest, 64 hexadecimal digits
     * @param preprocessing what becomes of a sample
     */
    public DataDescription {
        RecordJson.checkAtLeast("the number of samples", samples, 1);
        RecordJson.checkDigest(sha256);
    }
}
