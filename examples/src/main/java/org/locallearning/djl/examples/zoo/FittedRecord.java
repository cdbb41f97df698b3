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
package org.locallearning.djl.examples.zoo;

import java.util.List;
import org.locallearning.djl.creditassignment.provenance.DataDescription;
import org.locallearning.djl.creditassignment.provenance.Preprocessing;
import org.locallearning.djl.creditassignment.provenance.TrainingRecord;
import org.locallearning.djl.zoo.data.ImageData;

/** What is known of a map of images before it is fitted. */
final class FittedRecord {

    private FittedRecord() {}

    /** Starts a record with the images, whose pixels are in 0 to 1. */
    static TrainingRecord.Builder of(TrainingRecord.Builder record, ImageData images) {
        return record.optData(
                new DataDescription(
                        images.getName(),
                        images.getProvenance(),
                        images.getTrainingSize(),
                        null,
                        new Preprocessing(255, List.of(0.0), List.of(1.0), null)));
    }
}
