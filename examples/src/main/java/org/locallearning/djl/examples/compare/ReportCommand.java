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
package org.locallearning.djl.examples.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.locallearning.djl.examples.commandline.ExitCode;
import org.locallearning.djl.examples.commandline.ProgramVersion;
import org.locallearning.djl.examples.output.OutputFolder;
import org.locallearning.djl.examples.report.ReportPage;
import org.locallearning.djl.examples.report.ResultFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes page and pictures of a stored comparison. */
@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        versionProvider = ProgramVersion.class,
        sortOptions = false,
        descriptionHeading = "%n",
        description = {
            "Makes report.html and curves.png again of a results.json of compare, or of a target of"
                    + " reproduce that consists of learning curves.",
            "",
            "Nothing is trained, so that pages of old results get what newer versions show."
        },
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the page is there",
            "1:the results cannot be read or the output folder cannot be written",
            "2:the command line asks for something that does not exist or has no use"
        },
        footerHeading = "%nExample:%n",
        footer = {
            "  java -jar examples/target/local-learning.jar report \\",
            "      examples/runs/cifar10-dense.json --out DIR --overview bp,fa,fa+decor"
        })
public final class ReportCommand implements Callable<Integer> {

    private static final String OVERVIEW = "overview.svg";

    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "RESULTS", description = "A results.json.")
    private Path file;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            required = true,
            description = "Output folder, made if missing.")
    private Path out;

    @Option(
            names = "--overview",
            paramLabel = "NAME",
            split = ",",
            description = {
                "Also draw "
                        + OVERVIEW
                        + ", a picture of these methods for a document: the test"
                        + " accuracy, and the angles to backpropagation where they were measured,"
                        + " of the first part of a figure that has several."
            })
    private List<String> overview = List.of();

    private Map<String, String> titles = Map.of();

    /** Creates the command; picocli fills in its options. */
    public ReportCommand() {}

    /**
     * Tells the titles of figures, which results name by their targets.
     *
     * @param byTarget the title of each target
     */
    public void setTitles(Map<String, String> byTarget) {
        titles = Map.copyOf(byTarget);
    }

    /** Reads the results and writes the files. */
    @Override
    public Integer call() throws IOException {
        StoredRuns stored = StoredRuns.read(file);
        List<String> methods = stored.experiments().get(0).finishedMethods();
        for (String method : overview) {
            if (!methods.contains(method)) {
                throw new ParameterException(
                        spec.commandLine(),
                        String.format(
                                "'%s' has no run of '%s': --overview takes %s.",
                                file, method, String.join(", ", methods)));
            }
        }
        checkOthers();
        OutputFolder folder = OutputFolder.open(out);
        ResultFiles files = new ResultFiles(folder);
        if (stored.provenance() == null) {
            files.writeReport(stored.experiments().get(0));
        } else {
            String target = stored.provenance().target();
            files.writeReport(
                    titles.getOrDefault(target, target), stored.provenance(), stored.experiments());
        }
        if (!overview.isEmpty()) {
            folder.write(OVERVIEW, ReportPage.overview(stored.experiments().get(0), overview));
        }
        spec.commandLine().getOut().println(files.reportSummary());
        spec.commandLine().getOut().flush();
        return ExitCode.OK;
    }

    /** A page beside the results of another comparison would pass for theirs. */
    private void checkOthers() throws IOException {
        Path others = out.resolve(ResultFolder.NUMBERS);
        if (Files.exists(others) && Files.mismatch(file, others) >= 0) {
            throw new IOException(
                    String.format(
                            "The folder '%s' has the page of its own %s, which this one would"
                                    + " replace: choose another folder with --out.",
                            out, ResultFolder.NUMBERS));
        }
    }
}
