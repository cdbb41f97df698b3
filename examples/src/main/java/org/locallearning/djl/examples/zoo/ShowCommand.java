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

import ai.djl.repository.Artifact;
import ai.djl.repository.zoo.ModelNotFoundException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.locallearning.djl.examples.commandline.ExitCode;
import org.locallearning.djl.examples.commandline.ProgramVersion;
import org.locallearning.djl.examples.output.TextTable;
import org.locallearning.djl.zoo.PretrainedModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows the card of a model. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        versionProvider = ProgramVersion.class,
        descriptionHeading = "%n",
        description = {
            "Shows what a model is, how it was made, how good it is, its limits and the licence of"
                    + " its data."
        },
        optionListHeading = "%nOptions:%n")
public final class ShowCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "NAME", description = "A model that 'zoo list' names.")
    private String name;

    @Mixin private RepositoryArguments repository;

    /** Creates the command; picocli fills in its options. */
    public ShowCommand() {}

    /** Prints the card. */
    @Override
    public Integer call() throws IOException {
        PretrainedModel model;
        try {
            model = repository.open().model(name);
        } catch (ModelNotFoundException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println(model.getCard());
        TextTable table = new TextTable().left("file", 40).right("bytes", 9).left("SHA-1", 40);
        out.println(table.header());
        for (Artifact.Item file : model.getFiles()) {
            out.println(table.row(file.getName(), file.getSize(), file.getSha1Hash()));
        }
        out.flush();
        return ExitCode.OK;
    }
}
