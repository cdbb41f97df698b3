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
import java.util.concurrent.Callable;
import java.util.function.Function;
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
        TextTable table =
                new TextTable()
                        .left("name", widest(models, PretrainedModel::getName))
                        .left("artifact", widest(models, PretrainedModel::getArtifactId))
                        .left("dataset", widest(models, model -> property(model, "dataset")))
                        .left("rule", widest(models, model -> property(model, "rule")))
                        .left("layers", widest(models, model -> property(model, "layers")))
                        .right("accuracy", 8)
                        .right("MB", 5);
        out.println(table.header());
        for (PretrainedModel model : models) {
            out.println(
                    table.row(
                            model.getName(),
                            model.getArtifactId(),
                            property(model, "dataset"),
                            property(model, "rule"),
                            property(model, "layers"),
                            percent(property(model, "accuracy")),
                            String.format(Locale.ROOT, "%.2f", model.getSize() / 1e6)));
        }
        out.flush();
        return ExitCode.OK;
    }

    private static int widest(
            List<PretrainedModel> models, Function<PretrainedModel, String> column) {
        return models.stream().map(column).mapToInt(String::length).max().orElse(1);
    }

    private static String property(PretrainedModel model, String name) {
        return model.getProperties().getOrDefault(name, "");
    }

    private static String percent(String accuracy) {
        try {
            return accuracy.isEmpty()
                    ? ""
                    : String.format(Locale.ROOT, "%.2f", 100 * Double.parseDouble(accuracy));
        } catch (NumberFormatException e) {
            // whatever the metadata of somebody else's repository say
            return accuracy;
        }
    }
}
