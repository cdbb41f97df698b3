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
package org.locallearning.djl.examples;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.locallearning.djl.creditassignment.provenance.TrainingRecord;
import org.locallearning.djl.zoo.LocalLearningModelZoo;
import org.locallearning.djl.zoo.PretrainedModel;

/** The models of a zoo as a table of a document. */
final class ZooTable {

    private ZooTable() {}

    /** Makes the lines of the table. */
    static List<String> of(LocalLearningModelZoo zoo) throws IOException {
        List<String> table = new ArrayList<>();
        table.add("| name | artifact | layers | data | rule | epochs | accuracy, % | MB |");
        table.add("| --- | --- | --- | --- | --- | --- | --- | --- |");
        double bytes = 0;
        for (PretrainedModel model : zoo.models()) {
            Map<String, String> properties = model.getProperties();
            TrainingRecord record = model.getRecord();
            Integer epochs = record.training().epochs();
            table.add(
                    String.format(
                            Locale.ROOT,
                            "| %s | %s | %s | %s, %,d images | %s | %s | %s | %.2f |",
                            model.getName(),
                            model.getArtifactId(),
                            properties.get("layers").replace(",", ", "),
                            properties.get("dataset"),
                            record.data().samples(),
                            properties.get("rule"),
                            epochs == null ? "" : epochs,
                            record.accuracy() == null
                                    ? ""
                                    : String.format(
                                            Locale.ROOT, "%.2f", 100 * record.accuracy().value()),
                            model.getSize() / 1e6));
            bytes += model.getSize();
        }
        table.add("");
        table.add(String.format(Locale.ROOT, "Together %.1f MB.", bytes / 1e6));
        return table;
    }
}
