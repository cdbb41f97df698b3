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

import ai.djl.basicdataset.BasicDatasets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.locallearning.djl.creditassignment.provenance.DataDescription;
import org.locallearning.djl.creditassignment.provenance.MeasuredAccuracy;
import org.locallearning.djl.creditassignment.provenance.Preprocessing;
import org.locallearning.djl.creditassignment.provenance.ProgramDescription;
import org.locallearning.djl.creditassignment.provenance.SoftwareDescription;
import org.locallearning.djl.creditassignment.provenance.TrainingDescription;
import org.locallearning.djl.creditassignment.provenance.TrainingRecord;

/**
 * What to know about a model before using it: what it is, how it was made, how good it is, its
 * limits, and whose data it was trained on. Everything comes from the record, except facts about
 * the data set, which are looked up by its name.
 */
final class ModelCard {

    private static final Map<String, String> LICENCES =
            Map.of(
                    "mnist",
                    "MNIST is by Y. LeCun, C. Cortes and C. Burges, and published without a licence"
                            + " of its own.",
                    "fashion-mnist",
                    "Fashion-MNIST is by Zalando SE, under the MIT licence.",
                    "cifar10",
                    "CIFAR-10 is by A. Krizhevsky (\"Learning Multiple Layers of Features from Tiny"
                            + " Images\", 2009), and published without a licence.",
                    "glyphs",
                    "The images were drawn by this program.");

    private static final Map<String, String> LIMITS =
            Map.of(
                    "mnist",
                    "Knows one white digit on black, as large and as centred as those of MNIST.",
                    "fashion-mnist",
                    "Knows one piece of clothing, bright on black, framed as those of Fashion-MNIST.",
                    "cifar10",
                    "Knows small photographs of CIFAR-10's ten kinds of things.",
                    "glyphs",
                    "Knows digits as this program draws them; for tests, not for use.");

    private final String name;
    private final RecordedModel model;
    private final TrainingRecord record;

    ModelCard(String name, RecordedModel model) {
        this.name = name;
        this.model = model;
        record = model.getRecord();
    }

    /** Returns the card in Markdown. */
    String text() {
        StringBuilder card = new StringBuilder();
        card.append("# ").append(name).append("\n\n").append(summary()).append("\n\n");
        row(card, "fact", "value");
        row(card, "---", "---");
        row(card, "network", network());
        row(card, "input", input());
        model.getClasses().ifPresent(classes -> row(card, "classes", String.join(", ", classes)));
        data(card);
        training(card);
        row(card, "accuracy", accuracy());
        software(card);
        row(card, "date", record.date());
        if (record.notes() != null) {
            record.notes().forEach((about, text) -> row(card, about, text));
        }
        card.append("\n## Limits\n\n");
        limits().forEach(limit -> card.append("* ").append(limit).append('\n'));
        card.append("\n## Licence\n\nThe parameters are under the Apache License 2.0. ");
        card.append(LICENCES.getOrDefault(dataSet(), "See the authors of the data for theirs."));
        return card.append('\n').toString();
    }

    private String summary() {
        String how =
                record.training() == null || record.training().method() == null
                        ? ""
                        : ", trained with " + record.training().method();
        return String.format(
                "%s on %s%s.",
                model.getClasses().isPresent() ? "A classifier" : "A map of images to numbers",
                dataSet(),
                how);
    }

    private String network() {
        Map<String, String> options = record.model().options();
        String chosen =
                options == null || options.isEmpty()
                        ? ""
                        : options.entrySet().stream()
                                .map(option -> option.getKey() + " " + option.getValue())
                                .collect(Collectors.joining(", ", ", ", ""));
        return String.format(
                Locale.ROOT,
                "%s%s; %,d parameters",
                record.model().name(),
                chosen,
                record.model().parameters());
    }

    private String input() {
        Preprocessing preprocessing = record.data().preprocessing();
        String words = preprocessing.description();
        return String.format(
                Locale.ROOT,
                "%s, each channel (pixel / %.0f - mean) / deviation, means %s, deviations %s%s",
                model.getImageShape(),
                preprocessing.pixelScale(),
                rounded(preprocessing.means()),
                rounded(preprocessing.deviations()),
                words == null ? "" : "; " + words.replaceAll("[;\\s]+$", ""));
    }

    private static String rounded(List<Double> values) {
        return values.stream()
                .map(value -> String.format(Locale.ROOT, "%.4f", value))
                .collect(Collectors.joining(", "));
    }

    private void data(StringBuilder card) {
        DataDescription data = record.data();
        row(card, "data", data.origin());
        row(card, "SHA-256 of the data", data.sha256());
    }

    private void training(StringBuilder card) {
        TrainingDescription training = record.training();
        if (training == null) {
            return;
        }
        row(card, "rule", training.rule());
        if (training.decorrelation() != null && !training.decorrelation().isEmpty()) {
            row(
                    card,
                    "decorrelation",
                    "in training, " + training.decorrelation().values().iterator().next());
        }
        row(card, "loss", training.loss());
        row(card, "optimizer", training.optimizer());
        row(card, "seeds", training.seeds());
        row(card, "batch", training.batch());
        row(card, "epochs", training.epochs());
    }

    private void software(StringBuilder card) {
        SoftwareDescription software = record.software();
        if (software != null) {
            row(
                    card,
                    "made with",
                    String.format(
                            "library %s, DJL %s, %s, Java %s, %s, %s, %s threads",
                            software.library(),
                            software.djl(),
                            software.engine(),
                            software.java(),
                            software.system(),
                            software.device(),
                            software.threads()));
        }
        ProgramDescription program = record.program();
        if (program != null) {
            row(card, "commit", commit(program));
            row(card, "command", program.command());
        }
    }

    private static String commit(ProgramDescription program) {
        return Boolean.TRUE.equals(program.changed())
                ? program.commit() + ", with changes that are in no commit"
                : program.commit();
    }

    private String accuracy() {
        MeasuredAccuracy accuracy = record.accuracy();
        return accuracy == null
                ? null
                : String.format(
                        Locale.ROOT,
                        "%.2f %% of %,d test images",
                        100 * accuracy.value(),
                        accuracy.samples());
    }

    private List<String> limits() {
        String known = LIMITS.getOrDefault(dataSet(), "Knows images of its data set alone.");
        String any =
                model.getClasses().isPresent()
                        ? "Gives every picture one of its classes, also one that is none of them."
                        : "Its outputs mean nothing by themselves; they are input to something else.";
        return isJpeg()
                ? List.of(
                        known,
                        any,
                        "Trained and tested on JPEG re-encodings of the images, not on the original"
                                + " pixels: its accuracy does not compare with published ones.")
                : List.of(known, any);
    }

    private boolean isJpeg() {
        String origin = record.data().origin();
        if (origin == null) {
            return false;
        }
        // the folder before the artifact may be called anything
        int artifact = origin.lastIndexOf(BasicDatasets.GROUP_ID + ':');
        return origin.substring(Math.max(0, artifact)).toLowerCase(Locale.ROOT).contains("jpeg");
    }

    private String dataSet() {
        return String.valueOf(record.data().name());
    }

    private static void row(StringBuilder card, String fact, Object value) {
        if (value != null) {
            String cell = value.toString().replace("|", "\\|").replaceAll("\\s*\\R\\s*", " ");
            card.append("| ").append(fact).append(" | ").append(cell).append(" |\n");
        }
    }
}
