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
package org.locallearning.djl.examples.sweep;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.locallearning.djl.examples.output.OutputFolder;
import org.locallearning.djl.examples.output.TextTable;
import org.locallearning.djl.examples.report.LossValue;
import org.locallearning.djl.examples.report.Percent;
import org.locallearning.djl.examples.report.ResultFolder;
import org.locallearning.djl.examples.results.Interval;

/** The files of a sweep, written anew from time to time. */
final class SweepFiles {

    private final ResultFolder files;
    private final SweepPlan plan;
    private final String commandLine;
    private final String started;
    private Sweep sweep;
    private SweepResults latest;

    SweepFiles(OutputFolder folder, SweepPlan plan, String commandLine, String started) {
        files = new ResultFolder(folder);
        this.plan = plan;
        this.commandLine = commandLine;
        this.started = started;
    }

    /** Takes the sweep whose results are written. */
    void of(Sweep running) {
        sweep = running;
    }

    /** Writes what there is; nothing is chosen yet. */
    void write() throws IOException {
        write(new LinkedHashMap<>());
    }

    void write(Map<Trial.Subject, SettingScore> chosen) throws IOException {
        latest = SweepResults.of(plan, sweep, chosen, commandLine, started);
        files.writeNumbers(latest.toJson());
        if (hasRuns()) {
            files.writePage(SweepPage.html(plan, sweep, latest));
        } else {
            files.removePage();
        }
    }

    private boolean hasRuns() {
        return latest.trials().stream().anyMatch(trial -> trial.run() != null);
    }

    /** Tells what was chosen, and where the files are. */
    String summary() {
        StringBuilder text = new StringBuilder();
        TextTable table =
                new TextTable()
                        .left("data set, model, method", width())
                        .right("validation", 17)
                        .right("test", 17)
                        .left("  setting", 1);
        text.append(table.header()).append(System.lineSeparator());
        for (SweepResults.Choice choice : latest.chosen()) {
            boolean accuracy = choice.testAccuracy() != null;
            text.append(
                            table.row(
                                    choice.subject(),
                                    measured(
                                            accuracy
                                                    ? choice.validationAccuracy()
                                                    : choice.validationLoss(),
                                            accuracy),
                                    measured(
                                            accuracy ? choice.testAccuracy() : choice.testLoss(),
                                            accuracy),
                                    "  " + choice.settingText()))
                    .append(System.lineSeparator());
        }
        return text
                + files.numbers()
                + System.lineSeparator()
                + (hasRuns()
                        ? files.page()
                        : "There is no report, since no trial has come to the end of an epoch.");
    }

    private int width() {
        return plan.settings().keySet().stream()
                .mapToInt(subject -> subject.toString().length())
                .max()
                .orElse(1);
    }

    private static String measured(Interval interval, boolean accuracy) {
        if (interval == null) {
            return "-";
        }
        return interval.text(accuracy ? Percent::of : LossValue::of);
    }
}
