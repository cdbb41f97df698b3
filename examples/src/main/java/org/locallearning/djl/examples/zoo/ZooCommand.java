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

import org.locallearning.djl.examples.commandline.ProgramVersion;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Lists, shows, tests and publishes trained models. */
@Command(
        name = "zoo",
        mixinStandardHelpOptions = true,
        versionProvider = ProgramVersion.class,
        synopsisSubcommandLabel = "SUBCOMMAND",
        descriptionHeading = "%n",
        description = {
            "Trained models: those that come with the library, or those of a repository in DJL's"
                    + " layout, which a program loads by name with DJL's Criteria."
        },
        optionListHeading = "%nOptions:%n",
        commandListHeading = "%nSubcommands:%n",
        subcommands = {
            ListCommand.class,
            ShowCommand.class,
            EvaluateCommand.class,
            PublishCommand.class,
            FitCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:everything asked for was done",
            "1:it could not be done, or a model is not as good as its card says",
            "2:the command line asks for something that does not exist"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  java -jar examples/target/local-learning.jar zoo list",
            "  java -jar examples/target/local-learning.jar zoo show mlp-mnist-kp",
            "  java -jar examples/target/local-learning.jar zoo evaluate mlp-mnist-kp \\",
            "      --data-repository DIR",
            "  java -jar examples/target/local-learning.jar zoo publish \\",
            "      --from results/models --to repository"
        })
public final class ZooCommand implements Runnable {

    @Spec private CommandSpec spec;

    /** Creates the command; picocli fills in its options. */
    public ZooCommand() {}

    /** Called when no subcommand is given. */
    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "No subcommand is given: choose one of "
                        + String.join(", ", spec.subcommands().keySet())
                        + ".");
    }
}
