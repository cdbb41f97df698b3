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
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.locallearning.djl.examples.commandline.ExitCode;
import org.locallearning.djl.examples.commandline.ProgramVersion;
import org.locallearning.djl.zoo.model.PublishedModel;
import org.locallearning.djl.zoo.model.RecordedModel;
import org.locallearning.djl.zoo.repository.RepositoryException;
import org.locallearning.djl.zoo.repository.RepositoryWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Publishes models that were saved into a repository. */
@Command(
        name = "publish",
        mixinStandardHelpOptions = true,
        versionProvider = ProgramVersion.class,
        sortOptions = false,
        descriptionHeading = "%n",
        description = {
            "Adds every model below a folder, as 'compare --save-models' writes them, to a"
                    + " repository in DJL's layout: parameters and record, the names of the classes,"
                    + " a card, and metadata with the size and SHA-1 of each file. Models that are"
                    + " there already stay as they are. Models that were trained with"
                    + " --normalize-contrast or --whiten have no place in it: a translator prepares"
                    + " pictures channel by channel."
        },
        optionListHeading = "%nOptions:%n")
public final class PublishCommand implements Callable<Integer> {

    private static final Pattern PARAMETERS = Pattern.compile("(.+)-\\d{4}\\.params");

    private static final String UNFINISHED = ".tmp";

    @Spec private CommandSpec spec;

    @Option(
            names = "--from",
            paramLabel = "DIR",
            required = true,
            description = "Folder with saved models in it, or below it.")
    private Path from;

    @Option(
            names = "--to",
            paramLabel = "DIR",
            required = true,
            description = "Folder of the repository, made if missing.")
    private Path to;

    @Option(
            names = "--model-version",
            paramLabel = "X.Y.Z",
            defaultValue = "0.1.0",
            description = "Version of the models (default: ${DEFAULT-VALUE}).")
    private String version;

    /** Creates the command; picocli fills in its options. */
    public PublishCommand() {}

    /** Publishes. */
    @Override
    public Integer call() throws IOException {
        if (!Files.isDirectory(from)) {
            throw new RepositoryException(
                    from + " is not a folder: name one that holds saved models.");
        }
        List<Path> models;
        try (Stream<Path> files = Files.walk(from.toRealPath(), FileVisitOption.FOLLOW_LINKS)) {
            models =
                    files.filter(file -> PARAMETERS.matcher(fileName(file)).matches())
                            // of a program that was killed while it saved
                            .filter(file -> !fileName(file.getParent()).endsWith(UNFINISHED))
                            .sorted()
                            .toList();
        }
        if (models.isEmpty()) {
            throw new RepositoryException(
                    "There are no saved models in " + from + ": train with --save-models.");
        }
        PrintWriter out = spec.commandLine().getOut();
        RepositoryWriter repository = RepositoryWriter.open(to);
        for (Path parameters : models) {
            Matcher name = PARAMETERS.matcher(fileName(parameters));
            name.matches();
            PublishedModel model =
                    new PublishedModel(RecordedModel.open(parameters.getParent(), name.group(1)));
            boolean added = model.addTo(parameters.getParent(), repository, version);
            out.printf(
                    "%s %s %s%n",
                    model.getName(), version, added ? "was added" : "is there already");
            out.flush();
        }
        return ExitCode.OK;
    }

    private static String fileName(Path file) {
        return file.getFileName().toString();
    }
}
