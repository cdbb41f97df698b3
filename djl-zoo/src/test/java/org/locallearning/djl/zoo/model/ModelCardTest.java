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
package org.locallearning.djl.zoo.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.locallearning.djl.creditassignment.provenance.DataDescription;
import org.locallearning.djl.creditassignment.provenance.ProgramDescription;
import org.locallearning.djl.creditassignment.provenance.TrainingRecord;

/** A card says no more of a model than its record. */
class ModelCardTest {

    private static final String COMMIT = "0123456789abcdef";

    @TempDir Path folder;

    private String card(Consumer<TrainingRecord.Builder> change) throws IOException {
        TrainingRecord saved = SavedModels.saveSmall(folder, "small", "kp", 1);
        TrainingRecord.Builder record = saved.toBuilder();
        change.accept(record);
        record.build().save(folder.resolve("small.json"));
        return new ModelCard("small", RecordedModel.open(folder, "small")).text();
    }

    @Test
    void saysThatTheSourcesHadChanges() throws IOException {
        String clean =
                card(made -> made.optProgram(new ProgramDescription(COMMIT, false, "compare")));
        assertTrue(clean.contains("| commit | " + COMMIT + " |"), clean);
        String changed =
                card(made -> made.optProgram(new ProgramDescription(COMMIT, true, "compare")));
        assertTrue(
                changed.contains("| commit | " + COMMIT + ", with changes that are in no commit |"),
                changed);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/data/jpeg-tests, ai.djl.basicdataset:mnist:1.0 (MNIST, exact) | false",
                "/data, ai.djl.basicdataset:cifar10-jpeg:1.0 (all images) | true",
                "/data, ai.djl.basicdataset:cifar10:1.0 (CIFAR-10 as JPEG re-encodings) | true"
            })
    void knowsJpegByTheArtifactAndNotByItsFolder(String origin, boolean isJpeg) throws IOException {
        DataDescription data = SavedModels.data("mnist", 1);
        String card =
                card(
                        made ->
                                made.optData(
                                        new DataDescription(
                                                data.name(),
                                                origin,
                                                data.samples(),
                                                data.sha256(),
                                                data.preprocessing())));
        assertEquals(isJpeg, card.contains("JPEG re-encodings of the images"), card);
    }
}
