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

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.locallearning.djl.examples.commandline.ExitCode;
import org.locallearning.djl.examples.commandline.ProgramVersion;
import org.locallearning.djl.examples.output.TextTable;
import org.locallearning.djl.zoo.LocalLearningModelZoo;
import org.locallearning.djl.zoo.PretrainedModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Lists the models of a repository. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        versionProvider = ProgramVersion.class,
        descriptionHeading = "%n",
        description = {
            "Lists the models: on what and with which rule they were trained, the accuracy in"
                    + " percent of the test images, and the size of their files in MB."
        },
        optionListHeading = "%nOptions:%n")
public final class ListCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Mixin private RepositoryArguments repository;

    /** Creates the command; picocli fills in its options. */
    public ListCommand() {}

    /** Prints the list. */
    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        LocalLearningModelZoo zoo = repository.open();
        List<PretrainedModel> models = zoo.models();
        int widest = models.stream().mapToInt(model -> model.getName().length()).max().orElse(0);
        TextTable table =
                new TextTable()
                        .left("name", widest)
                        .left("artifact", 12)
                        .left("dataset", 13)
                        .left("rule", 10)
                        .left("layers", 14)
                        .right("accuracy", 8)
                        .right("MB", 5);
        out.println(table.header());
        for (PretrainedModel model : models) {
            Map<String, String> properties = model.getProperties();
            out.println(
                    table.row(
                            model.getName(),
                            model.getArtifactId(),
                            properties.getOrDefault("dataset", ""),
                            properties.getOrDefault("rule", ""),
                            properties.getOrDefault("layers", ""),
                            percent(properties.get("accuracy")),
                            String.format(Locale.ROOT, "%.2f", model.getSize() / 1e6)));
        }
        out.flush();
        return ExitCode.OK;
    }

    private static String percent(String accuracy) {
        return accuracy == null
                ? ""
                : String.format(Locale.ROOT, "%.2f", 100 * Double.parseDouble(accuracy));
    }
}
